import Glibc

/// Two shares side by side: `count` of `total` in one group, `otherCount` of `otherTotal` in another.
public struct TwoProportions: Sendable, Equatable {
  /// The first share less the second.
  public let difference: Double
  /// The difference in standard errors, under a common share.
  ///
  /// 0 where both groups hold only hits or none.
  public let z: Double
  /// How likely a difference of at least this size, either way, is by chance: P(|Z| ≥ |z|).
  public let pValue: Double

  /// The z test with pooled variance: z = (p₁ − p₂) / √(p(1 − p)(1/n₁ + 1/n₂)), p = (k₁ + k₂) / (n₁ + n₂).
  ///
  /// nil where a group is empty.
  public init?(count: Int, total: Int, otherCount: Int, otherTotal: Int) {
    guard total > 0, otherTotal > 0, (0...total).contains(count), (0...otherTotal).contains(otherCount) else {
      return nil
    }
    let (n, m) = (Double(total), Double(otherTotal))
    let pooled = (Double(count) + Double(otherCount)) / (n + m)
    let error = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
    difference = Double(count) / n - Double(otherCount) / m
    z = error > 0 ? difference / error : 0
    pValue = 2 * Distribution.normalCDF(-abs(z))
  }
}

extension TwoProportions {
  /// The interval of Newcombe (1998, method 10) for p₁ − p₂: from the intervals of Wilson (l₁, u₁) and (l₂, u₂) of both
  /// shares, d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + √((u₁ − p₁)² + (p₂ − l₂)²).
  ///
  /// Within −1 to 1. nil where a group is empty.
  public static func newcombe(
    count: Int, total: Int, otherCount: Int, otherTotal: Int, z: Double = ProportionInterval.z95
  ) -> Interval? {
    guard let first = ProportionInterval(count: count, total: total, z: z),
      let second = ProportionInterval(count: otherCount, total: otherTotal, z: z)
    else { return nil }
    func root(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    let difference = first.share - second.share
    return Interval(
      low: max(-1, difference - root(first.share - first.low, second.high - second.share)),
      high: min(1, difference + root(first.high - first.share, second.share - second.low)))
  }

  /// The ratio p₁ / p₂ (the lift, or relative risk) with its interval of Katz (1978): log ratio ± z√(1/k₁ − 1/n₁ + 1/k₂ −
  /// 1/n₂).
  ///
  /// A cell of the fourfold table that is 0 counts as ½, as in statsmodels. nil where a group is empty.
  public static func ratio(
    count: Int, total: Int, otherCount: Int, otherTotal: Int, z: Double = ProportionInterval.z95
  ) -> (ratio: Double, interval: Interval)? {
    guard total > 0, otherTotal > 0, (0...total).contains(count), (0...otherTotal).contains(otherCount) else {
      return nil
    }
    func cell(_ count: Int) -> Double { count == 0 ? 0.5 : Double(count) }
    let (a, b) = (cell(count), cell(total - count))
    let (c, d) = (cell(otherCount), cell(otherTotal - otherCount))
    let ratio = a / (a + b) / (c / (c + d))
    let error = (b / (a * (a + b)) + d / (c * (c + d))).squareRoot()
    return (ratio, Interval(low: ratio * exp(-z * error), high: ratio * exp(z * error)))
  }

  /// Fisher's exact test of equal shares: the two-sided probability of all tables with these margins that are no likelier
  /// than this one.
  ///
  /// A tie is within 1e-7 of equal. The sum runs over as many tables as the smaller margin has members: nil above a
  /// million observations, where the z test agrees, and where a group is empty.
  public static func fisherPValue(count: Int, total: Int, otherCount: Int, otherTotal: Int) -> Double? {
    guard total > 0, otherTotal > 0, (0...total).contains(count), (0...otherTotal).contains(otherCount),
      max(total, otherTotal) <= 1_000_000, total + otherTotal <= 1_000_000
    else { return nil }
    let hits = count + otherCount
    let (least, most) = (max(0, hits - otherTotal), min(total, hits))
    // Weights relative to the likeliest table, which is the largest: nothing overflows.
    let mode = min(most, max(least, (hits + 1) * (total + 1) / (total + otherTotal + 2)))
    var weights = [Double](repeating: 1, count: most - least + 1)
    for k in stride(from: mode + 1, through: most, by: 1) {
      let rise = Double(total - k + 1) * Double(hits - k + 1) / (Double(k) * Double(otherTotal - hits + k))
      weights[k - least] = weights[k - 1 - least] * rise
    }
    for k in stride(from: mode - 1, through: least, by: -1) {
      let fall = Double(k + 1) * Double(otherTotal - hits + k + 1) / (Double(total - k) * Double(hits - k))
      weights[k - least] = weights[k + 1 - least] * fall
    }
    let limit = weights[count - least] * (1 + 1e-7)
    let sum = weights.reduce(0, +)
    return min(1, weights.lazy.filter { $0 <= limit }.reduce(0, +) / sum)
  }
}
