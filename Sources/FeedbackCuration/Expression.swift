import NDJSON

/// A condition on the fields of a record: `model == "m2" and (feedback.user_rating <= 2 or not exists feedback)`.
///
/// A field that is missing or null makes every comparison false, `!=` and `not in` too; `not (x == 3)` is then true. The one
/// exception asks for just that: `x == null` holds where x is missing or null, `x != null` where it has a value. Values
/// of different kinds are never equal. Numbers compare exactly, strings by the bytes of their text.
public struct Expression: Sendable {
  private let root: ExpressionNode
  /// The paths that the scanner has to locate besides the fields it always does, in the order of their slots.
  public let extraPaths: [[String]]

  /// Parses an expression; the grammar is in fb-filter(1).
  ///
  /// Paths that are to be located beside its own come first in `extraPaths`, and the expression shares their slots.
  public init(parsing text: String, beside paths: [[String]] = []) throws(ExpressionError) {
    var parser = try ExpressionParser(text, beside: paths)
    root = try parser.parse()
    extraPaths = parser.extraPaths
  }

  /// Whether the condition holds for the record that a scanner made with `extraPaths` saw last.
  public func evaluate(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) -> Bool {
    evaluate(root, bytes, scanner)
  }

  private func evaluate(
    _ node: ExpressionNode, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) -> Bool {
    switch node {
    case .and(let left, let right):
      return evaluate(left, bytes, scanner) && evaluate(right, bytes, scanner)
    case .or(let left, let right):
      return evaluate(left, bytes, scanner) || evaluate(right, bytes, scanner)
    case .not(let inner):
      return !evaluate(inner, bytes, scanner)
    case .exists(let slot):
      return scanner.fields[slot].hasValue
    case .compare(let left, let comparison, let right):
      return compare(left, comparison, right, bytes, scanner)
    case .isOneOf(let slot, let values, let isNegated):
      let field = scanner.fields[slot]
      if !field.hasValue { return false }
      return values.contains { equals(bytes, field, $0) } != isNegated
    case .contains(let slot, let value):
      return contains(bytes, scanner.fields[slot], value)
    }
  }

  private func compare(
    _ left: ExpressionOperand, _ comparison: ExpressionComparison, _ right: ExpressionOperand,
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) -> Bool {
    switch (left, right) {
    case (.field(let a), .field(let b)):
      return holds(comparison, order(bytes, scanner.fields[a], scanner.fields[b]))
    case (.field(let slot), .null), (.null, .field(let slot)):
      return scanner.fields[slot].hasValue == (comparison == .notEqual)
    case (.field(let slot), _):
      let field = scanner.fields[slot]
      return field.hasValue && holds(comparison, order(bytes, field, right))
    case (_, .field(let slot)):
      let field = scanner.fields[slot]
      return field.hasValue && holds(comparison, order(bytes, field, left).mirrored)
    default:
      return holds(comparison, Expression.order(left, right))
    }
  }

  /// How two values stand to each other.
  enum Order {
    case less, equal, greater
    /// Of one kind without an order, or of two kinds: not equal and neither first.
    case different
    /// At least one is missing: no comparison holds.
    case undefined

    init(_ sign: Int) { self = sign < 0 ? .less : sign > 0 ? .greater : .equal }

    var mirrored: Order {
      switch self {
      case .less: .greater
      case .greater: .less
      default: self
      }
    }
  }

  private func holds(_ comparison: ExpressionComparison, _ order: Order) -> Bool {
    switch comparison {
    case .equal: order == .equal
    case .notEqual: order != .equal && order != .undefined
    case .less: order == .less
    case .lessOrEqual: order == .less || order == .equal
    case .greater: order == .greater
    case .greaterOrEqual: order == .greater || order == .equal
    }
  }

  private func order(_ bytes: Span<UInt8>, _ field: Field, _ value: ExpressionOperand) -> Order {
    switch (field.kind, value) {
    case (.missing, _), (.null, _): return .undefined
    case (.number, .number(let number)):
      return Order(JSONNumber.compare(bytes, field.range, number.span, 0..<number.count))
    case (.string, .string(let text)):
      if field.isEscaped { return Order(Expression.sign(JSONText.bytes(bytes, field), text)) }
      return Order(Expression.sign(bytes, field.range, text))
    case (.true, .boolean(let value)): return value ? .equal : .different
    case (.false, .boolean(let value)): return value ? .different : .equal
    default: return .different
    }
  }

  private func order(_ bytes: Span<UInt8>, _ left: Field, _ right: Field) -> Order {
    if !left.hasValue || !right.hasValue { return .undefined }
    switch (left.kind, right.kind) {
    case (.number, .number):
      return Order(JSONNumber.compare(bytes, left.range, bytes, right.range))
    case (.string, .string):
      return Order(Expression.sign(JSONText.bytes(bytes, left), JSONText.bytes(bytes, right)))
    case (.true, .true), (.false, .false): return .equal
    default: return .different
    }
  }

  private static func order(_ left: ExpressionOperand, _ right: ExpressionOperand) -> Order {
    switch (left, right) {
    case (.number(let a), .number(let b)):
      return Order(JSONNumber.compare(a.span, 0..<a.count, b.span, 0..<b.count))
    case (.string(let a), .string(let b)): return Order(sign(a, b))
    case (.boolean(let a), .boolean(let b)): return a == b ? .equal : .different
    case (.null, .null): return .equal
    default: return .different
    }
  }

  private static func sign(_ left: [UInt8], _ right: [UInt8]) -> Int {
    sign(left.span, 0..<left.count, right)
  }

  private static func sign(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Int {
    var index = 0
    while index < range.count && index < text.count {
      let byte = bytes[range.lowerBound + index]
      if byte != text[index] { return byte < text[index] ? -1 : 1 }
      index += 1
    }
    return range.count - text.count
  }

  private func equals(_ bytes: Span<UInt8>, _ field: Field, _ value: ExpressionOperand) -> Bool {
    order(bytes, field, value) == .equal
  }

  /// Part of a string's text, or an element of an array.
  private func contains(_ bytes: Span<UInt8>, _ field: Field, _ value: ExpressionOperand) -> Bool {
    if field.kind == .array {
      var cursor = ElementCursor(field)
      while let element = cursor.next(bytes) {
        if equals(bytes, element, value) { return true }
      }
      return false
    }
    guard field.kind == .string, case .string(let text) = value else { return false }
    if field.isEscaped {
      let decoded = JSONText.bytes(bytes, field)
      return Expression.contains(decoded.span, 0..<decoded.count, text)
    }
    return Expression.contains(bytes, field.range, text)
  }

  private static func contains(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
    guard let first = text.first else { return true }
    var start = range.lowerBound
    while start + text.count <= range.upperBound {
      if bytes[start] == first && text.matches(bytes, start..<start + text.count) { return true }
      start += 1
    }
    return false
  }
}
