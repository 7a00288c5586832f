import FeedbackModel
import NDJSON
import Statistics
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// Trends within a window, and one window against another.
@Suite struct TrendTests {
  @Test func daysWithFewRatingsBecomeWeeks() throws {
    var few = Feedback()
    // 2024-10-13 is a Sunday, 2024-10-14 a Monday: days 20,009 and 20,010.
    for day in [20_009, 20_010, 20_016, 20_017] { try few.rate(poor: 1, of: 4, in: "a", days: day..<day + 1) }
    let weeks = few.report.trends[0].bins
    #expect(weeks.width == .week && weeks.all.map(\.day) == [20_003, 20_010, 20_017])
    #expect(weeks.all.map(\.rated) == [4, 8, 4])
    var many = Feedback()
    for (day, count) in [(20_009, 2), (20_010, 5), (20_016, 9)] {
      try many.rate(poor: 1, of: count, in: "a", days: day..<day + 1)
    }
    #expect(many.report.trends[0].bins.width == .day)
    #expect(TrendBins.monday(of: 0) == -3 && TrendBins.monday(of: -3) == -3 && TrendBins.monday(of: -4) == -10)
  }

  @Test func aZoneMovesTheDay() throws {
    let zones: [(String, Int?)] = [
      ("Z", 0), ("+00:00", 0), ("+05:30", 19_800), ("-11:00", -39_600), ("+14:00", 50_400), ("+14:01", nil),
      ("5:30", nil), ("+05:60", nil), ("z", nil), ("", nil), ("+0530", nil),
    ]
    for (text, seconds) in zones { #expect(ZoneOffset(text)?.seconds == seconds, "\(text)") }
    #expect(ZoneOffset("-11:30")?.text == "-11:30" && ZoneOffset("+00:00")?.text == "Z")
    var east = Feedback { $0.zone = ZoneOffset("+05:30") ?? .utc }
    try east.rate(5, by: "a", day: 9, hour: 18)
    try east.rate(5, by: "a", day: 9, hour: 19)
    #expect(east.report.total.days.all.map(\.day) == [9, 10])
    let line = String(decoding: east.report.record(east.report.trends[0]), as: UTF8.self)
    #expect(line.contains(#""start":"1970-01-05T00:00:00+05:30""#) && line.contains(#""tz":"+05:30""#))
  }

  @Test func thePriorWindowEndsWhereTheOtherBegins() throws {
    func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }
    let window = TimeWindow(since: try time("2024-03-01T00:00:00.75Z"), until: try time("2024-03-08T00:00:00.25Z"))
    #expect(window.prior?.since == (try time("2024-02-23T00:00:01.25Z")) && window.prior?.until == window.since)
    #expect(TimeWindow(since: nil, until: window.until).prior == nil)
    #expect(TimeWindow(since: try time("0001-01-01T00:00:00Z"), until: window.until).prior == nil)
  }

  @Test func aDriftIsFoundAndFlatIsNot() throws {
    var falling = Feedback()
    for day in 0..<12 {
      for index in 0..<8 { try falling.rate(index * 12 < day * 8 ? 2 : 5, by: "p\(index + day)", day: day) }
    }
    let drift = try #require(falling.report.trends[0].drift)
    #expect(drift.binCount == 12 && drift.tau < -0.9 && drift.starsPerWeek < -1 && drift.q < 0.01)
    #expect(falling.found.contains("drift {}"))
    var flat = Feedback()
    for day in 0..<12 {
      for index in 0..<8 { try flat.rate(index % 2 == day % 2 ? 2 : 4, by: "p\(index + day)", day: day) }
    }
    #expect(!flat.found.contains("drift {}"))
    // Seven bins are too few to tell.
    var short = Feedback()
    for day in 0..<7 { try short.rate(poor: day, of: 8, in: "a", days: day..<day + 1) }
    #expect(short.report.trends[0].drift == nil && short.report.trends[0].change == nil)
  }

