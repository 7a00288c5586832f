import NDJSON

/// The rules of an interaction as a whole, not just of the fields that a command asks for: what passes is read by fb-ingest,
/// be it as it is or with values as sources write them.
public struct InteractionRules: Sendable {
  /// What a scanner of records has to locate besides, from its first extra slot on.
  public let paths: [[String]]
  /// The members of `feedback`, and the slot of each at the top of the record, from where fb-ingest would move it.
  private let ofFeedback: [(field: RecordField, flatSlot: Int)]

  /// Makes the rules for a scanner that locates other paths before its own.
  public init(after others: [[String]] = []) {
    let flat = RecordField.ofFeedback.map { [$0.name] }
    let paths = others + flat.filter { !others.contains($0) }
    self.paths = paths
    ofFeedback = zip(RecordField.ofFeedback, flat).map { field, path in
      (field, LineScanner.extraSlot(paths.firstIndex(of: path) ?? 0))
    }
  }

  /// Checks the interaction that a scanner saw last.
  ///
  /// Throws where a field breaks its rule, and where there is no prompt or no answer. The time and the rating have to be what
  /// they are on the wire.
  public func check(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    for field in [RecordField.userPrompt, .aiResponse] where try scanner.text(field).kind == .missing {
      throw .schema(field.dotted, "missing", at: scanner.root.start)
    }
    for field in [RecordField.systemPrompt, .category, .model, .promptVersion, .language, .source] {
      _ = try scanner.text(field)
    }
    for field in [RecordField.id, .sessionID, .userID] where scanner[field].kind != .number {
      _ = try scanner.text(field)
    }
    let id = scanner[.id]
    if id.kind == .string, id.isEscaped, JSONText.bytes(bytes, id).contains(0) {
      throw .schema(RecordField.id.dotted, "holds a NUL character", at: id.start)
    }
    _ = try scanner.timestamp(bytes, .timestamp)
    _ = try scanner.isError(bytes)
    _ = try scanner.history(bytes)
    let time = scanner[.responseTimeMilliseconds]
    if time.hasValue && !Self.isTime(bytes, time) {
      throw .schema(RecordField.responseTimeMilliseconds.dotted, "not a number of milliseconds", at: time.start)
    }
    let feedback = scanner[.feedback]
    if feedback.hasValue && feedback.kind != .object {
      throw .schema(RecordField.feedback.dotted, "not an object", at: feedback.start)
    }
    _ = try scanner.rating(bytes, .userRating)
    for (field, flatSlot) in ofFeedback {
      let inside = scanner[field]
      let value = inside.kind == .missing ? scanner.fields[flatSlot] : inside
      _ = try FeedbackValue.normalized(bytes, value, field)
    }
  }

  private static func isTime(_ bytes: Span<UInt8>, _ value: Field) -> Bool {
    if value.kind == .number { return JSONNumber.fixed(bytes, value.range, decimals: 1) != nil }
    guard let number = NumberText(bytes, value)?.text else { return false }
    return JSONNumber.fixed(number.span, 0..<number.count, decimals: 1) != nil
  }
}
