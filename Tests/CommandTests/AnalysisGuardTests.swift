import Foundation
import TestSupport
import Testing

/// What fb-analyze does not say, as it would be about a few people and not about the answers.
@Suite struct AnalysisGuardTests {
  /// One interaction; the users of a category rate it well but for every fifth.
  private static func line(_ category: String, _ user: String, rating: Int, _ more: String = "") -> String {
    #"{"user_prompt":"q","ai_response":"a","timestamp":"2026-01-05T00:00:00Z","category":"\#(category)","#
      + #""user_id":"\#(user)"\#(more),"feedback":{"user_rating":\#(rating)}}"# + "\n"
  }

  private static func usual(_ category: String, people: Int) -> String {
    (0..<people).map { line(category, "\(category)\($0)", rating: $0 % 10 == 0 ? 2 : 5) }.joined()
  }

  private static func kinds(_ text: String) throws -> [String] {
    let input = Data(text.utf8)
    return try shell("fb-analyze | jq -r 'select(.type == \"finding\") | .kind'", input: input).lines
  }

  @Test func onePersonIsNoProblem() throws {
    let others = ["b", "c", "d"].map { Self.usual($0, people: 60) }.joined()
    let all = Self.usual("a", people: 40) + others
    let heavy = (0..<25).map { _ in Self.line("a", "angry", rating: 1) }.joined()
    #expect(try !Self.kinds(all + heavy).contains("problem"))
    // The same ratings of as many people are one.
    let many = (0..<25).map { Self.line("a", "angry\($0)", rating: 1) }.joined()
    #expect(try Self.kinds(all + many).contains("problem"))
  }

  @Test func slownessIsOfSeveralPeople() throws {
    func slow(_ people: Int) throws -> String {
      let records = (0..<240).map { index in
        let time = #","response_time_ms":\#(200 + 40 * (index % 60))"#
        return Self.line("a", "u\(index % people)", rating: index % 60 > 44 ? 1 : 5, time)
      }
      let script = "fb-analyze | jq -c 'select(.type == \"metric\" and .scope == {}) | .slowness == null'"
      return try shell(script, input: Data(records.joined().utf8)).text
    }
    #expect(try slow(1) == "true\n")
    #expect(try slow(80) == "false\n")
  }

  @Test func wordsOfFewPeopleAreNotShown() throws {
    func words(people: Int) throws -> String {
      // Half of the complaints are of others, so that there are people enough for a finding.
      let poor = (0..<80).map { index in
        let (user, text) =
          index % 2 == 0 ? ("u\(index % (2 * people))", "broken link again") : ("o\(index)", "far too slow")
        return Self.line("a", user, rating: 1)
          .replacingOccurrences(of: "\"user_rating\":1", with: "\"user_rating\":1,\"feedback_text\":\"\(text)\"")
      }
      let good = (0..<60).map { index in
        Self.line("a", "g\(index)", rating: 5)
          .replacingOccurrences(of: "\"user_rating\":5", with: "\"user_rating\":5,\"feedback_text\":\"thanks a lot\"")
      }
      return try shell("fb-analyze", input: Data((poor + good).joined().utf8)).text
    }
    #expect(try !words(people: 4).contains("broken"))
    #expect(try words(people: 30).contains("broken"))
  }

  /// The members of a group's metric, and its row of the table.
  @Test func aGroupOfFewPeopleHasCountsAlone() throws {
    let few = (0..<4).map { Self.line("few", "u\($0)", rating: 1) }.joined()
    // Ten ratings, but of three people.
    let heavy = (0..<10).map { Self.line("heavy", "v\($0 % 3)", rating: 1) }.joined()
    let input = Data((few + heavy + Self.usual("many", people: 40)).utf8)
    func figures(_ scope: String, _ options: String = "") throws -> String {
      let select = "select(.type == \"metric\" and .scope == \(scope))"
      let members = "[.rating.n, .rating.poor.k, .rating.mean, .rating.poor.share, .shrunken_mean, .poor_bounds.low]"
      return try shell("fb-analyze \(options) | jq -c '\(select) | \(members)'", input: input).text
    }
    #expect(try figures(#"{"category":"few"}"#) == "[4,4,null,null,null,null]\n")
    #expect(try figures(#"{"category":"heavy"}"#) == "[10,10,null,null,null,null]\n")
    #expect(try !figures(#"{"category":"many"}"#).contains("null"))
    #expect(try figures("{}").hasPrefix("[54,18,"))
    #expect(try figures(#"{"category":"few"}"#, "--min-people 4 --min-ratings 4").hasPrefix("[4,4,1,1,"))

    let rows = try shell("fb-analyze --format text", input: input).lines
    let row = try #require(rows.first { $0.hasPrefix("few ") })
    #expect(row.split(separator: " ") == ["few", "4", "4", "-", "-", "-", "-", "-", "-"], "\(row)")
    #expect(rows.contains("-: fewer than 5 ratings, or people who rated"))
    let lower = try shell("fb-analyze --min-ratings 3 --min-people 5 --format text", input: input).lines
    #expect(lower.contains("-: fewer than 3 ratings, or than 5 people who rated"))
    let trends = "fb-analyze | jq -r 'select(.type == \"trend\") | .scope.category'"
    #expect(try shell(trends, input: input).lines == ["null", "many"])
  }

