/// A fast hash of 64 bits that is the same in every run and on every machine: a 128-bit multiplication folded to its
/// halves' difference for each 16 bytes, as wyhash has it.
///
/// It resists no adversary: whoever has to be sure compares the bytes of two that are equal, or takes `SHA256`.
public enum StableHash {
  /// The hash of a range of bytes; hashes of different seeds have nothing to do with each other.
  public static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64 = 0) -> UInt64 {
    let text = bytes.extracting(range)
    let count = text.count
    var state = combine(seed, UInt64(count))
    if count < 4 {
      if count == 0 { return combine(state, 0) }
      let few = UInt64(text[0]) | UInt64(text[count / 2]) << 8 | UInt64(text[count - 1]) << 16
      return combine(state, few)
    }
    if count < 8 {
      return combine(state, halfWord(text, 0) | halfWord(text, count - 4) << 32)
    }
    // The last words overlap those before them where the length is no multiple of 16.
    var position = 0
    while position + 16 < count {
      state = fold(word(text, position) ^ first, word(text, position + 8) ^ state)
      position += 16
    }
    let tail = fold(word(text, max(0, count - 16)) ^ second, word(text, count - 8) ^ state)
    return combine(tail, state)
  }

  /// The hash of a pair of numbers, of which the order counts.
  @inline(__always)
  public static func combine(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let mixed = fold(left ^ first, right ^ second)
    return fold(mixed ^ third, right ^ fourth)
  }

  // Fractional parts of square roots of primes, made odd: any numbers of many scattered bits would do.
  private static let first: UInt64 = 0x6a09_e667_f3bc_c909
  private static let second: UInt64 = 0xbb67_ae85_84ca_a73b
  private static let third: UInt64 = 0x3c6e_f372_fe94_f82b
  private static let fourth: UInt64 = 0xa54f_f53a_5f1d_36f1

  @inline(__always)
  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// Eight bytes, the first one lowest; the compiler makes one load of it.
  @inline(__always)
  private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
    precondition(start >= 0 && start &+ 8 <= bytes.count)
    return halfWord(bytes, start) | halfWord(bytes, start &+ 4) << 32
  }

  @inline(__always)
  private static func halfWord(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
    UInt64(bytes[start]) | UInt64(bytes[start &+ 1]) << 8 | UInt64(bytes[start &+ 2]) << 16
      | UInt64(bytes[start &+ 3]) << 24
  }
}
