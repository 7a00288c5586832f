/// A slice of the records against the rest of them: how much of what is counted would vanish if the slice were like the
/// rest.
public struct SliceExcess: Sendable, Equatable {
  /// The share outside of the slice.
  public let restShare: Double
  /// How many times the rest's share the slice's is; nil where the rest's is 0.
  public let lift: Double?
  /// What was counted beyond the rest's share: n · (p − rest); negative where the slice is the better one.
  public let expected: Double
  /// The same for the least share that is likely: max(0, n · (one-sided 95 % lower bound of Wilson − rest)).
  ///
  /// Volume, shortfall and confidence in one number, whose unit is what was counted: slices are ranked by it.
  public let conservative: Double

  /// Compares `count` of `total` with the rest of `allCount` of `allTotal`; nil where one side is empty.
  public init?(count: Int, total: Int, allCount: Int, allTotal: Int) {
    guard count >= 0, total > 0, allTotal > total, allCount >= count, allCount - count <= allTotal - total else {
      return nil
    }
    self.init(
      count: count, total: total, expectedShare: Double(allCount - count) / Double(allTotal - total))
  }

  /// Compares `count` of `total` with a share that was expected; nil for an empty slice.
  public init?(count: Int, total: Int, expectedShare: Double) {
    guard let low = ProportionInterval.lowerOneSided(count: count, total: total) else { return nil }
    restShare = expectedShare
    lift = expectedShare > 0 ? Double(count) / Double(total) / expectedShare : nil
    expected = Double(count) - Double(total) * expectedShare
    conservative = max(0, Double(total) * (low - expectedShare))
  }

  /// The score by which SliceLine ranks slices (Sagadeeva and Boehm, 2021): α(p / p̄ − 1) − (1 − α)(N / n − 1), with p̄ = K / N.
  ///
  /// `weight` is α, 0 to 1: how much the size of the error counts against the size of the slice. Without a unit, above 0
  /// where a slice is worth a look. nil for an empty slice, or where nothing was counted at all.
  public static func sliceLineScore(
    count: Int, total: Int, allCount: Int, allTotal: Int, weight: Double = 0.95
  ) -> Double? {
    guard total > 0, total <= allTotal, (0...total).contains(count), count <= allCount, allCount > 0,
      allCount <= allTotal
    else { return nil }
    let share = Double(count) / Double(total)
    let mean = Double(allCount) / Double(allTotal)
    return weight * (share / mean - 1) - (1 - weight) * (Double(allTotal) / Double(total) - 1)
  }
}
