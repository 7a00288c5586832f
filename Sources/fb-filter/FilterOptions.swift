import ArgumentParser
import CommandLineKit
import FeedbackCuration
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

/// What the command selects, and what it makes of it: a command of its own where there is no curation.
struct FilterOptions: ParsableCommand {
  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var windowOptions: WindowOptions

  @Option(help: ArgumentHelp("At least R stars, 1 to 5.", valueName: "R"))
  var minRating: StarsArgument?
  @Option(help: ArgumentHelp("At most R stars, 1 to 5.", valueName: "R"))
  var maxRating: StarsArgument?
  @Option(
    help: ArgumentHelp(
      "At least quality Q, stars / 5; 0.7 is 3.5 stars.", valueName: "Q"))
  var qualityThreshold: ShareArgument?
  @Flag(help: "Only what a reviewer approved.")
  var approvedOnly = false
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only this category; may be given more than once.", valueName: "C"))
  var category: [String] = []
  @Option(
    help: ArgumentHelp(
      "The time that a window looks at: timestamp, or activity, the later of it and rated_at.",
      valueName: "FIELD"))
  var timeField: TimeField?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only records, of any kind, for which EXPR holds, e.g. 'model == \"m2\" and not exists feedback'.",
      valueName: "EXPR"))
  var `where`: String?
  @Flag(help: "Write the records that do not pass instead.")
  var invert = false
  @Option(help: ArgumentHelp("Stop after N records.", valueName: "N"))
  var limit: WholeNumber?
  @Flag(help: "Write only how many interactions pass, or how many examples they make.")
  var count = false
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Write what is fit for a use: sft, pairs, kto, prompts, review or regression.", valueName: "USE"))
  var use: TrainingUse?
  @Flag(help: "With --for: take answers that nobody rated too.")
  var includeUnrated = false
  @Flag(help: "With --for sft or prompts: leave out answers that others found poor.")
  var agreedOnly = false
  @Option(
    help: ArgumentHelp(
      "With --for: leave out the people who opted out of training in the preferences records of FILE.",
      valueName: "FILE"))
  var preferences: String?

  @Option(help: JobCount.help)
  var jobs = JobCount.one
  @Flag(help: "Write each record as soon as it is read.")
  var lineBuffered = false

  func validate() throws {
    if lineBuffered && jobs.count > 1 { throw ValidationError("--line-buffered and --jobs exclude each other") }
    if includeUnrated && use != .sft && use != .prompts {
      throw ValidationError("--include-unrated needs --for sft or prompts")
    }
    if agreedOnly && use != .sft && use != .prompts {
      throw ValidationError("--agreed-only needs --for sft or prompts, which alone learn what others found poor")
    }
    if agreedOnly && (lineBuffered || jobs.count > 1) {
      throw ValidationError("--agreed-only waits for the last record: --line-buffered and --jobs do not go with it")
    }
    if preferences != nil && use == nil { throw ValidationError("--preferences needs --for") }
    if timeField != nil && windowOptions.window.isUnbounded {
      throw ValidationError("--time-field needs --since, --until or --days-back")
    }
  }

  func run() throws { try run(nil) }

  /// What is read besides the records.
  private var others: [String] { [preferences].compactMap { $0 } }

  /// Does what the options ask for, with a curation or without.
  func run(_ curationOptions: CurationOptions?) throws {
    let diagnostics = Diagnostics(FilterCommand.name)
    let recordPaths = use != nil || curationOptions?.hasStages == true ? Route.pairPaths : Route.extraPaths
    let selection = try makeSelection(recordPaths)
    try input.requireStandardInputOnce(besides: others + (curationOptions?.others ?? []))
    try SideFile.requireDistinct(
      [SideFile("--output", output.output), SideFile("--rejects", input.rejects)], inputs: others, output: nil)
    try curationOptions?.requireDistinctFiles(input, output, others: others)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let files = try curationOptions?.openFiles()
    var scanner = LineScanner.records(extra: selection.expression?.extraPaths ?? recordPaths)
    var run = FilterRun(
      selection: selection, limit: limit?.value ?? .max, countsOnly: count,
      router: try use.map { try makeRouter($0, diagnostics) }, curation: try curationOptions?.curation(diagnostics))
    stream.flushesLines = lineBuffered
    records.beforeWaiting = { try stream.flush() }
    defer { try? stream.flush() }
    var reasons: [CurationReason?] = []
    if let gathering = try makeGathering(run, explanation: curationOptions?.explain) {
      reasons = try gather(&run, gathering, records, &scanner, to: stream)
    } else if run.limit > 0 {
      // How many have passed before is known only to who has read all that came before.
      let jobs = limit == nil ? jobs.count : 1
      try records.forEach(&scanner, jobs: jobs, &run, to: stream)
    }
    if run.fates.total + records.rejects.count != records.readCount && run.limit > 0 {
      throw CommandError(.software, "internal error: \(records.readCount) read, but \(run.fates.total) accounted for")
    }
    if count { try stream.write("\(run.made)\n") }
    try stream.finish()
    try files?.finish(run, reasons, rejectedCount: records.rejects.count)
    report(run, records, diagnostics)
  }

  /// What has to wait for the end of the input, if anything has.
  private func makeGathering(_ run: FilterRun, explanation: String?) throws -> Gathering? {
    let holdsLines = run.curation?.needsAllRecords == true
    let pairs = use?.needsWholeInput == true
    if !holdsLines && !pairs && !agreedOnly && explanation == nil { return nil }
    return try Gathering(
      labelled: pairs ? try LabelledAnswers() : nil, agreed: agreedOnly ? try AgreedAnswers() : nil,
      explanation: try explanation.map { try Explanation(path: $0, waits: holdsLines || pairs || agreedOnly) },
      holdsLines: holdsLines, files: input.files)
  }

  /// Goes over the records where something waits for the last of them, or is told of each.
  private func gather(
    _ run: inout FilterRun, _ gathering: Gathering, _ records: RecordInput, _ scanner: inout LineScanner,
    to stream: OutputStream
  ) throws -> [CurationReason?] {
    if let explanation = gathering.explanation { records.rejects.observer = explanation.addRejected }
    if run.limit > 0 {
      try records.forEach(&scanner) { bytes, scanner, place in
        try run.take(bytes, scanner, place, to: stream, gathering)
      }
    }
    return try run.finish(gathering, to: stream)
  }

  /// `paths` are those of the members that are looked at besides those of an interaction.
  private func makeSelection(_ paths: [[String]]) throws -> Selection {
    var selection = Selection()
    selection.ratingMin = minRating?.millionths
    selection.ratingMax = maxRating?.millionths
    if use == nil {
      selection.quality = qualityThreshold.flatMap { Quality(millionths: $0.millionths) }
      selection.approvedOnly = approvedOnly
    }
    selection.categories = category.map { Array($0.utf8) }
    selection.window = windowOptions.window
    selection.timeField = timeField ?? .timestamp
    selection.isInverted = invert
    if let text = self.where {
      do {
        selection.expression = try Expression(parsing: text, beside: paths)
      } catch {
        throw CommandError.usage("--where: \(error.rendered(in: text))")
      }
    }
    return selection
  }

  private func makeRouter(_ use: TrainingUse, _ diagnostics: Diagnostics) throws -> ExampleRouter {
    var policy = RoutePolicy(
      qualityMillionths: qualityThreshold?.millionths, approvedOnly: approvedOnly, includeUnrated: includeUnrated)
    if let preferences {
      var scanner = LineScanner.records(extra: OptedOutPeople.extraPaths)
      try RecordInput.readAll(preferences, diagnostics, &scanner) { try policy.optedOut.take($0, $1) }
    }
    return ExampleRouter(policy, for: use)
  }

  /// Says what was left out for a reason that the criteria did not ask for.
  private func report(_ run: FilterRun, _ records: RecordInput, _ diagnostics: Diagnostics) {
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    let withoutTime = run.fates[.withoutTime]
    if withoutTime > 0 { parts.append("\(withoutTime) without a time, outside of the window") }
    if let router = run.router { parts += router.dropped.words }
    // Without a curation, too, records may be over the limit: those that waited for the last one.
    for reason in CurationReason.allCases where run.fates[.curated(reason)] > 0 {
      parts.append("\(run.fates[.curated(reason)]) \(reason.words)")
    }
    let others = run.written - run.made
    if count && others > 0 { parts.append("\(others) of other kinds") }
    if parts.isEmpty && !input.verbose { return }
    let left = parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
    let all = counted(records.readCount, "record")
    let shown = count ? run.made : run.written
    let verb = count ? "counted" : "written"
    // A pair may be of two records, and a record in several pairs: records are counted, so that the numbers add up.
    let done =
      use == .pairs
      ? "\(run.fates[.written] + run.fates[.redacted]) of \(all) \(verb) (\(counted(shown, "pair")))"
      : "\(shown) of \(all) \(verb)"
    if input.verbose {
      for row in run.fates.rows { diagnostics.note("  \(row.count) \(row.fate): \(row.reason)") }
      if records.rejects.count > 0 { diagnostics.note("  \(records.rejects.count) rejected") }
    }
    diagnostics.note(done + left)
  }
}

extension TimeField: ExpressibleByArgument {}

extension TrainingUse: ExpressibleByArgument {}
