/// Between which of the sorted values a quantile lies, whatever their distribution: an interval from the binomial
/// distribution of the ranks.
public struct QuantileRanks: Sendable, Equatable {
  /// The rank of the lower end, from 1; nil where there are too few values for one.
  public let low: Int?
  /// The rank of the upper end, up to n; nil where there are too few: the 95th percentile of 58 values has none.
  public let high: Int?
  /// How likely the quantile lies between them, at least the confidence.
  public let coverage: Double

  /// For the quantile `q`, between 0 and 1, of `count` values: the largest l and the least u with P(B < l) and P(B ≥ u) at
  /// most (1 − confidence)/2 each, B of the binomial distribution with n and q (Conover 1999).
  ///
  /// nil without values or above 2⁵³, or where q or the confidence is not between 0 and 1.
  public init?(count: Int, quantile q: Double, confidence: Double = 0.95) {
    guard count > 0, count <= .countMax, q > 0, q < 1, confidence > 0, confidence < 1 else { return nil }
    let tail = (1 - confidence) / 2
    // P(B < l) ≤ tail from 0 up to l; the next one is above it.
    let lower = Self.least(count) { Distribution.binomialCDF($0, trials: count, probability: q) > tail }
    // P(B ≥ u) = P(n − B ≤ n − u), which keeps its digits where it is small.
    let upper = Self.least(count + 1) {
      Distribution.binomialCDF(count - $0, trials: count, probability: 1 - q) <= tail
    }
    low = lower > 0 ? lower : nil
    high = upper <= count ? upper : nil
    let below = lower > 0 ? Distribution.binomialCDF(lower - 1, trials: count, probability: q) : 0
    let above = upper <= count ? Distribution.binomialCDF(count - upper, trials: count, probability: 1 - q) : 0
    coverage = 1 - below - above
  }

  /// The least of 0 … `limit` for which a condition that stays true holds; `limit` where it holds for none below.
  private static func least(_ limit: Int, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, limit)
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
