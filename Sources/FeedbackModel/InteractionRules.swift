import NDJSON

extension LineScanner {
  /// Checks every field of an interaction, not just those that a command asks for: what passes is read by fb-ingest, be it
  /// as it is or with values as sources write them.
  ///
  /// Throws where a field breaks its rule, and where there is no prompt or no answer. The time and the rating have to be what
  /// they are on the wire.
  public func checkInteraction(_ bytes: Span<UInt8>) throws(RecordError) {
    for field in [RecordField.userPrompt, .aiResponse] where try text(field).kind == .missing {
      throw .schema(field.dotted, "missing", at: root.start)
    }
    for field in [RecordField.systemPrompt, .category, .model, .promptVersion, .language, .source] {
      _ = try text(field)
    }
    for field in [RecordField.id, .sessionID, .userID] where self[field].kind != .number { _ = try text(field) }
    if self[.id].kind == .string, self[.id].isEscaped, JSONText.bytes(bytes, self[.id]).contains(0) {
      throw .schema(RecordField.id.dotted, "holds a NUL character", at: self[.id].start)
    }
    _ = try timestamp(bytes, .timestamp)
    _ = try isError(bytes)
    _ = try history(bytes)
    let time = self[.responseTimeMilliseconds]
    if time.hasValue {
      guard let number = NumberText(bytes, time)?.text,
        JSONNumber.fixed(number.span, 0..<number.count, decimals: 1) != nil
      else {
        throw .schema(RecordField.responseTimeMilliseconds.dotted, "not a number of milliseconds", at: time.start)
      }
    }
    if self[.feedback].hasValue && self[.feedback].kind != .object {
      throw .schema(RecordField.feedback.dotted, "not an object", at: self[.feedback].start)
    }
    _ = try rating(bytes, .userRating)
    for field in RecordField.ofFeedback { _ = try FeedbackValue.normalized(bytes, self[field], field) }
  }
}

extension RecordField {
  /// The members of `feedback`.
  fileprivate static let ofFeedback = allCases.filter { $0.path.count == 2 }
}
