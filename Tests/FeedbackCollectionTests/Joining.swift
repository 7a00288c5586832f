import FeedbackCollection
import FeedbackModel
import NDJSON

/// Joins lines in memory as `fb-rate join` does it with files; events and interactions in any order.
struct Joining {
  var lines: [String] = []
  var unclaimed: [String] = []
  var repeatedCount = 0

  init(_ records: [String]) throws {
    var scanner = LineScanner.records()
    var events = EventTable()
    var index = InteractionIndex()
    var kept: [[UInt8]] = []
    for record in records {
      let bytes = scanner.scan(text: Array(record.utf8))
      if let error = scanner.error { throw RecordError(error) }
      if try scanner.recordType(bytes.span) == .feedback {
        try events.add(bytes.span, 0..<record.utf8.count, scanner.root)
      } else {
        try InteractionFeedback.check(bytes.span, scanner)
        index.add(bytes.span, id: scanner[.id], offset: kept.count)
        kept.append(bytes)
      }
    }
    let plan = try index.plan(&events) { kept[$0] }
    repeatedCount = plan.repeatedCount
    var steps = plan.steps[...]
    for (place, original) in kept.enumerated() {
      var source: Int? = place
      var run = 0..<0
      var repeats: [RepeatFeedback] = []
      if let step = steps.first, step.offset == place {
        source = step.source
        run = step.events
        for offset in step.repeats {
          let other = kept[offset]
          _ = scanner.scan(other.span, from: 0)
          if let said = RepeatFeedback(other.span, scanner) { repeats.append(said) }
        }
        steps.removeFirst()
      }
      guard let source else { continue }
      let bytes = source == place ? original : kept[source]
      let end = scanner.scan(bytes.span, from: 0)
      var line: [UInt8] = []
      try InteractionJoin.append(bytes.span, 0..<end - 1, scanner, &events, run, repeats: repeats, to: &line)
      lines.append(String(decoding: line, as: UTF8.self))
    }
    events.forEachUnclaimed { bytes, range in
      var line: [UInt8] = []
      line.append(bytes, range.lowerBound..<range.upperBound - 1)
      unclaimed.append(String(decoding: line, as: UTF8.self))
    }
  }
}

/// The feedback of one interaction (given without it, or with) after some events, without `{"id":"a","feedback":` and `}`.
func feedback(before: String? = nil, user: String? = nil, _ events: String...) throws -> String {
  let owner = user.map { #","user_id":"\#($0)""# } ?? ""
  let record = #"{"id":"a"\#(owner)"# + (before.map { #","feedback":\#($0)"# } ?? "") + "}"
  let joined = try Joining([record] + events.map { #"{"type":"feedback","interaction_id":"a",\#($0)}"# }).lines[0]
  let head = #"{"id":"a"\#(owner)"#
  if joined == head + "}" { return "none" }
  return String(joined.dropFirst(head.utf8.count + #","feedback":"#.utf8.count).dropLast())
}
