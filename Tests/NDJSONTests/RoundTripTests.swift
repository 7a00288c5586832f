import Foundation
import NDJSON
import TestSupport
import Testing

/// Documents taken apart to their last string and put together again.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct RoundTripTests {
  /// Writes a value anew from what the walker finds: members, elements, numbers as spelled, strings decoded and encoded.
  static func rewrite(_ bytes: Span<UInt8>, _ field: Field, to json: inout [UInt8]) {
    var isFirst = true
    func separate() {
      if !isFirst { json.append(0x2C) }
      isFirst = false
    }
    switch field.kind {
    case .object:
      json.append(0x7B)
      var cursor = MemberCursor(field)
      while let member = cursor.next(bytes) {
        separate()
        JSONText.encode(JSONText.bytes(bytes, member.key), into: &json)
        json.append(0x3A)
        rewrite(bytes, member.value, to: &json)
      }
      json.append(0x7D)
    case .array:
      json.append(0x5B)
      var cursor = ElementCursor(field)
      while let element = cursor.next(bytes) {
        separate()
        rewrite(bytes, element, to: &json)
      }
      json.append(0x5D)
    case .string: JSONText.encode(JSONText.bytes(bytes, field), into: &json)
    default: json.append(bytes, field.textRange)
    }
  }

  static func rewritten(_ text: [UInt8]) throws -> [UInt8] {
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    let bytes = scanner.scan(text: text)
    try #require(scanner.code == .none)
    var json: [UInt8] = []
    rewrite(bytes.span, scanner.root, to: &json)
    return json
  }

  @Test(arguments: [("nativejson/roundtrip", 27), ("yyjson/data/json/test_roundtrip", 48)])
  func condensedDocumentsComeBackByteForByte(folder: String, count: Int) throws {
    var cases = 0
    var wrong = Mismatches()
    for (name, bytes) in try suiteFiles(folder) {
      cases += 1
      wrong.expect(try compact(bytes) == bytes, "compact \(name)")
      wrong.expect(try Self.rewritten(bytes) == bytes, name)
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(cases == count)
  }

  /// Larger documents, compared as values with what Foundation reads.
  @Test func documentsOfEachTypeComeBackAsTheSameValues() throws {
    var cases = 0
    var wrong = Mismatches()
    for (name, bytes) in try suiteFiles("rapidjson/types") where name.hasSuffix(".json") {
      cases += 1
      #expect(refusal(bytes, .document) == nil, "\(name)")
      let expected = try JSONSerialization.jsonObject(with: Data(bytes)) as? NSObject
      for text in [try compact(bytes), try Self.rewritten(bytes)] {
        wrong.expect(text.count < bytes.count, "\(name) is not condensed")
        wrong.expect(try JSONSerialization.jsonObject(with: Data(text)) as? NSObject == expected, name)
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(cases == 8)
  }

  /// The strings of `["…", …]` as bytes.
  static func strings(_ text: [UInt8]) throws -> [[UInt8]] {
    var scanner = LineScanner(FieldSet(paths: []), rules: .document)
    let bytes = scanner.scan(text: text)
    try #require(scanner.code == .none)
    var strings: [[UInt8]] = []
    var cursor = ElementCursor(scanner.root)
    while let element = cursor.next(bytes.span) { strings.append(JSONText.bytes(bytes.span, element)) }
    return strings
  }

  /// The list of naughty strings against what Foundation reads, and there and back; the same for its form in base64.
  ///
  /// That one is of another age: only so many strings stand in both.
  @Test func naughtyStringsAreReadExactlyAndComeBack() throws {
    let text = try suiteFile("blns/blns.json")
    let strings = try Self.strings(text)
    let foundation = try JSONDecoder().decode([String].self, from: Data(text))
    #expect(strings == foundation.map { Array($0.utf8) })
    let encoded = try Self.strings(try suiteFile("blns/blns.base64.json"))
      .compactMap { Data(base64Encoded: Data($0)).map { [UInt8]($0) } }
    let known = Set(encoded)
    let inBoth = strings.filter { known.contains($0) }.count
    // Its long strings are cut into pieces, some of them inside of a character.
    let whole = encoded.filter { String(validating: $0, as: UTF8.self) != nil }
    #expect(
      ["strings": strings.count, "encoded": encoded.count, "whole": whole.count, "inBoth": inBoth]
        == ["strings": 515, "encoded": 676, "whole": 610, "inBoth": 281])
    for list in [strings, whole] {
      var json: [UInt8] = [0x5B]
      for (index, string) in list.enumerated() {
        if index > 0 { json.append(0x2C) }
        JSONText.encode(string, into: &json)
      }
      json.append(0x5D)
      #expect(try Self.strings(json) == list)
      #expect(!json.contains { $0 < 0x20 || $0 == 0x7F })
    }
  }
}
