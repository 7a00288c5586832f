/// What a scanner insists on besides the grammar of RFC 8259.
public struct JSONRules: Sendable {
  /// Deepest nesting of containers that is accepted.
  public var depthMax: Int
  /// Most keys that one text may hold in all its objects.
  public var keyCountMax: Int
  /// Whether an object may hold a key only once (I-JSON).
  public var refusesDuplicateKeys: Bool
  /// Whether escapes have to form whole code points (I-JSON).
  public var refusesLoneSurrogates: Bool
  /// Whether the text has to be an object.
  public var requiresObject: Bool
  /// Whether a newline is white space (a document) or ends the text (a line).
  public var isDocument: Bool

  /// The rules for a record on a line: RFC 8259 and I-JSON, an object, 64 levels, 65,536 keys.
  public static let record = JSONRules(
    depthMax: 64, keyCountMax: 65_536, refusesDuplicateKeys: true, refusesLoneSurrogates: true,
    requiresObject: true, isDocument: false)

  /// The rules for a JSON document that holds records: as for a line, but of any kind, over many lines, and of any number
  /// of keys.
  public static let document = JSONRules(
    depthMax: 68, keyCountMax: Int.max, refusesDuplicateKeys: true, refusesLoneSurrogates: true,
    requiresObject: false, isDocument: true)

  /// The grammar of RFC 8259 alone: any value, no check of keys or surrogates.
  public static let grammar = JSONRules(
    depthMax: 512, keyCountMax: Int.max, refusesDuplicateKeys: false, refusesLoneSurrogates: false,
    requiresObject: false, isDocument: true)
}

/// Validates one JSON text and locates the wanted fields in the same pass over its bytes.
///
/// Nothing is allocated for a text: fields are ranges of the bytes given. The bytes have to hold a newline at or after the
/// start, and `scanPadding` readable bytes after that newline; so no loop needs a test for the end of the block. A raw
/// newline cannot stand inside JSON, so the scanner finds the end of the line itself.
public struct LineScanner: Sendable {
  /// The rules in force.
  public let rules: JSONRules
  /// The wanted fields, in the order of their paths.
  public internal(set) var fields: [Field]
  /// The value of the last text: of a record, its outermost object.
  public private(set) var root = Field.missing
  /// What was wrong with the last text, `.none` if nothing.
  public internal(set) var code = JSONErrorCode.none
  /// Where it was wrong.
  public internal(set) var errorOffset = 0

  let set: FieldSet
  var depth = 0
  var isEscaped = false
  var keys = KeyMarks()
  /// Which wanted key came after another one the last time (and, at the end, as the first of a level), or -1: records of a
  /// log have their keys in one order, and a key that is expected need be compared only.
  var followers: [Int32]

  /// Makes a scanner that locates a set of fields.
  public init(_ set: FieldSet, rules: JSONRules = .record) {
    self.set = set
    self.rules = rules
    fields = Array(repeating: .missing, count: set.paths.count)
    followers = Array(repeating: -1, count: set.entries.count + set.levels.count)
  }

  /// The error of the last text, or nil.
  public var error: JSONError? { code == .none ? nil : JSONError(code, at: errorOffset) }

  /// Scans the text that starts at `start`.
  ///
  /// Returns the offset just past its newline (of a document: of its last byte). `code` tells whether it was accepted;
  /// `.blank` is a line of white space.
  public mutating func scan(_ bytes: Span<UInt8>, from start: Int) -> Int {
    for index in 0..<fields.count { fields[index].kind = .missing }
    code = .none
    depth = 0
    keys.reset()
    root = .missing
    var position = skipSpace(bytes, start)
    let first = bytes[position]
    if first == 0x7B {
      let end = object(bytes, position &+ 1, level: 0)
      if code == .none { root = Field(start: position, end: end, kind: .object) }
      position = end
    } else if first == 0x0A && !rules.isDocument {
      code = .blank
      return position &+ 1
    } else if rules.requiresObject {
      fail(.notObject, position)
    } else {
      position = value(bytes, position, entry: -1)
    }
    if code == .none {
      position = skipSpace(bytes, position)
      if rules.isDocument { return position }
      if bytes[position] == 0x0A { return position &+ 1 }
      fail(.trailing, position)
    }
    if rules.isDocument { return position }
    if bytes[errorOffset] == 0x0A && (code == .syntax || code == .number) { code = .truncated }
    return lineEnd(bytes, min(position, errorOffset))
  }

