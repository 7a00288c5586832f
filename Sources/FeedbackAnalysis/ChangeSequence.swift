import Statistics

/// How a share has changed since a baseline, with an interval that holds at every look together, so that it may be looked
/// at each week until it is clear.
///
/// The baseline is an estimate too, of n₀ observations, and later ones come to n. Their difference has the variance
/// v(1/n₀ + 1/n) = v/m with m = n₀n/(n₀ + n), and over the looks it moves as the mean of m independent values does: divided
/// by its variance it is a Brownian motion in 1/variance. So the confidence sequence for a mean of m values of variance v
/// holds for it (`ConfidenceSequence`, α = 0.05 or a part of it). Of strata the differences are weighted by their m, as Mantel and Haenszel
/// do, and m is the sum. Where people rate more than once, m is divided by the design effect.
struct ChangeSequence: Sendable, Equatable {
  /// The later share less the baseline, −1 to 1.
  let difference: Double
  /// The lower end of the interval.
  let low: Double
  /// The upper end.
  let high: Double

  /// The change from a share that rests on `baselineCount` observations to `count` of `total`.
  ///
  /// nil where one side is empty or a count impossible.
  init?(
    baseline: Double, baselineCount: Int, count: Int, total: Int, designEffect: Double = 1, alpha: Double = 0.05
  ) {
    guard baselineCount > 0, total > 0, (0...total).contains(count), (0...1).contains(baseline) else { return nil }
    let (n0, n) = (Double(baselineCount), Double(total))
    self.init(
      difference: Double(count) / n - baseline, weight: n0 / (n0 + n) * n / designEffect,
      variance: Self.variance(hits: baseline * n0 + Double(count), total: n0 + n), alpha: alpha)
  }

  /// The common change within strata that have observations on both sides, less `shift`: what the baseline as it is stated
  /// is above the counts of the strata.
  ///
  /// nil where no stratum has both.
  init?(
    _ strata: [StratifiedComparison.Stratum], shift: Double, designEffect: Double = 1, alpha: Double = 0.05
  ) {
    let shared = strata.filter { $0.total > 0 && $0.laterTotal > 0 }
    guard let common = StratifiedComparison(shared)?.riskDifference else { return nil }
    var (weight, hits, all) = (0.0, 0.0, 0.0)
    for stratum in shared {
      let (n0, n) = (Double(stratum.total), Double(stratum.laterTotal))
      weight += n0 / (n0 + n) * n
      hits += Double(stratum.count) + Double(stratum.laterCount)
      all += n0 + n
    }
    self.init(
      difference: common - shift, weight: weight / designEffect, variance: Self.variance(hits: hits, total: all),
      alpha: alpha)
  }

  /// How far a share of `count` of `total` is above a limit that is fixed, and no estimate: a sequence of a level.
  ///
  /// nil without observations or for a count that is impossible.
  init?(limit: Double, count: Int, total: Int, designEffect: Double = 1, alpha: Double = 0.05) {
    guard total > 0, (0...total).contains(count), (0...1).contains(limit) else { return nil }
    self.init(
      difference: Double(count) / Double(total) - limit, weight: Double(total) / designEffect,
      variance: Self.variance(hits: Double(count), total: Double(total)), alpha: alpha)
  }

  private init?(difference: Double, weight: Double, variance: Double, alpha: Double) {
    // Below one observation on each side nothing is said.
    guard let reach = Self.halfWidth(weight: weight, variance: variance, alpha: alpha) else { return nil }
    self.difference = difference
    low = max(-1, difference - reach)
    high = min(1, difference + reach)
  }

  /// The variance of one observation; a hit and a miss are added, so that it is never 0.
  private static func variance(hits: Double, total: Double) -> Double {
    let share = (hits + 1) / (total + 2)
    return share * (1 - share)
  }

  /// m can never pass n₀, so the sequence is made narrowest early: with baselines of 100 to 400 ratings more changes are
  /// found than at the usual 100, and no fewer with larger ones.
  private static let tightestAt = 40.0

  private static func halfWidth(weight: Double, variance: Double, alpha: Double) -> Double? {
    // Rounded down: a little wider than it has to be.
    ConfidenceSequence.halfWidth(
      count: max(1, Int(weight)), variance: variance, alpha: alpha, tightestAt: tightestAt)
  }

  /// What part of the 5 % that verdicts may be wrong goes to the sequence that begins with a look, 1 or more: 1/(s(s + 1)) of
  /// it, which add up to 1 however many there are.
  ///
  /// Nobody knows when something was done about advice, and what was counted before that hides what came of it. So a
  /// sequence begins with every look, and a verdict of any of them holds.
  static func alpha(start: Int) -> Double { 0.05 / (Double(start) * Double(start + 1)) }

  /// How many later observations show a change from a share to another in 80 of 100 cases, however often one looks.
  ///
  /// nil where no number does, because they are equal or the baseline rests on too few; from 20 times its observations on
  /// more make no difference.
  static func needed(
    from baseline: Double, baselineCount: Int, to target: Double, designEffect: Double = 1
  ) -> Int? {
    guard baselineCount > 0, (0...1).contains(baseline), (0...1).contains(target) else { return nil }
    let n0 = Double(baselineCount)
    func isEnough(_ total: Int) -> Bool {
      let n = Double(total)
      let weight = n0 / (n0 + n) * n / designEffect
      let variance = variance(hits: baseline * n0 + target * n, total: n0 + n)
      guard let reach = halfWidth(weight: weight, variance: variance, alpha: alpha(start: 1)) else { return false }
      return reach + 0.8416212 * (variance / weight).squareRoot() <= abs(target - baseline)
    }
    return least(20 * min(baselineCount, 1 << 40), isEnough)
  }

  /// How many observations tell a share from a fixed limit in 80 of 100 cases, however often one looks.
  ///
  /// nil where no number below 10⁹ does, because they are equal or nearly so.
  static func needed(from share: Double, limit: Double, designEffect: Double = 1) -> Int? {
    guard (0...1).contains(share), (0...1).contains(limit) else { return nil }
    return least(1_000_000_000) { total in
      let weight = Double(total) / designEffect
      let variance = variance(hits: share * Double(total), total: Double(total))
      guard let reach = halfWidth(weight: weight, variance: variance, alpha: alpha(start: 1)) else { return false }
      return reach + 0.8416212 * (variance / weight).squareRoot() <= abs(share - limit)
    }
  }

  /// The least number up to `most` that is enough, where every larger one is, too; nil where none is.
  private static func least(_ most: Int, _ isEnough: (Int) -> Bool) -> Int? {
    guard isEnough(most) else { return nil }
    var high = 1
    while !isEnough(high) { high = min(2 * high, most) }
    var low = high / 2
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
