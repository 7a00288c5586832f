/// Two groups of ordered levels side by side, by ranks and without the assumption of equal spread (Brunner and Munzel
/// 2000).
public struct BrunnerMunzel: Sendable, Equatable {
  /// The statistic; negative where the first group is the higher one, as in SciPy.
  public let statistic: Double
  /// Satterthwaite's degrees of freedom.
  public let degreesOfFreedom: Double
  /// P(|T| ≥ |statistic|).
  public let pValue: Double

  /// Compares how many of each group are on each level, lowest first, on the same levels.
  ///
  /// With R the mean ranks among all and r within a group, S² = Σ(R − r − R̄ + (n + 1)/2)²/(n − 1), the statistic is
  /// n₁n₂(R̄₂ − R̄₁)/(N·√(n₁S₁² + n₂S₂²)). Counts up to 2⁵³ together. nil where a group has fewer than two members, where
  /// the groups do not overlap, or all are on one level: then there is no spread to compare with.
  public init?(_ first: [Int], _ second: [Int]) {
    guard first.count == second.count, let n = total(of: first), let m = total(of: second), n > 1, m > 1,
      n + m <= .countMax
    else { return nil }
    // R − r of a member is how many of the other group are below it, ties as halves: its placement.
    let (mean, variance) = Self.placements(of: first, among: second, count: n)
    let (otherMean, otherVariance) = Self.placements(of: second, among: first, count: m)
    let (a, b) = (Double(n) * variance, Double(m) * otherVariance)
    guard a + b > 0 else { return nil }
    // R̄₂ − R̄₁ in terms of the mean placements.
    let difference = otherMean - mean + (Double(m) - Double(n)) / 2
    let size = Double(n) + Double(m)
    statistic = Double(n) * (Double(m) / size) * difference / (a + b).squareRoot()
    let share = a / (a + b)
    let df = 1 / (share * share / Double(n - 1) + (1 - share) * (1 - share) / Double(m - 1))
    degreesOfFreedom = df
    pValue = Distribution.studentTwoSided(statistic, degreesOfFreedom: df)
  }

  private static func placements(of group: [Int], among other: [Int], count: Int) -> (mean: Double, variance: Double) {
    var doubled: [Int] = []
    var below = 0
    var sum: Int128 = 0
    for (own, others) in zip(group, other) {
      doubled.append(2 * below + others)
      below += others
      sum += Int128(own) * Int128(doubled[doubled.count - 1])
    }
    let mean = Double(sum) / (2 * Double(count))
    let squares = zip(group, doubled).reduce(0.0) {
      let deviation = Double($1.1) / 2 - mean
      return $0 + Double($1.0) * deviation * deviation
    }
    // Rounding of the mean must not pass for spread where all members are at one place.
    let isEqual = Set(zip(group, doubled).lazy.filter { $0.0 > 0 }.map(\.1)).count <= 1
    return (mean, isEqual ? 0 : squares / Double(count - 1))
  }
}
