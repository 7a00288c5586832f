import Statistics
import TestSupport
import Testing

/// Laws of shares and their intervals, and of the distributions under them.
@Suite struct ShareLawTests {
  /// The intervals by name, each of `count` of `total`.
  static let intervals: [(name: String, of: @Sendable (Int, Int) -> Interval?)] = [
    ("Jeffreys", { ProportionInterval.jeffreys(count: $0, total: $1) }),
    ("Clopper-Pearson", { ProportionInterval.clopperPearson(count: $0, total: $1) }),
    ("Agresti-Coull", { ProportionInterval.agrestiCoull(count: $0, total: $1) }),
  ]

  @Test func intervalsMirrorAndRise() throws {
    for (name, interval) in Self.intervals {
      for total in [1, 2, 7, 30, 411] {
        var last: Interval?
        for count in 0...total {
          let found = try #require(interval(count, total))
          let mirror = try #require(interval(total - count, total))
          #expect(abs(found.low - (1 - mirror.high)) < 1e-11, "\(name) \(count) of \(total)")
          #expect(found.low >= 0 && found.low <= found.high && found.high <= 1)
          if name != "Jeffreys" {
            let share = Double(count) / Double(total)
            #expect(found.low <= share + 1e-12 && share <= found.high + 1e-12)
          }
          if let last { #expect(last.low <= found.low && last.high <= found.high) }
          last = found
        }
      }
      #expect(interval(0, 0) == nil && interval(-1, 3) == nil && interval(4, 3) == nil)
    }
  }

  @Test func theExactIntervalIsTheWidest() throws {
    for total in [3, 40, 2000] {
      for count in stride(from: 0, through: total, by: max(1, total / 23)) {
        let exact = try #require(ProportionInterval.clopperPearson(count: count, total: total))
        let jeffreys = try #require(ProportionInterval.jeffreys(count: count, total: total))
        #expect(exact.low <= jeffreys.low && jeffreys.high <= exact.high)
        let wide = try #require(ProportionInterval.clopperPearson(count: count, total: total, confidence: 0.99))
        #expect(wide.low <= exact.low && exact.high <= wide.high)
      }
    }
  }

  @Test func theBinomialDistributionIsASumOfItsTerms() {
    for trials in [1, 2, 13, 60] {
      for p in [0.001, 0.2, 0.5, 0.93] {
        var term = (0..<trials).reduce(1.0) { product, _ in product * (1 - p) }
        var sum = 0.0
        for k in 0...trials {
          sum += term
          let found = Distribution.binomialCDF(k, trials: trials, probability: p)
          #expect(abs(found - min(1, sum)) < 1e-13, "\(k) of \(trials) at \(p)")
          term *= Double(trials - k) / Double(k + 1) * p / (1 - p)
        }
      }
    }
    #expect(Distribution.binomialCDF(-1, trials: 3, probability: 0.5) == 0)
    #expect(Distribution.binomialCDF(0, trials: 0, probability: 0.5) == 1)
    #expect(Distribution.binomialCDF(1, trials: 3, probability: 1.5).isNaN)
  }

  @Test func theBetaDistributionMirrorsAndInverts() {
    func scale(_ generator: inout SeededGenerator) -> Double {
      [1, 30, 1e4, 1e7].randomElement(using: &generator) ?? 1
    }
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<300 {
      let a = Double.random(in: 1...10, using: &generator) * scale(&generator)
      let b = Double.random(in: 1...10, using: &generator) * scale(&generator)
      let p = Double.random(in: 0.001...0.999, using: &generator)
      let x = Distribution.betaQuantile(p, a, b)
      #expect(abs(Distribution.incompleteBeta(x, a, b) - p) < 1e-8, "\(p) \(a) \(b)")
      let sum = Distribution.incompleteBeta(x, a, b) + Distribution.incompleteBeta(1 - x, b, a)
      #expect(abs(sum - 1) < 1e-8, "\(p) \(a) \(b)")
    }
  }

  /// What SciPy 1.17.1 gives for counts of millions and more.
  @Test func largeCounts() throws {
    let values = [
      (1e6, 3e6, 0.2502, 0.8222018277668669), (5e7, 2e8, 0.20003, 0.8821575067641484),
      (2e8, 6e8, 0.25002, 0.9042891532401525), (4e12, 4e12, 0.5000001, 0.7141961774267265),
      (3.5, 1e12, 2e-12, 0.2202225915253207), (1e5, 1e12, 1.005e-7, 0.9429003684682978),
    ]
    for (a, b, x, expected) in values {
      let found = Distribution.incompleteBeta(x, a, b)
      #expect(abs(found - expected) < 2e-8, "\(a) \(b) \(x): \(found)")
    }
    let intervals = [
      (1_000_000_000, 4_000_000_000, 0.2499865810998218, 0.2500134192619709),
      (3, 1_000_000_000_000, 6.186721228960288e-13, 8.767273069717104e-12),
      (123_456, 1_000_000_000, 0.00012276833085301321, 0.00012414656552568756),
      (5_000_000, 10_000_000, 0.4996900525213711, 0.5003099474786289),
    ]
    for (count, total, low, high) in intervals {
      let found = try #require(ProportionInterval.clopperPearson(count: count, total: total))
      #expect(abs(found.low / low - 1) < 1e-8 && abs(found.high / high - 1) < 1e-8, "\(count) of \(total)")
    }
    let ranks = [
      (1_000_000, 0.95, 949_572, 950_428), (1_000_000_000, 0.5, 499_969_010, 500_030_991),
      (10_000_000_000, 0.01, 99_980_499, 100_019_503),
    ]
    for (count, q, low, high) in ranks {
      let found = try #require(QuantileRanks(count: count, quantile: q))
      #expect(found.low == low && found.high == high, "\(q) of \(count): \(found)")
    }
  }

  /// Where the expansion takes over from the fraction, both say the same.
  @Test func largeParametersJoinSmoothly() {
    for ratio in [1.0, 3, 1000] {
      let (a, b) = (1e8, 1e8 * ratio)
      let mean = a / (a + b)
      let deviation = (mean * (1 - mean) / (a + b)).squareRoot()
      for z in [-4, -1, -0.05, 0, 0.05, 1, 3] {
        let below = Distribution.incompleteBeta(mean + z * deviation, a, b)
        let above = Distribution.incompleteBeta(mean + z * deviation, a.nextUp, b.nextUp)
        #expect(abs(below - above) < 2e-8, "\(z) at \(a) and \(b): \(below) \(above)")
      }
    }
  }

  @Test func studentTendsToNormal() {
    for t in [0.1, 1, 2.5, 6] {
      let normal = 2 * Distribution.normalCDF(-t)
      for df in [1e9, 1e15, .infinity] {
        let found = Distribution.studentTwoSided(t, degreesOfFreedom: df)
        #expect(abs(found - normal) < 1e-6 * normal, "\(t) \(df)")
      }
      // Where the expansion takes over from the beta function, both say the same.
      let below = Distribution.studentTwoSided(t, degreesOfFreedom: 1e7.nextDown)
      let above = Distribution.studentTwoSided(t, degreesOfFreedom: 1e7)
      #expect(abs(below - above) < 1e-8 * above, "\(t): \(below) \(above)")
    }
    #expect(Distribution.studentTwoSided(.infinity, degreesOfFreedom: 3) == 0)
    #expect(Distribution.studentTwoSided(0, degreesOfFreedom: 3) == 1)
  }

  @Test func comparisonsOfSharesAreAntisymmetric() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let (n, m) = (Int.random(in: 1...60, using: &generator), Int.random(in: 1...60, using: &generator))
      let (k, l) = (Int.random(in: 0...n, using: &generator), Int.random(in: 0...m, using: &generator))
      let there = try #require(TwoProportions.newcombe(count: k, total: n, otherCount: l, otherTotal: m))
      let back = try #require(TwoProportions.newcombe(count: l, total: m, otherCount: k, otherTotal: n))
      #expect(abs(there.low + back.high) < 1e-12 && abs(there.high + back.low) < 1e-12)
      let difference = Double(k) / Double(n) - Double(l) / Double(m)
      #expect(there.low <= difference && difference <= there.high && there.low >= -1 && there.high <= 1)
      let ratio = try #require(TwoProportions.ratio(count: k, total: n, otherCount: l, otherTotal: m))
      let inverse = try #require(TwoProportions.ratio(count: l, total: m, otherCount: k, otherTotal: n))
      #expect(abs(ratio.ratio * inverse.ratio - 1) < 1e-12)
      #expect(abs(ratio.interval.low * inverse.interval.high - 1) < 1e-12)
    }
  }

  @Test func fishersTestIsASumOverTables() throws {
    var factorial = [1.0]
    for i in 1...30 { factorial.append(factorial[i - 1] * Double(i)) }
    func choose(_ n: Int, _ k: Int) -> Double { factorial[n] / factorial[k] / factorial[n - k] }
    var checked = 0
    for (n, m) in [(1, 1), (4, 9), (10, 10), (3, 14)] {
      for k in 0...n {
        for l in 0...m {
          let chances = (max(0, k + l - m)...min(n, k + l)).map { choose(n, $0) * choose(m, k + l - $0) }
          let own = choose(n, k) * choose(m, l)
          let p = chances.filter { $0 <= own * (1 + 1e-9) }.reduce(0, +) / chances.reduce(0, +)
          let found = try #require(
            TwoProportions.fisherPValue(count: k, total: n, otherCount: l, otherTotal: m))
          #expect(abs(found - p) < 1e-12, "\(k) of \(n), \(l) of \(m)")
          checked += 1
        }
      }
    }
    #expect(checked == 4 + 50 + 121 + 60)
    #expect(TwoProportions.fisherPValue(count: 0, total: 1 << 40, otherCount: 1, otherTotal: 2) == nil)
    #expect(TwoProportions.fisherPValue(count: 0, total: 0, otherCount: 1, otherTotal: 2) == nil)
    // So unlikely that its weight against the likeliest table is no number any more.
    let least = TwoProportions.fisherPValue(
      count: 500_000, total: 500_000, otherCount: 0, otherTotal: 500_000)
    #expect(least == 0)
  }

  @Test func silenceWidensTheBounds() throws {
    for asked in [1, 50, 1000] {
      for answered in stride(from: 0, through: asked, by: max(1, asked / 9)) {
        for count in stride(from: 0, through: answered, by: max(1, asked / 9)) {
          let bounds = try #require(NonresponseBounds.share(count: count, answered: answered, asked: asked))
          #expect(abs(bounds.high - bounds.low - Double(asked - answered) / Double(asked)) < 1e-12)
          #expect(bounds.low >= 0 && bounds.high <= 1)
        }
      }
    }
    #expect(NonresponseBounds.share(count: 0, answered: 0, asked: 0) == nil)
    #expect(NonresponseBounds.share(count: 3, answered: 2, asked: 5) == nil)
  }

  @Test func quantilesLieBetweenTheirRanks() throws {
    for count in [1, 2, 9, 58, 59, 300, 5000] {
      for q in [0.01, 0.5, 0.9, 0.95, 0.99] {
        let found = try #require(QuantileRanks(count: count, quantile: q))
        let mirror = try #require(QuantileRanks(count: count, quantile: 1 - q))
        #expect(found.coverage >= 0.95 - 1e-12)
        #expect((found.low ?? 0) < (found.high ?? count + 1))
        #expect(found.low == mirror.high.map { count + 1 - $0 }, "\(q) of \(count)")
        // The nearest rank lies within, but for two values, whose 99th percentile it takes to be the lower one.
        if count == 2 { continue }
        let rank = Int(q * Double(count - 1)) + 1
        #expect((found.low ?? 0) <= rank && rank <= (found.high ?? count + 1))
      }
    }
    #expect(QuantileRanks(count: 0, quantile: 0.5) == nil && QuantileRanks(count: 5, quantile: 1) == nil)
    #expect(QuantileRanks(count: 1, quantile: 0.5)?.low == nil)
  }

  @Test func smallerDifferencesNeedMore() throws {
    #expect(ProportionInterval.sampleSize(from: 0.10, to: 0.15) == 686)
    #expect(ProportionInterval.sampleSize(from: 0.20, to: 0.25) == 1094)
    #expect(ProportionInterval.sampleSize(from: 0.2, to: 0.2) == nil)
    var last = (0.0, 0.0, 0.0)
    for difference in [0.4, 0.2, 0.1, 0.05, 0.01] {
      let size = (
        try #require(SampleSize.shares(0.3, 0.3 + difference)), try #require(SampleSize.arcsine(0.3, 0.3 + difference)),
        try #require(SampleSize.means(effect: difference))
      )
      #expect(size.0 > last.0 && size.1 > last.1 && size.2 > last.2)
      #expect(abs(size.0 / size.1 - 1) < 0.05)
      last = size
      #expect(SampleSize.means(effect: -difference) == size.2)
      #expect(try #require(SampleSize.means(effect: difference, power: 0.9)) > size.2)
      #expect(try #require(SampleSize.shares(0.3, 0.3 + difference, power: 0.9)) > size.0)
    }
    #expect(SampleSize.means(effect: 0) == nil && SampleSize.arcsine(0.2, 0.2) == nil)
    #expect(SampleSize.means(effect: .nan) == nil && SampleSize.shares(0.1, 1.2) == nil)
    #expect(SampleSize.means(effect: 0.3, power: 0.04) == nil)
    // Two of each are the least: with so large an effect they suffice.
    #expect(SampleSize.means(effect: 1000) == 2)
  }

  @Test func adjustedProbabilitiesKeepTheirOrder() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<100 {
      var p = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        Double.random(in: 0...1, using: &generator) * (Bool.random(using: &generator) ? 1 : 1e-4)
      }
      if p.count > 2 { p[1] = p[0] }
      let q = FalseDiscovery.adjusted(p)
      let strict = FalseDiscovery.adjustedUnderDependence(p)
      let familywise = FalseDiscovery.familywise(p)
      for i in p.indices {
        #expect(q[i] >= p[i] * (1 - 1e-12) && strict[i] >= q[i] && familywise[i] >= q[i] * (1 - 1e-12))
        #expect(strict[i] <= 1 && familywise[i] <= 1)
        for j in p.indices where p[i] <= p[j] {
          #expect(q[i] <= q[j] && strict[i] <= strict[j] && familywise[i] <= familywise[j])
        }
      }
      let order = Array(p.indices).shuffled(using: &generator)
      let shuffled = FalseDiscovery.familywise(order.map { p[$0] })
      #expect(shuffled == order.map { familywise[$0] })
    }
    #expect(FalseDiscovery.adjustedUnderDependence([]).isEmpty && FalseDiscovery.familywise([]).isEmpty)
  }
}
