import ArgumentParser
import CommandLineKit
import FeedbackAnalysis
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

@main
struct AnalyzeCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-analyze",
    abstract: "Measure how answers are rated, with honest uncertainty, and find where they are poor.",
    discussion: """
      Reads interactions and writes a metric record for all of them and for each value of the fields of --by, trends by \
      day, and findings: where poor answers are more frequent than elsewhere, by more than chance explains. One pass; \
      memory grows with the number of groups, not with the input. --partial writes what was counted of a part of the \
      data, and --merge makes the same of all parts as one pass over all of it would.
      """,
    version: toolVersion)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var windowOptions: WindowOptions

  @Option(
    help: ArgumentHelp(
      "Compare the values of these fields, with commas between them, or of pairs: model,category+model (default: category).",
      valueName: "FIELD,..."))
  var by: FieldList?
  @Option(
    help: ArgumentHelp(
      "The time that a window looks at: timestamp (the default), or activity, the later of it and rated_at.",
      valueName: "FIELD"))
  var timeField: TimeField?
  @Option(
    help: ArgumentHelp(
      "The share of poor answers that is still good enough (default: 0.15).", valueName: "SHARE"))
  var targetPoor: ShareArgument?
  @Option(
    help: ArgumentHelp(
      "Say nothing about a group with fewer than N ratings (default: 30).", valueName: "N"))
  var minRatings: WholeNumber?
  @Option(
    help: ArgumentHelp(
      "Say nothing about a group that fewer than N people rated, at most 1000 (default: 10).", valueName: "N"))
  var minPeople: WholeNumber?
  @Option(help: ArgumentHelp("Write records (ndjson) or a report (text).", valueName: "FORMAT"))
  var format: AnalysisFormat = .ndjson

  @Flag(help: "Write states: what was counted, to be added up by --merge.")
  var partial = false
  @Flag(help: "Read states instead of interactions, and add them up.")
  var merge = false
  @Option(
    help: ArgumentHelp(
      "Ask records: weigh ratings by how likely people were to be asked for them.", valueName: "FILE"))
  var asked: String?

  @Option(help: JobCount.help)
  var jobs = JobCount.one

  static let flags: Set<String> = ["--partial", "--merge"]

  func validate() throws {
    if let minPeople, minPeople.value > AnalysisOptions.peopleMost {
      throw ValidationError("--min-people is at most \(AnalysisOptions.peopleMost)")
    }
    if merge && (by != nil || asked != nil || timeField != nil || !windowOptions.window.isUnbounded) {
      throw ValidationError(
        "with --merge, --by, --asked, --time-field and windows are those that the states were made with")
    }
    if asked == "-" { throw ValidationError("--asked needs a file: standard input may have the records") }
    if partial && (format != .ndjson || targetPoor != nil || minRatings != nil) {
      throw ValidationError("--partial reports nothing: give --format, --target-poor and --min-ratings to --merge")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let analysis: Analysis
    let run: AnalyzeRun
    do {
      (analysis, run) = try merge ? mergeStates(records) : countRecords(records, diagnostics, to: stream)
    } catch let error as TooManyGroups {
      throw CommandError(
        .data,
        "\(error.field) has more than \(AnalysisOptions.groupsMax) values, too many to compare; "
          + "choose a field with fewer in --by, or select with fb-filter first")
    } catch let error as StateMerge.Incomplete {
      throw CommandError(.data, error.message)
    }
    func write(_ line: [UInt8]) throws(SystemError) { try stream.write(line) }
    if partial {
      try analysis.forEachState(write)
    } else {
      let report = AnalysisReport(analysis)
      switch format {
      case .ndjson: try report.forEachRecord(write)
      case .text: try stream.write(report.terminalText)
      }
    }
    try stream.finish()
    tell(run, records, diagnostics)
  }

  private func countRecords(
    _ records: RecordInput, _ diagnostics: Diagnostics, to stream: OutputStream
  ) throws -> (Analysis, AnalyzeRun) {
    let asks = try asked.map { try readAsks($0, diagnostics) }
    var run = AnalyzeRun(analysis: Analysis(options, asks: asks))
    var scanner = LineScanner.records(extra: run.analysis.extraPaths)
    try records.forEach(&scanner, jobs: jobs.count, &run, to: stream)
    return (run.analysis, run)
  }

  private func readAsks(_ path: String, _ diagnostics: Diagnostics) throws -> AskTable {
    var asks = AskTable()
    let records = RecordInput(
      paths: [path], lineLengthMax: input.lineLengthMax, diagnostics: diagnostics,
      rejects: try Rejects(diagnostics, budget: .count(0), path: nil))
    var scanner = LineScanner.records(extra: AskTable.extraPaths)
    try records.forEach(&scanner) { bytes, scanner, _ in
      _ = try asks.take(bytes, scanner)
      return true
    }
    return asks
  }

  private func mergeStates(_ records: RecordInput) throws -> (Analysis, AnalyzeRun) {
    var states = StateMerge(options, peopleMin: minPeople?.value)
    var run = AnalyzeRun(analysis: Analysis(options))
    var scanner = LineScanner.records(extra: StateMerge.extraPaths)
    try records.forEach(&scanner) { bytes, scanner, _ in
      if try states.take(bytes, scanner) { run.counted += 1 } else { run.otherType += 1 }
      return true
    }
    if run.counted == 0 && run.otherType > 0 {
      throw CommandError(.data, "no states in the input: --merge reads what --partial writes")
    }
    return (try states.merged(), run)
  }

  private var options: AnalysisOptions {
    var options = AnalysisOptions()
    if let by { options.fields = by.names }
    options.window = windowOptions.window
    if let timeField { options.timeField = timeField }
    options.isAskedKnown = asked != nil
    if let targetPoor { options.targetPoorMillionths = targetPoor.millionths }
    if let minRatings { options.ratingsMin = minRatings.value }
    if let minPeople { options.peopleMin = minPeople.value }
    return options
  }

  /// Says what was left out for a reason that nobody asked for.
  private func tell(_ run: AnalyzeRun, _ records: RecordInput, _ diagnostics: Diagnostics) {
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if run.withoutTime > 0 { parts.append("\(run.withoutTime) without a time, outside of the window") }
    if parts.isEmpty && !input.verbose { return }
    if input.verbose && run.outside > 0 { parts.append("\(run.outside) outside of the window") }
    if input.verbose && run.otherType > 0 { parts.append("\(run.otherType) of other types") }
    let left = parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
    diagnostics.note("\(run.counted) of \(counted(records.readCount, "record")) counted\(left)")
  }
}

