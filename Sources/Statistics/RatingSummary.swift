import Glibc

/// What is kept of ratings: integers only, so that sums are the same in every order and however the input is split.
///
/// Up to 10¹² ratings; the sums hold no more.
public struct RatingSummary: Sendable, Equatable {
  /// How many ratings.
  public private(set) var count = 0
  /// Sum of the ratings in millionths of a star.
  public private(set) var sum = 0
  /// Sum of the squares in millionths² of a star.
  public private(set) var sumOfSquares: Int128 = 0
  /// How many are poor.
  public private(set) var poorCount = 0
  /// How many are good.
  public private(set) var goodCount = 0
  private var levels = SIMD8<Int>(repeating: 0)

  /// Starts with none.
  public init() {}

  /// What was kept of ratings before: their sum in millionths of a star, the sum of their squares in millionths², how many
  /// are poor and good, and how many are on each level from 1 to 5.
  ///
  /// nil for numbers that no ratings have.
  public init?(sum: Int, sumOfSquares: Int128, poorCount: Int, goodCount: Int, levels: [Int]) {
    guard levels.count == 5, levels.allSatisfy({ (0...Self.countMax).contains($0) }) else { return nil }
    count = levels.reduce(0, +)
    guard count <= Self.countMax, (0...count).contains(poorCount), (0...count - poorCount).contains(goodCount),
      (count * 1_000_000...count * 5_000_000).contains(sum),
      // Between equal ratings and the widest spread: (x − 1)(5 − x) ≥ 0.
      Int128(count) * sumOfSquares >= Int128(sum) * Int128(sum),
      sumOfSquares <= Int128(sum) * 6_000_000 - Int128(count) * 5_000_000_000_000
    else { return nil }
    self.sum = sum
    self.sumOfSquares = sumOfSquares
    self.poorCount = poorCount
    self.goodCount = goodCount
    for level in 0..<5 { self.levels[level] = levels[level] }
  }

  /// More ratings than this are not added up: 10¹¹, whose sums fit.
  public static let countMax = 100_000_000_000

  /// Adds a rating of 1,000,000 to 5,000,000 millionths of a star.
  ///
  /// Whether it is poor or good is decided on its exact value by the caller.
  public mutating func add(millionths: Int, isPoor: Bool, isGood: Bool) {
    count += 1
    sum += millionths
    sumOfSquares += Int128(millionths) * Int128(millionths)
    if isPoor { poorCount += 1 }
    if isGood { goodCount += 1 }
    levels[min(5, max(1, (millionths + 500_000) / 1_000_000)) - 1] += 1
  }

  /// Adds all of another summary.
  public mutating func merge(_ other: RatingSummary) {
    count += other.count
    sum += other.sum
    sumOfSquares += other.sumOfSquares
    poorCount += other.poorCount
    goodCount += other.goodCount
    levels &+= other.levels
  }

  /// How many ratings fall on a level of 1 to 5, halves up; for display.
  public func count(ofLevel level: Int) -> Int { levels[min(5, max(1, level)) - 1] }

  /// The mean in stars, nil without ratings.
  public var mean: Double? { count == 0 ? nil : Double(sum) / Double(count) / 1e6 }

  /// The sample variance in stars², nil below two ratings.
  ///
  /// Exact until the last division.
  public var variance: Double? {
    if count < 2 { return nil }
    let numerator = Int128(count) * sumOfSquares - Int128(sum) * Int128(sum)
    return Double(numerator) / (Double(count) * Double(count - 1)) / 1e12
  }

  /// The median of the levels; between two levels their mean.
  ///
  /// nil without ratings.
  public var median: Double? {
    if count == 0 { return nil }
    return Double(level(atRank: (count - 1) / 2) + level(atRank: count / 2)) / 2
  }

  private func level(atRank rank: Int) -> Int {
    var below = 0
    for level in 1...5 {
      below += count(ofLevel: level)
      if rank < below { return level }
    }
    return 5
  }

  /// The 95 % interval of Student for the mean, in stars, not clipped; nil below two ratings.
  public var studentInterval: (low: Double, high: Double)? {
    guard let mean, let variance else { return nil }
    let t = Distribution.studentQuantile(0.975, degreesOfFreedom: Double(count - 1))
    let half = t * (variance / Double(count)).squareRoot()
    return (mean - half, mean + half)
  }

