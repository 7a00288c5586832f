import ArgumentParser
import CommandLineKit
import DelimitedText
import FeedbackImport
import FeedbackStore
import NDJSON
import SystemIO

@main
struct IngestCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-ingest",
    abstract: "Get interactions and feedback in, from logs, exports, CSV and databases.",
    discussion: """
      Writes one interaction or feedback event a line, with an identity, a category, times in UTC and the feedback in one \
      place. The format of each file is told from its content. Formats: ndjson, json, csv, database (SQLite), \
      chat (conversations), seed (a JSON list or database of prompts).
      """,
    version: toolVersion)

  static let flags: Set<String> = ["--line-buffered"]
  static let repeatable: Set<String> = ["--map"]

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "What the files hold: auto, ndjson, json, csv, chat, seed, database (default: auto).", valueName: "FORMAT"))
  var from: SourceName = .auto
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Where a foreign source keeps a field, e.g. user_prompt=input.text or ai_response=choices.0.message.content; may be given more than once.",
      valueName: "FIELD=PATH"))
  var map: [String] = []
  @Flag(help: "Write each record as soon as it is read.")
  var lineBuffered = false

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    var fields = FieldMap()
    for text in map {
      if let fault = fields.add(text) { throw CommandError.usage("--map: \(fault)") }
    }
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    stream.flushesLines = lineBuffered
    records.beforeWaiting = { try stream.flush() }
    defer { try? stream.flush() }
    var run = IngestRun(source: from, map: fields, records: records, stream: stream)
    try records.forEachFile { path in try run.read(path) }
    try records.finish()
    try stream.finish()
    if records.rejects.count > 0 || input.verbose {
      let left = records.rejects.count > 0 ? "; left out: \(records.rejects.count) bad" : ""
      diagnostics.note("\(run.written) of \(counted(records.readCount, "record")) written\(left)")
    }
  }
}

/// What `--from` says.
enum SourceName: String, ExpressibleByArgument, CaseIterable {
  case auto, ndjson, json, csv, chat, seed, database

  /// The format that the name settles; nil where the content has to tell.
  var format: SourceFormat? {
    switch self {
    case .auto, .chat, .seed: nil
    case .ndjson: .ndjson
    case .json: .json
    case .csv: .csv
    case .database: .database
    }
  }

  /// The shape of the records.
  var shape: RecordShape {
    switch self {
    case .chat: .conversation
    case .seed: .interaction
    default: .any
    }
  }
}
