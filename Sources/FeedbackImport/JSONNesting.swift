/// How deep a byte of JSON stands in containers, and whether in a string, without judging anything.
struct JSONNesting: Sendable {
  private(set) var depth = 0
  private(set) var isInString = false
  /// Whether the value that was begun is neither a string nor a container: it ends where something else begins.
  private(set) var isBare = false
  private var isEscaped = false
  private var valueDepth = 0
  private var isAtStart = true

  /// Takes note that a value comes, whose end `endsValue` tells.
  mutating func beginValue() {
    valueDepth = depth
    isAtStart = true
    isBare = false
  }

  /// Ends a bare value.
  mutating func endBare() { isBare = false }

  mutating func take(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        isInString = false
      }
      return
    }
    // Nothing opens inside of a bare value, whatever bytes it has: it ends at the next separator.
    if isBare { return }
    switch byte {
    case 0x22: isInString = true
    case 0x7B, 0x5B: depth += 1
    case 0x7D, 0x5D: depth -= 1
    default: if isAtStart { isBare = true }
    }
    isAtStart = false
  }

  /// Takes bytes up to the end of the value that was begun, or of the range; returns the offset past them.
  mutating func takeValue(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      if isInString && !isEscaped {
        while index < range.upperBound, bytes[index] != 0x22, bytes[index] != 0x5C { index &+= 1 }
        if index == range.upperBound { break }
      }
      let byte = bytes[index]
      if isBare && Self.endsBare(byte) { break }
      take(byte)
      index &+= 1
      if endsValue { break }
    }
    return index
  }

  /// Whether the value that was begun has ended with the last byte; never so for a bare one.
  var endsValue: Bool { !isBare && !isInString && depth <= valueDepth }

  /// Whether a byte cannot belong to a bare value.
  static func endsBare(_ byte: UInt8) -> Bool {
    byte == 0x2C || byte == 0x5D || byte == 0x7D || byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}

/// Watches an object for the array that stands under `prompts` on its first level.
struct PromptsKey: Sendable {
  private enum State { case beforeKey, key, afterKey, beforeValue, value }
  private var state = State.beforeKey
  private var key: [UInt8] = []
  private static let name = Array("prompts".utf8)

  /// Takes the byte that `nesting` took last; true for the bracket that opens the array.
  mutating func take(_ byte: UInt8, _ nesting: JSONNesting) -> Bool {
    switch state {
    case .beforeKey:
      if nesting.isInString {
        key.removeAll(keepingCapacity: true)
        state = .key
      }
    case .key:
      if nesting.isInString { key.append(byte) } else { state = .afterKey }
    case .afterKey:
      if byte == 0x3A { state = .beforeValue }
    case .beforeValue:
      if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { return false }
      if byte == 0x5B && key == Self.name { return true }
      state = .value
    case .value:
      if byte == 0x2C && nesting.depth == 1 && !nesting.isInString { state = .beforeKey }
    }
    return false
  }
}
