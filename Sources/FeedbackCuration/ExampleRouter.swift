import FeedbackModel
import NDJSON

/// Turns interactions into what a use asks for, one by one, and counts those that are not fit by reason.
public struct ExampleRouter: Sendable {
  /// What became of an interaction.
  public enum Outcome: Sendable, Equatable {
    /// It was left out for this reason, and counted.
    case dropped(DropReason)
    /// It became an example or a pair, which stands in `line`.
    case made
    /// It became an example with a label (true for a good answer), which stands in `line`; a pair may come of it.
    case labelled(Bool)
    /// It is used as it is.
    case kept
  }

  /// The rules that it decides by.
  public let policy: RoutePolicy
  /// What the records are wanted for.
  public let use: TrainingUse
  /// The line of the last example or pair, without its newline.
  public private(set) var line: [UInt8] = []
  /// The answer of the last example, nil for a prompt alone.
  public private(set) var target: TrainingTarget?
  /// What was left out.
  public private(set) var dropped = DropCounts()

  /// Starts with nothing left out.
  public init(_ policy: RoutePolicy, for use: TrainingUse = .sft) {
    self.policy = policy
    self.use = use
  }

  /// A router of the same policy with nothing left out.
  public var empty: ExampleRouter { ExampleRouter(policy, for: use) }

  /// Adds what another one has left out.
  public mutating func add(_ counts: DropCounts) { dropped.add(counts) }

  /// Adds what fell out when the answers with a label were put together.
  public mutating func add(_ reason: DropReason, count: Int) { dropped.add(reason, count: count) }

  /// Decides on the interaction that a scanner with `Route.extraPaths` saw last, and makes `line` of it.
  ///
  /// The members are copied as they were spelled, in the order of the wire.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> Outcome {
    line.removeAll(keepingCapacity: true)
    target = nil
    switch try Route.interaction(bytes, scanner, policy, for: use) {
    case .drop(let reason):
      dropped.add(reason)
      return .dropped(reason)
    case .keep: return .kept
    case .train(.correction) where use == .pairs:
      try makePair(bytes, scanner)
      return .made
    case .train(let target):
      self.target = target
      try makeExample("sft", bytes, scanner, answer(target, scanner), label: true, origin: target.rawValue)
      return .made
    case .prompt(let target):
      self.target = target
      let answer = target.map { self.answer($0, scanner) } ?? .missing
      try makeExample("prompt", bytes, scanner, answer, label: target.map { _ in true }, origin: target?.rawValue)
      return .made
    case .label(let isGood):
      let origin = TrainingTarget.rated.rawValue
      try makeExample("kto", bytes, scanner, scanner[.aiResponse], label: isGood, origin: origin)
      return .labelled(isGood)
    }
  }

  /// Decides on the record of another type that a scanner with `Route.pairPaths` saw last: what was made for the use before
  /// stays as it is.
  public mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, made type: RecordType
  ) throws(RecordError) -> Outcome {
    if case .drop(let reason) = try Route.made(bytes, scanner, type, policy, for: use) {
      dropped.add(reason)
      return .dropped(reason)
    }
    // What is copied from an interaction is read from it; here it is only looked at.
    _ = try scanner.text(.category)
    _ = try scanner.text(.systemPrompt)
    _ = try scanner.history(bytes)
    return .kept
  }

  private func answer(_ target: TrainingTarget, _ scanner: borrowing LineScanner) -> Field {
    target == .correction ? scanner[.correctedResponse] : scanner[.aiResponse]
  }

  private mutating func makeExample(
    _ use: String, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ completion: Field, label: Bool?,
    origin: String?
  ) throws(RecordError) {
    let isCorrection = origin == TrainingTarget.correction.rawValue
    line.append("{\"type\":\"example\",\"use\":\"")
    line.append(contentsOf: use.utf8)
    line.append(0x22)
    let id = try scanner.text(.id)
    if id.kind == .string {
      line.append(",\"id\":\"")
      line.append(bytes, id.range)
      line.append(0x23)
      line.append(contentsOf: use.utf8)
      line.append("\",\"interaction_id\":")
      line.append(bytes, id.textRange)
    }
    try line.appendOwner(bytes, scanner, corrector: isCorrection ? scanner.text(.ratedBy) : .missing)
    line.append(",\"user_rating\":", bytes, scanner[.userRating])
    try line.appendPromptSide(bytes, scanner)
    line.append(",\"completion\":", bytes, completion)
    if let label { line.append(label ? ",\"label\":true" : ",\"label\":false") }
    if let origin { line.appendOrigin(origin) }
    line.append(0x7D)
  }

  /// The pair of a correction and of the answer that it corrects.
  private mutating func makePair(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    line.append("{\"type\":\"pair\"")
    let id = try scanner.text(.id)
    if id.kind == .string {
      line.append(",\"id\":\"")
      line.append(bytes, id.range)
      line.append("#pair\"")
    }
    try line.appendOwner(bytes, scanner, corrector: scanner.text(.ratedBy))
    try line.appendPromptSide(bytes, scanner)
    line.append(",\"chosen\":", bytes, scanner[.correctedResponse])
    line.append(",\"rejected\":", bytes, scanner[.aiResponse])
    line.append(",\"rejected_id\":", bytes, id)
    line.append(",\"rejected_rating\":", bytes, scanner[.userRating])
    line.appendLengthRatio(
      JSONText.bytes(bytes, scanner[.correctedResponse]).count, JSONText.bytes(bytes, scanner[.aiResponse]).count)
    line.appendOrigin(TrainingTarget.correction.rawValue)
    line.append(0x7D)
  }
}

