import Foundation
import TestSupport
import Testing

/// fb-ingest as a user runs it.
@Suite struct IngestTests {
  /// Records whose every kind of value is hard to carry through a table.
  static let hard = [
    #"{"id":"a","timestamp":"2024-10-15T10:30:00.250Z","history":[{"role":"user","content":"h"}],"user_prompt":"q \"x\"\n\u00e9","ai_response":"r","category":"c","response_time_ms":120,"z":{"n":1.0,"b":[9007199254740993,1e400,null]},"feedback":{"user_rating":4.5,"accuracy":3,"approved":false,"unknown":"u","scale":{"name":"q","value":0.5},"ratings":[{"user_rating":4}]},"metadata":{"k":[1,2]}}"#,
    #"{"id":"b","user_prompt":"","ai_response":"","category":"x","user_id":null,"x":null,"feedback":{}}"#,
    #"{"id":"c","user_prompt":"p","ai_response":"r","category":"c","feedback":{"user_rating":null,"approved":true},"metadata":{}}"#,
    #"{"id":"00123","user_prompt":"p","ai_response":"r\u0000z","category":"=cmd()","response_time_ms":0,"feedback":{"user_rating":2.0000000000000000001}}"#,
    #"{"id":" d ","user_prompt":" lead","ai_response":"trail\r\n","category":"a,\"b","metadata":[1],"feedback":{"user_rating":5,"feedback_text":"","clarity":1.25}}"#,
    #"{"id":"e","user_prompt":"日本","ai_response":"😀","category":"c","status":"error","response_time_ms":12,"extra":{"y":1}}"#,
  ]

  /// A record with its members in one order and its numbers as they are spelled.
  static func sorted(_ line: String) throws -> String {
    let program =
      "import json,sys\nfor l in sys.stdin: print(json.dumps(json.loads(l,parse_float=lambda s:'#'+s,parse_int=lambda s:'#'+s),sort_keys=True))"
    return try shell("python3 -c \"$PROGRAM\"", input: Data(line.utf8), environment: ["PROGRAM": program]).text
  }

  @Test(arguments: ["sqlite", "json-database", "csv"])
  func databasesAreReadBackWhole(format: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("in.ndjson", Self.hard.joined(separator: "\n") + "\n")
    #expect(try shell("fb-ingest in.ndjson | cmp - in.ndjson", in: folder.url).status == 0)
    let back = try shell("fb-export --format \(format) -o db in.ndjson && fb-ingest db", in: folder.url)
    let expected = format == "csv" ? "(a spreadsheet may run 1 text as a formula: --spreadsheet-safe)\n" : ""
    #expect(back.status == 0 && back.errorText.hasSuffix(expected), "\(back.errorText)")
    #expect(back.errorText.isEmpty == expected.isEmpty)
    #expect(back.lines.count == Self.hard.count)
    for (line, original) in zip(back.lines, Self.hard) {
      #expect(try Self.sorted(line) == Self.sorted(original))
    }
  }

  @Test func anyFormatFromStandardInputOrAFileIsTheSame() throws {
    let folder = try TemporaryFolder()
    try folder.write("in.ndjson", Self.hard.joined(separator: "\n") + "\n")
    for format in ["json-database", "csv"] {
      let outcome = try shell(
        "fb-export --format \(format) in.ndjson > db; cmp <(fb-ingest db) <(fb-ingest < db) && cmp <(fb-ingest db) <(cat db | fb-ingest -)",
        in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errorText)")
    }
    let several = try shell(
      "fb-export --format csv in.ndjson > db; fb-ingest in.ndjson db in.ndjson | wc -l", in: folder.url)
    #expect(several.text.trimmingCharacters(in: .whitespacesAndNewlines) == "\(3 * Self.hard.count)")
  }

