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
  private var line: [UInt8] = []
  /// What a manifest says of it.
  let record: FileRecord?

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Begins a file, held until it has as many examples as its target takes.
  init(
    _ name: String, _ renderer: TrainingRenderer, allowFew: Bool, _ output: OutputStream, _ record: FileRecord?
  ) throws {
    self.name = name
    self.renderer = renderer
    self.output = output
    self.record = record
    if !allowFew { output.hold(renderer.format.limits) }
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
    try record?.add(example, bytes, scanner, type)
  }

  private func write(_ bytes: [UInt8]) throws {
    try output.write(bytes)
    byteCount += bytes.count
    record?.hash.update(bytes)
  }

  /// Refuses a file with too few examples, or with labels of one kind only.
  func checkEnough() throws { try FormatFile.checkEnough(renderer, name, written: written, byteCount: byteCount) }

  /// What is too much about the file, if anything is: the target takes a part of it.
  var excess: String? { FormatFile.excess(renderer, name, written: written, byteCount: byteCount) }

  /// As `checkEnough`, for a file of so many examples.
  static func checkEnough(_ renderer: TrainingRenderer, _ name: String, written: Int, byteCount: Int) throws {
    let limits = renderer.format.limits
    if written < limits.recordsMin {
      throw CommandError(.data, "\(counted(written, "example")): \(name) needs \(limits.recordsMin) (see --allow-few)")
    }
    if byteCount < limits.fileBytesMin {
      throw CommandError(.data, "\(byteCount) bytes: \(name) needs \(limits.fileBytesMin) (see --allow-few)")
    }
    let labels = renderer.labelCounts
    if renderer.format.takes == .kto && (labels.good == 0 || labels.bad == 0) {
      let words = labels.good == 0 ? "no good answer" : "no poor answer"
      throw CommandError(.data, "\(words): \(name) needs labels of both kinds (see --allow-few)")
    }
  }

  /// As `excess`, for a file of so many examples and bytes.
  static func excess(_ renderer: TrainingRenderer, _ name: String, written: Int, byteCount: Int) -> String? {
    let limits = renderer.format.limits
    if let most = limits.recordsMax, written > most {
      return "\(counted(written, "example")): \(name) takes at most \(most)"
    }
    if let most = limits.fileBytesMax, byteCount > most {
      return "\(byteCount) bytes: \(name) takes at most \(most)"
    }
    return nil
  }
}

extension OutputStream {
  /// Holds back a file until there is as much of it as its target takes: less of it is none.
  func hold(_ limits: TrainingFormat.Limits) { hold(lines: limits.recordsMin, bytes: limits.fileBytesMin) }
}
