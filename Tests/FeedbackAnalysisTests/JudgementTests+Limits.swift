import FeedbackModel
import Foundation
import NDJSON
import Statistics
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// Advice on few ratings, which is held against a fixed limit.
extension JudgementTests {
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
      (need / 10, need, "better_than_limit"), (need * 2 / 5, need, "worse_than_limit"),
      (Int(Double(need) * limit), need, "no_clear_change"), (need / 5, need - 1, "not_enough_data"),
    ] {
      let item = try Self.judged(Self.thin(), by: Self.week(poor, rated, "2024-10-08", "2024-10-15"))
      #expect(item.status == status && item.outcome?.isClosed == (status == "better_than_limit"), "\(status)")
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
    // No whole percent between them, and one that is much nearer to one of them than to the other.
    #expect(limit(0.034, 0.021) == 0.028 && limit(0.004, 0.0022) == 0.0031)
    #expect(limit(0.118, 0.112).map { abs($0 - 0.115) < 1e-12 } == true)
    // It is there already: then it has to stay.
    #expect(limit(0.1, 0.15) == 0.15 && limit(0.1, 0.1) == 0.1)
    #expect(limit(0, 50, .corrections) == nil)
  }

  /// What is beside a limit does not read as if it were on it.
  @Test func anEndBesideALimitIsToldFromIt() {
    for (share, limit, text) in [
      (0.081, 0.24, "8"), (0.2399, 0.24, "23.9"), (0.2401, 0.24, "24.1"), (0.24, 0.24, "24"), (0.0301, 0.028, "3.0"),
      (0.02801, 0.028, "2.81"), (0, 0.001, "0.0"), (1, 0.15, "100"), (0.0305, 0.031, "3.05"), (0.0304, 0.031, "3.0"),
      (0.00004, 0.01, "0"),
    ] { #expect(Statement.percent(share, besides: limit) == text, "\(share) \(limit)") }
    #expect(
      [0.24, 0.028, 0.0031, 0.3, 1, 1.0 / 3].map { Statement.percent(limit: $0) } == [
        "24", "2.8", "0.31", "30", "100", "33.3333",
      ])
  }

  @Test func whatMetItsTargetIsClosedAndWhatMissedItStays() throws {
    let finding = Lines.finding(Self.a, 2, 400)
    let met = Advice(
      try Lines.input(Self.week(2, 400, "2024-10-08", "2024-10-15", [finding]), earlier: Self.thin()))
    #expect(met.recommendations.map(\.kind) == [.none] && met.earlier.map(\.status) == ["better_than_limit"])
    let lines = try Self.advise(Self.week(160, 400, "2024-10-08", "2024-10-15"), earlier: Self.thin())
    let line = try #require(lines.first { $0.contains("worse_than_limit") })
    #expect(line.contains(#""target":0.1,"limit":0.24,"min_n":"#))
    #expect(
      line.contains(
        "Above the limit: 40 % (160 of 400) since 2024-10-08, the limit is 24 %, half way to 10 %; likely 32 to 48 %."
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
    #expect(check.limit == 0.033)
    for (rated, status) in [(200, "better_than_limit"), (4, "worse_than_limit")] {
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
}
