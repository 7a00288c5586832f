import Glibc

/// Whether and where a share changed within a series, by the cumulative sum of what is above the share of all of it.
///
/// With K of N in all and p = K/N, S_t = Σ_{i ≤ t}(k_i − n_i·p) wanders like a Brownian bridge where nothing changes, so
/// its largest distance in standard errors has the distribution of Kolmogorov (Page 1954; Csörgő and Horváth 1997, section
/// 2.1). Depends on the order of the values: for merged daily aggregates in the order of time.
public struct ShareChange: Sendable, Equatable {
  /// The first group after the change: where |S_t| was largest just before, the earliest of equals.
  public let index: Int
  /// max |S_t|/√(N·p(1 − p)), from 0.
  public let statistic: Double
  /// P(max |bridge| ≥ statistic) = 2·Σ_{j ≥ 1}(−1)^(j−1)·e^(−2j²x²).
  ///
  /// Groups are steps where the bridge has none, so that it errs on the careful side.
  public let pValue: Double

  /// Looks for a change in `count` of `total` in each group, in order.
  ///
  /// `designEffect` is how many times the variance is that of as many independent observations, 1 or more. nil for an
  /// impossible count, where fewer than two groups hold something, where all are hits or all misses, and for more than 2⁵³
  /// observations.
  public init?(_ groups: [(count: Int, total: Int)], designEffect: Double = 1) {
    guard groups.allSatisfy({ $0.count >= 0 && $0.count <= $0.total }), designEffect >= 1,
      let all = total(of: groups.lazy.map(\.total)), let hits = total(of: groups.lazy.map(\.count)),
      hits > 0, hits < all, groups.count(where: { $0.total > 0 }) > 1
    else { return nil }
    var (seen, seenHits) = (0, 0)
    var (most, index): (Int128, Int) = (-1, 0)
    for (place, group) in groups.enumerated().dropLast() {
      seen += group.total
      seenHits += group.count
      // N·S_t as an integer, so that equals are equal.
      let distance = Int128(seenHits) * Int128(all) - Int128(seen) * Int128(hits)
      if abs(distance) > most { (most, index) = (abs(distance), place + 1) }
    }
    let share = Double(hits) / Double(all)
    self.index = index
    statistic =
      Double(most) / Double(all) / (Double(all) * share * (1 - share) * designEffect).squareRoot()
    pValue = Self.kolmogorovUpper(statistic)
  }

  /// P(X ≥ x) of Kolmogorov's distribution; below 0.2 it is 1 to twelve digits.
  static func kolmogorovUpper(_ x: Double) -> Double {
    if x < 0.2 { return 1 }
    var (sum, sign) = (0.0, 1.0)
    for j in 1...20 {
      sum += sign * exp(-2 * Double(j * j) * x * x)
      sign = -sign
    }
    return min(1, max(0, 2 * sum))
  }
}
