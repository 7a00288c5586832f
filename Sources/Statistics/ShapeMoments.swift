/// How values are spread: their mean, and the sums of the second, third and fourth powers of their deviations from it.
///
/// As `Moments`, with what skewness and kurtosis take. Merging rounds, and cancels where the mean is large beside the spread.
public struct ShapeMoments: Sendable, Equatable {
  /// How many values.
  public private(set) var count = 0
  /// Their mean, in their unit; 0 without values.
  public private(set) var mean = 0.0
  /// Σ(x − mean)², Σ(x − mean)³ and Σ(x − mean)⁴.
  private var (second, third, fourth) = (0.0, 0.0, 0.0)

  /// Starts with none.
  public init() {}

  /// Adds a value.
  public mutating func add(_ value: Double) {
    var one = ShapeMoments()
    (one.count, one.mean) = (1, value)
    merge(one)
  }

  /// Adds the values of another one (Pébay 2008, equations 3.1 to 3.3 for a pair of sets).
  ///
  /// With δ = m₂ − m₁ and n = n₁ + n₂: S = S₁ + S₂ + δ²·n₁n₂/n,
  /// T = T₁ + T₂ + δ³·n₁n₂(n₁ − n₂)/n² + 3δ·(n₁S₂ − n₂S₁)/n, and
  /// F = F₁ + F₂ + δ⁴·n₁n₂(n₁² − n₁n₂ + n₂²)/n³ + 6δ²·(n₁²S₂ + n₂²S₁)/n² + 4δ·(n₁T₂ − n₂T₁)/n.
  public mutating func merge(_ other: ShapeMoments) {
    if other.count == 0 { return }
    if count == 0 {
      self = other
      return
    }
    let (n, m) = (Double(count), Double(other.count))
    let all = n + m
    let delta = other.mean - mean
    // δ over the number of all keeps powers small.
    let step = delta / all
    let product = delta * step * n * m
    fourth +=
      other.fourth + product * step * step * (n * n - n * m + m * m)
      + 6 * step * step * (n * n * other.second + m * m * second) + 4 * step * (n * other.third - m * third)
    third += other.third + product * step * (n - m) + 3 * step * (n * other.second - m * second)
    second += other.second + product
    mean += step * m
    count += other.count
  }

  /// g₁ = √n·T / S^1.5, that of the values as a population; nil without spread.
  public var skewness: Double? {
    second > 0 ? Double(count).squareRoot() * third / (second * second.squareRoot()) : nil
  }

  /// g₂ = n·F / S² − 3, 0 for a normal distribution; nil without spread.
  public var excessKurtosis: Double? { second > 0 ? Double(count) * fourth / (second * second) - 3 : nil }
}
