import FeedbackModel
import Foundation
import NDJSON
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// What analyses say of their windows, and what follows from it.
extension JudgementTests {
  static func asked(_ from: Bool, _ to: Bool, _ time: String = "timestamp") -> String {
    #""from_asked":\#(from),"to_asked":\#(to),"time_field":"\#(time)""#
  }

  /// The week of a with what is said of its window.
  static func week(_ poor: Int, _ rated: Int, _ from: String, _ to: String, asked: String) -> [String] {
    ["{}", a].map { Lines.metric($0, poor, rated, from: from, to: to, asked: asked) }
  }

  static func statement(_ item: Recommendation) throws -> String {
    try #require(item.outcome).statement(try #require(item.verification))
  }

  @Test func weeksThatNobodyLookedAtAreNotCountedAsIfTheyWere() throws {
    let late = try Self.judged(Self.first(), by: Self.week(80, 200, "2024-10-22", "2024-10-29"))
    #expect(try Self.statement(late).contains(" (80 of 200) since 2024-10-22, "))
    #expect(try Self.statement(late).hasSuffix(" Nothing is counted of 2024-10-08 to 2024-10-22."))
    #expect(late.outcome?.decisive.from == Timestamp("2024-10-22T00:00:00Z"))
    #expect(late.verification?.command?.contains(" --since 2024-10-22T00:00:00Z ") == true)
    // Between looks, too, and it is kept.
    var lines = try Self.advise(Self.week(8, 20, "2024-10-08", "2024-10-15"), earlier: Self.first())
    lines = try Self.advise(Self.week(8, 20, "2024-10-22", "2024-10-29"), earlier: lines)
    let item = try Self.judged(lines, by: Self.week(8, 20, "2024-10-29", "2024-11-05"))
    #expect(try Self.statement(item).hasSuffix(" Nothing is counted of 2024-10-15 to 2024-10-22."))
    #expect(item.outcome?.counts.total == 60 && item.outcome?.counts.looks.count == 3)
    // An analysis of all of it closes the gap.
    let all = try Self.judged(lines, by: Self.week(30, 75, "2024-10-08", "2024-11-05"))
    #expect(try !Self.statement(all).contains("Nothing is counted"))
    #expect(all.outcome?.counts.looks.map(\.total) == [75] && all.outcome?.counts.lookCount == 3)
  }

