import Digest
import FeedbackModel
import NDJSON
import Timestamps

/// Which answers people were asked to rate, and how likely they were to be asked: what ask records say, looked up by the
/// id of the interaction.
///
/// Holds 40 bytes for each record, a hash of the id among them and not the id.
public struct AskTable: Sendable {
  private struct Entry {
    var id: UInt64 = 0
    var isAsked = false
    /// In millionths, 0 where it is not known.
    var probability = 0
    var seconds = Int.min
    var nanoseconds = 0

    /// Whether another record on the same interaction counts more: one that asked, then a later one, then a less likely
    /// one; so that their order does not matter.
    func yields(to other: Entry) -> Bool {
      if isAsked != other.isAsked { return other.isAsked }
      return (seconds, nanoseconds, other.probability) < (other.seconds, other.nanoseconds, probability)
    }
  }

  private enum Member: Int, CaseIterable {
    case asked, probability
  }

  /// The paths that the scanner has to locate besides the fields it always does.
  public static let extraPaths = [["asked"], ["probability"]]
  /// How many interactions there were decisions about.
  public private(set) var count = 0
  private var probabilities: Set<Int> = []
  private var entries = [Entry](repeating: Entry(), count: 64)

  /// Starts with nothing.
  public init() {}

  /// Reads the record that a scanner made with `extraPaths` saw last; false for one of another type.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> Bool {
    if try scanner.recordType(bytes) != .ask { return false }
    let id = try scanner.text(.interactionID)
    if id.kind == .missing { throw .schema(RecordField.interactionID.dotted, "missing", at: scanner.root.start) }
    var entry = Entry(id: Self.hash(bytes, id))
    let asked = scanner.fields[LineScanner.extraSlot(Member.asked.rawValue)]
    switch asked.kind {
    case .true: entry.isAsked = true
    case .false: break
    default: throw .schema("asked", "neither true nor false", at: asked.hasValue ? asked.start : scanner.root.start)
    }
    let probability = scanner.fields[LineScanner.extraSlot(Member.probability.rawValue)]
    if probability.hasValue {
      guard probability.kind == .number,
        let (millionths, isExact) = JSONNumber.fixed(bytes, probability.range, decimals: 6),
        millionths < 1_000_000 || (millionths == 1_000_000 && isExact)
      else { throw .schema("probability", "not a number from 0 to 1", at: probability.start) }
      entry.probability = millionths
      if probabilities.insert(millionths).inserted && probabilities.count > AskedRatings.strataMax {
        throw .schema("probability", "too many different ones: round them", at: probability.start)
      }
    }
    if let time = try scanner.timestamp(bytes, .timestamp) {
      (entry.seconds, entry.nanoseconds) = (time.seconds, time.nanoseconds)
    }
    put(entry)
    return true
  }

  /// How likely the person was to be asked about the interaction of an id, in millionths, 0 where that is not known; nil
  /// where nobody was asked.
  func probability(_ bytes: Span<UInt8>, _ id: Field) -> Int? {
    let entry = entries[slot(of: Self.hash(bytes, id))]
    return entry.isAsked ? entry.probability : nil
  }

  private static func hash(_ bytes: Span<UInt8>, _ id: Field) -> UInt64 {
    // 0 marks an empty place.
    if !id.isEscaped { return max(1, StableHash.hash(bytes, id.range)) }
    let text = JSONText.bytes(bytes, id)
    return max(1, StableHash.hash(text.span, 0..<text.count))
  }

  /// Where an id is, or would be.
  private func slot(of id: UInt64) -> Int {
    let mask = entries.count - 1
    var slot = Int(truncatingIfNeeded: id) & mask
    while entries[slot].id != 0 && entries[slot].id != id { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func put(_ entry: Entry) {
    let slot = slot(of: entry.id)
    if entries[slot].id == 0 {
      entries[slot] = entry
      count += 1
      if count * 2 > entries.count { grow() }
    } else if entries[slot].yields(to: entry) {
      entries[slot] = entry
    }
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(), count: old.count * 2)
    for entry in old where entry.id != 0 { entries[slot(of: entry.id)] = entry }
  }
}
