/// Two-sided tabular CUSUM: when a series left its mean, sooner than any single value shows (Page 1954; Montgomery,
/// Introduction to Statistical Quality Control).
///
/// Depends on the order of the values: for merged daily aggregates in the order of time, never for records as they come.
public struct Cusum: Sendable, Equatable {
  /// Which way the series went.
  public enum Alarm: Sendable, Equatable {
    /// Upwards.
    case rise
    /// Downwards.
    case fall
  }

  /// What the values are on average where nothing changes.
  public let mean: Double
  /// How far from the mean is no matter; half of the shift to be found.
  ///
  /// In the unit of the values.
  public let slack: Double
  /// How much has to add up beyond the slack; in the unit of the values.
  public let threshold: Double
  /// max(0, previous + x − mean − slack).
  public private(set) var rise = 0.0
  /// max(0, previous + mean − slack − x).
  public private(set) var fall = 0.0

  /// Starts; the defaults are for standard scores, and then a false alarm comes once in some 465 values.
  public init(mean: Double = 0, slack: Double = 0.5, threshold: Double = 5) {
    (self.mean, self.slack, self.threshold) = (mean, slack, threshold)
  }

  /// Takes the next value, and says whether a sum is above the threshold; the sums go on.
  public mutating func add(_ value: Double) -> Alarm? {
    rise = max(0, rise + value - mean - slack)
    fall = max(0, fall + mean - slack - value)
    if rise > threshold { return .rise }
    return fall > threshold ? .fall : nil
  }

  /// The standard score of a share, (k − n·p₀)/√(n·p₀(1 − p₀)): `count` of `total` where `share` is expected.
  ///
  /// nil where nothing was counted, and where the expected share is not between 0 and 1.
  public static func standardScore(count: Int, total: Int, expecting share: Double) -> Double? {
    guard total > 0, (0...total).contains(count), share > 0, share < 1 else { return nil }
    let n = Double(total)
    return (Double(count) - n * share) / (n * share * (1 - share)).squareRoot()
  }
}