  @Test func aChangeHasItsDay() throws {
    var feedback = Feedback()
    try feedback.rate(poor: 10, of: 200, in: "a", days: 0..<20, people: 1000)
    try feedback.rate(poor: 40, of: 100, in: "a", days: 20..<30, people: 1000)
    try feedback.rate(poor: 15, of: 300, in: "b", days: 0..<30)
    let report = feedback.report
    let finding = try #require(report.findings.first { $0.kind == .changePoint && $0.scope != .all })
    #expect(finding.scope == .slice(field: "category", value: [0x61]))
    #expect(
      String(decoding: finding.statement, as: UTF8.self)
        == "Poor answers in a rose about 1970-01-21: 5 % (10 of 200) before, 40 % (40 of 100) since.")
    #expect(finding.exampleIDs.count == 3)
  }

  @Test func aRegressionIsNamedWithItsWindows() throws {
    var feedback = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    for name in ["a", "b", "c"] {
      for days in [72..<100, 100..<128] { try feedback.rate(poor: 20, of: 400, in: name, days: days) }
    }
    try feedback.rate(poor: 20, of: 400, in: "billing", days: 72..<100)
    try feedback.rate(poor: 60, of: 400, in: "billing", days: 100..<128)
    #expect(feedback.found == [#"problem {"category":"billing"}"#, #"regression {"category":"billing"}"#])
    let report = feedback.report
    try #require(report.findings.count == 2)
    #expect(
      String(decoding: report.findings[1].statement, as: UTF8.self)
        == "Poor answers in billing rose from 5 % (20 of 400) to 15 % (60 of 400): likely +6 to +14 points; "
        + "4 categories were checked.")
    let line = String(decoding: report.record(report.findings[1]), as: UTF8.self)
    for member in [
      #""k":60,"n":400"#, #""before_k":20,"before_n":400"#, #""q":"#, #""before_window":{"from":"1970-03-14T"#,
    ] {
      #expect(line.contains(member), "\(member)")
    }
    // The three that stayed are said to have stayed.
    #expect(report.terminalText.contains("No clear change in a, in b, in c."))
    #expect(report.terminalText.contains("Compared with 1970-03-14T00:00:00Z to 1970-04-11T00:00:00Z"))
  }

  @Test func betterIsAnImprovementAndNoClearChangeSaysWhatItTakes() throws {
    var better = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    try better.rate(poor: 80, of: 400, in: "a", days: 72..<100)
    try better.rate(poor: 20, of: 400, in: "a", days: 100..<128)
    #expect(better.found == ["improvement {}"])
    var same = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    for days in [72..<100, 100..<128] { try same.rate(poor: 20, of: 100, in: "a", days: days, people: 1000) }
    #expect(same.found.isEmpty)
    #expect(
      same.report.terminalText.contains(
        "No clear change over all: poor 20 % (20 of 100) before, 20 % (20 of 100) now, likely −11 to +11 points; "
          + "seeing a 5-point change would need about 1,100 ratings in each window."))
  }

  @Test func aChangeOfTheMixIsNone() throws {
    var feedback = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    for (name, days, poor, total) in [
      ("easy", 72..<100, 40, 800), ("hard", 72..<100, 60, 200), ("easy", 100..<128, 10, 200),
      ("hard", 100..<128, 240, 800),
    ] { try feedback.rate(poor: poor, of: total, in: name, days: days) }
    let report = feedback.report
    #expect(!report.findings.contains { $0.kind == .regression })
    let comparison = try #require(report.trends[0].comparison)
    #expect(abs(comparison.windows.difference - 0.15) < 1e-12 && comparison.shareQ < 1e-6)
    let mix = try #require(comparison.mix)
    #expect(abs(mix.mix - 0.15) < 1e-12 && abs(mix.quality) < 1e-12)
  }

  /// A few people who changed their minds are no more sure of it within the categories than over all.
  @Test func peopleWhoRateOftenMakeTheSplitLessSure() throws {
    func comparison(people: Int) throws -> SliceTrend.Comparison {
      var feedback = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
      for name in ["a", "b"] {
        try feedback.rate(poor: 20, of: 200, in: name, days: 72..<100, people: people)
        try feedback.rate(poor: 38, of: 200, in: name, days: 100..<128, people: people)
      }
      return try #require(feedback.report.trends[0].comparison)
    }
    let (many, few) = (try comparison(people: 100_000), try comparison(people: 5))
    let (sure, unsure) = (try #require(many.mix), try #require(few.mix))
    #expect(few.windows.designEffect > 3 && many.windows.designEffect == 1)
    #expect(sure.quality == unsure.quality)
    #expect(try #require(sure.p) < 0.001 && (try #require(unsure.p)) > 0.05)
    // One test of both windows, and one within two categories that are alike: nearly the same.
    for (split, whole) in [(sure, many), (unsure, few)] {
      #expect(abs(try #require(split.p) / whole.windows.probabilities.share - 1) < 0.1)
    }
  }

  @Test func whatRoseEverywhereIsNamedOnce() throws {
    var feedback = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    for name in ["a", "b", "c"] {
      try feedback.rate(poor: 20, of: 400, in: name, days: 72..<100)
      try feedback.rate(poor: 60, of: 400, in: name, days: 100..<128)
    }
    #expect(feedback.found == ["regression {}"])
  }

  @Test func peopleWhoRateOftenWidenTheInterval() throws {
    var (alone, often, few) = (Cell(), Cell(), Cell())
    for index in 0..<400 {
      var seen = Observation()
      seen.rating = .init(millionths: index % 5 == 0 ? 1_000_000 : 5_000_000)
      seen.person = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      alone.add(seen, peopleMax: 10, countsDays: false)
      // 40 people of ten ratings each, all of one kind.
      seen.rating = .init(millionths: index / 10 % 5 == 0 ? 1_000_000 : 5_000_000)
      seen.person = UInt64(index / 10 + 1) &* 0x9E37_79B9_7F4A_7C15
      often.add(seen, peopleMax: 10, countsDays: false)
      // Eight people cannot show how alike their ratings are.
      seen.person = UInt64(index / 50 + 1) &* 0x9E37_79B9_7F4A_7C15
      few.add(seen, peopleMax: 10, countsDays: false)
    }
    let plain = try #require(WindowComparison(alone, before: alone))
    let clustered = try #require(WindowComparison(often, before: often))
    #expect(plain.now == clustered.now)
    #expect(plain.designEffect == 1 && clustered.designEffect > 3)
    #expect(clustered.interval.high - clustered.interval.low > 1.7 * (plain.interval.high - plain.interval.low))
    let likely = try #require(WindowComparison(few, before: few))
    #expect(few.poorDesignEffect == nil && abs(likely.designEffect - (1 + 0.3 * 49)) < 0.01)
  }

  @Test func strictClaimsLess() throws {
    func q(_ isStrict: Bool) throws -> Double {
      var feedback = Feedback(prior: laterWindow.prior) {
        $0.window = laterWindow
        $0.isStrict = isStrict
      }
      try feedback.rate(poor: 20, of: 400, in: "a", days: 72..<100)
      try feedback.rate(poor: 40, of: 400, in: "a", days: 100..<128)
      return try #require(feedback.report.trends[0].comparison).shareQ
    }
    #expect(try q(true) > q(false))
  }
}
