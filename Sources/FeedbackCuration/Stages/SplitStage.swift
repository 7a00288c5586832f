import FeedbackModel
import NDJSON
import TextAnalysis

/// Keeps the records of one part of the data: all of a conversation, or of a person, are in one part, for ever.
///
/// The parts lie on the line of `HashSplit` from the last named one to the first: what is held out stays when the first
/// part, to train on, changes. What is near to a prompt of a part that was named later is left out, so that nothing
/// that is held out was trained on; whoever is to learn loses.
public struct SplitStage: CurationStage {
  /// What stays together.
  public enum Group: String, CaseIterable, Sendable {
    /// The records of a `session_id`; a record without one is by itself.
    case conversation
    /// The records of a `user_id`; those without one go by their conversation.
    case user
  }

  private let split: HashSplit
  private let part: Int
  private let group: Group
  /// Whether the stage comes after one that needs all records.
  private let waits: Bool
  private var index: DuplicateIndex?
  private var parts: [UInt8] = []
  private var owner: [UInt8] = []
  private var prompt: [UInt8] = []

  /// Makes a stage that keeps one of the parts, as they were named.
  ///
  /// nil where the shares are not above 0 and 1 together, where there are more than 255, or where two names are equal
  /// or none is `part`.
  public init?(_ parts: [HashSplit.Part], part name: String, by group: Group, afterOthers waits: Bool) {
    guard let split = HashSplit(parts.reversed()), Set(parts.map(\.name)).count == parts.count, parts.count < 256,
      let part = split.parts.firstIndex(where: { $0.name == name })
    else { return nil }
    self.split = split
    self.part = part
    self.group = group
    self.waits = waits
    // The first part on the line gives way to none.
    if part > 0 { index = DuplicateIndex(rule: .training) }
  }

  /// Whether the stage decides only when it has seen all records.
  public var needsAllRecords: Bool { waits || index != nil }

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    let owner = try self.owner(bytes, scanner)
    let own = scanner.withText(bytes, owner, &self.owner) { split.part(of: $0) }
    if !needsAllRecords { return own == part ? .keep : .drop(.otherPart) }
    parts.append(UInt8(own))
    let none: [UInt8] = []
    scanner.withText(bytes, scanner[.userPrompt], &prompt) {
      _ = index?.add(id: none.span, prompt: $0, answer: none.span)
    }
    return .keep
  }

  private func owner(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> Field {
    if group == .user, try scanner.text(.userID).kind == .string { return scanner[.userID] }
    if try scanner.text(.sessionID).kind == .string { return scanner[.sessionID] }
    let origin = Route.origins(scanner, try scanner.recordType(bytes)).first
    return origin.kind == .string ? origin : scanner[.userPrompt]
  }

  /// Decides on the records that were collected.
  public mutating func decide(_ reasons: inout [CurationReason?]) {
    for number in reasons.indices where reasons[number] == nil && parts[number] > part {
      reasons[number] = .otherPart
    }
    if let components = index?.components() {
      // Groups of which a part that is held out, before this one on the line, has a record.
      var isHeldOut = [Bool](repeating: false, count: reasons.count)
      for number in reasons.indices where reasons[number] == nil && parts[number] < part {
        isHeldOut[components.root(of: number)] = true
      }
      for number in reasons.indices
      where reasons[number] == nil && parts[number] == part && isHeldOut[components.root(of: number)] {
        reasons[number] = .straddles
      }
    }
    for number in reasons.indices where reasons[number] == nil && parts[number] != part {
      reasons[number] = .otherPart
    }
  }
}
