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
      let since = Self.week(poor, rated, "2024-10-08", end).map {
        $0.replacing(#""from":"2024-10-08T00:00:00Z"#, with: #""from":"2024-10-08T00:00:01Z"#)
      }
      lines = try Self.advise(since, earlier: lines)
    }
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

  // MARK: A fixed limit

  /// The advice of a week with few ratings: no number of later ones shows a change from it.
  static func thin(_ poor: Int = 8, _ rated: Int = 20) throws -> [String] {
    try advise([
      Lines.metric("{}", poor + 30, rated + 300), Lines.metric(a, poor, rated), Lines.metric(b, 30, 300),
      Lines.finding(a, poor, rated),
    ])
  }

  @Test func aThinBaselineIsNotHeldAgainstItself() throws {
    let check = try #require(Advice(try Lines.input([], earlier: Self.thin())).earlier.first?.verification)
    let limit = try #require(check.limit)
    #expect(check.need(20) == nil && check.target == 0.1 && abs(limit - (check.baseline + 0.1) / 2) <= 0.005)
    #expect(limit == (limit * 100).rounded() / 100)
    let need = try #require(check.countMin)
    #expect(need < 400)
    for (poor, rated, status) in [
      (need / 10, need, "target_met"), (need * 2 / 5, need, "target_missed"),
      (Int(Double(need) * limit), need, "no_clear_change"), (need / 5, need - 1, "not_enough_data"),
    ] {
      let item = try Self.judged(Self.thin(), by: Self.week(poor, rated, "2024-10-08", "2024-10-15"))
      #expect(item.status == status && item.outcome?.isClosed == (status == "target_met"), "\(status)")
      #expect(item.outcome?.need == need)
    }
  }

  @Test func aLimitIsBetweenBaselineAndTarget() {
    func limit(_ baseline: Double, _ target: Double, _ measure: Recommendation.Measure = .poorShare) -> Double? {
      var check = Recommendation.Verification(
        measure: measure, scope: .all, baseline: baseline, baselineCount: 3, target: target)
      check.settle()
      return check.limit
    }
    #expect(limit(0.4, 0.1) == 0.25 && limit(0.4, 0.111) == 0.26 && limit(0.01, 0.05, .feedbackRate) == 0.03)
    // No whole percent between them.
    #expect(limit(0.118, 0.112).map { abs($0 - 0.115) < 1e-12 } == true)
    // It is there already: then it has to stay.
    #expect(limit(0.1, 0.15) == 0.15 && limit(0.1, 0.1) == 0.1)
    #expect(limit(0, 50, .corrections) == nil)
  }

  @Test func whatMetItsTargetIsClosedAndWhatMissedItStays() throws {
    let finding = Lines.finding(Self.a, 2, 400)
    let met = Advice(
      try Lines.input(Self.week(2, 400, "2024-10-08", "2024-10-15", [finding]), earlier: Self.thin()))
    #expect(met.recommendations.map(\.kind) == [.none] && met.earlier.map(\.status) == ["target_met"])
    let lines = try Self.advise(Self.week(160, 400, "2024-10-08", "2024-10-15"), earlier: Self.thin())
    let line = try #require(lines.first { $0.contains("target_missed") })
    #expect(line.contains(#""target":0.1,"limit":0.24,"min_n":"#))
    #expect(
      line.contains(
        "Target missed: 40 % (160 of 400) since 2024-10-08, the limit is 24 %; likely 32 to 48 %."
          + " What was done does not do: try something else."))
    // It is looked at again, against the same limit, and more of the same does not change the claim.
    let next = try Self.judged(lines, by: Self.week(0, 100, "2024-10-15", "2024-10-22"))
    #expect(
      next.verification?.limit == 0.24 && next.outcome?.counts.total == 500 && next.outcome?.counts.lookCount == 2)
  }

  @Test func littleFeedbackOnFewAnswersHasALimitToo() throws {
    let few = Lines.finding("{}", 1, 60, kind: "low_feedback")
    let lines = try Self.advise([Lines.metric("{}", 0, 1, interactions: 60), few])
    let check = try #require(Advice(try Lines.input([], earlier: lines)).earlier.first?.verification)
    #expect(check.limit == 0.03)
    for (rated, status) in [(200, "target_met"), (4, "target_missed")] {
      let week = Lines.metric("{}", 0, rated, from: "2024-10-08", to: "2024-10-15", interactions: 2000)
      #expect(try Self.judged(lines, by: [week]).status == status)
    }
  }

  /// Advice that was written before there were limits is held against its target, rather than open for ever.
  @Test func anOlderRecordWithAThinBaselineGetsALimit() throws {
    let lines = try Self.thin().map { $0.replacing(#/"limit":[0-9.]+,/#, with: "") }
      .map { $0.replacing(#/"min_n":[0-9]+/#, with: #""min_n":null"#) }
    let check = try #require(Advice(try Lines.input([], earlier: lines)).earlier.first?.verification)
    #expect(check.limit != nil && check.countMin != nil)
  }

  /// The probability, to the last digit, that half a year of weekly looks ever finds a share on a side of a limit, of which
  /// it is exactly at that limit.
  static func wrong(limit: Double, weekly: Int, _ isWrong: (Int, Int) -> Bool) -> Double {
    var week = [1.0]
    for _ in 0..<weekly {
      week = (0...week.count).map { count in
        (count < week.count ? week[count] * (1 - limit) : 0) + (count > 0 ? week[count - 1] * limit : 0)
      }
    }
    var open = [1.0]
    var sum = 0.0
    for look in 1...Outcome.looksMax {
      var next = [Double](repeating: 0, count: look * weekly + 1)
      for (before, chance) in open.enumerated() where chance > 1e-15 {
        for (count, share) in week.enumerated() where share > 1e-15 { next[before + count] += chance * share }
      }
      for count in next.indices where isWrong(count, look * weekly) {
        sum += next[count]
        next[count] = 0
      }
      open = next
    }
    return sum
  }

  @Test(arguments: [0.02, 0.05, 0.1, 0.15, 0.4], [1, 3, 10, 25])
  func theVerdictOnALimitIsWrongInFiveOfAHundredAtMost(limit: Double, weekly: Int) {
    let sequence = Self.wrong(limit: limit, weekly: weekly) { count, total in
      guard let level = ChangeSequence(limit: limit, count: count, total: total) else { return false }
      return level.low > 0 || level.high < 0
    }
    #expect(sequence <= 0.05, "\(sequence)")
    if weekly < 10 { return }
    // What one would do without a sequence is wrong more often.
    let naive = Self.wrong(limit: limit, weekly: weekly) { count, total in
      guard let once = ProportionInterval(count: count, total: total) else { return false }
      return once.low > limit || once.high < limit
    }
    #expect(naive > 0.1, "\(naive)")
  }

  @Test func whatALimitNeedsIsEnoughInFourOfFiveCases() throws {
    for (share, limit) in [(0.4, 0.15), (0.05, 0.15), (0.2, 0.15)] {
      let need = try #require(ChangeSequence.needed(from: share, limit: limit))
      // At one look of that size: looks before it can only add.
      let open = Self.wrong(limit: share, weekly: 1) { _, _ in false }
      #expect(open == 0)
      var chances = [1.0]
      for _ in 0..<need {
        chances = (0...chances.count).map { count in
          (count < chances.count ? chances[count] * (1 - share) : 0) + (count > 0 ? chances[count - 1] * share : 0)
        }
      }
      let found = chances.indices.reduce(0.0) { sum, count in
        let level = ChangeSequence(limit: limit, count: count, total: need)
        return sum + ((share > limit ? (level?.low ?? 0) > 0 : (level?.high ?? 0) < 0) ? chances[count] : 0)
      }
      #expect((0.7...0.9).contains(found), "\(share) \(limit) \(need): \(found)")
    }
    #expect(ChangeSequence.needed(from: 0.15, limit: 0.15) == nil)
    #expect(
      try #require(ChangeSequence.needed(from: 0.4, limit: 0.15, designEffect: 3))
        > 2 * (try #require(ChangeSequence.needed(from: 0.4, limit: 0.15))))
    #expect(
      ChangeSequence(limit: 0.1, count: 0, total: 0) == nil && ChangeSequence(limit: 0.1, count: 3, total: 2) == nil)
  }

  // MARK: Since when

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
    #expect(text.contains(#""windows":[{"from":"2024-10-08T00:00:00Z","k":80,"n":200},{"from":"2024-10-15T"#))
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
    let windows = #""windows":[{"from":"2024-10-08T00:00:00Z","k":9,"n":20}]"#
    #expect(lines.contains { $0.contains(windows) })
    for odd in [
      #"[{"from":"2024-10-08T00:00:00Z","k":21,"n":20}]"#, #"[{"k":1,"n":20}]"#, "[7]", #"[{"from":"x","k":1,"n":2}]"#,
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
    #expect(weekly.contains(" Left out: up to 50 ratings of the week or day in which this was advised."))
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
