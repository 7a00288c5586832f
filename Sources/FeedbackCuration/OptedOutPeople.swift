import FeedbackModel
import NDJSON
import Timestamps

/// The people who do not want to be used for training, gathered from records of type `preferences`.
///
/// Of one person the latest word counts, and of two at the same time the no. Memory is that of the names of the people who
/// said anything about it.
public struct OptedOutPeople: Sendable {
  /// The member that a scanner has to locate in its first extra slot.
  public static let extraPaths = [["training_opt_out"]]

  private struct Word {
    var time: Timestamp?
    var isNo: Bool
  }

  private var words: [[UInt8]: Word] = [:]

  /// Starts with nobody.
  public init() {}

  /// Whether nobody said anything about training.
  public var isEmpty: Bool { words.isEmpty }

  /// Takes the record that a scanner with `extraPaths` saw last; one that is no preference, or says nothing about
  /// training, changes nothing.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    guard try scanner.recordType(bytes) == .preferences else { return }
    let person = try scanner.text(.userID)
    let time = try scanner.timestamp(bytes, .timestamp)
    let word = scanner.fields[LineScanner.extraSlot(0)]
    if !word.hasValue { return }
    if word.kind != .true && word.kind != .false {
      throw .schema("training_opt_out", "neither true nor false", at: word.start)
    }
    if person.kind != .string { throw .schema("user_id", "missing", at: scanner.root.start) }
    let name = JSONText.bytes(bytes, person)
    let isNo = word.kind == .true
    if let known = words[name], !Self.counts(Word(time: time, isNo: isNo), after: known) { return }
    words[name] = Word(time: time, isNo: isNo)
  }

  /// A word without a time is older than all that have one.
  private static func counts(_ word: Word, after known: Word) -> Bool {
    if word.time == known.time { return word.isNo }
    guard let time = word.time else { return false }
    return known.time.map { time > $0 } ?? true
  }

  /// Whether the person of a string field opted out; nobody is nobody.
  public func contains(_ bytes: Span<UInt8>, _ person: Field) -> Bool {
    if person.kind != .string { return false }
    return words[JSONText.bytes(bytes, person)]?.isNo == true
  }
}