  /// Each person's answers are all poor or all good: of 200 ratings by 20 people the shares are hardly known.
  @Test func sharesAllowForPeopleWhoRateOften() throws {
    func width(_ people: Int) throws -> [Double] {
      let records = (0..<200).map { index in
        let person = index % people
        let line = Self.line("a", "u\(person)", rating: person % 4 == 0 ? 1 : 5)
        return line.replacing("\"user_rating\"", with: "\"clarity\":\(person % 4 == 0 ? 1 : 5),\"user_rating\"")
      }
      let shares = ".rating, .dimensions.clarity | (.mean_high - .mean_low), (.poor, .good | .high - .low)"
      let script = "fb-analyze | jq 'select(.type == \"metric\" and .scope == {}) | \(shares)'"
      return try shell(script, input: Data(records.joined().utf8)).lines.compactMap(Double.init)
    }
    let (once, often) = (try width(200), try width(20))
    #expect(once.count == 6 && often.count == 6)
    // Ten alike for each person: the interval is about √10 times as wide.
    for (narrow, wide) in zip(once, often) { #expect(wide > 1.8 * narrow, "\(once) \(often)") }
  }

  @Test func whatMayHaveChangedIsARecord() throws {
    func week(_ category: String, poor: Int, _ day: String) -> String {
      (0..<100).map { index in
        Self.line(category, "\(category)\(day)\(index)", rating: index < poor ? 1 : 5)
          .replacing("2026-01-05", with: "2026-01-\(day)")
      }.joined()
    }
    let before = ["a", "b", "c", "d"].map { week($0, poor: 10, "02") }.joined()
    let now = ["a", "b", "c"].map { week($0, poor: 10, "09") }.joined() + week("d", poor: 20, "09")
    let command = "fb-analyze --days-back 7 --as-of 2026-01-12T00:00:00Z --compare-to prior"
    let input = Data((before + now).utf8)
    let script = "\(command) | jq -c 'select(.kind == \"change_signal\") | [.scope, .confidence, .evidence.before_k]'"
    #expect(try shell(script, input: input).text == #"[{"category":"d"},"low",10]"# + "\n")
    let text = try shell("\(command) --format text", input: input).text
    #expect(text.contains("Poor answers in d rose from 10 % (10 of 100) to 20 % (20 of 100). Early signal:"))
    #expect(
      try shell("\(command) | fb-recommend --format text", input: input).text.contains("-  Poor answers in d rose"))
  }

