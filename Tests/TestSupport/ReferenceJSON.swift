/// A JSON parser that is slow and plain, to hold a fast one against: recursive descent over bytes, a tree of values, keys
/// in a set.
///
/// It shares no code with the codec. The text is one line without its newline, or one document.
public struct ReferenceJSON {
  /// What is insisted on besides the grammar of RFC 8259.
  public struct Rules: Sendable {
    /// Deepest nesting of containers.
    public var depthMax: Int
    /// Most keys in all objects together.
    public var keyCountMax: Int
    /// Whether an object may hold a key only once.
    public var refusesDuplicateKeys: Bool
    /// Whether escapes have to form whole code points.
    public var refusesLoneSurrogates: Bool
    /// Whether the text has to be an object.
    public var requiresObject: Bool
    /// Whether a newline is white space.
    public var isDocument: Bool

    /// Makes rules.
    public init(
      depthMax: Int, keyCountMax: Int, refusesDuplicateKeys: Bool, refusesLoneSurrogates: Bool, requiresObject: Bool,
      isDocument: Bool
    ) {
      self.depthMax = depthMax
      self.keyCountMax = keyCountMax
      self.refusesDuplicateKeys = refusesDuplicateKeys
      self.refusesLoneSurrogates = refusesLoneSurrogates
      self.requiresObject = requiresObject
      self.isDocument = isDocument
    }
  }

  /// Why a text was refused: the name of the reason and the offset of the byte.
  public struct Refusal: Error, Equatable {
    /// The name of a case of the codec's error code.
    public var code: String
    /// Offset of the byte that was refused; the length of the text where it ends too soon.
    public var offset: Int
  }

  /// A value with its place in the text, quotes included.
  public struct Value {
    /// `string`, `number`, `true`, `false`, `null`, `object` or `array`.
    public var kind: String
    /// The bytes of the value.
    public var range: Range<Int>
    /// The text of a string.
    public var text: [UInt8] = []
    /// Whether a string is spelled with a backslash.
    public var isEscaped = false
    /// The members of an object in their order.
    public var members: [(key: Value, value: Value)] = []
    /// The elements of an array.
    public var elements: [Value] = []
  }

  private let bytes: [UInt8]
  private let rules: Rules
  private var position = 0
  private var depth = 0
  private var keyCount = 0

  /// Parses a text; throws a `Refusal`.
  public static func parse(_ bytes: [UInt8], _ rules: Rules) throws(Refusal) -> Value {
    var parser = ReferenceJSON(bytes: bytes, rules: rules)
    parser.skipSpace()
    if !rules.isDocument && parser.position == bytes.count { throw Refusal(code: "blank", offset: 0) }
    if rules.requiresObject && parser.peek != 0x7B { throw Refusal(code: "notObject", offset: parser.position) }
    let value = try parser.value()
    parser.skipSpace()
    if parser.position < bytes.count { throw Refusal(code: "trailing", offset: parser.position) }
    return value
  }

  private init(bytes: [UInt8], rules: Rules) {
    self.bytes = bytes
    self.rules = rules
  }

  /// The byte that comes next, nil at the end.
  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func refuse(_ code: String, _ offset: Int) -> Refusal {
    let isEnd = offset == bytes.count && ["syntax", "number", "controlCharacter"].contains(code)
    return Refusal(code: isEnd ? "truncated" : code, offset: offset)
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || (byte == 0x0A && rules.isDocument) {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    if peek != byte { return false }
    position += 1
    return true
  }

  private mutating func value() throws(Refusal) -> Value {
    switch peek {
    case 0x22: return try string()
    case 0x7B: return try object()
    case 0x5B: return try array()
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: return try number()
    default: break
    }
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      let start = position
      position += word.utf8.count
      return Value(kind: word, range: start..<position)
    }
    throw refuse("syntax", position)
  }

