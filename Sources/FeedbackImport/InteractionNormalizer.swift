import FeedbackModel
import NDJSON
import Timestamps

/// Makes records of any source what the wire asks for: an interaction with an identity, a category and times in UTC, its
/// feedback in `feedback`; or a feedback event with an identity.
///
/// An interaction keeps its unknown fields in place, and its bytes where nothing has to change. Records of other types pass.
public struct InteractionNormalizer: Sendable {
  private let shape: RecordShape
  private let map: FieldMap
  private var edit = ObjectEdit()
  private var feedbackEdit = ObjectEdit()
  private var builder = RecordBuilder()
  private var inner = InteractionNormalizer.scanner()
  private var rebuilt: [UInt8] = []
  /// The line to write, without its newline; empty where the record is to be written as it came.
  public private(set) var line: [UInt8] = []

  /// Makes a normaliser for records of a shape, or, where `map` has entries, for what it describes.
  public init(shape: RecordShape, map: FieldMap) {
    self.shape = shape
    self.map = map
  }

  /// A scanner of the fields that the normaliser looks at.
  public static func scanner(rules: JSONRules = .record) -> LineScanner {
    LineScanner.records(extra: RecordField.ofFeedback.map { [$0.name] }, rules: rules)
  }

  /// Takes the record that a scanner of `scanner()` saw last.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    line.removeAll(keepingCapacity: true)
    let type = try scanner.recordType(bytes)
    if type == .feedback { return try takeEvent(bytes, scanner) }
    let messages = scanner[.messages]
    if type != .interaction && !isForeign(type, scanner) { return }
    builder.reset()
    if !map.isEmpty || (type != .interaction && !messages.hasValue) {
      map.convert(bytes, scanner.root, into: &builder)
    } else if shape == .conversation || (shape == .any && messages.hasValue && scanner[.userPrompt].kind == .missing) {
      try Conversation.convert(bytes, scanner.root, messages, into: &builder)
    } else {
      return try takeInteraction(bytes, scanner)
    }
    try takeBuilt(faultsAt: scanner.root.start)
  }

  /// Whether a `type` is some source's own word for a record: one that is not ours, on what is an interaction otherwise.
  private func isForeign(_ type: RecordType, _ scanner: borrowing LineScanner) -> Bool {
    type == .unknown
      && (!map.isEmpty || shape != .any || scanner[.messages].hasValue || scanner[.userPrompt].hasValue)
  }

  /// Takes the record whose flat cells a row holds.
  mutating func take(row fill: (inout RecordBuilder) throws(RecordError) -> Void) throws(RecordError) {
    line.removeAll(keepingCapacity: true)
    builder.reset()
    try fill(&builder)
    try takeBuilt(faultsAt: 0)
  }

  /// Takes what the builder holds.
  ///
  /// A fault is placed where the source's record begins: the bytes built are not its own.
  private mutating func takeBuilt(faultsAt offset: Int) throws(RecordError) {
    rebuilt.removeAll(keepingCapacity: true)
    builder.appendRecord(to: &rebuilt)
    let padded = inner.scan(text: rebuilt)
    do throws(RecordError) {
      if let error = inner.error { throw RecordError(error) }
      try takeInteraction(padded.span, inner)
    } catch {
      throw RecordError(reason: error.reason, field: error.field, message: error.message, offset: offset)
    }
    if line.isEmpty { line.append(padded.span, 0..<rebuilt.count) }
  }

  // MARK: Interactions

  private mutating func takeInteraction(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    edit.reset()
    feedbackEdit.reset()
    try checkTexts(bytes, scanner)
    try identify(bytes, scanner[.id], scanner.root)
    for field in [RecordField.sessionID, .userID] { try quoteNumber(bytes, scanner[field], field) }
    try replaceTime(bytes, scanner[.timestamp])
    try categorize(scanner)
    try replaceMilliseconds(bytes, scanner[.responseTimeMilliseconds])
    _ = try scanner.history(bytes)
    try takeFeedback(bytes, scanner)
    if !edit.isEmpty { edit.apply(bytes, scanner.root, to: &line) }
  }

  private mutating func checkTexts(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    let prompt = try scanner.text(.userPrompt)
    if prompt.kind == .missing {
      throw .schema("user_prompt", "missing (--map user_prompt=PATH says where it is)", at: scanner.root.start)
    }
    let answer = try scanner.text(.aiResponse)
    let isError = try scanner.isError(bytes)
    if answer.kind == .missing {
      // An error has no answer; everything else without one is no interaction.
      if !isError {
        throw .schema("ai_response", "missing (--map ai_response=PATH says where it is)", at: scanner.root.start)
      }
      set(scanner[.aiResponse], "ai_response", Array("\"\"".utf8))
    }
    for field in [RecordField.systemPrompt, .model, .promptVersion, .language, .source] {
      _ = try scanner.text(field)
    }
  }

  private mutating func identify(_ bytes: Span<UInt8>, _ id: Field, _ record: Field) throws(RecordError) {
    switch id.kind {
    case .missing: edit.addFirst("id", SourceRecord.identity(bytes, record.range))
    case .null: edit.replace(id, with: SourceRecord.identity(bytes, record.range))
    case .string where id.end == id.start: edit.replace(id, with: SourceRecord.identity(bytes, record.range))
    case .string:
      if id.isEscaped, JSONText.bytes(bytes, id).contains(0) {
        throw .schema("id", "holds a NUL character", at: id.start)
      }
    default: try quoteNumber(bytes, id, .id)
    }
  }

  /// Identities are strings; a source that counts has numbers.
  private mutating func quoteNumber(_ bytes: Span<UInt8>, _ value: Field, _ field: RecordField) throws(RecordError) {
    if value.kind == .number {
      var json: [UInt8] = [0x22]
      json.append(bytes, value.range)
      edit.replace(value, with: json + [0x22])
    } else if value.hasValue && value.kind != .string {
      throw .schema(field.dotted, "not a string", at: value.start)
    }
  }

  private mutating func categorize(_ scanner: borrowing LineScanner) throws(RecordError) {
    let category = try scanner.text(.category)
    if category.kind == .missing || category.end == category.start {
      set(scanner[.category], "category", [0x22] + RecordField.uncategorized + [0x22])
    }
  }

  private mutating func replaceMilliseconds(_ bytes: Span<UInt8>, _ value: Field) throws(RecordError) {
    guard value.hasValue else { return }
    guard let number = NumberText(bytes, value) else {
      throw .schema("response_time_ms", "not a number of milliseconds", at: value.start)
    }
    if value.kind == .number, let whole = JSONNumber.integer(bytes, value.range), whole >= 0 { return }
    guard let (tenths, _) = JSONNumber.fixed(number.text.span, 0..<number.text.count, decimals: 1) else {
      throw RecordError(
        reason: "number-range", field: "response_time_ms", message: "response_time_ms: out of range",
        offset: value.start)
    }
    var json: [UInt8] = []
    JSONNumber.append((tenths + 5) / 10, to: &json)
    edit.replace(value, with: json)
  }

  /// Puts a value in the place of a member that is null or empty, or adds it.
  private mutating func set(_ field: Field, _ key: StaticString, _ json: [UInt8]) {
    if field.kind == .missing { edit.add(key, json) } else { edit.replace(field, with: json) }
  }

  // MARK: Feedback

  private mutating func takeFeedback(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    let feedback = scanner[.feedback]
    if feedback.hasValue && feedback.kind != .object {
      throw .schema("feedback", "not an object", at: feedback.start)
    }
    for (index, field) in RecordField.ofFeedback.enumerated() {
      let inside = scanner[field]
      if inside.kind != .missing {
        if let json = try FeedbackValue.normalized(bytes, inside, field) { feedbackEdit.replace(inside, with: json) }
        continue
      }
      let flat = scanner.fields[LineScanner.extraSlot(index)]
      if flat.kind == .missing { continue }
      edit.remove(flat)
      if !flat.hasValue { continue }
      let json = try FeedbackValue.normalized(bytes, flat, field) ?? RecordBuilder.compact(bytes, flat)
      feedbackEdit.add(key: Array(field.name.utf8), json)
    }
    if feedbackEdit.isEmpty { return }
    var json: [UInt8] = []
    if feedback.kind == .object {
      feedbackEdit.apply(bytes, feedback, to: &json)
      edit.replace(feedback, with: json)
    } else {
      let empty: [UInt8] = [0x7B, 0x7D]
      feedbackEdit.apply(empty.span, Field(start: 0, end: 2, kind: .object), to: &json)
      set(feedback, "feedback", json)
    }
  }

  // MARK: Events

  private mutating func takeEvent(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    edit.reset()
    try identify(bytes, scanner[.id], scanner.root)
    let interaction = scanner[.interactionID]
    if !interaction.hasValue { throw .schema("interaction_id", "missing", at: scanner.root.start) }
    try quoteNumber(bytes, interaction, .interactionID)
    let nested = scanner[.feedback]
    if nested.hasValue {
      throw .schema("feedback", "its members stand beside the others in an event", at: nested.start)
    }
    try quoteNumber(bytes, scanner[.userID], .userID)
    try replaceTime(bytes, scanner[.timestamp])
    for (index, field) in RecordField.ofFeedback.enumerated() {
      let value = scanner.fields[LineScanner.extraSlot(index)]
      if value.kind == .missing { continue }
      if let json = try FeedbackValue.normalized(bytes, value, field) { edit.replace(value, with: json) }
    }
    if !edit.isEmpty { edit.apply(bytes, scanner.root, to: &line) }
  }

  private mutating func replaceTime(_ bytes: Span<UInt8>, _ value: Field) throws(RecordError) {
    if let json = try TimeValue.normalized(bytes, value, .timestamp) { edit.replace(value, with: json) }
  }
}
