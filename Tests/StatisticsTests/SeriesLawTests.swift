import Foundation
import Statistics
import TestSupport
import Testing

/// Laws of associations, series, response times and words.
@Suite struct SeriesLawTests {
  @Test func crossProductsMergeToTheWhole() throws {
    var generator = SeededGenerator(seed: 11)
    var analysed = 0
    for _ in 0..<60 {
      var whole = CrossProducts()
      var parts = [CrossProducts(), CrossProducts(), CrossProducts()]
      var (turned, stars) = (CrossProducts(), CrossProducts())
      for _ in 0..<Int.random(in: 0..<80, using: &generator) {
        let common = Int.random(in: 1...3, using: &generator)
        func level() -> Int { common + Int.random(in: 0...2, using: &generator) }
        let row = SIMD4(level(), level(), level(), level())
        whole.add(row &* 1_000_000)
        parts[Int.random(in: 0..<3, using: &generator)].add(row &* 1_000_000)
        turned.add(SIMD4(row[0], row[3], row[1], row[2]))
        stars.add(row)
      }
      var merged = parts[2]
      merged.merge(parts[0])
      merged.merge(parts[1])
      #expect(merged == whole)
      guard let found = DriverAnalysis(whole), let other = DriverAnalysis(turned), let inStars = DriverAnalysis(stars)
      else { continue }
      analysed += 1
      #expect(abs(found.importance.reduce(0, +) - found.rSquared) < 1e-12)
      #expect(found.importance.allSatisfy { $0 > -1e-12 } && found.rSquared <= 1)
      #expect(found.varianceInflation.allSatisfy { $0 >= 1 - 1e-12 })
      for index in 0..<3 {
        #expect(abs(found.importance[index] - other.importance[(index + 1) % 3]) < 1e-9)
        #expect(abs(found.coefficients[index] - inStars.coefficients[index]) < 1e-9)
      }
      #expect(abs(found.intercept - 1e6 * inStars.intercept) < 1e-3)
    }
    #expect(analysed > 40)
  }

  @Test func driversThatCannotBeToldApart() {
    var (equal, constant, few) = (CrossProducts(), CrossProducts(), CrossProducts())
    for index in 0..<30 {
      equal.add(SIMD4(index % 5, index % 4, index % 4, index % 3))
      constant.add(SIMD4(index % 5, index % 4, 3, index % 3))
      if index < 4 { few.add(SIMD4(index, index % 2, index / 2, 1 - index % 3)) }
    }
    #expect(DriverAnalysis(equal) == nil && DriverAnalysis(constant) == nil && DriverAnalysis(few) == nil)
    #expect(equal.correlation(1, 2) == 1 && constant.correlation(0, 2) == nil)
    #expect(CrossProducts().mean(0) == nil && CrossProducts().correlation(0, 1) == nil)
  }

