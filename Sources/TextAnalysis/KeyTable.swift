/// Numbers keys of 128 bits in the order in which they first come: open addressing, as the keys are hashes.
struct KeyTable: Sendable {
  private var slots = [Int32](repeating: -1, count: 64)
  private var keys: [UInt128] = []

  /// How many different keys there are.
  var count: Int { keys.count }

  /// The key of a number.
  subscript(number: Int) -> UInt128 { keys[number] }

  /// The number of a key, and whether it is new.
  mutating func number(of key: UInt128) -> (number: Int, isNew: Bool) {
    var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
    while slots[slot] >= 0 {
      if keys[Int(slots[slot])] == key { return (Int(slots[slot]), false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(keys.count)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return (keys.count - 1, true)
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [Int32](repeating: -1, count: mask + 1)
    for (number, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: key) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number)
    }
  }
}
