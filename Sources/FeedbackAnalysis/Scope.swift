import NDJSON

/// Which interactions numbers are about: all of them, or those with certain values of one field or of several.
public struct Scope: Sendable, Hashable {
  /// A field and the value that it has; nil where it is absent or null.
  public struct Member: Sendable, Hashable {
    /// The field, dotted.
    public var field: String
    /// Its value.
    public var value: [UInt8]?

    /// Makes a member.
    public init(field: String, value: [UInt8]?) {
      self.field = field
      self.value = value
    }

    /// Where such answers are, in the middle of a sentence.
    fileprivate var phrase: [UInt8] {
      guard let value else { return Array("without \(field)".utf8) }
      return (field == "category" ? Array("in ".utf8) : Array("with \(field) ".utf8)) + value
    }
  }

  /// What the interactions have in common; nothing for all of them.
  public var members: [Member]

  /// All interactions.
  public static let all = Scope(members: [])

  /// Those whose field has a value; nil are those in which it is absent or null.
  public static func slice(field: String, value: [UInt8]?) -> Scope {
    Scope(members: [Member(field: field, value: value)])
  }

  /// Whether all interactions of another scope are in this one, by the members of both, and others are too.
  func contains(_ other: Scope) -> Bool {
    members.count < other.members.count && members.allSatisfy { other.members.contains($0) }
  }

  /// Appends the scope as records write it: `{}`, `{"category":"billing"}`, `{"category":"billing","model":null}`.
  public func append(to json: inout [UInt8]) {
    json.append("{")
    for (index, member) in members.enumerated() {
      if index > 0 { json.append(",") }
      JSONText.encode(member.field, into: &json)
      json.append(":")
      if let value = member.value { JSONText.encode(value, into: &json) } else { json.append("null") }
    }
    json.append("}")
  }

  /// The scope as records write it.
  public var json: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Where the answers are, in the middle of a sentence: `in billing`, `in billing and with model m2`, `over all`.
  public var phrase: [UInt8] {
    if members.isEmpty { return Array("over all".utf8) }
    return Array(members.map(\.phrase).joined(separator: Array(" and ".utf8)))
  }

  /// What the values of a field, or the pairs of two (`category+model`), are called, in the number that fits a count: `1
  /// category`, `6 categories`, `9 pairs of category and model`.
  public static func counted(_ count: Int, _ field: String) -> String {
    let fields = field.split(separator: "+", omittingEmptySubsequences: false)
    if fields.count == 2 { return "\(count) \(count == 1 ? "pair" : "pairs") of \(fields[0]) and \(fields[1])" }
    return switch field {
    case "category": count == 1 ? "1 category" : "\(count) categories"
    case "model", "language", "source": count == 1 ? "1 \(field)" : "\(count) \(field)s"
    case "prompt_version": count == 1 ? "1 prompt version" : "\(count) prompt versions"
    default: count == 1 ? "1 value of \(field)" : "\(count) values of \(field)"
    }
  }
}
