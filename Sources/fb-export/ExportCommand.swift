import ArgumentParser
import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import FeedbackStore
import NDJSON
import SystemIO
import Timestamps

@main
struct ExportCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-export",
    abstract: "Write training files for others, or databases of all records.",
    discussion: """
      The training formats (openai, bedrock, json) take examples, and interactions that are good or have a correction, \
      which is then the target. A poor answer without one is never written. What is left out is counted on standard \
      error. The databases (json-database, csv, sqlite) take all interactions.
      """,
    version: toolVersion)

  static let flags: Set<String> = ["--approved-only", "--include-unrated", "--allow-few", "--force"]

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("What to write.", valueName: "FORMAT"))
  var format: ExportFormat
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "System prompt of every training example, in the place of its own.", valueName: "TEXT"))
  var system: String?
  @Option(
    help: ArgumentHelp(
      "Least quality, stars / 5, of an answer to train on (default: 0.7, 3.5 stars).", valueName: "Q"))
  var qualityThreshold: ShareArgument?
  @Flag(help: "Train only on what a reviewer approved.")
  var approvedOnly = false
  @Flag(help: "Train on answers that nobody rated, too.")
  var includeUnrated = false
  @Flag(help: "Accept fewer examples than the target's minimum.")
  var allowFew = false
  @Option(
    help: ArgumentHelp(
      "created_at of a database (default: its newest timestamp).", valueName: "T"))
  var asOf: MomentArgument?
  @Flag(help: "Replace a SQLite database that exists.")
  var force = false

  func validate() throws {
    if format == .sqlite && (output.output ?? "-") == "-" {
      throw ValidationError("--format sqlite needs -o FILE")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    switch format {
    case .openai: try exportExamples(.openAI, minimum: 10, diagnostics)
    case .bedrock: try exportExamples(.bedrockClaude, minimum: 32, diagnostics)
    case .json: try exportExamples(.document, minimum: 0, diagnostics)
    case .csv: try exportRows(diagnostics)
    case .jsonDatabase: try exportDocument(diagnostics)
    case .sqlite: try exportDatabase(diagnostics)
    }
  }
}

/// What fb-export writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case openai, bedrock, json
  case jsonDatabase = "json-database"
  case csv, sqlite
}

// MARK: Training files

extension ExportCommand {
  private var policy: RoutePolicy {
    var policy = RoutePolicy()
    if let threshold = qualityThreshold.flatMap({ Quality(millionths: $0.millionths) }) {
      policy.threshold = threshold
    }
    policy.approvedOnly = approvedOnly
    policy.includeUnrated = includeUnrated
    return policy
  }

  private func exportExamples(
    _ shape: TrainingRenderer.Shape, minimum: Int, _ diagnostics: Diagnostics
  ) throws {
    let records = try input.open(diagnostics)
    let stream = try output.open()
    let spool = shape == .document ? try SpoolFile() : nil
    var scanner = LineScanner.records(extra: [["user_rating"]])
    var renderer = TrainingRenderer(shape, systemPrompt: system)
    var dropped = DropCounts()
    var line: [UInt8] = []
    var written = 0
    var newest: Timestamp?
    let policy = self.policy
    defer { try? stream.flush() }
    try records.forEach(&scanner) { bytes, scanner, _ in
      guard let example = try TrainingExample.read(bytes, scanner, policy, &dropped) else { return true }
      line.removeAll(keepingCapacity: true)
      if spool != nil {
        if written > 0 { line.append(contentsOf: [0x2C, 0x0A]) }
        if let time = try scanner.timestamp(bytes, .timestamp) { newest = max(newest ?? time, time) }
      }
      try renderer.append(example, bytes, to: &line)
      written += 1
      if let spool {
        try spool.write(line.span, 0..<line.count)
      } else {
        try stream.writeLine(line.span, 0..<line.count)
      }
      return true
    }
    if let spool { try writeDocument(spool, count: written, newest, stream) }
    if written < minimum && !allowFew {
      throw CommandError(
        .data, "\(counted(written, "example")): \(format.rawValue) needs \(minimum) (see --allow-few)")
    }
    try stream.finish()
    report(
      written, records, dropped.words,
      note: renderer.withoutHistoryCount == 0
        ? nil : "\(renderer.withoutHistoryCount) written without their earlier turns", diagnostics)
  }

  private func writeDocument(
    _ spool: SpoolFile, count: Int, _ newest: Timestamp?, _ stream: OutputStream
  ) throws {
    var head = "{\"metadata\":{"
    if let created = asOf?.moment ?? newest { head += "\"created_at\":\"\(created.text)\"," }
    head += "\"total_records\":\(count),\"format\":\"fb-examples\"},\n\"examples\":[\n"
    try stream.write(head)
    try spool.forEachBlock { block throws(SystemError) in try stream.write(block, 0..<block.count) }
    try stream.write("\n]}\n")
  }

  private func report(
    _ written: Int, _ records: RecordInput, _ left: [String], note: String?, _ diagnostics: Diagnostics
  ) {
    var parts = left
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if parts.isEmpty && note == nil && !input.verbose { return }
    var message = "\(written) of \(counted(records.readCount, "record")) written"
    if let note { message += " (\(note))" }
    if !parts.isEmpty { message += "; left out: " + parts.joined(separator: ", ") }
    diagnostics.note(message)
  }
}

