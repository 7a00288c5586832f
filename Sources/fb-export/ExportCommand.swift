import ArgumentParser
import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO

@main
struct ExportCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-export",
    abstract: "Write training files for others, or databases of all records.",
    discussion: """
      The training formats take examples and pairs, and interactions, which are judged as fb-filter --for does: a poor \
      answer without a correction is never a target. What is left out is counted on standard error. The databases \
      (json-database, csv, sqlite) take all interactions. --check holds any file to the rules of a format.
      """,
    version: toolVersion)

  static let flags: Set<String> = [
    "--approved-only", "--include-unrated", "--allow-few", "--allow-many", "--spreadsheet-safe", "--force",
    "--list-formats",
  ]

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("What to write; with --out-dir several, with commas.", valueName: "FORMAT"))
  var format: FormatNames?
  @Option(
    help: ArgumentHelp("Check files against the rules of a training format instead.", valueName: "FORMAT"))
  var check: CheckedFormat?
  @Flag(help: "List the formats with their limits, as records.")
  var listFormats = false
  @Option(
    help: ArgumentHelp(
      "Write a file for each format into DIR, which appears when all are complete.", valueName: "DIR"))
  var outDir: String?
  @Option(
    help: ArgumentHelp(
      "Say in FILE what the training files were made of: digests, counts, ids.", valueName: "FILE"))
  var manifest: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "System prompt of every training example, in the place of its own.", valueName: "TEXT"))
  var system: String?
  @Option(
    help: ArgumentHelp(
      "include: keep earlier turns where all answers are learnt, if each is known to be fit.", valueName: "RULE"))
  var history: HistoryRule?
  @Option(
    help: ArgumentHelp(
      "Least quality, stars / 5, of an answer to train on (default: 0.7, 3.5 stars).", valueName: "Q"))
  var qualityThreshold: ShareArgument?
  @Flag(help: "Train only on what a reviewer approved.")
  var approvedOnly = false
  @Flag(help: "Train on answers that nobody rated, too.")
  var includeUnrated = false
  @Option(
    help: ArgumentHelp(
      "Leave out the people who opted out of training in the preferences records of FILE.", valueName: "FILE"))
  var preferences: String?
  @Flag(help: "Accept fewer examples or bytes than the target's minimum.")
  var allowFew = false
  @Flag(help: "Accept more examples or bytes than the target's maximum.")
  var allowMany = false
  @Option(
    help: ArgumentHelp(
      "created_at of the output (default: its newest timestamp).", valueName: "T"))
  var asOf: MomentArgument?
  @Flag(help: "csv: put an apostrophe before texts that a spreadsheet may take for a formula.")
  var spreadsheetSafe = false
  @Flag(help: "Replace a SQLite database that exists.")
  var force = false

  @Option(help: JobCount.help)
  var jobs = JobCount.one

  func validate() throws {
    let chosen = [format != nil, check != nil, listFormats].filter { $0 }.count
    if chosen != 1 { throw ValidationError("one of --format, --check and --list-formats is needed") }
    if format == nil {
      let others = [outDir, manifest, system, preferences].contains { $0 != nil } || hasTrainingOptions
      if others || asOf != nil || force || spreadsheetSafe || jobs.count > 1 {
        throw ValidationError("--check and --list-formats write no training file: other options do not go with them")
      }
      if listFormats && (allowFew || allowMany || !input.files.isEmpty) {
        throw ValidationError("--list-formats reads nothing")
      }
      return
    }
    if jobs.count > 1 && !canBeReadInParts {
      throw ValidationError("--jobs goes with one format of examples, such as openai or bedrock")
    }
    if let system, !system.isEmpty, system.unicodeScalars.allSatisfy({ JSONText.isInvisible($0.value) }) {
      throw ValidationError("--system is blank: give it a text, or '' for none")
    }
    try validateOutput()
  }

  private func validateOutput() throws {
    let formats = format?.all ?? []
    for (index, format) in formats.enumerated() {
      guard let first = formats[..<index].first(where: { $0.format.name == format.format.name }) else { continue }
      let names =
        first.name == format.name ? "\(format.name) is named twice" : "\(first.name) and \(format.name) are one"
      throw ValidationError("--format: \(names)")
    }
    if formats.count > 1 && outDir == nil { throw ValidationError("several formats need --out-dir DIR") }
    if outDir != nil && output.output != nil { throw ValidationError("--out-dir and -o exclude each other") }
    if outDir == "" { throw ValidationError("--out-dir needs the name of a folder") }
    if let outDir, FileStatus.isSamePlace(outDir, ".") {
      throw ValidationError("--out-dir \(outDir): a new folder cannot take the place of the current one; name another")
    }
    let hasTraining = formats.contains { !$0.format.isDatabase }
    for (name, format) in formats {
      if format.isSQLite && (output.output ?? "-") == "-" && outDir == nil {
        throw ValidationError("--format sqlite needs -o FILE")
      }
      if !hasTraining && (hasTrainingOptions || system != nil || allowFew || allowMany || preferences != nil) {
        throw ValidationError(
          "--format \(name) takes all records: options about training do not go with it (see fb-filter)")
      }
      if outDir != nil && format.fileName(name) == nil {
        throw ValidationError("--out-dir goes with training formats and databases, and \(name) is neither")
      }
      if manifest != nil && format.training == nil && (outDir == nil || !hasTraining) {
        throw ValidationError("--manifest goes with training formats, which \(name) is not")
      }
    }
    if asOf != nil && !formats.contains(where: \.format.hasCreationTime) {
      throw ValidationError("--as-of goes with json, json-database and sqlite: nothing else says when it was made")
    }
    if spreadsheetSafe && !formats.contains(where: { $0.name == "csv" }) {
      throw ValidationError("--spreadsheet-safe needs --format csv")
    }
    if force && (outDir != nil || !formats.contains(where: \.format.isSQLite)) {
      throw ValidationError("--force needs --format sqlite and -o FILE")
    }
  }

  private var hasTrainingOptions: Bool {
    qualityThreshold != nil || approvedOnly || includeUnrated || history != nil
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    if listFormats { return try list() }
    try requireDistinctFiles()
    if let check { return try checkFiles(check, diagnostics) }
    guard let format else { return }
    switch format.single?.format {
    case .training(let training)? where outDir == nil && manifest == nil && isByItself(training):
      try exportExamples(training, name: format.all[0].name, diagnostics)
    case .json?: try exportExamples(.document, name: "json", diagnostics)
    case .csv? where outDir == nil: try exportRows(diagnostics)
    case .jsonDatabase? where outDir == nil: try exportDocument(diagnostics)
    case .sqlite? where outDir == nil: try exportDatabase(diagnostics)
    default: try exportFiles(diagnostics)
    }
  }

  /// Whether what becomes of a record is known from it alone.
  private func isByItself(_ training: TrainingFormat) -> Bool { training.isStateless && history == nil }

  private var canBeReadInParts: Bool {
    guard let training = format?.single?.format.training else { return false }
    return isByItself(training) && manifest == nil && outDir == nil
  }
}

