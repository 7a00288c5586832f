import Foundation
import TestSupport
import Testing

/// The views of a SQLite database.
extension DatabaseExportTests {
  @Test func viewsHoldEveryRatingAndTheNumbers() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "in",
      """
      {"id":"1","timestamp":"2026-01-01T23:30:00-02:00","user_id":"u","category":"a","user_prompt":"p","ai_response":"r",\
      "feedback":{"user_rating":1.5,"ratings":[{"rated_by":"x","user_rating":1,"approved":false},\
      {"user_id":"y","user_rating":2,"feedback_text":"no"}]}}
      {"id":"2","timestamp":"2026-01-01T10:00:00Z","user_id":"u","user_prompt":"p","ai_response":"r","feedback":{"user_rating":5}}
      {"id":"3","category":"a","user_prompt":"p","ai_response":"r","status":"error","feedback":{"user_rating":1}}
      {"id":"4","category":"a","user_prompt":"p","ai_response":"r"}

      """)
    func query(_ sql: String) throws -> String {
      try shell("sqlite3 -csv db \"\(sql)\"", in: folder.url).text.replacingOccurrences(of: "\r\n", with: "\n")
    }
    let made = try shell("fb-export --format sqlite -o db in", in: folder.url)
    #expect(made.status == 0 && made.errorText.isEmpty, "\(made.errorText)")
    let ratings = "SELECT interaction_id, rated_by, user_rating, feedback_text, approved FROM feedback ORDER BY 1, 2"
    #expect(try query(ratings) == "1,x,1,,0\n1,y,2,no,\n2,u,5,,\n3,,1,,\n")
    #expect(try query("SELECT * FROM categories") == "a,3,1,1,1.5,1,0\nuncategorized,1,0,1,5.0,0,1\n")
    #expect(try query("SELECT day, interactions, poor FROM days") == ",2,0\n2026-01-01,1,0\n2026-01-02,1,1\n")
    #expect(try query("SELECT id, user_rating FROM poor_answers") == "1,1.5\n")
    #expect(try query("SELECT name, strict FROM pragma_table_list WHERE name = 'prompts'") == "prompts,1\n")
    let back = try shell("fb-ingest db | jq -r .id", in: folder.url)
    #expect(back.lines == ["1", "2", "3", "4"], "\(back.errorText)")
  }

  /// Every rating is one row, whatever `ratings` looks like, and nothing else is one.
  @Test func aRatingIsOneRowWhateverStandsBesideIt() throws {
    let folder = try TemporaryFolder()
    let feedback = [
      #"{"user_rating":5,"ratings":[]}"#, #"{"user_rating":4,"ratings":[{"user_rating":{"x":1}}]}"#,
      #"{"user_rating":3,"ratings":[{"user_rating":"4","feedback_text":7}]}"#, #"{"user_rating":2,"ratings":[{}]}"#,
      #"{"ratings":[{}]}"#,
      #"{"ratings":[{"rated_by":"x"},{"ratings":[{"user_rating":1}]},{"user_rating":null}]}"#,
      #"{"user_rating":1.5,"ratings":[{},{"user_rating":1},{"rated_by":"y","user_rating":2},{"approved":true}]}"#,
      #"{"user_rating":5,"ratings":[{"user\u005frating":4,"rated_by":"\u0079"}]}"#,
      #"{"user_rating":5,"ratings":null}"#,
      "{}",
    ]
    let records = feedback.enumerated().map { index, feedback in
      #"{"id":"\#(index)","user_prompt":"q","ai_response":"a","feedback":\#(feedback)}"# + "\n"
    }
    try folder.write("in", records.joined())
    let sql = "SELECT interaction_id, rated_by, user_rating, approved FROM feedback ORDER BY 1, 3, 4"
    let made = try shell("fb-export --format sqlite -o db in && sqlite3 db \"\(sql)\"", in: folder.url)
    #expect(
      made.lines == ["0||5|", "1||4|", "2||3|", "3||2|", "6|||1", "6||1|", "6|y|2|", "7|y|4|", "8||5|"],
      "\(made.text)\(made.errorText)")
    // With no id to tell them apart, too.
    let nameless = try shell(
      "sed 's/\"id\":\"[0-9]*\",//' in | fb-export --format sqlite -o db2 && sqlite3 db2 'SELECT count(*) FROM feedback'",
      in: folder.url)
    #expect(nameless.text == "9\n", "\(nameless.errorText)")
  }

  /// The day of an interaction is the one that fb-analyze counts it under.
  @Test func aDayIsThatOfTheAnalysis() throws {
    let folder = try TemporaryFolder()
    let times = [
      "2026-01-01T23:59:60Z", "2026-01-01t10:00:00z", "2026-01-02T01:59:60.5+02:00", "2026-01-04T00:00:00-18:00",
      "2026-01-06T00:00:00+23:59", "2026-01-07T23:00:00-23:59", "2026-01-10T23:59:59.999999999-00:01",
      "2026-01-12T05:05:05.123456789012Z", "2026-01-14T18:29:60-05:30", "2026-01-16T00:00:00.000Z",
    ]
    // Trends are of days where a day has five ratings.
    let records = times.flatMap { time in
      (0..<5).map { _ in #"{"timestamp":"\#(time)","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"# }
    }
    try FormatTests.data(records).write(to: folder.url.appendingPathComponent("in"))
    let days = try shell(
      "fb-export --format sqlite -o db in && sqlite3 -separator ' ' db 'SELECT day, interactions FROM days'",
      in: folder.url)
    let analysed = try shell(
      #"fb-analyze in | jq -r 'select(.type == "trend" and .bin == "day") | .points[] | select(.interactions > 0) | "\(.start[:10]) \(.interactions)"'"#,
      in: folder.url)
    #expect(analysed.lines.count == 9 && analysed.errorText.isEmpty, "\(analysed.text)\(analysed.errorText)")
    #expect(days.text == analysed.text, "\(days.errorText)")
    let ends = ["0000-01-01T00:00:00Z", "0000-01-02T00:00:00+23:59", "9999-12-31T23:59:59Z"].map {
      #"{"timestamp":"\#($0)","user_prompt":"q","ai_response":"a"}"#
    }
    let first = try shell(
      "fb-export --format sqlite -o ends && sqlite3 -separator ' ' ends 'SELECT day, interactions FROM days'",
      input: FormatTests.data(ends), in: folder.url)
    #expect(first.text == "0000-01-01 2\n9999-12-31 1\n")
  }

  /// The page says which SQLite reads the file: one that knows STRICT tables, and no function that came later.
  @Test func theViewsNeedNoLaterSQLiteThanThePageSays() throws {
    let folder = try Self.folder(3, seed: 46)
    let sql = try shell(
      "fb-export --format sqlite -o db in && sqlite3 db 'SELECT sql FROM sqlite_master'", in: folder.url
    ).text.lowercased()
    #expect(sql.contains("create view feedback") && sql.contains("strict"))
    // What came with 3.38 and later (sqlite.org/changes.html).
    let later = [
      "->", "unixepoch(", "format(", "is distinct", "is not distinct", "right join", "full join", "unhex(",
      "octet_length(", "timediff(", "jsonb", "json_pretty(", "concat(", "concat_ws(", "string_agg(", "subsec", "if(",
      "unistr", "json_array_insert", "percentile(", "median(",
    ]
    for word in later { #expect(!sql.contains(word), "\(word)") }
    let page = try String(contentsOf: projectRoot.appendingPathComponent("man/fb-export.1"), encoding: .utf8)
    #expect(page.contains("3.37 or later reads it"))
  }
}
