import FeedbackModel
import NDJSON

/// One node of a parsed expression.
///
/// Fields are slots of a scanner made with `LineScanner.records(extra:)`.
indirect enum ExpressionNode: Sendable {
  case and(ExpressionNode, ExpressionNode)
  case or(ExpressionNode, ExpressionNode)
  case not(ExpressionNode)
  case exists(Int)
  case compare(ExpressionOperand, ExpressionComparison, ExpressionOperand)
  case isOneOf(Int, [ExpressionOperand], isNegated: Bool)
  case contains(Int, ExpressionOperand)
}

/// One side of a comparison.
enum ExpressionOperand: Sendable {
  case field(Int)
  case string([UInt8])
  case number([UInt8])
  case boolean(Bool)
  case null
}

/// Recursive descent: `or` of `and` of `not` of tests.
struct ExpressionParser {
  private var lexer: ExpressionLexer
  private var token: ExpressionToken
  private var column: Int
  private var depth = 0
  private(set) var extraPaths: [[String]] = []
  private var extraIndices: [[[UInt8]]: Int] = [:]
  private static let depthMax = 100

  init(_ text: String, beside paths: [[String]] = []) throws(ExpressionError) {
    if text.utf8.count > 65_536 {
      throw ExpressionError(message: "the expression is longer than 65536 bytes", column: 1)
    }
    extraPaths = paths
    for (index, path) in paths.enumerated() { extraIndices[path.map { Array($0.utf8) }] = index }
    lexer = ExpressionLexer(text)
    token = try lexer.next()
    column = lexer.column
  }

  private mutating func advance() throws(ExpressionError) {
    token = try lexer.next()
    column = lexer.column
  }

  private func fail(_ message: String) -> ExpressionError {
    ExpressionError(message: message, column: column)
  }

  mutating func parse() throws(ExpressionError) -> ExpressionNode {
    let node = try disjunction()
    if token != .end { throw fail("expected 'and', 'or' or the end") }
    return node
  }

  private mutating func disjunction() throws(ExpressionError) -> ExpressionNode {
    var node = try conjunction()
    while token == .or {
      try advance()
      node = .or(node, try conjunction())
    }
    return node
  }

  private mutating func conjunction() throws(ExpressionError) -> ExpressionNode {
    var node = try negation()
    while token == .and {
      try advance()
      node = .and(node, try negation())
    }
    return node
  }

  private mutating func negation() throws(ExpressionError) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    if depth > ExpressionParser.depthMax { throw fail("nested too deep") }
    switch token {
    case .not:
      try advance()
      return .not(try negation())
    case .open:
      try advance()
      let node = try disjunction()
      if token != .close { throw fail("expected ')'") }
      try advance()
      return node
    case .exists:
      try advance()
      guard case .path(let path) = token else { throw fail("expected a field after 'exists'") }
      try advance()
      return .exists(slot(path))
    default: return try test()
    }
  }

  private mutating func test() throws(ExpressionError) -> ExpressionNode {
    let start = column
    let left = try operand("expected a field, 'exists', 'not' or '('")
    switch token {
    case .comparison(let comparison):
      let comparisonColumn = column
      try advance()
      let right = try operand("expected a value")
      if isNull(left) || isNull(right), comparison != .equal && comparison != .notEqual {
        throw ExpressionError(message: "null has no order", column: comparisonColumn)
      }
      return .compare(left, comparison, right)
    case .in:
      try advance()
      return try membership(left, isNegated: false, start)
    case .not:
      try advance()
      if token != .in { throw fail("expected 'in' after 'not'") }
      try advance()
      return try membership(left, isNegated: true, start)
    case .contains:
      try advance()
      guard case .field(let slot) = left else {
        throw ExpressionError(message: "'contains' needs a field on its left", column: start)
      }
      let right = try value("'contains' needs a value on its right")
      return .contains(slot, right)
    default:
      throw fail("expected a comparison, 'in', 'not in' or 'contains'")
    }
  }

  private mutating func membership(
    _ left: ExpressionOperand, isNegated: Bool, _ start: Int
  ) throws(ExpressionError) -> ExpressionNode {
    guard case .field(let slot) = left else {
      throw ExpressionError(message: "'in' needs a field on its left", column: start)
    }
    if token != .open { throw fail("expected '(' after 'in'") }
    var values: [ExpressionOperand] = []
    repeat {
      try advance()
      values.append(try value("a list holds values, not fields"))
    } while token == .comma
    if token != .close { throw fail("expected ',' or ')'") }
    try advance()
    return .isOneOf(slot, values, isNegated: isNegated)
  }

  /// A string, a number, true or false: what is not there cannot be found in a list, so null is no value here.
  private mutating func value(_ message: String) throws(ExpressionError) -> ExpressionOperand {
    switch token {
    case .path: throw fail(message)
    case .null: throw fail("nothing equals null here; use 'FIELD == null' or 'not exists FIELD'")
    default: return try operand("expected a value")
    }
  }

  private mutating func operand(_ message: String) throws(ExpressionError) -> ExpressionOperand {
    let operand: ExpressionOperand
    switch token {
    case .path(let path): operand = .field(slot(path))
    case .string(let text): operand = .string(text)
    case .number(let text): operand = .number(text)
    case .boolean(let value): operand = .boolean(value)
    case .null: operand = .null
    default: throw fail(message)
    }
    try advance()
    return operand
  }

  private func isNull(_ operand: ExpressionOperand) -> Bool {
    if case .null = operand { return true }
    return false
  }

  /// The slot of a path: that of a field which every scanner of records locates, or one of its own.
  private mutating func slot(_ path: [String]) -> Int {
    if let field = RecordField.allCases.first(where: { $0.path == path }) { return field.rawValue }
    // Compared as bytes, as keys are.
    let keys = path.map { Array($0.utf8) }
    if let index = extraIndices[keys] { return LineScanner.extraSlot(index) }
    extraIndices[keys] = extraPaths.count
    extraPaths.append(path)
    return LineScanner.extraSlot(extraPaths.count - 1)
  }
}
