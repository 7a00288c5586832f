import FeedbackModel
import Foundation
import NDJSON
import Statistics
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// From when on is counted, and what each look adds.
extension JudgementTests {
  @Test func whatWasBeforeTheChangeDoesNotCount() throws {
    let once = try Self.advise(Self.week(9, 20, "2024-10-08", "2024-10-15"), earlier: Self.first())
    // It took until the 22nd to make the change, and somebody says so.
    let moved = once.map { $0.replacing(#""since":"2024-10-08T00:00:00Z"#, with: #""since":"2024-10-22T00:00:00Z"#) }
    #expect(moved != once)
    let early = try Self.judged(moved, by: Self.week(9, 20, "2024-10-15", "2024-10-22"))
    #expect(early.outcome?.counts.total == 0 && early.outcome?.counts.lookCount == 0)
    let item = try Self.judged(moved, by: Self.week(2, 30, "2024-10-22", "2024-10-29"))
    #expect(item.outcome?.counts.total == 30 && item.outcome?.counts.lookCount == 1)
    #expect(item.verification?.command?.contains("--since 2024-10-22T00:00:00Z ") == true)
    // Said when those weeks are counted already, and more: the counts begin anew with what came since.
    var late = moved
    for (from, to) in [("2024-10-15", "2024-10-22"), ("2024-10-22", "2024-10-29")] {
      late = try Self.advise(
        Self.week(9, 20, from, to),
        earlier: late.map {
          $0.replacing(#""since":"2024-10-22T00:00:00Z"#, with: #""since":"2024-10-08T00:00:00Z"#)
        })
    }
    #expect(
      late.contains { $0.contains(#""looks":3,"from":"2024-10-08T00:00:00Z","through":"2024-10-29T00:00:00Z","#) }
    )
    late = late.map { $0.replacing(#""since":"2024-10-08T00:00:00Z"#, with: #""since":"2024-10-22T00:00:00Z"#) }
    #expect(try Self.judged(late, by: Self.week(9, 20, "2024-10-22", "2024-10-29")).outcome?.counts.total == 20)
    #expect(try Self.judged(late, by: Self.week(9, 20, "2024-10-15", "2024-10-29")).outcome?.counts.total == 0)
    // A window that reaches back to before it is not of what came after.
    let wide = try Self.judged(moved, by: Self.week(2, 30, "2024-10-15", "2024-10-29"))
    #expect(wide.outcome?.counts.total == 0)
  }

  @Test func anEndThatNobodyAskedForIsInTheAnalysis() throws {
    func since(_ from: String, _ to: String, _ points: [String] = []) throws -> String? {
      let whole = Lines.metric("{}", 160, 1400).replacing(
        #""from":"2024-10-01T00:00:00Z","to":"2024-10-08T00:00:00Z""#, with: #""from":"\#(from)","to":"\#(to)""#)
      let starts = points.map { #"{"start":"\#($0)","interactions":9,"rated":0,"mean":null,"poor_share":null}"# }
      let trend = #"{"type":"trend","schema":1,"scope":{},"bin":"day","points":[\#(starts.joined(separator: ","))]}"#
      let lines =
        [whole, Lines.metric(Self.a, 160, 400), Lines.finding(Self.a, 160, 400)] + (points.isEmpty ? [] : [trend])
      let check = try #require(Advice(try Lines.input(lines)).recommendations.first?.verification)
      #expect(check.since.map { check.command?.contains(" --since \($0.text) ") == true } == true)
      return check.since?.text
    }
    #expect(try since("2024-10-01T00:00:00Z", "2024-10-08T00:00:00Z") == "2024-10-08T00:00:00Z")
    #expect(try since("2024-10-01T09:30:00Z", "2024-10-08T09:30:00Z") == "2024-10-08T09:30:00Z")
    #expect(try since("2024-10-01T09:30:00Z", "2024-10-08T17:11:00Z") == "2024-10-08T17:11:00.000000001Z")
    // Dates without a time of day: a day that begins at the end has records.
    #expect(
      try since("2024-10-01T00:00:00Z", "2024-10-08T00:00:00Z", ["2024-10-07T00:00:00Z", "2024-10-08T00:00:00Z"])
        == "2024-10-08T00:00:00.000000001Z")
    #expect(
      try since("2024-10-01T00:00:00Z", "2024-10-08T00:00:00Z", ["2024-10-07T00:00:00Z"]) == "2024-10-08T00:00:00Z")
  }

  /// A week of ratings after another, from 8 October on.
  static func weeks(_ counts: [(poor: Int, rated: Int)], _ lines: [String]) throws -> [Recommendation] {
    var lines = lines
    var items: [Recommendation] = []
    for (week, count) in counts.enumerated() {
      let days = [8 + 7 * week, 15 + 7 * week].map {
        let day = Timestamp("2024-10-01T00:00:00Z")?.advanced(bySeconds: ($0 - 1) * 86_400)
        return String((day?.text ?? "").prefix(10))
      }
      let input = try Lines.input(Self.week(count.poor, count.rated, days[0], days[1]), earlier: lines)
      let advice = Advice(input)
      guard let judged = advice.judged.first else { break }
      items.append(judged)
      lines = advice.all.map { String(decoding: $0.line.dropLast(), as: UTF8.self) }
    }
    return items
  }

  /// Nobody says when something was done: weeks without it do not hide what comes of it.
  @Test func whatIsDoneLaterIsSeen() throws {
    let items = try Self.weeks([(80, 200), (82, 200), (79, 200), (20, 200), (21, 200)], Self.first())
    #expect(items.map(\.status) == ["no_clear_change", "no_clear_change", "no_clear_change", "improved"])
    let found = try #require(items.first { $0.status == "improved" }?.outcome)
    #expect(found.decisive.from == Timestamp("2024-10-29T00:00:00Z") && found.counts.total > found.decisive.total)
    let line = try #require(items.last).line
    let text = String(decoding: line, as: UTF8.self)
    #expect(
      text.contains(#""from":"2024-10-08T00:00:00Z","through":"#) && text.contains(#""verdict_from":"2024-10-29T"#))
    #expect(
      text.contains(#""windows":[{"from":"2024-10-08T00:00:00Z","through":"2024-10-15T00:00:00Z","k":80,"n":200},{"#))
    #expect(text.contains(" since 2024-10-29, from 40 %; "))
    #expect(text.contains(" --since 2024-10-29T00:00:00Z interactions.ndjson"), "the records of the verdict")
    // The latest decides: what was worse for weeks and is better now is better.
    let turned = try Self.weeks([(150, 200), (148, 200), (20, 200), (15, 200)], Self.first())
    #expect(turned.map(\.status) == ["worse", "worse", "improved"])
    let again = try Self.weeks([(70, 200), (170, 200), (165, 200)], Self.first())
    #expect(again.map(\.status) == ["no_clear_change", "worse", "worse"])
    // The last two weeks show the most: more than the last one, and than all of it.
    #expect(again.last?.outcome?.decisive.from == Timestamp("2024-10-15T00:00:00Z"))
  }

  /// A look at all since the advice adds what is new in it as a look of its own.
  @Test func aLookAtAllOfItIsOneAtWhatIsNew() throws {
    var lines = try Self.first()
    for (poor, rated, end) in [(8, 20, "2024-10-15"), (19, 50, "2024-10-22"), (10, 40, "2024-10-29")] {
      lines = try Self.advise(Self.week(poor, rated, "2024-10-08", end), earlier: lines)
    }
    let counts = try #require(Advice(try Lines.input([], earlier: lines)).earlier.first?.outcome?.counts)
    // The last one has less than the one before it, as if records were withdrawn: it is taken as it is.
    #expect(counts.lookCount == 3 && counts.looks.map(\.total) == [40] && counts.count == 10)
    #expect(
      try Self.judged(
        Self.advise(Self.week(8, 20, "2024-10-08", "2024-10-15"), earlier: Self.first()),
        by: Self.week(19, 50, "2024-10-08", "2024-10-22")
      ).outcome?.counts.looks.map(\.total) == [20, 30])
  }

  /// Half a year of weekly looks without a change: how often any of the sequences, from whatever look on, finds one.
  @Test(arguments: [(0.1, 400, 5), (0.1, 400, 40), (0.3, 60, 10), (0.2, 200, 60)])
  func noChangeIsRarelyOneWhereverItBegins(share: Double, baselineCount: Int, weekly: Int) {
    var generator = SeededGenerator(seed: UInt64(weekly + baselineCount))
    func poor(_ total: Int) -> Int {
      (0..<total).reduce(0) { sum, _ in sum + (Double.random(in: 0..<1, using: &generator) < share ? 1 : 0) }
    }
    let runs = 300
    var wrong = (change: 0, limit: 0)
    for _ in 0..<runs {
      let before = Double(poor(baselineCount)) / Double(baselineCount)
      var check = Recommendation.Verification(
        measure: .poorShare, scope: .all, baseline: before, baselineCount: baselineCount, target: before / 3)
      var level = check
      level.limit = share
      check.countMin = 1
      var isWrong = (change: false, limit: false)
      var counts = Outcome.Counts.none(from: Timestamp(seconds: 0))
      for look in 0..<Outcome.looksMax {
        counts.add(.init(from: Timestamp(seconds: look), count: poor(weekly), total: weekly))
        if Outcome(check, counts)?.verdict != .noClearChange { isWrong.change = true }
        if Outcome(level, counts)?.verdict != .notEnoughData { isWrong.limit = true }
      }
      if isWrong.change { wrong.change += 1 }
      if isWrong.limit { wrong.limit += 1 }
    }
    #expect(20 * wrong.change <= runs && 20 * wrong.limit <= runs, "\(wrong) of \(runs)")
  }

  @Test func whatTheLooksMayBeWrongAddsUpToFiveOfAHundred() {
    let all = (1...Outcome.looksMax).reduce(0.0) { $0 + ChangeSequence.alpha(start: $1) }
    #expect(all < 0.05 && all > 0.048 && ChangeSequence.alpha(start: 1) == 0.025)
  }

  @Test func looksThatAreNoneAreRefused() throws {
    let lines = try Self.advise(Self.week(9, 20, "2024-10-08", "2024-10-15"), earlier: Self.first())
    let windows = #""windows":[{"from":"2024-10-08T00:00:00Z","through":"2024-10-15T00:00:00Z","k":9,"n":20}]"#
    #expect(lines.contains { $0.contains(windows) })
    for odd in [
      #"[{"from":"2024-10-08T00:00:00Z","k":21,"n":20}]"#, #"[{"k":1,"n":20}]"#, "[7]", #"[{"from":"x","k":1,"n":2}]"#,
      #"{"from":"2024-10-08T00:00:00Z","k":9,"n":20}"#, "7", #""""#,
      #"[{"from":"2024-10-08T00:00:00Z","through":"x","k":9,"n":20}]"#,
    ] {
      let changed = lines.map { $0.replacing(windows, with: #""windows":"# + odd) }
      #expect(throws: RecordError.self) { try Lines.input([], earlier: changed) }
    }
    // Of a version that did not keep them apart.
    let older = lines.map { $0.replacing("," + windows, with: "") }
    let counts = try #require(Advice(try Lines.input([], earlier: older)).earlier.first?.outcome?.counts)
    #expect(counts.looks.map(\.total) == [20] && counts.lookCount == 1)
  }

  /// What an analysis cannot add is said, not passed over.
  @Test func whatIsNotCountedIsSaid() throws {
    func sentence(_ analysis: [String]) throws -> String {
      let item = try Self.judged(Self.first(), by: analysis)
      return try #require(item.outcome).statement(try #require(item.verification))
    }
    let overlap = try sentence(Self.week(20, 160, "2024-10-01", "2024-10-21"))
    #expect(
      overlap.hasSuffix("begins before 2024-10-08T00:00:00Z, up to which all is counted, and has no trend of this."))
    let other = try sentence([Lines.metric("{}", 9, 20, from: "2024-10-08", to: "2024-10-15")])
    #expect(other.hasSuffix(" This analysis adds nothing: it is not by category."))
    // 7 October 2024 is a Monday: the advice is of the 8th, and the week of the 21st is not over.
    let weeks = ["2024-09-30", "2024-10-07", "2024-10-14", "2024-10-21"].map {
      #"{"start":"\#($0)T00:00:00Z","interactions":60,"rated":50,"mean":4,"poor_share":0.4}"#
    }
    let trend =
      #"{"type":"trend","schema":1,"scope":\#(Self.a),"bin":"week","points":[\#(weeks.joined(separator: ","))]}"#
    let wide = Self.week(20, 160, "2024-10-01", "2024-10-23") + [trend]
    let weekly = try sentence(wide)
    #expect(weekly.contains(" Left out: up to 50 ratings of days or weeks that begin before what is counted."))
    #expect(weekly.hasSuffix(" 50 ratings of a week or day that is not over wait."))
    let lines = try Self.advise(wide, earlier: Self.first())
    #expect(lines.contains { $0.contains(#""k":20,"n":50,"left_out":50,"#) })
    // The same again, and the week after: nothing is left out twice.
    #expect(try Self.advise(wide, earlier: lines) == lines)
    let later = wide.map { $0.replacing("2024-10-23T", with: "2024-10-28T") }
    let counts = try #require(try Self.judged(lines, by: later).outcome?.counts)
    #expect(counts.leftOut == 50 && counts.total == 100 && counts.lookCount == 2)
  }

  @Test func whatGotWorseComesFirstAmongEarlierAdvice() throws {
    let quiet = Lines.finding(Self.b, 100, 1000, weakest: "clarity").replacing("f1", with: "f2")
    let both = try Self.first([quiet])
    let week = [
      Lines.metric("{}", 150, 260, from: "2024-10-08", to: "2024-10-15"),
      Lines.metric(Self.b, 2, 20, from: "2024-10-08", to: "2024-10-15"),
      Lines.metric(Self.a, 148, 200, from: "2024-10-08", to: "2024-10-15"),
    ]
    for earlier in [both, both.reversed()] {
      let advice = Advice(try Lines.input(week, earlier: earlier))
      #expect(advice.earlier.map(\.status).first == "worse" && advice.earlier.count == 2)
      #expect(advice.judged.map(\.status).first == "worse")
    }
  }

  @Test func theIntervalOfASequenceIsWiderThanOneAndNarrowsWithTheCounts() throws {
    var last = 2.0
    for total in [1, 10, 100, 1000, 100_000] {
      let change = try #require(
        ChangeSequence(baseline: 0.25, baselineCount: 400, count: total / 5, total: total))
      #expect(change.high - change.low <= last)
      last = change.high - change.low
      if total >= 10 {
        let once = try #require(
          TwoProportions.newcombe(count: total / 5, total: total, otherCount: 100, otherTotal: 400))
        #expect(last > once.high - once.low)
      }
    }
    // With one stratum the strata are the whole.
    let whole = ChangeSequence(baseline: 0.25, baselineCount: 400, count: 30, total: 200)
    let one = ChangeSequence([.init(count: 100, total: 400, laterCount: 30, laterTotal: 200)], shift: 0)
    let both = try #require(whole)
    #expect(abs(both.difference - (one?.difference ?? 9)) < 1e-12 && abs(both.low - (one?.low ?? 9)) < 1e-12)
    #expect(ChangeSequence(baseline: 0.25, baselineCount: 0, count: 1, total: 2) == nil)
    #expect(ChangeSequence(baseline: 0.25, baselineCount: 9, count: 0, total: 0) == nil)
    #expect(ChangeSequence(baseline: 0.25, baselineCount: 9, count: 3, total: 2) == nil)
  }

  @Test func whatIsNeededIsTheLeastThatIsEnough() throws {
    let need = try #require(ChangeSequence.needed(from: 0.25, baselineCount: 1000, to: 0.15))
    #expect((300...450).contains(need))
    #expect(try #require(ChangeSequence.needed(from: 0.25, baselineCount: 10_000, to: 0.15)) < need)
    #expect(ChangeSequence.needed(from: 0.25, baselineCount: 100, to: 0.15) == nil)
    #expect(ChangeSequence.needed(from: 0.25, baselineCount: 1000, to: 0.25) == nil)
    // Where the variance grows with what comes, and where there are extremes, it ends too.
    for (baseline, target) in [(0.0, 1.0), (1.0, 0.0), (0.001, 0.5), (0.5, 0.001), (0.0, 0.0001)] {
      for count in [1, 2, 5, 1000, 1 << 50] {
        let found = ChangeSequence.needed(from: baseline, baselineCount: count, to: target)
        #expect(found.map { $0 >= 1 } ?? true)
      }
    }
  }
}