extension [UInt8] {
  /// A member with the value of a field, if it has one.
  mutating func append(_ key: StaticString, _ bytes: Span<UInt8>, _ field: Field) {
    if !field.hasValue { return }
    append(key)
    append(bytes, field.textRange)
  }

  /// Whose record it is, and what about: those whose texts it holds are named, as they may opt out later.
  mutating func appendOwner(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, rejected: [UInt8] = [], corrector: Field = .missing
  ) throws(RecordError) {
    append(",\"session_id\":", bytes, try scanner.text(.sessionID))
    append(",\"user_id\":", bytes, try scanner.text(.userID))
    append(contentsOf: rejected)
    append(",\"corrected_by\":", bytes, corrector)
    append(",\"category\":", bytes, try scanner.text(.category))
  }

  /// What the model was asked.
  mutating func appendPromptSide(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    append(",\"system_prompt\":", bytes, try scanner.text(.systemPrompt))
    append(",\"history\":", bytes, try scanner.history(bytes))
    append(",\"user_prompt\":", bytes, scanner[.userPrompt])
  }

  mutating func appendOrigin(_ origin: String) {
    append(",\"origin\":\"")
    append(contentsOf: origin.utf8)
    append(0x22)
  }

  /// How long the chosen answer is beside the rejected one, in bytes of text, to two decimals: a model that is shown
  /// longer answers as the better ones learns length.
  mutating func appendLengthRatio(_ chosen: Int, _ rejected: Int) {
    let hundredths = (chosen * 200 + rejected) / (2 * rejected)
    append(",\"length_ratio\":")
    JSONNumber.append(hundredths / 100, to: &self)
    append(contentsOf: [0x2E, 0x30 + UInt8(hundredths / 10 % 10), 0x30 + UInt8(hundredths % 10)])
  }
}

/// How many records were left out, by reason.
public struct DropCounts: Sendable {
  private var counts = [Int](repeating: 0, count: DropReason.allCases.count)

  /// Starts with none.
  public init() {}

  /// Counts one, or several.
  public mutating func add(_ reason: DropReason, count: Int = 1) { counts[reason.rawValue] += count }

  /// Adds others.
  public mutating func add(_ others: DropCounts) {
    for index in counts.indices { counts[index] += others.counts[index] }
  }

  /// How many for a reason.
  public subscript(reason: DropReason) -> Int { counts[reason.rawValue] }

  /// How many in all.
  public var total: Int { counts.reduce(0, +) }

  /// `12 unrated`, `3 poor without a correction` …: each reason that occurred, in a fixed order.
  public var words: [String] {
    DropReason.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.words)" }
  }
}
