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
      "created_at of the output (default: its newest timestamp).", valueName: "T"))
  var asOf: MomentArgument?
  @Flag(help: "Replace a SQLite database that exists.")
  var force = false

  @Option(help: Jobs.help)
  var jobs: WholeNumber?

  func validate() throws {
    if try Jobs.count(jobs) > 1 && (format.isDatabase || format == .json) {
      throw ValidationError("--jobs goes with openai and bedrock")
    }
    if format == .sqlite && (output.output ?? "-") == "-" {
      throw ValidationError("--format sqlite needs -o FILE")
    }
    if force && format != .sqlite { throw ValidationError("--force needs --format sqlite") }
    if format.isDatabase && (qualityThreshold != nil || approvedOnly || includeUnrated || system != nil || allowFew) {
      throw ValidationError(
        "--format \(format.rawValue) takes all records: options about training do not go with it (see fb-filter)")
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

  /// Whether it takes all records, rather than what is fit to train on.
  var isDatabase: Bool { self == .jsonDatabase || self == .csv || self == .sqlite }
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
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let spool = shape == .document ? try SpoolFile() : nil
    var scanner = LineScanner.records(extra: Route.extraPaths)
    var run = ExampleRun(
      policy: policy, renderer: TrainingRenderer(shape, systemPrompt: system), minimum: allowFew ? 0 : minimum)
    stream.isHeld = run.minimum > 0
    defer { try? stream.flush() }
    if let spool {
      try records.forEach(&scanner) { bytes, scanner, _ in
        try run.take(bytes, scanner, to: spool)
        return true
      }
    } else {
      try records.forEach(&scanner, jobs: try Jobs.count(jobs), &run, to: stream)
    }
    let left = run.dropped.words + run.renderer.refusals
    if run.written < run.minimum {
      if !left.isEmpty { diagnostics.note("left out: " + left.joined(separator: ", ")) }
      throw CommandError(
        .data, "\(counted(run.written, "example")): \(format.rawValue) needs \(minimum) (see --allow-few)")
    }
    if let spool { try writeDocument(spool, count: run.written, run.newest, stream) }
    try stream.finish()
    let bare = run.renderer.withoutHistoryCount
    report(
      run.written, records, left, note: bare == 0 ? nil : "\(bare) without their earlier turns", diagnostics)
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

// MARK: Databases

extension ExportCommand {
  /// Hands over every interaction; other kinds of record are counted and left.
  ///
  /// What a database is asked for has to be right in all of them: the time, the rating and the category; and it has to be
  /// an interaction, with a prompt and an answer, as a database that fb-ingest refuses would be of no use.
  private func forEachInteraction(
    _ records: RecordInput, _ body: (Span<UInt8>, borrowing LineScanner) throws -> Void
  ) throws -> (records: RecordInput, written: Int, other: Int, createdAt: String?) {
    var scanner = LineScanner.records()
    var written = 0
    var other = 0
    var newest: Timestamp?
    try records.forEach(&scanner) { bytes, scanner, _ in
      guard try scanner.recordType(bytes) == .interaction else {
        other += 1
        return true
      }
      for field in [RecordField.userPrompt, .aiResponse] where try scanner.text(field).kind == .missing {
        throw RecordError.schema(field.dotted, "missing", at: scanner.root.start)
      }
      let time = try scanner.timestamp(bytes, .timestamp)
      _ = try scanner.rating(bytes, .userRating)
      _ = try scanner.text(.category)
      try body(bytes, scanner)
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
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    var export = DelimitedExport()
    var line: [UInt8] = []
    export.appendHeader(to: &line)
    try stream.write(line)
    defer { try? stream.flush() }
    let result = try forEachInteraction(records) { bytes, scanner in
      line.removeAll(keepingCapacity: true)
      export.append(bytes, scanner.root, to: &line)
      try stream.write(line.span, 0..<line.count)
    }
    try stream.finish()
    reportOther(result, diagnostics)
  }

  private func exportDocument(_ diagnostics: Diagnostics) throws {
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let spool = try SpoolFile()
    var summary = CategorySummary()
    var line: [UInt8] = []
    let result = try forEachInteraction(records) { bytes, scanner in
      try summary.add(bytes, scanner)
      line.removeAll(keepingCapacity: true)
      if spool.count > 0 { line.append(contentsOf: [0x2C, 0x0A]) }
      line.append(bytes, scanner.root.range)
      try spool.write(line.span, 0..<line.count)
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
    let records = try input.open(diagnostics, output)
    let file = try AtomicFile(path: path)
    do {
      let export = try DatabaseExport(path: file.temporaryPath)
      let result = try forEachInteraction(records) { bytes, scanner in
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
