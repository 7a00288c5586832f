import Foundation
import NDJSON
import TestSupport
import Testing

/// The files that yyjson tests itself with; the name of each tells what is wrong with it.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct YyjsonTests {
  /// Marks that change nothing for the grammar: a number of any size is one, as its text is kept.
  static let acceptedMarks: Set<String> = ["bignum"]

  /// Files that the grammar takes although their name says `(fail)`: escaped halves of surrogate pairs are RFC 8259; it is
  /// I-JSON, the rules of records and documents, that refuses them.
  static let surrogates = Set((1...7).map { "invalid_utf8_escape_\($0)(fail).min.json" })

  /// The words in brackets of a file name.
  static func marks(_ name: String) -> [String] {
    name.split(separator: "(").dropFirst().compactMap { $0.split(separator: ")").first.map(String.init) }
  }

  @Test func everyFileGetsTheVerdictOfItsName() throws {
    var wrong = Mismatches()
    var counts: [String: Int] = [:]
    var surrogateRefusals = 0
    for (name, bytes) in try suiteFiles("yyjson/data/json/test_yyjson") {
      let isPlain = Self.marks(name).allSatisfy(Self.acceptedMarks.contains)
      let error = refusal(bytes, .grammar)
      wrong.expect((error == nil) == (isPlain || Self.surrogates.contains(name)), "\(name) \(error as JSONError?)")
      if error == nil { counts["accepted", default: 0] += 1 } else { counts["refused", default: 0] += 1 }
      if Self.surrogates.contains(name) && refusal(bytes, .document)?.code == .surrogate { surrogateRefusals += 1 }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["accepted": 27, "refused": 182])
    #expect(surrogateRefusals == 7)
  }

  @Test func itsCopyOfJSONTestSuiteGetsTheSameVerdicts() throws {
    var counts: [Character: Int] = [:]
    var wrong = Mismatches()
    for (name, bytes) in try suiteFiles("yyjson/data/json/test_parsing") {
      guard let kind = name.first, name.hasSuffix(".json") else { continue }
      counts[kind, default: 0] += 1
      let isAccepted = refusal(bytes, .grammar) == nil
      let expected =
        kind == "y" || kind == "i" && ConformanceTests.implementationDefinedAccepted.contains(name)
      wrong.expect(isAccepted == expected, name)
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["y": 95, "n": 189, "i": 35])
  }

  /// Each number of the lists, alone and as the member of an object; as a double it is what the C library makes of it.
  @Test func numbersAreTakenAsTheNameOfTheirListSays() throws {
    var counts: [String: Int] = [:]
    var wrong = Mismatches()
    for (name, bytes) in try suiteFiles("yyjson/data/num") where name.hasSuffix(".txt") {
      let marks = Set(Self.marks(name))
      let isNumber =
        (name.hasPrefix("int") || name.hasPrefix("real")) && !marks.contains("ext") && !marks.contains("fail")
      for line in lines(bytes) where !line.isEmpty && line.first != 0x23 {
        let text = Array(line)
        let isAccepted = refusal(text, .grammar) == nil
        wrong.expect(isAccepted == isNumber, "\(name): \(String(decoding: line, as: UTF8.self))")
        wrong.expect(
          (refusal(Array(#"{"n":"#.utf8) + text + Array("}".utf8), .record) == nil) == isNumber, "\(name) in an object")
        if isNumber { counts["accepted", default: 0] += 1 } else { counts["refused", default: 0] += 1 }
        if isNumber {
          let spelled = String(decoding: line, as: UTF8.self)
          let expected = strtod(spelled, nil)
          let value = double(text)
          wrong.expect(value?.bitPattern == (expected.isFinite ? expected.bitPattern : nil), "\(name): \(spelled)")
          if marks.contains("inf") { wrong.expect(value == nil, "\(name): \(spelled)") }
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["accepted": 29_385, "refused": 904])
  }

  /// Texts that other parsers change: here every one that is accepted keeps its spelling, and those that mean two things
  /// are refused in a record.
  @Test(arguments: ["yyjson/data/json/test_transform", "JSONTestSuite/test_transform"])
  func nothingIsTransformed(folder: String) throws {
    var verdicts: [String: String] = [:]
    for (name, bytes) in try suiteFiles(folder) {
      guard refusal(bytes, .grammar) == nil else {
        verdicts[name] = "grammar"
        continue
      }
      let error = refusal(bytes, .document)
      if let error { verdicts[name] = error.code.reason } else { verdicts["accepted", default: ""] += "|" }
      let text = bytes.filter { $0 != 0x0A && $0 != 0x20 }
      #expect(try compact(bytes) == text)
    }
    let accepted = verdicts.removeValue(forKey: "accepted")?.count
    #expect(accepted == 13)
    #expect(verdicts == Self.transforms)
  }

  static let transforms = [
    "object_same_key_different_values.json": "dupkey",
    "object_same_key_same_value.json": "dupkey",
    "object_same_key_unclear_values.json": "dupkey",
    "string_1_escaped_invalid_codepoint.json": "surrogate",
    "string_2_escaped_invalid_codepoints.json": "surrogate",
    "string_3_escaped_invalid_codepoints.json": "surrogate",
    "string_1_invalid_codepoint.json": "grammar",
    "string_2_invalid_codepoints.json": "grammar",
    "string_3_invalid_codepoints.json": "grammar",
  ]
}

/// A document without the white space between its tokens.
func compact(_ bytes: [UInt8]) throws -> [UInt8] {
  var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
  let padded = scanner.scan(text: bytes)
  try #require(scanner.code == .none)
  var text: [UInt8] = []
  JSONWalk.appendCompact(padded.span, scanner.root.textRange, to: &text)
  return text
}
