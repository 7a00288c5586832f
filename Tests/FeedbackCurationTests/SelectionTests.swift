import FeedbackCuration
import FeedbackModel
import NDJSON
import TestSupport
import Testing
import Timestamps

@Suite struct SelectionTests {
  static func verdict(_ selection: Selection, _ text: String) throws -> Selection.Verdict {
    let record = try ScannedRecord(text, extra: selection.expression?.extraPaths ?? [])
    return try selection.judge(record.bytes.span, record.scanner)
  }

  static func rated(_ stars: String) -> String { "{\"feedback\":{\"user_rating\":\(stars)}}" }

  @Test func everythingPassesWithoutCriteria() throws {
    for text in ["{}", #"{"id":5,"feedback":{"user_rating":99}}"#, #"{"timestamp":"never"}"#] {
      #expect(try Self.verdict(Selection(), text) == .pass)
    }
  }

  @Test func ratingsHaveBounds() throws {
    var selection = Selection()
    selection.ratingMin = 2_500_000
    selection.ratingMax = 4_000_000
    for (stars, passes) in [
      ("2.5", true), ("2.4999999999", false), ("4", true), ("4.0000000001", false), ("3", true), ("null", false),
    ] { #expect(try (Self.verdict(selection, Self.rated(stars)) == .pass) == passes, "\(stars)") }
    #expect(try Self.verdict(selection, "{}") == .drop)
    #expect(throws: RecordError.self) { try Self.verdict(selection, Self.rated("6")) }
    #expect(throws: RecordError.self) { try Self.verdict(selection, Self.rated("\"4\"")) }
    var quality = Selection()
    quality.quality = .standard
    #expect(try Self.verdict(quality, Self.rated("3.5")) == .pass)
    #expect(try Self.verdict(quality, Self.rated("3.4999999999")) == .drop)
    #expect(try Self.verdict(quality, "{}") == .drop)
  }

  @Test func categoriesGoByTheirBytes() throws {
    var selection = Selection()
    selection.categories = ["billing", "caf\u{E9}"].map { Array($0.utf8) }
    for (value, passes) in [
      (#""billing""#, true), (#""b\u0069lling""#, true), (#""Billing""#, false), (#""billing ""#, false),
      (#""café""#, true),
      (#""caf\u00e9""#, true), ("\"cafe\u{301}\"", false), (#""uncategorized""#, false), ("null", false),
    ] { #expect(try (Self.verdict(selection, "{\"category\":\(value)}") == .pass) == passes, "\(value)") }
    #expect(try Self.verdict(selection, "{}") == .drop)
    #expect(throws: RecordError.self) { try Self.verdict(selection, #"{"category":5}"#) }
    // What has no category is uncategorized.
    selection.categories = [Array("uncategorized".utf8)]
    for text in ["{}", #"{"category":null}"#, #"{"category":"uncategorized"}"#] {
      #expect(try Self.verdict(selection, text) == .pass)
    }
  }

  @Test func approvalIsAskedFor() throws {
    var selection = Selection()
    selection.approvedOnly = true
    for (value, passes) in [("true", true), ("false", false), ("null", false)] {
      #expect(try (Self.verdict(selection, "{\"feedback\":{\"approved\":\(value)}}") == .pass) == passes)
    }
    #expect(try Self.verdict(selection, "{}") == .drop)
    #expect(throws: RecordError.self) { try Self.verdict(selection, #"{"feedback":{"approved":1}}"#) }
  }

  @Test func windowsLookAtOneTime() throws {
    var selection = Selection()
    selection.window = TimeWindow(since: Timestamp("2024-10-08T00:00:00Z"), until: Timestamp("2024-10-15T00:00:00Z"))
    let late = #"{"timestamp":"2024-10-01T00:00:00Z","feedback":{"rated_at":"2024-10-14T23:59:59Z"}}"#
    #expect(try Self.verdict(selection, #"{"timestamp":"2024-10-08T02:00:00+02:00"}"#) == .pass)
    #expect(try Self.verdict(selection, #"{"timestamp":"2024-10-15T00:00:00Z"}"#) == .drop)
    #expect(try Self.verdict(selection, late) == .drop)
    #expect(try Self.verdict(selection, "{}") == .dropWithoutTime)
    #expect(throws: RecordError.self) { try Self.verdict(selection, #"{"timestamp":"2026-02-30T00:00:00Z"}"#) }
    selection.timeField = .activity
    #expect(try Self.verdict(selection, late) == .pass)
    #expect(try Self.verdict(selection, #"{"feedback":{"rated_at":"2024-10-14T00:00:00Z"}}"#) == .pass)
  }

  @Test func allCriteriaHaveToHoldAndInvertTurnsTheirSum() throws {
    var selection = Selection()
    selection.ratingMin = 4_000_000
    selection.categories = [Array("c".utf8)]
    selection.expression = try Expression(parsing: "n == 1")
    let texts = [
      #"{"category":"c","n":1,"feedback":{"user_rating":4}}"#, #"{"category":"d","n":1,"feedback":{"user_rating":4}}"#,
      #"{"category":"c","n":2,"feedback":{"user_rating":4}}"#, #"{"category":"c","n":1,"feedback":{"user_rating":3}}"#,
      "{}",
    ]
    #expect(try texts.map { try Self.verdict(selection, $0) } == [.pass, .drop, .drop, .drop, .drop])
    selection.isInverted = true
    #expect(try texts.map { try Self.verdict(selection, $0) } == [.drop, .pass, .pass, .pass, .pass])
    selection.window = TimeWindow(since: Timestamp("2024-10-08T00:00:00Z"))
    #expect(try Self.verdict(selection, "{}") == .pass)
  }

  @Test func otherKindsAreAskedOnlyForTheExpression() throws {
    var selection = Selection()
    selection.ratingMin = 4_000_000
    func passes(_ text: String) throws -> Bool {
      let record = try ScannedRecord(text, extra: selection.expression?.extraPaths ?? [])
      return selection.letsThrough(record.bytes.span, record.scanner)
    }
    #expect(try passes(#"{"type":"finding"}"#))
    selection.expression = try Expression(parsing: "kind == 'problem'")
    #expect(try passes(#"{"type":"finding","kind":"problem"}"#) && !passes(#"{"type":"finding","kind":"strength"}"#))
    selection.isInverted = true
    #expect(try !passes(#"{"type":"finding","kind":"problem"}"#) && passes(#"{"type":"finding","kind":"strength"}"#))
  }
}
