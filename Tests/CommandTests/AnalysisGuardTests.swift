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
