/// MinHash signatures of 128 permutations (Broder 1997), scheme "affine32" of datasketch 2, bit for bit.
///
/// Of a set of 32-bit hashes x it keeps, for each k, the least of a_k·fmix32(x) + b_k mod 2³². Two sets have the same
/// number at a place with the probability of their Jaccard similarity.
public enum MinHash {
  /// How many numbers a signature has.
  public static let permutationCount = 128

  /// Replaces `signature` by the 128 numbers of a set; all are `UInt32.max` for the empty one.
  public static func sign(_ hashes: Span<UInt32>, into signature: inout [UInt32]) {
    var mixed: [UInt32] = []
    mixed.reserveCapacity(hashes.count)
    for index in 0..<hashes.count { mixed.append(mix(hashes[index])) }
    signature.removeAll(keepingCapacity: true)
    let permutations = permutations
    for (a, b) in permutations {
      var least = Lanes(repeating: .max)
      for hash in mixed {
        let value = a &* Lanes(repeating: hash) &+ b
        least.replace(with: value, where: value .< least)
      }
      for lane in 0..<16 { signature.append(least[lane]) }
    }
  }

  /// The finisher of MurmurHash3 for 32 bits.
  static func mix(_ hash: UInt32) -> UInt32 {
    var value = hash
    value = (value ^ value &>> 16) &* 0x85EB_CA6B
    value = (value ^ value &>> 13) &* 0xC2B2_AE35
    return value ^ value &>> 16
  }

  private typealias Lanes = SIMD16<UInt32>

  /// The factors and the summands, 16 permutations at a time.
  private static let permutations: [(a: Lanes, b: Lanes)] = {
    let numbers = mersenneTwister(seed: 1, count: 2 * permutationCount)
    return stride(from: 0, to: permutationCount, by: 16).map { first in
      var (a, b) = (Lanes(), Lanes())
      for lane in 0..<16 {
        a[lane] = numbers[first + lane] << 1 | 1
        b[lane] = numbers[permutationCount + first + lane]
      }
      return (a, b)
    }
  }()

  /// The first numbers of MT19937 (Matsumoto and Nishimura 1998), as NumPy's generator of that seed gives them.
  private static func mersenneTwister(seed: UInt32, count: Int) -> [UInt32] {
    var state = [seed]
    for index in 1..<624 {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
    return (0..<count).map { index in
      let bits = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7FFF_FFFF
      state[index] = state[(index + 397) % 624] ^ bits >> 1 ^ (bits & 1 == 1 ? 0x9908_B0DF : 0)
      var value = state[index]
      value ^= value >> 11
      value ^= value << 7 & 0x9D2C_5680
      value ^= value << 15 & 0xEFC6_0000
      return value ^ value >> 18
    }
  }
}
