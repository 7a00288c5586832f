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
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The zone of days and weeks: Z, +HH:MM or -HH:MM (default: Z).", valueName: "ZONE"))
  var tz: ZoneArgument?
  @Option(
    help: ArgumentHelp(
      "Compare with the window of the same length just before (prior), which the input then holds too, or with states.",
      valueName: "prior|STATEFILE"))
  var compareTo: Comparison?
  @Option(
    help: ArgumentHelp(
      "Of what is flagged, at most so much may be chance (default: 0.10).", valueName: "SHARE"))
  var fdr: ShareArgument?
  @Flag(help: "Correct for tests that depend on each other in any way.")
  var strict = false
  @Option(
    help: ArgumentHelp("Write records (ndjson), or a report (text or markdown).", valueName: "FORMAT"))
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

  static let flags: Set<String> = ["--partial", "--merge", "--strict"]

  func validate() throws {
    if let minPeople, minPeople.value > AnalysisOptions.peopleMost {
      throw ValidationError("--min-people is at most \(AnalysisOptions.peopleMost)")
    }
    if merge && (by != nil || asked != nil || timeField != nil || tz != nil || !windowOptions.window.isUnbounded) {
      throw ValidationError(
        "with --merge, --by, --asked, --time-field, --tz and windows are those that the states were made with")
    }
    if asked == "-" { throw ValidationError("--asked needs a file: standard input may have the records") }
    if partial && (format != .ndjson || targetPoor != nil || minRatings != nil) {
      throw ValidationError("--partial reports nothing: give --format, --target-poor and --min-ratings to --merge")
    }
    if partial && (compareTo != nil || fdr != nil || strict) {
      throw ValidationError("--partial reports nothing: give --compare-to, --fdr and --strict to --merge")
    }
    if compareTo == .prior && windowOptions.window.prior == nil {
      throw ValidationError("--compare-to prior needs both ends of a window: --days-back, or --since and --until")
    }
    if compareTo == .states("-") { throw ValidationError("--compare-to needs a file of states, or prior") }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let analysis: ComparedAnalysis
    let run: AnalyzeRun
    let earlier: Analysis?
    do {
      earlier = try baseline(diagnostics)
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
      try analysis.analysis.forEachState(write)
    } else {
      let report = AnalysisReport(analysis.analysis, baseline: earlier ?? analysis.prior)
      switch format {
      case .ndjson: try report.forEachRecord(write)
      case .text: try stream.write(report.terminalText)
      case .markdown: try stream.write(report.markdown)
      }
    }
    try stream.finish()
    tell(run, records, diagnostics)
  }

  private func countRecords(
    _ records: RecordInput, _ diagnostics: Diagnostics, to stream: OutputStream
  ) throws -> (ComparedAnalysis, AnalyzeRun) {
    let asks = try asked.map { try readAsks($0, diagnostics) }
    let prior = compareTo == .prior ? windowOptions.window.prior : nil
    var run = AnalyzeRun(analysis: ComparedAnalysis(options, asks: asks, prior: prior))
    var scanner = LineScanner.records(extra: run.analysis.analysis.extraPaths)
    try records.forEach(&scanner, jobs: jobs.count, &run, to: stream)
    return (run.analysis, run)
  }

  private func readAsks(_ path: String, _ diagnostics: Diagnostics) throws -> AskTable {
    var asks = AskTable()
    var others = 0
    let records = RecordInput(
      paths: [path], lineLengthMax: input.lineLengthMax, diagnostics: diagnostics,
      rejects: try Rejects(diagnostics, budget: .count(0), path: nil))
    var scanner = LineScanner.records(extra: AskTable.extraPaths)
    try records.forEach(&scanner) { bytes, scanner, _ in
      if !(try asks.take(bytes, scanner)) { others += 1 }
      return true
    }
    // An empty log is one in which nobody was asked yet; other records alone are likely the wrong file.
    if asks.count == 0 && others > 0 {
      diagnostics.note("--asked \(path): no ask record among \(counted(others, "record")): nothing is weighed")
    }
    return asks
  }

  /// The earlier window of a file of states; nil where none is named.
  private func baseline(_ diagnostics: Diagnostics) throws -> Analysis? {
    guard case .states(let path) = compareTo else { return nil }
    let records = RecordInput(
      paths: [path], lineLengthMax: input.lineLengthMax, diagnostics: diagnostics,
      rejects: try Rejects(diagnostics, budget: .count(0), path: nil))
    let earlier = try mergeStates(records).0.analysis
    let asked = options
    func refuse(_ why: String) -> CommandError { CommandError(.data, "--compare-to \(path): \(why)") }
    if earlier.options.fields != asked.fields || earlier.options.timeField != asked.timeField
      || earlier.options.zone != asked.zone
    {
      throw refuse("its states were made with another --by, --time-field or --tz")
    }
    if let end = earlier.windowEnd, let begin = asked.window.since, end > begin {
      throw refuse("its window does not end before the other one begins")
    }
    return earlier
  }

  private func mergeStates(_ records: RecordInput) throws -> (ComparedAnalysis, AnalyzeRun) {
    var states = StateMerge(options, peopleMin: minPeople?.value)
    var run = AnalyzeRun(analysis: ComparedAnalysis(options))
    var scanner = LineScanner.records(extra: StateMerge.extraPaths)
    try records.forEach(&scanner) { bytes, scanner, _ in
      if try states.take(bytes, scanner) { run.counted += 1 } else { run.otherType += 1 }
      return true
    }
    if run.counted == 0 && run.otherType > 0 {
      throw CommandError(.data, "no states in the input: --merge reads what --partial writes")
    }
    run.uncovered = states.uncovered
    return (ComparedAnalysis(try states.merged()), run)
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
    if let tz { options.zone = tz.zone }
    if let fdr { options.fdrMillionths = fdr.millionths }
    options.isStrict = strict
    return options
  }

  /// Says what was left out for a reason that nobody asked for.
  private func tell(_ run: AnalyzeRun, _ records: RecordInput, _ diagnostics: Diagnostics) {
    let gaps = run.uncovered.prefix(3).map { "\($0.from?.text ?? "") to \($0.to?.text ?? "")" }
    if !gaps.isEmpty {
      let more = run.uncovered.count > gaps.count ? " and more" : ""
      diagnostics.note("the states tell nothing of \(gaps.joined(separator: ", "))\(more)")
    }
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if run.withoutTime > 0 { parts.append("\(run.withoutTime) without a time, outside of the window") }
    if parts.isEmpty && !input.verbose { return }
    if input.verbose && run.prior > 0 { parts.append("\(run.prior) in the window before") }
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
  /// The same in Markdown.
  case markdown
}

