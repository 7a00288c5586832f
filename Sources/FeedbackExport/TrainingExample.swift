import FeedbackModel
import NDJSON

/// Where the parts of one training example stand in a record: ranges, nothing is copied.
public struct TrainingExample: Sendable {
  /// The system prompt, `.missing` if there is none.
  public var systemPrompt: Field
  /// Earlier turns, an array of `{role, content}`, `.missing` if there are none.
  public var history: Field
  /// What the person asked.
  public var userPrompt: Field
  /// The answer to learn.
  public var answer: Field
  /// The category, `.missing` if there is none.
  public var category: Field
  /// The overall rating, `.missing` if there is none.
  public var userRating: Field
  /// Why it is trained on: `correction`, `rated` or `unrated`.
  public var origin: String

  /// Makes an example of its parts.
  public init(
    systemPrompt: Field, history: Field, userPrompt: Field, answer: Field, category: Field,
    userRating: Field, origin: String
  ) {
    self.systemPrompt = systemPrompt
    self.history = history
    self.userPrompt = userPrompt
    self.answer = answer
    self.category = category
    self.userRating = userRating
    self.origin = origin
  }
}

/// Renders examples for a trainer.
///
/// String bodies are copied as they stand in the record, escapes and all: the target is JSON too.
public struct TrainingRenderer: Sendable {
  /// The shape of a record.
  public enum Shape: Sendable {
    /// OpenAI supervised fine-tuning: `{"messages":[…]}`, the system prompt its first message.
    case openAI
    /// Amazon Bedrock, Claude 3 Haiku: `{"system":…,"messages":[…]}`, user and assistant only.
    case bedrockClaude
    /// One element of the `examples` of our own document.
    case document
  }

  private let shape: Shape
  /// The body of a system prompt that stands in the place of every record's own.
  private let systemPrompt: [UInt8]?
  /// How many examples were written without the earlier turns they had.
  public private(set) var withoutHistoryCount = 0

  private static let user = Array("user".utf8)
  private static let assistant = Array("assistant".utf8)
  private static let content = Array("content".utf8)
  private static let role = Array("role".utf8)

  /// Makes a renderer; `systemPrompt` replaces that of every record.
  public init(_ shape: Shape, systemPrompt: String?) {
    self.shape = shape
    self.systemPrompt = systemPrompt.map { text in
      var json: [UInt8] = []
      JSONText.encode(text, into: &json)
      return json
    }
  }

  /// Appends one example, without a newline.
  public mutating func append(
    _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) throws(RecordError) {
    line.append(0x7B)
    if shape == .bedrockClaude, hasSystemPrompt(example) {
      line.append("\"system\":")
      appendSystemPrompt(example, bytes, to: &line)
      line.append(0x2C)
    }
    line.append("\"messages\":[")
    if shape != .bedrockClaude, hasSystemPrompt(example) {
      line.append("{\"role\":\"system\",\"content\":")
      appendSystemPrompt(example, bytes, to: &line)
      line.append("},")
    }
    try appendHistory(example.history, bytes, to: &line)
    line.append("{\"role\":\"user\",\"content\":")
    line.append(bytes, example.userPrompt.textRange)
    line.append("},{\"role\":\"assistant\",\"content\":")
    line.append(bytes, example.answer.textRange)
    line.append("}]")
    if shape == .document { appendProvenance(example, bytes, to: &line) }
    line.append(0x7D)
  }

  private func hasSystemPrompt(_ example: TrainingExample) -> Bool {
    systemPrompt != nil || example.systemPrompt.end > example.systemPrompt.start
  }

  private func appendSystemPrompt(
    _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    if let systemPrompt {
      line.append(contentsOf: systemPrompt)
    } else {
      line.append(bytes, example.systemPrompt.textRange)
    }
  }

  /// Earlier answers are context, never targets: with weight 0 where the format knows weights; elsewhere the example goes
  /// without its earlier turns.
  private mutating func appendHistory(
    _ history: Field, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) throws(RecordError) {
    var cursor = ElementCursor(history)
    guard var turn = cursor.next(bytes) else { return }
    if shape == .bedrockClaude {
      withoutHistoryCount += 1
      return
    }
    while true {
      let role = JSONWalk.member(bytes, turn, Self.role)
      let content = JSONWalk.member(bytes, turn, Self.content)
      guard role.kind == .string, content.kind == .string else {
        throw .schema("history", "a turn is not {role, content}", at: turn.start)
      }
      line.append("{\"role\":")
      line.append(bytes, role.textRange)
      line.append(",\"content\":")
      line.append(bytes, content.textRange)
      if JSONText.equals(bytes, role, Self.assistant) { line.append(",\"weight\":0") }
      line.append("},")
      guard let next = cursor.next(bytes) else { return }
      turn = next
    }
  }

  private func appendProvenance(
    _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    if example.category.kind == .string {
      line.append(",\"category\":")
      line.append(bytes, example.category.textRange)
    }
    if example.userRating.kind == .number {
      line.append(",\"user_rating\":")
      line.append(bytes, example.userRating.range)
    }
    line.append(",\"origin\":\"")
    line.append(contentsOf: example.origin.utf8)
    line.append(0x22)
  }
}
