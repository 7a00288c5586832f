import Digest
import NDJSON
import Timestamps

/// Feedback events, held in memory until the interactions are known that they belong to.
///
/// Costs the bytes of each event's line and 56 bytes more, and up to twice that while it grows.
public struct EventTable: Sendable {
  private struct Entry {
    var hash: UInt64
    var start: Int
    var end: Int
    /// The interaction's id as text; in the line itself, or after it where the line spells it with escapes.
    var idStart: Int
    var idEnd: Int
    var isClaimed = false
  }

  private var storage: [UInt8] = []
  private var entries: [Entry] = []

  /// Makes an empty table.
  public init() {}

  /// How many events there are.
  public var count: Int { entries.count }

  /// Checks an event and takes it in: the bytes of its line without the terminator, and the object that a scanner found
  /// there.
  public mutating func add(_ bytes: Span<UInt8>, _ line: Range<Int>, _ object: Field) throws(RecordError) {
    let event = try FeedbackObject(bytes, object, role: .event)
    let start = storage.count
    storage.append(bytes, line)
    let end = storage.count
    storage.append(0x0A)
    let id = JSONWalk.member(bytes, object, EventTable.interactionKey)
    var idStart = start + id.start - line.lowerBound
    if id.isEscaped {
      idStart = storage.count
      storage.append(contentsOf: event.interactionID)
    }
    let hash = StableHash.hash(storage.span, idStart..<idStart + event.interactionID.count)
    entries.append(
      Entry(hash: hash, start: start, end: end, idStart: idStart, idEnd: idStart + event.interactionID.count))
  }

  private static let interactionKey = Array("interaction_id".utf8)

  /// Ends the taking in: brings the events of an interaction together.
  mutating func seal() {
    let bytes = storage
    entries.sort { left, right in
      if left.hash != right.hash { return left.hash < right.hash }
      let order = EventTable.compare(bytes.span, left.idStart..<left.idEnd, bytes.span, right.idStart..<right.idEnd)
      return order != 0 ? order < 0 : left.start < right.start
    }
  }

  /// The entries, of a range that begins at or after `position`, whose interaction's id has a hash; `position` moves past
  /// them and all lesser ones.
  func run(of hash: UInt64, from position: inout Int) -> Range<Int> {
    while position < entries.count && entries[position].hash < hash { position += 1 }
    let first = position
    while position < entries.count && entries[position].hash == hash { position += 1 }
    return first..<position
  }

  /// Narrows a run of entries of one hash down to those of just this interaction, and marks them as used.
  mutating func claim(_ run: Range<Int>, of id: [UInt8]) -> Range<Int> {
    let first = firstEntry(in: run, notBefore: id)
    var last = first
    while last < run.upperBound && id.matches(storage.span, entries[last].idStart..<entries[last].idEnd) {
      entries[last].isClaimed = true
      last += 1
    }
    return first..<last
  }

  /// The first entry of a run whose id is not less than another: ids made to collide are no reason to look at each.
  private func firstEntry(in run: Range<Int>, notBefore id: [UInt8]) -> Int {
    var low = run.lowerBound
    var high = run.upperBound
    while low < high {
      let middle = (low + high) / 2
      let range = entries[middle].idStart..<entries[middle].idEnd
      if EventTable.compare(storage.span, range, id.span, 0..<id.count) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The events of a range of entries in the order in which they count: by time, id and content.
  func events(_ range: Range<Int>) throws(RecordError) -> [FeedbackObject] {
    var events: [(object: FeedbackObject, line: Range<Int>)] = []
    for entry in entries[range] {
      let object = JSONWalk.record(storage.span, entry.start..<entry.end)
      events.append((try FeedbackObject(storage.span, object, role: .event), entry.start..<entry.end))
    }
    let bytes = storage
    events.sort { left, right in
      let times = (left.object.time ?? .oldest, right.object.time ?? .oldest)
      if times.0 != times.1 { return times.0 < times.1 }
      if left.object.id != right.object.id { return left.object.id.lexicographicallyPrecedes(right.object.id) }
      return EventTable.compare(bytes.span, left.line, bytes.span, right.line) < 0
    }
    return events.map(\.object)
  }

  /// How many events belong to no interaction that was seen.
  public var unclaimedCount: Int { entries.reduce(0) { $0 + ($1.isClaimed ? 0 : 1) } }

  /// Hands over the line, with its newline, of each event that belongs to no interaction, in the order of arrival.
  public func forEachUnclaimed<Failure: Error>(
    _ body: (Span<UInt8>, Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    let lines = entries.filter { !$0.isClaimed }.map { $0.start..<$0.end + 1 }
    for line in lines.sorted(by: { $0.lowerBound < $1.lowerBound }) { try body(storage.span, line) }
  }

  /// Compares two texts byte by byte: -1, 0 or 1.
  static func compare(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Int {
    var a = leftRange.lowerBound
    var b = rightRange.lowerBound
    while a < leftRange.upperBound && b < rightRange.upperBound {
      if left[a] != right[b] { return left[a] < right[b] ? -1 : 1 }
      a += 1
      b += 1
    }
    return leftRange.count == rightRange.count ? 0 : leftRange.count < rightRange.count ? -1 : 1
  }
}

extension JSONWalk {
  /// The object that stands alone in a line that a scanner has accepted.
  static func record(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Field {
    var start = line.lowerBound
    while bytes[start] != 0x7B { start += 1 }
    return value(bytes, at: start)
  }
}
