import Foundation
import TextAnalysis

func light(_ text: String) -> String { light(Array(text.utf8)) }

func light(_ text: [UInt8]) -> String {
  var form: [UInt8] = [1, 2, 3]
  NormalForm.light(text.span, into: &form)
  return String(decoding: form, as: UTF8.self)
}

func heavy(_ text: String) -> String { heavy(Array(text.utf8)) }

func heavy(_ text: [UInt8]) -> String {
  var form: [UInt8] = [1, 2, 3]
  NormalForm.heavy(text.span, into: &form)
  return String(decoding: form, as: UTF8.self)
}

func shingles(_ text: String, wordsFrom: Int = 200) -> [UInt32] {
  var hashes: [UInt32] = [7]
  Shingles(wordsFrom: wordsFrom).find(in: Array(heavy(text).utf8).span, into: &hashes)
  return hashes
}

func similarity(_ left: String, _ right: String, wordsFrom: Int = 200) -> Double {
  similarity(shingles(left, wordsFrom: wordsFrom), shingles(right, wordsFrom: wordsFrom))
}

func similarity(_ left: [UInt32], _ right: [UInt32]) -> Double { Shingles.similarity(left.span, right.span) }

/// The forms by Foundation's normalization: slow and plain.
enum ReferenceForm {
  static func light(_ text: String) -> String {
    var form = text.precomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
    form = replace(form, [0x0D, 0x0A], by: 0x0A).map { $0 == 0x0D ? 0x0A : $0 == 0x09 ? 0x20 : $0 }
    while form.firstIndex(of: [0x20, 0x20]) != nil { form = replace(form, [0x20, 0x20], by: 0x20) }
    while let first = form.first, first == 0x20 || first == 0x0A { form.removeFirst() }
    while let last = form.last, last == 0x20 || last == 0x0A { form.removeLast() }
    return string(form)
  }

  static func heavy(_ text: String) -> String {
    var form: [UInt32] = []
    for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
      for lower in scalar.properties.lowercaseMapping.unicodeScalars {
        switch lower.properties.generalCategory {
        case .format: continue
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
          .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
          .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .surrogate, .privateUse, .unassigned:
          form.append(0x20)
        default: form.append(lower.value)
        }
      }
    }
    let words = form.split(separator: 0x20)
    return string(Array(words.joined(separator: [0x20]))).precomposedStringWithCanonicalMapping
  }

  private static func replace(_ text: [UInt32], _ pair: [UInt32], by scalar: UInt32) -> [UInt32] {
    var result: [UInt32] = []
    var index = 0
    while index < text.count {
      let isPair = index + 1 < text.count && [text[index], text[index + 1]] == pair
      result.append(isPair ? scalar : text[index])
      index += isPair ? 2 : 1
    }
    return result
  }

  static func string(_ scalars: [UInt32]) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { view.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
    return String(view)
  }
}

extension [UInt32] {
  fileprivate func firstIndex(of pair: [UInt32]) -> Int? {
    indices.dropLast().first { self[$0] == pair[0] && self[$0 + 1] == pair[1] }
  }
}