/// What the analysis is written as.
enum AnalysisFormat: String, ExpressibleByArgument, CaseIterable {
  /// Records, one a line.
  case ndjson
  /// A report for a terminal.
  case text
}

extension TimeField: ExpressibleByArgument {}

/// Names of fields with commas between them, dotted, or pairs of two with a plus between them; each once.
struct FieldList: ExpressibleByArgument {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if !AnalysisOptions.areFields(names) { return nil }
  }
}

/// One pass over the records.
private struct AnalyzeRun: RecordPass {
  var analysis: Analysis
  var counted = 0
  var outside = 0
  var withoutTime = 0
  var otherType = 0

  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to output: OutputStream
  ) throws -> Bool {
    switch try analysis.take(bytes, scanner) {
    case .counted: counted += 1
    case .outside: outside += 1
    case .withoutTime: withoutTime += 1
    case .otherType: otherType += 1
    }
    return true
  }

  var empty: AnalyzeRun { AnalyzeRun(analysis: analysis.empty) }

  func accepts(_ later: AnalyzeRun) -> Bool { analysis.accepts(later.analysis) }

  mutating func merge(_ later: AnalyzeRun) throws {
    try analysis.merge(later.analysis)
    counted += later.counted
    outside += later.outside
    withoutTime += later.withoutTime
    otherType += later.otherType
  }
}
