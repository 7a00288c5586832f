import Foundation
import Statistics
import TestSupport
import Testing

/// Laws of groups side by side, strata, clusters and weights.
@Suite struct GroupLawTests {
  /// Counts of levels, and the values behind them.
  static func levels(_ generator: inout SeededGenerator, count: Int) -> (counts: [Int], values: [Int]) {
    let values = (0..<count).map { _ in Int.random(in: 0..<Int.random(in: 1...5, using: &generator), using: &generator)
    }
    return ((0..<5).map { level in values.count { $0 == level } }, values)
  }

  static func moments(_ values: [Double]) -> Moments {
    var moments = Moments()
    values.forEach { moments.add($0) }
    return moments
  }

  @Test func ranksCountPairs() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      let a = Self.levels(&generator, count: Int.random(in: 1...25, using: &generator))
      let b = Self.levels(&generator, count: Int.random(in: 1...25, using: &generator))
      let found = try #require(MannWhitney(a.counts, b.counts))
      let back = try #require(MannWhitney(b.counts, a.counts))
      var won = 0.0
      for x in a.values { for y in b.values { won += x > y ? 1 : x == y ? 0.5 : 0 } }
      #expect(found.u == won)
      #expect(abs(found.superiority + back.superiority - 1) < 1e-12)
      #expect(abs(found.z + back.z) < 1e-12 && abs(found.pValue - back.pValue) < 1e-12)
      #expect(found.pValueWithContinuity >= found.pValue && found.pValueWithContinuity <= 1)
      #expect(abs(found.cliffsDelta) <= 1)
      // Levels on which nobody is change nothing.
      #expect(MannWhitney([0] + a.counts + [0], [0] + b.counts + [0]) == found)
      let munzel = BrunnerMunzel(a.counts, b.counts)
      let munzelBack = BrunnerMunzel(b.counts, a.counts)
      #expect((munzel == nil) == (munzelBack == nil))
      if let munzel, let munzelBack {
        #expect(abs(munzel.statistic + munzelBack.statistic) < 1e-9)
        #expect(munzel.statistic * (found.superiority - 0.5) <= 1e-12)
        #expect(munzel.pValue >= 0 && munzel.pValue <= 1)
      }
    }
  }

  @Test func groupsThatCannotBeCompared() {
    #expect(
      MannWhitney([0, 0], [1, 2]) == nil && MannWhitney([1], [1, 2]) == nil && MannWhitney([-1, 5], [1, 2]) == nil)
    #expect(MannWhitney([0, 7], [0, 9])?.z == 0 && MannWhitney([0, 7], [0, 9])?.pValue == 1)
    #expect(BrunnerMunzel([0, 7], [0, 9]) == nil && BrunnerMunzel([7, 0], [0, 9]) == nil)
    #expect(BrunnerMunzel([1, 0], [3, 9]) == nil)
    let (one, equal) = (Self.moments([3]), Self.moments([3, 3, 3]))
    #expect(WelchTest(one, equal) == nil && WelchTest(equal, equal) == nil && WelchTest(Moments(), equal) == nil)
    #expect(WelchTest.hedgesG(equal, equal) == nil && WelchTest.hedgesG(Moments(), equal) == nil)
    #expect(WelchTest.hedgesG(one, one) == nil && WelchTest(Self.moments([1, 2]), equal) != nil)
  }

  @Test func meansAreComparedOnAnyScale() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      let a = (0..<Int.random(in: 2...30, using: &generator)).map { _ in Double.random(in: 1...5, using: &generator) }
      let b = (0..<Int.random(in: 2...30, using: &generator)).map { _ in Double.random(in: 1...5, using: &generator) }
      let found = try #require(WelchTest(Self.moments(a), Self.moments(b)))
      let back = try #require(WelchTest(Self.moments(b), Self.moments(a)))
      #expect(abs(found.t + back.t) < 1e-9 && abs(found.pValue - back.pValue) < 1e-9)
      #expect(found.interval.low <= found.difference && found.difference <= found.interval.high)
      #expect((found.pValue < 0.05) == (found.interval.low > 0 || found.interval.high < 0))
      let scaled = try #require(WelchTest(Self.moments(a.map { 1e-90 * $0 }), Self.moments(b.map { 1e-90 * $0 })))
      #expect(abs(scaled.t - found.t) < 1e-9 && abs(scaled.degreesOfFreedom - found.degreesOfFreedom) < 1e-6)
      let g = try #require(WelchTest.hedgesG(Self.moments(a), Self.moments(b)))
      #expect(g * found.t >= 0)
      var merged = Self.moments(a)
      merged.merge(Self.moments(b))
      let whole = Self.moments(a + b)
      #expect(merged.count == whole.count && abs(merged.mean - whole.mean) < 1e-12)
      #expect(abs(merged.squaredDeviations - whole.squaredDeviations) < 1e-9)
    }
  }

  @Test func shrunkenMeansLieBetween() throws {
    var generator = SeededGenerator(seed: 6)
    var shrunkCount = 0
    for _ in 0..<100 {
      let shift = Bool.random(using: &generator) ? 1.0 : 0
      var samples = (0..<Int.random(in: 2...12, using: &generator)).map { _ in
        let level = shift * Double.random(in: 0...2, using: &generator)
        return Self.moments(
          (0..<Int.random(in: 1...40, using: &generator)).map { _ in level + Double.random(in: 1...3, using: &generator)
          })
      }
      samples.append(Moments())
      guard let found = ShrunkenMeans(samples) else { continue }
      shrunkCount += 1
      for (sample, group) in zip(samples, found.groups) {
        #expect(group.weight >= 0 && group.weight <= 1 && group.deviation >= 0)
        #expect(group.bounds.low <= group.mean && group.mean <= group.bounds.high)
        if sample.count == 0 {
          #expect(group.weight == 0 && group.mean == found.mean)
          continue
        }
        let (least, most) = (min(sample.mean, found.mean), max(sample.mean, found.mean))
        #expect(group.mean >= least - 1e-12 && group.mean <= most + 1e-12)
        for (other, otherGroup) in zip(samples, found.groups) where other.count > sample.count {
          #expect(otherGroup.weight >= group.weight)
        }
      }
      let back = try #require(ShrunkenMeans(samples.reversed()))
      #expect(abs(back.betweenVariance - found.betweenVariance) < 1e-9 && abs(back.mean - found.mean) < 1e-9)
    }
    #expect(shrunkCount > 90)
    #expect(ShrunkenMeans([]) == nil && ShrunkenMeans([Self.moments([1]), Self.moments([2])]) == nil)
    #expect(ShrunkenMeans([Self.moments([4, 4]), Self.moments([2, 2])]) == nil)
    // One group has nothing to be drawn to but itself.
    let alone = ShrunkenMeans([Self.moments([1, 2, 3])])
    #expect(alone?.betweenVariance == 0 && alone?.groups.first?.mean == 2)
    #expect(ShrunkenMeans.weightedRating(count: 0, mean: 0, commonMean: 4) == 4)
    #expect(ShrunkenMeans.weightedRating(count: 0, mean: 0, commonMean: 4, priorCount: 0) == nil)
  }

  @Test func shrunkenSharesLieBetween() throws {
    var generator = SeededGenerator(seed: 7)
    var checked = 0
    for _ in 0..<100 {
      let samples = (0..<Int.random(in: 2...9, using: &generator)).map { _ in
        let total = Int.random(in: 0...50, using: &generator)
        return (count: Int.random(in: 0...total, using: &generator), total: total)
      }
      guard let found = ShrunkenShares(samples) else { continue }
      for (sample, group) in zip(samples, found.groups) {
        let share = sample.total == 0 ? found.share : Double(sample.count) / Double(sample.total)
        let (least, most) = (min(share, found.share), max(share, found.share))
        #expect(group.mean >= least - 1e-12 && group.mean <= most + 1e-12)
        let interval = group.interval90
        #expect(interval.low >= 0 && interval.low <= interval.high && interval.high <= 1)
        checked += 1
      }
    }
    #expect(checked > 300)
    #expect(ShrunkenShares([(0, 5), (0, 9)]) == nil && ShrunkenShares([(5, 5), (9, 9)]) == nil)
    #expect(ShrunkenShares([(1, 5)]) == nil && ShrunkenShares([(6, 5), (1, 2)]) == nil)
    // Groups that differ by no more than chance share one prior, worth much.
    #expect((ShrunkenShares([(10, 100), (10, 100), (10, 100)])?.priorCount ?? 0) > 1e5)
  }

  @Test func ratesAndMixAddUp() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<200 {
      let strata = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
        let (n, m) = (Int.random(in: 0...40, using: &generator), Int.random(in: 0...40, using: &generator))
        return StratifiedComparison.Stratum(
          count: Int.random(in: 0...n, using: &generator), total: n,
          laterCount: Int.random(in: 0...m, using: &generator), laterTotal: m)
      }
      guard let found = StratifiedComparison(strata) else { continue }
      #expect(abs(found.rateEffect + found.mixEffect - (found.after - found.before)) < 1e-12)
      if let p = found.pValue { #expect(p >= 0 && p <= 1) }
      if let difference = found.riskDifference { #expect(abs(difference) <= 1) }
      let back = try #require(
        StratifiedComparison(
          strata.map {
            .init(count: $0.laterCount, total: $0.laterTotal, laterCount: $0.count, laterTotal: $0.total)
          }))
      #expect(abs(back.rateEffect + found.rateEffect) < 1e-12 && abs(back.mixEffect + found.mixEffect) < 1e-12)
      #expect(abs((back.chiSquare ?? 0) - (found.chiSquare ?? 0)) < 1e-9)
      if let ratio = found.oddsRatio, let inverse = back.oddsRatio { #expect(abs(ratio * inverse - 1) < 1e-9) }
    }
    let same = try #require(StratifiedComparison([.init(count: 3, total: 9, laterCount: 3, laterTotal: 9)]))
    #expect(same.rateEffect == 0 && same.mixEffect == 0 && same.pValue == 1 && same.oddsRatio == 1)
    #expect(StratifiedComparison([]) == nil)
    #expect(StratifiedComparison([.init(count: 1, total: 1, laterCount: 0, laterTotal: 0)]) == nil)
    // A new category is all mix.
    let new = StratifiedComparison([
      .init(count: 1, total: 10, laterCount: 1, laterTotal: 10),
      .init(count: 0, total: 0, laterCount: 5, laterTotal: 10),
    ])
    #expect(new?.rateEffect == 0 && new?.riskDifference == 0)
    let certain = StratifiedComparison([.init(count: 2, total: 2, laterCount: 2, laterTotal: 2)])
    #expect(certain?.chiSquare == nil && certain?.oddsRatio == nil)
  }

  @Test func peopleWithOneRatingAreNoClusters() throws {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<50 {
      let values = (0..<Int.random(in: 2...60, using: &generator)).map { _ in Int.random(in: 1...5, using: &generator) }
      for offset: Int128 in [0, 1 << 100] {
        let clusters = values.map { ExactSum(count: 1, sum: offset + Int128($0)) }
        let moments = Self.moments(values.map { Double($0) })
        let variance = try #require(moments.variance)
        for found in [ClusteredMean(clusters: clusters), ClusteredMean(buckets: clusters)] {
          let found = try #require(found)
          #expect(abs(found.standardError * found.standardError - variance / Double(values.count)) < 1e-12)
          #expect(found.degreesOfFreedom == values.count - 1)
          let effect = found.designEffect(variance: variance, count: values.count)
          #expect(variance == 0 ? effect == nil : abs((effect ?? 0) - 1) < 1e-9)
        }
      }
      // The same people thrice: as many clusters, three times the values, and nothing learnt.
      let people = values.map { ExactSum(count: 1, sum: Int128($0)) }
      let repeated = values.map { ExactSum(count: 3, sum: 3 * Int128($0)) }
      let (once, thrice) = (ClusteredMean(clusters: people), ClusteredMean(clusters: repeated))
      #expect(abs((once?.standardError ?? 0) - (thrice?.standardError ?? 1)) < 1e-12)
      let scaled = try #require(
        ClusteredMean(clusters: people.map { ExactSum(count: $0.count, sum: $0.sum * 1_000_000) }, unit: 1e-6))
      #expect(abs(scaled.mean - (once?.mean ?? 0)) < 1e-12)
      #expect(abs(scaled.standardError - (once?.standardError ?? 0)) < 1e-12)
    }
    #expect(ClusteredMean(clusters: [ExactSum(count: 5, sum: 9)]) == nil)
    #expect(ClusteredMean(buckets: [ExactSum(count: 5, sum: 9), ExactSum()]) == nil)
    let equal = ClusteredMean(clusters: [ExactSum(count: 5, sum: 15), ExactSum(count: 2, sum: 6)])
    #expect(equal?.standardError == 0 && equal?.interval.low == 3)
  }

  @Test func equalWeightsAreNoWeights() throws {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<50 {
      let values = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        Double.random(in: 1...5, using: &generator)
      }
      let weights = values.map { _ in Double.random(in: 1...100, using: &generator) }
      let plain = try #require(WeightedMean(values, weights: values.map { _ in 7 }))
      #expect(abs(plain.effectiveCount - Double(values.count)) < 1e-9)
      #expect(abs(plain.mean - Self.moments(values).mean) < 1e-12)
      let found = try #require(WeightedMean(values, weights: weights))
      let scaled = try #require(WeightedMean(values, weights: weights.map { 1e200 * $0 }))
      #expect(abs(found.mean - scaled.mean) < 1e-12 && abs(found.effectiveCount - scaled.effectiveCount) < 1e-9)
      #expect(found.effectiveCount >= 1 - 1e-12 && found.effectiveCount <= Double(values.count) + 1e-9)
      let clipped = WeightedMean.clipped(weights, permille: 500)
      let most = clipped.max() ?? 0
      #expect(zip(clipped, weights).allSatisfy { $0 == min($1, most) })
      #expect(weights.count { $0 <= most } >= (values.count + 1) / 2)
      #expect(WeightedMean.clipped(weights, permille: 1000) == weights)
    }
    #expect(WeightedMean([], weights: []) == nil && WeightedMean([1], weights: [0]) == nil)
    #expect(WeightedMean([1], weights: [-1]) == nil && WeightedMean([1], weights: [.infinity]) == nil)
    #expect(WeightedMean([1, 2], weights: [1]) == nil && WeightedMean.clipped([]).isEmpty)
    #expect(WeightedMean.horvitzThompson([1], weights: [1], population: 0) == nil)
  }

  @Test func strataOfUnequalSpread() throws {
    let strata = [
      PostStratification.Stratum(population: 10, sample: Moments(count: 5, mean: 2, variance: 4)),
      PostStratification.Stratum(population: 30, sample: Moments(count: 5, mean: 4, variance: 0)),
      PostStratification.Stratum(population: 0, sample: Moments()),
    ]
    #expect(PostStratification(strata)?.mean == 3.5)
    #expect(PostStratification.neymanAllocation(of: 9, strata) == [9, 0, 0])
    #expect(PostStratification([]) == nil && PostStratification([strata[2]]) == nil)
    #expect(PostStratification([.init(population: 4, sample: Moments(count: 1, mean: 2, variance: 0))]) == nil)
    #expect(PostStratification.neymanAllocation(of: 9, [strata[1]]) == nil)
  }
}