  /// The command of advice that was first looked at late measures from that look on, and what it measures counts.
  @Test func theCommandOfALateLookMeasuresAllOfItAgain() throws {
    let lines = try Self.advise(Self.week(8, 20, "2024-10-22", "2024-10-29"), earlier: Self.first())
    #expect(lines.contains { $0.contains(#""since":"2024-10-08T00:00:00Z","time_field":"timestamp","#) })
    let again = try Self.judged(lines, by: Self.week(20, 50, "2024-10-22", "2024-11-05"))
    #expect(again.outcome?.counts.looks.map(\.total) == [20, 30] && again.outcome?.counts.count == 20)
    #expect(try Self.statement(again).hasSuffix(" Nothing is counted of 2024-10-08 to 2024-10-22."))
    // A share without a trend, from a later look on.
    let few = Lines.finding("{}", 10, 1000, kind: "low_feedback")
    func week(_ rated: Int, _ interactions: Int, _ from: String, _ to: String) -> [String] {
      [Lines.metric("{}", 2, rated, from: from, to: to, interactions: interactions)]
    }
    var feedback = try Self.advise([Lines.metric("{}", 2, 10, interactions: 1000), few])
    feedback = try Self.advise(week(8, 1000, "2024-10-08", "2024-10-15"), earlier: feedback)
    feedback = try Self.advise(week(90, 1000, "2024-10-15", "2024-10-22"), earlier: feedback)
    let next = Advice(try Lines.input(week(180, 2000, "2024-10-15", "2024-10-29"), earlier: feedback))
    #expect(next.judged.isEmpty, "it was closed")
    let open = feedback.map { $0.replacing(#""closed":true"#, with: #""closed":false"#) }
    let item = try Self.judged(open, by: week(180, 2000, "2024-10-15", "2024-10-29"))
    #expect(item.outcome?.counts.looks.map(\.total) == [1000, 1000, 1000] && item.outcome?.counts.count == 188)
  }

  @Test func aBeginningThatNobodyAskedForIsAGapOnlyWhereItIsOfDays() throws {
    func look(_ from: String, _ isAsked: Bool) throws -> Recommendation {
      let week = Self.week(8, 20, "2024-10-08", "2024-10-29", asked: Self.asked(isAsked, true))
      return try Self.judged(
        Self.first(), by: week.map { $0.replacing("\"2024-10-08T00:00:00Z\"", with: "\"\(from)\"") })
    }
    for (from, isAsked, begin) in [
      ("2024-10-08T07:00:00Z", false, "2024-10-08T00:00:00Z"), ("2024-10-08T07:00:00Z", true, "2024-10-08T07:00:00Z"),
      ("2024-10-09T07:00:00Z", false, "2024-10-09T07:00:00Z"),
    ] {
      let item = try look(from, isAsked)
      #expect(item.outcome?.decisive.from == Timestamp(begin), "\(from)")
      #expect(try Self.statement(item).contains("Nothing is counted of") == (begin != "2024-10-08T00:00:00Z"))
    }
    #expect(
      try Self.statement(look("2024-10-08T07:00:00Z", true)).hasSuffix(
        " Nothing is counted of 2024-10-08T00:00:00Z to 2024-10-08T07:00:00Z."))
  }

  /// What a look that overlapped counted is not known by model, so it cannot be taken out of the models of a later one.
  @Test func modelsOfEarlierLooksAreNotCountedAgain() throws {
    func models(_ old: (Int, Int), _ new: (Int, Int), _ from: String, _ to: String) -> [String] {
      [("old", old), ("new", new)].map {
        Lines.metric(#"{"category":"a","model":"\#($0)"}"#, $1.0, $1.1, from: from, to: to)
      }
    }
    let first = try Self.first(models((110, 200), (50, 200), "2024-10-01", "2024-10-08"))
    let points = (1...14).map {
      #"{"start":"2024-10-\#($0 < 10 ? "0" : "")\#($0)T00:00:00Z","interactions":9,"rated":10,"mean":4,"poor_share":0.4}"#
    }
    let trend =
      #"{"type":"trend","schema":1,"scope":\#(Self.a),"bin":"day","points":[\#(points.joined(separator: ","))]}"#
    let wide =
      Self.week(56, 140, "2024-10-01", "2024-10-15", [trend]) + models((40, 70), (16, 70), "2024-10-01", "2024-10-15")
    let once = try Self.advise(wide, earlier: first)
    let all =
      Self.week(56, 140, "2024-10-08", "2024-10-22") + models((40, 70), (16, 70), "2024-10-08", "2024-10-22")
    let item = try Self.judged(once, by: all)
    let looks = try #require(item.outcome?.counts.looks)
    #expect(looks.map(\.total) == [70, 70])
    #expect(looks.allSatisfy { look in look.cohorts.allSatisfy { $0.total <= look.total } }, "\(looks)")
    #expect(item.outcome?.isWithinModels == false)
    // Where every look knows them they are taken out.
    let known = try Self.advise(
      Self.week(28, 70, "2024-10-08", "2024-10-15", models((20, 35), (8, 35), "2024-10-08", "2024-10-15")),
      earlier: first)
    let rest = try #require(try Self.judged(known, by: all).outcome?.counts.looks.last)
    #expect(rest.total == 70 && rest.cohorts.map(\.total) == [70])
    // Less in all than before: it is not what was counted and some more.
    let less = try Self.judged(known, by: Self.week(0, 60, "2024-10-08", "2024-10-22"))
    #expect(less.outcome?.counts.looks.map(\.total) == [60])
  }

  @Test func anAnalysisSaysWhichEndsWereAskedFor() throws {
    func check(_ asked: String, to: String = "2024-10-08") throws -> (String?, String?) {
      let lines = [
        Lines.metric("{}", 260, 1400, to: to, asked: asked), Lines.metric(Self.a, 160, 400, to: to, asked: asked),
        Lines.finding(Self.a, 160, 400),
      ]
      let item = try #require(Advice(try Lines.input(lines)).recommendations.first)
      return (item.verification?.since?.text, item.nextCommand)
    }
    let rest = "--category 'a' --where 'not status == \"error\"' --max-rating 2 interactions.ndjson > a-review.ndjson"
    for (asked, since, window) in [
      (Self.asked(true, true), "2024-10-08T00:00:00Z", "--since 2024-10-01T00:00:00Z --until 2024-10-08T00:00:00Z "),
      (Self.asked(true, false), "2024-10-08T00:00:00.000000001Z", "--since 2024-10-01T00:00:00Z "),
      (Self.asked(false, true), "2024-10-08T00:00:00Z", "--until 2024-10-08T00:00:00Z "),
      (Self.asked(false, false), "2024-10-08T00:00:00.000000001Z", ""),
      (
        Self.asked(false, true, "activity"), "2024-10-08T00:00:00Z",
        "--until 2024-10-08T00:00:00Z --time-field activity "
      ),
      (Self.asked(false, false, "activity"), "2024-10-08T00:00:00.000000001Z", ""),
    ] {
      let found = try check(asked)
      #expect(found.0 == since && found.1 == "fb-filter \(window)\(rest)", "\(found)")
    }
    for odd in [#""from_asked":1"#, #""to_asked":"true""#, #""time_field":"then""#, #""time_field":7"#] {
      #expect(throws: RecordError.self) { try check(odd) }
    }
  }

  /// Of analyses of several windows the last one counts, whatever slices it has.
  @Test func aSliceOfAnotherWindowIsNotCounted() throws {
    let early = Self.week(90, 100, "2024-10-08", "2024-10-15", [Lines.finding(Self.b, 9, 10)])
    let late = [
      Lines.metric("{}", 9, 90, from: "2024-10-15", to: "2024-10-22"),
      Lines.metric(Self.b, 9, 90, from: "2024-10-15", to: "2024-10-22"),
    ]
    let input = try Lines.input(early + late, earlier: Self.first())
    let advice = Advice(input)
    #expect(input.otherWindowCount == 3 && input.metrics.count == 2 && input.findings.isEmpty)
    #expect(try #require(advice.judged.first?.outcome).counts.total == 0)
    // In whatever order the records of one analysis come.
    let mixed = try Lines.input(early.reversed() + late.reversed(), earlier: [])
    #expect(mixed.otherWindowCount == 4 && mixed.metrics.map(\.scope.json) == [ReadScope.all.json])
    // By other fields, of the same window: all of it counts.
    let model = Lines.metric(#"{"model":"m"}"#, 90, 100, from: "2024-10-08", to: "2024-10-15")
    let both = try Lines.input(early + [early[0], model], earlier: [])
    #expect(both.otherWindowCount == 0 && both.metrics.count == 3 && both.findings.count == 1)
  }
}
