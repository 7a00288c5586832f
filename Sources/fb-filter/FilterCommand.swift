import ArgumentParser
import CommandLineKit
import FeedbackCuration
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

@main
struct FilterCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-filter",
    abstract: "Select records of feedback, byte for byte, or turn them into examples to train on.",
    discussion: """
      Reads newline-delimited JSON and writes the records that pass every criterion given, as they came. A record \
      without the field that a criterion looks at does not pass it. With --for sft, writes one example for each record \
      that passes and is fit to train on.
      """,
    version: toolVersion)

  static let flags: Set<String> = ["--approved-only", "--include-unrated", "--invert", "--count", "--line-buffered"]
  static let repeatable: Set<String> = ["--category"]

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
      "Write examples for a use: sft.", valueName: "USE"))
  var use: ExampleUse?
  @Flag(help: "With --for: take answers that nobody rated too.")
  var includeUnrated = false

  @Option(help: Jobs.help)
  var jobs: WholeNumber?
  @Flag(help: "Write each record as soon as it is read.")
  var lineBuffered = false

  func validate() throws {
    _ = try Jobs.count(jobs)
    if includeUnrated && use == nil { throw ValidationError("--include-unrated needs --for") }
    if timeField != nil && windowOptions.window.isUnbounded {
      throw ValidationError("--time-field needs --since, --until or --days-back")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    let selection = try makeSelection()
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    var scanner = LineScanner.records(extra: selection.expression?.extraPaths ?? Route.extraPaths)
    var run = FilterRun(
      selection: selection, limit: limit?.value ?? .max, countsOnly: count,
      router: use.map { _ in makeRouter() })
    stream.flushesLines = lineBuffered
    records.beforeWaiting = { try stream.flush() }
    defer { try? stream.flush() }
    if run.limit > 0 {
      // How many have passed before is known only to who has read all that came before.
      let jobs = limit == nil ? try Jobs.count(jobs) : 1
      try records.forEach(&scanner, jobs: jobs, &run, to: stream)
    }
    if count { try stream.write("\(run.made)\n") }
    try stream.finish()
    report(run, records, diagnostics)
  }

  private func makeSelection() throws -> Selection {
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
        selection.expression = try Expression(parsing: text, beside: Route.extraPaths)
      } catch {
        throw CommandError.usage("--where: \(error.rendered(in: text))")
      }
    }
    return selection
  }

  private func makeRouter() -> ExampleRouter {
    var policy = RoutePolicy()
    if let threshold = qualityThreshold.flatMap({ Quality(millionths: $0.millionths) }) {
      policy.threshold = threshold
    }
    policy.approvedOnly = approvedOnly
    policy.includeUnrated = includeUnrated
    return ExampleRouter(policy)
  }

  /// Says what was left out for a reason that the criteria did not ask for.
  private func report(_ run: FilterRun, _ records: RecordInput, _ diagnostics: Diagnostics) {
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if run.withoutTime > 0 { parts.append("\(run.withoutTime) without a time, outside of the window") }
    if let router = run.router { parts += router.dropped.words }
    if count && run.written > run.made { parts.append("\(run.written - run.made) of other kinds") }
    if parts.isEmpty && !input.verbose { return }
    let left = parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
    let all = counted(records.readCount, "record")
    let done = count ? "\(run.made) of \(all) counted" : "\(run.written) of \(all) written"
    diagnostics.note(done + left)
  }
}

/// What records can be turned into.
enum ExampleUse: String, ExpressibleByArgument {
  /// Supervised fine-tuning: a prompt and the answer to learn.
  case sft
}

extension TimeField: ExpressibleByArgument {}

/// One pass over the records.
private struct FilterRun: RecordPass {
  let selection: Selection
  let limit: Int
  let countsOnly: Bool
  var router: ExampleRouter?
  /// Records that passed, and examples made of them.
  var written = 0
  /// Of these the interactions, or the examples made of interactions: what is counted.
  var made = 0
  var withoutTime = 0

  /// Judges one record and writes it, or what becomes of it; false when the limit is reached.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace,
    to stream: OutputStream
  ) throws -> Bool {
    let isInteraction = try scanner.recordType(bytes) == .interaction
    if isInteraction {
      switch try selection.judge(bytes, scanner) {
      case .drop: return true
      case .dropWithoutTime:
        withoutTime += 1
        return true
      case .pass: break
      }
      if router != nil { return try route(bytes, scanner, to: stream) }
    } else if !selection.letsThrough(bytes, scanner) {
      return true
    }
    written += 1
    if isInteraction { made += 1 }
    if !countsOnly { try stream.writeLine(bytes, place.range) }
    return isBelowLimit
  }

  var empty: FilterRun {
    FilterRun(selection: selection, limit: limit, countsOnly: countsOnly, router: router?.empty)
  }

  mutating func merge(_ later: FilterRun, to output: OutputStream) {
    written += later.written
    made += later.made
    withoutTime += later.withoutTime
    if let dropped = later.router?.dropped { router?.add(dropped) }
  }

  private mutating func route(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to stream: OutputStream
  ) throws -> Bool {
    guard try router?.makeExample(bytes, scanner) == true else { return true }
    written += 1
    made += 1
    if !countsOnly, let line = router?.line { try stream.writeLine(line.span, 0..<line.count) }
    return isBelowLimit
  }

  /// A limit of a count or of examples is one of what is counted; otherwise it is one of all that is written.
  private var isBelowLimit: Bool { (countsOnly || router != nil ? made : written) < limit }
}
