import Glibc

/// How much more often a word occurs in one text than in another, with the chance taken into account: log odds with an
/// informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, equations 16, 19 and 22).
public struct LogOdds: Sendable, Equatable {
  /// δ, the log of the ratio of the odds: above 0 where the word belongs to the first text.
  public let delta: Double
  /// Its variance, 1/(y₁ + α) + 1/(y₂ + α).
  public let variance: Double

  /// δ in standard errors; words are ranked by it, and beyond ±1.96 one is worth a look.
  public var z: Double { delta / variance.squareRoot() }

  /// Compares `count` of `total` words with `otherCount` of `otherTotal`.
  ///
  /// δ = log((y₁ + α)/(n₁ + α₀ − y₁ − α)) − log((y₂ + α)/(n₂ + α₀ − y₂ − α)), α = α₀ · `background`, the word's share of a
  /// background text; by default of both texts together. The prior α₀ is how many words of background are mixed in. nil
  /// for impossible counts, for a prior that is not above 0, and where the word never occurs or nothing else does.
  public init?(
    count: Int, total: Int, otherCount: Int, otherTotal: Int, background: Double? = nil, prior: Double = 1000
  ) {
    guard total >= 0, otherTotal >= 0, count >= 0, count <= total, otherCount >= 0, otherCount <= otherTotal,
      prior > 0, prior.isFinite
    else { return nil }
    let (y, n) = (Double(count), Double(total))
    let (otherY, otherN) = (Double(otherCount), Double(otherTotal))
    let alpha = prior * (background ?? (y + otherY) / (n + otherN))
    guard alpha > 0, alpha < prior else { return nil }
    let others = prior - alpha
    delta = log((y + alpha) / (n - y + others)) - log((otherY + alpha) / (otherN - otherY + others))
    variance = 1 / (y + alpha) + 1 / (otherY + alpha)
  }
}

extension LogOdds {
  /// How much a word belongs to each of several texts by c-TF-IDF (Grootendorst 2022), for contrast: it knows no chance.
  ///
  /// Of each text the count of the word and of all words; w = count/total · log(1 + A/f), with A the mean of the totals and
  /// f the count in all texts. nil for impossible counts, and where the word never occurs.
  public static func classWeights(_ texts: [(count: Int, total: Int)]) -> [Double]? {
    guard texts.allSatisfy({ $0.count >= 0 && $0.count <= $0.total }) else { return nil }
    let all = texts.reduce(0) { $0 + Double($1.count) }
    if all == 0 { return nil }
    let mean = texts.reduce(0) { $0 + Double($1.total) } / Double(texts.count)
    let rarity = log(1 + mean / all)
    return texts.map { $0.total == 0 ? 0 : Double($0.count) / Double($0.total) * rarity }
  }
}
