import Digest
import FeedbackExport
import FeedbackModel
import FeedbackCuration
import NDJSON
import SystemIO

/// What a manifest says of one training file: a digest of it, which records its lines came of, and the categories.
///
/// The ids wait in a spool file; memory is that of the categories.
final class FileRecord {
  var hash = SHA256()
  private let lines: SpoolFile
  private(set) var categories = CategoryCounts()

  init() throws(SystemError) { lines = try SpoolFile() }

  func add(
    _ example: TrainingExample, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ type: RecordType
  ) throws {
    categories.add(bytes, example.category)
    var line: [UInt8] = []
    if lines.count > 0 { line.append(contentsOf: [0x2C, 0x0A]) }
    line.append(0x5B)
    let origins = Route.origins(scanner, type)
    var isFirst = true
    for field in [origins.first, origins.second] where field.kind == .string {
      if !isFirst { line.append(0x2C) }
      isFirst = false
      line.append(bytes, field.textRange)
    }
    line.append(0x5D)
    try lines.write(line.span, 0..<line.count)
  }

  /// Writes the list of the ids of each line.
  func writeLines(to output: OutputStream) throws(SystemError) {
    try lines.forEachBlock { block throws(SystemError) in try output.write(block, 0..<block.count) }
  }
}

/// How many records each category has, by the text of its name.
struct CategoryCounts {
  private(set) var counts: [[UInt8]: Int] = [:]
  private(set) var total = 0

  mutating func add(_ bytes: Span<UInt8>, _ category: Field) {
    counts[category.kind == .string ? JSONText.bytes(bytes, category) : RecordField.uncategorized, default: 0] += 1
    total += 1
  }
}

/// A file beside the training files that says what they were made of, so that none of it has to stand in their records.
final class Manifest {
  /// An input: its name, what it is for if it holds no records to export, how long it is, and its digest.
  struct Input {
    var path: String
    var use: String?
    var byteCount: Int
    var digest: [UInt8]
  }

  let output: OutputStream
  private var inputs: [Input] = []
  private var hasFiles = false
  /// The elements of `other_files`.
  private var others: [UInt8] = []
  /// The categories of all records read.
  var categories = CategoryCounts()

  init(_ output: OutputStream) { self.output = output }

  /// Hashes an input before it is read: a plain file where it is; what cannot be read twice goes to a spool file, which is
  /// returned.
  ///
  /// `use` says what it is for, unless it holds the records.
  func addInput(_ path: String, use: String? = nil) throws(SystemError) -> SpoolFile? {
    let descriptor = try Descriptor.reading(path)
    let isPlain = path != "-" && descriptor.status()?.isRegular == true
    let spool = isPlain ? nil : try SpoolFile()
    let content = try Self.digest(of: descriptor, copy: spool)
    inputs.append(Input(path: path, use: use, byteCount: content.byteCount, digest: content.digest))
    return spool
  }

  /// Reads a file to its end; with `copy` what is read is written there.
  private static func digest(
    of descriptor: consuming Descriptor, copy: SpoolFile? = nil
  ) throws(SystemError) -> (byteCount: Int, digest: [UInt8]) {
    var reader = ChunkReader(descriptor)
    var hash = SHA256()
    var byteCount = 0
    while try reader.next() {
      hash.update(reader.storage.span, 0..<reader.count)
      try copy?.write(reader.storage.span, 0..<reader.count)
      byteCount += reader.count
    }
    return (byteCount, hash.finish())
  }

  /// Writes everything up to the first file; `write` for each of them and `end` follow.
  func begin(options: [String], read: Int, rejected: Int) throws {
    var json: [UInt8] = []
    json.append("{\"type\":\"manifest\",\"schema\":1,\n\"options\":[")
    for (index, option) in options.enumerated() {
      if index > 0 { json.append(0x2C) }
      JSONText.encode(option, into: &json)
    }
    json.append("],\n\"inputs\":[")
    let ordered = inputs.filter { $0.use == nil } + inputs.filter { $0.use != nil }
    for (index, input) in ordered.enumerated() {
      if index > 0 { json.append(0x2C) }
      json.append("\n{\"file\":")
      JSONText.encode(input.path, into: &json)
      if let use = input.use {
        json.append(",\"use\":")
        JSONText.encode(use, into: &json)
      }
      json.append(count: input.byteCount, "bytes")
      json.append(digest: input.digest)
      json.append(0x7D)
    }
    json.append("],\n\"counts\":{\"read\":")
    JSONNumber.append(read, to: &json)
    json.append(count: rejected, "rejected")
    json.append("},\n\"files\":[")
    try output.write(json)
  }

  /// Ends the document; the output is not published yet.
  func end() throws {
    try output.write("],\n\"other_files\":[")
    try output.write(others)
    try output.write("]}\n")
  }

  /// The start of the next file.
  private func separator() -> [UInt8] {
    defer { hasFiles = true }
    return hasFiles ? [0x2C, 0x0A] : [0x0A]
  }

  /// Writes what is known of a database, which stands in a folder that is not published yet.
  func write(_ name: String, _ fileName: String, _ databases: Databases, in folder: AtomicFolder) throws {
    var json = separator()
    json.append("{\"format\":")
    JSONText.encode(name, into: &json)
    json.append(0x2C)
    try appendFile(fileName, in: folder, to: &json)
    json.append(count: databases.written, "records")
    json.append(count: databases.written, "input_records")
    json.append(",\"left_out\":{")
    if databases.other > 0 {
      JSONText.encode(DropReason.otherKind.code, into: &json)
      json.append(0x3A)
      JSONNumber.append(databases.other, to: &json)
    }
    json.append("}}")
    try output.write(json)
  }

