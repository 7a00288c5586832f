import NDJSON

/// Which interactions numbers are about: all of them, or those with one value of one field.
public enum Scope: Sendable, Equatable {
  /// All interactions.
  case all
  /// Those whose field has a value; nil are those in which it is absent or null.
  case slice(field: String, value: [UInt8]?)

  /// Appends the scope as records write it: `{}`, `{"category":"billing"}`, `{"model":null}`.
  public func append(to json: inout [UInt8]) {
    json.append("{")
    if case .slice(let field, let value) = self {
      JSONText.encode(field, into: &json)
      json.append(":")
      if let value { JSONText.encode(value, into: &json) } else { json.append("null") }
    }
    json.append("}")
  }

  /// The scope as records write it.
  public var json: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Where the answers are, in the middle of a sentence: `in billing`, `with model m2`, `without model`, `over all`.
  public var phrase: [UInt8] {
    switch self {
    case .all: Array("over all".utf8)
    case .slice("category", .some(let value)): Array("in ".utf8) + value
    case .slice(let field, .some(let value)): Array("with \(field) ".utf8) + value
    case .slice(let field, .none): Array("without \(field)".utf8)
    }
  }

  /// What the values of a field are called, in the number that fits a count: `1 category`, `6 categories`.
  public static func counted(_ count: Int, _ field: String) -> String {
    switch field {
    case "category": count == 1 ? "1 category" : "\(count) categories"
    case "model", "language", "source": count == 1 ? "1 \(field)" : "\(count) \(field)s"
    case "prompt_version": count == 1 ? "1 prompt version" : "\(count) prompt versions"
    default: count == 1 ? "1 value of \(field)" : "\(count) values of \(field)"
    }
  }
}
