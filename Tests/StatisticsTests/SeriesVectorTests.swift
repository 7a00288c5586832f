import Foundation
import Statistics
import TestSupport
import Testing

/// Associations, series, ranks and words, against SciPy, statsmodels, pymannkendall and river.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct SeriesVectorTests {
  static func near(_ found: Double?, _ expected: Any?, _ tolerance: Double) -> Bool {
    VectorTests.near(found, expected, tolerance)
  }

  @Test func drivers() throws {
    let (cases, tolerance) = try VectorTests.vector("07_driver_analysis")
    for item in cases {
      let rows = try #require(item["rows"] as? [[Int]])
      var sums = CrossProducts()
      var tables = [ContingencyTable](repeating: ContingencyTable(), count: 3)
      for row in rows {
        sums.add(SIMD4(row[0], row[1], row[2], row[3]))
        for index in 0..<3 { tables[index].add(row: row[0] - 1, column: row[index + 1] - 1) }
      }
      #expect(sums.count == item["n"] as? Int)
      #expect((0..<4).map { sums.sums[$0] } == item["sum"] as? [Int])
      #expect((0..<4).map { a in (0..<4).map { Int(sums.product(a, $0)) } } == item["cross_products"] as? [[Int]])
      let pearson = try #require(item["pearson"] as? [[Double]])
      for a in 0..<4 {
        for b in 0..<4 { #expect(Self.near(sums.correlation(a, b), pearson[a][b], tolerance)) }
      }
      let found = try #require(DriverAnalysis(sums))
      #expect(VectorTests.near([found.intercept] + found.coefficients, item["ols_coef"], tolerance))
      #expect(Self.near(found.rSquared, item["r_squared"], tolerance))
      #expect(VectorTests.near(found.importance, item["lmg"], tolerance))
      #expect(VectorTests.near(found.importance.map { $0 / found.rSquared }, item["lmg_share"], tolerance))
      #expect(VectorTests.near(found.varianceInflation, item["vif"], tolerance))
      #expect(VectorTests.near(tables.compactMap(\.spearman), item["spearman_overall"], tolerance))
      #expect(VectorTests.near(tables.compactMap(\.kendallTauB), item["kendall_tau_b_overall"], tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func associationOfLevels() throws {
    let (cases, tolerance) = try VectorTests.vector("08_ordinal_association_table")
    for item in cases {
      let rows = try #require(item["table_overall_by_accuracy"] as? [[Int]])
      let table = try #require(ContingencyTable(rows))
      #expect(Self.near(table.spearman, item["spearman"], tolerance))
      #expect(Self.near(table.kendallTauB, item["kendall_tau_b"], tolerance))
      #expect(Self.near(table.somersD, item["somers_d_rows_to_cols"], tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func trends() throws {
    let (cases, tolerance) = try VectorTests.vector("09_mann_kendall_sen")
    var intervalCount = 0
    for item in cases {
      let series = try #require(item["series"] as? [Double])
      let found = try #require(MannKendall(series))
      #expect(Self.near(Double(found.score), item["S"], 0))
      #expect(Self.near(found.variance, item["var_S"], tolerance))
      #expect(Self.near(found.z, item["z"], tolerance))
      #expect(Self.near(found.pValue, item["p"], tolerance))
      #expect(Self.near(found.tau, item["tau_a"], tolerance))
      let trend = found.pValue >= 0.05 ? "no trend" : found.z > 0 ? "increasing" : "decreasing"
      #expect(trend == item["trend"] as? String)
      let line = try #require(TheilSen(series))
      #expect(Self.near(line.slope, item["sen_slope"], tolerance))
      #expect(Self.near(line.intercept, item["intercept_mk"], tolerance))
      let expected = (item["hamed_rao_p"] as? NSNumber)?.doubleValue
      let corrected = MannKendall.hamedRao(series)?.pValue
      if expected == 0 {
        // The reference takes 1 − Φ, which is 0 where the probability is below 1e-16.
        #expect((corrected ?? 1) < 1e-16)
      } else {
        #expect(corrected == nil ? expected == nil : Self.near(corrected, expected, tolerance))
      }
      guard let interval = item["theil_slope_ci95"] as? [Double] else {
        #expect(line.interval == nil)
        continue
      }
      intervalCount += 1
      #expect(VectorTests.near(line.interval, interval, tolerance))
    }
    #expect(cases.count == 4 && intervalCount == 3)
  }

  @Test func changePoints() throws {
    let (cases, tolerance) = try VectorTests.vector("11_cusum_page_hinkley")
    for item in cases {
      func number(_ key: String) throws -> Double { try #require(item[key] as? Double) }
      let values = try #require(item["x"] as? [Double])
      let expected = try #require(item["cusum_plus_minus"] as? [[Double]])
      var cusum = try Cusum(mean: number("mu0"), slack: number("k"), threshold: number("h"))
      var alarms: [Int] = []
      for (index, value) in values.enumerated() {
        if cusum.add(value) == .rise { alarms.append(index) }
        #expect(VectorTests.near([cusum.rise, cusum.fall], expected[index], tolerance))
      }
      #expect(values.count == 20 && alarms.first == item["first_alarm_plus"] as? Int)
      let options = try #require(item["page_hinkley"] as? [String: Any])
      var test = PageHinkley(
        leastCount: try #require(options["min_instances"] as? Int),
        tolerance: try #require(options["delta"] as? Double),
        threshold: try #require(options["threshold"] as? Double))
      let detections = values.indices.filter { test.add(values[$0]) }
      #expect(detections == options["detections_at"] as? [Int])
    }
    #expect(cases.count == 1)
  }

  @Test func repeatedLooks() throws {
    let (cases, tolerance) = try VectorTests.vector("14_asymptotic_confidence_sequence")
    for item in cases {
      func number(_ key: String) throws -> Double { try #require(item[key] as? Double) }
      let count = try #require(item["n"] as? Int)
      let half = try ConfidenceSequence.halfWidth(
        count: count, variance: number("variance"), alpha: number("alpha"))
      #expect(Self.near(half, item["half_width"], tolerance))
      // The price of looking as often as one likes.
      #expect(try number("fixed_n_half_width") < (half ?? 0))
    }
    #expect(cases.count == 5)
  }

  @Test func slownessAndPoorAnswers() throws {
    let (cases, tolerance) = try VectorTests.vector("16_latency_vs_poor")
    for item in cases {
      let table = try #require(item["table_poor_notpoor_by_latency_quintile"] as? [[Int]])
      let groups = table.map { (count: $0[0], total: $0[0] + $0[1]) }
      let found = try #require(ShareTrend(groups))
      #expect(Self.near(found.statistic, item["trend_statistic"], tolerance))
      #expect(Self.near(found.expected, item["null_mean"], tolerance))
      #expect(Self.near(found.deviation, item["null_sd"], tolerance))
      #expect(Self.near(found.z, item["z"], tolerance))
      #expect(Self.near(found.pValue, item["p"], tolerance))
      let fit = try #require(LogisticTrend(groups))
      #expect(Self.near(fit.intercept, item["logit_intercept"], tolerance))
      #expect(Self.near(fit.slope, item["logit_slope_per_quintile"], tolerance))
      #expect(Self.near(fit.slopeError, item["logit_se"], tolerance))
      let test = ContingencyTable(table).flatMap { ChiSquareTest($0) }
      #expect(Self.near(test?.statistic, item["chi2_independence"], tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func sumsInEveryOrder() throws {
    let cases = try VectorTests.cases("19_sum_order")
    var generator = SeededGenerator(seed: 19)
    for item in cases {
      var values = try #require(item["values"] as? [Double])
      func naive(_ values: some Sequence<Double>) -> Double { values.reduce(0, +) }
      #expect(Self.near(naive(values), item["naive_forward"], 0))
      #expect(Self.near(naive(values.reversed()), item["naive_reverse"], 0))
      #expect(Self.near(naive(values.sorted()), item["naive_sorted"], 0))
      for _ in 0..<100 {
        values.shuffle(using: &generator)
        let cut = Int.random(in: 0...values.count, using: &generator)
        var parts = [ExactSum(), ExactSum()]
        for (index, value) in values.enumerated() {
          // 0.1, 0.2 and 0.3 are millionths exactly; 10¹⁶ is too large for a product that would round.
          let millionths = Int128(value.rounded(.down)) * 1_000_000
          let rest = ((value - value.rounded(.down)) * 1_000_000).rounded()
          parts[index < cut ? 0 : 1].add(millionths + Int128(rest))
        }
        parts[1].merge(parts[0])
        #expect(parts[1] == ExactSum(count: 21, sum: 7_800_000))
        #expect(Self.near(Double(parts[1].sum) / 1e6, item["fsum"], 0))
      }
    }
    #expect(cases.count == 1)
  }

  @Test func ranksOfQuantiles() throws {
    let (cases, tolerance) = try VectorTests.vector("22_quantile_ci")
    for item in cases {
      let n = try #require(item["n"] as? Int)
      let q = try #require(item["q"] as? Double)
      let found = try #require(QuantileRanks(count: n, quantile: q))
      #expect((found.low ?? 0) == item["lower_order_stat_1based"] as? Int)
      #expect((found.high ?? n + 1) == item["upper_order_stat_1based"] as? Int)
      #expect(Self.near(found.coverage, item["coverage"], tolerance), "\(n) \(found.coverage)")
    }
    #expect(cases.count == 9)
  }

  @Test func wordsOfTwoTexts() throws {
    let (cases, tolerance) = try VectorTests.vector("23_log_odds_dirichlet")
    var checked = 0
    for item in cases {
      let first = try #require(item["counts_complaints"] as? [String: Int])
      let second = try #require(item["counts_others"] as? [String: Int])
      let (n, m) = (first.values.reduce(0, +), second.values.reduce(0, +))
      for row in try #require(item["log_odds"] as? [[String: Any]]) {
        let word = try #require(row["word"] as? String)
        let prior = try #require(row["alpha0"] as? Double)
        let (y, otherY) = (first[word] ?? 0, second[word] ?? 0)
        #expect(y == row["y_i"] as? Int && otherY == row["y_j"] as? Int)
        let found = try #require(
          LogOdds(count: y, total: n, otherCount: otherY, otherTotal: m, prior: prior))
        #expect(Self.near(found.delta, row["delta"], tolerance))
        #expect(Self.near(found.variance, row["var"], tolerance))
        #expect(Self.near(found.z, row["z"], tolerance))
        let share = try #require(row["alpha_w"] as? Double) / prior
        let stated = LogOdds(count: y, total: n, otherCount: otherY, otherTotal: m, background: share, prior: prior)
        #expect(Self.near(stated?.z, row["z"], tolerance))
        checked += 1
      }
      for row in try #require(item["c_tf_idf"] as? [[String: Any]]) {
        let word = try #require(row["word"] as? String)
        let found = LogOdds.classWeights([(first[word] ?? 0, n), (second[word] ?? 0, m)])
        #expect(Self.near(found?[0], row["ctfidf_i"], tolerance) && Self.near(found?[1], row["ctfidf_j"], tolerance))
        checked += 1
      }
    }
    #expect(cases.count == 1 && checked == 21)
    #expect(LogOdds.classWeights([(0, 5), (0, 5)]) == nil && LogOdds.classWeights([(2, 1)]) == nil)
  }

  @Test func driftOfTheMix() throws {
    let (cases, tolerance) = try VectorTests.vector("32_mix_drift")
    for item in cases {
      let (before, after) = (try #require(item["before"] as? [Int]), try #require(item["after"] as? [Int]))
      let found = try #require(MixDrift(before, after))
      #expect(Self.near(found.test.statistic, item["chi2"], tolerance))
      #expect(Self.near(found.test.pValue, item["p"], tolerance))
      #expect(Self.near(found.test.cramersV, item["cramers_v"], tolerance))
      #expect(Self.near(found.jensenShannonBits, item["js_divergence_bits"], tolerance))
      #expect(Self.near(found.stabilityIndex, item["psi"], tolerance))
    }
    #expect(cases.count == 1)
  }
}
