import Digest
import Foundation
import Statistics
import TestSupport
import Testing

/// Groups side by side, strata, clusters and samples, against SciPy and statsmodels.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct GroupVectorTests {
  static func near(_ found: Double?, _ expected: Any?, _ tolerance: Double) -> Bool {
    VectorTests.near(found, expected, tolerance)
  }

  /// A summary of level counts, 1 to 5 stars.
  static func summary(_ counts: [Int]) -> RatingSummary {
    var summary = RatingSummary()
    for (index, count) in counts.enumerated() {
      for _ in 0..<count {
        summary.add(millionths: (index + 1) * 1_000_000, isPoor: index <= 1, isGood: index >= 3)
      }
    }
    return summary
  }

  @Test func mergedMoments() throws {
    let (cases, tolerance) = try VectorTests.vector("02_chan_merge")
    for item in cases {
      let values = try #require(item["values"] as? [Double])
      let bounds = try #require(item["shard_bounds"] as? [Int])
      let shards = try #require(item["shards"] as? [[String: Any]])
      var merged = Moments()
      var shape = ShapeMoments()
      for (shard, expected) in shards.enumerated() {
        var part = Moments()
        var shapePart = ShapeMoments()
        for value in values[bounds[shard]..<bounds[shard + 1]] {
          part.add(value)
          shapePart.add(value)
        }
        shape.merge(shapePart)
        #expect(part.count == expected["n"] as? Int)
        #expect(Self.near(part.mean, expected["mean"], tolerance))
        #expect(Self.near(part.squaredDeviations, expected["m2"], tolerance))
        merged.merge(part)
      }
      #expect(shards.count == 4)
      let expected = try #require(item["merged"] as? [String: Any])
      #expect(merged.count == expected["n"] as? Int)
      #expect(Self.near(merged.mean, expected["mean"], tolerance))
      #expect(Self.near(merged.squaredDeviations, expected["m2"], tolerance))
      #expect(Self.near(merged.variance, item["variance"], tolerance))
      #expect(shape.count == merged.count && Self.near(shape.mean, expected["mean"], tolerance))
      #expect(Self.near(shape.skewness, item["skew_g1"], tolerance))
      #expect(Self.near(shape.excessKurtosis, item["excess_kurtosis_g2"], tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func twoGroupsOfRatings() throws {
    let (cases, tolerance) = try VectorTests.vector("05_two_groups_ordinal")
    for item in cases {
      let a = Self.summary(try #require(item["counts_a"] as? [Int]))
      let b = Self.summary(try #require(item["counts_b"] as? [Int]))
      let welch = try #require(WelchTest(a.moments, b.moments))
      #expect(Self.near(welch.t, item["welch_t"], tolerance))
      #expect(Self.near(welch.degreesOfFreedom, item["welch_df"], tolerance))
      #expect(Self.near(welch.pValue, item["welch_p"], tolerance))
      #expect(VectorTests.near(welch.interval, item["welch_ci95"], tolerance))
      #expect(Self.near(WelchTest.hedgesG(a.moments, b.moments), item["hedges_g"], tolerance))
      let ranks = try #require(MannWhitney(a.levelCounts, b.levelCounts))
      #expect(Self.near(ranks.u, item["mw_u_a"], tolerance))
      #expect(Self.near(ranks.pValue, item["mw_p_no_continuity"], tolerance))
      #expect(Self.near(ranks.pValueWithContinuity, item["mw_p_continuity"], tolerance))
      #expect(Self.near(ranks.superiority, item["prob_superiority_a_over_b"], tolerance))
      #expect(Self.near(ranks.cliffsDelta, item["cliffs_delta"], tolerance))
      let munzel = try #require(BrunnerMunzel(a.levelCounts, b.levelCounts))
      #expect(Self.near(munzel.statistic, item["brunner_munzel_w"], tolerance))
      #expect(Self.near(munzel.pValue, item["brunner_munzel_p"], tolerance), "\(munzel.pValue)")
    }
    #expect(cases.count == 4)
  }

  @Test func shrunkenMeansAndShares() throws {
    let (cases, tolerance) = try VectorTests.vector("06_empirical_bayes")
    var checked = 0
    for item in cases {
      let rows = try #require(item["rows"] as? [[String: Any]])
      let summaries = try rows.map { Self.summary(try #require($0["counts_1_to_5"] as? [Int])) }
      let means = try #require(ShrunkenMeans(summaries.map(\.moments)))
      #expect(Self.near(means.withinVariance, item["pooled_within_variance"], tolerance))
      #expect(Self.near(means.betweenVariance, item["tau2_dl"], tolerance))
      #expect(Self.near(means.mean, item["mu_re"], tolerance))
      for (row, group) in zip(rows, means.groups) {
        #expect(Self.near(group.weight, row["shrink_weight"], tolerance))
        #expect(Self.near(group.mean, row["eb_mean"], tolerance))
        #expect(Self.near(group.deviation, row["eb_sd"], tolerance))
        #expect(Self.near(group.bounds.low, row["eb_lower95_one_sided"], tolerance))
        #expect(Self.near(group.bounds.high, row["eb_upper95_one_sided"], tolerance))
        checked += 1
      }
      var all = RatingSummary()
      summaries.forEach { all.merge($0) }
      #expect(Self.near(all.mean, item["global_mean_by_rating"], tolerance))
      for (row, summary) in zip(try #require(item["imdb"] as? [[String: Any]]), summaries) {
        let score = ShrunkenMeans.weightedRating(
          count: summary.count, mean: try #require(summary.mean), commonMean: try #require(all.mean))
        #expect(Self.near(score, row["score"], tolerance))
        checked += 1
      }
      let expected = try #require(item["beta_binomial"] as? [String: Any])
      let shares = try #require(ShrunkenShares(summaries.map { ($0.poorCount, $0.count) }))
      #expect(Self.near(shares.share, expected["p0"], tolerance))
      #expect(Self.near(shares.correlation, expected["rho"], tolerance))
      #expect(Self.near(shares.priorCount, expected["M"], tolerance))
      for (row, group) in zip(try #require(expected["rows"] as? [[String: Any]]), shares.groups) {
        #expect(Self.near(group.mean, row["post_mean"], tolerance))
        #expect(VectorTests.near(group.interval90, row["post_ci90"], tolerance), "\(group.interval90)")
        checked += 1
      }
    }
    #expect(cases.count == 1 && checked == 18)
  }

  @Test func beforeAndAfterInStrata() throws {
    let (cases, tolerance) = try VectorTests.vector("12_before_after_stratified")
    for item in cases {
      let strata = try #require(item["strata_before_after_k_n"] as? [String: [[Int]]])
      let found = try #require(
        StratifiedComparison(
          strata.sorted { $0.key < $1.key }.map {
            .init(count: $0.value[0][0], total: $0.value[0][1], laterCount: $0.value[1][0], laterTotal: $0.value[1][1])
          }))
      #expect(Self.near(found.before, item["crude_before"], tolerance))
      #expect(Self.near(found.after, item["crude_after"], tolerance))
      #expect(Self.near(found.after - found.before, item["crude_diff"], tolerance))
      #expect(Self.near(found.rateEffect, item["rate_effect"], tolerance))
      #expect(Self.near(found.mixEffect, item["mix_effect"], tolerance))
      #expect(abs(found.rateEffect + found.mixEffect - (found.after - found.before)) < 1e-15)
      #expect(Self.near(found.chiSquare, item["cmh_chi2_no_correction"], tolerance))
      #expect(Self.near(found.pValue, item["cmh_p"], tolerance))
      #expect(Self.near(found.riskDifference, item["mh_risk_difference_after_minus_before"], tolerance))
      // The reference has before over after.
      #expect(Self.near(found.oddsRatio.map { 1 / $0 }, item["mh_odds_ratio_before_over_after"], tolerance))
      let interval = try #require(found.oddsRatioInterval)
      #expect(VectorTests.near([1 / interval.high, 1 / interval.low], item["mh_or_ci95"], tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func clustersOfPeople() throws {
    let (cases, tolerance) = try VectorTests.vector("13_cluster_robust")
    for item in cases {
      let users = try #require(item["user_ids"] as? [String])
      let ratings = try #require(item["ratings"] as? [Int])
      var people: [String: ExactSum] = [:]
      var buckets = [ExactSum](repeating: ExactSum(), count: 20)
      var moments = Moments()
      for (user, rating) in zip(users, ratings) {
        people[user, default: ExactSum()].add(Int128(rating))
        let prefix = SHA256.digest(Array(user.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        buckets[Int(prefix % 20)].add(Int128(rating))
        moments.add(Double(rating))
      }
      #expect(buckets.map(\.count) == item["bucket_n"] as? [Int])
      #expect(buckets.map { Int($0.sum) } == item["bucket_sum"] as? [Int])
      let exact = try #require(ClusteredMean(clusters: people.values))
      #expect(Self.near(exact.mean, item["mean"], tolerance))
      #expect(Self.near(exact.standardError, item["statsmodels_cluster_se"], tolerance))
      #expect(Self.near(exact.standardError, item["formula_cluster_se_G_over_Gm1"], 1e-12))
      let variance = try #require(moments.variance)
      #expect(Self.near((variance / Double(moments.count)).squareRoot(), item["naive_se"], tolerance))
      #expect(
        Self.near(exact.designEffect(variance: variance, count: moments.count), item["design_effect"], tolerance))
      let jackknife = try #require(ClusteredMean(buckets: buckets))
      #expect(Self.near(jackknife.mean, item["mean"], tolerance))
      #expect(Self.near(jackknife.standardError, item["bucket_jackknife_se"], tolerance))
      #expect(jackknife.degreesOfFreedom == 19)
      let t = try #require(item["t_crit_df_buckets_minus_1"] as? Double)
      let half = (jackknife.interval.high - jackknife.interval.low) / 2
      #expect(Self.near(half / jackknife.standardError, t, tolerance))
    }
    #expect(cases.count == 1)
  }

  @Test func sampleSizes() throws {
    let (cases, tolerance) = try VectorTests.vector("15_sample_size")
    var shareCount = 0
    for item in cases {
      if let effect = item["cohens_d"] as? Double {
        #expect(Self.near(SampleSize.means(effect: effect), item["n_per_group_t"], tolerance))
        continue
      }
      let (p, q) = (try #require(item["p1"] as? Double), try #require(item["p2"] as? Double))
      #expect(Self.near(SampleSize.shares(p, q), item["n_per_group_fleiss"], tolerance))
      #expect(Self.near(SampleSize.arcsine(p, q), item["n_per_group_arcsine"], tolerance))
      #expect(ProportionInterval.sampleSize(from: p, to: q) == item["n_per_group_ceil"] as? Int)
      shareCount += 1
    }
    #expect(cases.count == 7 && shareCount == 4)
  }

  @Test func unequalProbabilities() throws {
    let (cases, tolerance) = try VectorTests.vector("17_sampling_weights")
    for item in cases {
      if let ratings = item["ratings"] as? [Double] {
        let probabilities = try #require(item["ask_and_answer_probability"] as? [Double])
        let weights = probabilities.map { 1 / $0 }
        #expect(VectorTests.near(weights, item["weights"], tolerance))
        let found = try #require(WeightedMean(ratings, weights: weights))
        #expect(Self.near(found.mean, item["hajek_mean"], tolerance))
        #expect(Self.near(found.standardError, item["hajek_se_linearised"], tolerance))
        #expect(Self.near(found.effectiveCount, item["kish_ess"], tolerance))
        let population = try #require(item["population"] as? Int)
        let total = WeightedMean.horvitzThompson(ratings, weights: weights, population: population)
        #expect(Self.near(total, item["horvitz_thompson_mean"], tolerance))
        continue
      }
      let strata = try #require(item["strata"] as? [[String: Any]]).map { row in
        PostStratification.Stratum(
          population: try #require(row["pop"] as? Int),
          sample: Moments(
            count: try #require(row["n"] as? Int), mean: try #require(row["mean"] as? Double),
            variance: try #require(row["var"] as? Double)))
      }
      let found = try #require(PostStratification(strata))
      #expect(Self.near(found.mean, item["poststratified_mean"], tolerance))
      #expect(Self.near(found.standardError, item["poststratified_se"], tolerance))
      var all = Moments()
      strata.forEach { all.merge($0.sample) }
      #expect(Self.near(all.mean, item["unweighted_mean"], tolerance))
      let allocation = try #require(PostStratification.neymanAllocation(of: 100, strata))
      #expect(VectorTests.near(allocation, item["neyman_allocation_of_100"], tolerance))
    }
    #expect(cases.count == 2)
  }

  @Test func boundsWithoutAnswers() throws {
    let (cases, tolerance) = try VectorTests.vector("18_nonresponse_bounds")
    for item in cases {
      func number(_ key: String) throws -> Int { try #require(item[key] as? Int) }
      let bounds = try #require(
        NonresponseBounds.share(count: number("poor"), answered: number("answered"), asked: number("asked")))
      #expect(VectorTests.near([bounds.low, bounds.high], [item["lower"], item["upper"]], tolerance))
    }
    #expect(cases.count == 1)
  }
}
