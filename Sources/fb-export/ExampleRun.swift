import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

/// One pass over records that become training examples, one a line.
struct ExampleRun: RecordPass {
  let policy: RoutePolicy
  var renderer: TrainingRenderer
  /// Fewer examples than these are none: until they are there, the output is held.
  let minimum: Int
  var dropped = DropCounts()
  var written = 0
  var newest: Timestamp?
  private var line: [UInt8] = []

  init(policy: RoutePolicy, renderer: TrainingRenderer, minimum: Int) {
    self.policy = policy
    self.renderer = renderer
    self.minimum = minimum
  }

  /// Writes the example that a record is or becomes, or counts why there is none.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to output: OutputStream
  ) throws -> Bool {
    if try makeLine(bytes, scanner) {
      try output.writeLine(line.span, 0..<line.count)
      if written == minimum { output.isHeld = false }
    }
    return true
  }

  /// As `take`, for the elements of an array of a document, to wait for its head.
  mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to spool: SpoolFile) throws {
    let time = try scanner.timestamp(bytes, .timestamp)
    guard try makeLine(bytes, scanner) else { return }
    if let time { newest = max(newest ?? time, time) }
    if written > 1 { try spool.write([0x2C, 0x0A].span, 0..<2) }
    try spool.write(line.span, 0..<line.count)
  }

  private mutating func makeLine(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Bool {
    guard let example = try TrainingExample.read(bytes, scanner, policy, &dropped) else { return false }
    line.removeAll(keepingCapacity: true)
    if !renderer.append(example, bytes, to: &line) { return false }
    written += 1
    return true
  }

  /// A part cannot know the minimum of the whole: what it writes is held anyway.
  var empty: ExampleRun { ExampleRun(policy: policy, renderer: renderer.empty, minimum: 0) }

  mutating func merge(_ later: ExampleRun, to output: OutputStream) {
    renderer.add(later.renderer)
    dropped.add(later.dropped)
    written += later.written
    if written >= minimum { output.isHeld = false }
  }
}

extension TrainingExample {
  /// The example that a record is or becomes; nil, counted, where it is not fit to train on.
  static func read(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy,
    _ dropped: inout DropCounts
  ) throws(RecordError) -> TrainingExample? {
    let type = try scanner.recordType(bytes)
    let fate: Fate
    switch type {
    case .interaction: fate = try Route.interaction(bytes, scanner, policy)
    case .example: fate = try Route.example(bytes, scanner, policy)
    default: fate = .drop(.otherUse)
    }
    let target: TrainingTarget
    switch fate {
    case .drop(let reason):
      dropped.add(reason)
      return nil
    case .train(let answer): target = answer
    case .label, .prompt, .keep: return nil
    }
    let answer: Field
    switch (type, target) {
    case (.example, _): answer = scanner[.completion]
    case (_, .correction): answer = scanner[.correctedResponse]
    default: answer = scanner[.aiResponse]
    }
    return TrainingExample(
      systemPrompt: try scanner.text(.systemPrompt), history: try scanner.history(bytes),
      userPrompt: scanner[.userPrompt], answer: answer, category: try scanner.text(.category),
      userRating: type == .example ? Route.exampleRating(scanner) : scanner[.userRating], origin: target.rawValue)
  }
}
