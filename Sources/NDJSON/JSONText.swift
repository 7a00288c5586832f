/// The text of JSON strings: from their escaped bodies to UTF-8 and back.
public enum JSONText {
  /// Appends the text of a string body that was scanned before.
  ///
  /// A lone surrogate (only the bare grammar lets one pass) becomes U+FFFD.
  public static func decode(_ bytes: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8]) {
    var position = range.lowerBound
    while position < range.upperBound {
      let stop = bytes.backslash(in: position..<range.upperBound)
      text.append(bytes, position..<stop)
      if stop == range.upperBound { return }
      position = appendEscape(bytes, stop, range.upperBound, to: &text)
    }
  }

  /// The text of a field that is a string, as bytes.
  public static func bytes(_ bytes: Span<UInt8>, _ field: Field) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(field.end - field.start)
    if field.isEscaped {
      decode(bytes, field.range, into: &text)
    } else {
      text.append(bytes, field.range)
    }
    return text
  }

  /// The text of a field that is a string.
  public static func string(_ bytes: Span<UInt8>, _ field: Field) -> String {
    String(decoding: self.bytes(bytes, field), as: UTF8.self)
  }

  /// Whether a string is missing or holds nothing that can be seen, escaped or not: white space of any script, controls, and
  /// characters that a reader ignores, such as U+200B (Unicode's `White_Space` and `Default_Ignorable_Code_Point`).
  public static func isBlank(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.kind != .string { return true }
    var position = field.start
    while position < field.end {
      let (scalar, length) = scalar(bytes, position, field.end)
      if !isInvisible(scalar) { return false }
      position += length
    }
    return true
  }

  /// Whether a character leaves no mark on paper; the Braille pattern without dots is one, whatever Unicode says of it.
  public static func isInvisible(_ scalar: UInt32) -> Bool {
    if scalar <= 0x20 { return true }
    if scalar < 0x7F { return false }
    if scalar <= 0xA0 || scalar == 0x2800 { return true }
    if (0xFFF9...0xFFFB).contains(scalar) { return true }
    guard let properties = Unicode.Scalar(scalar)?.properties else { return false }
    return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
  }

  /// The character of a body that was scanned before which begins at an offset, and how many bytes it takes there.
  private static func scalar(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> (scalar: UInt32, length: Int) {
    if bytes[start] != 0x5C { return plainScalar(bytes, start) }
    var text: [UInt8] = []
    let next = appendEscape(bytes, start, end, to: &text)
    return (plainScalar(text.span, 0).scalar, next - start)
  }

  /// The character of UTF-8 that begins at an offset, and its length.
  private static func plainScalar(_ bytes: Span<UInt8>, _ start: Int) -> (scalar: UInt32, length: Int) {
    let byte = bytes[start]
    if byte < 0x80 { return (UInt32(byte), 1) }
    let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    var scalar = UInt32(byte & (0xFF &>> UInt8(length + 1)))
    for offset in 1..<length { scalar = scalar &<< 6 | UInt32(bytes[start + offset] & 0x3F) }
    return (scalar, length)
  }

  /// How many bytes of UTF-8 a range of JSON that was scanned before has where its escapes are spelled out.
  public static func decodedCount(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var text: [UInt8] = []
    var count = 0
    var position = range.lowerBound
    while position < range.upperBound {
      if bytes[position] == 0x5C {
        text.removeAll(keepingCapacity: true)
        position = appendEscape(bytes, position, range.upperBound, to: &text)
        count += text.count
      } else {
        position += 1
        count += 1
      }
    }
    return count
  }

  /// How many bytes of UTF-8 the text of a string has.
  public static func decodedCount(_ bytes: Span<UInt8>, _ field: Field) -> Int {
    field.isEscaped ? decodedCount(bytes, field.range) : field.end - field.start
  }

  /// Whether a string begins with white space of any script.
  public static func beginsWithSpace(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.end == field.start || !field.isEscaped && (0x21..<0x80).contains(bytes[field.start]) { return false }
    return isSpace(scalar(bytes, field.start, field.end).scalar)
  }

  /// Whether a string ends in white space of any script.
  public static func endsInSpace(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.end == field.start || !field.isEscaped && (0x21..<0x80).contains(bytes[field.end - 1]) { return false }
    if !field.isEscaped { return isSpace(lastScalar(bytes, field.range)) }
    let text = self.bytes(bytes, field)
    return isSpace(lastScalar(text.span, 0..<text.count))
  }

  /// The last character of UTF-8 that is not empty.
  private static func lastScalar(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    var start = range.upperBound - 1
    while bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return plainScalar(bytes, start).scalar
  }

  private static func isSpace(_ scalar: UInt32) -> Bool {
    scalar <= 0x20 || (Unicode.Scalar(scalar)?.properties.isWhitespace ?? false)
  }

  /// Whether a string field has just this text.
  public static func equals(_ bytes: Span<UInt8>, _ field: Field, _ text: [UInt8]) -> Bool {
    if field.kind != .string { return false }
    if !field.isEscaped { return text.matches(bytes, field.range) }
    return self.bytes(bytes, field) == text
  }

  /// Appends a string with its quotes.
  ///
  /// Escaped are quote, backslash, C0, DEL, C1 and U+2028/9, so that the result is safe in a terminal and in
  /// JavaScript; never `/`.
  public static func encode(_ text: Span<UInt8>, _ range: Range<Int>, into json: inout [UInt8]) {
    json.append(0x22)
    encodeBody(text, range, into: &json)
    json.append(0x22)
  }

  /// Appends a string with its quotes.
  public static func encode(_ text: [UInt8], into json: inout [UInt8]) {
    encode(text.span, 0..<text.count, into: &json)
  }

  /// Appends a string with its quotes.
  public static func encode(_ text: String, into json: inout [UInt8]) {
    encode(Array(text.utf8), into: &json)
  }

  /// Appends the escaped body of a string.
  public static func encodeBody(_ text: Span<UInt8>, _ range: Range<Int>, into json: inout [UInt8]) {
    var run = range.lowerBound
    var position = run
    while position < range.upperBound {
      let byte = text[position]
      var length = 1
      var unit = UInt32(byte)
      switch byte {
      case 0x22, 0x5C, 0x00..<0x20, 0x7F: break
      case 0xC2 where position + 1 < range.upperBound && text[position + 1] < 0xA0:
        unit = UInt32(text[position + 1])
        length = 2
      case 0xE2
      where position + 2 < range.upperBound && text[position + 1] == 0x80
        && text[position + 2] & 0xFE == 0xA8:
        unit = 0x2000 + UInt32(text[position + 2] & 0x3F)
        length = 3
      default:
        position &+= 1
        continue
      }
      json.append(text, run..<position)
      appendEscaped(unit, to: &json)
      position &+= length
      run = position
    }
    json.append(text, run..<range.upperBound)
  }

  private static func appendEscaped(_ unit: UInt32, to json: inout [UInt8]) {
    switch unit {
    case 0x22: json.append("\\\"")
    case 0x5C: json.append("\\\\")
    case 0x08: json.append("\\b")
    case 0x0C: json.append("\\f")
    case 0x0A: json.append("\\n")
    case 0x0D: json.append("\\r")
    case 0x09: json.append("\\t")
    default:
      json.append("\\u")
      for shift in [12, 8, 4, 0] as [UInt32] {
        let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
        json.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
  }

  /// Appends what the escape at `start` stands for; returns the offset past it.
  private static func appendEscape(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, to text: inout [UInt8]
  ) -> Int {
    switch bytes[start + 1] {
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    case 0x75:
      var scalar = UInt32(truncatingIfNeeded: hexUnit(bytes, start + 2))
      var length = 6
      if scalar & 0xF800 == 0xD800 {
        let isPair =
          scalar < 0xDC00 && start + 12 <= end && bytes[start + 6] == 0x5C
          && bytes[start + 7] == 0x75
        let low = isPair ? UInt32(truncatingIfNeeded: hexUnit(bytes, start + 8)) : 0
        if low & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
          length = 12
        } else {
          scalar = 0xFFFD
        }
      }
      append(scalar, to: &text)
      return start + length
    default: text.append(bytes[start + 1])
    }
    return start + 2
  }

  /// Appends a code point as UTF-8.
  static func append(_ scalar: UInt32, to text: inout [UInt8]) {
    func low(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case 0..<0x80:
      text.append(UInt8(truncatingIfNeeded: scalar))
    case 0x80..<0x800:
      text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      text.append(low(0))
    case 0x800..<0x10000:
      text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      text.append(low(6))
      text.append(low(0))
    default:
      text.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      text.append(low(12))
      text.append(low(6))
      text.append(low(0))
    }
  }
}
