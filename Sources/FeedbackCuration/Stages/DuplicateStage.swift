import FeedbackModel
import NDJSON
import SystemIO
import TextAnalysis

/// What makes a record a duplicate of another one.
public enum DuplicateKind: Sendable, Equatable {
  /// System prompt, history, prompt and answer have the same light forms.
  case exact
  /// System prompt, history and prompt do, whatever the answer.
  case prompt
  /// System prompt and history do, and prompt and answer are nearly the same: answers to this Jaccard similarity,
  /// prompts to this or 0.85, whatever is more.
  case near(similarityMin: Double)

  /// The name in a file of state.
  var name: String {
    switch self {
    case .exact: "exact"
    case .prompt: "prompt"
    case .near: "near"
    }
  }
}

/// Keeps one record of those that are the same, by a total order and never the one that came first: the one with a
/// correction, of the best rating, the newest, of the least id.
public struct DuplicateStage: CurationStage {
  let kind: DuplicateKind
  private var key: LightKey
  private(set) var exact = ExactIndex()
  private(set) var near: DuplicateIndex?
  /// How many records an earlier run kept: they are the first ones of the index.
  private(set) var knownCount = 0
  private var id: [UInt8] = []
  private var prompt: [UInt8] = []
  private var answer: [UInt8] = []

  /// Makes a stage; the keys of one whose state is kept are the same in every run.
  public init(_ kind: DuplicateKind, keepsState: Bool = false) {
    self.kind = kind
    var isStable = keepsState
    if case .near(let similarity) = kind {
      var rule = DuplicateRule.training
      rule.answerSimilarityMin = similarity
      rule.promptSimilarityMin = max(similarity, rule.promptSimilarityMin)
      near = DuplicateIndex(rule: rule)
      // They become part of what candidates are found by.
      isStable = true
    }
    var generator = SystemRandomNumberGenerator()
    key = LightKey(isStable ? .digest : .seeded(generator.next(), generator.next()))
  }

  /// Whether the stage decides only when it has seen all records.
  public var needsAllRecords: Bool { true }

  /// Takes in what an earlier run kept.
  mutating func addKnown(_ entry: DuplicateIndex.Entry) {
    knownCount += 1
    if near != nil {
      near?.add(entry)
    } else {
      let none: [UInt8] = []
      exact.add(id: none.span, key: entry.key, rank: .max)
    }
  }

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    let rank = try RecordRank.rank(bytes, scanner)
    let named = scanner[.id].kind == .string ? scanner[.id] : .missing
    key.start()
    addContext(bytes, scanner)
    if near != nil {
      addRejected(bytes, scanner)
      let context = key.value
      scanner.withText(bytes, named, &id) { id in
        scanner.withText(bytes, scanner[.userPrompt], &prompt) { prompt in
          scanner.withText(bytes, scanner.learntAnswer, &answer) { answer in
            _ = near?.add(id: id, prompt: prompt, answer: answer, context: context, rank: rank)
          }
        }
      }
      return .keep
    }
    scanner.withText(bytes, scanner[.userPrompt], &prompt) { key.add($0) }
    if kind != .prompt {
      scanner.withText(bytes, scanner.learntAnswer, &answer) { key.add($0) }
      addRejected(bytes, scanner)
    }
    scanner.withText(bytes, named, &id) { exact.add(id: $0, key: key.value, rank: rank) }
    return .keep
  }

  /// Takes in what stands before the prompt.
  private mutating func addContext(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) {
    scanner.withText(bytes, scanner[.systemPrompt], &prompt) { key.add($0) }
    guard scanner[.history].kind == .array else { return }
    var cursor = ElementCursor(scanner[.history])
    while let turn = cursor.next(bytes) {
      for name in [TextKeys.role, TextKeys.content] {
        scanner.withText(bytes, JSONWalk.member(bytes, turn, name), &prompt) { key.add($0) }
      }
    }
  }

  /// Takes in the worse answer of a pair.
  private mutating func addRejected(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) {
    let rejected = Route.rejected(scanner)
    if rejected.kind == .string { scanner.withText(bytes, rejected, &answer) { key.add($0) } }
  }

  /// Decides on the records that were collected.
  public mutating func decide(_ reasons: inout [CurationReason?]) {
    let components = near?.components() ?? exact.components()
    for number in reasons.indices where reasons[number] == nil {
      let record = number + knownCount
      let kept = components.kept(of: record)
      if kept == record { continue }
      if kept < knownCount {
        reasons[number] = .knownDuplicate
      } else {
        reasons[number] = components.areSame(record, kept) ? .duplicate : .nearDuplicate
      }
    }
  }
}
