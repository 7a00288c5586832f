import ArgumentParser
import CommandLineKit
import FeedbackAnalysis
import FeedbackModel
import NDJSON
import SystemIO

@main
struct AnalyzeCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-analyze",
    abstract: "Measure how answers are rated, with honest uncertainty, and find where they are poor.",
    discussion: """
      Reads interactions and writes a metric record for all of them and for each value of the fields of --by, trends by \
      day, and findings: where poor answers are more frequent than elsewhere, by more than chance explains. One pass; \
      memory grows with the number of groups, not with the input.
      """,
    version: toolVersion)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var windowOptions: WindowOptions

  @Option(
    help: ArgumentHelp(
      "Compare the values of these fields, with commas between them: model,metadata.plan (default: category).",
      valueName: "FIELD,..."))
  var by: FieldList?
  @Option(
    help: ArgumentHelp(
      "The time that a window looks at: timestamp, or activity, the later of it and rated_at.",
      valueName: "FIELD"))
  var timeField: TimeField = .timestamp
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
      "Compare with the window of the same length just before (prior); the input holds both.", valueName: "WHAT"))
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

  @Option(help: Jobs.help)
  var jobs: WholeNumber?

  static let flags: Set<String> = ["--strict"]

  func validate() throws {
    _ = try Jobs.count(jobs)
    if compareTo == .prior && windowOptions.window.prior == nil {
      throw ValidationError("--compare-to prior needs both ends of a window: --days-back, or --since and --until")
    }
    if let minPeople, minPeople.value > 1000 { throw ValidationError("--min-people is at most 1000") }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let prior = compareTo == .prior ? windowOptions.window.prior : nil
    var run = AnalyzeRun(analysis: ComparedAnalysis(options, prior: prior))
    var scanner = LineScanner.records(extra: run.analysis.analysis.extraPaths)
    do {
      try records.forEach(&scanner, jobs: try Jobs.count(jobs), &run, to: stream)
    } catch let error as TooManyGroups {
      throw CommandError(
        .data,
        "\(error.field) has more than \(AnalysisOptions.groupsMax) values, too many to compare; "
          + "choose a field with fewer in --by, or select with fb-filter first")
    }
    let report = run.analysis.report
    switch format {
    case .ndjson: try report.forEachRecord { (line: [UInt8]) throws(SystemError) in try stream.write(line) }
    case .text: try stream.write(report.terminalText)
    case .markdown: try stream.write(report.markdown)
    }
    try stream.finish()
    tell(run, records, diagnostics)
  }

  private var options: AnalysisOptions {
    var options = AnalysisOptions()
    if let by { options.fields = by.names }
    options.window = windowOptions.window
    options.timeField = timeField
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
enum Comparison: String, ExpressibleByArgument, CaseIterable {
  /// The window of the same length just before.
  case prior
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
    let groups = names.map { AnalysisOptions.members(of: $0).map { Array($0.utf8) } }
    let hasGap = groups.joined().contains { name in
      name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).contains { $0.isEmpty }
    }
    // A pair in the other order is the same pair, and a field is no pair with itself.
    let sets = Set(groups.map(Set.init))
    if hasGap || sets.count != names.count
      || zip(groups, groups.map(Set.init)).contains(where: { $0.count != $1.count })
    {
      return nil
    }
    if groups.contains(where: { $0.count > 2 }) { return nil }
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

  mutating func merge(_ later: AnalyzeRun, to output: OutputStream) throws {
    try analysis.merge(later.analysis)
    counted += later.counted
    prior += later.prior
    outside += later.outside
    withoutTime += later.withoutTime
    otherType += later.otherType
  }
}
