/// A rule of a training file.
public enum CheckRule: String, CaseIterable, Sendable {
  /// One JSON object a line: no array, nothing over several lines.
  case jsonl
  /// UTF-8.
  case encoding
  /// A byte order mark where the target wants one, and nowhere else.
  case bom
  /// JSON.
  case syntax
  /// No line without a record.
  case blankLine = "blank-line"
  /// Every member that the target needs.
  case missing
  /// No member that the target refuses.
  case extra
  /// Each value of its kind.
  case type
  /// The version of the shape.
  case constant
  /// Roles that the target knows.
  case role
  /// User and assistant by turns.
  case alternation
  /// The system prompt in its place, on all records or none where the target wants that.
  case system
  /// No empty text.
  case empty
  /// Weights of 0 and 1, on answers, and not all 0.
  case weight
  /// Not more tokens than the target takes.
  case length
  /// No word that the model takes for a mark of its own.
  case reserved
  /// No white space between a prompt and an answer that are put together without a mark.
  case seam
  /// Two different answers.
  case tie
  /// A label of true or false.
  case label
  /// Labels of both kinds.
  case labels
  /// Enough records.
  case minimum
  /// Not too many records.
  case maximum
  /// Not too large a file.
  case size
  /// No prompt in two files.
  case overlap
  /// No record twice.
  case duplicate
}

/// A rule that a file breaks.
public struct CheckFinding: Sendable, Equatable {
  /// The rule.
  public var rule: CheckRule
  /// Where in the record, as a JSON pointer (RFC 6901); empty for all of it.
  public var pointer: String
  /// What is wrong, and what to do about it; without any text of the record.
  public var message: String
  /// Whether the target takes it all the same.
  public var isWarning: Bool

  /// Makes a finding about a record or a file.
  public init(_ rule: CheckRule, at pointer: String = "", _ message: String, isWarning: Bool = false) {
    self.rule = rule
    self.pointer = pointer
    self.message = message
    self.isWarning = isWarning
  }

  /// The finding in one line, as `[rule] /pointer: message`.
  public var text: String {
    "[\(rule.rawValue)] \(pointer.isEmpty ? "" : pointer + ": ")\(isWarning ? "warning: " : "")\(message)"
  }
}

/// A step from a value of a record into it.
enum PointerStep: Sendable {
  case key(String)
  case index(Int)

  /// The pointer of steps; what is not fit for a terminal becomes a question mark, and a long key loses its end.
  static func pointer(_ steps: [PointerStep]) -> String {
    steps.map { step in
      switch step {
      case .index(let index): return "/\(index)"
      case .key(let key):
        var text = "/"
        for scalar in key.unicodeScalars.prefix(60) {
          switch scalar {
          case "~": text += "~0"
          case "/": text += "~1"
          default: text += (0x20...0x7E).contains(scalar.value) ? String(scalar) : "?"
          }
        }
        return text
      }
    }.joined()
  }
}
