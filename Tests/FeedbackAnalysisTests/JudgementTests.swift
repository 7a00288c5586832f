import FeedbackModel
import Foundation
import NDJSON
import Statistics
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// What is said of earlier advice, and what is carried from look to look.
@Suite struct JudgementTests {
  typealias Lines = AnalysisLines
  static let a = #"{"category":"a"}"#
  static let b = #"{"category":"b"}"#

  /// The advice of a first week, in which a is poor.
  static func first(_ more: [String] = []) throws -> [String] {
    let lines = [
      Lines.metric("{}", 260, 1400), Lines.metric(a, 160, 400), Lines.metric(b, 100, 1000),
      Lines.finding(a, 160, 400, weakest: "clarity"),
    ]
    return try advise(lines + more)
  }

  static func advise(_ lines: [String], earlier: [String] = []) throws -> [String] {
    let advice = Advice(try Lines.input(lines, earlier: earlier))
    return advice.all.map { String(decoding: $0.line.dropLast(), as: UTF8.self) }
  }

  /// A week of a: days of October or November.
  static func week(_ poor: Int, _ rated: Int, _ from: String, _ to: String, _ more: [String] = []) -> [String] {
    [Lines.metric("{}", poor, rated, from: from, to: to), Lines.metric(a, poor, rated, from: from, to: to)] + more
  }

  /// What the first recommendation of some lines says of earlier advice.
  static func judged(_ lines: [String], by analysis: [String]) throws -> Recommendation {
    let advice = Advice(try Lines.input(analysis, earlier: lines))
    return try #require(advice.judged.first)
  }

  @Test func countsAreCarriedFromLookToLook() throws {
    var lines = try Self.first()
    let start = try #require(Advice(try Lines.input([], earlier: lines)).input.earlier.first?.verification)
    #expect(start.baselineCount == 400 && abs(start.baseline - 0.4) < 0.01)
    let need = try #require(start.countMin)
    var (poor, rated) = (0, 0)
    for (index, day) in ["08", "15", "22"].enumerated() {
      let end = ["15", "22", "29"][index]
      lines = try Self.advise(Self.week(9, 20, "2024-10-\(day)", "2024-10-\(end)"), earlier: lines)
      (poor, rated) = (poor + 9, rated + 20)
      #expect(lines.filter { $0.contains("revise_prompt") }.count == 1 && lines.count == 2)
    }
    let item = try #require(Advice(try Lines.input([], earlier: lines)).earlier.first)
    let outcome = try #require(item.outcome)
    #expect(outcome.counts.lookCount == 3 && outcome.counts.count == poor && outcome.counts.total == rated)
    #expect(outcome.need == need)
    // The same as one look at all of it, unless one of the later looks shows more.
    let once = try Self.judged(Self.first(), by: Self.week(poor, rated, "2024-10-08", "2024-10-29"))
    #expect(once.outcome?.change == outcome.change && once.outcome?.verdict == outcome.verdict)
    #expect(once.verification?.baseline == item.verification?.baseline)
  }

  @Test func theSameAnalysisAgainCountsNothing() throws {
    let week = Self.week(9, 20, "2024-10-08", "2024-10-15")
    let once = try Self.advise(week, earlier: Self.first())
    #expect(try Self.advise(week, earlier: once) == once)
    // Nor does the analysis that the advice was made of, or an older one.
    for (from, to) in [("2024-10-01", "2024-10-08"), ("2024-09-01", "2024-10-01")] {
      let item = try Self.judged(Self.first(), by: Self.week(9, 20, from, to))
      #expect(item.outcome?.counts.total == 0 && item.outcome?.counts.lookCount == 0)
      #expect(item.status == "not_enough_data")
    }
  }