// MARK: A single database

extension ExportCommand {
  private func exportRows(_ diagnostics: Diagnostics) throws {
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let file = try RowsFile(stream, isSpreadsheetSafe: spreadsheetSafe)
    defer { try? stream.flush() }
    try fill(Databases([("csv", file)]), records, diagnostics) { try stream.finish() }
  }

  private func exportDocument(_ diagnostics: Diagnostics) throws {
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let file = try DocumentFile(stream)
    try fill(Databases([("json-database", file)]), records, diagnostics) { try stream.finish() }
  }

  private func exportDatabase(_ diagnostics: Diagnostics) throws {
    let path = output.output ?? ""
    if let status = FileStatus(path: path) {
      if !status.isRegular { throw CommandError(.cannotCreate, "cannot create \(path): not a plain file") }
      if !force { throw CommandError(.cannotCreate, "\(path) exists (--force replaces it)") }
      if try !SQLiteFile.isDatabase(path) {
        throw CommandError(.cannotCreate, "\(path) is no SQLite database: --force does not replace it")
      }
    }
    try SQLiteFile.requireNoLog(path)
    let records = try input.open(diagnostics, output)
    let file = try AtomicFile(path: path)
    let database = try SQLiteFile(file.temporaryPath, path: path)
    try fill(Databases([("sqlite", database)]), records, diagnostics) {
      try file.open().synchronize()
      try SQLiteFile.requireNoLog(path)
      try file.publish()
    }
  }

  private func fill(
    _ databases: Databases, _ records: RecordInput, _ diagnostics: Diagnostics, publish: () throws -> Void
  ) throws {
    var scanner = LineScanner.records(extra: databases.paths)
    try records.forEach(&scanner) { bytes, scanner, _ in
      try databases.examine(bytes, scanner)
      try databases.take(bytes, scanner)
      return true
    }
    try databases.finish(createdAt: asOf?.moment)
    try publish()
    report(databases.written, records, databases.leftOut, note: databases.notes[0], diagnostics)
  }
}
