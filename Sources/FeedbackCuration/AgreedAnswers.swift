import FeedbackModel
import NDJSON
import SystemIO

/// Examples that wait until it is known which answers others found poor: those answers are not learnt as they were given.
///
/// The examples wait in a spool file; memory is 48 bytes for each of them, and 32 for each poor answer.
public final class AgreedAnswers {
  private struct Entry {
    var offset: Int
    /// The answer to its prompt; nil for a correction, which nobody has found poor.
    var answer: ContextKey?
  }

  private let spool: SpoolFile
  private var entries: [Entry] = []
  private var poor: Set<ContextKey> = []

  /// Starts with none.
  public init() throws(SystemError) { spool = try SpoolFile() }

  /// Takes note of the interaction that a scanner with `Route.extraPaths` saw last, if its answer was found poor.
  public func note(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) {
    if try Route.findsPoor(bytes, scanner, policy) { poor.insert(try scanner.answerKey(bytes)) }
  }

  /// Takes the example that a router made of the interaction that a scanner saw last, of its answer or of a correction.
  public func add(
    _ line: [UInt8], _ target: TrainingTarget?, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws {
    let isAnswer = target == .rated || target == .unrated
    entries.append(Entry(offset: spool.count, answer: isAnswer ? try scanner.answerKey(bytes) : nil))
    try spool.writeLine(line.span, 0..<line.count)
  }

  /// Hands over the examples in the order in which they came, by their numbers; without its line an example of which
  /// others found the answer poor.
  public func forEach(_ body: (_ number: Int, _ line: [UInt8]?) throws -> Void) throws {
    for (number, entry) in entries.enumerated() {
      if let answer = entry.answer, poor.contains(answer) {
        try body(number, nil)
      } else {
        var line = try spool.line(at: entry.offset)
        line.removeLast(BlockReader.padding + 1)
        try body(number, line)
      }
    }
  }
}

extension LineScanner {
  /// What stands for the answer of an interaction to its prompt: the same but for white space is the same.
  func answerKey(_ bytes: Span<UInt8>) throws(RecordError) -> ContextKey {
    var digest = try context(bytes)
    digest.add(visible: bytes, self[.aiResponse])
    return digest.key
  }
}
