/// Two groups of ordered levels side by side, by ranks (Mann and Whitney 1947): for ratings, whose levels have an order
/// but no distance.
public struct MannWhitney: Sendable, Equatable {
  /// Pairs that the first group wins, ties as halves: Σ_i a_i·(Σ_{j<i} b_j + b_i/2), from 0 to n₁·n₂.
  public let u: Double
  /// P(A > B) + ½P(A = B): how often one of the first group is above one of the second, from 0 to 1.
  public let superiority: Double
  /// U less what chance gives, in standard errors with the correction for ties; 0 where all are on one level.
  public let z: Double
  /// P(|Z| ≥ |z|).
  public let pValue: Double
  /// The same with |U − n₁n₂/2| smaller by ½, as for small groups.
  public let pValueWithContinuity: Double

  /// P(A > B) − P(A < B), from −1 to 1 (Cliff 1993).
  public var cliffsDelta: Double { 2 * superiority - 1 }

  /// Compares how many of each group are on each level, lowest first, on the same levels.
  ///
  /// Var U = n₁n₂/12 · ((N + 1) − Σ(t³ − t)/(N(N − 1))), t the sizes of the levels. Counts up to 2⁵³ together; U is summed
  /// as an integer. nil where a group is empty or the levels differ in number.
  public init?(_ first: [Int], _ second: [Int]) {
    guard first.count == second.count, let n = total(of: first), let m = total(of: second), n > 0, m > 0,
      n + m <= .countMax
    else { return nil }
    var doubled: Int128 = 0
    var below: Int128 = 0
    for (a, b) in zip(first, second) {
      doubled += Int128(a) * (2 * below + Int128(b))
      below += Int128(b)
    }
    let pairs = Int128(n) * Int128(m)
    u = Double(doubled) / 2
    superiority = Double(doubled) / (2 * Double(pairs))
    let distance = Double(doubled - pairs) / 2
    let size = Double(n + m)
    // (N³ − N − Σ(t³ − t)) = Σ t·(N − t)·(N + t): no difference of large numbers, and exactly 0 on one level.
    let spread = zip(first, second).reduce(0.0) {
      let t = Double($1.0 + $1.1)
      return $0 + t / size * ((size - t) / (size - 1)) * (size + t)
    }
    let deviation = (Double(n) * (Double(m) / 12) * spread).squareRoot()
    z = deviation > 0 ? distance / deviation : 0
    pValue = 2 * Distribution.normalCDF(-abs(z))
    let corrected = deviation > 0 ? (abs(distance) - 0.5) / deviation : 0
    pValueWithContinuity = min(1, 2 * Distribution.normalCDF(-corrected))
  }
}