  @Test func anIdentityIsTheSHA256OfTheRecord() throws {
    let record = #"{"user_prompt":"q", "ai_response":"é"}"#
    let folder = try TemporaryFolder()
    try folder.write("in", record + "\n")
    let outcome = try shell(
      "fb-ingest in | jq -r .id; printf %s '\(record)' | sha256sum | cut -c1-64; fb-ingest in | fb-ingest | cmp - <(fb-ingest in)",
      in: folder.url)
    #expect(outcome.lines.count == 2 && Set(outcome.lines).count == 1, "\(outcome.text) \(outcome.errorText)")
    #expect(outcome.status == 0)
  }

  @Test func aDocumentIsReadAsAStream() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      #"""
      python3 -c '
      import json
      print("[" + ",\n".join(json.dumps({"id": str(i), "user_prompt": "q" * 900, "ai_response": "r" * 900}, indent=1) for i in range(20000)) + "]")' > big.json
      ( ulimit -v 400000; fb-ingest big.json ) > out; echo $?; wc -l < out; tail -n 1 out | jq -r .id
      """#, in: folder.url)
    #expect(outcome.lines == ["0", "20000", "19999"], "\(outcome.text) \(outcome.errorText)")
  }

  @Test func onlyATableIsReadFromADatabase() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      #"""
      sqlite3 view.db "CREATE VIEW prompts AS SELECT '1' AS id, 'q' AS user_prompt, 'r' AS ai_response"
      fb-ingest view.db; echo $?
      sqlite3 seed.db "CREATE TABLE prompts (id TEXT, user_prompt TEXT, ai_response TEXT, category TEXT, user_rating INTEGER, note BLOB); INSERT INTO prompts VALUES ('1', 'q', 'r', 'c', 5, NULL), ('2', 'q', 'r', NULL, 2, 'n')"
      fb-ingest seed.db; echo $?
      """#, in: folder.url)
    #expect(
      outcome.lines == [
        "65", #"{"id":"1","user_prompt":"q","ai_response":"r","category":"c","feedback":{"user_rating":5}}"#,
        #"{"id":"2","user_prompt":"q","ai_response":"r","feedback":{"user_rating":2},"metadata":{"note":"n"},"category":"uncategorized"}"#,
        "0",
      ], "\(outcome.text) \(outcome.errorText)")
  }

  @Test func whatIsNoTableIsNotTakenForAnEmptyOne() throws {
    for text in ["x", "null\n", "<html>502 Bad Gateway</html>\n", "a,b\n1,2\n"] {
      let outcome = try shell("fb-ingest", input: Data(text.utf8))
      #expect(outcome.status == 65 && outcome.errorText.contains("neither JSON nor CSV"), "\(text)")
    }
    let named = try shell(
      "fb-ingest --from csv --map user_prompt=a --map ai_response=b", input: Data("a,b\n1,2\n".utf8))
    #expect(named.status == 0 && named.lines.count == 1)
  }

  @Test func aFirstLineThatIsCutOffCostsOneRecord() throws {
    let folder = try TemporaryFolder()
    let good = (1...999).map { #"{"id":"\#($0)","user_prompt":"q","ai_response":"r","category":"c"}"# }
    for first in [
      #"{"id":"0","user_prompt":"trunc"#, #"{"id":"0","user_prompt":"trunc","#, "Starting server on port 80",
    ] {
      try folder.write("in", ([first] + good).joined(separator: "\n") + "\n")
      #expect(try shell("fb-ingest in", in: folder.url).status == 65)
      let outcome = try shell(
        "fb-ingest --max-rejects 1 --rejects r in && jq -r .raw_b64 r | base64 -d", in: folder.url)
      #expect(outcome.status == 0 && outcome.lines == good + [first], "\(first): \(outcome.errorText)")
    }
  }

  @Test func anInfiniteRatingIsRefused() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      "sqlite3 a.db \"CREATE TABLE prompts (id, user_prompt, ai_response, user_rating); INSERT INTO prompts VALUES ('1', 'p', 'a', 9e999)\"; fb-ingest a.db",
      in: folder.url)
    #expect(outcome.status == 65 && outcome.output.isEmpty && outcome.errorText.contains("not between 1 and 5"))
  }
}
