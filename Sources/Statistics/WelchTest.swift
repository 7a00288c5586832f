/// Two means side by side, without the assumption of equal variances (Welch 1947).
public struct WelchTest: Sendable, Equatable {
  /// The first mean less the second, in the unit of the values.
  public let difference: Double
  /// The difference in standard errors, √(s₁²/n₁ + s₂²/n₂).
  public let t: Double
  /// Satterthwaite's degrees of freedom.
  public let degreesOfFreedom: Double
  /// P(|T| ≥ |t|).
  public let pValue: Double
  /// The 95 % interval of the difference.
  public let interval: Interval

  /// Compares two groups; nil where one has fewer than two values, or where neither varies.
  public init?(_ first: Moments, _ second: Moments) {
    guard let variance = first.variance, let otherVariance = second.variance else { return nil }
    let (a, b) = (variance / Double(first.count), otherVariance / Double(second.count))
    let error = (a + b).squareRoot()
    guard error > 0, error.isFinite else { return nil }
    difference = first.mean - second.mean
    t = difference / error
    // Of shares of the variance, so that tiny variances do not vanish when they are squared.
    let share = a / (a + b)
    let df =
      1 / (share * share / Double(first.count - 1) + (1 - share) * (1 - share) / Double(second.count - 1))
    degreesOfFreedom = df
    pValue = Distribution.studentTwoSided(t, degreesOfFreedom: df)
    interval = Interval(
      centre: difference, halfWidth: Distribution.studentQuantile(0.975, degreesOfFreedom: df) * error)
  }

  /// The difference of the means in pooled standard deviations, corrected for small groups: d·(1 − 3/(4ν − 1)), ν = n₁ +
  /// n₂ − 2 (Hedges 1981).
  ///
  /// Without a unit; 0.2 is small, 0.8 large. nil where a group is empty, where ν < 1, or where neither group varies.
  public static func hedgesG(_ first: Moments, _ second: Moments) -> Double? {
    guard first.count > 0, second.count > 0, first.count + second.count > 2 else { return nil }
    let df = Double(first.count) + Double(second.count) - 2
    let deviation = ((first.squaredDeviations + second.squaredDeviations) / df).squareRoot()
    guard deviation > 0, deviation.isFinite else { return nil }
    return (first.mean - second.mean) / deviation * (1 - 3 / (4 * df - 1))
  }
}
