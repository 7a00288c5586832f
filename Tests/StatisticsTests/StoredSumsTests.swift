import Statistics
import TestSupport
import Testing

/// Sums that were stored and read again, and means of strata.
@Suite struct StoredSumsTests {
  @Test func ratingsComeBackFromTheirSums() throws {
    var ratings = RatingSummary()
    for value in [1_000_000, 2_500_000, 5_000_000, 4_600_000] {
      ratings.add(millionths: value, isPoor: value <= 2_000_000, isGood: value >= 4_000_000)
    }
    func stored(_ sum: Int = 0, _ squares: Int128 = 0, poor: Int = 0, good: Int = 0, levels: [Int]? = nil)
      -> RatingSummary?
    {
      RatingSummary(
        sum: ratings.sum + sum, sumOfSquares: ratings.sumOfSquares + squares, poorCount: ratings.poorCount + poor,
        goodCount: ratings.goodCount + good, levels: levels ?? ratings.levelCounts)
    }
    #expect(stored() == ratings)
    #expect(stored(100_000_000) == nil && stored(-10_000_000) == nil && stored(0, -20_000_000_000_000) == nil)
    #expect(stored(0, 100_000_000_000_000) == nil && stored(poor: 2) == nil && stored(good: -3) == nil)
    #expect(stored(levels: [1, 0, 1, 0]) == nil && stored(levels: [-1, 2, 1, 0, 2]) == nil)
  }

  @Test func productsComeBackFromTheirSums() throws {
    var sums = CrossProducts()
    for index in 1...5 { sums.add([index, 6 - index, 3, index * index % 5 + 1]) }
    let stored = (0..<4).map { sums.sums[$0] }
    #expect(CrossProducts(count: 5, sums: stored, products: sums.products, range: 1...5) == sums)
    #expect(CrossProducts(count: 4, sums: [21, 1, 1, 1], products: sums.products, range: 1...5) == nil)
    #expect(CrossProducts(count: 5, sums: stored, products: [Int128](repeating: 126, count: 10), range: 1...5) == nil)
    #expect(CrossProducts(count: 5, sums: stored, products: [], range: 1...5) == nil)
  }

  @Test func bucketsAddUpToTheHistogram() {
    var (values, buckets) = (LatencyHistogram(), LatencyHistogram())
    for value in [0, 255, 256, 9999, 9999, Int.max] { values.add(value) }
    for (index, count) in values.sparse { buckets.add(count, toBucket: index) }
    #expect(values.sparse.map(\.count) == buckets.sparse.map(\.count) && values.count == buckets.count)
    #expect(values.sparse.last?.index == LatencyHistogram.bucketMax)
  }

  @Test func aMeanOfStrataIsThatOfTheirValues() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      var strata: [(sample: Moments, weight: Double)] = []
      var (values, weights, counts): ([Double], [Double], [Int]) = ([], [], [])
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let weight = Double.random(in: 1...50, using: &generator)
        var sample = Moments()
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
          let value = Double(Int.random(in: 1...5, using: &generator))
          sample.add(value)
          values.append(value)
          weights.append(weight)
        }
        strata.append((sample, weight))
        counts.append(sample.count)
      }
      let clipped = WeightedMean.clipped(strata.map(\.weight), counts: counts)
      let stratified = WeightedMean(zip(strata, clipped).map { ($0.sample, $1) })
      guard !values.isEmpty else {
        #expect(stratified == nil)
        continue
      }
      let plain = try #require(WeightedMean(values, weights: WeightedMean.clipped(weights)))
      let other = try #require(stratified)
      #expect(abs(other.mean - plain.mean) < 1e-12 && abs(other.standardError - plain.standardError) < 1e-12)
      #expect(abs(other.effectiveCount - plain.effectiveCount) < 1e-9 * plain.effectiveCount)
    }
  }
}
