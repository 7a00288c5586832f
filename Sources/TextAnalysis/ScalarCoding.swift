extension [UInt32] {
  /// Appends the scalars of UTF-8; U+FFFD stands for what is not UTF-8.
  mutating func append(utf8 bytes: Span<UInt8>) {
    reserveCapacity(count + bytes.count)
    var position = 0
    while position < bytes.count {
      let (scalar, length) = bytes.scalar(at: position)
      append(scalar)
      position += length
    }
  }
}

extension [UInt8] {
  /// Appends a range of a span as one copy.
  @inline(__always)
  mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// Appends the UTF-8 of a scalar.
  mutating func append(scalar: UInt32) {
    if scalar < 0x80 { return append(UInt8(truncatingIfNeeded: scalar)) }
    if scalar < 0x800 {
      append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
    } else {
      if scalar < 0x1_0000 {
        append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
      } else {
        append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
        append(0x80 | UInt8(truncatingIfNeeded: scalar >> 12) & 0x3F)
      }
      append(0x80 | UInt8(truncatingIfNeeded: scalar >> 6) & 0x3F)
    }
    append(0x80 | UInt8(truncatingIfNeeded: scalar) & 0x3F)
  }
}

extension Span<UInt8> {
  /// Whether all bytes are ASCII.
  var isASCII: Bool {
    var bits: UInt8 = 0
    for index in 0..<count { bits |= self[index] }
    return bits < 0x80
  }

  /// How many scalars there are: all bytes but those that continue one.
  var scalarCount: Int {
    var result = 0
    for index in 0..<count where self[index] & 0xC0 != 0x80 { result &+= 1 }
    return result
  }

  /// The scalar that begins at an offset and how many bytes it has; U+FFFD and 1 for what is not UTF-8.
  @inline(__always)
  func scalar(at offset: Int) -> (scalar: UInt32, length: Int) {
    let lead = UInt32(self[offset])
    if lead < 0x80 { return (lead, 1) }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    if lead < 0xC2 || lead > 0xF4 || offset + length > count { return (0xFFFD, 1) }
    var scalar = lead & (0x7F >> UInt32(length))
    for index in offset + 1..<offset + length {
      let byte = UInt32(self[index])
      if byte & 0xC0 != 0x80 { return (0xFFFD, 1) }
      scalar = scalar << 6 | byte & 0x3F
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    let isScalar = scalar >= least && scalar <= 0x10_FFFF && !(0xD800...0xDFFF).contains(scalar)
    return isScalar ? (scalar, length) : (0xFFFD, 1)
  }
}
