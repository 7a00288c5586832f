import Foundation
import TestSupport
import Testing

/// The commands that advice holds, run in bash on the data that the advice is about.
@Suite(.enabled(if: AnalyzeTests.hasQuick, "jq is absent")) struct AdviceCommandTests {
  /// Ratings of two weeks: half of those with the odd value of a field are poor, one of twenty of the others is.
  static func interactions(_ field: String, _ value: String, times: (Int) -> String?) throws -> String {
    var text = ""
    for index in 0..<400 {
      let isOdd = index % 2 == 0
      let isPoor = isOdd ? index % 4 == 0 : index % 40 == 1
      var record: [String: Any] = [
        "id": "r\(index)", "user_id": "u\(index % 67)", "feedback": ["user_rating": isPoor ? 1 : 5],
      ]
      record[field] = isOdd ? value : "plain"
      if let time = times(index) { record["timestamp"] = time }
      text += String(decoding: try JSONSerialization.data(withJSONObject: record), as: UTF8.self) + "\n"
    }
    return text
  }

  /// A time from 1 October 2024 to noon of the 14th, another minute for each record.
  static func day(_ index: Int) -> String {
    let (day, minute) = (1 + index % 14, index * 7 % 690)
    return
      "2024-10-\(day < 10 ? "0" : "")\(day)T\(minute < 600 ? "0" : "")\(minute / 60):\(minute % 60 / 10)\(minute % 10):11Z"
  }

  /// The first recommendation of a run.
  static func first(_ outcome: Outcome) throws -> [String: Any] {
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errorText)")
    let line = try #require(outcome.lines.first)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  static func verification(_ item: [String: Any]) throws -> [String: Any] {
    try #require(item["verify"] as? [String: Any])
  }

  /// The ids of the records of a file, in order.
  static func ids(_ folder: TemporaryFolder, _ file: String) throws -> [String] {
    let outcome = try shell("jq -r .id '\(file)'", in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    return outcome.lines
  }

  static let names = [
    "it's", "a \"quoted\" one", "$(touch owned)", "`touch owned`", "a;touch owned", "two\nlines", "-v", "--help",
    "a\tb",
    "naïve 日本 👩‍👧", "\u{1B}[31mred", "right\u{202E}left", "back\\slash\\", "\\(1)", "!!", "a&b|c>d", "tag\u{E0001}ged",
    "*", "",
    " ", "null", "%s%n", "#", "~", "\u{7F}\u{85}", "nul\u{0}byte", "A\\u0041",
  ]

  @Test(arguments: ["category", "source"], names)
  func commandsSelectWhatTheyAreAbout(field: String, name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("interactions.ndjson", try Self.interactions(field, name) { Self.day($0) })
    let analyze =
      "fb-analyze --by \(field) --since 2024-10-01T00:00:00Z --until 2024-10-15T00:00:00Z interactions.ndjson"
    let item = try Self.first(try shell("\(analyze) >analysis; fb-recommend analysis", in: folder.url))
    #expect((item["scope"] as? [String: String]) == [field: name])
    let next = try #require(item["next_command"] as? String)
    let check = try #require(try Self.verification(item)["command"] as? String)
    for command in [next, check] {
      #expect(
        !command.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x202E }, "\(command)")
    }
    let before = try shell("ls -A", in: folder.url).lines
    let selected = try shell(next, in: folder.url)
    #expect(selected.status == 0 && selected.errors.isEmpty, "\(next): \(selected.errorText)")
    let made = try shell("ls -A", in: folder.url).lines.filter { !before.contains($0) }
    #expect(made.count == 1, "\(made)")
    let poor = (0..<400).filter { $0 % 4 == 0 }.map { "r\($0)" }
    #expect(try Self.ids(folder, try #require(made.first)) == poor)
    // What came of it: the same records again, as if they were later.
    let whole = check.replacing(#/--since [^ ]*/#, with: "--since 2024-10-01T00:00:00Z")
    let measured = try shell(whole, in: folder.url)
    #expect(
      measured.status == 0 && measured.text.hasPrefix(#"{"n":200,"poor":{"k":100,"#), "\(whole): \(measured.errorText)")
    // Sentences show no control character, and not the same for other names.
    for format in ["text", "markdown"] {
      let text = try shell("fb-recommend --format \(format) analysis", in: folder.url).text
      #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) })
      #expect(!text.contains("\u{FFFD}") && !text.contains("\u{202E}") && text.lowercased().contains("goal: "))
    }
  }

  @Test func sentencesSpellOutWhatIsNotSeen() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", try Self.interactions("category", "a\nb\u{1B}c") { Self.day($0) })
    let text = try shell("fb-analyze in | fb-recommend --format text", in: folder.url).text
    #expect(text.hasPrefix(#"1. Poor answers in a\nb\u001bc: 50 % (100 of 200)"#))
    #expect(text.contains(#"   goal:  poor answers in a\nb\u001bc: from "#))
    let report = try shell("fb-analyze in | fb-recommend --format markdown", in: folder.url).text
    #expect(report.contains(#"### 1. Poor answers in a\\nb\\u001bc: 50 % (100 of 200)"#))
  }

  /// Ratings around the end of a window: at it, a moment after it, a second after it.
  @Test(arguments: [
    nil, "--since 2024-10-01T00:00:00Z --until 2024-10-15T00:00:00Z", "--days-back 7 --as-of 2024-10-14T12:00:00Z",
    "--days-back 13 --as-of 2024-10-14T18:30:07.5Z", "--until 2024-10-15T00:00:00Z",
  ])
  func theCommandMeasuresTheRecordsOfTheVerdict(window: String?) throws {
    let end = window?.split(separator: " ").last
    let folder = try TemporaryFolder()
    var text = try Self.interactions("category", "odd") { Self.day($0) }
    let later = [
      "2024-10-14T12:00:00Z", "2024-10-14T12:00:00.000000001Z", "2024-10-14T12:00:00.5Z", "2024-10-14T12:00:01Z",
      "2024-10-14T18:30:07.5Z", "2024-10-14T18:30:07.500000001Z", "2024-10-15T00:00:00Z", "2024-10-15T00:00:00.25Z",
      "2024-10-15T00:00:01Z", "2024-10-16T09:00:00Z", "2024-10-20T09:00:00Z",
    ]
    for (index, time) in later.enumerated() {
      text +=
        #"{"id":"later \#(index)","user_id":"v\#(index)","category":"odd","timestamp":"\#(time)","#
        + #""feedback":{"user_rating":\#(index % 3 == 0 ? 2 : 4)}}"# + "\n"
    }
    // Without an end the analysis is of what there is at first.
    try folder.write("interactions.ndjson", text)
    try folder.write("first.ndjson", text.split(separator: "\n").prefix(400).joined(separator: "\n") + "\n")
    let analyze = window.map { "fb-analyze \($0) interactions.ndjson" } ?? "fb-analyze first.ndjson"
    let advice = try shell(
      "\(analyze) | fb-recommend >advice && cat advice", in: folder.url)
    let check = try Self.verification(try Self.first(advice))
    let since = try #require(check["since"] as? String)
    let command = try #require(check["command"] as? String)
    let measured = try shell("\(command) | jq -r '\"\\(.n) \\(.poor.k)\"'", in: folder.url).text
    // The verdict on the window that begins with the advice, and on the one that begins where the first one ended.
    for start in [since, end.map(String.init) ?? since] {
      let judged = try shell(
        "fb-analyze --since \(start) interactions.ndjson | fb-recommend --previous advice"
          + " | jq -r 'select(.outcome) | \"\\(.outcome.n) \\(.outcome.k)\"'", in: folder.url)
      #expect(judged.text == measured, "\(start): \(judged.text)\(judged.errorText)")
    }
    // Every record is of before or of after.
    let show = "jq -r 'select(.type == \"metric\" and .scope.category == \"odd\") | .rating.n, .window.from'"
    let before = try shell("\(analyze) | \(show)", in: folder.url).lines
    let all = try shell("fb-analyze --since \(before[1]) interactions.ndjson | \(show)", in: folder.url).lines
    let counts = try [before[0], String(measured.prefix { $0 != " " }), all[0]].map { try #require(Int($0)) }
    #expect(counts[0] + counts[1] == counts[2], "\(counts), since \(since)")
  }

  /// A chain of weeks in which something is done after three of them: what the command counts is what the verdict says.
  @Test func theCommandOfAVerdictMeasuresItsRecords() throws {
    let folder = try TemporaryFolder()
    var text = ""
    for week in 0..<6 {
      for index in 0..<400 {
        let isPoor = index % 2 == 0 ? index % 20 < (week < 4 ? 10 : 2) : index % 40 == 1
        let day = 7 * week + index % 7
        let date = day < 30 ? "2024-09-\(day < 9 ? "0" : "")\(1 + day)" : "2024-10-\(day < 39 ? "0" : "")\(day - 29)"
        text +=
          #"{"id":"\#(week) \#(index)","user_id":"u\#(index % 67)","category":"\#(index % 2 == 0 ? "a" : "b")","#
          + #""timestamp":"\#(date)T\#(10 + index % 13):00:00Z","feedback":{"user_rating":\#(isPoor ? 1 : 5)}}"# + "\n"
      }
    }
    try folder.write("interactions.ndjson", text)
    let chain = try shell(
      """
      touch advice
      for day in 09-08 09-15 09-22 09-29 10-06; do
        fb-analyze --days-back 7 --as-of "2024-${day}T00:00:00Z" interactions.ndjson >analysis
        fb-recommend --previous advice analysis >next && mv next advice
      done
      jq -c 'select(.status == "improved")' advice
      """, in: folder.url)
    let item = try Self.first(chain)
    let outcome = try #require(item["outcome"] as? [String: Any])
    #expect(outcome["from"] as? String == "2024-09-08T00:00:00Z")
    #expect(outcome["verdict_from"] as? String == "2024-09-29T00:00:00Z" && outcome["looks"] as? Int == 4)
    let command = try #require(try Self.verification(item)["command"] as? String)
    // Up to the end of the last window: what comes later is not in the verdict yet.
    let measured = try shell(
      command.replacing("interactions.ndjson", with: "--until 2024-10-06T00:00:00Z interactions.ndjson"), in: folder.url
    )
    let counts = try #require([outcome["n"], outcome["k"]] as? [Int])
    #expect(measured.text.hasPrefix(#"{"n":\#(counts[0]),"poor":{"k":\#(counts[1]),"#), "\(measured.text) \(counts)")
  }

  // MARK: Slow answers

  /// 400 answers: of every five, one is slow, and of the slow ones three of four are poor.
  static func slow() -> String {
    (0..<400).map { index in
      let isSlow = index % 5 == 3
      let isPoor = isSlow ? index % 20 != 3 : index % 40 == 1
      let time = isSlow ? 5000 + index : 100 + index
      return
        #"{"id":"r\#(index)","user_id":"u\#(index % 67)","timestamp":"\#(day(index))","response_time_ms":\#(time),"#
        + #""feedback":{"user_rating":\#(isPoor ? 2 : 5)}}"# + "\n"
    }.joined()
  }

  /// Those of another time, errors, and poor answers without a time are none of what is talked about.
  static let others = #"""
    {"id":"x1","user_id":"a","timestamp":"2024-09-01T00:00:00Z","response_time_ms":90000,"feedback":{"user_rating":1}}
    {"id":"x2","user_id":"b","timestamp":"2024-10-15T00:00:00Z","response_time_ms":90000,"feedback":{"user_rating":1}}
    {"id":"x3","user_id":"c","timestamp":"2024-10-03T00:00:00Z","response_time_ms":90000,"status":"error","feedback":{"user_rating":1}}
    {"id":"x4","user_id":"d","timestamp":"2024-10-03T00:00:00Z","feedback":{"user_rating":1}}

    """#

  @Test(arguments: [nil, 5000.0]) func slowPoorAnswersAreListed(from limit: Double?) throws {
    let folder = try TemporaryFolder()
    try folder.write("interactions.ndjson", Self.slow() + Self.others)
    // An analysis says from which time on an answer is of the slowest fifth, or does not.
    let change =
      limit.map { "if .slowness then .slowness.slowest_from_ms = \($0) else . end" }
      ?? "del(.slowness.slowest_from_ms?)"
    let outcome = try shell(
      "fb-analyze --since 2024-10-01T00:00:00Z --until 2024-10-15T00:00:00Z interactions.ndjson | jq -c '\(change)'"
        + " | fb-recommend | jq -c 'select(.kind == \"speed_up\")'", in: folder.url)
    let item = try Self.first(outcome)
    let evidence = try #require(item["evidence"] as? [String: Any])
    #expect(evidence["k"] as? Int == 60 && evidence["n"] as? Int == 80)
    #expect(evidence["slowest_from_ms"] as? Double == limit)
    let statement = try #require(item["statement"] as? String)
    #expect(statement.contains("of the slowest fifth (5000 ms or more), ") == (limit != nil), "\(statement)")
    let next = try shell(try #require(item["next_command"] as? String), in: folder.url)
    #expect(next.status == 0 && next.errors.isEmpty, "\(next.errorText)")
    let poor = (0..<400).filter { $0 % 5 == 3 && $0 % 20 != 3 }.map { "r\($0)" }
    #expect(try Self.ids(folder, "slow-review.ndjson").sorted() == poor.sorted())
  }

  /// What part of the flagged may be chance is an option of the analysis.
  @Test func slownessCountsAsTheAnalysisSays() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", Self.slow())
    func kinds(_ q: Double, _ fdr: String) throws -> [String] {
      try shell(
        "fb-analyze --fdr \(fdr) in | jq -c 'if .slowness then .slowness.q = \(q) else . end' | fb-recommend | jq -r .kind",
        in: folder.url
      ).lines
    }
    #expect(try kinds(0.15, "0.2").contains("speed_up") && kinds(0.05, "0.1").contains("speed_up"))
    #expect(try !kinds(0.15, "0.1").contains("speed_up") && !kinds(0.05, "0.01").contains("speed_up"))
  }
}
