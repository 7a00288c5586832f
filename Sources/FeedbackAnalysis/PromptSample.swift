/// Prompts that were rated, with whether some answer to each was poor and some good: a sample by hash of bounded size,
/// complete while there are few.
///
/// Which prompts are in it does not depend on the order: those whose hash begins with as many zeros as it takes.
struct PromptSample: Sendable {
  static let countMax = 1 << 13
  /// Bits of a slot: what its prompt was rated as, and whether more than once.
  private static let poor: UInt64 = 1
  private static let good: UInt64 = 2
  private static let again: UInt64 = 4
  private static let flags: UInt64 = 7

  /// Open addressing.
  ///
  /// A slot is a hash without its lowest three bits, which are the flags; 0 is an empty slot.
  private var slots: [UInt64] = []
  private var count = 0
  /// How many zeros a hash has to begin with.
  private var zeroBits = 0

  /// Adds a rating of the prompt with a hash.
  mutating func add(_ hash: UInt64, isPoor: Bool, isGood: Bool) {
    let flags = (isPoor ? Self.poor : 0) | (isGood ? Self.good : 0)
    put(hash & ~Self.flags, flags)
  }

  mutating func merge(_ other: PromptSample) {
    while zeroBits < other.zeroBits { thin() }
    for slot in other.slots where slot != 0 { put(slot & ~Self.flags, slot & Self.flags) }
  }

  /// How many prompts were rated more than once, and how many of them both poor and good.
  var repeats: (count: Int, contradictory: Int) {
    var result = (count: 0, contradictory: 0)
    for slot in slots where slot & Self.again != 0 {
      result.count += 1
      if slot & Self.poor != 0 && slot & Self.good != 0 { result.contradictory += 1 }
    }
    return result
  }

  private mutating func put(_ key: UInt64, _ flags: UInt64) {
    if key == 0 || key.leadingZeroBitCount < zeroBits { return }
    if slots.isEmpty { slots = [UInt64](repeating: 0, count: 1 << 10) }
    let place = place(of: key)
    if slots[place] == 0 {
      slots[place] = key | flags
      count += 1
      if count > Self.countMax { thin() } else if 2 * count > slots.count { rebuild(size: 2 * slots.count) }
    } else {
      slots[place] |= flags | Self.again
    }
  }

  private func place(of key: UInt64) -> Int {
    let mask = slots.count - 1
    // The highest bits are zeros in a thinned sample; those in the middle are as good.
    var place = Int(truncatingIfNeeded: key >> 8) & mask
    while slots[place] != 0 && slots[place] & ~Self.flags != key { place = (place + 1) & mask }
    return place
  }

  private mutating func thin() {
    zeroBits += 1
    rebuild(size: slots.count)
    if count > Self.countMax { thin() }
  }

  private mutating func rebuild(size: Int) {
    let old = slots
    slots = [UInt64](repeating: 0, count: size)
    count = 0
    for slot in old where slot != 0 && slot.leadingZeroBitCount >= zeroBits {
      slots[place(of: slot & ~Self.flags)] = slot
      count += 1
    }
  }
}
