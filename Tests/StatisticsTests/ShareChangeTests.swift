import TestSupport
import Testing

@testable import Statistics

/// Where a share changed, and whether it did.
@Suite struct ShareChangeTests {
  @Test func kolmogorovHasItsKnownValues() {
    // The limits of the tables for 20, 10, 5, 1 and 0.1 %.
    for (x, p) in [(1.07275, 0.2), (1.22385, 0.1), (1.35810, 0.05), (1.62762, 0.01), (1.94947, 0.001)] {
      #expect(abs(ShareChange.kolmogorovUpper(x) - p) < 1e-5)
    }
    #expect(ShareChange.kolmogorovUpper(0) == 1 && ShareChange.kolmogorovUpper(40) == 0)
    #expect(abs(ShareChange.kolmogorovUpper(0.2) - 1) < 1e-9)
  }

  @Test func aStepIsFoundWhereItIs() throws {
    let days = (0..<30).map { (count: $0 < 12 ? 1 : 4, total: 20) }
    let change = try #require(ShareChange(days))
    #expect(change.index == 12)
    // S before the step: 12·(1 − 20·84/600) = −21.6; p = 0.14.
    #expect(abs(change.statistic - 21.6 / (600 * 0.14 * 0.86).squareRoot()) < 1e-12)
    #expect(change.pValue < 0.001)
    let clustered = try #require(ShareChange(days, designEffect: 4))
    #expect(abs(clustered.statistic * 2 - change.statistic) < 1e-12 && clustered.pValue > change.pValue)
  }

  @Test func nothingToTellIsNil() {
    #expect(ShareChange([]) == nil && ShareChange([(1, 4)]) == nil)
    #expect(ShareChange([(0, 4), (0, 5)]) == nil && ShareChange([(4, 4), (5, 5)]) == nil)
    #expect(ShareChange([(5, 4), (0, 5)]) == nil && ShareChange([(-1, 4), (1, 5)]) == nil)
    #expect(ShareChange([(1, 4), (0, 5)], designEffect: 0.5) == nil)
  }

  @Test func chanceIsFoundNoMoreOftenThanItSays() throws {
    var generator = SeededGenerator(seed: 5)
    var flagged = 0
    for _ in 0..<400 {
      let days = (0..<28).map { _ in
        (count: (0..<10).count { _ in Int.random(in: 0..<10, using: &generator) == 0 }, total: 10)
      }
      if let change = ShareChange(days), change.pValue <= 0.1 { flagged += 1 }
    }
    #expect(flagged <= 50)
  }
}