extension TrainingExample {
  /// The example that a record is or becomes; nil, counted, where it is not fit to train on.
  static func read(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy,
    _ dropped: inout DropCounts
  ) throws(RecordError) -> TrainingExample? {
    let type = try scanner.recordType(bytes)
    let topRating = scanner.fields[LineScanner.extraSlot(0)]
    let fate: Fate
    switch type {
    case .interaction: fate = try Route.interaction(bytes, scanner, policy)
    case .example: fate = try Route.example(bytes, scanner, rating: topRating)
    default: fate = .drop(.otherUse)
    }
    let target: TrainingTarget
    switch fate {
    case .drop(let reason):
      dropped.add(reason)
      return nil
    case .train(let answer): target = answer
    }
    let history = scanner[.history]
    if history.hasValue && history.kind != .array {
      throw .schema("history", "not an array", at: history.start)
    }
    let answer: Field
    switch (type, target) {
    case (.example, _): answer = scanner[.completion]
    case (_, .correction): answer = scanner[.correctedResponse]
    default: answer = scanner[.aiResponse]
    }
    return TrainingExample(
      systemPrompt: try scanner.text(.systemPrompt), history: history,
      userPrompt: scanner[.userPrompt], answer: answer, category: try scanner.text(.category),
      userRating: type == .example ? topRating : scanner[.userRating], origin: target.rawValue)
  }
}

// MARK: Databases

extension ExportCommand {
  /// Hands over every interaction; other kinds of record are counted and left.
  private func forEachInteraction(
    _ diagnostics: Diagnostics, _ body: (Span<UInt8>, borrowing LineScanner, Timestamp?) throws -> Void
  ) throws -> (records: RecordInput, written: Int, other: Int, createdAt: String?) {
    let records = try input.open(diagnostics)
    var scanner = LineScanner.records()
    var written = 0
    var other = 0
    var newest: Timestamp?
    try records.forEach(&scanner) { bytes, scanner, _ in
      guard try scanner.recordType(bytes) == .interaction else {
        other += 1
        return true
      }
      let time = try scanner.timestamp(bytes, .timestamp)
      try body(bytes, scanner, time)
      written += 1
      if let time { newest = max(newest ?? time, time) }
      return true
    }
    return (records, written, other, (asOf?.moment ?? newest)?.text)
  }

  private func reportOther(
    _ result: (records: RecordInput, written: Int, other: Int, createdAt: String?), _ diagnostics: Diagnostics
  ) {
    let left = result.other > 0 ? ["\(result.other) of other kinds"] : []
    report(result.written, result.records, left, note: nil, diagnostics)
  }

  private func exportRows(_ diagnostics: Diagnostics) throws {
    let stream = try output.open()
    var export = DelimitedExport()
    var line: [UInt8] = []
    export.appendHeader(to: &line)
    try stream.write(line)
    defer { try? stream.flush() }
    let result = try forEachInteraction(diagnostics) { bytes, scanner, _ in
      line.removeAll(keepingCapacity: true)
      export.append(bytes, scanner.root, to: &line)
      try stream.write(line.span, 0..<line.count)
    }
    try stream.finish()
    reportOther(result, diagnostics)
  }

  private func exportDocument(_ diagnostics: Diagnostics) throws {
    let stream = try output.open()
    let spool = try SpoolFile()
    var summary = CategorySummary()
    var line: [UInt8] = []
    let result = try forEachInteraction(diagnostics) { bytes, scanner, _ in
      line.removeAll(keepingCapacity: true)
      if spool.count > 0 { line.append(contentsOf: [0x2C, 0x0A]) }
      line.append(bytes, scanner.root.range)
      try spool.write(line.span, 0..<line.count)
      try summary.add(bytes, scanner)
    }
    try stream.write(summary.head(createdAt: result.createdAt))
    try spool.forEachBlock { block throws(SystemError) in try stream.write(block, 0..<block.count) }
    try stream.write("\n]}\n")
    try stream.finish()
    reportOther(result, diagnostics)
  }

  private func exportDatabase(_ diagnostics: Diagnostics) throws {
    let path = output.output ?? ""
    if let status = FileStatus(path: path) {
      if !status.isRegular { throw CommandError(.cannotCreate, "cannot create \(path): not a plain file") }
      if !force { throw CommandError(.cannotCreate, "\(path) exists (--force replaces it)") }
    }
    let file = try AtomicFile(path: path)
    do {
      let export = try DatabaseExport(path: file.temporaryPath)
      let result = try forEachInteraction(diagnostics) { bytes, scanner, _ in
        try export.append(bytes, scanner.root)
      }
      try export.finish(createdAt: result.createdAt, count: result.written)
      try file.open().synchronize()
      try file.publish()
      reportOther(result, diagnostics)
    } catch let error as DatabaseError {
      throw CommandError(error.isBusy ? .busy : .inputOutput, "write error: \(path): \(error.message)")
    }
  }
}
