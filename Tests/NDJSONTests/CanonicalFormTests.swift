import NDJSON
import TestSupport
import Testing

/// RFC 8785's documents, brought into its canonical form by what the walker finds.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct CanonicalFormTests {
  @Test func documentsTakeTheirCanonicalForm() throws {
    var cases = 0
    let outputs = try suiteFiles("jcs/testdata/output")
    for ((name, input), (_, output)) in zip(try suiteFiles("jcs/testdata/input"), outputs) {
      cases += 1
      for text in [input, output] {
        var scanner = LineScanner(FieldSet(paths: []), rules: .document)
        let bytes = scanner.scan(text: text)
        #expect(scanner.code == .none)
        var canonical: [UInt8] = []
        Self.append(bytes.span, scanner.root, to: &canonical)
        #expect(String(decoding: canonical, as: UTF8.self) == String(decoding: output, as: UTF8.self), "\(name)")
      }
      let hexadecimal = String(decoding: try suiteFile("jcs/testdata/outhex/\(name.dropLast(5)).txt"), as: UTF8.self)
      #expect(
        hexadecimal.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) } == output, "\(name)")
    }
    #expect(cases == 6)
  }

  /// Members by the UTF-16 code units of their keys, numbers as ECMAScript prints them, strings with the fewest escapes.
  static func append(_ bytes: Span<UInt8>, _ field: Field, to json: inout [UInt8]) {
    switch field.kind {
    case .object:
      var members: [(key: String, value: Field)] = []
      var cursor = MemberCursor(field)
      while let member = cursor.next(bytes) { members.append((JSONText.string(bytes, member.key), member.value)) }
      members.sort { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      json.append(0x7B)
      for (index, member) in members.enumerated() {
        if index > 0 { json.append(0x2C) }
        append(Array(member.key.utf8), to: &json)
        json.append(0x3A)
        append(bytes, member.value, to: &json)
      }
      json.append(0x7D)
    case .array:
      json.append(0x5B)
      var cursor = ElementCursor(field)
      var isFirst = true
      while let element = cursor.next(bytes) {
        if !isFirst { json.append(0x2C) }
        isFirst = false
        append(bytes, element, to: &json)
      }
      json.append(0x5D)
    case .string: append(JSONText.bytes(bytes, field), to: &json)
    case .number: JSONNumber.append(shortest: JSONNumber.double(bytes, field.range) ?? .nan, to: &json)
    default: json.append(bytes, field.range)
    }
  }

  private static func append(_ text: [UInt8], to json: inout [UInt8]) {
    let short: [UInt8: Character] = [0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r", 0x22: "\"", 0x5C: "\\"]
    json.append(0x22)
    for byte in text {
      if let letter = short[byte] {
        json.append(contentsOf: "\\\(letter)".utf8)
      } else if byte < 0x20 {
        json.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
        json.append(contentsOf: String(byte, radix: 16).utf8)
      } else {
        json.append(byte)
      }
    }
    json.append(0x22)
  }
}
