import NDJSON
import Timestamps

/// Typed access to the record that a scanner saw last. Each getter checks the rules of its field and throws where the record
/// breaks them; a field that is absent or null is nil.
extension LineScanner {
  /// A scanner that locates every `RecordField`, and further dotted paths in the slots after them.
  public static func records(extra: [[String]] = [], rules: JSONRules = .record) -> LineScanner {
    LineScanner(FieldSet(paths: RecordField.allCases.map(\.path) + extra), rules: rules)
  }

  /// The slot of an extra path at an index.
  public static func extraSlot(_ index: Int) -> Int { RecordField.allCases.count + index }

  /// Where a field stands.
  @inline(__always)
  public subscript(field: RecordField) -> Field { fields[field.rawValue] }

  /// The kind of record.
  ///
  /// A `type` that is not a string is an error.
  public func recordType(_ bytes: Span<UInt8>) throws(RecordError) -> RecordType {
    let field = self[.type]
    if field.kind == .missing { return .interaction }
    if field.kind != .string { throw .schema("type", "not a string", at: field.start) }
    return RecordType(rawValue: JSONText.string(bytes, field)) ?? .unknown
  }

  /// A string field, checked to be one; `.missing` for null.
  public func text(_ field: RecordField) throws(RecordError) -> Field {
    let found = self[field]
    if found.kind == .string { return found }
    if !found.hasValue { return .missing }
    throw .schema(field.dotted, "not a string", at: found.start)
  }

  /// A rating or one of the three dimensions.
  public func rating(_ bytes: Span<UInt8>, _ field: RecordField) throws(RecordError) -> Rating? {
    try Rating.read(bytes, self[field], name: field.dotted)
  }

  /// A timestamp.
  public func timestamp(
    _ bytes: Span<UInt8>, _ field: RecordField
  ) throws(RecordError) -> Timestamp? {
    _ = try text(field)
    return try Timestamp.read(bytes, self[field], name: field.dotted)
  }

  /// A time to respond, in milliseconds.
  public func milliseconds(_ bytes: Span<UInt8>) throws(RecordError) -> Int? {
    let found = self[.responseTimeMilliseconds]
    if !found.hasValue { return nil }
    if found.kind == .number, let value = JSONNumber.integer(bytes, found.range), value >= 0 {
      return value
    }
    throw .schema(
      RecordField.responseTimeMilliseconds.dotted, "not a whole number of milliseconds",
      at: found.start)
  }

  /// The earlier turns, checked to be an array of `{role, content}` of strings; `.missing` for null.
  public func history(_ bytes: Span<UInt8>) throws(RecordError) -> Field {
    let found = self[.history]
    if !found.hasValue { return .missing }
    if found.kind != .array { throw .schema(RecordField.history.dotted, "not an array", at: found.start) }
    var cursor = ElementCursor(found)
    while let turn = cursor.next(bytes) {
      let role = JSONWalk.member(bytes, turn, RecordScannerConstants.role)
      let content = JSONWalk.member(bytes, turn, RecordScannerConstants.content)
      if role.kind != .string || content.kind != .string {
        throw .schema(RecordField.history.dotted, "a turn is not {role, content}", at: turn.start)
      }
    }
    return found
  }

  /// True, false, or nil where the field is absent or null.
  public func boolean(_ field: RecordField) throws(RecordError) -> Bool? {
    let found = self[field]
    switch found.kind {
    case .true: return true
    case .false: return false
    case .missing, .null: return nil
    default: throw .schema(field.dotted, "neither true nor false", at: found.start)
    }
  }

  /// Whether the interaction ended in an error: it counts, but is in no rating and never trained on.
  public func isError(_ bytes: Span<UInt8>) throws(RecordError) -> Bool {
    let found = try text(.status)
    if found.kind == .missing || JSONText.equals(bytes, found, RecordScannerConstants.ok) {
      return false
    }
    if JSONText.equals(bytes, found, RecordScannerConstants.error) { return true }
    throw .schema(RecordField.status.dotted, "neither \"ok\" nor \"error\"", at: found.start)
  }

  /// The time that windows look at.
  public func time(
    _ bytes: Span<UInt8>, _ field: TimeField
  ) throws(RecordError) -> Timestamp? {
    let given = try timestamp(bytes, .timestamp)
    if field == .timestamp { return given }
    guard let rated = try timestamp(bytes, .ratedAt) else { return given }
    guard let given else { return rated }
    return max(given, rated)
  }
}

private enum RecordScannerConstants {
  static let ok = Array("ok".utf8)
  static let error = Array("error".utf8)
  static let role = Array("role".utf8)
  static let content = Array("content".utf8)
}

/// Which time of an interaction a window looks at.
public enum TimeField: String, Sendable, CaseIterable {
  /// When the answer was given.
  case timestamp
  /// The later of when it was given and when it was rated: late feedback counts when it comes.
  case activity
}

extension Timestamp {
  /// Reads a field that has to be a time with a zone; nil where it is absent or null.
  ///
  /// Escapes are decoded: some writers escape the `+` of an offset. The name is made only for a record that is refused.
  public static func read(
    _ bytes: Span<UInt8>, _ field: Field, name: @autoclosure () -> String
  ) throws(RecordError) -> Timestamp? {
    if !field.hasValue { return nil }
    if field.kind == .string {
      if !field.isEscaped {
        if let time = Timestamp(bytes, field.range) { return time }
      } else {
        let text = JSONText.bytes(bytes, field)
        if let time = Timestamp(text.span, 0..<text.count) { return time }
      }
    }
    throw .schema(name(), "not an RFC 3339 time with a zone", at: field.start)
  }
}

extension Rating {
  /// Reads a field that has to be a rating; nil where it is absent or null.
  ///
  /// The name is made only for a record that is refused.
  public static func read(
    _ bytes: Span<UInt8>, _ field: Field, name: @autoclosure () -> String
  ) throws(RecordError) -> Rating? {
    if !field.hasValue { return nil }
    if field.kind != .number { throw .schema(name(), "not a number", at: field.start) }
    if let rating = Rating(bytes, field.range) { return rating }
    throw RecordError(
      reason: "number-range", field: name(), message: "\(name()): not between 1 and 5",
      offset: field.start)
  }
}
