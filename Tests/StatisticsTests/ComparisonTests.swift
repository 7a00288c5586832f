import Foundation
import Statistics
import TestSupport
import Testing

/// Slices, shares side by side and many tests at once, against statsmodels.
@Suite struct ComparisonTests {
  static var hasShared: Bool { sharedFolder != nil }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func twoProportions() throws {
    let (cases, tolerance) = try VectorTests.vector("04_two_proportions")
    var ratioCount = 0
    for item in cases {
      func number(_ key: String) throws -> Int { try #require(item[key] as? Int) }
      let found = try #require(
        TwoProportions(
          count: number("k1"), total: number("n1"), otherCount: number("k2"), otherTotal: number("n2")))
      #expect(VectorTests.near(found.z, item["z_pooled"], tolerance))
      #expect(VectorTests.near(found.pValue, item["p_pooled"], tolerance))
      #expect(VectorTests.near(found.difference, item["diff"], tolerance))
      let (k1, n1, k2, n2) = (try number("k1"), try number("n1"), try number("k2"), try number("n2"))
      let newcombe = TwoProportions.newcombe(count: k1, total: n1, otherCount: k2, otherTotal: n2)
      #expect(VectorTests.near(newcombe, item["newcombe95"], tolerance))
      let fisher = TwoProportions.fisherPValue(count: k1, total: n1, otherCount: k2, otherTotal: n2)
      #expect(VectorTests.near(fisher, item["fisher_p"], tolerance), "\(fisher ?? -1)")
      let ratio = TwoProportions.ratio(count: k1, total: n1, otherCount: k2, otherTotal: n2)
      // The reference gives none where a group has no hit.
      guard let expected = item["risk_ratio"] else { continue }
      ratioCount += 1
      #expect(VectorTests.near(ratio?.ratio, expected, tolerance))
      #expect(VectorTests.near(ratio?.interval, item["risk_ratio_ci95"], tolerance))
    }
    #expect(ratioCount == 4)
    #expect(cases.count == 5)
  }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func manyTestsAtOnce() throws {
    let (cases, tolerance) = try VectorTests.vector("10_multiple_comparisons")
    for item in cases {
      let p = try #require(item["p"] as? [Double])
      let found = FalseDiscovery.adjusted(p)
      let columns = [
        ("bh_q", found), ("by_q", FalseDiscovery.adjustedUnderDependence(p)), ("holm", FalseDiscovery.familywise(p)),
      ]
      for (name, found) in columns {
        let expected = try #require(item[name] as? [Double])
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance * b, "\(name) \(a) \(b)") }
      }
      // On a border, q from a product may round to either side of it.
      #expect(found.map { $0 <= 0.05 * (1 + 1e-12) } == item["bh_reject_0.05"] as? [Bool])
      #expect(found.map { $0 <= 0.1 * (1 + 1e-12) } == item["bh_reject_0.10"] as? [Bool])
    }
    #expect(cases.count == 4)
  }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func slicesAgainstTheRest() throws {
    let (cases, tolerance) = try VectorTests.vector("31_slice_ranking")
    var rowCount = 0
    for item in cases {
      let (allCount, allTotal) = (
        try #require(item["total_poor"] as? Int), try #require(item["total_n"] as? Int)
      )
      for row in try #require(item["rows"] as? [[String: Any]]) {
        let (k, n) = (try #require(row["k_poor"] as? Int), try #require(row["n"] as? Int))
        let excess = try #require(SliceExcess(count: k, total: n, allCount: allCount, allTotal: allTotal))
        #expect(VectorTests.near(excess.restShare, row["rest_rate"], tolerance))
        #expect(VectorTests.near(excess.expected, row["excess_poor"], tolerance))
        #expect(VectorTests.near(excess.conservative, row["impact_lower_bound"], tolerance))
        #expect(VectorTests.near(excess.lift, row["lift"], tolerance))
        let wilson = try #require(ProportionInterval(count: k, total: n))
        #expect(VectorTests.near([wilson.low, wilson.high], row["wilson95"], tolerance))
        let score = SliceExcess.sliceLineScore(count: k, total: n, allCount: allCount, allTotal: allTotal)
        #expect(VectorTests.near(score, row["sliceline_score_alpha0.95"], tolerance))
        let test = TwoProportions(
          count: k, total: n, otherCount: allCount - k, otherTotal: allTotal - n)
        #expect(VectorTests.near(test?.z, row["z_vs_rest"], tolerance))
        #expect(VectorTests.near(test?.pValue, row["p"], tolerance))
        rowCount += 1
      }
    }
    #expect(rowCount == 5)
  }

  @Test func theScoreTestInvertsTheIntervalOfWilson() throws {
    for total in [5, 30, 31, 180, 2000] {
      for count in stride(from: 0, through: total, by: max(1, total / 37)) {
        for share in [0.05, 0.15, 0.3] {
          let p = try #require(
            ProportionInterval.chanceOfAtLeast(count: count, total: total, ifShareIs: share))
          let low = try #require(ProportionInterval.lowerOneSided(count: count, total: total))
          #expect((p < 0.05) == (low > share), "\(count) of \(total) at \(share)")
        }
      }
    }
    #expect(ProportionInterval.chanceOfAtLeast(count: 1, total: 9, ifShareIs: 0) == 0)
    #expect(ProportionInterval.chanceOfAtLeast(count: 9, total: 9, ifShareIs: 1) == 1)
  }

  @Test func emptySidesHaveNoComparison() {
    #expect(TwoProportions(count: 0, total: 0, otherCount: 1, otherTotal: 2) == nil)
    #expect(TwoProportions(count: 5, total: 5, otherCount: 2, otherTotal: 2)?.pValue == 1)
    #expect(SliceExcess(count: 3, total: 9, allCount: 3, allTotal: 9) == nil)
    #expect(FalseDiscovery.adjusted([]).isEmpty)
  }
}