  /// What was not looked at can still be counted by whoever looks.
  @Test func anAnalysisByOtherFieldsCountsNothing() throws {
    let first = try Self.first()
    let other = [
      Lines.metric("{}", 9, 20, from: "2024-10-08", to: "2024-10-15"),
      Lines.metric(#"{"model":"m"}"#, 9, 20, from: "2024-10-08", to: "2024-10-15"),
    ]
    let unseen = try Self.advise(other, earlier: first)
    #expect(try Advice(Lines.input([], earlier: unseen)).earlier.first?.outcome?.counts.lookCount ?? 0 == 0)
    let seen = try Self.judged(unseen, by: Self.week(9, 20, "2024-10-08", "2024-10-15"))
    #expect(seen.outcome?.counts.total == 20 && seen.outcome?.counts.lookCount == 1)
    // By the same field, and nothing of the slice in it: that is a look.
    let empty = [
      Lines.metric("{}", 9, 20, from: "2024-10-08", to: "2024-10-15"),
      Lines.metric(Self.b, 9, 20, from: "2024-10-08", to: "2024-10-15"),
    ]
    #expect(try Self.judged(first, by: empty).outcome?.counts.lookCount == 1)
  }

  @Test func aFallIsAnImprovementAndIsClosed() throws {
    let finding = Lines.finding(Self.a, 40, 200, weakest: "clarity")
    let advice = Advice(
      try Lines.input(Self.week(40, 200, "2024-10-08", "2024-10-15", [finding]), earlier: Self.first()))
    // Still a problem, but not advised again at once.
    #expect(advice.recommendations.map(\.kind) == [.none])
    let item = try #require(advice.earlier.first)
    #expect(item.status == "improved" && item.outcome?.isClosed == true)
    let change = try #require(item.outcome?.change)
    #expect(change.high < 0 && change.low < change.difference)
    let lines = advice.all.map { String(decoding: $0.line.dropLast(), as: UTF8.self) }
    // The next time it is not looked at, and the problem is a matter of its own.
    let next = Advice(try Lines.input(Self.week(40, 200, "2024-10-15", "2024-10-22", [finding]), earlier: lines))
    #expect(next.judged.isEmpty && next.recommendations.map(\.status) == ["open"])
  }

  @Test func aRiseIsWorseAndComesFirst() throws {
    let item = try Self.judged(Self.first(), by: Self.week(140, 200, "2024-10-08", "2024-10-15"))
    #expect(item.status == "worse" && item.priority == 1 && item.outcome?.isClosed == false)
  }

  @Test func withEnoughRatingsThereIsNoClearChange() throws {
    let need = try #require(try Self.judged(Self.first(), by: []).outcome?.need)
    for (rated, status) in [(need - 1, "not_enough_data"), (need, "no_clear_change")] {
      let item = try Self.judged(Self.first(), by: Self.week(rated * 39 / 100, rated, "2024-10-08", "2024-10-15"))
      #expect(item.status == status && item.outcome?.isClosed == false)
    }
    // 80 of 100 improvements of the size that was stated are to be seen with so many: here it is.
    let item = try Self.judged(Self.first(), by: Self.week(need / 10, need, "2024-10-08", "2024-10-15"))
    #expect(item.status == "improved")
  }

  @Test func aProblemThatStaysKeepsItsBaseline() throws {
    let finding = Lines.finding(Self.a, 20, 50, weakest: "clarity").replacing("Poor answers.", with: "Still poor.")
    let lines = try Self.first()
    let item = try Self.judged(lines, by: Self.week(20, 50, "2024-10-08", "2024-10-15", [finding]))
    #expect(item.statement == Array("Still poor.".utf8) && item.verification?.baselineCount == 400)
    #expect(item.verification?.since?.text == "2024-10-08T00:00:00Z" && item.outcome?.counts.total == 50)
  }

  @Test func whatOverlapsIsCountedByDaysOrNotAtAll() throws {
    let points = (1...20).map {
      #"{"start":"2024-10-\#($0 < 10 ? "0" : "")\#($0)T00:00:00Z","interactions":9,"rated":8,"mean":4,"poor_share":0.125}"#
    }
    let trend =
      #"{"type":"trend","schema":1,"scope":\#(Self.a),"bin":"day","points":[\#(points.joined(separator: ","))]}"#
    let wide = Self.week(20, 160, "2024-10-01", "2024-10-21")
    let item = try Self.judged(Self.first(), by: wide + [trend])
    #expect(item.outcome?.counts.count == 13 && item.outcome?.counts.total == 104)
    #expect(item.outcome?.counts.through.text == "2024-10-21T00:00:00Z")
    #expect(try Self.judged(Self.first(), by: wide).outcome?.counts.total == 0)
    // A day that is not over waits.
    let early = wide.map { $0.replacing("2024-10-21T00", with: "2024-10-20T12") }
    let waiting = try Self.judged(Self.first(), by: early + [trend])
    #expect(waiting.outcome?.counts.total == 96)
    #expect(waiting.outcome?.counts.through.text == "2024-10-20T00:00:00Z")
    // Days of another zone begin at another time: the first one after the advice is that of the 9th.
    let zoned = points.joined(separator: ",").replacing("T00:00:00Z", with: "T00:00:00+02:00")
    let east = #"{"type":"trend","schema":1,"scope":\#(Self.a),"bin":"day","points":[\#(zoned)]}"#
    let byZone = try Self.judged(Self.first(), by: wide + [east])
    #expect(byZone.outcome?.counts.total == 96)
    #expect(byZone.outcome?.counts.through.text == "2024-10-20T22:00:00Z")
    // 7 October 2024 is a Monday; that week is not whole since the 8th.
    let weeks = ["2024-09-30", "2024-10-07", "2024-10-14"].map {
      #"{"start":"\#($0)T00:00:00Z","interactions":60,"rated":50,"mean":4,"poor_share":0.14}"#
    }
    let weekly =
      #"{"type":"trend","schema":1,"scope":\#(Self.a),"bin":"week","points":[\#(weeks.joined(separator: ","))]}"#
    let byWeek = try Self.judged(Self.first(), by: wide + [weekly])
    #expect(byWeek.outcome?.counts.count == 7 && byWeek.outcome?.counts.total == 50)
    #expect(byWeek.outcome?.counts.through.text == "2024-10-21T00:00:00Z")
  }

  @Test func theCommandOfTheRecommendationMeasuresAllOfItAgain() throws {
    var lines = try Self.first()
    for (poor, rated, end) in [(8, 20, "2024-10-15"), (19, 50, "2024-10-22")] {
      lines = try Self.advise(Self.week(poor, rated, "2024-10-08", end), earlier: lines)
    }
    // What begins a second later lacks what was in that second.
    let second = Self.week(22, 60, "2024-10-08", "2024-10-29").map {
      $0.replacing(#""from":"2024-10-08T00:00:00Z"#, with: #""from":"2024-10-08T00:00:01Z"#)
    }
    #expect(try Self.judged(lines, by: second).outcome?.counts.total == 50)
    let outcome = try #require(Advice(try Lines.input([], earlier: lines)).earlier.first?.outcome)
    #expect(outcome.counts.lookCount == 2 && outcome.counts.total == 50 && outcome.counts.count == 19)
  }

  @Test func modelsAreComparedWithThemselves() throws {
    func models(_ old: (Int, Int), _ new: (Int, Int), _ from: String, _ to: String) -> [String] {
      [("old", old), ("new", new)].map {
        Lines.metric(#"{"category":"a","model":"\#($0)"}"#, $1.0, $1.1, from: from, to: to)
      }
    }
    let lines = try Self.first(models((110, 200), (50, 200), "2024-10-01", "2024-10-08"))
    // Each model is as it was, but the worse one is asked less.
    let mixed = Self.week(77, 300, "2024-10-08", "2024-10-15", models((11, 20), (70, 280), "2024-10-08", "2024-10-15"))
    let item = try Self.judged(lines, by: mixed)
    let outcome = try #require(item.outcome)
    #expect(outcome.isWithinModels && outcome.verdict != .improved)
    #expect(try Self.judged(Self.first(), by: mixed).status == "improved", "the mix alone looks like one")
    let effects = try #require(outcome.effects)
    #expect(abs(effects.rate) < 0.001 && effects.mix < -0.1)
    // A model that was not there: what it does is no change within one, and the reader is told.
    let switched =
      Self.week(20, 300, "2024-10-08", "2024-10-15", models((0, 0), (0, 0), "2024-10-08", "2024-10-15"))
      + [Lines.metric(#"{"category":"a","model":"third"}"#, 20, 300, from: "2024-10-08", to: "2024-10-15")]
    let third = try #require(try Self.judged(lines, by: switched).outcome)
    #expect(!third.isWithinModels && third.newFields == ["model"] && third.verdict == .improved)
    // Of one look the models are not known: as long as they are of most, they are compared.
    let most = try Self.advise(
      Self.week(9, 20, "2024-10-15", "2024-10-22"), earlier: Self.advise(mixed, earlier: lines))
    let later = try #require(Advice(try Lines.input([], earlier: most)).earlier.first?.outcome)
    #expect(later.counts.total == 320 && later.isWithinModels && later.change == outcome.change)
    let few = try Self.judged(
      Self.advise(mixed, earlier: lines), by: Self.week(100, 320, "2024-10-15", "2024-10-22"))
    #expect(few.outcome?.counts.total == 620 && few.outcome?.isWithinModels == false)
  }

  /// An interval that ends just before no change does not read as if it reached it.
  @Test func anEndNearNoChangeHasItsSign() throws {
    var found: Set<String> = []
    for poor in 40...90 {
      let item = try Self.judged(Self.first(), by: Self.week(poor, 200, "2024-10-08", "2024-10-15"))
      let text = try #require(item.outcome).statement(try #require(item.verification))
      #expect(!text.contains("to 0.") && !text.contains("likely 0 to"), "\(text)")
      #expect(text.contains(" to −") == (item.status == "improved"), "\(text)")
      if let part = text.firstMatch(of: #/to [+−]0\.[1-9]\./#) { found.insert(String(part.output)) }
    }
    #expect(!found.isEmpty)
  }

  /// Going back from a model changes which model answers, not how one does.
  @Test func goingBackFromAModelIsNotComparedWithinModels() throws {
    func models(_ old: (Int, Int), _ new: (Int, Int), _ from: String, _ to: String) -> [String] {
      [Lines.metric("{}", old.0 + new.0, old.1 + new.1, from: from, to: to)]
        + [("old", old), ("new", new)].filter { $0.1.1 > 0 }.map {
          Lines.metric(#"{"model":"\#($0)"}"#, $1.0, $1.1, from: from, to: to)
        }
    }
    let first = models((40, 400), (160, 400), "2024-10-01", "2024-10-08")
    let lines = try Self.advise(first + [Lines.finding(#"{"model":"new"}"#, 160, 400)])
    #expect(lines.contains { $0.contains(#""kind":"roll_back""#) } && !lines.contains { $0.contains("cohorts") })
    let item = try Self.judged(lines, by: models((60, 600), (0, 0), "2024-10-08", "2024-10-15"))
    #expect(item.status == "improved" && item.outcome?.isWithinModels == false)
    // Not done: it is as it was.
    let same = try Self.judged(lines, by: models((41, 400), (159, 400), "2024-10-08", "2024-10-15"))
    #expect(same.status == "no_clear_change")
  }

  @Test func aDesignEffectWidensTheInterval() throws {
    let week = Self.week(40, 200, "2024-10-08", "2024-10-15")
    let plain = try #require(try Self.judged(Self.first(), by: week).outcome?.change)
    let lines = try Self.first().map { $0.replacing(#""design_effect":1,"#, with: #""design_effect":2.5,"#) }
    let wide = try #require(try Self.judged(lines, by: week).outcome?.change)
    #expect(wide.difference == plain.difference && wide.high - wide.low > 1.4 * (plain.high - plain.low))
  }

  @Test func afterHalfAYearItIsGivenUp() throws {
    var lines = try Self.first()
    for day in 0..<Outcome.looksMax {
      let dates = [day, day + 1].map { "2024-\($0 < 20 ? 11 : 12)-\(10 + $0 % 20)" }
      lines = try Self.advise(Self.week(1, 2, dates[0], dates[1]), earlier: lines)
    }
    let last = try #require(lines.first { $0.contains("revise_prompt") })
    #expect(last.contains(#""looks":26"#) && last.contains(#""closed":true"#))
    #expect(Advice(try Lines.input([], earlier: lines)).judged.isEmpty)
  }

  @Test func correctionsAreCountedNotTested() throws {
    let poor = Lines.metric("{}", 60, 200)
    let lines = try Self.advise([poor, Lines.example])
    func later(_ corrections: Int) throws -> Recommendation {
      try Self.judged(
        lines,
        by: [Lines.metric("{}", 60, 200, from: "2024-10-08", to: "2024-10-15"), Lines.example]
          + Array(repeating: Lines.correction, count: corrections))
    }
    #expect(try later(49).status == "not_enough_data")
    #expect(
      try later(49).outcome.map { $0.statement(try #require(try later(49).verification)) }
        == "Not enough data: 49 of 50 corrections.")
    #expect(try later(50).status == "improved")
  }

  @Test func moreFeedbackIsAnImprovement() throws {
    let few = Lines.finding("{}", 10, 1000, kind: "low_feedback")
    let lines = try Self.advise([Lines.metric("{}", 2, 10, interactions: 1000), few])
    for (rated, status) in [(100, "improved"), (12, "no_clear_change")] {
      let week = Lines.metric("{}", 2, rated, from: "2024-10-08", to: "2024-10-15", interactions: 1000)
      #expect(try Self.judged(lines, by: [week]).status == status)
    }
  }

  @Test func whatCannotBeJudgedIsCounted() throws {
    let since = #""since":"2024-10-08T00:00:00Z""#
    let line = try #require(Self.first().first)
    let verify = try #require(line.range(of: #""verify":"#)?.upperBound)
    let bare = line[..<verify] + #"null,"outcome":null}"#
    for odd in [
      line.replacing(since, with: #""since":null"#), line.replacing(#""baseline_n":400"#, with: #""x":1"#),
      String(bare),
    ] {
      let input = try Lines.input([], earlier: [odd])
      #expect(input.unjudgeableCount == 1 && input.earlier.isEmpty)
    }
    for (part, other) in [
      (#""kind":"revise_prompt""#, #""kind":"dance""#), (#""schema":1"#, #""schema":2"#),
      (#""metric":"rating.poor.share""#, #""metric":"luck""#), (#""baseline_n":400"#, #""baseline_n":-1"#),
      (#""target":0.1"#, #""target":7"#), (since, #""since":"then""#), (#""confidence":"high""#, #""confidence":4"#),
    ] {
      #expect(line.contains(part), "\(part)")
      #expect(throws: RecordError.self) { try Lines.input([], earlier: [line.replacing(part, with: other)]) }
    }
  }

  @Test func commandsOfAFileAreCommandsOrNothing() throws {
    let line = try #require(Self.first().first)
    let start = try #require(line.range(of: #""next_command":""#)?.upperBound)
    for (text, isKept) in [("fb-filter x", true), ("rm -r x", false), ("fb-filter x\\n```", false)] {
      let end = try #require(line[start...].range(of: #"","verify""#)?.lowerBound)
      let changed = line.replacingCharacters(in: start..<end, with: text)
      let item = try #require(try Lines.input([], earlier: [changed]).earlier.first)
      #expect((item.nextCommand != nil) == isKept)
    }
  }
}
