/// Steps through the members of an object that was scanned before.
///
/// Nothing is validated again: on bytes that were not accepted by a scanner the result means nothing.
public struct MemberCursor: Sendable {
  private var position: Int
  private let end: Int

  /// One member: its key and its value.
  public struct Member: Sendable {
    /// The key, a string.
    public var key: Field
    /// The value.
    public var value: Field
  }

  /// Starts at the first member of an object; on another kind of value there are none.
  public init(_ object: Field) {
    position = object.start + 1
    end = object.kind == .object ? object.end - 1 : position
  }

  /// The next member, or nil after the last one.
  public mutating func next(_ bytes: Span<UInt8>) -> Member? {
    guard let (key, start) = nextKey(bytes) else { return nil }
    let value = JSONWalk.value(bytes, at: start)
    resume(at: value.textRange.upperBound)
    return Member(key: key, value: value)
  }

  /// The key of the next member and the offset of its value, or nil after the last one.
  ///
  /// For values whose place is known: `resume` has to follow.
  public mutating func nextKey(_ bytes: Span<UInt8>) -> (key: Field, valueStart: Int)? {
    position = JSONWalk.skipSeparators(bytes, position, end)
    if position >= end { return nil }
    let key = JSONWalk.string(bytes, at: position)
    return (key, JSONWalk.skipSeparators(bytes, key.end + 1, end))
  }

  /// Goes on from the offset past a value.
  public mutating func resume(at offset: Int) { position = offset }
}

/// Steps through the elements of an array that was scanned before.
public struct ElementCursor: Sendable {
  private var position: Int
  private let end: Int

  /// Starts at the first element of an array; on another kind of value there are none.
  public init(_ array: Field) {
    position = array.start + 1
    end = array.kind == .array ? array.end - 1 : position
  }

  /// The next element, or nil after the last one.
  public mutating func next(_ bytes: Span<UInt8>) -> Field? {
    position = JSONWalk.skipSeparators(bytes, position, end)
    if position >= end { return nil }
    let value = JSONWalk.value(bytes, at: position)
    position = value.textRange.upperBound
    return value
  }
}

/// Finds its way in JSON that a scanner has accepted.
public enum JSONWalk {
  /// Offset of the next byte that is neither white space nor a comma nor a colon.
  static func skipSeparators(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x3A: position &+= 1
      default: return position
      }
    }
    return position
  }

  /// The value whose first byte stands at an offset.
  public static func value(_ bytes: Span<UInt8>, at start: Int) -> Field {
    switch bytes[start] {
    case 0x22: return string(bytes, at: start)
    case 0x7B: return Field(start: start, end: containerEnd(bytes, start), kind: .object)
    case 0x5B: return Field(start: start, end: containerEnd(bytes, start), kind: .array)
    case 0x74: return Field(start: start, end: start + 4, kind: .true)
    case 0x66: return Field(start: start, end: start + 5, kind: .false)
    case 0x6E: return Field(start: start, end: start + 4, kind: .null)
    default:
      var end = start
      while isNumberByte(bytes[end]) { end &+= 1 }
      return Field(start: start, end: end, kind: .number)
    }
  }

  /// The string whose quote stands at an offset.
  static func string(_ bytes: Span<UInt8>, at start: Int) -> Field {
    var isEscaped = false
    let close = stringEnd(bytes, start + 1, &isEscaped)
    return Field(start: start + 1, end: close, kind: .string, isEscaped: isEscaped)
  }

  /// The value of a key of an object, `.missing` where it has none.
  public static func member(_ bytes: Span<UInt8>, _ object: Field, _ key: [UInt8]) -> Field {
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      if JSONText.equals(bytes, member.key, key) { return member.value }
    }
    return .missing
  }

  /// The value at a path of keys and array indices (`choices`, `0`, `message`), `.missing` where there is none.
  public static func value(_ bytes: Span<UInt8>, _ root: Field, path: [[UInt8]]) -> Field {
    var field = root
    for step in path {
      if field.kind == .object {
        field = member(bytes, field, step)
      } else if field.kind == .array, let index = Int(String(decoding: step, as: UTF8.self)) {
        field = element(bytes, field, index)
      } else {
        return .missing
      }
    }
    return field
  }

  /// The element of an array at an index counted from 0, or from the end where it is negative.
  public static func element(_ bytes: Span<UInt8>, _ array: Field, _ index: Int) -> Field {
    var cursor = ElementCursor(array)
    var wanted = index
    if index < 0 {
      var all = ElementCursor(array)
      while all.next(bytes) != nil { wanted += 1 }
      if wanted < 0 { return .missing }
    }
    while let element = cursor.next(bytes) {
      if wanted == 0 { return element }
      wanted -= 1
    }
    return .missing
  }

  /// Appends a value without the white space between its tokens; every token keeps its spelling.
  public static func appendCompact(_ bytes: Span<UInt8>, _ range: Range<Int>, to line: inout [UInt8]) {
    var position = range.lowerBound
    var run = position
    while position < range.upperBound {
      switch bytes[position] {
      case 0x22:
        var isEscaped = false
        position = stringEnd(bytes, position + 1, &isEscaped) + 1
      case 0x20, 0x09, 0x0A, 0x0D:
        line.append(bytes, run..<position)
        position &+= 1
        run = position
      default: position &+= 1
      }
    }
    line.append(bytes, run..<range.upperBound)
  }

  private static func stringEnd(_ bytes: Span<UInt8>, _ start: Int, _ isEscaped: inout Bool) -> Int {
    var position = start
    while true {
      position = bytes.quoteOrBackslash(from: position)
      if bytes[position] == 0x22 { return position }
      isEscaped = true
      position &+= 2
    }
  }

  private static func containerEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    var depth = 0
    while true {
      switch bytes[position] {
      case 0x22:
        var isEscaped = false
        position = stringEnd(bytes, position + 1, &isEscaped)
      case 0x7B, 0x5B: depth &+= 1
      case 0x7D, 0x5D:
        depth &-= 1
        if depth == 0 { return position &+ 1 }
      default: break
      }
      position &+= 1
    }
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || byte == 0x2D || byte == 0x2B || byte == 0x2E || byte | 0x20 == 0x65
  }
}
