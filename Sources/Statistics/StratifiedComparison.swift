import Glibc

/// A share before and after, in strata such as categories: how much of the change is of the shares, and how much of the
/// mix of the strata.
public struct StratifiedComparison: Sendable, Equatable {
  /// The counts of one stratum.
  public struct Stratum: Sendable, Equatable {
    /// Hits before.
    public var count: Int
    /// Observations before.
    public var total: Int
    /// Hits after.
    public var laterCount: Int
    /// Observations after.
    public var laterTotal: Int

    /// Takes `count` of `total` before and `laterCount` of `laterTotal` after.
    public init(count: Int, total: Int, laterCount: Int, laterTotal: Int) {
      (self.count, self.total, self.laterCount, self.laterTotal) = (count, total, laterCount, laterTotal)
    }
  }

  /// The share of all before.
  public let before: Double
  /// The share of all after.
  public let after: Double
  /// What the change owes to the shares within the strata: Σ(r₁ − r₀)(w₀ + w₁)/2 (Kitagawa 1955).
  ///
  /// A stratum that is empty in one window has the share of the other one there: then all of it is mix.
  public let rateEffect: Double
  /// What it owes to their weights: Σ(w₁ − w₀)(r₀ + r₁)/2; with the other one it adds up to after − before.
  public let mixEffect: Double
  /// The chi-square of Cochran, Mantel and Haenszel with one degree of freedom, without correction for continuity; nil
  /// where no stratum has both windows and both outcomes.
  public let chiSquare: Double?
  /// P(X ≥ chiSquare): how likely a common change of this size is by chance.
  public let pValue: Double?
  /// The common difference of the shares, after less before: Σ(k₁n₀ − k₀n₁)/N over Σn₀n₁/N (Mantel and Haenszel); nil where
  /// no stratum has both windows.
  public let riskDifference: Double?
  /// The common ratio of the odds, after over before (Mantel and Haenszel 1959); nil where one of its sums is 0.
  public let oddsRatio: Double?
  /// The 95 % interval of that ratio, with the variance of Robins, Breslow and Greenland (1986).
  public let oddsRatioInterval: Interval?

  /// Compares; nil where a window is empty, a count impossible, or they are above 2⁵³ together.
  public init?(_ strata: [Stratum]) {
    let possible = strata.allSatisfy {
      $0.count >= 0 && $0.count <= $0.total && $0.laterCount >= 0 && $0.laterCount <= $0.laterTotal
    }
    guard possible, Statistics.total(of: strata.flatMap { [$0.total, $0.laterTotal] }) != nil else { return nil }
    let (n, m) = (Double(strata.reduce(0) { $0 + $1.total }), Double(strata.reduce(0) { $0 + $1.laterTotal }))
    guard n > 0, m > 0 else { return nil }
    before = Double(strata.reduce(0) { $0 + $1.count }) / n
    after = Double(strata.reduce(0) { $0 + $1.laterCount }) / m
    (rateEffect, mixEffect) = Self.kitagawa(strata, n, m)
    let sums = MantelHaenszelSums(strata)
    chiSquare = sums.chiSquare
    pValue = sums.chiSquare.map { Distribution.chiSquareUpper($0, degreesOfFreedom: 1) }
    riskDifference = sums.riskDifference
    oddsRatio = sums.oddsRatio
    oddsRatioInterval = sums.oddsRatioInterval
  }

  private static func kitagawa(_ strata: [Stratum], _ n: Double, _ m: Double) -> (rate: Double, mix: Double) {
    var (rate, mix) = (0.0, 0.0)
    for stratum in strata where stratum.total > 0 || stratum.laterTotal > 0 {
      let share = stratum.total > 0 ? Double(stratum.count) / Double(stratum.total) : nil
      let laterShare = stratum.laterTotal > 0 ? Double(stratum.laterCount) / Double(stratum.laterTotal) : nil
      let (r0, r1) = (share ?? laterShare ?? 0, laterShare ?? share ?? 0)
      let (w0, w1) = (Double(stratum.total) / n, Double(stratum.laterTotal) / m)
      rate += (r1 - r0) * (w0 + w1) / 2
      mix += (w1 - w0) * (r0 + r1) / 2
    }
    return (rate, mix)
  }
}

/// What Mantel and Haenszel add up over the strata, for a fourfold table each: hits and misses after, hits and misses
/// before.
private struct MantelHaenszelSums {
  /// Hits after less what is expected without a change.
  var excess = 0.0
  var variance = 0.0
  var differences = 0.0
  var weights = 0.0
  /// Sums of R = hits after · misses before / N, and S = misses after · hits before / N.
  var (r, s) = (0.0, 0.0)
  /// Sums for the variance: with P and Q the shares of the table on the two diagonals, PR, PS + QR and QS.
  var (pr, cross, qs) = (0.0, 0.0, 0.0)

  init(_ strata: [StratifiedComparison.Stratum]) {
    for stratum in strata where stratum.total > 0 && stratum.laterTotal > 0 {
      let (a, b) = (Double(stratum.laterCount), Double(stratum.laterTotal - stratum.laterCount))
      let (c, d) = (Double(stratum.count), Double(stratum.total - stratum.count))
      let (later, earlier) = (a + b, c + d)
      let n = later + earlier
      // a − (a + b)(a + c)/n without the difference of large numbers.
      excess += (a * d - b * c) / n
      variance += later / n * (earlier / n) * ((a + c) / (n - 1)) * (b + d)
      differences += (a * earlier - c * later) / n
      weights += later * earlier / n
      let (rHere, sHere) = (a * d / n, b * c / n)
      let (p, q) = ((a + d) / n, (b + c) / n)
      r += rHere
      s += sHere
      pr += p * rHere
      cross += p * sHere + q * rHere
      qs += q * sHere
    }
  }

  var chiSquare: Double? { variance > 0 ? excess * excess / variance : nil }
  var riskDifference: Double? { weights > 0 ? differences / weights : nil }
  var oddsRatio: Double? { r > 0 && s > 0 ? r / s : nil }

  var oddsRatioInterval: Interval? {
    guard let ratio = oddsRatio else { return nil }
    let variance = pr / (2 * r * r) + cross / (2 * r * s) + qs / (2 * s * s)
    let reach = ProportionInterval.z95 * variance.squareRoot()
    return Interval(low: ratio * exp(-reach), high: ratio * exp(reach))
  }
}
