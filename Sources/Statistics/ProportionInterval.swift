/// An interval of Wilson for the share that `count` of `total` stands for: it covers what it says at small totals, where
/// the textbook interval does not.
public struct ProportionInterval: Sendable, Equatable {
  /// The share itself, `count` / `total`.
  public let share: Double
  /// Lower end, from 0.
  public let low: Double
  /// Upper end, up to 1.
  public let high: Double

  /// z of a two-sided interval of 95 %.
  public static let z95 = 1.959963984540054
  /// z of a one-sided bound of 95 %.
  public static let z95OneSided = 1.6448536269514722

  /// The interval at `z` standard errors: centre (p + z²/2n) / (1 + z²/n), half-width z/(1 + z²/n) · √(p(1−p)/n +
  /// z²/4n²).
  ///
  /// With a design effect d, at least 1, n is a d-th of what was counted. nil where nothing was counted.
  public init?(count: Int, total: Int, z: Double = z95, designEffect: Double = 1) {
    guard total > 0, count >= 0, count <= total else { return nil }
    self.init(share: Double(count) / Double(total), of: Double(total) / designEffect, z: z)
  }

  /// The same of a share p, 0 to 1, that was estimated otherwise and is as certain as that of n values.
  ///
  /// nil where n is not above 0 or p is not a share.
  public init?(share p: Double, of n: Double, z: Double = z95) {
    guard n > 0, (0...1).contains(p) else { return nil }
    let scale = 1 + z * z / n
    let centre = (p + z * z / (2 * n)) / scale
    let half = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    share = p
    low = p == 0 ? 0 : max(0, centre - half)
    high = p == 1 ? 1 : min(1, centre + half)
  }

  /// The bound above which the share lies in 95 of 100 cases.
  public static func lowerOneSided(count: Int, total: Int) -> Double? {
    ProportionInterval(count: count, total: total, z: z95OneSided)?.low
  }

  /// How many ratings each of two groups needs, so that a fall from one share to another is seen in 80 of 100 cases at a
  /// level of 5 % (two proportions, normal approximation with pooled variance under no difference); nil without a difference.
  public static func sampleSize(from p: Double, to q: Double) -> Int? {
    guard let size = SampleSize.shares(p, q), size < 1e15 else { return nil }
    return Int(size.rounded(.up))
  }
}
