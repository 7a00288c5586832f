import NDJSON

/// Why a target refuses an example that is fit to train on.
public enum TargetRefusal: Int, CaseIterable, Sendable {
  /// An earlier turn is of a role that the target has no plain message for.
  case role
  /// A text holds what the target's model takes for a mark of its own.
  case reservedWord
  /// Earlier turns are not of user and assistant by turns.
  case alternation
  /// An earlier turn is empty.
  case emptyTurn
  /// More tokens than the target takes.
  case length
  /// A system prompt where most records have none, or none where most have one.
  case uniformSystem
  /// White space where the prompt ends or the answer begins, which the target puts together without a mark.
  case seam
  /// No answer to compare others with.
  case noReference

  /// Its name in a file for programs.
  public var code: String {
    switch self {
    case .role: "role"
    case .reservedWord: "reserved_word"
    case .alternation: "alternation"
    case .emptyTurn: "empty_turn"
    case .length: "length"
    case .uniformSystem: "uniform_system"
    case .seam: "seam"
    case .noReference: "no_reference"
    }
  }
}

/// Renders examples for a trainer.
///
/// String bodies are copied as they stand in the record, escapes and all: the target is JSON too.
public struct TrainingRenderer: Sendable {
  /// What is written.
  public let format: TrainingFormat
  /// The body of a system prompt that stands in the place of every record's own, in quotes.
  private let systemPrompt: [UInt8]?
  private let history: TrainingFormat.History
  /// Whether a turn of the history may be of the system.
  private let takesSystemTurns: Bool
  /// Whether prompt and answer are put together without a mark.
  private let hasSeam: Bool
  /// Whether there has to be an answer to compare others with.
  private let needsReference: Bool
  /// How many examples were written without the earlier turns they had.
  public private(set) var withoutHistoryCount = 0
  /// How many examples were written with a good answer, and with a bad one.
  public private(set) var labelCounts = (good: 0, bad: 0)
  private var refused = [Int](repeating: 0, count: TargetRefusal.allCases.count)
  /// Whether the examples with a system prompt are those that are left out, rather than those without one.
  public var refusesSystem = false
  /// Why the last example was refused, nil if it was not.
  public private(set) var lastRefusal: TargetRefusal?

  static let system = Array("system".utf8)
  static let user = Array("user".utf8)
  static let assistant = Array("assistant".utf8)
  static let content = Array("content".utf8)
  static let role = Array("role".utf8)

  /// Makes a renderer; `systemPrompt` replaces that of every record.
  ///
  /// An empty one leaves system prompts out.
  public init(_ format: TrainingFormat, systemPrompt: String?) {
    self.format = format
    let conversation = format.conversation
    history = conversation?.history ?? .none
    takesSystemTurns = !format.alternates && [nil, "system"].contains(conversation?.systemRole)
    hasSeam = format.hasSeam
    needsReference = format.needsReference
    self.systemPrompt = systemPrompt.map { text in
      var json: [UInt8] = []
      if !text.isEmpty { JSONText.encode(text, into: &json) }
      return json
    }
  }

  /// What the target refuses about the system prompt that replaces that of every record; nil if it takes it.
  public var systemFault: String? {
    guard let systemPrompt, !systemPrompt.isEmpty, let reserved = format.reserved else { return nil }
    let text = Field(start: 1, end: systemPrompt.count - 1, kind: .string, isEscaped: true)
    return reserved.isIn(systemPrompt.span, text) ? reserved.words : nil
  }

  /// The same renderer with nothing counted.
  public var empty: TrainingRenderer {
    var copy = self
    copy.withoutHistoryCount = 0
    copy.labelCounts = (0, 0)
    copy.refused = Array(repeating: 0, count: refused.count)
    return copy
  }

  /// Adds what another one has counted.
  public mutating func add(_ other: TrainingRenderer) {
    withoutHistoryCount += other.withoutHistoryCount
    labelCounts.good += other.labelCounts.good
    labelCounts.bad += other.labelCounts.bad
    for index in refused.indices { refused[index] += other.refused[index] }
  }

  /// How many examples the target refused for a reason.
  public func refusedCount(_ refusal: TargetRefusal) -> Int { refused[refusal.rawValue] }

  /// How many examples the target refused and why, in a fixed order.
  public var refusals: [String] {
    TargetRefusal.allCases.filter { refusedCount($0) > 0 }.map { "\(refusedCount($0)) \(words($0))" }
  }

  /// The words for a reason that follow a count.
  public func words(_ refusal: TargetRefusal) -> String {
    switch refusal {
    case .role where !takesSystemTurns: "with a turn that is not of user or assistant"
    case .role: "with a turn that is not of system, user or assistant"
    case .reservedWord: format.reserved?.words ?? ""
    case .alternation: "with turns that are not of user and assistant by turns"
    case .emptyTurn: "with an empty turn"
    case .length: "longer than \(format.limits.tokensMax ?? 0) tokens"
    case .uniformSystem: "with\(refusesSystem ? "" : "out") a system prompt, unlike the others"
    case .seam: "with white space between prompt and answer"
    case .noReference: "without an answer to compare with"
    }
  }

