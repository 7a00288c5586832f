import Statistics

/// Ratings that were asked for, each weighing as much as the answers that it stands for.
struct WeightedRatings: Sendable {
  /// A mean or a share with its 95 % interval.
  struct Estimate: Sendable {
    let value: Double
    let low: Double
    let high: Double
  }

  /// How many ratings were asked for with a known probability.
  let count: Int
  /// How many ratings of one weight would say as much.
  private(set) var effectiveCount: Double?
  /// In stars, and the share of poor ones; nil where fewer than 10 ratings would say as much.
  private(set) var mean: Estimate?
  private(set) var poorShare: Estimate?

  static let effectiveMin = 10.0

  /// Weighs with 1/(probability of being asked · share of those asked who answered), cut at the 99th percentile.
  ///
  /// People who rate more than once widen the intervals by the same design effects as those of all ratings of the cell.
  init(_ cell: Cell) {
    let strata = cell.asked.strata.filter { $0.probability > 0 && $0.rating.count > 0 }
    count = strata.reduce(0) { $0 + $1.rating.count }
    let weights = WeightedMean.clipped(
      strata.map { 1e6 / Double($0.probability) * Double($0.asked) / Double($0.rating.count) },
      counts: strata.map(\.rating.count))
    guard let stars = WeightedMean(zip(strata, weights).map { ($0.rating.moments, $1) }) else { return }
    effectiveCount = stars.effectiveCount
    if stars.effectiveCount < Self.effectiveMin { return }
    mean = Self.mean(stars, effect: max(1, cell.meanEstimate?.designEffect ?? cell.testDesignEffect))
    let poor = WeightedMean(zip(strata, weights).map { (Self.hits($0.rating.poorCount, of: $0.rating.count), $1) })
    poorShare = poor.flatMap { Self.share($0, effect: cell.testDesignEffect) }
  }

  private static func hits(_ count: Int, of total: Int) -> Moments {
    let share = Double(count) / Double(total)
    let variance = total < 2 ? 0 : share * (1 - share) * Double(total) / Double(total - 1)
    return Moments(count: total, mean: share, variance: variance)
  }

  /// Student's interval; where 30 ratings or fewer would say as much, or all are equal, that of a posterior, as without
  /// weights.
  private static func mean(_ weighted: WeightedMean, effect: Double) -> Estimate {
    let count = weighted.effectiveCount / effect
    let error = weighted.standardError * effect.squareRoot()
    if count < Double(MeanEstimate.countMin) || error == 0 {
      let spread = weighted.standardError * weighted.standardError * weighted.effectiveCount
      let ends = RatingSummary.smallSampleInterval(mean: weighted.mean, variance: spread, count: count)
      return Estimate(value: weighted.mean, low: ends.low, high: ends.high)
    }
    let half = Distribution.studentQuantile(0.975, degreesOfFreedom: count - 1) * error
    return Estimate(
      value: weighted.mean, low: max(1, weighted.mean - half), high: min(5, weighted.mean + half))
  }

  /// Wilson's interval of as many ratings as would have this variance, and no more than would say as much.
  private static func share(_ weighted: WeightedMean, effect: Double) -> Estimate? {
    var count = weighted.effectiveCount
    let share = min(1, max(0, weighted.mean))
    let spread = share * (1 - share)
    let error = weighted.standardError
    if spread > 0 && error > 0 { count = min(count, spread / (error * error)) }
    return ProportionInterval(share: share, of: count / effect).map {
      Estimate(value: $0.share, low: $0.low, high: $0.high)
    }
  }
}
