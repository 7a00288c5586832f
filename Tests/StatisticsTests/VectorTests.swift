import Foundation
import Statistics
import TestSupport
import Testing

/// The library against the numbers of SciPy and statsmodels.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct VectorTests {
  static func cases(_ name: String) throws -> [[String: Any]] { try vector(name).cases }

  /// The cases of a file, and the relative tolerance that it states.
  static func vector(_ name: String) throws -> (cases: [[String: Any]], tolerance: Double) {
    let file = try #require(sharedFolder).appendingPathComponent("vectors/\(name).json")
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    return (try #require(root?["cases"] as? [[String: Any]]), try #require(root?["tolerance_rel"] as? Double))
  }

  static func near(_ found: [Double], _ expected: Any?, _ tolerance: Double) -> Bool {
    guard let expected = expected as? [Any], expected.count == found.count else { return false }
    return zip(found, expected).allSatisfy { near($0, $1, tolerance) }
  }

  static func near(_ found: Interval?, _ expected: Any?, _ tolerance: Double) -> Bool {
    guard let found else { return false }
    return near([found.low, found.high], expected, tolerance)
  }

  static func near(_ found: Double?, _ expected: Any?, _ tolerance: Double) -> Bool {
    guard let found, let expected = (expected as? NSNumber)?.doubleValue else { return false }
    return abs(found - expected) <= tolerance * abs(expected) || found == expected
  }

  @Test func specialFunctions() throws {
    let (cases, tolerance) = try Self.vector("00_special_functions")
    for item in cases {
      func number(_ key: String) -> Double { (item[key] as? NSNumber)?.doubleValue ?? .nan }
      let (x, a, b, p, df) = (number("x"), number("a"), number("b"), number("p"), number("df"))
      let found: Double =
        switch item["f"] as? String {
        case "normal_cdf": Distribution.normalCDF(x)
        case "normal_quantile": Distribution.normalQuantile(x)
        case "student_t_quantile": Distribution.studentQuantile(p, degreesOfFreedom: df)
        case "student_t_two_sided_p": Distribution.studentTwoSided(x, degreesOfFreedom: df)
        case "beta_inc_reg": Distribution.incompleteBeta(x, a, b)
        case "beta_quantile": Distribution.betaQuantile(p, a, b)
        case "chi2_sf": Distribution.chiSquareUpper(x, degreesOfFreedom: df)
        default: .nan
        }
      #expect(Self.near(found, item["y"], tolerance), "\(item) \(found)")
    }
    #expect(cases.count == 87)
  }

  @Test func ratingCounts() throws {
    let (cases, tolerance) = try Self.vector("01_rating_counts")
    for item in cases {
      let counts = try #require(item["counts_1_to_5"] as? [Int])
      var summary = RatingSummary()
      for (index, count) in counts.enumerated() {
        var level = RatingSummary()
        level.add(millionths: (index + 1) * 1_000_000, isPoor: index <= 1, isGood: index >= 3)
        // Doubling, as some cases hold a million ratings.
        var rest = count
        while rest > 0 {
          if rest & 1 == 1 { summary.merge(level) }
          level.merge(level)
          rest >>= 1
        }
      }
      #expect((1...5).map { summary.count(ofLevel: $0) } == counts)
      #expect(summary.count == item["n"] as? Int)
      #expect(Self.near(summary.mean, item["mean"], tolerance))
      #expect(Self.near(summary.median, item["median"], 0))
      if let variance = item["variance"] { #expect(Self.near(summary.variance, variance, tolerance)) }
      if let interval = item["ci95"] as? [Any] {
        #expect(Self.near(summary.studentInterval?.low, interval[0], tolerance), "\(counts)")
        #expect(Self.near(summary.studentInterval?.high, interval[1], tolerance), "\(counts)")
      }
      let dirichlet = try #require(item["dirichlet_0.2_ci95_clipped"] as? [Any])
      #expect(Self.near(summary.dirichletInterval.low, dirichlet[0], tolerance), "\(counts)")
      #expect(Self.near(summary.dirichletInterval.high, dirichlet[1], tolerance), "\(counts)")
      #expect(Self.near(Double(summary.poorCount) / Double(summary.count), item["poor_share_le2"], tolerance))
      #expect(Self.near(Double(summary.goodCount) / Double(summary.count), item["good_share_ge4"], tolerance))
      #expect(summary.sum / 1_000_000 == item["sum"] as? Int)
      #expect(summary.sumOfSquares / 1_000_000_000_000 == (item["sum_sq"] as? Int).map { Int128($0) })
      #expect(Self.near(summary.levelEntropyBits, item["entropy_bits"], tolerance))
      let flat = summary.dirichlet(prior: 1)
      #expect(Self.near(flat.mean, item["dirichlet_mean"], tolerance))
      #expect(Self.near(flat.mean - 1.65 * flat.deviation, item["dirichlet_lower_z1.65"], tolerance))
      #expect(Self.near(summary.dirichlet(prior: 0.2).mean, item["dirichlet_0.2_mean"], tolerance))
    }
    #expect(cases.count == 7)
  }

  @Test func proportions() throws {
    let (cases, tolerance) = try Self.vector("03_proportion_intervals")
    for item in cases {
      let (k, n) = (try #require(item["k"] as? Int), try #require(item["n"] as? Int))
      let interval = try #require(ProportionInterval(count: k, total: n))
      let wilson = try #require(item["wilson95"] as? [Any])
      #expect(Self.near(interval.low, wilson[0], tolerance) && Self.near(interval.high, wilson[1], tolerance))
      let jeffreys = ProportionInterval.jeffreys(count: k, total: n)
      #expect(Self.near(jeffreys, item["jeffreys95"], tolerance), "\(k) of \(n)")
      let clopperPearson = ProportionInterval.clopperPearson(count: k, total: n)
      #expect(Self.near(clopperPearson, item["clopper_pearson95"], tolerance), "\(k) of \(n)")
      let agrestiCoull = ProportionInterval.agrestiCoull(count: k, total: n)
      #expect(Self.near(agrestiCoull, item["agresti_coull95"], tolerance), "\(k) of \(n)")
      #expect(
        Self.near(
          ProportionInterval.lowerOneSided(count: k, total: n), item["wilson90_lower_one_sided95"], tolerance))
    }
    #expect(cases.count == 12)
    #expect(ProportionInterval(count: 0, total: 0) == nil)
  }

  @Test func responseTimes() throws {
    let cases = try Self.cases("21_loglinear_histogram")
    for item in cases {
      let values = try #require(item["values"] as? [Int])
      var histogram = LatencyHistogram()
      values.forEach { histogram.add($0) }
      #expect(histogram.sparse.map { [$0.index, $0.count] } == item["sparse_counts"] as? [[Int]])
      for row in try #require(item["index_of"] as? [[Int]]) {
        #expect(LatencyHistogram.index(of: row[0]) == row[1])
        #expect(LatencyHistogram.middle(ofBucket: row[1]) == Double(row[2]) + Double(row[3] - 1) / 2)
      }
      let middles = try #require(item["quantile_mid"] as? [Double])
      for (q, middle) in zip(try #require(item["q"] as? [Double]), middles) {
        #expect(histogram.quantile(permille: Int((q * 1000).rounded())) == middle)
      }
    }
    #expect(cases.count == 1)
  }
}

