import FeedbackModel
import NDJSON

/// What an interaction has to keep to be joined with events.
public enum InteractionFeedback {
  /// Checks the members of an interaction that joining looks at, all of them whether or not it gets an event: so what is
  /// refused does not depend on what somebody said of it.
  public static func check(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    _ = try scanner.text(.id)
    _ = try scanner.text(.userID)
    _ = try scanner.timestamp(bytes, .timestamp)
    let feedback = scanner[.feedback]
    if !feedback.hasValue { return }
    if feedback.kind != .object { throw .schema("feedback", "not an object", at: feedback.start) }
    // What the fold is made of: nothing that is accepted here can be refused there, when it is too late to say where.
    let object = try FeedbackObject(bytes, feedback, role: .feedback)
    _ = try ratings(bytes, object.ratings)
  }

  /// The elements of `ratings` that say something, and where each stands.
  static func ratings(
    _ bytes: Span<UInt8>, _ array: Field
  ) throws(RecordError) -> [(object: FeedbackObject, field: Field)] {
    if array.hasValue && array.kind != .array {
      throw .schema("feedback.ratings", "not an array", at: array.start)
    }
    var elements: [(object: FeedbackObject, field: Field)] = []
    var cursor = ElementCursor(array)
    while let element = cursor.next(bytes) {
      if element.kind != .object { throw .schema("feedback.ratings", "holds what is not an object", at: element.start) }
      let object = try FeedbackObject(bytes, element, role: .rating)
      if !object.statements.isEmpty { elements.append((object, element)) }
    }
    return elements
  }
}
