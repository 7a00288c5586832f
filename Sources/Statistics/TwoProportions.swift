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

/// A slice of the records against the rest of them: how much of what is counted would vanish if the slice were like the
/// rest.
public struct SliceExcess: Sendable, Equatable {
  /// The share outside of the slice.
  public let restShare: Double
  /// What was counted beyond the rest's share: n · (p − rest); negative where the slice is the better one.
  public let expected: Double
  /// The same for the least share that is likely: max(0, n · (one-sided 95 % lower bound of Wilson − rest)).
  public let conservative: Double

  /// Compares `count` of `total` with the rest of `allCount` of `allTotal`; nil where one side is empty.
  public init?(count: Int, total: Int, allCount: Int, allTotal: Int) {
    guard allTotal > total, (0...allTotal - total).contains(allCount - count) else { return nil }
    self.init(
      count: count, total: total, expectedShare: Double(allCount - count) / Double(allTotal - total))
  }

  /// Compares `count` of `total` with a share that was expected; nil for an empty slice.
  public init?(count: Int, total: Int, expectedShare: Double) {
    guard let low = ProportionInterval.lowerOneSided(count: count, total: total) else { return nil }
    restShare = expectedShare
    expected = Double(count) - Double(total) * expectedShare
    conservative = max(0, Double(total) * (low - expectedShare))
  }
}

extension ProportionInterval {
  /// How likely a share as large as `count` of `total` is where the true one is `share`: the score test, P(Z ≥ (p − s) /
  /// √(s(1 − s)/n)).
  ///
  /// It is below 5 % just where `lowerOneSided` is above `share`. 0 or 1 as a share leave nothing to chance.
  public static func chanceOfAtLeast(count: Int, total: Int, ifShareIs share: Double) -> Double? {
    guard total > 0, (0...total).contains(count), (0...1).contains(share) else { return nil }
    let p = Double(count) / Double(total)
    let error = (share * (1 - share) / Double(total)).squareRoot()
    if error == 0 { return p > share ? 0 : 1 }
    return Distribution.normalCDF((share - p) / error)
  }
}