  private mutating func enter() throws(Refusal) {
    depth += 1
    if depth > rules.depthMax { throw refuse("depth", position) }
    position += 1
    skipSpace()
  }

  private mutating func object() throws(Refusal) -> Value {
    var object = Value(kind: "object", range: position..<position)
    try enter()
    var keys: Set<[UInt8]> = []
    var isFirst = true
    while isFirst || peek != 0x7D {
      if isFirst && peek == 0x7D { break }
      if !isFirst {
        if !take(0x2C) { throw refuse("syntax", position) }
        skipSpace()
      }
      isFirst = false
      if peek != 0x22 { throw refuse("syntax", position) }
      let key = try string()
      keyCount += 1
      if keyCount > rules.keyCountMax { throw refuse("keyCount", key.range.lowerBound) }
      if !keys.insert(key.text).inserted && rules.refusesDuplicateKeys {
        throw refuse("duplicateKey", key.range.lowerBound)
      }
      skipSpace()
      if !take(0x3A) { throw refuse("syntax", position) }
      skipSpace()
      object.members.append((key, try value()))
      skipSpace()
    }
    position += 1
    depth -= 1
    object.range = object.range.lowerBound..<position
    return object
  }

  private mutating func array() throws(Refusal) -> Value {
    var array = Value(kind: "array", range: position..<position)
    try enter()
    if peek != 0x5D {
      array.elements.append(try value())
      skipSpace()
      while take(0x2C) {
        skipSpace()
        array.elements.append(try value())
        skipSpace()
      }
    }
    if !take(0x5D) { throw refuse("syntax", position) }
    depth -= 1
    array.range = array.range.lowerBound..<position
    return array
  }

  private mutating func number() throws(Refusal) -> Value {
    let start = position
    _ = take(0x2D)
    if !take(0x30) { try digits() }
    if take(0x2E) { try digits() }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      try digits()
    }
    return Value(kind: "number", range: start..<position)
  }

  private mutating func digits() throws(Refusal) {
    let start = position
    while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
    if position == start { throw refuse("number", position) }
  }

  private mutating func string() throws(Refusal) -> Value {
    var string = Value(kind: "string", range: position..<position)
    position += 1
    while peek != 0x22 {
      guard let byte = peek else { throw refuse("controlCharacter", position) }
      if byte < 0x20 { throw refuse("controlCharacter", position) }
      if byte == 0x5C {
        string.isEscaped = true
        string.text += try escape()
      } else {
        // One to four bytes that the standard library takes for a character.
        let length = (1...4).first {
          position + $0 <= bytes.count
            && String(validating: bytes[position..<position + $0], as: UTF8.self) != nil
        }
        guard let length else { throw refuse("utf8", position) }
        string.text += bytes[position..<position + length]
        position += length
      }
    }
    position += 1
    string.range = string.range.lowerBound..<position
    return string
  }

  private mutating func escape() throws(Refusal) -> [UInt8] {
    let start = position
    let simple: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
    if position + 1 < bytes.count, let byte = simple[bytes[position + 1]] {
      position += 2
      return [byte]
    }
    guard let unit = unit(at: position) else { throw refuse("escape", start) }
    position += 6
    if let scalar = Unicode.Scalar(unit) { return Array(String(scalar).utf8) }
    if unit < 0xDC00, let low = self.unit(at: position), (0xDC00...0xDFFF).contains(low) {
      position += 6
      return Array(String(decoding: [UInt16(unit), UInt16(low)], as: UTF16.self).utf8)
    }
    if rules.refusesLoneSurrogates { throw refuse("surrogate", start) }
    return [0xEF, 0xBF, 0xBD]
  }

  /// The code unit of `\uXXXX` at an offset.
  private func unit(at offset: Int) -> UInt32? {
    guard offset + 6 <= bytes.count, bytes[offset] == 0x5C, bytes[offset + 1] == 0x75 else { return nil }
    let digits = bytes[offset + 2..<offset + 6]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
