import Statistics
import Testing

/// Counts up to 2⁵³ stop nothing, and give numbers: no test of the library's may end a command.
@Suite struct ExtremeCountTests {
  static let counts = [0, 1, 2, 1 << 31, 1 << 40, (1 << 52) - 1, 1 << 52]

  /// Every pair of k ≤ n.
  static var shares: [(count: Int, total: Int)] {
    counts.flatMap { total in counts.filter { $0 <= total }.map { ($0, total) } }
  }

  static func isWithin(_ interval: Interval?, _ low: Double, _ high: Double) -> Bool {
    guard let interval else { return false }
    return interval.low >= low && interval.low <= interval.high && interval.high <= high
  }

  @Test func sharesOfAnySize() {
    var checked = 0
    for (k, n) in Self.shares where n > 0 {
      #expect(Self.isWithin(ProportionInterval.jeffreys(count: k, total: n), 0, 1), "\(k) of \(n)")
      #expect(Self.isWithin(ProportionInterval.clopperPearson(count: k, total: n), 0, 1), "\(k) of \(n)")
      #expect(Self.isWithin(ProportionInterval.agrestiCoull(count: k, total: n), 0, 1), "\(k) of \(n)")
      #expect(Self.isWithin(NonresponseBounds.share(count: k, answered: k, asked: n), 0, 1))
      #expect(SliceExcess(count: k, total: n, expectedShare: 0.2).map { $0.conservative.isFinite } == true)
      #expect(Cusum.standardScore(count: k, total: n, expecting: 0.3)?.isFinite == true)
      #expect(ConfidenceSequence.halfWidth(count: n, variance: 1.2)?.isFinite == true)
      for (l, m) in Self.shares where m > 0 {
        #expect(Self.isWithin(TwoProportions.newcombe(count: k, total: n, otherCount: l, otherTotal: m), -1, 1))
        let ratio = TwoProportions.ratio(count: k, total: n, otherCount: l, otherTotal: m)
        #expect(Self.isWithin(ratio?.interval, 0, .greatestFiniteMagnitude))
        let test = TwoProportions(count: k, total: n, otherCount: l, otherTotal: m)
        #expect(test?.pValue.isFinite == true && test?.z.isFinite == true)
        let words = LogOdds(count: k, total: n, otherCount: l, otherTotal: m)
        #expect(words == nil || words?.z.isFinite == true)
        let groups = [(count: k, total: n), (count: l, total: m)]
        if let trend = ShareTrend(groups) { #expect(trend.z.isFinite && trend.pValue.isFinite, "\(groups)") }
        if let fit = LogisticTrend(groups) { #expect(fit.slope.isFinite && fit.slopeError.isFinite, "\(groups)") }
        if let shrunk = ShrunkenShares(groups) {
          #expect(shrunk.priorCount.isFinite && shrunk.groups.allSatisfy { $0.mean >= 0 && $0.mean <= 1 }, "\(groups)")
          #expect(shrunk.groups.allSatisfy { Self.isWithin($0.interval90, 0, 1) }, "\(groups)")
        }
        let strata = StratifiedComparison([
          .init(count: k, total: n, laterCount: l, laterTotal: m),
          .init(count: 1, total: 2, laterCount: 1, laterTotal: 3),
        ])
        if let strata {
          #expect(strata.rateEffect.isFinite && strata.mixEffect.isFinite, "\(groups)")
          #expect(strata.pValue?.isFinite == true && strata.riskDifference?.isFinite == true, "\(groups)")
          #expect(strata.oddsRatio?.isFinite == true, "\(groups)")
        }
        checked += 1
      }
    }
    #expect(checked == 27 * 27)
  }

  @Test func ranksOfAnySize() {
    for n in Self.counts where n > 0 {
      for q in [1e-9, 0.05, 0.5, 0.99] {
        let found = QuantileRanks(count: n, quantile: q)
        #expect(found.map { $0.coverage >= 0.95 - 1e-8 && ($0.low ?? 0) < ($0.high ?? n + 1) } == true, "\(q) of \(n)")
      }
    }
    for a in Self.counts {
      for b in Self.counts where a < 1 << 52 && b < 1 << 52 {
        for (first, second) in [([a, b, 3], [b, 1, a]), ([a, b, 0], [0, a, b]), ([a, 1, 1], [b, 1, 0])] {
          // Together they may be above the limit: then there is no answer.
          if let ranks = MannWhitney(first, second) {
            #expect(ranks.z.isFinite && ranks.superiority >= 0 && ranks.superiority <= 1, "\(first) \(second)")
          }
          if let munzel = BrunnerMunzel(first, second) {
            #expect(munzel.statistic.isFinite && munzel.pValue >= 0 && munzel.pValue <= 1, "\(first) \(second)")
          }
          if let drift = MixDrift(first, second) {
            #expect(drift.test.pValue.isFinite && drift.jensenShannonBits.isFinite, "\(first) \(second)")
          }
          guard let table = ContingencyTable([first, second]) else { continue }
          if let spearman = table.spearman { #expect(abs(spearman) <= 1, "\(first) \(second)") }
          if let tau = table.kendallTauB { #expect(abs(tau) <= 1, "\(first) \(second)") }
        }
      }
    }
    #expect(MannWhitney([1 << 53, 1], [1, 1]) == nil && MannWhitney([Int.max, Int.max], [1, 1]) == nil)
  }

  @Test func sumsOfAnySize() throws {
    let most = ExactSum(count: 1 << 51, sum: Int128(1 << 51) * Int128(Int.max))
    let least = ExactSum(count: 1 << 51, sum: Int128(1 << 51) * Int128(Int.min))
    for found in [ClusteredMean(clusters: [most, least, most]), ClusteredMean(buckets: [most, least, most])] {
      let found = try #require(found)
      #expect(found.mean.isFinite && found.standardError.isFinite && found.standardError > 0)
    }
    #expect(ClusteredMean(clusters: [ExactSum(count: 1 << 53, sum: 0), ExactSum(count: 1, sum: 0)]) == nil)
    // 10¹² records of five stars and of one, in millionths.
    var sums = CrossProducts()
    sums.add(SIMD4(5_000_000, 5_000_000, 1_000_000, 5_000_000))
    sums.add(SIMD4(1_000_000, 1_000_000, 1_000_000, 5_000_000))
    sums.add(SIMD4(1_000_000, 5_000_000, 5_000_000, 1_000_000))
    for _ in 0..<38 { sums.merge(sums) }
    #expect(sums.count == 3 << 38 && sums.correlation(0, 1)?.isFinite == true)
    if let drivers = DriverAnalysis(sums) { #expect(drivers.rSquared.isFinite) }
    var ratings = RatingSummary()
    ratings.add(millionths: 5_000_000, isPoor: false, isGood: true)
    ratings.add(millionths: 1_000_000, isPoor: true, isGood: false)
    for _ in 0..<39 { ratings.merge(ratings) }
    #expect(abs((ratings.variance ?? 0) - 4) < 1e-9 && ratings.levelEntropyBits == 1)
    let moments = ratings.moments
    #expect(WelchTest(moments, moments)?.t == 0)
    let shrunk = try #require(ShrunkenMeans([moments, Moments(count: 1, mean: 5, variance: 0), Moments()]))
    #expect(shrunk.groups.allSatisfy { $0.mean.isFinite && $0.deviation.isFinite })
    let strata = Self.counts.map { PostStratification.Stratum(population: $0 / 2, sample: moments) }
    #expect(PostStratification(strata).map { $0.mean == 3 && $0.standardError.isFinite } == true)
    #expect(PostStratification.neymanAllocation(of: 1 << 53, strata)?.allSatisfy(\.isFinite) == true)
  }
}
