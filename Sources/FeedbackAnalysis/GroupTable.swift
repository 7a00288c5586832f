import NDJSON

/// The values of a field that occurred, each with a number from 0 on: an open-addressing table over the bytes of the
/// values, so that looking one up makes no string.
struct GroupTable: Sendable {
  private var slots = [Int32](repeating: -1, count: 64)
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var text: [UInt8] = []

  /// How many different values.
  var count: Int { ends.count }

  /// The bytes of a value.
  func value(_ index: Int) -> [UInt8] { Array(text[start(index)..<ends[index]]) }

  /// The number of a value, a new one if it did not occur before.
  mutating func index(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    let hash = ByteHash.hash(bytes, range)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash && isSame(index, bytes, range) { return index }
      slot = (slot + 1) & mask
    }
    slots[slot] = Int32(truncatingIfNeeded: count)
    hashes.append(hash)
    text.append(bytes, range)
    ends.append(text.count)
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] }

  private func isSame(_ index: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let first = start(index)
    if ends[index] - first != range.count { return false }
    for offset in 0..<range.count where text[first + offset] != bytes[range.lowerBound + offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [Int32](repeating: -1, count: mask + 1)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }
}

/// A hash of bytes that is the same everywhere: FNV-1a in 64 bits, with its bits mixed at the end (the finisher of
/// SplitMix64), as a table looks at the lowest only.
enum ByteHash {
  static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, seed: UInt64 = 0) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
    for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
    hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
    return hash ^ hash >> 31
  }
}