  /// Appends one example, without a newline; returns false, with the reason counted, where the target refuses it.
  public mutating func append(
    _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) -> Bool {
    var example = example
    if systemPrompt == nil && JSONText.isBlank(bytes, example.systemPrompt) { example.systemPrompt = .missing }
    if example.history.kind != .missing {
      var cursor = ElementCursor(example.history)
      if cursor.next(bytes) == nil { example.history = .missing }
    }
    let isWithoutHistory = example.history.kind != .missing && !keepsHistory(example)
    if isWithoutHistory { example.history = .missing }
    lastRefusal = refusal(example, bytes)
    if let refusal = lastRefusal {
      refused[refusal.rawValue] += 1
      return false
    }
    if isWithoutHistory { withoutHistoryCount += 1 }
    if example.label { labelCounts.good += 1 } else { labelCounts.bad += 1 }
    line.append(0x7B)
    append(format.layout, example, bytes, to: &line)
    line.append(0x7D)
    return true
  }

  /// Earlier answers are context, never targets: they are kept where they are not learnt or have weight 0, and elsewhere
  /// only if each of them may be learnt.
  private func keepsHistory(_ example: TrainingExample) -> Bool {
    switch history {
    case .weighted, .context: true
    case .learnt: example.isHistoryEligible
    case .none: false
    }
  }

  // MARK: Refusals

  /// Whether an example has more tokens than the target takes.
  ///
  /// The texts of the history stand among roles and keys, so there are fewer tokens than these bytes make.
  private func isLonger(
    _ example: TrainingExample, _ ownSystem: Field, _ bytes: Span<UInt8>, than tokensMax: Int
  ) -> Bool {
    // Where the two are one text, there is an empty line between, spelled in four bytes.
    let hasJoint = hasSeam && hasSystemPrompt(example)
    var count = (systemPrompt?.count ?? 0) + (hasJoint ? 4 : 0) + ownSystem.end - ownSystem.start
    count += example.history.end - example.history.start + example.userPrompt.end - example.userPrompt.start
    count += example.answer.end - example.answer.start + example.rejected.end - example.rejected.start
    if TrainingFormat.tokens(ofBytes: count) <= tokensMax { return false }
    // Escapes make a spelling longer than its text.
    count = hasJoint ? 2 : 0
    if let systemPrompt, systemPrompt.count > 2 {
      count += JSONText.decodedCount(systemPrompt.span, 1..<systemPrompt.count - 1)
    }
    for field in [ownSystem, example.history, example.userPrompt, example.answer, example.rejected] {
      count += JSONText.decodedCount(bytes, field.start..<field.end)
    }
    return TrainingFormat.tokens(ofBytes: count) > tokensMax
  }

  private func refusal(_ example: TrainingExample, _ bytes: Span<UInt8>) -> TargetRefusal? {
    if format.takesAnyRole { return nil }
    if example.history.kind != .missing, let refusal = refusalOfHistory(example.history, bytes) { return refusal }
    let ownSystem = systemPrompt == nil ? example.systemPrompt : .missing
    if let reserved = format.reserved {
      for field in [ownSystem, example.userPrompt, example.answer, example.rejected] where reserved.isIn(bytes, field) {
        return .reservedWord
      }
    }
    if let tokensMax = format.limits.tokensMax, isLonger(example, ownSystem, bytes, than: tokensMax) { return .length }
    if hasSeam
      && (JSONText.endsInSpace(bytes, example.userPrompt) || JSONText.beginsWithSpace(bytes, example.answer))
    {
      return .seam
    }
    if needsReference && example.answer.kind == .missing { return .noReference }
    return nil
  }

  private func refusalOfHistory(_ history: Field, _ bytes: Span<UInt8>) -> TargetRefusal? {
    var cursor = ElementCursor(history)
    var isUserNext = true
    while let turn = cursor.next(bytes) {
      let role = JSONWalk.member(bytes, turn, Self.role)
      let text = JSONWalk.member(bytes, turn, Self.content)
      let isUser = JSONText.equals(bytes, role, Self.user)
      let isSystem = takesSystemTurns && JSONText.equals(bytes, role, Self.system)
      if !isUser && !isSystem && !JSONText.equals(bytes, role, Self.assistant) { return .role }
      if format.alternates && isUser != isUserNext { return .alternation }
      if JSONText.isBlank(bytes, text) { return .emptyTurn }
      if format.reserved?.isIn(bytes, text) == true { return .reservedWord }
      isUserNext = !isUser
    }
    return format.alternates && !isUserNext ? .alternation : nil
  }

  /// Whether an example gets a system prompt: one of its own that is not blank, or the one that replaces it.
  public func hasSystemPrompt(_ example: TrainingExample, _ bytes: Span<UInt8>) -> Bool {
    if let systemPrompt { return !systemPrompt.isEmpty }
    return !JSONText.isBlank(bytes, example.systemPrompt)
  }

  func hasSystemPrompt(_ example: TrainingExample) -> Bool {
    if let systemPrompt { return !systemPrompt.isEmpty }
    return example.systemPrompt.kind == .string
  }

  func appendSystemPrompt(_ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]) {
    if let systemPrompt {
      line.append(contentsOf: systemPrompt)
    } else {
      line.append(bytes, example.systemPrompt.textRange)
    }
  }
}
