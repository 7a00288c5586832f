import Foundation
import TestSupport
import Testing

/// What fb-export promises of databases, tried on the built command against sqlite3, jq and Python.
@Suite struct DatabaseExportTests {
  static let texts = [
    "plain", "", " edges ", #"comma, \"quote\""#, #"line\nbreak\r\n"#, #"tab\t"#, "=1+1", "é 👍", #"\u0000nul"#, "00123",
    "null",
    "NULL", "1.0", "'; DROP TABLE prompts; --", #"\ud83d\udc4d\/"#, "[]", "{\\\"a\\\":1}",
  ]

  /// Interactions with odd values in every place; `isStrict` keeps ratings and times within the rules.
  static func records(_ count: Int, seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    let categories = ["billing", "returns", "technical", "caf\\u00e9"]
    return (0..<count).map { index in
      var members = [
        "\"id\":\"r\(index)\"", "\"user_prompt\":\"\(pick(texts))\"", "\"ai_response\" : \"\(pick(texts))\"",
      ]
      var feedback: [String] = []
      func maybe(_ list: inout [String], _ key: String, _ values: [String]) {
        if Bool.random(using: &random) { list.append("\"\(key)\":\(pick(values))") }
      }
      maybe(&members, "category", categories.map { "\"\($0)\"" } + ["null"])
      maybe(&members, "timestamp", ["\"2024-10-01T10:00:00Z\"", "\"2024-10-02T10:00:00+02:00\"", "null"])
      maybe(&members, "session_id", texts.map { "\"\($0)\"" } + ["5", "null"])
      maybe(&members, "history", ["[]", #"[{"role":"user","content":"x"} ]"#, "null"])
      maybe(&members, "response_time_ms", ["0", "120", "1.2e3", "1.5", "\"9\"", "null"])
      maybe(
        &members, "metadata",
        ["{}", #"{"a": [1.0, null, 9007199254740993], "b":"\#(pick(texts))"}"#, "[]", "1", "null"])
      maybe(&members, "status", ["\"ok\"", "\"error\"", "null"])
      maybe(&members, "x-unknown", ["1", "{\"extra\":{}}", "\"\(pick(texts))\"", "null", "12345678901234567890.5"])
      maybe(&members, "user_rating", ["3"])
      maybe(&feedback, "user_rating", ["1", "2", "3", "4", "5", "2.5", "4.0", "3.6666666666666665", "null"])
      maybe(&feedback, "accuracy", ["1", "4.333333333333333333333", "\"5\"", "null"])
      maybe(&feedback, "approved", ["true", "false", "null", "1"])
      maybe(&feedback, "suggestion", texts.map { "\"\($0)\"" })
      maybe(&feedback, "scale", [#"{"name":"thumbs","value":1,"min":0,"max":1}"#, "null"])
      maybe(&feedback, "own", ["1", "{}"])
      switch Int.random(in: 0..<6, using: &random) {
      case 0: members.append("\"feedback\":null")
      case 1: break
      default: members.append("\"feedback\":{\(feedback.joined(separator: ", "))}")
      }
      return "{\(members.joined(separator: ","))}"
    }
  }

  static func folder(_ count: Int, seed: UInt64) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("in", records(count, seed: seed).joined(separator: "\n") + "\n")
    return folder
  }

  /// The same answer from SQL and from jq, as lines of columns.
  @Test(arguments: [
    (
      "SELECT category, ROUND(AVG(user_rating), 6), COUNT(*) FROM prompts GROUP BY category ORDER BY category",
      """
      [inputs] | group_by(.category)[] | map((.feedback // {}).user_rating | select(. != null)) as $r
      | [.[0].category, (if ($r|length) == 0 then null else ($r|add/length*1e6|round/1e6) end), length]
      """
    ),
    (
      """
      SELECT user_prompt, ai_response, user_rating FROM prompts WHERE user_rating <= 2
      ORDER BY user_rating, CAST(SUBSTR(id, 2) AS INTEGER)
      """,
      """
      [inputs | select((.feedback // {}).user_rating // 9 | . <= 2)] | sort_by(.feedback.user_rating, (.id[1:]|tonumber))[]
      | [.user_prompt, .ai_response, .feedback.user_rating]
      """
    ),
    (
      "SELECT category, COUNT(*) FROM prompts WHERE user_rating >= 4 GROUP BY category ORDER BY category",
      """
      [inputs | select((.feedback // {}).user_rating // 0 | . >= 4)] | group_by(.category)[] | [.[0].category, length]
      """
    ),
  ])
  func questionsAreAnsweredAsByJq(sql: String, jq: String) throws {
    let folder = try Self.folder(600, seed: 41)
    try folder.write("jq", jq)
    let made = try shell("fb-export --format sqlite -o db in && sqlite3 db 'PRAGMA integrity_check'", in: folder.url)
    #expect(made.text == "ok\n" && made.errors.isEmpty, "\(made.errorText)")
    // Python reads the rows, as the shell of SQLite ends a text at its first NUL.
    try folder.write(
      "ask.py",
      """
      import json, sqlite3, sys
      for row in sqlite3.connect("db").execute(sys.argv[1]):
          print(json.dumps([int(v) if isinstance(v, float) and v == int(v) else v for v in row], ensure_ascii=False,
              separators=(",", ":")))
      """)
    let answer = try shell("python3 ask.py \"$SQL\"", in: folder.url, environment: ["SQL": sql])
    // Both through Python, so that numbers and escapes are spelled alike.
    let expected = try shell(
      """
      jq -nc -f jq in | python3 -c 'import json, sys
      for line in sys.stdin:
          print(json.dumps([int(v) if isinstance(v, float) and v == int(v) else v for v in json.loads(line)],
              ensure_ascii=False, separators=(",", ":")))'
      """, in: folder.url)
    #expect(answer.status == 0 && expected.status == 0, "\(answer.errorText)\(expected.errorText)")
    #expect(answer.lines.count >= 4)
    #expect(answer.text == expected.text)
  }

  /// Puts rows together again as the doc comment of the columns says: `extra` over the columns.
  static let reader = #"""
    import csv, decimal, json, sqlite3, sys
    csv.field_size_limit(1 << 30)
    def load(text): return json.loads(text, parse_float=decimal.Decimal)
    feedback = {"user_rating", "accuracy", "helpfulness", "clarity", "feedback_text", "suggestion", "corrected_response",
                "approved", "rated_at", "rated_by", "scale", "ratings"}
    number = {"user_rating", "accuracy", "helpfulness", "clarity", "response_time_ms"}
    document = {"history", "metadata", "scale", "ratings"}
    if sys.argv[1] == "sqlite":
        db = sqlite3.connect("db")
        db.row_factory = sqlite3.Row
        rows = [{k: r[k] for k in r.keys() if r[k] is not None} for r in db.execute("SELECT * FROM prompts ORDER BY rowid")]
    else:
        with open("csv", encoding="utf-8", newline="") as file:
            # The module refuses NUL in older versions of Python.
            text = file.read().replace("\0", "\ue000")
        rows = [{k: v.replace("\ue000", "\0") for k, v in r.items() if v != ""}
                for r in csv.DictReader(text.splitlines(keepends=True))]
    def restore(row):
        extra = load(row.pop("extra", "{}"))
        record = {}
        for key, value in row.items():
            if key in number: value = load(value) if isinstance(value, str) else load(repr(value))
            elif key == "approved": value = str(value) == "1"
            elif key in document: value = load(value)
            place = record.setdefault("feedback", {}) if key in feedback else record
            place[key] = value
        for key, value in extra.items():
            if key == "feedback" and isinstance(value, dict): record.setdefault(key, {}).update(value)
            else: record[key] = value
        return record
    count = 0
    with open("in", encoding="utf-8") as file:
        for line, row in zip(file, rows):
            if load(line) != restore(row): sys.exit(f"{line}\n{row}")
            count += 1
    print(count, len(rows))
    """#

  @Test(arguments: ["sqlite", "csv"])
  func nothingIsLostInColumns(format: String) throws {
    let folder = try Self.folder(1_500, seed: 42)
    try folder.write("read.py", Self.reader)
    let outcome = try shell(
      "fb-export --format \(format) -o \(format == "sqlite" ? "db" : "csv") in && python3 read.py \(format)",
      in: folder.url)
    #expect(outcome.text == "1500 1500\n", "\(outcome.errorText)")
  }

  @Test func anExistingDatabaseIsLeftAsItWas() throws {
    let folder = try Self.folder(5, seed: 43)
    try folder.write("db", "precious")
    let refused = try shell("fb-export --format sqlite -o db in; echo $?; ls -A", in: folder.url)
    #expect(refused.text == "73\ndb\nin\n" && refused.errorText == "fb-export: db exists (--force replaces it)\n")
    #expect(try folder.read("db") == "precious")
    #expect(try shell("ln -s db link; fb-export --format sqlite -o link in", in: folder.url).status == 73)
    #expect(try shell("mkdir d; fb-export --format sqlite --force -o d in", in: folder.url).status == 73)
    // With --force too, what is no database stays: a name may be mistyped.
    for content in ["precious", "SQLite format 4", "S"] {
      try folder.write("db", content)
      let kept = try shell("fb-export --format sqlite --force -o db in", in: folder.url)
      #expect(
        kept.status == 73 && kept.errorText == "fb-export: db is no SQLite database: --force does not replace it\n")
      #expect(try folder.read("db") == content)
    }
    try folder.write("db", "SQLite format 3\u{0} of another")
    // It is replaced whole or not at all.
    let failed = try shell("echo '{' | fb-export --format sqlite --force -o db; echo $?; ls -A", in: folder.url)
    #expect(failed.text == "65\nd\ndb\nin\nlink\n")
    #expect(try folder.read("db").hasSuffix(" of another"))
    let replaced = try shell(
      "fb-export --format sqlite --force -o db in && sqlite3 db 'SELECT COUNT(*) FROM prompts; PRAGMA application_id; PRAGMA user_version' && stat -c %a db",
      in: folder.url)
    #expect(replaced.text == "5\n\(0x6662_3031)\n1\n600\n", "\(replaced.errorText)")
    #expect(try shell("> new; fb-export --format sqlite --force -o new in", in: folder.url).status == 0)
    for output in ["", "-o -"] {
      #expect(try shell("fb-export --format sqlite \(output) in", in: folder.url).status == 64)
    }
  }

  /// Whatever opened the new database would take a log of changes beside it for its own.
  @Test(arguments: ["db-wal", "db-journal"])
  func noDatabaseIsPutBesideALog(log: String) throws {
    let folder = try Self.folder(5, seed: 47)
    try folder.write(log, "changes of another")
    for option in ["", "--force"] {
      let refused = try shell("fb-export --format sqlite \(option) -o db in", in: folder.url)
      #expect(refused.status == 75 && refused.errorText.hasPrefix("fb-export: db-"), "\(refused.errorText)")
    }
    try folder.write(log, "")
    #expect(try shell("fb-export --format sqlite -o db in && fb-ingest db | wc -l", in: folder.url).text == "5\n")
  }

  @Test func theSameRecordsGiveTheSameBytes() throws {
    let folder = try Self.folder(200, seed: 44)
    for format in ["sqlite", "csv", "json-database", "json", "openai"] {
      let outcome = try shell(
        "export='fb-export --format \(format) --max-rejects 100% --rejects /dev/null in'; $export -o a 2>&-; "
          + "TZ=Asia/Tokyo LC_ALL=C $export -o b 2>&-; "
          + "cmp a b && [ -s a ] && rm a b", in: folder.url)
      #expect(outcome.status == 0, "\(format)")
    }
  }

  @Test func metadataCountsAndDates() throws {
    let folder = try Self.folder(50, seed: 45)
    let query = "sqlite3 db 'SELECT key, value FROM metadata ORDER BY key'"
    let newest = try shell("fb-export --format sqlite -o db in && \(query)", in: folder.url)
    #expect(newest.text == "created_at|2024-10-02T08:00:00Z\ntotal_records|50\n")
    let given = try shell(
      "fb-export --format sqlite --force --as-of 2025-01-01T00:00:00Z -o db in && \(query)", in: folder.url)
    #expect(given.text == "created_at|2025-01-01T00:00:00Z\ntotal_records|50\n")
    let none = try shell("fb-export --format sqlite --force -o db </dev/null && \(query)", in: folder.url)
    #expect(none.text == "total_records|0\n")
  }

  @Test(arguments: ["sqlite", "csv", "json-database"])
  func aBadRecordIsInNoDatabase(format: String) throws {
    let folder = try TemporaryFolder()
    let bad = [
      #""feedback":{"user_rating":9}"#, #""timestamp":"2026-02-30T00:00:00Z""#, #""category":5"#, #""id":"a","id":"b""#,
    ]
    let texts = #""user_prompt":"q","ai_response":"a""#
    let good = [#"{"id":"a",\#(texts)}"#, #"{"id":"z","category":"c",\#(texts)}"#]
    let textless = [
      "{}", #"{"user_prompt":"q"}"#, #"{"ai_response":"a"}"#, #"{"user_prompt":"q","ai_response":null}"#,
      #"{"user_prompt":5,"ai_response":"a"}"#,
    ]
    let lines = [good[0]] + bad.map { "{\($0),\(texts)}" } + textless + [good[1], #"{"type":"ask"}"#]
    try folder.write("in", lines.joined(separator: "\n") + "\n")
    #expect(try shell("fb-export --format \(format) -o out in", in: folder.url).status == 65)
    let outcome = try shell("fb-export --format \(format) --max-rejects 9 --rejects r -o out in", in: folder.url)
    #expect(outcome.status == 0)
    #expect(outcome.errorText.hasSuffix("fb-export: 2 of 12 records written; left out: 1 of other kinds, 9 bad\n"))
    let count = [
      "sqlite": "sqlite3 out 'SELECT COUNT(*) FROM prompts'", "csv": "tail -n +2 out | wc -l",
      "json-database": "jq '.prompts | length' out",
    ]
    #expect(try shell(count[format] ?? "", in: folder.url).text == "2\n")
  }

  @Test func aRepeatedIDIsABadRecordOfADatabaseWithAKey() throws {
    let folder = try TemporaryFolder()
    let lines = [#""id":"a","#, #""id":"\u0061","#, "", "", #""id":"b","#, #""id":"b","#].map {
      "{\($0)\"user_prompt\":\"q\",\"ai_response\":\"a\"}\n"
    }
    try folder.write("in", lines.joined())
    let outcome = try shell(
      "fb-export --format sqlite --max-rejects 2 --rejects r -o db in && sqlite3 db 'SELECT COUNT(*), COUNT(id) FROM prompts; PRAGMA integrity_check'",
      in: folder.url)
    #expect(outcome.text == "4|2\nok\n")
    #expect(
      try shell("jq -c '[.line,.reason,.field]' r", in: folder.url).text
        == "[2,\"schema\",\"id\"]\n[6,\"schema\",\"id\"]\n")
  }

  @Test func optionsAboutTrainingDoNotGoWithADatabase() throws {
    for option in ["--quality-threshold 0.5", "--approved-only", "--include-unrated", "--system s", "--allow-few"] {
      for format in ["sqlite -o db", "csv", "json-database"] {
        let outcome = try shell("fb-export --format \(format) \(option)")
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(format) \(option)")
      }
    }
    for format in ["openai", "json", "csv", "json-database"] {
      #expect(try shell("fb-export --format \(format) --force").status == 64)
    }
    // Nothing is written before it is known that there is input.
    #expect(try shell("fb-export --format csv --max-rejects 1").output.isEmpty)
  }

  /// What fb-ingest would not read is in no database, and what is in one it reads.
  @Test(arguments: ["sqlite", "csv", "json-database"])
  func aDatabaseHoldsWhatIsReadBack(format: String) throws {
    let folder = try TemporaryFolder()
    let texts = #""user_prompt":"q","ai_response":"a""#
    let bad = [
      #""status":"odd""#, #""status":7"#, #""history":"x""#, #""history":[{"role":"user"}]"#, #""feedback":7"#,
      #""feedback":[]"#, #""feedback":{"accuracy":9}"#, #""feedback":{"helpfulness":0}"#,
      #""feedback":{"clarity":true}"#,
      #""feedback":{"ratings":[7]}"#, #""feedback":{"ratings":{"user_rating":1}}"#, #""feedback":{"ratings":"none"}"#,
      #""feedback":{"ratings":[{},null]}"#, #""feedback":{"approved":"maybe"}"#, #""feedback":{"rated_at":"then"}"#,
      #""feedback":{"scale":5}"#, #""feedback":{"feedback_text":5}"#, #""feedback":{"rated_by":{}}"#, #""model":1"#,
      #""system_prompt":[]"#, #""prompt_version":true"#, #""language":{}"#, #""source":2"#, #""id":true"#,
      #""user_id":[]"#,
      #""session_id":{}"#, #""id":"a\u0000b""#, #""response_time_ms":"soon""#, #""response_time_ms":-3"#,
      // What fb-ingest would move into the feedback.
      #""user_rating":"x""#, #""accuracy":9"#, #""feedback":{},"clarity":0"#, #""approved":"maybe""#, #""ratings":7"#,
      #""rated_at":"then""#, #""feedback_text":4"#, #""corrected\u005fresponse":[]"#, #""scale":"x","feedback":null"#,
    ]
    let good = [
      #""timestamp":"2024-10-15T10:30:00\u002B02:00""#, #""feedback":{"rated_at":"2024-10-15T10:30:00\u002b02:00"}"#,
      #""status":"error""#, #""status":"ok""#, #""history":[{"role":"user","content":"x"}]"#, #""feedback":null"#,
      #""feedback":{}"#, #""feedback":{"accuracy":4.5,"ratings":[{}],"scale":{"max":5}}"#, #""id":7"#, #""user_id":7"#,
      #""response_time_ms":12"#, #""response_time_ms":12.5"#, #""response_time_ms":"9""#, #""metadata":7"#, #""x":[]"#,
      #""feedback":{"accuracy":"5","approved":1,"rated_at":1700000000}"#, #""user_rating":"4","accuracy":null"#,
      #""feedback":{"accuracy":5},"accuracy":9"#, #""feedback":{"approved":null},"approved":"maybe""#,
    ]
    let all = (bad + good).map { "{\($0),\(texts)}" }
    try folder.write("in", all.joined(separator: "\n") + "\n")
    let made = try shell(
      "fb-export --format \(format) --max-rejects 99 --rejects r -o out.\(format == "sqlite" ? "db" : format) in",
      in: folder.url)
    #expect(made.status == 0, "\(made.errorText)")
    #expect(try shell("jq .line r", in: folder.url).lines == bad.indices.map { "\($0 + 1)" })
    // fb-ingest refuses the same.
    let direct = try shell("fb-ingest --max-rejects 99 --rejects r2 in > direct; jq .line r2", in: folder.url)
    #expect(direct.lines == bad.indices.map { "\($0 + 1)" }, "\(direct.errorText)")
    let name = ["sqlite": "out.db", "csv": "out.csv", "json-database": "out.json-database"][format] ?? ""
    let back = try shell("fb-ingest \(name) | wc -l", in: folder.url)
    #expect(back.status == 0 && back.text == "\(good.count)\n", "\(back.errorText)")
    // Beside training files, too, which take no value as a source writes it.
    let beside = try shell(
      "fb-export --format \(format),trl-dpo --allow-few --out-dir both --max-rejects 99 --rejects r3 in; jq .line r3",
      in: folder.url)
    #expect(Array(beside.lines.prefix(bad.count)) == bad.indices.map { "\($0 + 1)" }, "\(beside.errorText)")
  }

  @Test func formulasAreCountedAndDefused() throws {
    let folder = try TemporaryFolder()
    let texts = ["=1+1", "+1", "-1", "@x", #"\tx"#, #"\rx"#, #"\nx"#, "a=1", "'=1", ""]
    let records = texts.enumerated().map { index, text in
      #"{"id":"\#(index)","user_prompt":"\#(text)","ai_response":"r","x":-1,"feedback":{"accuracy":4}}"# + "\n"
    }
    try folder.write("in", records.joined())
    let read =
      #"python3 -c 'import csv,json,sys; [print(json.dumps([r["user_prompt"],r["accuracy"]])) for r in csv.DictReader(sys.stdin)]'"#
    let plain = try shell("fb-export --format csv in | \(read)", in: folder.url)
    #expect(
      plain.errorText
        == "fb-export: 10 of 10 records written (a spreadsheet may run 7 texts as a formula: --spreadsheet-safe)\n")
    #expect(plain.lines == texts.map { #"["\#($0)", "4"]"# })
    let safe = try shell("fb-export --format csv --spreadsheet-safe in | \(read)", in: folder.url)
    #expect(safe.errorText.isEmpty)
    #expect(safe.lines == texts.enumerated().map { #"["\#($0 < 7 ? "'" : "")\#($1)", "4"]"# })
    #expect(try shell("fb-export --format sqlite -o db --spreadsheet-safe in", in: folder.url).status == 64)
  }
}
