/// What kind of JSON value stands at a place.
public enum JSONKind: UInt8, Sendable {
  /// The field is not there.
  case missing = 0
  /// A string.
  case string
  /// A number.
  case number
  /// `true`.
  case `true`
  /// `false`.
  case `false`
  /// `null`.
  case null
  /// An object.
  case object
  /// An array.
  case array
}

/// Where a value stands: a range of the bytes that were scanned.
///
/// It owns nothing and copies nothing.
public struct Field: Sendable, Equatable {
  /// Offset of the first byte of the value; of a string, the byte after its opening quote.
  public var start: Int
  /// Offset just past the value; of a string, of its closing quote.
  public var end: Int
  /// The kind of value, `.missing` where the record has no such field.
  public var kind: JSONKind
  /// Whether a string holds a backslash, so that its bytes are not yet its text.
  public var isEscaped: Bool

  /// A field that is not there.
  public static let missing = Field(start: 0, end: 0, kind: .missing, isEscaped: false)

  /// Makes a field of its place and kind.
  public init(start: Int, end: Int, kind: JSONKind, isEscaped: Bool = false) {
    self.start = start
    self.end = end
    self.kind = kind
    self.isEscaped = isEscaped
  }

  /// The bytes of the value without the quotes of a string.
  public var range: Range<Int> { start..<end }

  /// The bytes of the whole value as it stands in the JSON text, quotes of a string included.
  public var textRange: Range<Int> { kind == .string ? start - 1..<end + 1 : start..<end }

  /// Whether the field is there and not null.
  public var hasValue: Bool { kind != .missing && kind != .null }
}
