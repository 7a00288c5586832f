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

  /// From when to when the records of a command are, as far as that was asked for.
  struct Window {
    var since: Timestamp?
    var until: Timestamp?
    var timeField = TimeField.timestamp

    /// The same from a later time on, if there is one.
    func since(_ time: Timestamp?) -> Window {
      var window = self
      if let time { window.since = max(time, since ?? time) }
      return window
    }

    /// As options with a blank at the end; nothing without an end.
    var options: String {
      var text = ""
      if let since { text += "--since \(since.text) " }
      if let until { text += "--until \(until.text) " }
      return text.isEmpty || timeField == .timestamp ? text : text + "--time-field \(timeField.rawValue) "
    }
  }

  /// The command that puts the poor answers of a scope into a file; nil where a name cannot be written safely.
  static func selectPoor(_ scope: ReadScope, id: [UInt8], window: Window = Window()) -> String? {
    guard let selection = selection(scope) else { return nil }
    let file = fileName(scope, id, "review")
    return "fb-filter \(window.options)\(selection) --max-rating 2 interactions.ndjson > \(file)"
  }

  /// The command that puts poor answers into a file that came as late as the slowest ones.
  ///
  /// They are those from a response time on, in milliseconds, or else the `count` slowest.
  static func selectSlow(from milliseconds: Double?, count: Int, window: Window) -> String {
    let file = "slow-review.ndjson"
    if let milliseconds {
      var number: [UInt8] = []
      JSONNumber.append(rounded: milliseconds, to: &number)
      let condition = quoted("response_time_ms >= \(String(decoding: number, as: UTF8.self)) and \(answered)")
      return "fb-filter \(window.options)--max-rating 2 --where \(condition) interactions.ndjson > \(file)"
    }
    let slowest = quoted("sort_by(-.response_time_ms)[:\(count)][]")
    return
      "fb-filter \(window.options)--max-rating 2 --where \(quoted("exists response_time_ms and \(answered)")) "
      + "interactions.ndjson | jq -sc \(slowest) > \(file)"
  }

  /// The command that puts the answers of a scope that nobody rated into a file.
  static func selectUnrated(_ scope: ReadScope, id: [UInt8], window: Window = Window()) -> String? {
    guard let condition = condition(scope.members) else { return nil }
    let parts = [condition, "not exists feedback.user_rating", answered].filter { !$0.isEmpty }
    let filter = quoted(parts.joined(separator: " and "))
    return "fb-filter \(window.options)--where \(filter) interactions.ndjson > \(fileName(scope, id, "unrated"))"
  }

  /// The command that puts the poor answers into a file that nobody corrected.
  static func selectUncorrected(window: Window) -> String {
    let filter = quoted("not exists feedback.corrected_response and \(answered)")
    return "fb-filter \(window.options)--max-rating 2 --where \(filter) interactions.ndjson > uncorrected.ndjson"
  }

  /// What an error shows is no answer, and is in no share.
  private static let answered = #"not status == "error""#

  /// The command that measures a scope again from a time on, and shows some members of its metric.
  static func measure(_ scope: ReadScope, window: Window = Window(), show: String) -> String? {
    if condition(scope.members) == nil { return nil }
    let fields = scope.members.map(\.field)
    let by = fields.isEmpty ? "" : "--by \(quoted(fields.joined(separator: "+"))) "
    let members = scope.members.map { "\(literal(Array($0.field.utf8))):\($0.value.map(literal) ?? "null")" }
    let select = quoted("select(.type == \"metric\" and .scope == {\(members.joined(separator: ","))}) | \(show)")
    return "fb-analyze \(by)\(window.options)interactions.ndjson | jq -c \(select)"
  }

  /// Options of fb-filter for the answers of a scope.
  private static func selection(_ scope: ReadScope) -> String? {
    guard let condition = condition(scope.members) else { return nil }
    if scope.members.count == 1, scope.members[0].field == "category", let value = scope.members[0].value {
      let name = String(decoding: value, as: UTF8.self)
      if !name.unicodeScalars.contains(where: DisplayText.isUnsafe) {
        return "--category \(quoted(name)) --where \(quoted(answered))"
      }
    }
    return "--where \(quoted(condition.isEmpty ? answered : "\(condition) and \(answered)"))"
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
    func isPlain(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F }
    guard let member = scope.members.first else { return "all-\(suffix).ndjson" }
    let value = member.value ?? []
    let isCategory = member.field == "category"
    var isWhole = scope.members.count == 1 && (1...40).contains(value.count) && value.allSatisfy(isPlain)
    isWhole = isWhole && member.field.utf8.allSatisfy(isPlain) && !(isCategory && value == Array("all".utf8))
    let text = (isCategory ? [] : Array(member.field.utf8) + [0x2D]) + (member.value ?? Array("none".utf8)).prefix(40)
    let letters = text.map { isPlain($0) ? $0 : 0x2D } + (isWhole ? [] : [0x2D] + id.prefix(8))
    return String(decoding: letters.drop { $0 == 0x2D }, as: UTF8.self) + "-\(suffix).ndjson"
  }
}

extension Recommendation.Verification {
  /// The command that measures it again from a time on; nil where a name cannot be written safely.
  func measuringCommand(since: Timestamp?) -> String? {
    let show =
      measure == .feedbackRate ? "{interactions, errors, rated, feedback_rate}" : "{n: .rating.n, poor: .rating.poor}"
    return ShellCommand.measure(scope, window: .init(since: since, timeField: timeField), show: show)
  }
}
