/// The fields a command wants located while a record is scanned: dotted paths through objects, compiled to one small
/// hash table for each object level.
///
/// Immutable once made.
public struct FieldSet: Sendable {
  /// One key of one object level.
  struct Entry {
    var word: UInt64 = 0
    var tail: UInt64 = 0
    var length: Int32 = -1
    var slot: Int16 = -1
    var child: Int16 = -1
    var nameStart: Int32 = 0
    /// A bit of its own among the keys of the level; 0 beyond the first 64.
    var bit: UInt64 = 0
    /// Which bytes of `word` the key has; 0 where a text has to be scanned before it can be told from the key.
    var mask: UInt64 = 0
  }

  /// Entries of a level; a power of two, four times the keys it holds at least.
  struct Level {
    var first: Int
    var mask: Int
  }

  /// The paths in the order of their slots.
  public let paths: [[String]]
  private(set) var entries: [Entry] = []
  private(set) var levels: [Level] = []
  private(set) var names: [UInt8] = []

  /// Compiles paths, each a list of keys from the record inward.
  ///
  /// The field of `paths[i]` is found in slot `i`.
  public init(paths: [[String]]) {
    self.paths = paths
    var tree = PathTree()
    for (slot, path) in paths.enumerated() { tree.insert(path, slot: slot) }
    for node in tree.nodes {
      var size = 16
      while size < node.count * 4 { size *= 2 }
      let level = Level(first: entries.count, mask: size - 1)
      levels.append(level)
      entries.append(contentsOf: repeatElement(Entry(), count: size))
      for (index, branch) in node.enumerated() { place(branch, index, in: level) }
    }
  }

  private mutating func place(_ branch: PathTree.Branch, _ number: Int, in level: Level) {
    let name = Array(branch.key.utf8)
    let padded = name + [UInt8](repeating: 0, count: 16)
    let key = KeyWords(padded.span, start: 0, length: name.count)
    var index = key.bucket & level.mask
    while entries[level.first + index].length >= 0 { index = (index + 1) & level.mask }
    entries[level.first + index] = Entry(
      word: key.word, tail: key.tail, length: Int32(name.count), slot: Int16(branch.slot),
      child: Int16(branch.child), nameStart: Int32(names.count), bit: number < 64 ? 1 << UInt64(number) : 0,
      mask: number < 64 ? Self.mask(name) : 0)
    names.append(contentsOf: name)
  }

  /// All of a key of up to 16 bytes of ASCII is in its words, and nothing in it could be part of an escape or end a string.
  private static func mask(_ name: [UInt8]) -> UInt64 {
    let isPlain = name.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    if !isPlain || name.count > 16 || name.isEmpty { return 0 }
    return name.count >= 8 ? .max : ~(UInt64.max << UInt64(8 * name.count))
  }

  /// Whether just the key of an entry stands at an offset, and the quote that ends it.
  @inline(__always)
  func stands(_ entry: Int, _ bytes: Span<UInt8>, at start: Int) -> Bool {
    let mask = entries[entry].mask
    let length = Int(entries[entry].length)
    if mask == 0 || bytes.word(at: start) & mask != entries[entry].word { return false }
    if length >= 8 && bytes.word(at: start &+ length &- 8) != entries[entry].tail { return false }
    return bytes[start &+ length] == 0x22
  }

  /// Index into `entries` of a key at a level, or -1.
  @inline(__always)
  func find(_ key: KeyWords, _ bytes: Span<UInt8>, start: Int, level: Int) -> Int {
    let level = levels[level]
    var index = key.bucket & level.mask
    while true {
      let place = level.first &+ index
      let length = entries[place].length
      if length < 0 { return -1 }
      if Int(length) == key.length && entries[place].word == key.word
        && entries[place].tail == key.tail
      {
        if key.length <= 16 || isSame(place, bytes, start: start) { return place }
      }
      index = (index &+ 1) & level.mask
    }
  }

  private func isSame(_ place: Int, _ bytes: Span<UInt8>, start: Int) -> Bool {
    let first = Int(entries[place].nameStart)
    for offset in 0..<Int(entries[place].length) where names[first + offset] != bytes[start + offset] {
      return false
    }
    return true
  }
}

/// What the tables know of a key: its first and last eight bytes and its length.
///
/// Up to 16 bytes that is the whole key.
struct KeyWords {
  let word: UInt64
  let tail: UInt64
  let length: Int

  /// Reads a key; 16 readable bytes have to follow its start.
  @inline(__always)
  init(_ bytes: Span<UInt8>, start: Int, length: Int) {
    self.length = length
    let first = bytes.word(at: start)
    if length >= 8 {
      word = first
      tail = bytes.word(at: start &+ length &- 8)
    } else {
      word = length == 0 ? 0 : first & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* length))
      tail = 0
    }
  }

  /// A number spread over 58 bits that equal keys share.
  @inline(__always)
  var mixed: UInt64 {
    let a = (word ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
    let b = (tail ^ (a &>> 32)) &* 0xD6E8_FEB8_6659_FD93
    return (a ^ b) &* 0x9E37_79B9_7F4A_7C15
  }

  /// Where a table of up to 64 K entries begins to look for the key.
  @inline(__always)
  var bucket: Int { Int(truncatingIfNeeded: mixed &>> 48) }
}

/// Paths folded into a tree, one node for each object level.
private struct PathTree {
  struct Branch {
    var key: String
    var slot = -1
    var child = -1
  }
  var nodes: [[Branch]] = [[]]

  mutating func insert(_ path: [String], slot: Int) {
    var node = 0
    for (depth, key) in path.enumerated() {
      // Compared as bytes: equal in Swift's sense would fold composed and decomposed accents into one key.
      var index = nodes[node].firstIndex { $0.key.utf8.elementsEqual(key.utf8) } ?? -1
      if index < 0 {
        index = nodes[node].count
        nodes[node].append(Branch(key: key))
      }
      if depth == path.count - 1 {
        nodes[node][index].slot = slot
      } else {
        if nodes[node][index].child < 0 {
          nodes[node][index].child = nodes.count
          nodes.append([])
        }
        node = nodes[node][index].child
      }
    }
  }
}
