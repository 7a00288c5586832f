/// A mean of values that were observed with known, unequal probabilities: each counts for as many as it stands for.
///
/// It mends who was asked, not who kept silent for reasons that nobody knows.
public struct WeightedMean: Sendable, Equatable {
  /// Σwx/Σw (Hájek 1971; self-normalised inverse propensity), in the unit of the values.
  public let mean: Double
  /// √(Σw²(x − mean)²)/Σw, by linearisation.
  public let standardError: Double
  /// (Σw)²/Σw² (Kish 1965): how many equally weighted values would say as much; below 10, say nothing.
  public let effectiveCount: Double

  /// Weighs values, each by 1/(probability of being asked · of answering).
  ///
  /// Give them in a fixed order: the sums are of floating point. Weights are scaled by the largest, so that their squares
  /// stay finite. nil without values, where the numbers differ, for a negative weight or one that is not finite, where all
  /// are 0, and where a value is not finite.
  public init?(_ values: [Double], weights: [Double]) {
    guard values.count == weights.count, values.allSatisfy(\.isFinite),
      weights.allSatisfy({ $0 >= 0 && $0.isFinite }), let most = weights.max(), most > 0
    else { return nil }
    let pairs = zip(values, weights).map { (value: $0, weight: $1 / most) }
    let sum = pairs.reduce(0.0) { $0 + $1.weight }
    let mean = pairs.reduce(0.0) { $0 + $1.value * ($1.weight / sum) }
    let squares = pairs.reduce(0.0) {
      let distance = $1.weight * ($1.value - mean)
      return $0 + distance * distance
    }
    self.mean = mean
    standardError = squares.squareRoot() / sum
    effectiveCount = sum * sum / pairs.reduce(0.0) { $0 + $1.weight * $1.weight }
  }

  /// The same for values in strata, each with one weight.
  ///
  /// With n, m and S the count, mean and squared deviations of a stratum, Σw²(x − mean)² is its w²(S + n(m − mean)²). nil
  /// as above.
  public init?(_ strata: [(sample: Moments, weight: Double)]) {
    let strata = strata.filter { $0.sample.count > 0 }
    guard strata.allSatisfy({ $0.weight >= 0 && $0.weight.isFinite && $0.sample.mean.isFinite }),
      let most = strata.map(\.weight).max(), most > 0
    else { return nil }
    let parts = strata.map { (sample: $0.sample, n: Double($0.sample.count), weight: $0.weight / most) }
    let sum = parts.reduce(0.0) { $0 + $1.n * $1.weight }
    let mean = parts.reduce(0.0) { $0 + $1.sample.mean * ($1.n * $1.weight / sum) }
    let squares = parts.reduce(0.0) {
      let distance = $1.sample.mean - mean
      return $0 + $1.weight * $1.weight * ($1.sample.squaredDeviations + $1.n * distance * distance)
    }
    self.mean = mean
    standardError = squares.squareRoot() / sum
    effectiveCount = sum * sum / parts.reduce(0.0) { $0 + $1.n * $1.weight * $1.weight }
  }

  /// Σwx/N (Horvitz and Thompson 1952), where the size N of the population is known; in the unit of the values.
  ///
  /// Unbiased, yet may lie outside of the values' range. nil where the numbers differ or N is not above 0.
  public static func horvitzThompson(_ values: [Double], weights: [Double], population: Int) -> Double? {
    guard values.count == weights.count, population > 0 else { return nil }
    return zip(values, weights).reduce(0.0) { $0 + $1.0 * $1.1 } / Double(population)
  }

  /// The weights with those above their quantile (nearest rank ⌊q(n − 1)⌋, q in thousandths) set to it, so that no single
  /// answer rules.
  public static func clipped(_ weights: [Double], permille: Int = 990) -> [Double] {
    guard !weights.isEmpty else { return [] }
    let rank = (weights.count - 1) * min(1000, max(0, permille)) / 1000
    let limit = weights.sorted()[rank]
    return weights.map { min($0, limit) }
  }
  /// The same where each weight is that of a number of values.
  public static func clipped(_ weights: [Double], counts: [Int], permille: Int = 990) -> [Double] {
    guard weights.count == counts.count, let all = total(of: counts), all > 0 else { return weights }
    let rank = Int(Int128(all - 1) * Int128(min(1000, max(0, permille))) / 1000)
    var below = 0
    for index in weights.indices.sorted(by: { (weights[$0], $0) < (weights[$1], $1) }) {
      below += counts[index]
      if below > rank { return weights.map { min($0, weights[index]) } }
    }
    return weights
  }
}
