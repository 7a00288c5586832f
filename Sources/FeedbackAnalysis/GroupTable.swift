import Digest
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

  /// Whether a value has occurred.
  func contains(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    slots[slot(bytes, range, StableHash.hash(bytes, range))] >= 0
  }

  /// The number of a value, a new one if it did not occur before.
  mutating func index(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    let hash = StableHash.hash(bytes, range)
    let slot = slot(bytes, range, hash)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    slots[slot] = Int32(truncatingIfNeeded: count)
    hashes.append(hash)
    text.append(bytes, range)
    ends.append(text.count)
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  /// Where a value is in the table, or would be.
  @inline(__always)
  private func slot(_ bytes: Span<UInt8>, _ range: Range<Int>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if hashes[index] == hash && isSame(index, bytes, range) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
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
