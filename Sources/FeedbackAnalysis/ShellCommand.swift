import FeedbackModel
import NDJSON
import Timestamps

/// Command lines for a person to paste into a shell.
///
/// Names come from records, so they are quoted, and characters that a terminal does not show as they are are escaped as in
/// JSON, which fb-filter and jq read.
enum ShellCommand {
  /// A word in single quotes.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// The command that puts the poor answers of a scope into a file; nil where a name cannot be written safely.
  static func selectPoor(_ scope: ReadScope, id: [UInt8]) -> String? {
    guard let selection = selection(scope) else { return nil }
    return "fb-filter \(selection)--max-rating 2 interactions.ndjson > \(fileName(scope, id, "review"))"
  }

  /// The command that puts poor answers into a file that came as late as the slowest ones.
  ///
  /// They are those from a response time on, in milliseconds, or else the `count` slowest; of a window, if it has one.
  static func selectSlow(
    from milliseconds: Double?, count: Int, window: (since: Timestamp, until: Timestamp)?
  ) -> String {
    let time = window.map { "--since \($0.since.text) --until \($0.until.text) " } ?? ""
    let (file, status) = ("slow-review.ndjson", "not status == \"error\"")
    if let milliseconds {
      var number: [UInt8] = []
      JSONNumber.append(rounded: milliseconds, to: &number)
      let condition = quoted("response_time_ms >= \(String(decoding: number, as: UTF8.self)) and \(status)")
      return "fb-filter \(time)--max-rating 2 --where \(condition) interactions.ndjson > \(file)"
    }
    let slowest = quoted("sort_by(-.response_time_ms)[:\(count)][]")
    return
      "fb-filter \(time)--max-rating 2 --where \(quoted("exists response_time_ms and \(status)")) interactions.ndjson "
      + "| jq -sc \(slowest) > \(file)"
  }

  /// The command that puts the answers of a scope that nobody rated into a file.
  static func selectUnrated(_ scope: ReadScope, id: [UInt8]) -> String? {
    guard let condition = condition(scope.members) else { return nil }
    let all = condition.isEmpty ? "" : condition + " and "
    let filter = quoted("\(all)not exists feedback.user_rating")
    return "fb-filter --where \(filter) interactions.ndjson > \(fileName(scope, id, "unrated"))"
  }

  /// The command that measures a scope again from a time on, and shows some members of its metric.
  static func measure(_ scope: ReadScope, since: Timestamp?, show: String) -> String? {
    if condition(scope.members) == nil { return nil }
    let fields = scope.members.map(\.field)
    let by = fields.isEmpty ? "" : "--by \(quoted(fields.joined(separator: "+"))) "
    let start = since.map { "--since \($0.text) " } ?? ""
    let members = scope.members.map { "\(literal(Array($0.field.utf8))):\($0.value.map(literal) ?? "null")" }
    let select = quoted("select(.type == \"metric\" and .scope == {\(members.joined(separator: ","))}) | \(show)")
    return "fb-analyze \(by)\(start)interactions.ndjson | jq -c \(select)"
  }

  /// Options of fb-filter for a scope, with a blank at the end.
  private static func selection(_ scope: ReadScope) -> String? {
    guard let condition = condition(scope.members) else { return nil }
    if scope.members.count == 1, scope.members[0].field == "category", let value = scope.members[0].value {
      let name = String(decoding: value, as: UTF8.self)
      if !name.unicodeScalars.contains(where: DisplayText.isUnsafe) { return "--category \(quoted(name)) " }
    }
    return condition.isEmpty ? "" : "--where \(quoted(condition)) "
  }

  /// An expression of fb-filter that holds in a scope.
  private static func condition(_ members: [(field: String, value: [UInt8]?)]) -> String? {
    var parts: [String] = []
    for (field, value) in members {
      guard let path = path(field) else { return nil }
      guard let value else {
        parts.append("not exists \(path)")
        continue
      }
      if value.count > 1000 { return nil }
      parts.append("\(path) == \(literal(value))")
    }
    return parts.joined(separator: " and ")
  }

  /// A string of JSON, which is one of an expression and of jq too, in which every character is seen.
  private static func literal(_ text: [UInt8]) -> String {
    var json: [UInt8] = []
    JSONText.encode(text, into: &json)
    return DisplayText.spelled(json)
  }

  /// A dotted path as an expression writes it, unusual keys in backquotes.
  private static func path(_ field: String) -> String? {
    let words = ["and", "or", "not", "in", "contains", "exists", "true", "false", "null"]
    if field.utf8.count > 1000 || field.contains("`") || field.contains(",") || field.contains("+") { return nil }
    if field.unicodeScalars.contains(where: DisplayText.isUnsafe) { return nil }
    let keys = field.split(separator: ".", omittingEmptySubsequences: false).map { key in
      let isPlain = key.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F }
      return isPlain && !key.isEmpty && !words.contains(String(key)) ? String(key) : "`\(key)`"
    }
    return keys.joined(separator: ".")
  }

  /// A name of plain letters for a file; where that loses something, a part of the id tells it from others.
  private static func fileName(_ scope: ReadScope, _ id: [UInt8], _ suffix: String) -> String {
    let text = scope.members.isEmpty ? Array("all".utf8) : scope.members[0].value ?? Array("none".utf8)
    func isPlain(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F }
    let letters = text.prefix(40).map { isPlain($0) ? $0 : 0x2D }
    let isWhole = text.count == letters.count && text.allSatisfy(isPlain) && scope.members.count <= 1 && !text.isEmpty
    let hint = isWhole ? [] : Array("-".utf8) + id.prefix(8)
    let name = (letters + hint).drop { $0 == 0x2D }
    return String(decoding: name, as: UTF8.self) + "-\(suffix).ndjson"
  }
}

extension Recommendation.Verification {
  /// The command that measures it again from a time on; nil where a name cannot be written safely.
  func measuringCommand(since: Timestamp?) -> String? {
    let show =
      measure == .feedbackRate ? "{interactions, errors, rated, feedback_rate}" : "{n: .rating.n, poor: .rating.poor}"
    return ShellCommand.measure(scope, since: since, show: show)
  }
}
