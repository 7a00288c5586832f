import FeedbackModel
import Foundation
import NDJSON
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// Which times are counted: ends that nobody asked for, interactions without a time, and the time that windows look at.
extension JudgementTests {
  static func trend(_ days: ClosedRange<Int>, poor: Double = 0.4, rated: Int = 10) -> String {
    let points = days.map {
      let day = "2024-10-\($0 < 10 ? "0" : "")\($0)"
      return
        #"{"start":"\#(day)T00:00:00Z","interactions":\#(rated),"rated":\#(rated),"mean":4,"poor_share":\#(poor)}"#
    }
    return
      #"{"type":"trend","schema":1,"scope":\#(a),"bin":"day","points":[\#(points.joined(separator: ","))]}"#
  }

  /// The newest record is in the window whose end nobody asked for: what begins with it has it, too.
  @Test func theNewestRecordIsNotCountedTwice() throws {
    let open = Self.week(8, 20, "2024-10-08", "2024-10-15", asked: Self.asked(true, false))
    let once = try Self.advise(open, earlier: Self.first())
    let counts = try #require(Advice(try Lines.input([], earlier: once)).earlier.first?.outcome?.counts)
    #expect(counts.through.text == "2024-10-15T00:00:00.000000001Z" && counts.total == 20)
    let next = Self.week(8, 20, "2024-10-15", "2024-10-22")
    let overlap = try Self.judged(once, by: next)
    #expect(overlap.outcome?.counts.total == 20)
    #expect(try Self.statement(overlap).contains("This analysis adds nothing"))
    // The first day that is not counted at all is the 16th.
    let days = try Self.judged(once, by: next + [Self.trend(15...21)])
    #expect(days.outcome?.counts.looks.map(\.total) == [20, 60] && days.outcome?.counts.leftOut == 10)
    let after = next.map { $0.replacing("2024-10-15T00:00:00Z", with: "2024-10-15T00:00:00.000000001Z") }
    #expect(try Self.judged(once, by: after).outcome?.counts.total == 40)
    // So it is with the analysis that the advice was made of.
    let first = try Self.advise(
      ["{}", Self.a, Self.b].map { Lines.metric($0, 160, 400, asked: Self.asked(true, false)) }
        + [Lines.finding(Self.a, 160, 400)])
    #expect(try Self.judged(first, by: Self.week(8, 20, "2024-10-08", "2024-10-15")).outcome?.counts.total == 0)
  }

  /// What was left out of a look is not of the time after it.
  @Test func whatWasLeftOutIsNotBookedLater() throws {
    let wide = Self.week(60, 140, "2024-10-04", "2024-10-15") + [Self.trend(4...14)]
    let zoned = wide.map { $0.replacing(#/-(\d\d)T00:00:00Z","inter/#) { "-\($0.1)T08:00:00Z\",\"inter" } }
    let once = try Self.advise(zoned, earlier: Self.first())
    let before = try #require(Advice(try Lines.input([], earlier: once)).earlier.first?.outcome?.counts)
    #expect(before.leftOut == 10 && before.total == 60)
    let all = try Self.judged(once, by: Self.week(40, 100, "2024-10-08", "2024-10-16"))
    #expect(all.outcome?.counts.looks.map(\.total) == [100] && all.outcome?.counts.leftOut == 0)
    #expect(all.outcome?.counts.lookCount == 2)
  }

  @Test func whatHasNoTimeIsNotOfTheTimeSince() throws {
    func undated(_ count: Int, _ trend: [String] = []) throws -> Recommendation {
      let week = Self.week(90, 200, "2024-10-08", "2024-10-15", asked: Self.asked(false, false)).map {
        String($0.dropLast()) + #","checked":{"undated":\#(count)}}"#
      }
      return try Self.judged(Self.first(), by: week + trend)
    }
    #expect(try undated(0).outcome?.counts.total == 200)
    let none = try undated(100)
    #expect(none.outcome?.counts.total == 0)
    #expect(
      try Self.statement(none).hasSuffix(
        " This analysis adds nothing: 100 interactions of it have no time, and it has no trend of this."))
    #expect(try Self.statement(undated(1)).contains(": 1 interaction of it has no time,"))
    #expect(try undated(100, [Self.trend(8...14)]).outcome?.counts.total == 70)
  }

  @Test func anAnalysisByAnotherTimeCountsNothing() throws {
    func week(_ field: String) -> [String] {
      Self.week(90, 200, "2024-10-08", "2024-10-15", asked: Self.asked(true, true, field))
    }
    let item = try Self.judged(Self.first(), by: week("activity"))
    #expect(item.outcome?.counts.total == 0)
    #expect(try Self.statement(item).hasSuffix(" This analysis adds nothing: it is not by --time-field timestamp."))
    #expect(item.verification?.command?.contains("activity") == false)
    let activity = try Self.first().map {
      $0.replacing(#""time_field":"timestamp""#, with: #""time_field":"activity""#)
    }
    let counted = try Self.judged(activity, by: week("activity"))
    #expect(counted.outcome?.counts.total == 200)
    #expect(
      counted.verification?.command?.contains(" --since 2024-10-08T00:00:00Z --time-field activity inter") == true)
    #expect(throws: RecordError.self) {
      try Lines.input([], earlier: activity.map { $0.replacing("\"activity\"", with: "\"then\"") })
    }
  }

