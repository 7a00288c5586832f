import NDJSON

/// A word of an expression.
enum ExpressionToken: Equatable {
  case path([String])
  case string([UInt8])
  case number([UInt8])
  case boolean(Bool)
  case null
  case comparison(ExpressionComparison)
  case and, or, not, `in`, contains, exists
  case open, close, comma
  case end
}

/// How two values are compared.
enum ExpressionComparison: Equatable, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// Splits an expression into words, each with its column.
struct ExpressionLexer {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// The column of the word that comes next, counted from 1.
  private(set) var column = 1

  mutating func next() throws(ExpressionError) -> ExpressionToken {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    column = position + 1
    guard position < scalars.count else { return .end }
    let scalar = scalars[position]
    switch scalar {
    case "(", ")", ",":
      position += 1
      return scalar == "(" ? .open : scalar == ")" ? .close : .comma
    case "=", "!", "<", ">": return try comparison()
    case "\"", "'": return .string(try string(scalar))
    case "-", "0"..."9": return .number(try number())
    case "`": return try path()
    default:
      if isKeyStart(scalar) { return try path() }
      throw ExpressionError(message: "unexpected character", column: column)
    }
  }

  private mutating func comparison() throws(ExpressionError) -> ExpressionToken {
    let first = scalars[position]
    position += 1
    let isDouble = position < scalars.count && scalars[position] == "="
    if isDouble { position += 1 }
    switch (first, isDouble) {
    case ("=", _): return .comparison(.equal)
    case ("!", true): return .comparison(.notEqual)
    case ("<", _): return .comparison(isDouble ? .lessOrEqual : .less)
    case (">", _): return .comparison(isDouble ? .greaterOrEqual : .greater)
    default: throw ExpressionError(message: "expected '!='", column: column)
    }
  }

  /// A string in either kind of quotes, with the escapes of JSON.
  private mutating func string(_ quote: Unicode.Scalar) throws(ExpressionError) -> [UInt8] {
    var json: [UInt8] = [0x22]
    position += 1
    while position < scalars.count, scalars[position] != quote {
      let scalar = scalars[position]
      position += 1
      if scalar == "\\", position < scalars.count {
        // An escaped single quote needs no escape in JSON.
        if scalars[position] != "'" { json.append(0x5C) }
        json.append(contentsOf: String(scalars[position]).utf8)
        position += 1
      } else if scalar == "\"" || scalar.value < 0x20 {
        var escaped: [UInt8] = []
        JSONText.encode(String(scalar), into: &escaped)
        json.append(contentsOf: escaped.dropFirst().dropLast())
      } else {
        json.append(contentsOf: String(scalar).utf8)
      }
    }
    guard position < scalars.count else {
      throw ExpressionError(message: "this string has no closing quote", column: column)
    }
    position += 1
    json.append(0x22)
    var scanner = LineScanner(FieldSet(paths: []), rules: .document)
    let bytes = scanner.scan(text: json)
    if scanner.code != .none {
      throw ExpressionError(message: scanner.code.message, column: column)
    }
    return JSONText.bytes(bytes.span, scanner.root)
  }

  private mutating func number() throws(ExpressionError) -> [UInt8] {
    let start = position
    while position < scalars.count, "+-.0123456789eE".unicodeScalars.contains(scalars[position]) {
      position += 1
    }
    let text = scalars[start..<position].map { UInt8(truncatingIfNeeded: $0.value) }
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    _ = scanner.scan(text: text)
    if scanner.code != .none || scanner.root.kind != .number {
      throw ExpressionError(message: "bad number", column: column)
    }
    return text
  }

  /// A dotted path, or one of the words of the language.
  private mutating func path() throws(ExpressionError) -> ExpressionToken {
    var keys: [String] = []
    var isQuoted = false
    while true {
      if position < scalars.count, scalars[position] == "`" {
        isQuoted = true
        keys.append(try quotedKey())
      } else {
        let start = position
        while position < scalars.count, isKeyPart(scalars[position]) { position += 1 }
        if position == start {
          throw ExpressionError(message: "expected a key after the dot", column: position + 1)
        }
        keys.append(String(String.UnicodeScalarView(scalars[start..<position])))
      }
      guard position < scalars.count, scalars[position] == "." else { break }
      position += 1
    }
    if keys.count > 1 || isQuoted { return .path(keys) }
    switch keys[0] {
    case "and": return .and
    case "or": return .or
    case "not": return .not
    case "in": return .in
    case "contains": return .contains
    case "exists": return .exists
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    default: return .path(keys)
    }
  }

  private mutating func quotedKey() throws(ExpressionError) -> String {
    let start = position
    position += 1
    while position < scalars.count, scalars[position] != "`" { position += 1 }
    guard position < scalars.count else {
      throw ExpressionError(message: "this key has no closing backquote", column: start + 1)
    }
    position += 1
    return String(String.UnicodeScalarView(scalars[start + 1..<position - 1]))
  }

  private func isKeyStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar == "@" || scalar.properties.isAlphabetic
  }

  private func isKeyPart(_ scalar: Unicode.Scalar) -> Bool {
    isKeyStart(scalar) || scalar == "-" || ("0"..."9").contains(scalar)
  }
}
