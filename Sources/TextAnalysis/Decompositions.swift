/// The decomposition mappings of Unicode and the pairs that compose again, ready to be looked up.
///
/// Read from `DecompositionTable` on the first use, which only text beyond ASCII has.
struct Decompositions: Sendable {
  static let shared = Decompositions(DecompositionTable.text)

  /// Scalars from here on have no mapping of a single code point in the table.
  private static let scalarsEnd: UInt32 = 0x3_0000
  /// The block of 128 slots of a scalar's upper bits; block 0 is empty.
  private var blocks = [UInt8](repeating: 0, count: Int(scalarsEnd >> 7))
  /// The number of the mapping of a scalar, counted from 1; 0 for none.
  private var slots = [UInt16](repeating: 0, count: 128)
  /// For each mapping the place in `scalars` of its first scalar, shifted by one, and whether it is one of
  /// compatibility.
  private var mappings: [UInt32] = [0]
  private var scalars: [UInt32] = []
  /// Second and first scalar of the pairs that compose, in order, with what they compose to.
  private var pairs: [UInt64] = []
  private var composites: [UInt32] = []
  /// The starters among the second scalars.
  private var starterSeconds: [UInt32] = []

  private init(_ table: String) {
    var code: UInt32 = 0
    for word in table.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
      read(word, &code)
    }
    mappings.append(UInt32(scalars.count) << 1)
    findPairs()
  }

  /// Reads a word of the table: a run of mappings.
  private mutating func read(_ word: Substring.UTF8View, _ code: inout UInt32) {
    var number: UInt32 = 0
    var mapping: [UInt32] = []
    var isCompatible: UInt32 = 0
    for byte in word {
      switch byte {
      case 0x2E:  // .
        code += number
        number = 0
      case 0x7E: isCompatible = 1  // ~
      case 0x2C, 0x2B:  // , +
        mapping.append(number)
        number = 0
      default: number = number << 4 | UInt32(byte < 0x3A ? byte - 0x30 : byte - 0x57)
      }
    }
    var more: UInt32 = 0
    if word.contains(0x2B) { more = number } else { mapping.append(number) }
    for offset in 0...more {
      add(code, mapping, offset, isCompatible)
      code += 1
    }
  }

  private mutating func add(_ code: UInt32, _ mapping: [UInt32], _ offset: UInt32, _ isCompatible: UInt32) {
    let upper = Int(code >> 7)
    if blocks[upper] == 0 {
      blocks[upper] = UInt8(slots.count >> 7)
      slots += [UInt16](repeating: 0, count: 128)
    }
    slots[Int(blocks[upper]) << 7 | Int(code & 127)] = UInt16(mappings.count)
    mappings.append(UInt32(scalars.count) << 1 | isCompatible)
    scalars += mapping
    scalars[scalars.count - 1] += offset
  }

  /// What composes is what decomposes canonically into two scalars, without the exclusions (Unicode, D114 to D117).
  private mutating func findPairs() {
    var found: [(pair: UInt64, composite: UInt32)] = []
    for code in 0..<Self.scalarsEnd {
      if blocks[Int(code >> 7)] == 0 { continue }
      guard let mapping = mapping(of: code), mapping.count == 2, !isCompatible(code) else { continue }
      guard let scalar = Unicode.Scalar(code), !scalar.properties.isFullCompositionExclusion else { continue }
      let second = scalars[mapping.lowerBound + 1]
      found.append((UInt64(second) << 32 | UInt64(scalars[mapping.lowerBound]), code))
      if Self.combiningClass(second) == 0 && !starterSeconds.contains(second) { starterSeconds.append(second) }
    }
    found.sort { $0.pair < $1.pair }
    pairs = found.map(\.pair)
    composites = found.map(\.composite)
  }

  /// The number of the mapping of a scalar, 0 where it has none.
  @inline(__always)
  private func number(of scalar: UInt32) -> Int {
    if scalar >= Self.scalarsEnd { return 0 }
    return Int(slots[Int(blocks[Int(scalar &>> 7)]) &<< 7 | Int(scalar & 127)])
  }

  /// Where the mapping of a scalar stands, one step only; nil where it has none.
  @inline(__always)
  func mapping(of scalar: UInt32) -> Range<Int>? {
    let number = number(of: scalar)
    if number == 0 { return nil }
    return Int(mappings[number] >> 1)..<Int(mappings[number + 1] >> 1)
  }

  /// Whether a scalar has a mapping, and it is one of compatibility.
  @inline(__always)
  func isCompatible(_ scalar: UInt32) -> Bool { mappings[number(of: scalar)] & 1 == 1 }

  /// A scalar of a mapping.
  @inline(__always)
  subscript(place: Int) -> UInt32 { scalars[place] }

  /// What two scalars compose to, nil where they do not.
  ///
  /// Hangul is not among them.
  func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    let pair = UInt64(second) << 32 | UInt64(first)
    var low = 0
    var high = pairs.count
    while low < high {
      let middle = (low + high) >> 1
      if pairs[middle] < pair { low = middle + 1 } else { high = middle }
    }
    return low < pairs.count && pairs[low] == pair ? composites[low] : nil
  }

  /// Whether a scalar is in the blocks from Bopomofo to Yi, where no marks are: a way past the database for most of the
  /// scalars of Chinese and Japanese.
  @inline(__always)
  private static func isIdeographic(_ scalar: UInt32) -> Bool { scalar &- 0x3100 < 0x7500 }

  /// Whether a scalar of combining class 0 composes with some scalar before it.
  @inline(__always)
  func isStarterSecond(_ scalar: UInt32) -> Bool {
    scalar >= 0x900 && !Self.isIdeographic(scalar)
      && (Hangul.isVowelOrTrailing(scalar) || starterSeconds.contains(scalar))
  }

  /// The canonical combining class of a scalar.
  @inline(__always)
  static func combiningClass(_ scalar: UInt32) -> UInt8 {
    if scalar < 0x300 || isIdeographic(scalar) || Hangul.isSyllable(scalar) { return 0 }
    return Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0
  }
}
