import Statistics

/// Ratings of one window beside those of an earlier one, of the same slice.
public struct WindowComparison: Sendable {
  /// Poor ratings and all ratings of a window.
  public struct Share: Sendable, Equatable {
    /// Poor ratings.
    public var poor: Int
    /// All ratings.
    public var rated: Int

    /// The share.
    public var value: Double { Double(poor) / Double(rated) }
  }

  /// Now.
  public let now: Share
  /// Then.
  public let before: Share
  /// The share now less the share then.
  public let difference: Double
  /// The 95 % interval of the difference, of Newcombe; wider by the root of the design effect.
  public let interval: Interval
  /// How many times the variance is that of independent ratings, where that is above 1.3; else 1.
  public let designEffect: Double
  /// The same with the degrees of freedom with which it is known; nil where ratings count as independent.
  private let effect: (value: Double, degreesOfFreedom: Int)?
  /// Mean stars now and then.
  public let means: (now: Double, before: Double)
  /// P(now > before) + ½P(equal) of the ratings.
  public let superiority: Double
  /// Probabilities of chance: of the difference in shares, and of the difference in ratings.
  let probabilities: (share: Double, ratings: Double)

  /// Compares; nil where a window has no ratings.
  init?(_ cell: Cell, before other: Cell) {
    let (rating, earlier) = (cell.rating, other.rating)
    guard
      let test = TwoProportions(
        count: rating.poorCount, total: rating.count, otherCount: earlier.poorCount, otherTotal: earlier.count),
      let newcombe = TwoProportions.newcombe(
        count: rating.poorCount, total: rating.count, otherCount: earlier.poorCount, otherTotal: earlier.count),
      let ranks = MannWhitney(rating.levelCounts, earlier.levelCounts), let mean = rating.mean,
      let earlierMean = earlier.mean
    else { return nil }
    now = Share(poor: rating.poorCount, rated: rating.count)
    before = Share(poor: earlier.poorCount, rated: earlier.count)
    difference = test.difference
    means = (mean, earlierMean)
    superiority = ranks.superiority
    let effect = Self.designEffect(cell, other)
    designEffect = effect?.value ?? 1
    self.effect = effect
    guard let effect else {
      interval = newcombe
      probabilities = (test.pValue, ranks.pValue)
      return
    }
    let stretch = effect.value.squareRoot()
    interval = Interval(
      around: test.difference, below: (test.difference - newcombe.low) * stretch,
      above: (newcombe.high - test.difference) * stretch)
    probabilities = (Self.probability(z: test.z, effect), Self.probability(z: ranks.z, effect))
  }

  /// How likely a difference of these windows is by chance that would be so many standard errors of independent ratings.
  func probability(z: Double) -> Double { Self.probability(z: z, effect) }

  private static func probability(z: Double, _ effect: (value: Double, degreesOfFreedom: Int)?) -> Double {
    guard let effect else { return 2 * Distribution.normalCDF(-abs(z)) }
    return Distribution.studentTwoSided(
      z / effect.value.squareRoot(), degreesOfFreedom: Double(effect.degreesOfFreedom))
  }

  /// The design effect of both windows together, weighted by their parts in the variance of the difference; nil at 1.3 or
  /// less.
  ///
  /// Of a window in which people fall into too few buckets to tell, what is likely.
  private static func designEffect(_ cell: Cell, _ other: Cell) -> (value: Double, degreesOfFreedom: Int)? {
    let (first, second) = (cell.takenDesignEffect, other.takenDesignEffect)
    let (n, m) = (Double(cell.rating.count), Double(other.rating.count))
    let value = (max(1, first.value) * m + max(1, second.value) * n) / (n + m)
    return value > 1.3 ? (value, first.degreesOfFreedom + second.degreesOfFreedom) : nil
  }
}

extension Interval {
  /// From so far below a difference of shares to so far above it, within −1 to 1.
  fileprivate init(around centre: Double, below: Double, above: Double) {
    self.init(low: max(-1, centre - below), high: min(1, centre + above))
  }
}
