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
  private(set) var renderer: TrainingRenderer
  let output: OutputStream
  private(set) var written = 0
  private(set) var byteCount = 0
  private var line: [UInt8] = []
  /// What became of the records that its examples were made of.
  private(set) var origins = OriginCounts()
  /// What a manifest says of it.
  private(set) var record: FileRecord?
  /// The examples with a system prompt and those without one, where the target takes only one of the two: the file has the
  /// ones that are more, which is known at the end.
  private var sides: (with: Side, without: Side)?

  /// Examples that wait in a temporary file.
  private final class Side {
    var renderer: TrainingRenderer
    var origins = OriginCounts()
    let spool: SpoolFile
    let record: FileRecord?
    var written = 0

    init(_ renderer: TrainingRenderer, _ record: FileRecord?) throws(SystemError) {
      self.renderer = renderer
      self.record = record
      spool = try SpoolFile()
    }
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Begins a file, held until it has as many examples as its target takes.
  ///
  /// With `isRecorded` it is followed for a manifest.
  init(
    _ name: String, _ renderer: TrainingRenderer, allowFew: Bool, _ output: OutputStream, isRecorded: Bool
  ) throws {
    self.name = name
    self.renderer = renderer
    self.output = output
    if !allowFew { output.hold(renderer.format.limits) }
    if renderer.format.hasUniformSystem {
      sides = (
        try Side(renderer, isRecorded ? FileRecord() : nil), try Side(renderer, isRecorded ? FileRecord() : nil)
      )
    }
    record = isRecorded ? try FileRecord() : nil
    if renderer.format.hasByteOrderMark { try write(Self.byteOrderMark) }
  }

  /// Writes an example, or counts why the target refuses it.
  func take(
    _ example: TrainingExample, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ origin: ExampleOrigin
  ) throws {
    line.removeAll(keepingCapacity: true)
    if let sides {
      let side = renderer.hasSystemPrompt(example, bytes) ? sides.with : sides.without
      let isTaken = side.renderer.append(example, bytes, to: &line)
      side.origins.add(origin, side.renderer.lastRefusal)
      if !isTaken { return }
      let text = line
      try side.spool.writeLine(text.span, 0..<text.count)
      side.written += 1
      try side.record?.add(example, bytes, scanner, origin.type)
      return
    }
    let isTaken = renderer.append(example, bytes, to: &line)
    origins.add(origin, renderer.lastRefusal)
    if !isTaken { return }
    line.append(0x0A)
    try write(line)
    written += 1
    try record?.add(example, bytes, scanner, origin.type)
  }

  /// Writes what waited for the last example; of as many with a system prompt as without one those with it.
  func settle() throws {
    guard let sides else { return }
    let isWith = sides.with.written >= sides.without.written
    let (kept, lost) = isWith ? (sides.with, sides.without) : (sides.without, sides.with)
    self.sides = nil
    renderer = kept.renderer
    renderer.refusesSystem = !isWith
    origins = kept.origins
    origins.refuse(lost.origins, .uniformSystem)
    record = kept.record
    written = kept.written
    try kept.spool.forEachBlock { block throws(SystemError) in try write(block) }
  }

  private func write(_ bytes: [UInt8]) throws(SystemError) { try write(bytes.span) }

  private func write(_ bytes: Span<UInt8>) throws(SystemError) {
    try output.write(bytes, 0..<bytes.count)
    byteCount += bytes.count
    record?.hash.update(bytes, 0..<bytes.count)
  }

  /// How many records the target refused and why, in a fixed order.
  var refusals: [String] {
    TargetRefusal.allCases.filter { origins.refused($0) > 0 }.map { "\(origins.refused($0)) \(renderer.words($0))" }
  }

  /// Refuses a file with too few examples, or with labels of one kind only.
  func checkEnough() throws { try FormatFile.checkEnough(renderer, name, written: written, byteCount: byteCount) }

  /// What is too much about the file, if anything is.
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

  /// As `excess`, for a file of so many examples and bytes; with the limit, who says so, and what to do about it.
  static func excess(_ renderer: TrainingRenderer, _ name: String, written: Int, byteCount: Int) -> String? {
    let format = renderer.format
    let source = "(\(format.source), \(format.date))"
    if let most = format.limits.recordsMax, written > most {
      return "\(counted(written, "example")): \(name) takes at most \(most) \(source); "
        + "fb-filter --limit \(most) makes fewer, --allow-many writes all"
    }
    if let most = format.limits.fileBytesMax, byteCount > most {
      return "\(byteCount) bytes: \(name) takes at most \(most) \(source); "
        + "fb-filter --limit makes fewer, --allow-many writes all"
    }
    return nil
  }
}

extension OutputStream {
  /// Holds back a file until there is as much of it as its target takes: less of it is none.
  func hold(_ limits: TrainingFormat.Limits) { hold(lines: limits.recordsMin, bytes: limits.fileBytesMin) }
}