  /// Scans a whole text that is not part of a block; for tests and small inputs, as it copies the bytes.
  public mutating func scan(text: [UInt8]) -> [UInt8] {
    let padded = text + [0x0A] + [UInt8](repeating: 0, count: scanPadding)
    let end = scan(padded.span, from: 0)
    if rules.isDocument && code == .none && end < text.count { fail(.trailing, end) }
    if !rules.isDocument && code == .none && end <= text.count { fail(.trailing, end - 1) }
    if code != .none && errorOffset >= text.count {
      errorOffset = text.count
      if code == .syntax || code == .number || code == .controlCharacter { code = .truncated }
    }
    return padded
  }

  /// The offset past the newline of a refused line, none of whose bytes before `position` is a newline.
  private func lineEnd(_ bytes: Span<UInt8>, _ position: Int) -> Int {
    var end = position
    while bytes[end] != 0x0A { end &+= 1 }
    return end &+ 1
  }

  @inline(__always)
  mutating func fail(_ reason: JSONErrorCode, _ offset: Int) {
    code = reason
    errorOffset = offset
  }

  @inline(__always)
  func skipSpace(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while true {
      let byte = bytes[position]
      if byte == 0x20 || byte == 0x09 || byte == 0x0D || (byte == 0x0A && rules.isDocument) {
        position &+= 1
      } else {
        return position
      }
    }
  }

  /// Scans the members of an object, from past its `{` to past its `}`.
  ///
  /// `level` is the table of its wanted keys, or -1.
  mutating func object(_ bytes: Span<UInt8>, _ start: Int, level: Int) -> Int {
    depth &+= 1
    if depth > rules.depthMax { fail(.depth, start &- 1); return start }
    var position = skipSpace(bytes, start)
    if bytes[position] == 0x7D { depth &-= 1; return position &+ 1 }
    let firstMark = keys.count
    position = members(bytes, position, level: level, firstMark: firstMark)
    if keys.count &- firstMark > KeyMarks.directMax { checkManyKeys(bytes, from: firstMark) }
    keys.count = firstMark
    depth &-= 1
    return position
  }

  /// Scans members from the first key of an object to past its `}`, or to an error.
  @inline(__always)
  private mutating func members(_ bytes: Span<UInt8>, _ start: Int, level: Int, firstMark: Int) -> Int {
    var position = start
    var seen = SeenKeys()
    var last = set.entries.count &+ level
    while true {
      if bytes[position] != 0x22 { fail(.syntax, position); return position }
      let keyStart = position &+ 1
      let expected = level < 0 ? -1 : Int(followers[last])
      let entry: Int
      if expected >= 0 && set.stands(expected, bytes, at: keyStart) {
        entry = expected
        last = expected
        keys.total &+= 1
        if keys.total > rules.keyCountMax { fail(.keyCount, position); return keyStart }
        if !isNew(entry, keyStart, seen: &seen) { return keyStart }
        position = keyStart &+ Int(set.entries[entry].length) &+ 1
      } else {
        isEscaped = false
        let keyEnd = string(bytes, keyStart)
        if code != .none { return keyEnd }
        entry = key(bytes, keyStart, keyEnd, level: level, firstMark: firstMark, seen: &seen)
        if code != .none { return keyStart }
        if entry >= 0 {
          followers[last] = Int32(entry)
          last = entry
        }
        position = keyEnd &+ 1
      }
      if bytes[position] != 0x3A {
        position = skipSpace(bytes, position)
        if bytes[position] != 0x3A { fail(.syntax, position); return position }
      }
      position = skipSpace(bytes, position &+ 1)
      if bytes[position] == 0x22 {
        // Most values are strings: here they cost no call.
        isEscaped = false
        let close = string(bytes, position &+ 1)
        if code != .none { return close }
        if entry >= 0 {
          note(Field(start: position &+ 1, end: close, kind: .string, isEscaped: isEscaped), entry)
        }
        position = close &+ 1
      } else {
        position = value(bytes, position, entry: entry)
        if code != .none { return position }
      }
      position = skipSpace(bytes, position)
      let next = bytes[position]
      if next == 0x2C {
        position = skipSpace(bytes, position &+ 1)
      } else if next == 0x7D {
        return position &+ 1
      } else {
        fail(.syntax, position)
        return position
      }
    }
  }