  /// Takes what is known of a file without records, to be written at the end.
  func addOther(_ fileName: String, in folder: AtomicFolder) throws {
    others.append(others.isEmpty ? "\n{" : ",\n{")
    try appendFile(fileName, in: folder, to: &others)
    others.append(0x7D)
  }

  /// Appends name, length and digest of a file in a folder that is not published yet.
  private func appendFile(_ name: String, in folder: AtomicFolder, to json: inout [UInt8]) throws(SystemError) {
    let content = try Self.digest(of: try Descriptor.reading(folder.temporaryPath(of: name)))
    json.append("\"file\":")
    JSONText.encode("\(folder.path)/\(name)", into: &json)
    json.append(count: content.byteCount, "bytes")
    json.append(digest: content.digest)
  }

  /// Writes what is known of a training file.
  func write(_ file: FormatFile, _ path: String?, _ dropped: DropCounts) throws {
    guard let record = file.record else { return }
    var json = separator()
    json.append("{\"format\":")
    JSONText.encode(file.renderer.format.name, into: &json)
    if let path {
      json.append(",\"file\":")
      JSONText.encode(path, into: &json)
    }
    json.append(count: file.byteCount, "bytes")
    json.append(digest: record.hash.finish())
    json.append(count: file.written, "records")
    json.append(count: file.origins.written, "input_records")
    json.append(count: file.renderer.withoutHistoryCount, "without_history")
    json.append(",\n\"left_out\":{")
    let reasons =
      DropReason.allCases.map { ($0.code, dropped[$0]) }
      + TargetRefusal.allCases.map { ($0.code, file.origins.refused($0)) }
    var isFirst = true
    for (code, count) in reasons where count > 0 {
      if !isFirst { json.append(0x2C) }
      isFirst = false
      JSONText.encode(code, into: &json)
      json.append(0x3A)
      JSONNumber.append(count, to: &json)
    }
    json.append("},\n\"categories\":{")
    appendShares(record.categories, to: &json)
    json.append(0x7D)
    if file.renderer.format.takes == .kto { json.append(weights: file.renderer.labelCounts) }
    json.append(",\n\"lines\":[\n")
    try output.write(json)
    try record.writeLines(to: output)
    try output.write("\n]}")
  }

  /// Counts and shares of each category among all records read and among those of a file, by name.
  private func appendShares(_ after: CategoryCounts, to json: inout [UInt8]) {
    let names = Set(categories.counts.keys).union(after.counts.keys).sorted { $0.lexicographicallyPrecedes($1) }
    for (index, name) in names.enumerated() {
      if index > 0 { json.append(0x2C) }
      json.append(0x0A)
      JSONText.encode(String(decoding: name, as: UTF8.self), into: &json)
      json.append(":{\"before\":")
      JSONNumber.append(categories.counts[name] ?? 0, to: &json)
      json.append(",\"before_share\":")
      json.append(share: categories.counts[name] ?? 0, of: categories.total)
      json.append(",\"after\":")
      JSONNumber.append(after.counts[name] ?? 0, to: &json)
      json.append(",\"after_share\":")
      json.append(share: after.counts[name] ?? 0, of: after.total)
      json.append(0x7D)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(count: Int, _ name: String) {
    append(contentsOf: ",\"\(name)\":".utf8)
    JSONNumber.append(count, to: &self)
  }

  fileprivate mutating func append(digest: [UInt8]) {
    append(",\"sha256\":\"")
    for byte in digest {
      for digit in [byte >> 4, byte & 15] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
    append(0x22)
  }

  /// A share to four decimals, halves up.
  fileprivate mutating func append(share count: Int, of total: Int) {
    append(tenThousandths: total == 0 ? 0 : (count * 20_000 + total) / (2 * total))
  }

  private mutating func append(tenThousandths: Int) {
    JSONNumber.append(tenThousandths / 10_000, to: &self)
    append(0x2E)
    for divisor in [1_000, 100, 10, 1] { append(0x30 + UInt8(tenThousandths / divisor % 10)) }
  }

  /// Weights that make good and bad answers count alike (trl docs/source/kto_trainer.md: between 1:1 and 4:3).
  fileprivate mutating func append(weights labels: (good: Int, bad: Int)) {
    append(",\n\"labels\":{\"desirable\":")
    JSONNumber.append(labels.good, to: &self)
    append(count: labels.bad, "undesirable")
    if labels.good > 0 && labels.bad > 0 {
      let isBalanced = labels.good >= labels.bad && 3 * labels.good <= 4 * labels.bad
      let (good, bad) = (Swift.max(labels.bad, labels.good), Swift.min(labels.bad, labels.good))
      let ratio = (good * 20_000 + bad) / (2 * bad)
      append(",\"desirable_weight\":")
      append(tenThousandths: isBalanced || labels.good >= labels.bad ? 10_000 : ratio)
      append(",\"undesirable_weight\":")
      append(tenThousandths: isBalanced || labels.bad >= labels.good ? 10_000 : ratio)
    }
    append(0x7D)
  }
}
