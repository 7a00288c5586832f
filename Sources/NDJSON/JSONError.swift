/// Why a text was refused.
public enum JSONErrorCode: UInt8, Sendable, Equatable {
  /// Nothing was refused.
  case none = 0
  /// A byte that the JSON grammar has no place for here.
  case syntax
  /// The text ended inside a value.
  case truncated
  /// A raw control character inside a string.
  case controlCharacter
  /// An escape sequence that JSON does not know.
  case escape
  /// Bytes that are not UTF-8.
  case utf8
  /// Half of a surrogate pair.
  case surrogate
  /// A number that is not spelled as JSON spells numbers.
  case number
  /// Containers nested deeper than the limit.
  case depth
  /// A key that its object holds already, however either is escaped.
  case duplicateKey
  /// More keys in one record than the limit.
  case keyCount
  /// A value other than an object where a record has to stand.
  case notObject
  /// Bytes after the end of the value.
  case trailing
  /// A line longer than the limit.
  case lineLength
  /// Nothing but white space. Not a fault in a stream: such lines are skipped.
  case blank

  /// The short code that rejects and diagnostics carry.
  public var reason: String {
    switch self {
    case .none: "none"
    case .syntax, .truncated, .controlCharacter, .escape, .number, .trailing: "syntax"
    case .utf8: "utf8"
    case .surrogate: "surrogate"
    case .depth: "depth"
    case .duplicateKey: "dupkey"
    case .keyCount: "keys"
    case .notObject: "not-object"
    case .lineLength: "line"
    case .blank: "blank"
    }
  }

  /// One phrase for a person.
  public var message: String {
    switch self {
    case .none: "no error"
    case .syntax: "unexpected byte"
    case .truncated: "the line ends inside a value"
    case .controlCharacter: "raw control character in string"
    case .escape: "bad escape in string"
    case .utf8: "invalid UTF-8"
    case .surrogate: "lone surrogate in string"
    case .number: "bad number"
    case .depth: "nested too deep"
    case .duplicateKey: "duplicate key"
    case .keyCount: "too many keys"
    case .notObject: "not a JSON object (one object a line is expected; `jq -c '.[]'` makes lines of an array)"
    case .trailing: "bytes after the end of the record"
    case .lineLength: "line too long"
    case .blank: "blank line"
    }
  }
}

/// A refused text: the reason and the offset of the byte that was refused, counted from the start of the bytes given.
public struct JSONError: Error, Equatable, Sendable {
  /// What was wrong.
  public var code: JSONErrorCode
  /// Offset in bytes of the first byte that could not be accepted.
  public var offset: Int

  /// Makes an error of a code and an offset in bytes.
  public init(_ code: JSONErrorCode, at offset: Int) {
    self.code = code
    self.offset = offset
  }
}
