import FeedbackModel
import NDJSON

/// Where the parts of one training example stand in a record: ranges, nothing is copied.
public struct TrainingExample: Sendable {
  /// The system prompt, `.missing` if there is none.
  public var systemPrompt: Field
  /// Earlier turns, an array of `{role, content}` of strings, `.missing` if there are none.
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

/// Why a target refuses an example that is fit to train on.
public enum TargetRefusal: Int, CaseIterable, Sendable {
  /// An earlier turn is of a role that the target has no plain message for.
  case role
  /// A text holds what the target's model takes for the start of a turn.
  case turnMarker

  /// The words that follow a count.
  public var words: String {
    switch self {
    case .role: "with a turn that is not of system, user or assistant"
    case .turnMarker: "with \"Human:\" or \"Assistant:\" at the start of a line"
    }
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
  private var refused = [Int](repeating: 0, count: TargetRefusal.allCases.count)
  private var text: [UInt8] = []

  private static let openAIRoles = ["system", "user", "assistant"].map { Array($0.utf8) }
  private static let turnMarkers = ["\nHuman:", "\nAssistant:"].map { Array($0.utf8) }
  private static let assistant = Array("assistant".utf8)
  private static let content = Array("content".utf8)
  private static let role = Array("role".utf8)

  /// Makes a renderer; `systemPrompt` replaces that of every record.
  ///
  /// An empty one leaves system prompts out.
  public init(_ shape: Shape, systemPrompt: String?) {
    self.shape = shape
    self.systemPrompt = systemPrompt.map { text in
      var json: [UInt8] = []
      if !text.isEmpty { JSONText.encode(text, into: &json) }
      return json
    }
  }

  /// The same renderer with nothing counted.
  public var empty: TrainingRenderer {
    var copy = self
    copy.withoutHistoryCount = 0
    copy.refused = Array(repeating: 0, count: refused.count)
    return copy
  }

  /// Adds what another one has counted.
  public mutating func add(_ other: TrainingRenderer) {
    withoutHistoryCount += other.withoutHistoryCount
    for index in refused.indices { refused[index] += other.refused[index] }
  }

  /// How many examples the target refused for a reason.
  public func refusedCount(_ refusal: TargetRefusal) -> Int { refused[refusal.rawValue] }

  /// How many examples the target refused and why, in a fixed order.
  public var refusals: [String] {
    TargetRefusal.allCases.filter { refusedCount($0) > 0 }.map { "\(refusedCount($0)) \($0.words)" }
  }

  /// Appends one example, without a newline; returns false, with the reason counted, where the target refuses it.
  public mutating func append(
    _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) -> Bool {
    if let refusal = refusal(example, bytes) {
      refused[refusal.rawValue] += 1
      return false
    }
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
    appendHistory(example.history, bytes, to: &line)
    line.append("{\"role\":\"user\",\"content\":")
    line.append(bytes, example.userPrompt.textRange)
    line.append("},{\"role\":\"assistant\",\"content\":")
    line.append(bytes, example.answer.textRange)
    line.append("}]")
    if shape == .document { appendProvenance(example, bytes, to: &line) }
    line.append(0x7D)
    return true
  }

  private mutating func refusal(_ example: TrainingExample, _ bytes: Span<UInt8>) -> TargetRefusal? {
    switch shape {
    case .document: return nil
    case .openAI:
      var cursor = ElementCursor(example.history)
      while let turn = cursor.next(bytes) {
        let role = JSONWalk.member(bytes, turn, Self.role)
        if !Self.openAIRoles.contains(where: { JSONText.equals(bytes, role, $0) }) { return .role }
      }
      return nil
    case .bedrockClaude:
      let system = systemPrompt == nil ? example.systemPrompt : .missing
      for field in [system, example.userPrompt, example.answer] where hasTurnMarker(bytes, field) {
        return .turnMarker
      }
      return nil
    }
  }

  /// A text begins a line, too: the service puts it right behind a marker of its own.
  ///
  /// A newline stands in JSON as an escape, so most texts are done after a look at their start.
  private mutating func hasTurnMarker(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.kind != .string { return false }
    if !field.isEscaped {
      return Self.turnMarkers.contains { marker in
        let words = marker.dropFirst()
        return field.end - field.start >= words.count
          && words.indices.allSatisfy { bytes[field.start + $0 - words.startIndex] == words[$0] }
      }
    }
    text.removeAll(keepingCapacity: true)
    text.append(0x0A)
    JSONText.decode(bytes, field.range, into: &text)
    for marker in Self.turnMarkers where text.count >= marker.count {
      for start in 0...text.count - marker.count where text[start] == 0x0A {
        if marker.matches(text.span, start..<start + marker.count) { return true }
      }
    }
    return false
  }

  private func hasSystemPrompt(_ example: TrainingExample) -> Bool {
    if let systemPrompt { return !systemPrompt.isEmpty }
    return example.systemPrompt.end > example.systemPrompt.start
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
  ) {
    var cursor = ElementCursor(history)
    guard var turn = cursor.next(bytes) else { return }
    if shape == .bedrockClaude {
      withoutHistoryCount += 1
      return
    }
    while true {
      let role = JSONWalk.member(bytes, turn, Self.role)
      let content = JSONWalk.member(bytes, turn, Self.content)
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
