import FeedbackModel
import NDJSON

/// Why a curation leaves a record out.
///
/// The raw value is the code in explanations.
public enum CurationReason: String, CaseIterable, Sendable {
  /// It holds a secret.
  case secret
  /// Something private was still found after it was replaced several times.
  case unredacted
  /// Its answer breaks a rule of quality: one case a rule.
  case empty = "quality_empty"
  case echo = "quality_echo"
  case repetition = "quality_repetition"
  case openFence = "quality_open_fence"
  case openBracket = "quality_open_bracket"
  case replacementCharacter = "quality_replacement_character"
  case mojibake = "quality_mojibake"
  case controlCharacter = "quality_control_character"
  case templateLeak = "quality_template_leak"
  case placeholder = "quality_placeholder"
  case refusal = "quality_refusal"
  case script = "quality_script"
  /// It holds a prompt of an evaluation set.
  case contaminated
  /// It is the same as one that is kept.
  case duplicate
  /// It is nearly the same as one that is kept.
  case nearDuplicate = "near_duplicate"
  /// It is the same, or nearly, as one that an earlier run kept.
  case knownDuplicate = "known_duplicate"
  /// Its prompt is nearly one of a part of the data that is held out.
  case straddles
  /// It belongs to another part of the data.
  case otherPart = "other_part"
  /// Its person has enough records.
  case userCap = "user_cap"
  /// Its category has enough records.
  case categoryCap = "category_cap"
  /// It is not in the sample.
  case notSampled = "not_sampled"
  /// Enough was written.
  case limit

  /// The words that follow a count.
  public var words: String {
    switch self {
    case .secret: "with a secret"
    case .unredacted: "that could not be redacted"
    case .contaminated: "contaminated"
    case .duplicate: "duplicated"
    case .nearDuplicate: "nearly duplicated"
    case .knownDuplicate: "known from an earlier run"
    case .straddles: "too near to another part"
    case .otherPart: "of other parts"
    case .userCap: "over the cap of a user"
    case .categoryCap: "over the cap of a category"
    case .notSampled: "not in the sample"
    case .limit: "over the limit"
    default: "of poor quality (\(rawValue.dropFirst(8)))"
    }
  }
}

/// What a stage of a curation says of a record.
public enum StageVerdict: Sendable, Equatable {
  /// Nothing against it.
  case keep
  /// It is left out.
  case drop(CurationReason)
  /// It is written as the stage has rewritten it; the stage sees that again, until it has nothing more to change.
  case rewrite
}

/// One rule of a curation.
///
/// A stage that can decide on each record by itself does so in `judge`. A stage whose decision depends on the other
/// records collects there what it has to know of each, in their order, and decides in `decide` on all of them.
public protocol CurationStage: Sendable {
  /// Whether the stage decides only when it has seen all records.
  var needsAllRecords: Bool { get }

  /// Looks at the interaction, example or pair that a scanner with `Route.pairPaths` saw last, which stands in a range
  /// of the bytes; puts the line to be written into `line` where it says `rewrite`.
  mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict

  /// Decides on the records that were collected, in their order; those with a reason are out already.
  mutating func decide(_ reasons: inout [CurationReason?]) throws

  /// The same stage before it has seen anything.
  var empty: Self { get }

  /// Adds what the same stage has counted in records that follow.
  mutating func merge(_ later: Self)

  /// What the stage noted of the last record without leaving it out.
  var flags: [String] { get }

  /// What the stage found, for a report.
  var findings: [StageFinding] { get }
}

extension CurationStage {
  /// Whether the stage decides only when it has seen all records.
  public var needsAllRecords: Bool { false }
  /// Decides on the records that were collected.
  public mutating func decide(_ reasons: inout [CurationReason?]) throws {}
  /// The same stage before it has seen anything.
  public var empty: Self { self }
  /// Adds what the same stage has counted in records that follow.
  public mutating func merge(_ later: Self) {}
  /// What the stage noted of the last record without leaving it out.
  public var flags: [String] { [] }
  /// What the stage found, for a report.
  public var findings: [StageFinding] { [] }
}

/// A count that a stage reports: never a value.
public struct StageFinding: Sendable, Equatable {
  /// `redact`, `secrets` or `quality`.
  public var stage: String
  /// What was found.
  public var kind: String
  /// The member that it was found in, if that is told.
  public var field: String?
  /// What was done about it.
  public var action: String
  /// How often.
  public var count: Int
}

/// A list of stages that a record goes through in order, until one leaves it out.
public struct Curation: Sendable {
  private var stages: [any CurationStage]
  private var scanner = LineScanner.records(extra: Route.pairPaths)
  /// The record as the stages have rewritten it, without its newline; empty where they have not.
  public private(set) var line: [UInt8] = []
  /// Whether what becomes of a record is known only at the end.
  public let needsAllRecords: Bool

  /// Makes a curation; those stages that need all records come last.
  public init(_ stages: [any CurationStage]) {
    self.stages = stages
    needsAllRecords = stages.contains { $0.needsAllRecords }
  }

  /// The members that have to be strings where they are.
  private static let texts: [RecordField] = [.systemPrompt, .userPrompt, .aiResponse, .completion, .correctedResponse]

  /// Takes the record that a scanner saw last through the stages; the reason if one leaves it out.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner
  ) throws -> CurationReason? {
    for field in Self.texts { _ = try scanner.text(field) }
    if scanner[.history].hasValue { _ = try scanner.history(bytes) }
    try scanner.checkPair(bytes)
    line.removeAll(keepingCapacity: true)
    return try judge(bytes, range, scanner, from: 0)
  }

  private mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, from first: Int
  ) throws -> CurationReason? {
    for index in first..<stages.count {
      switch try stages[index].judge(bytes, range, scanner, rewritten: &line) {
      case .keep: continue
      case .drop(let reason): return reason
      case .rewrite: return try judgeLine(from: index)
      }
    }
    return nil
  }

  /// Goes on with what a stage has rewritten.
  private mutating func judgeLine(from index: Int) throws -> CurationReason? {
    let count = line.count
    let padded = line + [0x0A] + [UInt8](repeating: 0, count: scanPadding)
    var scanner = scanner
    _ = scanner.scan(padded.span, from: 0)
    if let error = scanner.error { throw RecordError(error) }
    return try judge(padded.span, 0..<count, scanner, from: index)
  }

  /// Decides on the records that no stage has left out, in their order.
  public mutating func decide(count: Int) throws -> [CurationReason?] {
    var reasons = [CurationReason?](repeating: nil, count: count)
    for index in stages.indices where stages[index].needsAllRecords { try stages[index].decide(&reasons) }
    return reasons
  }

  /// The same curation before it has seen anything.
  public var empty: Curation { Curation(stages.map { $0.empty }) }

  /// Adds what the same curation has counted in records that follow.
  public mutating func merge(_ later: Curation) {
    for index in stages.indices { Self.merge(&stages[index], later.stages[index]) }
  }

  private static func merge<Stage: CurationStage>(_ stage: inout Stage, _ later: any CurationStage) {
    if let later = later as? Stage { stage.merge(later) }
  }

  /// The stage that drops duplicates, if there is one: its state may be kept.
  public var duplicates: DuplicateStage? {
    for case let stage as DuplicateStage in stages { return stage }
    return nil
  }

  /// What the stages noted of the last record.
  public var flags: [String] { stages.flatMap { $0.flags } }

  /// What the stages found, in their order.
  public var findings: [StageFinding] { stages.flatMap { $0.findings } }
}
