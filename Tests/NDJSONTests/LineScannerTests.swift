import NDJSON
import TestSupport
import Testing

/// Scans one line by the rules of a record.
func verdict(_ text: String, _ rules: JSONRules = .record) -> JSONError? {
  var scanner = LineScanner(FieldSet(paths: []), rules: rules)
  _ = scanner.scan(text: Array(text.utf8))
  return scanner.error
}

@Suite struct LineScannerTests {
  @Test(arguments: [
    (#"{"a":1,"a":2}"#, JSONErrorCode.duplicateKey, 7),
    (#"{"a":1,"\u0061":2}"#, .duplicateKey, 7),
    (#"{"\u0061":1,"a":2}"#, .duplicateKey, 12),
    (#"{"x":{"b":1,"b":2}}"#, .duplicateKey, 12),
    (#"{"response_time_ms":1,"b":2,"response_time_ms":3}"#, .duplicateKey, 28),
    (#"{"a":"\ud800"}"#, .surrogate, 6),
    (#"{"a":"\ud800\u0041"}"#, .surrogate, 6),
    (#"{"a":"\udc00"}"#, .surrogate, 6),
    (#"{"a":"\x"}"#, .escape, 6),
    (#"{"a":"\u12g4"}"#, .escape, 6),
    ("{\"a\":\"\t\"}", .controlCharacter, 6),
    (#"{"a":01}"#, .syntax, 6),
    (#"{"a":1.}"#, .number, 7),
    (#"{"a":-}"#, .number, 6),
    (#"{"a":1e}"#, .number, 7),
    (#"{"a":tru}"#, .syntax, 5),
    (#"{"a":1,}"#, .syntax, 7),
    (#"{"a":1}x"#, .trailing, 7),
    (#"{"a":1}{}"#, .trailing, 7),
    (#"[1]"#, .notObject, 0),
    (#"17"#, .notObject, 0),
    (#"{"a":1"#, .truncated, 6),
    (#"{"a":"b"#, .truncated, 7),
    (#"{"a":"#, .truncated, 5),
  ])
  func refusesWithTheReasonAndTheByte(text: String, code: JSONErrorCode, offset: Int) {
    #expect(verdict(text) == JSONError(code, at: offset))
  }

  @Test(arguments: [
    #"{}"#, #"  {"a":1}  "#, #"{"a":"\ud83d\ude00"}"#, #"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#,
    "{\"é\":1,\"e\u{301}\":2}", #"{"":1}"#, #"{"a":1e400,"b":9007199254740993,"c":-0.0}"#,
    "{\"a\":\"\u{FFFF}\u{10FFFF}\u{7F}\"}",
  ])
  func acceptsARecord(text: String) {
    #expect(verdict(text) == nil)
  }

  @Test(arguments: [
    ("[1,\n", JSONErrorCode.truncated, 4), ("", .truncated, 0), ("[-", .truncated, 2),
    ("[\"a\n\"]", .controlCharacter, 3),
    ("[\"a", .truncated, 3), ("{} x", .trailing, 3),
  ])
  func aDocumentIsRefusedAtItsOwnBytes(text: String, code: JSONErrorCode, offset: Int) {
    #expect(verdict(text, .document) == JSONError(code, at: offset))
  }

  @Test func depthIsLimited() {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
        + "}"
    }
    #expect(verdict(nested(64)) == nil)
    #expect(verdict(nested(65)) == JSONError(.depth, at: 5 + 63))
    #expect(verdict(nested(1_000_000))?.code == .depth)
  }

  @Test func manyKeysAreCheckedAndCounted() {
    func object(_ keys: [String]) -> String {
      "{" + keys.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    }
    let keys = (0..<65_536).map { "key\($0)" }
    #expect(verdict(object(keys)) == nil)
    #expect(verdict(object(keys + ["one more"]))?.code == .keyCount)
    for count in [2, 31, 32, 33, 34, 100, 5000] {
      let some = Array(keys.prefix(count))
      #expect(verdict(object(some)) == nil)
      for repeated in [0, count / 2, count - 1] {
        let text = object(some + [keys[repeated]])
        let error = verdict(text)
        #expect(error?.code == .duplicateKey)
        #expect(error.map { Array(text.utf8)[$0.offset...].first } == 0x22)
      }
    }
    #expect(verdict(object((0..<40).map { "k\($0)" } + [#"\u006b7"#]))?.code == .duplicateKey)
  }

  @Test func fieldsAreLocated() throws {
    let paths = [["a"], ["feedback", "user_rating"], ["feedback"], ["a-key-of-more-than-sixteen-bytes"]]
    var scanner = LineScanner(FieldSet(paths: paths))
    let text =
      #"{ "a" : "x\ny", "feedback":{"no":1,"user_rating": 4.50}, "a-key-of-more-than-sixteen-bytes":null,"#
      + #""a-key-of-more-than-sixteen-bytez":1}"#
    let bytes = scanner.scan(text: Array(text.utf8))
    #expect(scanner.code == .none)
    #expect(scanner.fields[0].isEscaped && JSONText.string(bytes.span, scanner.fields[0]) == "x\ny")
    #expect(String(decoding: bytes[scanner.fields[1].range], as: UTF8.self) == "4.50")
    #expect(scanner.fields[2].kind == .object)
    #expect(scanner.fields[3].kind == .null)
    _ = scanner.scan(text: Array(#"{"\u0061":1,"feedback":[{"user_rating":3}]}"#.utf8))
    #expect(scanner.fields.map(\.kind) == [.number, .missing, .array, .missing])
  }

  /// Damages valid records in every way of a byte; whatever comes, the scanner ends on the line's own newline, and what it
  /// accepts stays accepted with white space around.
  @Test func damagedLinesNeverRunOver() {
    var generator = SeededGenerator(seed: 11)
    let seeds = [
      #"{"id":"a","user_prompt":"q \"x\" \u00e9","n":[1,2.5e-3,{"k":null}],"t":true,"é":"日本"}"#,
      #"{"feedback":{"user_rating":4,"text":"\ud83d\ude00 ok\\"},"x":-0,"y":false}"#,
    ].map { Array($0.utf8) }
    let bait = Array(#"{"next":"line"}"#.utf8)
    for _ in 0..<20_000 {
      var line = seeds.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<line.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: line[at] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: line.remove(at: at)
        default: line.insert(UInt8.random(in: .min ... .max, using: &generator), at: at)
        }
      }
      line.removeAll { $0 == 0x0A }
      let text = line + [0x0A] + bait + [0x0A] + [UInt8](repeating: 0, count: scanPadding)
      var scanner = LineScanner(FieldSet(paths: [["id"], ["feedback", "user_rating"]]))
      #expect(scanner.scan(text.span, from: 0) == line.count + 1)
      #expect(scanner.error == nil || scanner.errorOffset <= line.count)
    }
  }
}
