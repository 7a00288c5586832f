/// How many real values there are, their mean, and the sum of their squared deviations from it.
///
/// For values that cannot be kept as integers. Merging rounds: in another order the last digits differ, so what has to
/// be the same for every split of the input belongs in `RatingSummary` or `ExactSum`, and comes here in the last step.
public struct Moments: Sendable, Equatable {
  /// How many values.
  public private(set) var count: Int
  /// Their mean, in their unit; 0 without values.
  public private(set) var mean: Double
  /// The sum of (x − mean)², in their unit squared.
  public private(set) var squaredDeviations: Double

  /// Starts with none.
  public init() { (count, mean, squaredDeviations) = (0, 0, 0) }

  /// Takes what is known of `count` values; `variance` is that of the sample, Σ(x − mean)² / (n − 1).
  public init(count: Int, mean: Double, variance: Double) {
    self.count = count
    self.mean = mean
    squaredDeviations = variance * Double(max(0, count - 1))
  }

  /// Adds a value (Welford 1962).
  public mutating func add(_ value: Double) {
    var one = Moments()
    (one.count, one.mean) = (1, value)
    merge(one)
  }

  /// Adds the values of another one: with δ = m₂ − m₁, m = m₁ + δ·n₂/n and M = M₁ + M₂ + δ²·n₁·n₂/n (Chan, Golub and
  /// LeVeque 1979).
  public mutating func merge(_ other: Moments) {
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    let (n, m) = (Double(count), Double(other.count))
    let delta = other.mean - mean
    mean += delta * m / (n + m)
    squaredDeviations += other.squaredDeviations + delta * delta * n * m / (n + m)
    count += other.count
  }

  /// The sample variance, in the unit of the values squared; nil below two values.
  public var variance: Double? { count < 2 ? nil : squaredDeviations / Double(count - 1) }
}
