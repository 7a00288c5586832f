import Digest
import TestSupport
import Testing

@Suite struct StableHashTests {
  static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    StableHash.hash(bytes.span, 0..<bytes.count, seed: seed)
  }

  /// One value for each way through the function, as another implementation of its definition gives them.
  @Test(arguments: [
    ("", 0x14c47830a37d1670 as UInt64),
    ("a", 0xb418a5b4d7ecfce0 as UInt64),
    ("abc", 0xc2ac69a545bfb8bb as UInt64),
    ("abcd", 0xfb648686cc8f32c5 as UInt64),
    ("abcdefg", 0xf4a6e13018de6fbd as UInt64),
    ("abcdefgh", 0x1520bff41e806ef6 as UInt64),
    ("conversation-1", 0x82c2a37c6ea1f2b0 as UInt64),
    ("0123456789abcdef", 0x00893bd32a459fe8 as UInt64),
    ("0123456789abcdef0", 0x28e08625f552d0dd as UInt64),
    ("The quick brown fox jumps over the lazy dog.", 0x5ac832eb9adaeb78 as UInt64),
  ])
  func valuesStay(text: String, value: UInt64) {
    #expect(Self.hash(Array(text.utf8)) == value)
  }

  @Test func theValueIsOfTheBytesAlone() {
    var random = SeededGenerator(seed: 5)
    for count in 0...100 {
      let text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let around = [UInt8](repeating: 7, count: count % 9) + text + [1, 2, 3]
      let start = count % 9
      #expect(StableHash.hash(around.span, start..<start + count) == Self.hash(text))
    }
  }

  /// Each bit of the input, the seed and the length changes about half of the bits of the hash.
  @Test func everyBitCounts() {
    var random = SeededGenerator(seed: 6)
    var changed = 0
    var trials = 0
    for count in 1...70 {
      var text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let seed = random.next()
      let value = Self.hash(text, seed: seed)
      var others = [Self.hash(text + [0], seed: seed), Self.hash(text, seed: seed ^ 1 << UInt64(count % 64))]
      for bit in 0..<count * 8 {
        text[bit / 8] ^= 1 << UInt8(bit % 8)
        others.append(Self.hash(text, seed: seed))
        text[bit / 8] ^= 1 << UInt8(bit % 8)
      }
      for other in others {
        let difference = (other ^ value).nonzeroBitCount
        #expect(difference >= 8, "\(count)")
        changed += difference
        trials += 1
      }
    }
    #expect(trials == 20_020)
    #expect(abs(Double(changed) / Double(trials) - 32) < 0.5)
  }

  @Test func pairsAreOrdered() {
    var seen: Set<UInt64> = []
    for left in UInt64(0)..<100 {
      for right in UInt64(0)..<100 { seen.insert(StableHash.combine(left, right)) }
    }
    #expect(seen.count == 10_000)
  }
}
