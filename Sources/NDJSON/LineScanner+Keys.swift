/// The keys of the objects that are open while a text is scanned, innermost last: how duplicates are found without a set
/// for each object.
struct KeyMarks: Sendable {
  struct Mark {
    var hash: UInt64
    var start: Int
    var end: Int
    var isEscaped: Bool
  }

  /// Up to this many keys an object is searched key by key; above, its keys are sorted once at its end.
  static let directMax = 32

  var marks: [Mark] = []
  /// How many of `marks` are in use.
  var count = 0
  /// Keys of the text so far, of closed objects too.
  var total = 0

  mutating func reset() {
    count = 0
    total = 0
  }

  @inline(__always)
  mutating func push(_ mark: Mark) {
    if count < marks.count { marks[count] = mark } else { marks.append(mark) }
    count &+= 1
  }
}

/// Which keys an object had so far.
struct SeenKeys {
  /// The wanted ones, each by its own bit: that alone finds them repeated.
  var wanted: UInt64 = 0
  /// A filter over the others: only where a bit is taken already are keys compared.
  var others: UInt64 = 0
}

extension LineScanner {
  /// Takes note of a key and looks it up among the wanted ones.
  ///
  /// Returns an index of the set's entries, or -1.
  @inline(__always)
  mutating func key(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, level: Int, firstMark: Int, seen: inout SeenKeys
  ) -> Int {
    keys.total &+= 1
    if keys.total > rules.keyCountMax { fail(.keyCount, start &- 1); return -1 }
    if isEscaped {
      return escapedKey(bytes, start, end, level: level, firstMark: firstMark, seen: &seen)
    }
    let words = KeyWords(bytes, start: start, length: end &- start)
    if level >= 0 {
      let entry = set.find(words, bytes, start: start, level: level)
      if entry >= 0 && isNew(entry, start, seen: &seen) { return entry }
      if code != .none { return -1 }
      note(words, bytes, start, end, firstMark: firstMark, seen: &seen)
      return entry
    }
    note(words, bytes, start, end, firstMark: firstMark, seen: &seen)
    return -1
  }

  /// Notes a wanted key by its bit, and fails where the object has it already; false if it has no bit.
  @inline(__always)
  mutating func isNew(_ entry: Int, _ start: Int, seen: inout SeenKeys) -> Bool {
    let bit = set.entries[entry].bit
    if bit & seen.wanted != 0 && rules.refusesDuplicateKeys {
      fail(.duplicateKey, start &- 1)
      return false
    }
    seen.wanted |= bit
    return bit != 0
  }

  /// Notes any other key, and fails where the object has it already.
  @inline(__always)
  private mutating func note(
    _ words: KeyWords, _ bytes: Span<UInt8>, _ start: Int, _ end: Int, firstMark: Int, seen: inout SeenKeys
  ) {
    if !rules.refusesDuplicateKeys { return }
    let hash = words.mixed
    let bit = 1 &<< (hash & 63)
    if seen.others & bit != 0 { checkKey(bytes, start, end, hash: hash, firstMark: firstMark) }
    seen.others |= bit
    keys.push(KeyMarks.Mark(hash: hash, start: start, end: end, isEscaped: isEscaped))
  }

  /// As `key`, for a key that is spelled with escapes: what counts is its text.
  @inline(never)
  private mutating func escapedKey(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, level: Int, firstMark: Int, seen: inout SeenKeys
  ) -> Int {
    var text: [UInt8] = []
    JSONText.decode(bytes, start..<end, into: &text)
    let length = text.count
    text.append(contentsOf: repeatElement(0, count: 16))
    let words = KeyWords(text.span, start: 0, length: length)
    let entry = level < 0 ? -1 : set.find(words, text.span, start: 0, level: level)
    if entry >= 0 && isNew(entry, start, seen: &seen) || code != .none { return entry }
    note(words, bytes, start, end, firstMark: firstMark, seen: &seen)
    return entry
  }

  /// Compares a key with those of its object, while they are few.
  @inline(never)
  private mutating func checkKey(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, hash: UInt64, firstMark: Int
  ) {
    if keys.count &- firstMark > KeyMarks.directMax { return }
    var index = firstMark
    while index < keys.count {
      let mark = keys.marks[index]
      if mark.hash == hash && isSameKey(bytes, mark.start..<mark.end, start..<end) {
        fail(.duplicateKey, start &- 1)
        return
      }
      index &+= 1
    }
  }

  /// Finds the first duplicate among the many keys of an object that ends, or in which something else is wrong, which may
  /// stand behind it: sorted, equal keys are neighbours.
  ///
  /// The order is total, so a text made to collide costs no more than another.
  @inline(never)
  mutating func checkManyKeys(_ bytes: Span<UInt8>, from firstMark: Int) {
    var order = Array(firstMark..<keys.count)
    let marks = keys.marks
    var texts: [[UInt8]] = []
    texts.reserveCapacity(order.count)
    for index in order {
      var text: [UInt8] = []
      let range = marks[index].start..<marks[index].end
      if marks[index].isEscaped {
        JSONText.decode(bytes, range, into: &text)
      } else {
        text.append(bytes, range)
      }
      texts.append(text)
    }
    order.sort { left, right in
      if marks[left].hash != marks[right].hash { return marks[left].hash < marks[right].hash }
      let a = texts[left - firstMark]
      let b = texts[right - firstMark]
      return a == b ? left < right : a.lexicographicallyPrecedes(b)
    }
    var first = Int.max
    for (left, right) in zip(order, order.dropFirst())
    where marks[left].hash == marks[right].hash && texts[left - firstMark] == texts[right - firstMark] {
      first = min(first, marks[right].start)
    }
    if first != Int.max && (code == .none || first - 1 < errorOffset) { fail(.duplicateKey, first - 1) }
  }

  private func isSameKey(_ bytes: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
    var a: [UInt8] = []
    var b: [UInt8] = []
    JSONText.decode(bytes, left, into: &a)
    JSONText.decode(bytes, right, into: &b)
    return a == b
  }
}