  /// What changed on a day is looked at from that day on.
  @Test func theCommandOfAChangeBeginsWithIt() throws {
    let change = Lines.finding(
      Self.a, 60, 200, kind: "change_point", more: #","at":"2024-10-05T00:00:00+02:00","before_share":0.05"#)
    let lines = [Lines.metric("{}", 260, 1400), Lines.metric(Self.a, 160, 400), change]
    let item = try #require(Advice(try Lines.input(lines)).recommendations.first)
    #expect(
      item.nextCommand?.hasPrefix("fb-filter --since 2024-10-04T22:00:00Z --until 2024-10-08T00:00:00Z ") == true,
      "\(item.nextCommand ?? "")")
  }

  @Test func sharesThatAreNoneAreRefused() throws {
    let finding = Lines.finding(Self.a, 60, 200)
    for (part, odd) in [
      (#""share":0.3"#, #""share":1.3"#), (#""rest_share":0.1"#, #""rest_share":-0.01"#),
      (#""target":0.15"#, #""target":15"#), (#""n":200"#, #""n":1099511627776"#),
    ] {
      #expect(finding.contains(part), "\(part)")
      #expect(throws: RecordError.self) { try Lines.input([finding.replacing(part, with: odd)]) }
    }
  }

  /// Where nobody is poor there is nothing to claim; where few are, the claim has the decimals that it takes.
  @Test func claimsSayWhatCanBeSeen() throws {
    let corrections = Array(repeating: Lines.correction, count: 60)
    let none = Advice(try Lines.input([Lines.metric("{}", 0, 200)] + corrections))
    #expect(none.recommendations.map(\.kind) == [.trainOnCorrections] && none.recommendations[0].verification == nil)
    let few = try #require(
      Advice(try Lines.input([Lines.metric("{}", 400, 100_000)] + corrections)).recommendations.first)
    let goal = String(decoding: try #require(few.goal), as: UTF8.self)
    #expect(
      goal.hasPrefix("poor answers over all: from 0.4 % to 0.2 %. It counts as improved when below 0.4 %"), "\(goal)")
    for (distance, text) in [(0.3, "5"), (0.02, "5"), (0.0199, "4.9"), (0.002, "4.9"), (0.0019, "4.91"), (0, "5")] {
      #expect(Statement.percent(0.0491, apart: distance) == text, "\(distance)")
    }
  }

  @Test func windowsThatContradictAreRefused() throws {
    var lines = try Self.advise(Self.week(8, 20, "2024-10-08", "2024-10-15"), earlier: Self.first())
    lines = try Self.advise(Self.week(8, 20, "2024-10-15", "2024-10-22"), earlier: lines)
    let line = try #require(lines.first { $0.contains("windows") })
    for (part, odd) in [
      (#""through":"2024-10-22T00:00:00Z","verdict"#, #""through":"2024-10-15T00:00:00Z","verdict"#),
      (#"{"from":"2024-10-15T00:00:00Z","#, #"{"from":"2024-10-14T00:00:00Z","#),
      (#""through":"2024-10-22T00:00:00Z","k"#, #""through":"2024-10-14T00:00:00Z","k"#),
    ] {
      #expect(line.contains(part), "\(part)")
      #expect(throws: RecordError.self) { try Lines.input([], earlier: [line.replacing(part, with: odd)]) }
    }
  }
}