@Suite struct MergeTests {
  @Test func summariesMergeToWhatTheyWouldHaveBeen() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<50 {
      var all = RatingSummary()
      var times = LatencyHistogram()
      var parts = [RatingSummary(), RatingSummary(), RatingSummary()]
      var timeParts = [LatencyHistogram(), LatencyHistogram(), LatencyHistogram()]
      for _ in 0..<Int.random(in: 0..<200, using: &generator) {
        let rating = Int.random(in: 1_000_000...5_000_000, using: &generator)
        let time = Int.random(in: 0..<1 << Int.random(in: 1..<40, using: &generator), using: &generator)
        let part = Int.random(in: 0..<3, using: &generator)
        all.add(millionths: rating, isPoor: rating <= 2_000_000, isGood: rating >= 4_000_000)
        parts[part].add(millionths: rating, isPoor: rating <= 2_000_000, isGood: rating >= 4_000_000)
        times.add(time)
        timeParts[part].add(time)
      }
      var merged = RatingSummary()
      var mergedTimes = LatencyHistogram()
      for part in [2, 0, 1] {
        merged.merge(parts[part])
        mergedTimes.merge(timeParts[part])
      }
      #expect(merged == all)
      #expect(mergedTimes.sparse.map { [$0.index, $0.count] } == times.sparse.map { [$0.index, $0.count] })
      for permille in [0, 500, 950, 1000] {
        #expect(mergedTimes.quantile(permille: permille) == times.quantile(permille: permille))
      }
    }
  }

  @Test func edgesOfLevelsAndTimes() {
    var summary = RatingSummary()
    summary.add(millionths: 2_500_000, isPoor: false, isGood: false)
    summary.add(millionths: 2_499_999, isPoor: false, isGood: false)
    #expect([2, 3].map { summary.count(ofLevel: $0) } == [1, 1])
    #expect(RatingSummary().meanInterval == nil && RatingSummary().mean == nil)
    var equal = RatingSummary()
    for _ in 0..<40 { equal.add(millionths: 5_000_000, isPoor: false, isGood: true) }
    #expect((equal.meanInterval?.low ?? 5) < 4.99 && equal.meanInterval?.high == 5)
    var times = LatencyHistogram()
    times.add(.max)
    #expect((times.quantile(permille: 500) ?? 0) > 9.2e18)
  }
}
