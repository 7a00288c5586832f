import Foundation
import NDJSON
import TestSupport
import Testing

@Suite struct TextAndNumberTests {
  static func field(_ json: String) -> (bytes: [UInt8], field: Field) {
    var scanner = LineScanner(FieldSet(paths: [["v"]]), rules: .grammar)
    let bytes = scanner.scan(text: Array("{\"v\":\(json)}".utf8))
    return (bytes, scanner.fields[0])
  }

  @Test func encodingIsUndoneByDecoding() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let text = String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0..<12, using: &generator)).compactMap { _ in
            Unicode.Scalar(
              UInt32.random(
                in: 0...([0x80, 0x3000, 0x10FFFF].randomElement(using: &generator) ?? 0), using: &generator))
          }))
      var json: [UInt8] = []
      JSONText.encode(text, into: &json)
      let (bytes, field) = Self.field(String(decoding: json, as: UTF8.self))
      #expect(Array(JSONText.string(bytes.span, field).utf8) == Array(text.utf8))
      #expect(JSONText.decodedCount(bytes.span, field.start..<field.end) == text.utf8.count)
      #expect(!json.contains { $0 < 0x20 || $0 == 0x7F })
    }
  }

  /// Blank is what has no visible character, whichever way its characters are spelled.
  @Test func blankIsWhatCannotBeSeen() {
    var generator = SeededGenerator(seed: 11)
    let blanks: [UInt32] = [
      0x20, 0x09, 0x0A, 0x85, 0xA0, 0xAD, 0x2003, 0x200B, 0x2060, 0x2800, 0x3000, 0x3164, 0xFE0F, 0xE0020,
    ]
    let seen: [UInt32] = [0x21, 0x5C, 0x22, 0x61, 0xE9, 0x4E2D, 0xFFFC, 0x1F44D]
    for _ in 0..<3000 {
      let scalars = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
        (Int.random(in: 0..<4, using: &generator) == 0 ? seen : blanks).randomElement(using: &generator) ?? 0x20
      }
      let body = scalars.map { scalar -> String in
        let character = Unicode.Scalar(scalar).map(String.init) ?? ""
        let isPlain = scalar > 0x22 && scalar != 0x5C && Bool.random(using: &generator)
        return isPlain ? character : character.utf16.map { String(format: "\\u%04x", $0) }.joined()
      }.joined()
      let (bytes, field) = Self.field("\"\(body)\"")
      #expect(JSONText.isBlank(bytes.span, field) == !scalars.contains { seen.contains($0) }, "\(body)")
    }
    for (json, isBlank) in [(#""\n\t ""#, true), (#""\\""#, false), (#""\"""#, false), (#""\/""#, false), ("1", true)] {
      let (bytes, field) = Self.field(json)
      #expect(JSONText.isBlank(bytes.span, field) == isBlank, "\(json)")
    }
  }

  @Test(arguments: [
    ("\u{1}\u{8}\t\n\u{C}\r\u{1F}", #""\u0001\b\t\n\f\r\u001f""#), ("\"\\/", #""\"\\/""#),
    ("\u{7F}\u{80}\u{9F}\u{A0}", "\"\\u007f\\u0080\\u009f\u{A0}\""),
    ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""), ("日本 😀", "\"日本 😀\""),
  ])
  func controlCharactersAreEscaped(text: String, json: String) {
    var encoded: [UInt8] = []
    JSONText.encode(text, into: &encoded)
    #expect(String(decoding: encoded, as: UTF8.self) == json)
  }

  @Test(arguments: [
    ("1", "1.0", 0), ("1", "10e-1", 0), ("0", "-0.00", 0), ("100", "1e2", 0), ("1e400", "1e399", 1),
    ("9007199254740993", "9007199254740992", 1), ("-1e400", "1", -1), ("0.1", "0.10000000000000000001", -1),
    ("-2", "-10", 1), ("12", "3", 1), ("0", "0.0000001", -1), ("0", "-5", 1), ("1.5", "1.05", 1),
    ("1e-400", "0", 1), ("1e-400", "1e-401", 1),
  ])
  func numbersCompareExactly(left: String, right: String, order: Int) {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    #expect(JSONNumber.compare(a.span, 0..<a.count, b.span, 0..<b.count) == order)
    #expect(JSONNumber.compare(b.span, 0..<b.count, a.span, 0..<a.count) == -order)
  }

  @Test func anEscapeIsFoundAtEveryPlace() throws {
    for length in 0..<50 {
      for place in 0...length {
        let body = String(repeating: "a", count: place) + "\\n" + String(repeating: "b", count: length - place)
        let (bytes, field) = Self.field("\"\(body)\"")
        #expect(JSONText.string(bytes.span, field) == body.replacing("\\n", with: "\n"))
      }
    }
  }

  @Test func aStringEndsAtItsQuoteWhereverTheBytesEnd() {
    for length in 0..<40 {
      for rest in 0..<20 {
        let text = "\"" + String(repeating: "a", count: length) + "\\\"b\"" + String(repeating: "x", count: rest)
        let field = JSONWalk.value(Array(text.utf8).span, at: 0)
        #expect(field == Field(start: 1, end: length + 4, kind: .string, isEscaped: true))
      }
    }
  }

  @Test(arguments: [
    ("0", 0), ("-0", -0.0), ("1", 1), ("-2.50", -2.5), ("0.1", 0.1),
    ("123456789012345", 123_456_789_012_345), ("1234567890123456", 1_234_567_890_123_456), ("1e22", 1e22),
    ("1e23", 1e23), ("1e-22", 1e-22), ("1e-23", 1e-23),
    ("999999999999999e22", 999_999_999_999_999e22), ("9007199254740993", 9_007_199_254_740_992),
    ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0),
    ("0.000e999", 0),
  ])
  func theNearestDouble(number: String, expected: Double) {
    let bytes = Array(number.utf8)
    let value = JSONNumber.double(bytes.span, 0..<bytes.count)
    #expect(value == expected && value?.sign == expected.sign)
    #expect(JSONNumber.double(Array("1e309".utf8).span, 0..<5) == nil)
  }

  @Test func doublesAgreeWithTheStandardLibrary() throws {
    var generator = SeededGenerator(seed: 11)
    var kept = 0
    for _ in 0..<20_000 {
      let digitCount = Int.random(in: 1...19, using: &generator)
      var text = String((0..<digitCount).map { _ in "0123456789".randomElement(using: &generator) ?? "0" })
      while text.count > 1 && text.hasPrefix("0") { text.removeFirst() }
      if Bool.random(using: &generator) { text += ".\(Int.random(in: 0...9999, using: &generator))" }
      if Bool.random(using: &generator) { text += "e\(Int.random(in: -330...330, using: &generator))" }
      let bytes = Array(text.utf8)
      let expected = try #require(Double(text))
      #expect(JSONNumber.double(bytes.span, 0..<bytes.count) == (expected.isFinite ? expected : nil), "\(text)")
      let shortest = Array("\(expected)".utf8)
      let isDouble =
        expected.isFinite && JSONNumber.compare(bytes.span, 0..<bytes.count, shortest.span, 0..<shortest.count) == 0
      #expect(JSONNumber.isDouble(bytes.span, 0..<bytes.count) == isDouble, "\(text)")
      if isDouble { kept += 1 }
    }
    #expect((5_000..<19_000).contains(kept))
  }

  @Test func comparisonAgreesWithDecimalArithmetic() {
    var generator = SeededGenerator(seed: 5)
    func number() -> String {
      let digits = String(Int.random(in: -9999...9999, using: &generator))
      let fraction = Bool.random(using: &generator) ? "." + String(Int.random(in: 0...99, using: &generator)) : ""
      let exponent = Bool.random(using: &generator) ? "e\(Int.random(in: -4...4, using: &generator))" : ""
      return digits + fraction + exponent
    }
    for _ in 0..<5000 {
      let (left, right) = (number(), number())
      let (a, b) = (Array(left.utf8), Array(right.utf8))
      let expected = Decimal(string: left).flatMap { x in Decimal(string: right).map { x < $0 ? -1 : x > $0 ? 1 : 0 } }
      #expect(JSONNumber.compare(a.span, 0..<a.count, b.span, 0..<b.count) == expected, "\(left) \(right)")
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("1200", 1200), ("1.2e3", 1200), ("1200.00", 1200), ("-5", -5),
      ("999999999999999999", 999_999_999_999_999_999), ("1e17", 100_000_000_000_000_000),
    ] as [(String, Int?)] + [("1.5", nil), ("1e19", nil), ("1e-2", nil), ("99999999999999999999", nil)])
  func integersAreReadExactly(text: String, value: Int?) {
    let bytes = Array(text.utf8)
    #expect(JSONNumber.integer(bytes.span, 0..<bytes.count) == value)
  }

  @Test(arguments: [(3_500_000, "3.5"), (4_000_000, "4"), (0, "0"), (-1_250_000, "-1.25"), (1, "0.000001")])
  func millionthsAreWrittenShort(value: Int, text: String) {
    var json: [UInt8] = []
    JSONNumber.append(millionths: value, to: &json)
    #expect(String(decoding: json, as: UTF8.self) == text)
  }

  @Test func walkingFindsWhatIsThere() throws {
    let (bytes, root) = Self.field(#"{"a": [ 1, {"b.c":"x"} , "]" ] , "\u0064":{"e":null}}"#)
    func at(_ path: [String]) -> Field { JSONWalk.value(bytes.span, root, path: path.map { Array($0.utf8) }) }
    #expect(at(["a", "1", "b.c"]).kind == .string)
    #expect(at(["a", "-1"]).kind == .string)
    #expect(at(["a", "-4"]).kind == .missing)
    #expect(at(["d", "e"]).kind == .null)
    #expect(at(["d", "e", "f"]).kind == .missing)
    var compact: [UInt8] = []
    JSONWalk.appendCompact(bytes.span, root.range, to: &compact)
    #expect(String(decoding: compact, as: UTF8.self) == #"{"a":[1,{"b.c":"x"},"]"],"\u0064":{"e":null}}"#)
  }

  @Test func editsLeaveTheRestAsItWas() {
    let (bytes, root) = Self.field(#"{ "a" : 1.0, "b":[1, 2] ,"c":"\u00e9" }"#)
    func member(_ key: String) -> Field { JSONWalk.member(bytes.span, root, Array(key.utf8)) }
    func edited(_ change: (inout ObjectEdit) -> Void) -> String {
      var edit = ObjectEdit()
      change(&edit)
      var json: [UInt8] = []
      edit.apply(bytes.span, root, to: &json)
      return String(decoding: json, as: UTF8.self)
    }
    #expect(edited { _ in } == #"{ "a" : 1.0, "b":[1, 2] ,"c":"\u00e9" }"#)
    #expect(edited { $0.replace(member("a"), with: Array("2".utf8)) } == #"{ "a" : 2, "b":[1, 2] ,"c":"\u00e9" }"#)
    #expect(edited { $0.replace(member("c"), with: Array("\"z\"".utf8)) } == #"{ "a" : 1.0, "b":[1, 2] ,"c":"z" }"#)
    #expect(edited { $0.remove(member("b")) } == #"{ "a" : 1.0 ,"c":"\u00e9" }"#)
    #expect(
      edited {
        $0.remove(member("a")); $0.add("d", Array("4".utf8))
      } == #"{ "b":[1, 2] ,"c":"\u00e9","d":4 }"#)
    #expect(edited { edit in ["a", "b", "c"].forEach { edit.remove(member($0)) } } == "{ }")
    #expect(
      edited {
        $0.remove(member("a")); $0.remove(member("c")); $0.addFirst("i", Array("0".utf8)); $0.add("d", Array("4".utf8))
      } == #"{"i":0, "b":[1, 2],"d":4 }"#)
    #expect(
      edited { edit in
        ["a", "b", "c"].forEach { edit.remove(member($0)) }
        edit.addFirst("i", Array("0".utf8))
        edit.add("d", Array("4".utf8))
      } == #"{"i":0,"d":4 }"#)
    // Changes are given in any order, and keys that are not known before are escaped.
    #expect(
      edited {
        $0.replace(member("c"), with: Array("3".utf8)); $0.remove(member("b"))
        $0.replace(member("a"), with: Array("1".utf8)); $0.add(key: Array("q\"".utf8), Array("4".utf8))
      } == #"{ "a" : 1 ,"c":3,"q\"":4 }"#)
  }
}
