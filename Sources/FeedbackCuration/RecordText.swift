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
  /// What people said of an interaction that was not ingested, with the slots in a scanner with `pairPaths`.
  static let flatTexts = slots([.feedbackText, .suggestion, .correctedResponse])
  /// The answers of a pair, in the same way.
  static let pairTexts = slots([.chosen, .rejected])

  private static func slots(_ texts: [RecordText]) -> [(text: RecordText, slot: Int)] {
    texts.map { ($0, LineScanner.extraSlot(pairPaths.firstIndex(of: [$0.name]) ?? 0)) }
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
  func checkTexts(_ bytes: Span<UInt8>) throws(RecordError) {
    for field in [
      RecordField.systemPrompt, .userPrompt, .aiResponse, .completion, .feedbackText, .suggestion, .correctedResponse,
    ] {
      _ = try text(field)
    }
    for flat in Route.flatTexts { try check(fields[flat.slot], flat.text.name) }
    if self[.history].hasValue { _ = try history(bytes) }
    let feedback = self[.feedback]
    if feedback.hasValue && feedback.kind != .object {
      throw .schema(RecordField.feedback.dotted, "not an object", at: feedback.start)
    }
    let ratings = self[.ratings]
    _ = try FeedbackValue.normalized(bytes, ratings, .ratings)
    if ratings.kind != .array { return }
    var cursor = ElementCursor(ratings)
    while let rater = cursor.next(bytes) {
      for (_, key) in TextKeys.feedback { try check(JSONWalk.member(bytes, rater, key), RecordField.ratings.dotted) }
    }
  }

  /// Throws where an answer of a pair is no string; a member of that name in another record is one that nobody knows.
  func checkPair(_ bytes: Span<UInt8>) throws(RecordError) {
    for answer in Route.pairTexts where fields[answer.slot].hasValue && fields[answer.slot].kind != .string {
      if try recordType(bytes) == .pair { try check(fields[answer.slot], answer.text.name) }
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
    for flat in Route.pairTexts { add(flat.text, fields[flat.slot]) }
    for flat in Route.flatTexts { add(flat.text, fields[flat.slot]) }
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
