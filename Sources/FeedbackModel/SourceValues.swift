import NDJSON
import Timestamps

/// A number that a source spells as a number or as a string.
public struct NumberText {
  /// The number as JSON spells it.
  public let text: [UInt8]

  /// Reads a value; nil where it is neither.
  public init?(_ bytes: Span<UInt8>, _ value: Field) {
    switch value.kind {
    case .number: text = Self.copy(bytes, value)
    case .string:
      guard let text = NumberText.trimmed(JSONText.bytes(bytes, value)) else { return nil }
      self.text = text
    default: return nil
    }
  }

  /// A number as it is spelled.
  fileprivate static func copy(_ bytes: Span<UInt8>, _ value: Field) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(bytes, value.range)
    return copy
  }

  /// The bytes of a number without white space around; nil where they are none.
  public static func trimmed(_ text: [UInt8]) -> [UInt8]? {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let number = Array(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    let padded = scanner.scan(text: number)
    guard scanner.code == .none, scanner.root.kind == .number, scanner.root.range == 0..<number.count else {
      return nil
    }
    return Array(padded[scanner.root.range])
  }
}

/// Times as sources write them.
public enum TimeValue {
  /// The JSON of a time in RFC 3339 with `Z`; nil where the value is one already, or is not there.
  ///
  /// Accepted are RFC 3339 with any zone, without a zone (UTC), a date alone (midnight), and numbers: seconds since 1970
  /// below 10¹¹, milliseconds below 10¹⁴, microseconds from there on.
  public static func normalized(
    _ bytes: Span<UInt8>, _ value: Field, _ field: RecordField
  ) throws(RecordError) -> [UInt8]? {
    if !value.hasValue { return nil }
    let time: Timestamp?
    if value.kind == .string && value.isEscaped {
      // Some writers escape the `+` of an offset.
      let text = JSONText.bytes(bytes, value)
      time = Timestamp(text.span, 0..<text.count, form: .lenient)
    } else if value.kind == .string {
      time = Timestamp(bytes, value.range, form: .lenient)
      if time != nil && isCanonical(bytes, value) { return nil }
    } else {
      time = nil
    }
    guard let time = time ?? epoch(bytes, value) else {
      throw .schema(field.dotted, "not a time (RFC 3339, or seconds or milliseconds since 1970)", at: value.start)
    }
    var json: [UInt8] = [0x22]
    time.append(to: &json)
    return json + [0x22]
  }

  /// `2024-10-15T10:30:00Z`, with or without a fraction: 10 for the date, the T, 8 for the time.
  private static func isCanonical(_ bytes: Span<UInt8>, _ value: Field) -> Bool {
    value.end - value.start >= 20 && bytes[value.end - 1] == 0x5A && bytes[value.start + 10] == 0x54
      && !(bytes[value.start + 17] == 0x36)
  }

  private static func epoch(_ bytes: Span<UInt8>, _ value: Field) -> Timestamp? {
    guard let number = NumberText(bytes, value)?.text else { return nil }
    let micros: Int
    if let whole = JSONNumber.integer(number.span, 0..<number.count), whole >= 100_000_000_000 {
      micros = whole >= 100_000_000_000_000 ? whole : whole * 1000
    } else if let (seconds, _) = JSONNumber.fixed(number.span, 0..<number.count, decimals: 6) {
      micros = seconds
    } else {
      return nil
    }
    let time = Timestamp(seconds: micros / 1_000_000, nanoseconds: micros % 1_000_000 * 1000)
    return Timestamp.secondsRange.contains(time.seconds) ? time : nil
  }
}

/// Members of `feedback` as sources write them.
public enum FeedbackValue {
  /// The JSON that has to stand in the place of a value; nil where it may stay.
  ///
  /// Throws where it breaks the field's rule.
  public static func normalized(
    _ bytes: Span<UInt8>, _ value: Field, _ field: RecordField
  ) throws(RecordError) -> [UInt8]? {
    if !value.hasValue { return nil }
    switch field {
    case .userRating, .accuracy, .helpfulness, .clarity: return try rating(bytes, value, field)
    case .approved: return try boolean(bytes, value, field)
    case .ratedAt: return try TimeValue.normalized(bytes, value, field)
    case .scale: if value.kind != .object { throw .schema(field.dotted, "not an object", at: value.start) }
    case .ratings:
      if value.kind != .array { throw .schema(field.dotted, "not an array", at: value.start) }
      var cursor = ElementCursor(value)
      while let rating = cursor.next(bytes) {
        if rating.kind != .object {
          throw .schema(field.dotted, "holds something other than objects", at: rating.start)
        }
      }
    default: if value.kind != .string { throw .schema(field.dotted, "not a string", at: value.start) }
    }
    return nil
  }

  private static func rating(
    _ bytes: Span<UInt8>, _ value: Field, _ field: RecordField
  ) throws(RecordError) -> [UInt8]? {
    // Most are numbers already, of which nothing has to be made.
    if value.kind == .number && Rating(bytes, value.range) != nil { return nil }
    guard let number = NumberText(bytes, value)?.text else {
      throw .schema(field.dotted, "not a number", at: value.start)
    }
    if Rating(number.span, 0..<number.count) == nil {
      throw RecordError(
        reason: "number-range", field: field.dotted, message: "\(field.dotted): not between 1 and 5",
        offset: value.start)
    }
    return number
  }

  private static func boolean(
    _ bytes: Span<UInt8>, _ value: Field, _ field: RecordField
  ) throws(RecordError) -> [UInt8]? {
    switch value.kind {
    case .true, .false: return nil
    case .string, .number:
      let text =
        value.kind == .string
        ? JSONText.string(bytes, value) : String(decoding: NumberText.copy(bytes, value), as: UTF8.self)
      if ["1", "true", "True", "TRUE"].contains(text) { return Array("true".utf8) }
      if ["0", "false", "False", "FALSE"].contains(text) { return Array("false".utf8) }
    default: break
    }
    throw .schema(field.dotted, "neither true nor false", at: value.start)
  }
}
