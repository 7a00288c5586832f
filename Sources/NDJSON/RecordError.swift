/// A record that cannot be used: not JSON, or JSON that breaks a rule of its kind of record.
public struct RecordError: Error, Equatable, Sendable {
  /// The short code that rejects carry: `syntax`, `utf8`, `dupkey`, `schema`, `number-range` and the like.
  public var reason: String
  /// The field at fault, dotted, or empty where the whole line is.
  public var field: String
  /// One phrase for a person.
  ///
  /// It holds no text of the record.
  public var message: String
  /// Offset in bytes of the fault in the bytes that were scanned.
  public var offset: Int

  /// Makes an error about a field.
  public init(reason: String, field: String, message: String, offset: Int) {
    self.reason = reason
    self.field = field
    self.message = message
    self.offset = offset
  }

  /// The error for a text that the scanner refused.
  public init(_ error: JSONError) {
    self.init(
      reason: error.code.reason, field: "", message: error.code.message, offset: error.offset)
  }

  /// A field whose value breaks a rule of the record.
  public static func schema(_ field: String, _ message: String, at offset: Int) -> RecordError {
    RecordError(reason: "schema", field: field, message: "\(field): \(message)", offset: offset)
  }
}
