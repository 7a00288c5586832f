import FeedbackModel
import NDJSON

/// The feedback in a line of an interaction that is not written, as another line has its id.
public struct RepeatFeedback: Sendable, Hashable, Comparable {
  /// The object in JSON without white space, with a newline.
  let json: [UInt8]
  /// The `user_id` of the line, empty where it has none.
  let user: [UInt8]

  /// Takes it from a line that was scanned with the slots of `RecordField`; nil where it has none.
  public init?(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) {
    if scanner[.feedback].kind != .object { return nil }
    var json: [UInt8] = []
    JSONWalk.appendCompact(bytes, scanner[.feedback].textRange, to: &json)
    json.append(0x0A)
    self.json = json
    user = scanner[.userID].kind == .string ? JSONText.bytes(bytes, scanner[.userID]) : []
  }

  /// Orders by content, which means nothing, but is the same in every run.
  public static func < (left: RepeatFeedback, right: RepeatFeedback) -> Bool {
    left.json == right.json
      ? left.user.lexicographicallyPrecedes(right.user) : left.json.lexicographicallyPrecedes(right.json)
  }
}
