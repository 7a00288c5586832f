import Foundation
import TestSupport
import Testing
import TextAnalysis

@Suite struct HashSplitTests {
  static func split(_ shares: [Double]) -> HashSplit? {
    HashSplit(shares.enumerated().map { HashSplit.Part(name: "part \($0)", share: $1) })
  }

  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("27_hash_split")
    let split = try #require(Self.split([0.1, 0.9]))
    for item in cases {
      guard let key = item["key"] as? String else { continue }
      let bytes = Array(key.utf8)
      let place = split.place(of: bytes.span)
      #expect(String(place) == item["u64"] as? String)
      #expect(isNear(Double(place) / 0x1p64, item["fraction"], 1e-15))
      let part = split.part(of: bytes.span)
      #expect((part == 0) == (item["validation_at_10pct"] as? Bool))
    }
    #expect(cases.count == 7 && cases.last?["share_validation_of_10000_keys_at_10pct"] as? Double == 0.0989)
  }

  @Test(arguments: [[0.1, 0.9], [0.8, 0.1, 0.1], [1], [1.0 / 3, 1.0 / 3, 1.0 / 3], [0.001, 0.999]])
  func sharesAreKept(shares: [Double]) throws {
    let split = try #require(Self.split(shares))
    var counts = [Int](repeating: 0, count: shares.count)
    for number in 0..<10_000 { counts[split.part(of: Array("conv-\(number)".utf8).span)] += 1 }
    for (share, count) in zip(shares, counts) {
      // Five standard errors.
      #expect(abs(Double(count) - share * 10_000) <= 5 * (10_000 * share * (1 - share)).squareRoot(), "\(counts)")
    }
  }

  @Test func theFirstPartStaysWhenOthersChange() throws {
    let splits = try [[0.1, 0.9], [0.1, 0.2, 0.7], [0.1, 0.5, 0.4]].map { try #require(Self.split($0)) }
    let wider = try #require(Self.split([0.2, 0.8]))
    for number in 0..<2000 {
      let id = Array("c\(number)".utf8)
      let parts = splits.map { $0.part(of: id.span) == 0 }
      #expect(Set(parts).count == 1)
      let part = wider.part(of: id.span)
      #expect(!parts[0] || part == 0)
    }
  }

  @Test func saltsGiveOtherSplits() throws {
    let parts = [HashSplit.Part(name: "a", share: 0.5), HashSplit.Part(name: "b", share: 0.5)]
    let (one, other) = (try #require(HashSplit(parts)), try #require(HashSplit(parts, salt: "other")))
    let same = (0..<1000).count { one.part(of: Array("\($0)".utf8).span) == other.part(of: Array("\($0)".utf8).span) }
    #expect((400...600).contains(same))
  }

  @Test(arguments: [[], [0.5], [0.5, 0.6], [0, 1], [-0.5, 1.5], [.nan, 1], [2], [.infinity]] as [[Double]])
  func sharesThatMakeNoWholeAreRefused(shares: [Double]) {
    #expect(Self.split(shares) == nil)
  }
}
