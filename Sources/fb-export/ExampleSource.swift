import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO

/// Turns records into the training examples of one kind: what fb-filter makes of interactions, and what it made before.
final class ExampleSource {
  let kind: ExampleKind
  private let policy: RoutePolicy
  private var router: ExampleRouter
  private let labelled: LabelledAnswers?
  private var eligible: EligibleAnswers?
  /// Examples that wait until it is known of all answers whether they are fit.
  private var waiting: (spool: SpoolFile, offsets: [Int])?
  /// Scans the lines that a router makes.
  private var scanner = LineScanner.records(extra: Route.pairPaths)
  private var others = DropCounts()

  /// What was left out.
  var dropped: DropCounts {
    var counts = others
    counts.add(router.dropped)
    return counts
  }

  /// Takes an example: the bytes that it stands in, the scanner that saw them last, and what it was made of.
  typealias Receiver = (TrainingExample, Span<UInt8>, borrowing LineScanner, ExampleOrigin) throws -> Void

  /// `includesHistory` says that earlier answers are followed, to know which are fit to learn.
  init(_ kind: ExampleKind, _ policy: RoutePolicy, includesHistory: Bool) throws(SystemError) {
    self.kind = kind
    self.policy = policy
    router = ExampleRouter(policy, for: kind.use)
    labelled = kind.use.needsWholeInput ? try LabelledAnswers() : nil
    if includesHistory && kind == .sft {
      eligible = EligibleAnswers()
      waiting = (try SpoolFile(), [])
    }
  }

  /// Throws what `take` would throw, and does nothing else: what one file cannot be made of is bad for all of them.
  func examine(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    if try scanner.recordType(bytes) == .interaction && kind != .sft {
      var trial = router.empty
      _ = try trial.take(bytes, scanner)
    } else {
      var counted = DropCounts()
      _ = try TrainingExample.read(bytes, scanner, policy, kind, &counted)
      if eligible != nil {
        _ = try scanner.text(.systemPrompt)
        _ = try scanner.history(bytes)
      }
    }
  }

  /// Takes the record that a scanner with `Route.pairPaths` saw last.
  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ receiver: Receiver) throws {
    let type = try scanner.recordType(bytes)
    if type == .interaction && kind != .sft { return try route(bytes, scanner, receiver) }
    let example = try TrainingExample.read(bytes, scanner, policy, kind, &others)
    if eligible != nil {
      let answer = type == .interaction ? scanner[.aiResponse] : scanner[.completion]
      let isLearnt = example.map { $0.answer == answer } ?? false
      try eligible?.add(answer, isEligible: isLearnt, bytes, scanner)
    }
    guard let example else { return }
    if let spool = waiting?.spool {
      waiting?.offsets.append(spool.count)
      return try spool.writeLine(bytes, scanner.root.range)
    }
    try receiver(example, bytes, scanner, ExampleOrigin(type: type))
  }

  /// Hands over what waited for the last record.
  func finish(_ receiver: Receiver) throws {
    try deliverWaiting(receiver)
    guard let labelled else { return }
    others.add(.contradictory, count: labelled.contradictory.count)
    if kind == .pairs {
      others.add(.unpaired, count: try labelled.forEachPair { try deliver($0, answers: ($1, $2), receiver) })
    } else {
      others.add(.paired, count: try labelled.forEachUnpaired { line, _ in try deliver(line, receiver) })
    }
  }

  /// An answer may be found poor by a later record, so what stands in a history is settled only now.
  private func deliverWaiting(_ receiver: Receiver) throws {
    guard let (spool, offsets) = waiting else { return }
    var counted = DropCounts()
    for offset in offsets {
      let bytes = try spool.line(at: offset)
      _ = scanner.scan(bytes.span, from: 0)
      guard var example = try TrainingExample.read(bytes.span, scanner, policy, kind, &counted) else { continue }
      example.isHistoryEligible = try eligible?.holdsHistory(bytes.span, scanner) ?? false
      try receiver(example, bytes.span, scanner, ExampleOrigin(type: try scanner.recordType(bytes.span)))
    }
  }

  private func route(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ receiver: Receiver) throws {
    switch try router.take(bytes, scanner) {
    case .dropped, .kept: break
    case .made: try deliver(router.line, receiver)
    case .labelled(let isGood): try labelled?.add(router.line, isGood: isGood, bytes, scanner)
    }
  }

  /// A line that a router made is read as one that fb-filter wrote.
  private func deliver(_ line: [UInt8], answers: (Int, Int)? = nil, _ receiver: Receiver) throws {
    let bytes = scanner.scan(text: line)
    let type = try scanner.recordType(bytes.span)
    guard let example = try TrainingExample.read(bytes.span, scanner, RoutePolicy(), kind, &others) else { return }
    try receiver(example, bytes.span, scanner, ExampleOrigin(type: type, answers: answers))
  }
}

extension ExampleKind {
  /// What fb-filter calls it.
  var use: TrainingUse {
    switch self {
    case .sft: .sft
    case .pairs: .pairs
    case .kto: .kto
    case .prompts: .prompts
    }
  }
}

extension TrainingExample {
  /// The example that a record is or becomes; nil, counted, where it is not fit to train on.
  ///
  /// Of interactions only those that are learnt from by themselves.
  static func read(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy, _ kind: ExampleKind,
    _ dropped: inout DropCounts
  ) throws(RecordError) -> TrainingExample? {
    let type = try scanner.recordType(bytes)
    let fate =
      type == .interaction
      ? try Route.interaction(bytes, scanner, policy) : try Route.made(bytes, scanner, type, policy, for: kind.use)
    var origin = TrainingTarget.rated
    var label = true
    switch fate {
    case .drop(let reason):
      dropped.add(reason)
      return nil
    case .train(let target): origin = target
    case .label(let isGood): label = isGood
    case .prompt(let target): origin = target ?? .unrated
    case .keep: return nil
    }
    let answer: Field
    switch type {
    case .pair: answer = Route.chosen(scanner)
    case .example: answer = scanner[.completion]
    default: answer = origin == .correction ? scanner[.correctedResponse] : scanner[.aiResponse]
    }
    var example = TrainingExample(
      systemPrompt: try scanner.text(.systemPrompt), history: try scanner.history(bytes),
      userPrompt: scanner[.userPrompt], answer: answer, category: try scanner.text(.category),
      userRating: type == .example ? Route.exampleRating(scanner) : scanner[.userRating], origin: origin.rawValue)
    example.label = label
    if type == .pair { example.rejected = Route.rejected(scanner) }
    return example
  }
}
