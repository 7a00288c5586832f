import CommandLineKit
import Digest
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO

/// One training file that is written.
final class FormatFile {
  /// The name of the format as it was asked for.
  let name: String
  var renderer: TrainingRenderer
  let output: OutputStream
  private(set) var written = 0
  private(set) var byteCount = 0
  private let minimum: Int
  private var line: [UInt8] = []
  /// What a manifest says of it.
  let record: FileRecord?

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Begins a file, held until it has as many examples as its target takes.
  init(_ name: String, _ renderer: TrainingRenderer, minimum: Int, _ output: OutputStream, _ record: FileRecord?) throws
  {
    self.name = name
    self.renderer = renderer
    self.minimum = minimum
    self.output = output
    self.record = record
    output.isHeld = minimum > 0
    if renderer.format.hasByteOrderMark { try write(Self.byteOrderMark) }
  }

  /// Writes an example, or counts why the target refuses it.
  func take(
    _ example: TrainingExample, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ type: RecordType
  ) throws {
    line.removeAll(keepingCapacity: true)
    if !renderer.append(example, bytes, to: &line) { return }
    line.append(0x0A)
    try write(line)
    written += 1
    if written == minimum { output.isHeld = false }
    try record?.add(example, bytes, scanner, type)
  }

  private func write(_ bytes: [UInt8]) throws {
    try output.write(bytes)
    byteCount += bytes.count
    record?.hash.update(bytes)
  }

  /// Refuses a file that its target would refuse.
  func checkLimits(allowFew: Bool) throws {
    try FormatFile.check(renderer, name, written: written, byteCount: byteCount, allowFew: allowFew)
  }

  /// Refuses a file with too few examples or too many, too large a one, and one with labels of one kind only.
  static func check(
    _ renderer: TrainingRenderer, _ name: String, written: Int, byteCount: Int, allowFew: Bool
  ) throws {
    let limits = renderer.format.limits
    if !allowFew {
      if written < limits.recordsMin {
        throw CommandError(
          .data, "\(counted(written, "example")): \(name) needs \(limits.recordsMin) (see --allow-few)")
      }
      let labels = renderer.labelCounts
      if renderer.format.takes == .kto && (labels.good == 0 || labels.bad == 0) {
        let words = labels.good == 0 ? "no good answer" : "no poor answer"
        throw CommandError(.data, "\(words): \(name) needs labels of both kinds (see --allow-few)")
      }
    }
    if let most = limits.recordsMax, written > most {
      throw CommandError(.data, "\(counted(written, "example")): \(name) takes at most \(most)")
    }
    if let most = limits.fileBytesMax, byteCount > most {
      throw CommandError(.data, "\(byteCount) bytes: \(name) takes at most \(most)")
    }
  }
}