/// What the window is compared with.
enum Comparison: ExpressibleByArgument, Equatable {
  /// The window of the same length just before.
  case prior
  /// What a file of states counted.
  case states(String)

  init?(argument: String) {
    if argument.isEmpty { return nil }
    self = argument == "prior" ? .prior : .states(argument)
  }
}

/// A zone: `Z` or `±HH:MM`.
struct ZoneArgument: ExpressibleByArgument {
  let zone: ZoneOffset

  init?(argument: String) {
    guard let zone = ZoneOffset(argument) else { return nil }
    self.zone = zone
  }
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
  var analysis: ComparedAnalysis
  var counted = 0
  var prior = 0
  var outside = 0
  var withoutTime = 0
  var otherType = 0
  /// Times between windows of states of which none tells.
  var uncovered: [WindowSpan] = []

  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to output: OutputStream
  ) throws -> Bool {
    switch try analysis.take(bytes, scanner) {
    case .prior: prior += 1
    case .of(.counted): counted += 1
    case .of(.outside): outside += 1
    case .of(.withoutTime): withoutTime += 1
    case .of(.otherType): otherType += 1
    }
    return true
  }

  var empty: AnalyzeRun { AnalyzeRun(analysis: analysis.empty) }

  func accepts(_ later: AnalyzeRun) -> Bool { analysis.accepts(later.analysis) }

  mutating func merge(_ later: AnalyzeRun) throws {
    try analysis.merge(later.analysis)
    counted += later.counted
    prior += later.prior
    outside += later.outside
    withoutTime += later.withoutTime
    otherType += later.otherType
  }
}
