import FeedbackModel
import NDJSON
import TestSupport
import Testing

@testable import FeedbackAnalysis

/// What is flagged, and what is not.
@Suite struct FindingTests {
  /// One group: its name, ratings, how many of them are poor, and how many people gave them.
  typealias Group = (name: String, rated: Int, poor: Int, people: Int)

  static func report(
    _ groups: [Group], unrated: Int = 0, _ change: (inout AnalysisOptions) -> Void = { _ in }
  ) throws -> AnalysisReport {
    var options = AnalysisOptions()
    change(&options)
    var analysis = Analysis(options)
    var scanner = LineScanner.records(extra: analysis.extraPaths)
    func take(_ json: String) throws {
      let bytes = scanner.scan(text: Array(json.utf8))
      #expect(try analysis.take(bytes.span, scanner) == .counted)
    }
    for group in groups {
      for index in 0..<group.rated {
        try take(
          #"{"user_id":"\#(group.name)\#(index % group.people)","category":"\#(group.name)","#
            + #""feedback":{"user_rating":\#(index < group.poor ? 1 : 5)}}"#)
      }
    }
    for _ in 0..<unrated { try take(#"{"category":"quiet"}"#) }
    return AnalysisReport(analysis)
  }

  static func flagged(_ report: AnalysisReport) -> [String] {
    report.findings.map { "\($0.kind.rawValue) \(String(decoding: $0.scope.json, as: UTF8.self))" }
  }

  @Test func aPoorSliceIsAProblem() throws {
    let report = try Self.report([("a", 200, 70, 50), ("b", 200, 10, 50), ("c", 200, 20, 50)])
    #expect(Self.flagged(report) == [#"problem {"category":"a"}"#])
    #expect(report.findings[0].confidence == .high)
    #expect(
      String(decoding: report.findings[0].statement, as: UTF8.self)
        == "Poor answers in a: 35 % (70 of 200), likely 29 to 42 %; elsewhere 8 %. 3 categories were checked.")
    #expect(report.checked.tests == 7)
  }

  @Test func tooFewRatingsOrPeopleAreASignalAtMost() throws {
    let rest: Group = ("rest", 300, 20, 90)
    #expect(
      try Self.flagged(Self.report([rest, ("a", 29, 15, 20)])) == [#"early_signal {"category":"a"}"#])
    #expect(
      try Self.flagged(Self.report([rest, ("a", 60, 30, 9)])) == [#"early_signal {"category":"a"}"#])
    #expect(try Self.flagged(Self.report([rest, ("a", 60, 30, 10)])) == [#"problem {"category":"a"}"#])
    #expect(try Self.flagged(Self.report([rest, ("a", 4, 4, 4)])).isEmpty)
    #expect(try Self.flagged(Self.report([rest, ("a", 20, 15, 4)])).isEmpty)
  }

  @Test func oneReviewerIsOnePerson() throws {
    var analysis = Analysis(AnalysisOptions())
    var scanner = LineScanner.records(extra: analysis.extraPaths)
    for index in 0..<340 {
      let isOdd = index < 40
      let bytes = scanner.scan(
        text: Array(
          (#"{"user_id":"u\#(index)","category":"\#(isOdd ? "odd" : "rest")","feedback":{"user_rating":\#(isOdd ? 1 : 5)"#
            + (isOdd ? #","rated_by":"ann"}}"# : "}}")).utf8))
      #expect(try analysis.take(bytes.span, scanner) == .counted)
    }
    #expect(Self.flagged(AnalysisReport(analysis)).allSatisfy { !$0.contains(#""odd""#) || !$0.hasPrefix("problem") })
  }

  @Test func aCertainButSmallDifferenceIsNoProblem() throws {
    // 12 % against 10 % of very many: surely different, and no matter.
    let report = try Self.report([("a", 20_000, 2400, 900), ("b", 20_000, 2000, 900)])
    #expect(report.findings.isEmpty)
  }

  @Test func chanceAmongManyIsNotFlagged() throws {
    // One of 30 at 24 % where the rest has 12 %: p is 0.04, nothing after correction for 61 tests.
    let many = (0..<29).map { (name: "c\($0)", rated: 100, poor: 12, people: 40) }
    let report = try Self.report(many + [("odd", 50, 11, 40)])
    #expect(Self.flagged(report) == [#"early_signal {"category":"odd"}"#])
    // Alone with one other it clears the correction.
    let few = try Self.report([("rest", 2900, 348, 400), ("odd", 50, 11, 40)])
    #expect(Self.flagged(few) == [#"problem {"category":"odd"}"#])
  }

  @Test func poorAnswersEverywhereAreOneProblem() throws {
    let report = try Self.report([("a", 200, 80, 50), ("b", 200, 80, 50)])
    #expect(Self.flagged(report) == ["problem {}"])
    #expect(
      String(decoding: report.findings[0].statement, as: UTF8.self)
        == "Poor answers over all: 40 % (160 of 400), likely 35 to 45 %; the target is 15 %. 2 categories were checked."
    )
    #expect(try Self.flagged(Self.report([("a", 200, 80, 50)])) == ["problem {}"])
    #expect(try Self.report([("a", 200, 80, 50)]) { $0.targetPoorMillionths = 450_000 }.findings.isEmpty)
  }

  @Test func rarelyRatedAnswersAreTold() throws {
    #expect(try Self.flagged(Self.report([("a", 2, 0, 2)], unrated: 298)) == ["low_feedback {}"])
    #expect(try Self.report([("a", 2, 0, 2)], unrated: 90).findings.isEmpty)
    let slice = try Self.report([("a", 200, 10, 90)], unrated: 200)
    #expect(Self.flagged(slice) == [#"low_feedback {"category":"quiet"}"#])
  }

  @Test func problemsComeByWhatTheyCost() throws {
    let report = try Self.report([("rest", 3000, 150, 90), ("big", 400, 120, 90), ("bad", 60, 40, 30)])
    #expect(Self.flagged(report) == [#"problem {"category":"big"}"#, #"problem {"category":"bad"}"#])
  }

  @Test func tooManyValuesStopTheAnalysis() throws {
    let groups = (0...AnalysisOptions.groupsMax).map { (name: "c\($0)", rated: 1, poor: 0, people: 1) }
    #expect(throws: TooManyGroups.self) { try Self.report(groups) }
  }

  @Test func aBadRecordCountsNowhere() throws {
    var options = AnalysisOptions()
    options.fields = ["category", "metadata.plan"]
    var analysis = Analysis(options)
    var scanner = LineScanner.records(extra: analysis.extraPaths)
    for json in [
      #"{"category":"a","metadata":{"plan":3}}"#, #"{"category":3}"#, #"{"category":"a","status":"odd"}"#,
      #"{"category":"a","feedback":{"user_rating":5,"clarity":6}}"#, #"{"timestamp":"2024-10-01"}"#,
    ] {
      let bytes = scanner.scan(text: Array(json.utf8))
      #expect(throws: RecordError.self, "\(json)") { try analysis.take(bytes.span, scanner) }
    }
    let report = AnalysisReport(analysis)
    #expect(report.total == Cell() && report.fields.allSatisfy { $0.slices.isEmpty })
  }

  @Test func idsAreHashesOfKindAndScope() {
    // printf 'problem{"category":"a"}' | sha256sum | cut -c1-16
    #expect(
      String(decoding: Finding.id("problem", Array(#"{"category":"a"}"#.utf8)), as: UTF8.self) == "67075fbc65106de6")
  }
}
