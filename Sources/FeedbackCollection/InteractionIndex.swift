import Digest
import FeedbackModel
import NDJSON
import Timestamps

/// Which interactions were seen and where their lines stand in the spool.
///
/// Costs 16 bytes for each interaction that has an id.
public struct InteractionIndex: Sendable {
  private var entries: [(hash: UInt64, offset: Int)] = []

  /// Makes an empty index.
  public init() {}

  /// Takes in an interaction whose line begins at an offset; one without an id is not taken.
  public mutating func add(_ bytes: Span<UInt8>, id: Field, offset: Int) {
    if id.kind == .string && !id.range.isEmpty { entries.append((StableHash.hash(bytes, id), offset)) }
  }

  /// Finds what has to be done to the lines.
  ///
  /// `line` brings the line at an offset of the spool, with its newline and `scanPadding` bytes after it. Only lines whose
  /// ids have equal hashes are read.
  public consuming func plan(
    _ events: inout EventTable, line: (Int) throws -> [UInt8]
  ) throws -> JoinPlan {
    events.seal()
    entries.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.offset < $1.offset }
    var plan = JoinPlan()
    var scanner = LineScanner.records()
    var eventPosition = 0
    var first = 0
    while first < entries.count {
      let hash = entries[first].hash
      var end = first + 1
      while end < entries.count && entries[end].hash == hash { end += 1 }
      let run = events.run(of: hash, from: &eventPosition)
      if end - first > 1 {
        try plan.addRepeated(entries[first..<end].map(\.offset), run, &scanner, line: line)
      } else if !run.isEmpty {
        plan.steps.append(JoinPlan.Step(offset: entries[first].offset, source: entries[first].offset, events: run))
      }
      first = end
    }
    plan.steps.sort { $0.offset < $1.offset }
    return plan
  }
}

/// What is to be done to the lines of a spool; lines without a step are copied.
public struct JoinPlan: Sendable {
  /// What is to be done to one line.
  public struct Step: Sendable {
    /// Where the line begins in the spool.
    public var offset: Int
    /// Where the line begins that is written in its place: itself, or a later one of the same id; nil for none.
    public var source: Int?
    /// The events that may be about the interaction.
    public var events: Range<Int>
    /// Where the other lines of the same id begin whose feedback is folded in, in the order in which they count.
    public var repeats: [Int] = []
  }

  /// The steps in the order of their offsets.
  public internal(set) var steps: [Step] = []
  /// How many lines are left out because their id comes again.
  public private(set) var repeatedCount = 0

  /// Adds the steps for lines whose ids have one hash, at offsets in their order.
  ///
  /// Of equal ids the last is kept, by timestamp and then by the bytes of its line, in the place of the first.
  fileprivate mutating func addRepeated(
    _ offsets: [Int], _ run: Range<Int>, _ scanner: inout LineScanner, line: (Int) throws -> [UInt8]
  ) throws {
    var ids: [(text: [UInt8], offset: Int)] = []
    for offset in offsets {
      let bytes = try line(offset)
      _ = scanner.scan(bytes.span, from: 0)
      ids.append((JSONText.bytes(bytes.span, scanner[.id]), offset))
    }
    ids.sort { $0.text == $1.text ? $0.offset < $1.offset : $0.text.lexicographicallyPrecedes($1.text) }
    var first = 0
    while first < ids.count {
      var end = first + 1
      while end < ids.count && ids[end].text == ids[first].text { end += 1 }
      var kept = ids[first].offset
      var repeats: [Int] = []
      if end - first > 1 {
        let offsets = ids[first..<end].map(\.offset)
        kept = try latest(offsets, &scanner, line: line)
        repeats = try ratedRepeats(offsets, of: kept, &scanner, line: line)
      }
      if kept != ids[first].offset || !run.isEmpty || !repeats.isEmpty {
        steps.append(Step(offset: ids[first].offset, source: kept, events: run, repeats: repeats))
      }
      for other in ids[first + 1..<end] { steps.append(Step(offset: other.offset, source: nil, events: 0..<0)) }
      repeatedCount += end - first - 1
      first = end
    }
  }

  /// The offset of the last of several lines.
  private func latest(
    _ offsets: [Int], _ scanner: inout LineScanner, line: (Int) throws -> [UInt8]
  ) throws -> Int {
    var kept = (offset: 0, time: Timestamp.oldest, line: [UInt8]())
    for offset in offsets {
      let bytes = try line(offset)
      _ = scanner.scan(bytes.span, from: 0)
      let time = try scanner.timestamp(bytes.span, .timestamp) ?? .oldest
      let isLater = time != kept.time ? time > kept.time : kept.line.lexicographicallyPrecedes(bytes)
      if kept.line.isEmpty || isLater { kept = (offset, time, bytes) }
    }
    return kept.offset
  }

  /// Of lines with one id those whose feedback says what that of the kept one does not: by timestamp, then by content.
  ///
  /// In memory are their feedback objects, each once, not their lines.
  private func ratedRepeats(
    _ offsets: [Int], of kept: Int, _ scanner: inout LineScanner, line: (Int) throws -> [UInt8]
  ) throws -> [Int] {
    var places: [RepeatFeedback: Int] = [:]
    var repeats: [(time: Timestamp, feedback: RepeatFeedback, offset: Int)] = []
    for offset in [kept] + offsets.filter({ $0 != kept }) {
      let bytes = try line(offset)
      _ = scanner.scan(bytes.span, from: 0)
      guard let feedback = RepeatFeedback(bytes.span, scanner) else { continue }
      let time = try scanner.timestamp(bytes.span, .timestamp) ?? .oldest
      if let place = places[feedback] {
        repeats[place].time = max(repeats[place].time, time)
      } else {
        places[feedback] = repeats.count
        repeats.append((time, feedback, offset))
      }
    }
    repeats.sort { $0.time != $1.time ? $0.time < $1.time : $0.feedback < $1.feedback }
    return repeats.map(\.offset).filter { $0 != kept }
  }
}