  @Test func tablesCountPairs() throws {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<80 {
      let values = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        (Int.random(in: 0..<5, using: &generator), Int.random(in: 0..<5, using: &generator))
      }
      var (table, turned, mirrored, half) = (
        ContingencyTable(), ContingencyTable(), ContingencyTable(), ContingencyTable()
      )
      for (index, value) in values.enumerated() {
        if index % 2 == 0 { half.add(row: value.0, column: value.1) } else { table.add(row: value.0, column: value.1) }
        turned.add(row: value.1, column: value.0)
        mirrored.add(row: 4 - value.0, column: value.1)
      }
      table.merge(half)
      #expect(table.total == values.count)
      var (excess, rows, columns) = (0.0, 0.0, 0.0)
      for (index, a) in values.enumerated() {
        for b in values[(index + 1)...] {
          excess += Double((a.0 - b.0).signum() * (a.1 - b.1).signum())
          rows += a.0 == b.0 ? 0 : 1
          columns += a.1 == b.1 ? 0 : 1
        }
      }
      let tau = rows * columns > 0 ? excess / (rows * columns).squareRoot() : nil
      #expect((table.kendallTauB == nil) == (tau == nil))
      if let tau, let found = table.kendallTauB, let spearman = table.spearman {
        #expect(abs(found - tau) < 1e-12 && abs(spearman) <= 1)
        #expect(abs((table.somersD ?? 9) - excess / rows) < 1e-12)
        #expect(abs((turned.kendallTauB ?? 9) - tau) < 1e-12 && abs((turned.spearman ?? 9) - spearman) < 1e-12)
        #expect(abs((mirrored.kendallTauB ?? 9) + tau) < 1e-12 && abs((mirrored.spearman ?? 9) + spearman) < 1e-12)
      }
      if let test = ChiSquareTest(table), let other = ChiSquareTest(turned) {
        #expect(abs(test.statistic - other.statistic) < 1e-9 && test.degreesOfFreedom == other.degreesOfFreedom)
        #expect(test.cramersV >= 0 && test.cramersV <= 1 && test.pValue <= 1)
      }
    }
    #expect(ContingencyTable([]) == nil && ContingencyTable([[1], [1, 2]]) == nil && ContingencyTable([[-1]]) == nil)
    #expect(ContingencyTable().spearman == nil && ContingencyTable().somersD == nil)
    let perfect = try #require(ContingencyTable([[4, 0, 0], [0, 5, 0], [0, 0, 6]]))
    for found in [perfect.spearman, perfect.kendallTauB, ChiSquareTest(perfect)?.cramersV] {
      #expect(abs((found ?? 0) - 1) < 1e-12)
    }
    #expect(ContingencyTable([[3, 0], [5, 0]]).flatMap { ChiSquareTest($0) } == nil)
  }

  @Test func mixesThatDidNotChange() throws {
    let same = try #require(MixDrift([10, 20, 0, 30], [20, 40, 0, 60]))
    #expect(same.test.statistic < 1e-12 && same.jensenShannonBits < 1e-15 && same.stabilityIndex == 0)
    let apart = try #require(MixDrift([10, 0], [0, 3]))
    #expect(apart.jensenShannonBits == 1 && apart.test.cramersV == 1 && apart.stabilityIndex == nil)
    let (there, back) = (MixDrift([5, 9, 1], [2, 2, 8]), MixDrift([2, 2, 8], [5, 9, 1]))
    #expect(abs((there?.jensenShannonBits ?? 0) - (back?.jensenShannonBits ?? 1)) < 1e-15)
    #expect(MixDrift([0, 0], [1, 2]) == nil && MixDrift([5], [6]) == nil && MixDrift([], []) == nil)
    #expect(MixDrift([1, 2], [1]) == nil && MixDrift([-1, 2], [1, 1]) == nil)
  }

  @Test func trendsTurnWithTheSeries() throws {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<60 {
      let values = (0..<Int.random(in: 2...40, using: &generator)).map { _ in
        Double(Int.random(in: 0...9, using: &generator)) / 2
      }
      let found = try #require(MannKendall(values))
      let back = try #require(MannKendall(values.reversed()))
      #expect(found.score == -back.score && found.variance == back.variance && found.pValue == back.pValue)
      #expect(abs(found.tau) <= 1)
      let line = try #require(TheilSen(values))
      let raised = try #require(TheilSen(values.enumerated().map { $0.element + 3 * Double($0.offset) }))
      #expect(abs(raised.slope - line.slope - 3) < 1e-9)
      if let interval = line.interval {
        #expect(interval.low <= line.slope && line.slope <= interval.high)
      }
      if let corrected = MannKendall.hamedRao(values) {
        #expect(corrected.factor > 0 && corrected.pValue >= 0 && corrected.pValue <= 1)
        #expect(abs(corrected.z * corrected.factor.squareRoot() - found.z) < 1e-9)
      }
    }
    // Half a line, then a gap of days and an outlier: the slope stays.
    let times = [0, 1, 2, 3, 4, 9, 10, 11, 12]
    var onLine = times.map { 2 - 0.25 * Double($0) }
    onLine[4] = 100
    #expect(TheilSen(onLine, at: times)?.slope == -0.25)
    #expect(TheilSen([1, 2], at: [3, 3]) == nil && TheilSen([1, 2], at: [1]) == nil && TheilSen([1]) == nil)
    #expect(MannKendall([]) == nil && MannKendall([1, .nan]) == nil && MannKendall.hamedRao([2, 2, 2]) == nil)
    #expect(MannKendall([2, 2, 2])?.pValue == 1 && TheilSen([2, 2, 2])?.interval == nil)
    #expect(TheilSen([-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude]) == nil)
  }

  @Test func changesAreSeenOnBothSides() {
    for sign in [1.0, -1] {
      var cusum = Cusum()
      var hinkley = PageHinkley(leastCount: 5, tolerance: 0.5, threshold: 5)
      var (alarms, changes): ([Cusum.Alarm?], [Bool]) = ([], [])
      for index in 0..<40 {
        let value = index < 20 ? 0 : sign * 3
        alarms.append(cusum.add(value))
        changes.append(hinkley.add(value))
      }
      #expect(alarms.firstIndex { $0 != nil } == 22 && alarms[22] == (sign > 0 ? .rise : .fall))
      #expect(changes.firstIndex(of: true).map { $0 >= 20 && $0 < 25 } == true)
    }
    #expect(Cusum.standardScore(count: 10, total: 100, expecting: 0.1) == 0)
    #expect(Cusum.standardScore(count: 13, total: 100, expecting: 0.1).map { abs($0 - 1) < 1e-12 } == true)
    #expect(Cusum.standardScore(count: 0, total: 0, expecting: 0.1) == nil)
    #expect(Cusum.standardScore(count: 1, total: 2, expecting: 1) == nil)
  }

  @Test func sequencesNarrowAndWiden() throws {
    var last = Double.infinity
    for count in [1, 5, 50, 400, 10_000, 1_000_000] {
      let half = try #require(ConfidenceSequence.halfWidth(count: count, variance: 1.2))
      #expect(half < last && half > ProportionInterval.z95 * (1.2 / Double(count)).squareRoot())
      #expect(try #require(ConfidenceSequence.halfWidth(count: count, variance: 2)) > half)
      #expect(try #require(ConfidenceSequence.halfWidth(count: count, variance: 1.2, alpha: 0.01)) > half)
      last = half
    }
    #expect(ConfidenceSequence.halfWidth(count: 0, variance: 1) == nil)
    #expect(ConfidenceSequence.halfWidth(count: 5, variance: -1) == nil)
    #expect(ConfidenceSequence.halfWidth(count: 5, variance: 1, alpha: 1) == nil)
    #expect(ConfidenceSequence.halfWidth(count: 5, variance: 0, alpha: 0.7) != nil)
  }

  @Test func trendsOfSharesTurnWithTheGroups() throws {
    var generator = SeededGenerator(seed: 14)
    var fitted = 0
    for _ in 0..<100 {
      let groups = (0..<Int.random(in: 2...6, using: &generator)).map { _ in
        let total = Int.random(in: 0...30, using: &generator)
        return (count: Int.random(in: 0...total, using: &generator), total: total)
      }
      guard let found = ShareTrend(groups), let back = ShareTrend(groups.reversed()) else { continue }
      #expect(abs(found.z + back.z) < 1e-9 && abs(found.pValue - back.pValue) < 1e-9)
      guard let fit = LogisticTrend(groups) else { continue }
      let turned = try #require(LogisticTrend(groups.reversed()))
      #expect(abs(fit.slope + turned.slope) < 1e-6 * (1 + abs(fit.slope)) && fit.slopeError > 0)
      // At the maximum the fitted hits are as many as the observed ones.
      let hits = groups.enumerated().reduce(0.0) {
        $0 + Double($1.element.total) / (1 + exp(-fit.intercept - fit.slope * Double($1.offset)))
      }
      #expect(abs(hits - Double(groups.reduce(0) { $0 + $1.count })) < 1e-6)
      fitted += 1
    }
    #expect(fitted > 80)
    #expect(
      ShareTrend([(0, 5), (0, 5)]) == nil && ShareTrend([(1, 5), (0, 0)]) == nil && ShareTrend([(6, 5), (1, 5)]) == nil)
    #expect(LogisticTrend([(0, 5), (5, 5)]) == nil && LogisticTrend([(0, 5), (3, 5), (5, 5)]) == nil)
    #expect(LogisticTrend([(1, 5), (4, 5)]).map { abs($0.slope - 2 * log(4)) < 1e-9 } == true)
  }

  @Test func responseTimesInParts() throws {
    var generator = SeededGenerator(seed: 15)
    for _ in 0..<40 {
      var (poor, others) = (LatencyHistogram(), LatencyHistogram())
      // Below 256 every value has its own bucket: parts can be counted by hand.
      let times = Array((0..<250).shuffled(using: &generator).prefix(Int.random(in: 1...200, using: &generator)))
      let isPoor = times.map { _ in Bool.random(using: &generator) }
      for (time, isPoor) in zip(times, isPoor) { if isPoor { poor.add(time) } else { others.add(time) } }
      var expected = [(count: Int, total: Int)](repeating: (0, 0), count: 5)
      for (rank, pair) in zip(times, isPoor).sorted(by: { $0.0 < $1.0 }).enumerated() {
        expected[(2 * rank + 1) * 5 / (2 * times.count)].total += 1
        expected[(2 * rank + 1) * 5 / (2 * times.count)].count += pair.1 ? 1 : 0
      }
      let parts = poor.shares(among: others)
      #expect(parts.map(\.total) == expected.map(\.total) && parts.map(\.count) == expected.map(\.count))
      let last = times.sorted().enumerated().first { (2 * $0.offset + 1) * 5 / (2 * times.count) == 4 }
      #expect(poor.lastPartStart(among: others) == last?.element)
      var won = 0.0
      for (a, p) in zip(times, isPoor) where p {
        for (b, q) in zip(times, isPoor) where !q { won += a > b ? 1 : 0 }
      }
      #expect((MannWhitney(poor, others)?.u ?? 0) == won)
    }
    #expect(LatencyHistogram().shares(among: LatencyHistogram()).allSatisfy { $0.total == 0 })
    #expect(LatencyHistogram().lastPartStart(among: LatencyHistogram()) == nil)
    // Of a bucket that holds several values it is the least of them.
    var slow = LatencyHistogram()
    for time in [1, 2, 3, 4, 100_003] { slow.add(time) }
    let start = try #require(slow.lastPartStart(among: LatencyHistogram()))
    #expect(start <= 100_003 && LatencyHistogram.index(of: start) == LatencyHistogram.index(of: 100_003))
    #expect(LatencyHistogram.index(of: start - 1) < LatencyHistogram.index(of: 100_003))
    #expect(MannWhitney(LatencyHistogram(), LatencyHistogram()) == nil)
  }

  @Test func quantilesOfResponseTimesHaveEnds() throws {
    var times = LatencyHistogram()
    #expect(times.quantileInterval(permille: 950) == nil)
    // Up to 255 a bucket holds one value: the ends are the ranks themselves.
    for value in (0..<100).reversed() { times.add(2 * value) }
    for permille in [10, 500, 950] {
      let ranks = try #require(QuantileRanks(count: 100, quantile: Double(permille) / 1000))
      let found = try #require(times.quantileInterval(permille: permille))
      #expect(
        found.low == ranks.low.map { Double(2 * ($0 - 1)) } && found.high == ranks.high.map { Double(2 * ($0 - 1)) })
      let quantile = try #require(times.quantile(permille: permille))
      #expect((found.low ?? 0) <= quantile && quantile <= (found.high ?? 200))
    }
    #expect(times.quantileInterval(permille: 990)?.high == nil)
    #expect(times.quantileInterval(permille: 1000) == nil)
  }

  @Test func bucketsAreWithinAQuarterOfAPercent() {
    var generator = SeededGenerator(seed: 16)
    var last = (value: 0, index: 0)
    for value in (0..<20_000).map({ _ in
      Int.random(in: 0...Int.max >> Int.random(in: 0...62, using: &generator), using: &generator)
    }).sorted() {
      let index = LatencyHistogram.index(of: value)
      #expect(index >= last.index, "\(last.value) \(value)")
      let middle = LatencyHistogram.middle(ofBucket: index)
      #expect(abs(middle - Double(value)) <= Double(value) / 256, "\(value) \(middle)")
      last = (value, index)
    }
    #expect(LatencyHistogram.index(of: -5) == 0)
  }

  @Test func wordsOfEitherText() throws {
    var generator = SeededGenerator(seed: 17)
    for _ in 0..<100 {
      let (n, m) = (Int.random(in: 5...500, using: &generator), Int.random(in: 5...500, using: &generator))
      let (y, w) = (Int.random(in: 0..<n, using: &generator), Int.random(in: 1..<m, using: &generator))
      let there = try #require(LogOdds(count: y, total: n, otherCount: w, otherTotal: m))
      let back = try #require(LogOdds(count: w, total: m, otherCount: y, otherTotal: n))
      #expect(abs(there.z + back.z) < 1e-9)
      let (share, otherShare) = (Double(y) / Double(n), Double(w) / Double(m))
      #expect(there.z * (share - otherShare) >= -1e-9)
      // A larger prior draws the odds together.
      let drawn = try #require(LogOdds(count: y, total: n, otherCount: w, otherTotal: m, prior: 10_000))
      #expect(abs(drawn.delta) <= abs(there.delta) + 1e-12)
    }
    #expect(LogOdds(count: 0, total: 5, otherCount: 0, otherTotal: 5) == nil)
    #expect(LogOdds(count: 5, total: 5, otherCount: 5, otherTotal: 5) == nil)
    #expect(LogOdds(count: 0, total: 0, otherCount: 0, otherTotal: 0) == nil)
    #expect(LogOdds(count: 6, total: 5, otherCount: 0, otherTotal: 5) == nil)
    #expect(LogOdds(count: 1, total: 5, otherCount: 0, otherTotal: 5, prior: 0) == nil)
  }
}
