/// Means of several groups, each drawn towards the common mean by as much as it is uncertain (empirical Bayes): a group
/// of three ratings no longer leads the list by chance.
public struct ShrunkenMeans: Sendable, Equatable {
  /// What is known of one group, in the unit of the values.
  public struct Group: Sendable, Equatable {
    /// B = τ²/(τ² + v): how much of its own mean counts, 0 to 1.
    public let weight: Double
    /// μ + B·(ȳ − μ).
    public let mean: Double
    /// √(B·v), the standard deviation of that mean; not below 0.
    public let deviation: Double

    /// The one-sided 95 % bounds: the mean lies above `low` in 95 of 100 cases, and below `high` in 95 of 100.
    public var bounds: Interval {
      Interval(centre: mean, halfWidth: ProportionInterval.z95OneSided * deviation)
    }
  }

  /// s²_w = Σ(n_i − 1)s_i² / Σ(n_i − 1), the variance within groups.
  public let withinVariance: Double
  /// τ², the variance of the true means between groups (DerSimonian and Laird 1986), not below 0.
  public let betweenVariance: Double
  /// μ, the mean of the groups' true means: each weighted by 1/(τ² + v).
  public let mean: Double
  /// The groups, in the order given.
  public let groups: [Group]

  /// Shrinks the means of groups: v_i = s²_w/n_i, w = 1/v, Q = Σw(ȳ − ȳ_w)², τ² = max(0, (Q − (k − 1))/(Σw − Σw²/Σw)).
  ///
  /// An empty group gets weight 0 and the common mean. Give groups in a fixed order: the sums are of floating point.
  /// nil where no group has two values, or no group varies within.
  public init?(_ samples: [Moments]) {
    let filled = samples.filter { $0.count > 0 }
    let freedom = filled.reduce(0.0) { $0 + Double($1.count - 1) }
    let within = filled.reduce(0.0) { $0 + $1.squaredDeviations } / freedom
    guard freedom > 0, within > 0, within.isFinite else { return nil }
    withinVariance = within
    let weights = filled.map { Double($0.count) / within }
    let (centre, sum) = Self.weightedMean(filled, weights)
    let q = zip(filled, weights).reduce(0.0) { $0 + $1.1 * ($1.0.mean - centre) * ($1.0.mean - centre) }
    let spread = sum - weights.reduce(0.0) { $0 + $1 * ($1 / sum) }
    let between = filled.count > 1 ? max(0, (q - Double(filled.count - 1)) / spread) : 0
    betweenVariance = between
    let mean = Self.weightedMean(filled, filled.map { 1 / (between + within / Double($0.count)) }).mean
    self.mean = mean
    groups = samples.map {
      // B·v = τ²·v/(τ² + v), which tends to τ² without values.
      let weight = $0.count == 0 ? 0 : between / (between + within / Double($0.count))
      let variance = $0.count == 0 ? between : weight * within / Double($0.count)
      return Group(weight: weight, mean: mean + weight * ($0.mean - mean), deviation: variance.squareRoot())
    }
  }

  private static func weightedMean(_ samples: [Moments], _ weights: [Double]) -> (mean: Double, sum: Double) {
    let sum = weights.reduce(0, +)
    return (zip(samples, weights).reduce(0.0) { $0 + $1.0.mean * ($1.1 / sum) }, sum)
  }

  /// The weighted rating that IMDb prints: (n·ȳ + m·C)/(n + m), as if m values at the common mean C had been added.
  ///
  /// In the unit of the values. For readers who know it; unlike the shrunken mean it takes m for granted. nil where n + m
  /// is 0.
  public static func weightedRating(count: Int, mean: Double, commonMean: Double, priorCount: Double = 25) -> Double? {
    let sum = Double(count) + priorCount
    return count >= 0 && priorCount >= 0 && sum > 0 ? (Double(count) * mean + priorCount * commonMean) / sum : nil
  }
}
