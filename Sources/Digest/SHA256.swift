/// SHA-256 (FIPS 180-4), fed in pieces.
public struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  private var block: [UInt8] = []
  private var byteCount: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)

  /// Starts a digest.
  public init() {
    block.reserveCapacity(64)
  }

  /// Takes in a range of bytes.
  public mutating func update(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    byteCount &+= UInt64(range.count)
    for index in range {
      block.append(bytes[index])
      if block.count == 64 { compress() }
    }
  }

  /// Takes in bytes.
  public mutating func update(_ bytes: [UInt8]) {
    update(bytes.span, 0..<bytes.count)
  }

  /// The 32 bytes of the digest.
  public consuming func finish() -> [UInt8] {
    let bitCount = byteCount &* 8
    block.append(0x80)
    if block.count > 56 {
      while block.count < 64 { block.append(0) }
      compress()
    }
    while block.count < 56 { block.append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      block.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    compress()
    return state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// The digest of bytes.
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The digest of a range of bytes in 64 hexadecimal digits.
  public static func hexadecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes, range)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in hash.finish() {
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
    return text
  }

  private mutating func compress() {
    for index in 0..<16 {
      let word = index * 4
      schedule[index] =
        UInt32(block[word]) << 24 | UInt32(block[word + 1]) << 16 | UInt32(block[word + 2]) << 8
        | UInt32(block[word + 3])
    }
    for index in 16..<64 {
      let a = schedule[index - 15]
      let b = schedule[index - 2]
      let low = SHA256.rotate(a, 7) ^ SHA256.rotate(a, 18) ^ (a >> 3)
      let high = SHA256.rotate(b, 17) ^ SHA256.rotate(b, 19) ^ (b >> 10)
      schedule[index] = schedule[index - 16] &+ low &+ schedule[index - 7] &+ high
    }
    var v = state
    for index in 0..<64 {
      let sum1 = SHA256.rotate(v[4], 6) ^ SHA256.rotate(v[4], 11) ^ SHA256.rotate(v[4], 25)
      let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      let first = v[7] &+ sum1 &+ choice &+ SHA256.constants[index] &+ schedule[index]
      let sum0 = SHA256.rotate(v[0], 2) ^ SHA256.rotate(v[0], 13) ^ SHA256.rotate(v[0], 22)
      let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      let second = sum0 &+ majority
      v[7] = v[6]
      v[6] = v[5]
      v[5] = v[4]
      v[4] = v[3] &+ first
      v[3] = v[2]
      v[2] = v[1]
      v[1] = v[0]
      v[0] = first &+ second
    }
    for index in 0..<8 { state[index] = state[index] &+ v[index] }
    block.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, computed rather than listed.
  private static let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // The largest r with r³ ≤ prime · 2⁹⁶; its low 32 bits are the fraction.
      var low: UInt64 = 0
      var high: UInt64 = 8 << 32
      while high - low > 1 {
        let middle = (low + high) / 2
        let cube = UInt128(middle) * UInt128(middle) * UInt128(middle)
        if cube <= UInt128(prime) << 96 { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()
}
