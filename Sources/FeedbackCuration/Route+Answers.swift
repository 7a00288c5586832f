import NDJSON
import TextAnalysis

/// Whether two answers say different things.
extension Route {
  /// Whether a text is there and says something else than the answer that was given.
  ///
  /// Compared in normal form: another space, line end or composition of the same letters corrects nothing, and what is
  /// blank in it is no text.
  static func corrects(_ bytes: Span<UInt8>, _ correction: Field, _ answer: Field) -> Bool {
    if JSONText.isBlank(bytes, correction) { return false }
    if answer.kind == .string && answer.textRange.count == correction.textRange.count
      && JSONText.equals(bytes, answer, JSONText.bytes(bytes, correction))
    {
      return false
    }
    let better = meaning(bytes, correction)
    return !better.isEmpty && (answer.kind != .string || better != meaning(bytes, answer))
  }

  /// Whether one of two answers can be preferred: they differ in more than white space.
  ///
  /// That is stricter than `corrects`: where the lines break may be what a correction is about, but a model learns nothing
  /// from being told that one of the two is bad.
  static func isPair(_ bytes: Span<UInt8>, _ better: Field, _ worse: Field) -> Bool {
    var forms: (better: [UInt8], worse: [UInt8]) = ([], [])
    NormalForm.visible(JSONText.bytes(bytes, better).span, into: &forms.better)
    NormalForm.visible(JSONText.bytes(bytes, worse).span, into: &forms.worse)
    return !forms.better.isEmpty && forms.better != forms.worse
  }

  /// A text in light normal form, with nothing in it that cannot be seen.
  private static func meaning(_ bytes: Span<UInt8>, _ field: Field) -> [UInt8] {
    let text = JSONText.bytes(bytes, field)
    var normal: [UInt8] = []
    NormalForm.light(text.span, into: &normal)
    if normal.allSatisfy({ $0 < 0x80 }) { return normal }
    let seen = String(decoding: normal, as: UTF8.self).unicodeScalars.filter { scalar in
      !scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isWhitespace || scalar == " "
    }
    normal = Array(String(String.UnicodeScalarView(seen)).utf8)
    return normal.allSatisfy { $0 == 0x20 } ? [] : normal
  }
}
