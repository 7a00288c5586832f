// The one file of this module that reads memory wider than a byte or copies it in bulk. Every access is bounds-checked by
// the standard library; `unsafe` marks only that the bits are reinterpreted.

/// How many readable bytes have to follow the last line terminator of a block, so that wide loads stay inside it.
public let scanPadding = 64

extension Span<UInt8> {
  /// Eight bytes at an offset, the first one lowest.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Four bytes at an offset, the first one lowest.
  @inline(__always)
  func halfWord(at offset: Int) -> UInt32 {
    unsafe UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Offset of the first byte at or after `offset` that a string body cannot simply run over: a quote, a backslash, a
  /// control character or a byte of 0x80 and more.
  ///
  /// A signed compare finds the last two kinds at once. All compares are of vector against vector: against a scalar
  /// they fall to a loop over the lanes.
  @inline(__always)
  func stringStop(from offset: Int) -> Int {
    let space = SIMD16<Int8>(repeating: 0x20)
    let quote = SIMD16<Int8>(repeating: 0x22)
    let backslash = SIMD16<Int8>(repeating: 0x5C)
    var position = offset
    while true {
      // Two vectors a turn share the check of bounds and the test.
      let lanes = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD32<Int8>.self)
      let (low, high) = (lanes.lowHalf, lanes.highHalf)
      let lowStop = (low .< space) .| (low .== quote) .| (low .== backslash)
      let highStop = (high .< space) .| (high .== quote) .| (high .== backslash)
      let any = unsafe unsafeBitCast(lowStop .| highStop, to: SIMD2<UInt64>.self)
      if any[0] | any[1] != 0 {
        let first = unsafe unsafeBitCast(lowStop, to: SIMD2<UInt64>.self)
        if first[0] != 0 { return position &+ first[0].trailingZeroBitCount &>> 3 }
        if first[1] != 0 { return position &+ 8 &+ first[1].trailingZeroBitCount &>> 3 }
        let second = unsafe unsafeBitCast(highStop, to: SIMD2<UInt64>.self)
        if second[0] != 0 { return position &+ 16 &+ second[0].trailingZeroBitCount &>> 3 }
        return position &+ 24 &+ second[1].trailingZeroBitCount &>> 3
      }
      position &+= 32
    }
  }

  /// Offset of the first quote or backslash at or after `offset`: there has to be one.
  @inline(__always)
  func quoteOrBackslash(from offset: Int) -> Int {
    let quote = SIMD16<UInt8>(repeating: 0x22)
    let backslash = SIMD16<UInt8>(repeating: 0x5C)
    var position = offset
    while position &+ 16 <= count {
      let lanes = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
      let halves = unsafe unsafeBitCast((lanes .== quote) .| (lanes .== backslash), to: SIMD2<UInt64>.self)
      if halves[0] != 0 { return position &+ halves[0].trailingZeroBitCount &>> 3 }
      if halves[1] != 0 { return position &+ 8 &+ halves[1].trailingZeroBitCount &>> 3 }
      position &+= 16
    }
    while self[position] != 0x22 && self[position] != 0x5C { position &+= 1 }
    return position
  }

  /// Offset of the first backslash in a range, or its end.
  @inline(__always)
  func backslash(in range: Range<Int>) -> Int {
    let backslash = SIMD16<UInt8>(repeating: 0x5C)
    var position = range.lowerBound
    while position &+ 16 <= range.upperBound {
      let lanes = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
      let halves = unsafe unsafeBitCast(lanes .== backslash, to: SIMD2<UInt64>.self)
      if halves[0] != 0 { return position &+ halves[0].trailingZeroBitCount &>> 3 }
      if halves[1] != 0 { return position &+ 8 &+ halves[1].trailingZeroBitCount &>> 3 }
      position &+= 16
    }
    while position < range.upperBound && self[position] != 0x5C { position &+= 1 }
    return position
  }
}

extension Span<UInt8> {
  /// Whether two UTF-8 sequences of three bytes stand at an offset that need no closer look: leads E1 to EF without ED, so
  /// neither overlong nor a surrogate (Unicode table 3-7).
  @inline(__always)
  func areTwoOfThreeBytes(at offset: Int) -> Bool {
    let word = word(at: offset)
    if word & 0x0000_C0C0_F0C0_C0F0 != 0x0000_8080_E080_80E0 { return false }
    let special: UInt64 = 1 &<< 0x0 | 1 &<< 0xD
    return (special &>> (word & 0xF) | special &>> (word &>> 24 & 0xF)) & 1 == 0
  }

  /// Whether two escapes `\uXXXX` stand at an offset, neither of them beginning with D, so neither of them a surrogate.
  @inline(__always)
  func areTwoUnitEscapes(at offset: Int) -> Bool {
    let first = word(at: offset)
    if first & 0xFFFF_0000_0000_FFFF != 0x755C_0000_0000_755C { return false }
    // All eight digits in one word. Below 0x80 a sum of two bytes stays in its place, and its highest bit is the answer.
    let digits = first &>> 16 & 0xFFFF_FFFF | UInt64(halfWord(at: offset &+ 8)) &<< 32
    let letters = digits | 0x2020_2020_2020_2020
    let isDigit = (digits &+ 0x5050_5050_5050_5050) & ~(digits &+ 0x4646_4646_4646_4646)
    let isLetter = (letters &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(letters &+ 0x1919_1919_1919_1919)
    let isHexadecimal = (isDigit | isLetter) & ~digits & 0x8080_8080_8080_8080
    if isHexadecimal != 0x8080_8080_8080_8080 { return false }
    return letters & 0xFF != 0x64 && letters &>> 32 & 0xFF != 0x64
  }
}

extension [UInt8] {
  /// Appends a range of a span as one copy.
  @inline(__always)
  public mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends the bytes of a literal.
  @inline(__always)
  public mutating func append(_ literal: StaticString) {
    literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
  }

  /// Whether a range of a span holds just these bytes.
  public func matches(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if count != range.count { return false }
    var index = 0
    while index < count {
      if self[index] != bytes[range.lowerBound + index] { return false }
      index += 1
    }
    return true
  }
}
