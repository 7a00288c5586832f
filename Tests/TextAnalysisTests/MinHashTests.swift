import Foundation
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct MinHashTests {
  /// The first four bytes of SHA-1 (FIPS 180-4) as a number, the lowest first: how datasketch hashes what it is given.
  static func sha1Start(_ text: String) -> UInt32 {
    func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
    var block = Array(text.utf8) + [0x80]
    block += [UInt8](repeating: 0, count: 63 - block.count) + [UInt8(text.utf8.count * 8)]
    var words = (0..<16).map { index in (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[index * 4 + $1]) } }
    for index in 16..<80 {
      words.append(rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
    }
    var (a, b, c, d, e): (UInt32, UInt32, UInt32, UInt32, UInt32) = (
      0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
    )
    let start = a
    for (index, word) in words.enumerated() {
      let (mixed, constant): (UInt32, UInt32) =
        switch index / 20 {
        case 0: (b & c | ~b & d, 0x5A82_7999)
        case 1: (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotate(a, 5) &+ mixed &+ e &+ constant &+ word
      (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
    }
    return (start &+ a).byteSwapped
  }

  static func signature(_ hashes: [UInt32]) -> [UInt32] {
    var signature: [UInt32] = [1]
    MinHash.sign(hashes.span, into: &signature)
    return signature
  }

  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("25_minhash_affine32")
    var docs: [[String: Any]] = []
    for item in cases {
      let hash = Self.sha1Start("a")
      #expect(item["sha1_32_of_'a'"] as? Int == Int(hash))
      #expect(item["fmix32_of_that"] as? Int == Int(MinHash.mix(hash)))
      let (a, b) = (try #require(item["a"] as? [Int]), try #require(item["b"] as? [Int]))
      // The signature of one hash shows all factors and summands.
      for hash in [0, 1, 77] as [UInt32] {
        let mixed = Int(MinHash.mix(hash))
        #expect(Self.signature([hash]).map(Int.init) == zip(a, b).map { ($0 &* mixed &+ $1) & 0xFFFF_FFFF })
      }
      docs = try #require(item["docs"] as? [[String: Any]])
      for doc in docs {
        let set = try #require(doc["set"] as? [String])
        #expect(Self.signature(set.map(Self.sha1Start)).map(Int.init) == doc["hashvalues"] as? [Int], "\(set)")
      }
    }
    #expect(cases.count == 1 && docs.count == 4)
  }

  @Test func theSignatureIsOfTheSet() {
    var random = SeededGenerator(seed: 25)
    #expect(Self.signature([]) == [UInt32](repeating: .max, count: 128))
    for _ in 0..<50 {
      let set = (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
      #expect(Self.signature(set) == Self.signature((set + set).shuffled(using: &random)))
      let half = set.count / 2
      let (left, right) = (Self.signature(Array(set[..<half])), Self.signature(Array(set[half...])))
      #expect(Self.signature(set) == zip(left, right).map { min($0, $1) })
    }
  }

  /// datasketch's choice of bands: the least sum of the areas of false positives and false negatives.
  static func chosenBanding(threshold: Double, permutations: Int) -> [Int] {
    var best = (error: Double.infinity, bands: 0, rows: 0)
    for bands in 1...permutations {
      for rows in 1...permutations / bands {
        let banding = Banding(bands: bands, rows: rows)
        var error = 0.0
        var x = 0.0
        while x < threshold {
          error += 0.5 * 0.001 * banding.candidateProbability(similarity: x + 0.0005)
          x += 0.001
        }
        x = threshold
        while x < 1 {
          error += 0.5 * 0.001 * (1 - banding.candidateProbability(similarity: x + 0.0005))
          x += 0.001
          if error > best.error { break }
        }
        if error < best.error { best = (error, bands, rows) }
      }
    }
    return [best.bands, best.rows]
  }

  @Test(.enabled(if: hasShared, sharedMissing)) func bandingVectors() throws {
    let cases = try vectorCases("26_lsh_parameters")
    var probabilityCount = 0
    for item in cases {
      if let bands = item["bands"] as? Int, let rows = item["rows"] as? Int {
        let banding = Banding(bands: bands, rows: rows)
        if item["preset"] as? String == "ours_128" { #expect(banding == .near) }
        if item["preset"] as? String == "high_recall" { #expect(banding == .loose) }
        let expected = try #require(item["p_candidate"] as? [String: Any])
        for (similarity, probability) in expected {
          let found = banding.candidateProbability(similarity: try #require(Double(similarity)))
          #expect(isNear(found, probability, 1e-9), "\(item) \(found)")
          probabilityCount += 1
        }
      } else {
        let threshold = try #require(item["threshold"] as? Double)
        let permutations = try #require(item["num_perm"] as? Int)
        let found = Self.chosenBanding(threshold: threshold, permutations: permutations)
        #expect(found == item["datasketch_b_r"] as? [Int], "\(item) \(found)")
      }
    }
    #expect(cases.count == 33 && probabilityCount == 45)
  }

  /// Pairs of a known similarity become candidates as often as the formula says.
  @Test(arguments: [(Banding.near, 0.5), (.near, 0.8), (.loose, 0.3), (.loose, 0.5)])
  func candidatesAreAsProbableAsSaid(banding: Banding, similarity: Double) {
    var random = SeededGenerator(seed: 26)
    var found = 0
    for _ in 0..<1000 {
      // Of 60 elements in both sets together, this share is in each.
      let all = (0..<60).map { _ in UInt32.random(in: 0 ... .max, using: &random) }
      let shared = Int((60 * similarity).rounded())
      let middle = (60 + shared) / 2
      var keys: [[UInt32]] = [[], []]
      let sets = [Array(all[..<middle]), Array(all[..<shared] + all[middle...])]
      for (index, set) in sets.enumerated() {
        banding.appendKeys(of: Self.signature(set).span, seed: 1, to: &keys[index])
      }
      if zip(keys[0], keys[1]).contains(where: ==) { found += 1 }
    }
    #expect(abs(Double(found) / 1000 - banding.candidateProbability(similarity: similarity)) < 0.05)
  }
}
