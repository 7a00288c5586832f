import Foundation
import Statistics
import TestSupport
import Testing

/// Slices, shares side by side and many tests at once, against statsmodels.
@Suite struct ComparisonTests {
  static var hasShared: Bool { sharedFolder != nil }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func twoProportions() throws {
    let cases = try VectorTests.cases("04_two_proportions")
    for item in cases {
      func number(_ key: String) throws -> Int { try #require(item[key] as? Int) }
      let found = try #require(
        TwoProportions(
          count: number("k1"), total: number("n1"), otherCount: number("k2"), otherTotal: number("n2")))
      #expect(VectorTests.near(found.z, item["z_pooled"], 1e-8))
      #expect(VectorTests.near(found.pValue, item["p_pooled"], 1e-8))
      #expect(VectorTests.near(found.difference, item["diff"], 1e-8))
    }
    #expect(cases.count == 5)
  }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func benjaminiAndHochberg() throws {
    let cases = try VectorTests.cases("10_multiple_comparisons")
    for item in cases {
      let found = FalseDiscovery.adjusted(try #require(item["p"] as? [Double]))
      let expected = try #require(item["bh_q"] as? [Double])
      #expect(found.count == expected.count)
      for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-12 * b) }
    }
    #expect(cases.count == 4)
  }

  @Test(.enabled(if: hasShared, Comment(rawValue: sharedFolderMissing)))
  func slicesAgainstTheRest() throws {
    let cases = try VectorTests.cases("31_slice_ranking")
    var rowCount = 0
    for item in cases {
      let (allCount, allTotal) = (
        try #require(item["total_poor"] as? Int), try #require(item["total_n"] as? Int)
      )
      for row in try #require(item["rows"] as? [[String: Any]]) {
        let (k, n) = (try #require(row["k_poor"] as? Int), try #require(row["n"] as? Int))
        let excess = try #require(SliceExcess(count: k, total: n, allCount: allCount, allTotal: allTotal))
        #expect(VectorTests.near(excess.restShare, row["rest_rate"], 1e-10))
        #expect(VectorTests.near(excess.expected, row["excess_poor"], 1e-10))
        #expect(VectorTests.near(excess.conservative, row["impact_lower_bound"], 1e-10))
        let test = TwoProportions(
          count: k, total: n, otherCount: allCount - k, otherTotal: allTotal - n)
        #expect(VectorTests.near(test?.z, row["z_vs_rest"], 1e-10))
        #expect(VectorTests.near(test?.pValue, row["p"], 1e-9))
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
