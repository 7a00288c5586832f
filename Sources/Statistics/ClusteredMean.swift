/// The mean of values that come in clusters, such as ratings of the same people: a person who rates ten times is one
/// person, and the interval says so.
public struct ClusteredMean: Sendable, Equatable {
  /// The mean of all values, in stars where the unit is that of stars.
  public let mean: Double
  /// Its standard error.
  public let standardError: Double
  /// Clusters less one.
  public let degreesOfFreedom: Int

  /// The exact form, from the sum of each cluster (person): Var(m) = G/(G − 1) · Σ_u(s_u − n_u·m)²/n² (the sandwich
  /// estimator; cov_type "cluster" of statsmodels).
  ///
  /// `unit` is what 1 in the sums stands for, such as 1e-6 stars. The order of the clusters does not matter but for the
  /// last digits. nil below two clusters that hold something.
  public init?(clusters: some Sequence<ExactSum>, unit: Double = 1) {
    guard let all = Whole(clusters) else { return nil }
    let squares = all.parts.reduce(0.0) {
      let residual = all.distance($1)
      return $0 + residual * residual
    }
    self.init(all, unit, squares / Double(all.parts.count - 1) * Double(all.parts.count), per: Double(all.count))
  }

  /// The form of bounded size, from the sums of buckets into which the clusters fell by a hash: the jackknife that leaves
  /// out a bucket at a time, Var(m) = (g − 1)/g · Σ(m₋ᵦ − m̄)².
  ///
  /// Meant for 20 buckets, of which at least 10 hold something. nil below two that do.
  public init?(buckets: some Sequence<ExactSum>, unit: Double = 1) {
    guard let all = Whole(buckets) else { return nil }
    // The mean without a bucket, less the mean of all: the sum of all distances is 0, so what is left has the opposite one.
    let without = all.parts.map { -all.distance($0) / Double(all.count - $0.count) }
    let size = Double(without.count)
    let centre = without.reduce(0, +) / size
    let squares = without.reduce(0.0) { $0 + ($1 - centre) * ($1 - centre) }
    self.init(all, unit, (size - 1) / size * squares, per: 1)
  }

  private init(_ all: Whole, _ unit: Double, _ variance: Double, per scale: Double) {
    mean = all.mean * unit
    standardError = variance.squareRoot() / scale * abs(unit)
    degreesOfFreedom = all.parts.count - 1
  }

  /// The 95 % interval of Student for the mean, not clipped.
  public var interval: Interval {
    let t = Distribution.studentQuantile(0.975, degreesOfFreedom: Double(degreesOfFreedom))
    return Interval(centre: mean, halfWidth: t * standardError)
  }

  /// How many times the variance is that of as many independent values: standardError² / (s²/n), given the sample variance
  /// s² of the n values in the unit of the mean squared.
  ///
  /// Above 1.3 the plain tests claim too much. nil where the values do not vary.
  public func designEffect(variance: Double, count: Int) -> Double? {
    variance > 0 && count > 0 ? standardError * standardError / (variance / Double(count)) : nil
  }

  /// All clusters that hold something, and their mean: floor and remainder apart, so that distances from it keep their
  /// digits however large the sums are.
  private struct Whole {
    let parts: [ExactSum]
    let count: Int
    private let floor: Int128
    private let fraction: Double

    init?(_ sums: some Sequence<ExactSum>) {
      parts = sums.filter { $0.count > 0 }
      guard parts.count > 1, let count = total(of: parts.lazy.map(\.count)) else { return nil }
      self.count = count
      let sum = parts.reduce(Int128(0)) { $0 + $1.sum }
      let (quotient, remainder) = sum.quotientAndRemainder(dividingBy: Int128(count))
      floor = quotient
      fraction = Double(remainder) / Double(count)
    }

    var mean: Double { Double(floor) + fraction }

    /// s − n·m.
    func distance(_ part: ExactSum) -> Double {
      Double(part.sum - Int128(part.count) * floor) - Double(part.count) * fraction
    }
  }
}
