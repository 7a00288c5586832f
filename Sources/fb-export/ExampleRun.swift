import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

/// One pass over records that become training examples.
struct ExampleRun {
  let policy: RoutePolicy
  var renderer: TrainingRenderer
  /// Where the examples of a document wait for its head.
  let spool: SpoolFile?
  /// Fewer examples than these are none: until they are there, nothing is written.
  let minimum: Int
  var dropped = DropCounts()
  var written = 0
  var newest: Timestamp?
  private var line: [UInt8] = []

  init(policy: RoutePolicy, renderer: TrainingRenderer, spool: SpoolFile?, minimum: Int) {
    self.policy = policy
    self.renderer = renderer
    self.spool = spool
    self.minimum = minimum
  }

  /// Writes the example that a record is or becomes, or counts why there is none.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to stream: OutputStream
  ) throws {
    guard let example = try TrainingExample.read(bytes, scanner, policy, &dropped) else { return }
    if let spool {
      let time = try scanner.timestamp(bytes, .timestamp)
      line.removeAll(keepingCapacity: true)
      if written > 0 { line.append(contentsOf: [0x2C, 0x0A]) }
      if !renderer.append(example, bytes, to: &line) { return }
      if let time { newest = max(newest ?? time, time) }
      written += 1
      try spool.write(line.span, 0..<line.count)
      return
    }
    // Up to the minimum the lines gather here; from then on each is written at once.
    if !renderer.append(example, bytes, to: &line) { return }
    line.append(0x0A)
    written += 1
    if written < minimum { return }
    try stream.write(line.span, 0..<line.count)
    line.removeAll(keepingCapacity: true)
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