  /// A part of a group that fewer people gave than rated it: a dimension, all of them, what was asked for.
  @Test func partsOfFewPeopleAreNotShown() throws {
    func figures(ofPart people: Int, _ members: String) throws -> String {
      let folder = try TemporaryFolder()
      let dimensions = #""accuracy":2,"helpfulness":3,"clarity":4,"#
      // Of 80 people so many gave dimensions, and were asked, in 60 answers; one more group makes it one.
      var asks = ""
      var records = Self.usual("b", people: 40)
      for index in 0..<140 {
        let isPart = index < 60
        let line = Self.line("a", isPart ? "p\(index % people)" : "u\(index)", rating: index % 3 == 0 ? 1 : 5)
          .replacing("{\"user_prompt\"", with: "{\"id\":\"i\(index)\",\"user_prompt\"")
        records += isPart ? line.replacing("\"user_rating\"", with: dimensions + "\"user_rating\"") : line
        if isPart { asks += #"{"type":"ask","interaction_id":"i\#(index)","asked":true,"probability":0.5}"# + "\n" }
      }
      try folder.write("in", records)
      try folder.write("asks", asks)
      let group = "select(.type == \"metric\" and .scope.category == \"a\") | \(members)"
      let direct = try shell("fb-analyze --asked asks in | jq -c '\(group)'", in: folder.url).text
      let merged = "fb-analyze --partial --asked asks in | fb-analyze --merge | jq -c '\(group)'"
      #expect(try shell(merged, in: folder.url).text == direct)
      return direct
    }
    let dimensions = "[.dimensions[].mean, .dimensions[].poor.share, .dimensions[].mean_low]"
    let parts =
      "[.drivers | .n, .straight_lined, .r_squared, .tau_b.clarity] + [.weighted | .n, .mean, .poor, .poor_low]"
    #expect(try figures(ofPart: 4, dimensions) == "[null,null,null,null,null,null,null,null,null]\n")
    #expect(try figures(ofPart: 4, parts) == "[60,null,null,null,60,null,null,null]\n")
    #expect(try !figures(ofPart: 5, dimensions).contains("null"))
    #expect(try figures(ofPart: 5, parts).hasPrefix("[60,0,"))
    #expect(try !figures(ofPart: 5, parts).hasSuffix("null]\n"))
    // A finding says no more of them than the metric does.
    let found = "fb-analyze | jq -c 'select(.kind == \"problem\") | .evidence | [.dimensions.clarity, .weakest]'"
    func finding(_ people: Int) throws -> String {
      let poor = (0..<80).map { index in
        let line = Self.line(
          "a", "u\(index / 16 * 16 + (index % 8 == 0 ? 0 : index % 16))", rating: index % 2 == 0 ? 1 : 5)
        return index < 16 * people && index % 8 == 0
          ? line.replacing("\"user_rating\"", with: "\"clarity\":1,\"user_rating\"") : line
      }
      return try shell(found, input: Data((poor.joined() + Self.usual("b", people: 80)).utf8)).text
    }
    #expect(try finding(4) == "[null,null]\n")
    #expect(try finding(5) == "[1,\"clarity\"]\n")
  }

  @Test func ratingsThatWereAskedForAreInTheReport() throws {
    let folder = try TemporaryFolder()
    let records = (0..<60).map { index in
      let line = Self.line("a", "u\(index)", rating: index < 10 ? 1 : 5)
      return line.replacing("{\"user_prompt\"", with: "{\"id\":\"i\(index)\",\"user_prompt\"")
    }
    try folder.write("in", records.joined())
    let asks = (0..<60).map {
      #"{"type":"ask","interaction_id":"i\#($0)","asked":true,"probability":\#($0 < 10 ? 0.1 : 0.5)}"# + "\n"
    }
    try folder.write("asks", asks.joined())
    try folder.write("empty", "")
    func report(_ asked: String, _ format: String) throws -> Outcome {
      try shell("fb-analyze --asked \(asked) --format \(format) in", in: folder.url)
    }
    // 10 poor ones stand for 100, 50 good ones for 100.
    let line = "60 of 60 that were asked about are rated; weighted: mean 3.00"
    for format in ["text", "markdown"] { #expect(try report("asks", format).text.contains(line), "\(format)") }
    let nothing = try report("in", "text")
    #expect(nothing.errorText == "fb-analyze: --asked in: no ask record among 60 records: nothing is weighed\n")
    #expect(nothing.text.contains("no answer here was asked about: nothing to weigh"))
    #expect(try report("empty", "text").errorText.isEmpty)
    // Too few with a known probability is something else than nobody who answered.
    try folder.write("silent", records.map { $0.replacing(/,"feedback".*}}/, with: "}") }.joined())
    let silent = try shell("fb-analyze --asked asks --format text silent", in: folder.url).lines
    #expect(silent.contains("0 of 60 that were asked about are rated"), "\(silent)")
    try folder.write("unknown", asks.map { $0.replacing(/,"probability":[0-9.]+/, with: "") }.joined())
    #expect(try report("unknown", "text").text.contains("are rated; none with a known probability, to weigh"))
  }

  @Test func aFileOfStatesIsTheWindowBefore() throws {
    let folder = try TemporaryFolder()
    func week(_ day: String, poor: Int) -> String {
      (0..<200).map { index in
        Self.line("c\(index % 2)", "\(day)u\(index)", rating: index % 10 < poor ? 1 : 5)
          .replacingOccurrences(of: "2026-01-05", with: "2026-01-\(day)")
      }.joined()
    }
    try folder.write("all.ndjson", week("05", poor: 1) + week("12", poor: 4))
    let later = "--since 2026-01-08T00:00:00Z --until 2026-01-15T00:00:00Z"
    let earlier = "--since 2026-01-01T00:00:00Z --until 2026-01-08T00:00:00Z"
    let outcome = try shell(
      """
      fb-analyze --partial \(earlier) all.ndjson > before.ndjson
      fb-analyze \(later) --compare-to before.ndjson all.ndjson > by-states.ndjson && echo done
      fb-analyze \(later) --compare-to prior all.ndjson | cmp - by-states.ndjson && echo same
      grep -c '"kind":"regression"' by-states.ndjson
      for options in '--by model' '--time-field activity' '--tz +02:00'; do
        fb-analyze \(later) $options --compare-to before.ndjson all.ndjson > /dev/null; echo $?
      done
      fb-analyze --partial \(later) all.ndjson > now.ndjson
      fb-analyze \(later) --compare-to now.ndjson all.ndjson > /dev/null; echo $?
      fb-analyze --partial all.ndjson > overlapping.ndjson
      fb-analyze \(later) --compare-to overlapping.ndjson all.ndjson > /dev/null; echo $?
      """, in: folder.url)
    #expect(outcome.lines.prefix(2) == ["done", "same"] && Int(outcome.lines[2]) ?? 0 > 0, "\(outcome.errorText)")
    #expect(outcome.lines.dropFirst(3) == ["65", "65", "65", "65", "65"], "\(outcome.errorText)")
  }
}
