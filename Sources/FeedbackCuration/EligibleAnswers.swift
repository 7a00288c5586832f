import FeedbackModel
import NDJSON

/// Answers that are fit to learn as they were given, so that they may stand as targets in the history of a later record.
///
/// An earlier answer is known only if its own record is there, with the same turns before it; memory is 32 bytes for each
/// record with a fate. An answer that was once found unfit stays so, so nothing may be asked before the last record came.
public struct EligibleAnswers: Sendable {
  private var known: [ContextKey: Bool] = [:]

  /// Starts with none.
  public init() {}

  /// Takes note of the record that a scanner saw last: an interaction with the answer that was given, or an example.
  public mutating func add(
    _ answer: Field, isEligible: Bool, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) {
    if answer.kind != .string { return }
    var digest = try scanner.context(bytes)
    digest.add(ContextDigest.assistant, bytes, answer)
    known[digest.key] = (known[digest.key] ?? true) && isEligible
  }

  /// Whether every answer in the history of the record that a scanner saw last is known to be eligible.
  public func holdsHistory(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> Bool {
    var digest = ContextDigest()
    digest.add(ContextDigest.system, bytes, try scanner.text(.systemPrompt))
    var isEligible = true
    digest.add(history: try scanner.history(bytes), bytes) { key in
      isEligible = isEligible && known[key] == true
    }
    return isEligible
  }
}
