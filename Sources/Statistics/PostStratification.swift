/// A mean over strata of known size, however unequally they were sampled.
public struct PostStratification: Sendable, Equatable {
  /// What is known of one stratum.
  public struct Stratum: Sendable, Equatable {
    /// How many there are in the population.
    public var population: Int
    /// What was observed of them.
    public var sample: Moments

    /// Takes the size of a stratum and what was observed of it.
    public init(population: Int, sample: Moments) { (self.population, self.sample) = (population, sample) }
  }

  /// ΣN_h·m_h/N, in the unit of the values.
  public let mean: Double
  /// √(Σ(N_h/N)²·s_h²/n_h), without correction for finite populations.
  public let standardError: Double

  /// Weighs the strata by their size.
  ///
  /// Strata without population do not count. nil where none is left, where a size is negative or all are above 2⁵³
  /// together, or where one has fewer than two observations, of which nothing can be said.
  public init?(_ strata: [Stratum]) {
    guard let all = total(of: strata.lazy.map(\.population)), all > 0 else { return nil }
    var sum = 0.0
    var variance = 0.0
    for stratum in strata where stratum.population > 0 {
      guard let spread = stratum.sample.variance else { return nil }
      let weight = Double(stratum.population) / Double(all)
      sum += weight * stratum.sample.mean
      variance += weight * weight * spread / Double(stratum.sample.count)
    }
    mean = sum
    standardError = variance.squareRoot()
  }

  /// How to spread `count` observations so that the mean is known best: n·N_h·σ_h/ΣN·σ (Neyman 1934), in the order given.
  ///
  /// Fractional, and 0 where a stratum does not vary or has fewer than two observations. nil where none varies, or for a
  /// negative size or count.
  public static func neymanAllocation(of count: Int, _ strata: [Stratum]) -> [Double]? {
    guard count >= 0, strata.allSatisfy({ $0.population >= 0 }) else { return nil }
    let products = strata.map { Double($0.population) * max(0, $0.sample.variance ?? 0).squareRoot() }
    let sum = products.reduce(0, +)
    return sum > 0 && sum.isFinite ? products.map { Double(count) * ($0 / sum) } : nil
  }
}