  /// Scans the elements of an array, from past its `[` to past its `]`.
  mutating func array(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    depth &+= 1
    if depth > rules.depthMax { fail(.depth, start &- 1); return start }
    var position = skipSpace(bytes, start)
    if bytes[position] == 0x5D { depth &-= 1; return position &+ 1 }
    while true {
      position = value(bytes, position, entry: -1)
      if code != .none { return position }
      position = skipSpace(bytes, position)
      if bytes[position] == 0x2C {
        position = skipSpace(bytes, position &+ 1)
      } else if bytes[position] == 0x5D {
        depth &-= 1
        return position &+ 1
      } else {
        fail(.syntax, position)
        return position
      }
    }
  }

  /// Scans any value and notes its place where `entry` (an index of the set's entries, or -1) wants it.
  @inline(__always)
  mutating func value(_ bytes: Span<UInt8>, _ start: Int, entry: Int) -> Int {
    var field = Field(start: start, end: start, kind: .missing)
    let end: Int
    switch bytes[start] {
    case 0x22:
      isEscaped = false
      let close = string(bytes, start &+ 1)
      if code != .none { return close }
      field.kind = .string
      field.start = start &+ 1
      field.end = close
      field.isEscaped = isEscaped
      end = close &+ 1
    case 0x7B:
      end = object(bytes, start &+ 1, level: entry < 0 ? -1 : Int(set.entries[entry].child))
      field.kind = .object
      field.end = end
    case 0x5B:
      end = array(bytes, start &+ 1)
      field.kind = .array
      field.end = end
    case 0x2D, 0x30...0x39:
      end = number(bytes, start)
      field.kind = .number
      field.end = end
    default:
      end = literal(bytes, start, &field)
    }
    if code != .none { return end }
    if entry >= 0 { note(field, entry) }
    if depth == 0 { root = field }
    return end
  }

  /// Notes where the value of a wanted key stands.
  @inline(__always)
  private mutating func note(_ field: Field, _ entry: Int) {
    let slot = Int(set.entries[entry].slot)
    if slot >= 0 { fields[slot] = field }
  }

  @inline(__always)
  mutating func literal(_ bytes: Span<UInt8>, _ start: Int, _ field: inout Field) -> Int {
    switch bytes[start] {
    case 0x74 where bytes.halfWord(at: start) == 0x6575_7274:
      field.kind = .true
      field.end = start &+ 4
    case 0x66 where bytes.halfWord(at: start &+ 1) == 0x6573_6C61:
      field.kind = .false
      field.end = start &+ 5
    case 0x6E where bytes.halfWord(at: start) == 0x6C6C_756E:
      field.kind = .null
      field.end = start &+ 4
    default:
      fail(.syntax, start)
    }
    return field.end
  }

  /// Scans a number: `-`? integer fraction? exponent?, without judging its size.
  @inline(__always)
  mutating func number(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    if bytes[position] == 0x2D { position &+= 1 }
    if bytes[position] == 0x30 {
      position &+= 1
    } else {
      position = digits(bytes, position)
      if code != .none { return position }
    }
    if bytes[position] == 0x2E {
      position = digits(bytes, position &+ 1)
      if code != .none { return position }
    }
    if bytes[position] | 0x20 == 0x65 {
      position &+= 1
      if bytes[position] == 0x2B || bytes[position] == 0x2D { position &+= 1 }
      position = digits(bytes, position)
    }
    return position
  }

  /// Runs over one digit or more.
  @inline(__always)
  private mutating func digits(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while bytes[position] &- 0x30 <= 9 { position &+= 1 }
    if position == start { fail(.number, position) }
    return position
  }
}
