/// Whether a series rises or falls, by ranks: no shape of the trend or of the noise is assumed (Mann 1945, Kendall 1975).
public struct MannKendall: Sendable, Equatable {
  /// Pairs that rise less pairs that fall, −n(n − 1)/2 to n(n − 1)/2.
  public let score: Int
  /// Var S under no trend, with the correction for ties: (n(n − 1)(2n + 5) − Σt(t − 1)(2t + 5))/18.
  public let variance: Double
  /// (S ∓ 1)/√Var S; 0 where S or Var S is 0.
  public let z: Double
  /// P(|Z| ≥ |z|).
  public let pValue: Double
  /// S over the number of pairs, −1 to 1.
  public let tau: Double

  /// Tests values in the order of time, such as the means of days; in O(n²).
  ///
  /// Meant for 8 values or more. nil below two values, or where one is not finite.
  public init?(_ values: [Double]) {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
    var sum = 0
    for (index, value) in values.enumerated() {
      for later in values[(index + 1)...] { sum += later > value ? 1 : later < value ? -1 : 0 }
    }
    let n = Double(values.count)
    let ties = Self.tieSizes(values).reduce(0.0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) }
    score = sum
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    (z, pValue) = Self.test(sum, variance)
    tau = Double(sum) / (n * (n - 1) / 2)
  }

  private static func test(_ score: Int, _ variance: Double) -> (z: Double, pValue: Double) {
    let z = variance > 0 ? Double(score - score.signum()) / variance.squareRoot() : 0
    return (z, 2 * Distribution.normalCDF(-abs(z)))
  }

  static func tieSizes(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    var sizes: [Double] = []
    for (index, value) in sorted.enumerated() {
      if index > 0 && value == sorted[index - 1] { sizes[sizes.count - 1] += 1 } else { sizes.append(1) }
    }
    return sizes
  }

  /// The same test for a series whose values depend on those before them (Hamed and Rao 1998).
  ///
  /// Var S is multiplied by 1 + 2/(n(n − 1)(n − 2)) · Σ(n − i)(n − i − 1)(n − i − 2)·ρ_i, with ρ_i the autocorrelation of
  /// the ranks of the detrended values at lag i, where it is beyond ±1.96/√n. `factor` is that multiplier. Where it is
  /// below 1 the values alternate, and the test claims more than the plain one: to be careful, take the larger p.
  /// nil below three values, where one is not finite, where all are equal, or where the factor is not above 0.
  public static func hamedRao(_ values: [Double]) -> (factor: Double, z: Double, pValue: Double)? {
    guard values.count > 2, let plain = MannKendall(values), plain.variance > 0, let line = TheilSen(values) else {
      return nil
    }
    let count = values.count
    let n = Double(count)
    let detrended = values.enumerated().map { $0.element - Double($0.offset + 1) * line.slope }
    let ranks = meanRanks(detrended).map { $0 - (n + 1) / 2 }
    let power = ranks.reduce(0) { $0 + $1 * $1 }
    var sum = 0.0
    for lag in 1..<count where power > 0 {
      let correlation = zip(ranks, ranks[lag...]).reduce(0) { $0 + $1.0 * $1.1 } / power
      if abs(correlation) <= ProportionInterval.z95 / n.squareRoot() { continue }
      let rest = n - Double(lag)
      sum += rest * (rest - 1) * (rest - 2) * correlation
    }
    let factor = 1 + 2 / (n * (n - 1) * (n - 2)) * sum
    guard factor > 0 else { return nil }
    let (z, pValue) = test(plain.score, plain.variance * factor)
    return (factor, z, pValue)
  }

  private static func meanRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
      for index in start..<end { ranks[order[index]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}
