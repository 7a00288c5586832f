extension LineScanner {
  /// Scans a string body from past its opening quote; returns the offset of the closing quote.
  @inline(__always)
  mutating func string(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while true {
      position = bytes.stringStop(from: position)
      let byte = bytes[position]
      if byte == 0x22 { return position }
      if byte == 0x5C {
        position = escape(bytes, position)
      } else if byte < 0x20 {
        fail(byte == 0x0A && !rules.isDocument ? .truncated : .controlCharacter, position)
      } else {
        position = multibyte(bytes, position)
      }
      if code != .none { return position }
    }
  }

  /// Checks the escape whose backslash stands at `start`; returns the offset past it.
  @inline(__always)
  mutating func escape(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    isEscaped = true
    switch bytes[start &+ 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return start &+ 2
    case 0x75: return unicodeEscape(bytes, start)
    default:
      fail(.escape, start)
      return start
    }
  }

  @inline(never)
  private mutating func unicodeEscape(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    let unit = hexUnit(bytes, start &+ 2)
    if unit < 0 { fail(.escape, start); return start }
    if unit & 0xF800 != 0xD800 || !rules.refusesLoneSurrogates { return start &+ 6 }
    if unit < 0xDC00 && bytes[start &+ 6] == 0x5C && bytes[start &+ 7] == 0x75 {
      let low = hexUnit(bytes, start &+ 8)
      if low & 0xFC00 == 0xDC00 && low >= 0 { return start &+ 12 }
    }
    fail(.surrogate, start)
    return start
  }

  /// Checks a run of bytes of 0x80 and more as UTF-8 (Unicode table 3-7: no overlong forms, no surrogates, at most
  /// U+10FFFF); returns the offset past it.
  ///
  /// A continuation is looked at only where the lead asks for one, so a run never leaves the line.
  @inline(never)
  mutating func multibyte(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while true {
      let lead = bytes[position]
      if lead < 0x80 { return position }
      let length: Int
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: length = 3; low = 0xA0
      case 0xED: length = 3; high = 0x9F
      case 0xE1...0xEF: length = 3
      case 0xF0: length = 4; low = 0x90
      case 0xF4: length = 4; high = 0x8F
      case 0xF1...0xF3: length = 4
      default:
        fail(.utf8, position)
        return position
      }
      let second = bytes[position &+ 1]
      if second < low || second > high
        || (length > 2 && bytes[position &+ 2] & 0xC0 != 0x80)
        || (length > 3 && bytes[position &+ 3] & 0xC0 != 0x80)
      {
        fail(.utf8, position)
        return position
      }
      position &+= length
    }
  }
}

/// The code unit that four hexadecimal digits spell, or -1.
@inline(__always)
func hexUnit(_ bytes: Span<UInt8>, _ start: Int) -> Int {
  var unit = 0
  for offset in 0..<4 {
    let byte = bytes[start &+ offset]
    if byte &- 0x30 <= 9 {
      unit = unit &<< 4 | Int(byte &- 0x30)
    } else if (byte | 0x20) &- 0x61 <= 5 {
      unit = unit &<< 4 | Int((byte | 0x20) &- 0x57)
    } else {
      return -1
    }
  }
  return unit
}
