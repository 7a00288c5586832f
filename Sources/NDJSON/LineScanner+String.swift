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

  /// Checks a run of `\u` escapes; returns the offset past it.
  ///
  /// Text beyond ASCII is often written as nothing but these, so two at a time are looked at, as long as none of them is
  /// half of a pair.
  @inline(never)
  private mutating func unicodeEscape(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while true {
      while bytes.areTwoUnitEscapes(at: position) { position &+= 12 }
      if bytes[position] != 0x5C || bytes[position &+ 1] != 0x75 { return position }
      let unit = hexUnit(bytes, position &+ 2)
      if unit < 0 { fail(.escape, position); return position }
      if unit & 0xF800 != 0xD800 || !rules.refusesLoneSurrogates {
        position &+= 6
        continue
      }
      guard unit < 0xDC00, bytes[position &+ 6] == 0x5C, bytes[position &+ 7] == 0x75 else {
        fail(.surrogate, position)
        return position
      }
      let low = hexUnit(bytes, position &+ 8)
      if low < 0 || low & 0xFC00 != 0xDC00 { fail(.surrogate, position); return position }
      position &+= 12
    }
  }

  /// Checks a run of bytes of 0x80 and more as UTF-8 (Unicode table 3-7: no overlong forms, no surrogates, at most
  /// U+10FFFF); returns the offset past it.
  ///
  /// A continuation is looked at only where the lead asks for one, so a run never leaves the line.
  @inline(never)
  mutating func multibyte(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while true {
      while bytes.areTwoOfThreeBytes(at: position) { position &+= 6 }
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
