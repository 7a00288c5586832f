/// Shares of several groups, each drawn towards the common share by as much as it is uncertain (beta-binomial empirical
/// Bayes).
public struct ShrunkenShares: Sendable, Equatable {
  /// What is known of one group: a Beta(alpha, beta) distribution of its share.
  public struct Group: Sendable, Equatable {
    /// First parameter: p₀·M and the hits.
    public let alpha: Double
    /// Second parameter: (1 − p₀)·M and the misses.
    public let beta: Double

    /// The mean share, 0 to 1.
    public var mean: Double { alpha / (alpha + beta) }
    /// The middle 90 %: its ends are one-sided bounds of 95 %.
    public var interval90: Interval {
      Interval(low: Distribution.betaQuantile(0.05, alpha, beta), high: Distribution.betaQuantile(0.95, alpha, beta))
    }
  }

  /// p₀, the share of all groups together.
  public let share: Double
  /// ρ, the correlation of two members of one group, 0 to 1.
  public let correlation: Double
  /// M = 1/ρ − 1: how many observations the common share is worth.
  public let priorCount: Double
  /// The groups, in the order given.
  public let groups: [Group]

  /// Shrinks `count` of `total` of each group.
  ///
  /// By moments: ρ = (Σn_i(p_i − p₀)² − (k − 1)p₀q₀)/(p₀q₀(N − Σn_i²/N − (k − 1))), held within 1e-6 to 1 − 1e-6, where M
  /// stays finite and above 0; 1e-6 means that the groups differ by no more than chance. An empty group gets the prior.
  /// Counts up to 2⁵³ together. nil for an impossible count, fewer than two groups with members, or where all are hits or
  /// all misses.
  public init?(_ samples: [(count: Int, total: Int)]) {
    let filled = samples.filter { $0.total > 0 }
    guard samples.allSatisfy({ $0.count >= 0 && $0.count <= $0.total }), filled.count > 1,
      let all = total(of: filled.lazy.map(\.total)), let hits = total(of: filled.lazy.map(\.count)),
      hits > 0, hits < all
    else { return nil }
    let n = Double(all)
    let p = Double(hits) / n
    let spare = Double(filled.count - 1)
    var between = 0.0
    var squares = 0.0
    for sample in filled {
      let size = Double(sample.total)
      let distance = Double(sample.count) / size - p
      between += size * distance * distance
      squares += size * (size / n)
    }
    let scale = n - squares - spare
    let found = scale > 0 ? (between / (p * (1 - p)) - spare) / scale : 0
    let rho = min(1 - 1e-6, max(1e-6, found))
    let prior = 1 / rho - 1
    share = p
    correlation = rho
    priorCount = prior
    groups = samples.map {
      Group(alpha: p * prior + Double($0.count), beta: (1 - p) * prior + Double($0.total - $0.count))
    }
  }
}
