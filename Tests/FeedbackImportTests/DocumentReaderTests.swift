import FeedbackImport
import NDJSON
import TestSupport
import Testing

@Suite struct DocumentReaderTests {
  /// The records of a text fed in pieces, each with its place; a fault ends the list.
  static func records(_ text: String, piece: Int = .max, limit: Int = 1 << 20) -> [String] {
    let bytes = Array(text.utf8)
    var reader = DocumentReader(recordLengthMax: limit)
    var result: [String] = []
    var start = 0
    do {
      while start < bytes.count {
        let end = start + min(piece, bytes.count - start)
        guard let next = try reader.next(bytes.span, start..<end) else {
          start = end
          continue
        }
        let text = String(decoding: reader.record, as: UTF8.self)
        let cut = reader.overlongLength.map { "…\($0)" } ?? ""
        result.append("\(reader.line):\(reader.column):\(reader.offset) \(text)\(cut)")
        start = next
      }
      try reader.finish()
    } catch {
      result.append("\(reader.line):\(reader.column) \(error.reason)")
    }
    return result
  }

  @Test(arguments: [
    (#"[{"a":1},{"b":"]},{"}]"#, [#"1:2:1 {"a":1}"#, #"1:10:9 {"b":"]},{"}"#]),
    ("[]", []), (" [ ] \n", []), ("", []),
    ("[1, true,\"x\",[{}]]", ["1:2:1 1", "1:5:4 true", "1:10:9 \"x\"", "1:14:13 [{}]"]),
    ("\u{FEFF}[{}]", ["1:2:4 {}"]),
    ("{\n \"a\": 1\n}\n{\"b\":2}", ["1:1:0 {\n \"a\": 1\n}", "4:1:12 {\"b\":2}"]),
    (
      #"{"metadata":{"prompts":[{"no":1}]},"prompts" : [{"a":"\""}, {"b":2}],"z":0}"#,
      [
        #"1:49:48 {"a":"\""}"#, #"1:61:60 {"b":2}"#,
      ]
    ),
    (#"{"x":"prompts","prompts":[]}"#, []), (#"{"prompts":{"a":[]}}"#, [#"1:1:0 {"prompts":{"a":[]}}"#]),
    (#"{"prompts":[{}]}[{"a":1}]"#, ["1:13:12 {}", #"1:18:17 {"a":1}"#]),
    ("[eta\"]", ["1:2:1 eta\""]), ("[a\"[{b,{}]", ["1:2:1 a\"[{b", "1:8:7 {}"]),
    (#"{"prompts":[a"[,{}],"z":1}[2]"#, [#"1:13:12 a"["#, "1:17:16 {}", "1:28:27 2"]),
    ("[{},]", ["1:2:1 {}", "1:5 syntax"]), ("[{} {}]", ["1:2:1 {}", "1:5 syntax"]), ("[,]", ["1:2 syntax"]),
    ("[{}", ["1:2:1 {}", "1:4 syntax"]), ("x", ["1:1 syntax"]), ("[{}]\n]", ["1:2:1 {}", "2:1 syntax"]),
    (#"{"prompts":[{}],}"#, ["1:13:12 {}", "1:17 syntax"]),
    (#"{"prompts":[{}],"prompts":[]}"#, ["1:13:12 {}", "1:29 dupkey"]),
  ])
  func recordsAreCutOut(text: String, expected: [String]) {
    for piece in [1, 2, 3, 7, 1000] { #expect(Self.records(text, piece: piece) == expected, "\(piece)") }
  }

  @Test func aLongRecordIsCutOffAndTheNextOneComes() {
    let found = Self.records(#"[{"a":"\#(String(repeating: "x", count: 100))"},{"b":1}]"#, piece: 9, limit: 10)
    #expect(found == ["1:2:1 {\"a\":\"xxxx…108", "1:111:110 {\"b\":1}"])
  }

  @Test func anyArrayComesOutAsItWentIn() {
    var generator = SeededGenerator(seed: 31)
    func value(_ depth: Int) -> String {
      switch Int.random(in: 0..<(depth > 3 ? 3 : 5), using: &generator) {
      case 0: return "\(Int.random(in: -99...99, using: &generator))"
      case 1: return #""a\"]\\}é,""#
      case 2: return "null"
      case 3:
        return "["
          + (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth + 1) }.joined(separator: ", ") + "]"
      default:
        return "{"
          + (0..<Int.random(in: 0...3, using: &generator)).map { "\"k\($0)\": " + value(depth + 1) }.joined(
            separator: ",") + "}"
      }
    }
    for _ in 0..<300 {
      let values = (0..<Int.random(in: 0...6, using: &generator)).map { _ in value(0) }
      let text = "[" + values.joined(separator: " ,\n") + "]"
      let found = Self.records(text, piece: Int.random(in: 1...20, using: &generator))
      #expect(found.map { String($0.drop { $0 != " " }.dropFirst()) } == values)
    }
  }
}

@Suite struct SourceFormatTests {
  @Test(
    arguments: [
      ("", nil), ("\n\n", SourceFormat.ndjson), ("{\"a\":1}\n", .ndjson), ("{\"a\":1}", .ndjson), ("  [", .json),
      ("{\n  \"a\": 1\n}", .json), ("{\"prompts\":[]}\n", .json), ("{\"prompts\":1}\n", .ndjson),
      ("{\"a\":x}\n", .ndjson),
      ("{\"metadata\":{},\"prompts\":[{\"id\":\"cut off", .json),
      ("{\"metadata\":{},\"user_prompt\":\"cut off", .ndjson),
      ("{\"id\":\"0\",\"user_prompt\":\"trunc\n{\"id\":\"1\"}\n", .ndjson),
      ("{\"id\":\"0\",\n{\"id\":\"1\"}\n", .ndjson),
      ("{\"prompts\":[\n{\"id\":\"1\"}\n]}\n", .json), ("{\"metadata\":{},\n\"prompts\":[\n{\"id\":\"1\"},\n", .json),
      ("Starting server\n{\"id\":\"1\"}\n", .ndjson), ("null\n", .csv),
      ("id,user_prompt\n", .csv), ("SQLite format 3\0…", .database), ("\u{FEFF}id,x\n", .csv),
      ("\u{FEFF}{\"a\":1}\n", .ndjson),
    ] as [(String, SourceFormat?)])
  func theContentTells(head: String, format: SourceFormat?) throws {
    #expect(try SourceFormat.sniff(Array(head.utf8)) == format)
  }

  @Test(arguments: [[0xFF, 0xFE, 0x5B, 0], [0x1F, 0x8B, 8], [0x50, 0x4B, 3, 4], Array("PAR1".utf8)] as [[UInt8]])
  func whatIsNotReadIsNamed(head: [UInt8]) {
    #expect(throws: RecordError.self) { try SourceFormat.sniff(head) }
  }
}