  /// The 95 % interval of a Dirichlet posterior with 0.2 of a rating on each level, clipped to 1 to 5 stars.
  public var dirichletInterval: (low: Double, high: Double) { dirichletInterval(times: ProportionInterval.z95) }

  /// As `dirichletInterval`, for very few ratings, and for ratings with a design effect d, of which each counts as a d-th
  /// of one: with the quantile of Student's distribution at n + 1 degrees of freedom.
  ///
  /// Of five ratings of two camps the normal quantile covers 86 %, this one 90 % (simulated).
  public func smallSampleInterval(designEffect: Double) -> (low: Double, high: Double) {
    dirichletInterval(times: Self.quantile(Double(count)), designEffect: designEffect)
  }

  /// The same for ratings of which only mean and variance (the mean squared distance) are known, in stars, and which say
  /// as much as `count` of them.
  public static func smallSampleInterval(
    mean: Double, variance: Double, count: Double
  ) -> (low: Double, high: Double) {
    let posterior = posterior(
      count: count, sum: count * mean, squares: count * (variance + mean * mean), prior: 0.2)
    return ends(posterior, times: quantile(count))
  }

  private static func quantile(_ count: Double) -> Double {
    Distribution.studentQuantile(0.975, degreesOfFreedom: count + 1)
  }

  private func dirichletInterval(times quantile: Double, designEffect: Double = 1) -> (low: Double, high: Double) {
    Self.ends(dirichlet(prior: 0.2, designEffect: designEffect), times: quantile)
  }

  private static func ends(
    _ posterior: (mean: Double, deviation: Double), times quantile: Double
  ) -> (low: Double, high: Double) {
    let half = quantile * posterior.deviation
    return (max(1, posterior.mean - half), min(5, posterior.mean + half))
  }

  /// Mean and standard deviation, in stars, of the posterior mean rating with `prior` of a rating on each level.
  ///
  /// A Dirichlet prior (Miller, Ranking Items With Star Ratings): with a_k = c_k + prior and N = n + 5·prior, m = Σk·a_k/N
  /// and sd = √((Σk²·a_k/N − m²)/(N + 1)). Through the sums, so that fractional ratings count as what they are. `prior` is
  /// above 0; without ratings the mean is 3. With a design effect, at least 1, each c_k is divided by it.
  public func dirichlet(prior: Double, designEffect: Double = 1) -> (mean: Double, deviation: Double) {
    Self.posterior(
      count: Double(count) / designEffect, sum: Double(sum) / 1e6 / designEffect,
      squares: Double(sumOfSquares) / 1e12 / designEffect, prior: prior)
  }

  private static func posterior(
    count: Double, sum: Double, squares: Double, prior: Double
  ) -> (mean: Double, deviation: Double) {
    let n = count + 5 * prior
    let mean = (sum + prior * 15) / n
    let second = (squares + prior * 55) / n
    return (mean, (max(0, second - mean * mean) / (n + 1)).squareRoot())
  }

  /// How many ratings fall on each level, from 1 to 5, for tests on ranks.
  public var levelCounts: [Int] { (1...5).map { count(ofLevel: $0) } }

  /// Count, mean and variance in stars, for tests on means; the variance of fewer than two ratings counts as 0.
  public var moments: Moments { Moments(count: count, mean: mean ?? 0, variance: variance ?? 0) }

  /// Shannon's entropy of the levels in bits, −Σ p·log₂ p: 0 where all ratings are on one level, log₂ 5 where they are
  /// even.
  ///
  /// nil without ratings.
  public var levelEntropyBits: Double? {
    if count == 0 { return nil }
    let shares = levelCounts.lazy.filter { $0 > 0 }.map { Double($0) / Double(self.count) }
    return shares.reduce(0) { $0 - $1 * log2($1) }
  }

  /// The 95 % interval for the mean that is printed: Dirichlet below 30 ratings, where Student's covers too little on
  /// J-shaped ratings; Student's from there on, clipped to 1 to 5 stars.
  ///
  /// Where all ratings are equal Student's has no width, which claims too much: Dirichlet then, too. nil without ratings.
  public var meanInterval: (low: Double, high: Double)? {
    if count == 0 { return nil }
    if count < 30 || variance == 0 { return dirichletInterval }
    return studentInterval.map { (max(1, $0.low), min(5, $0.high)) }
  }
}
