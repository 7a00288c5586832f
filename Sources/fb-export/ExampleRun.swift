import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

/// One pass over records that become examples for supervised fine-tuning, one a line.
struct ExampleRun: RecordPass {
  let policy: RoutePolicy
  var renderer: TrainingRenderer
  var dropped = DropCounts()
  var written = 0
  /// Bytes of the lines.
  var byteCount = 0
  var newest: Timestamp?
  private var line: [UInt8] = []

  init(policy: RoutePolicy, renderer: TrainingRenderer) {
    self.policy = policy
    self.renderer = renderer
  }

  /// Writes the example that a record is or becomes, or counts why there is none.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to output: OutputStream
  ) throws -> Bool {
    if try makeLine(bytes, scanner) {
      try output.writeLine(line.span, 0..<line.count)
      byteCount += line.count + 1
    }
    return true
  }

  /// As `take`, for the elements of an array of a document, to wait for its head.
  mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to spool: SpoolFile) throws {
    let time = try scanner.timestamp(bytes, .timestamp)
    guard try makeLine(bytes, scanner) else { return }
    if let time { newest = max(newest ?? time, time) }
    if written > 1 { try spool.write([0x2C, 0x0A].span, 0..<2) }
    try spool.write(line.span, 0..<line.count)
  }

  private mutating func makeLine(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Bool {
    guard let example = try TrainingExample.read(bytes, scanner, policy, .sft, &dropped) else { return false }
    line.removeAll(keepingCapacity: true)
    if !renderer.append(example, bytes, to: &line) { return false }
    written += 1
    return true
  }

  var empty: ExampleRun { ExampleRun(policy: policy, renderer: renderer.empty) }

  mutating func merge(_ later: ExampleRun) {
    renderer.add(later.renderer)
    dropped.add(later.dropped)
    written += later.written
    byteCount += later.byteCount
  }
}
