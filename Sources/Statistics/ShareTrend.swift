import Glibc

/// Whether a share rises over ordered groups, such as the share of poor answers over quintiles of the response time.
public struct ShareTrend: Sendable, Equatable {
  /// Σ i·k_i, the groups scored 0, 1, 2 ….
  public let statistic: Double
  /// What the statistic is on average where the share is the same in all groups.
  public let expected: Double
  /// Its standard deviation there, given all totals.
  public let deviation: Double
  /// (statistic − expected)/deviation; above 0 where the share rises.
  public let z: Double
  /// P(|Z| ≥ |z|).
  public let pValue: Double

  /// Tests for a linear trend (Cochran 1954, Armitage 1955): `count` of `total` in each group, in order.
  ///
  /// With N and K in all, Var = K(N − K)/(N(N − 1)) · (Σi²n_i − (Σi·n_i)²/N), as statsmodels has it. Counts up to 2⁵³
  /// together, up to 1,000 groups. nil for an impossible count, where fewer than two groups hold something, or where all
  /// are hits or all misses.
  public init?(_ groups: [(count: Int, total: Int)]) {
    guard groups.count <= 1000, groups.allSatisfy({ $0.count >= 0 && $0.count <= $0.total }),
      let all = total(of: groups.lazy.map(\.total)), let hits = total(of: groups.lazy.map(\.count)),
      hits > 0, hits < all, groups.count(where: { $0.total > 0 }) > 1
    else { return nil }
    var scored: Int128 = 0
    var scores: Int128 = 0
    for (index, group) in groups.enumerated() {
      scored += Int128(index) * Int128(group.count)
      scores += Int128(index) * Int128(group.total)
    }
    let n = Double(all)
    let mean = Double(scores) / n
    let spread = groups.enumerated().reduce(0.0) {
      let distance = Double($1.offset) - mean
      return $0 + distance * distance * Double($1.element.total)
    }
    statistic = Double(scored)
    expected = Double(hits) * mean
    deviation = (Double(hits) / n * (Double(all - hits) / (n - 1)) * spread).squareRoot()
    z = (statistic - expected) / deviation
    pValue = 2 * Distribution.normalCDF(-abs(z))
  }
}

/// How the log odds of a share change from one ordered group to the next: log(p/(1 − p)) = intercept + slope · i.
public struct LogisticTrend: Sendable, Equatable {
  /// The log odds in group 0.
  public let intercept: Double
  /// The change of the log odds from a group to the next; e^slope is the ratio of the odds.
  public let slope: Double
  /// The standard error of the slope, from the information matrix.
  public let slopeError: Double

  /// Fits by maximum likelihood (Newton's method) to `count` of `total` in each group, in order.
  ///
  /// nil where `ShareTrend` is nil, and where the likelihood has no maximum because the hits are all on one side of the
  /// misses.
  public init?(_ groups: [(count: Int, total: Int)]) {
    guard ShareTrend(groups) != nil, Self.overlap(groups) else { return nil }
    let n = groups.reduce(0.0) { $0 + Double($1.total) }
    let centre = groups.enumerated().reduce(0.0) { $0 + Double($1.offset) * Double($1.element.total) } / n
    let share = groups.reduce(0.0) { $0 + Double($1.count) } / n
    var (level, slope) = (log(share / (1 - share)), 0.0)
    var information = (0.0, 0.0, 0.0)
    for _ in 0..<100 {
      var gradient = (0.0, 0.0)
      information = (0, 0, 0)
      for (index, group) in groups.enumerated() {
        let x = Double(index) - centre
        let p = 1 / (1 + exp(-level - slope * x))
        let residual = Double(group.count) - Double(group.total) * p
        let weight = Double(group.total) * p * (1 - p)
        gradient = (gradient.0 + residual, gradient.1 + residual * x)
        information = (information.0 + weight, information.1 + weight * x, information.2 + weight * x * x)
      }
      let determinant = information.0 * information.2 - information.1 * information.1
      guard determinant > 0, determinant.isFinite else { return nil }
      let step = (
        (information.2 * gradient.0 - information.1 * gradient.1) / determinant,
        (information.0 * gradient.1 - information.1 * gradient.0) / determinant
      )
      // Far from the maximum a full step may overshoot.
      let limit = min(1, 2 / max(abs(step.0), abs(step.1)))
      (level, slope) = (level + limit * step.0, slope + limit * step.1)
      if abs(step.0) + abs(step.1) <= 1e-12 * (1 + abs(level) + abs(slope)) {
        intercept = level - slope * centre
        self.slope = slope
        slopeError = (information.0 / determinant).squareRoot()
        return
      }
    }
    return nil
  }

  /// Whether some hit is above some miss and some miss above some hit: else the slope has no bounds.
  private static func overlap(_ groups: [(count: Int, total: Int)]) -> Bool {
    let hits = groups.indices.filter { groups[$0].count > 0 }
    let misses = groups.indices.filter { groups[$0].count < groups[$0].total }
    guard let firstHit = hits.first, let lastHit = hits.last, let firstMiss = misses.first, let lastMiss = misses.last
    else { return false }
    return lastHit > firstMiss && lastMiss > firstHit
  }
}
