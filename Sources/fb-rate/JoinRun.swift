import CommandLineKit
import FeedbackCollection
import FeedbackModel
import NDJSON
import SystemIO

/// One join: reads everything, then writes the interactions.
///
/// Lines wait in the spool, as an event may come after its interaction; in memory are the events and a small index.
struct JoinRun {
  private let spool: SpoolFile
  private let feedbackFileCount: Int
  private var events = EventTable()
  private var index = InteractionIndex()
  private var spooledCount = 0
  /// How many lines were left out because their id came again.
  private(set) var repeatedCount = 0
  /// How many records in the feedback files are neither events nor interactions.
  private(set) var skippedCount = 0

  /// Starts a join whose first files hold feedback only.
  init(spool: SpoolFile, feedbackFileCount: Int) {
    self.spool = spool
    self.feedbackFileCount = feedbackFileCount
  }

  /// How many records were written.
  var writtenCount: Int { spooledCount - repeatedCount }
  /// How many events belong to no interaction.
  var unmatchedCount: Int { events.unclaimedCount }
  /// How many events were folded into interactions.
  var joinedCount: Int { events.count - events.unclaimedCount }

  /// Takes one record in.
  mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace) throws {
    let type = try scanner.recordType(bytes)
    if type == .feedback {
      return try events.add(bytes, place.range, scanner.root)
    }
    if place.fileIndex < feedbackFileCount {
      if type == .interaction {
        throw RecordError.schema(
          "type", "an interaction, where feedback events are expected", at: place.range.lowerBound)
      }
      skippedCount += 1
      return
    }
    if type == .interaction {
      try InteractionFeedback.check(bytes, scanner)
      index.add(bytes, id: scanner[.id], offset: spool.count)
    }
    try spool.writeLine(bytes, place.range)
    spooledCount += 1
  }

  /// Writes what the spool holds, with the events folded in.
  mutating func write(to stream: OutputStream, lineLengthMax: Int) throws {
    let spool = spool
    // Moved out: the index is used up, and its memory free before the writing begins.
    var index = InteractionIndex()
    swap(&index, &self.index)
    let plan = try index.plan(&events) { try spool.line(at: $0) }
    repeatedCount = plan.repeatedCount
    var scanner = LineScanner.records()
    var steps = plan.steps[...]
    var reader = BlockReader(try spool.reading(), lineLengthMax: lineLengthMax)
    while try reader.next() == .lines {
      let bytes = reader.storage.span
      var copied = reader.lines.lowerBound
      // Everything between two steps is copied as it is, without a look at it.
      while let step = steps.first, step.offset < reader.fileOffset + reader.lines.count {
        let start = reader.lines.lowerBound + step.offset - reader.fileOffset
        try stream.write(bytes, copied..<start)
        copied = scanner.scan(bytes, from: start)
        if step.source == step.offset {
          try join(bytes, start..<copied - 1, scanner, step, to: stream)
        } else if let source = step.source {
          let line = try spool.line(at: source)
          let end = scanner.scan(line.span, from: 0)
          try join(line.span, 0..<end - 1, scanner, step, to: stream)
        }
        steps.removeFirst()
      }
      try stream.write(bytes, copied..<reader.lines.upperBound)
    }
  }

  private mutating func join(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ scanner: borrowing LineScanner, _ step: JoinPlan.Step,
    to stream: OutputStream
  ) throws {
    let repeats = step.repeats.isEmpty ? [] : try feedback(ofLinesAt: step.repeats)
    var joined: [UInt8] = []
    try InteractionJoin.append(bytes, line, scanner, &events, step.events, repeats: repeats, to: &joined)
    try stream.writeLine(joined.span, 0..<joined.count)
  }

  private func feedback(ofLinesAt offsets: [Int]) throws -> [RepeatFeedback] {
    var scanner = LineScanner.records()
    return try offsets.compactMap { offset in
      let line = try spool.line(at: offset)
      _ = scanner.scan(line.span, from: 0)
      return RepeatFeedback(line.span, scanner)
    }
  }

  /// Writes the events that belong to no interaction, as they came.
  func writeUnmatched(to stream: OutputStream) throws(SystemError) {
    try events.forEachUnclaimed { line, range throws(SystemError) in try stream.write(line, range) }
  }
}
