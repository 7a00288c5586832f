import CommandLineKit
import FeedbackCuration
import FeedbackModel
import NDJSON
import SystemIO

/// One pass over the records.
struct FilterRun: RecordPass {
  let selection: Selection
  let limit: Int
  let countsOnly: Bool
  var router: ExampleRouter?
  private let isRouted: Bool
  /// Records that passed, and examples made of them.
  var written = 0
  /// Of these the interactions, or the examples made of interactions: what is counted.
  var made = 0
  var withoutTime = 0

  init(selection: Selection, limit: Int, countsOnly: Bool, router: ExampleRouter?) {
    self.selection = selection
    self.limit = limit
    self.countsOnly = countsOnly
    self.router = router
    isRouted = router != nil
  }

  /// Judges one record and writes it, or what becomes of it; false when the limit is reached.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace,
    to stream: OutputStream
  ) throws -> Bool {
    try take(bytes, scanner, place, to: stream, nil)
  }

  /// As `take`, with a place for the answers that wait for others.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to stream: OutputStream,
    _ labelled: LabelledAnswers?
  ) throws -> Bool {
    let isInteraction = try scanner.recordType(bytes) == .interaction
    if isInteraction {
      switch try selection.judge(bytes, scanner) {
      case .drop: return true
      case .dropWithoutTime:
        withoutTime += 1
        return true
      case .pass: break
      }
      if router != nil { return try route(bytes, scanner, place, to: stream, labelled) }
    } else if !selection.letsThrough(bytes, scanner) {
      return true
    }
    written += 1
    if isInteraction { made += 1 }
    if !countsOnly { try stream.writeLine(bytes, place.range) }
    return isBelowLimit
  }

  var empty: FilterRun {
    FilterRun(selection: selection, limit: limit, countsOnly: countsOnly, router: router?.empty)
  }

  mutating func merge(_ later: FilterRun) {
    written += later.written
    made += later.made
    withoutTime += later.withoutTime
    if let dropped = later.router?.dropped { router?.add(dropped) }
  }

  /// Writes what came of the answers that waited.
  mutating func finish(_ labelled: LabelledAnswers, to stream: OutputStream) throws {
    if router?.use == .pairs {
      let unpaired = try labelled.forEachPair { try writeWithinLimit($0, to: stream) }
      router?.add(.unpaired, count: unpaired)
    } else {
      let paired = try labelled.forEachUnpaired { try writeWithinLimit($0, to: stream) }
      router?.add(.paired, count: paired)
    }
  }

  private mutating func writeWithinLimit(_ line: [UInt8], to stream: OutputStream) throws {
    if isBelowLimit { try write(line.span, 0..<line.count, to: stream) }
  }

  private mutating func route(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to stream: OutputStream,
    _ labelled: LabelledAnswers?
  ) throws -> Bool {
    guard var router = self.router.take() else { return true }
    defer { self.router = router }
    switch try router.take(bytes, scanner) {
    case .dropped: break
    case .kept: try write(bytes, place.range, to: stream)
    case .made: try write(router.line.span, 0..<router.line.count, to: stream)
    case .labelled(let isGood): try labelled?.add(router.line, isGood: isGood, bytes, scanner)
    }
    return isBelowLimit
  }

  private mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>, to stream: OutputStream) throws {
    written += 1
    made += 1
    if !countsOnly { try stream.writeLine(bytes, range) }
  }

  /// A limit of a count or of examples is one of what is counted; otherwise it is one of all that is written.
  private var isBelowLimit: Bool { (countsOnly || isRouted ? made : written) < limit }
}
