import FeedbackModel
import NDJSON

/// A text of a record that people read or that is trained on.
public enum RecordText: Int, CaseIterable, Sendable {
  case systemPrompt, history, userPrompt, aiResponse
  case feedbackText, suggestion, correctedResponse
  case completion, chosen, rejected

  /// The member that holds it; those of feedback are told without it.
  public var name: String {
    switch self {
    case .systemPrompt: "system_prompt"
    case .history: "history"
    case .userPrompt: "user_prompt"
    case .aiResponse: "ai_response"
    case .feedbackText: "feedback_text"
    case .suggestion: "suggestion"
    case .correctedResponse: "corrected_response"
    case .completion: "completion"
    case .chosen: "chosen"
    case .rejected: "rejected"
    }
  }
}

/// Where a text stands in a record.
struct PlacedText {
  var text: RecordText
  var field: Field
}

extension Route {
  /// What people said of an interaction that was not ingested, seen by a scanner with `pairPaths`.
  static func flatTexts(
    _ scanner: borrowing LineScanner
  ) -> (correctedResponse: Field, feedbackText: Field, suggestion: Field) {
    (
      scanner.fields[LineScanner.extraSlot(2)], scanner.fields[LineScanner.extraSlot(11)],
      scanner.fields[LineScanner.extraSlot(12)]
    )
  }
}

enum TextKeys {
  static let role = Array("role".utf8)
  static let content = Array("content".utf8)
  static let feedback: [(RecordText, [UInt8])] = [
    (.feedbackText, Array("feedback_text".utf8)), (.suggestion, Array("suggestion".utf8)),
    (.correctedResponse, Array("corrected_response".utf8)),
  ]
}

extension LineScanner {
  /// Throws where a text of the interaction, example or pair that a scanner with `Route.pairPaths` saw last is no string, or
  /// stands in something of another shape: it would be overlooked.
  ///
  /// Those that every stage asks for are known to be strings.
  func checkTexts(_ bytes: Span<UInt8>) throws(RecordError) {
    _ = try text(.feedbackText)
    _ = try text(.suggestion)
    let flat = Route.flatTexts(self)
    try check(flat.feedbackText, RecordText.feedbackText.name)
    try check(flat.suggestion, RecordText.suggestion.name)
    try check(flat.correctedResponse, RecordText.correctedResponse.name)
    let feedback = self[.feedback]
    if feedback.hasValue && feedback.kind != .object {
      throw .schema(RecordField.feedback.dotted, "not an object", at: feedback.start)
    }
    let ratings = self[.ratings]
    if !ratings.hasValue { return }
    _ = try FeedbackValue.normalized(bytes, ratings, .ratings)
    var cursor = ElementCursor(ratings)
    while let rater = cursor.next(bytes) {
      for (_, key) in TextKeys.feedback { try check(JSONWalk.member(bytes, rater, key), RecordField.ratings.dotted) }
    }
  }

  /// Throws where an answer of a pair is no string; a member of that name in another record is one that nobody knows.
  func checkPair(_ bytes: Span<UInt8>) throws(RecordError) {
    do throws(RecordError) {
      try check(Route.chosen(self), RecordText.chosen.name)
      try check(Route.rejected(self), RecordText.rejected.name)
    } catch {
      if try recordType(bytes) == .pair { throw error }
    }
  }

  private func check(_ field: Field, _ name: @autoclosure () -> String) throws(RecordError) {
    if field.hasValue && field.kind != .string { throw .schema(name(), "not a string", at: field.start) }
  }

  /// Replaces `texts` by all texts of the interaction, example or pair that a scanner with `Route.pairPaths` saw last,
  /// in the order in which they stand.
  func findTexts(_ bytes: Span<UInt8>, into texts: inout [PlacedText]) {
    texts.removeAll(keepingCapacity: true)
    func add(_ text: RecordText, _ field: Field) {
      if field.kind == .string { texts.append(PlacedText(text: text, field: field)) }
    }
    add(.systemPrompt, self[.systemPrompt])
    add(.userPrompt, self[.userPrompt])
    add(.aiResponse, self[.aiResponse])
    add(.completion, self[.completion])
    add(.chosen, Route.chosen(self))
    add(.rejected, Route.rejected(self))
    let flat = Route.flatTexts(self)
    add(.feedbackText, flat.feedbackText)
    add(.suggestion, flat.suggestion)
    add(.correctedResponse, flat.correctedResponse)
    add(.feedbackText, self[.feedbackText])
    add(.suggestion, self[.suggestion])
    add(.correctedResponse, self[.correctedResponse])
    if self[.history].kind == .array {
      var cursor = ElementCursor(self[.history])
      while let turn = cursor.next(bytes) { add(.history, JSONWalk.member(bytes, turn, TextKeys.content)) }
    }
    if self[.ratings].kind == .array {
      var cursor = ElementCursor(self[.ratings])
      while let rater = cursor.next(bytes) {
        for (text, key) in TextKeys.feedback { add(text, JSONWalk.member(bytes, rater, key)) }
      }
    }
    // A few, nearly in order.
    for index in texts.indices.dropFirst() {
      var place = index
      while place > 0 && texts[place].field.start < texts[place - 1].field.start {
        texts.swapAt(place, place - 1)
        place -= 1
      }
    }
  }

  /// The answer that is learnt of a record: the completion of an example, the better answer of a pair, the correction
  /// of an interaction or, without one, the answer that was given.
  var learntAnswer: Field {
    if self[.completion].kind == .string { return self[.completion] }
    let chosen = Route.chosen(self)
    if chosen.kind == .string { return chosen }
    if self[.correctedResponse].kind == .string { return self[.correctedResponse] }
    return self[.aiResponse]
  }

  /// Hands the text of a string over without copying it where nothing is escaped; the empty one for another kind.
  func withText<Result>(
    _ bytes: Span<UInt8>, _ field: Field, _ buffer: inout [UInt8], _ body: (Span<UInt8>) throws -> Result
  ) rethrows -> Result {
    if field.kind == .string && !field.isEscaped { return try body(bytes.extracting(field.range)) }
    buffer.removeAll(keepingCapacity: true)
    if field.kind == .string { JSONText.decode(bytes, field.range, into: &buffer) }
    return try body(buffer.span)
  }
}
