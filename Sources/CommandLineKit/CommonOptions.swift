import ArgumentParser
import NDJSON
import SystemIO
import Timestamps

/// Which files a command reads, and what happens to records that are bad.
public struct InputOptions: ParsableArguments {
  /// Files to read.
  @Argument(help: "Files to read; - or none is standard input.")
  public var files: [String] = []

  /// How many bad records a run survives.
  @Option(
    help: ArgumentHelp(
      "Go on after up to N bad records, or P percent of all (default: 0).", valueName: "N|P%"))
  public var maxRejects: RejectBudget?

  /// Where bad records are kept.
  @Option(
    help: ArgumentHelp(
      "Keep each bad record in FILE, with its place and the reason.", valueName: "FILE"))
  public var rejects: String?

  /// The longest line accepted.
  @Option(
    help: ArgumentHelp(
      "Refuse a line of more than BYTES bytes (default: 16777216).", valueName: "BYTES"))
  public var maxLine: WholeNumber?

  /// Whether counts are printed at the end.
  @Flag(help: "Print counts on standard error at the end.")
  public var verbose = false

  /// Makes the options with their defaults.
  public init() {}

  /// Checks what options mean together.
  public func validate() throws {
    if let maxRejects, maxRejects != .count(0), rejects == nil {
      throw ValidationError("--max-rejects needs --rejects FILE, so that nothing is lost")
    }
    if rejects == "-" { throw ValidationError("--rejects needs a file: standard output has the records") }
    if let maxLine, maxLine.value < 2 { throw ValidationError("--max-line is at least 2") }
  }

  /// What is read: the files, or standard input.
  public var paths: [String] { files.isEmpty ? ["-"] : files }

  /// Opens the input of a command.
  ///
  /// Without a file, a terminal is no input.
  public func open(_ diagnostics: Diagnostics, _ output: OutputOptions) throws -> RecordInput {
    try requireInput()
    try SideFile.requireDistinct([SideFile("--rejects", rejects)], inputs: paths, output: output.output)
    let rejects = try Rejects(diagnostics, budget: maxRejects ?? .count(0), path: rejects)
    return RecordInput(
      paths: files, lineLengthMax: lineLengthMax, diagnostics: diagnostics, rejects: rejects)
  }

  /// Refuses to wait for a person to type records.
  public func requireInput() throws {
    if files.isEmpty && StandardStreams.isTerminal(0) {
      throw CommandError.usage("no input: name a file or pipe records in (see --help)")
    }
  }

  /// Refuses a command line by which standard input would be read for two things: the second would find nothing.
  public func requireStandardInputOnce(besides others: [String]) throws(CommandError) {
    let isStandardInput: (String) -> Bool = { $0 == "-" || $0 == "/dev/stdin" }
    let count = others.count(where: isStandardInput)
    if count > 1 || count == 1 && paths.contains(where: isStandardInput) {
      throw .usage("standard input can be read only once: name a file")
    }
  }

  /// The longest line accepted, in bytes.
  public var lineLengthMax: Int { maxLine?.value ?? 16_777_216 }
}

/// Where a command writes.
public struct OutputOptions: ParsableArguments {
  /// The file to write, nil for standard output.
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to FILE, which appears only when it is complete (mode 0600).", valueName: "FILE"))
  public var output: String?

  /// Makes the options with their defaults.
  public init() {}

  /// Opens the output before any input is read, so that a run does not fail at its end.
  public func open() throws(SystemError) -> OutputStream {
    guard let output else { return .standardOutput() }
    return try OutputStream(path: output)
  }
}

/// Which time a command looks at.
public struct WindowOptions: ParsableArguments {
  /// The first moment inside.
  @Option(help: ArgumentHelp("Only records from T on (RFC 3339).", valueName: "T"))
  public var since: MomentArgument?

  /// The first moment after.
  @Option(help: ArgumentHelp("Only records before T.", valueName: "T"))
  public var until: MomentArgument?

  /// Days before `asOf`.
  @Option(
    help: ArgumentHelp(
      "Only records of the N times 24 hours before --as-of.", valueName: "N"))
  public var daysBack: WholeNumber?

  /// The end of the days.
  @Option(
    help: ArgumentHelp(
      "The end of --days-back: a time, or now.", valueName: "T"))
  public var asOf: MomentArgument?

  /// Makes the options with their defaults.
  public init() {}

  /// Checks what options mean together.
  public func validate() throws {
    if asOf != nil && daysBack == nil {
      throw ValidationError("--as-of is the end of --days-back N, which is not given")
    }
    if daysBack != nil && asOf == nil { throw ValidationError("--days-back needs --as-of TIME") }
    if daysBack != nil && (since != nil || until != nil) {
      throw ValidationError("--days-back and --since or --until exclude each other")
    }
    if let daysBack, daysBack.value > 3_652_059 { throw ValidationError("--days-back is too large") }
    if let since, let until, until.moment < since.moment {
      throw ValidationError("--until is before --since")
    }
  }

  /// The window that the options describe.
  public var window: TimeWindow {
    if let daysBack, let asOf { return TimeWindow(daysBack: daysBack.value, asOf: asOf.moment) }
    return TimeWindow(since: since?.moment, until: until?.moment)
  }
}

/// How many threads a command uses, 1 to 256.
public struct JobCount: ExpressibleByArgument, Sendable {
  /// The number of threads.
  public let count: Int

  /// One thread, the default.
  public static let one = JobCount(count: 1)

  /// What the help says of `--jobs`.
  public static let help = ArgumentHelp(
    "Use N threads where a file can be read in parts; the output is the same (default: 1).", valueName: "N")

  private init(count: Int) { self.count = count }

  /// Reads a number.
  public init?(argument: String) {
    guard let number = WholeNumber(argument: argument), (1...256).contains(number.value) else { return nil }
    count = number.value
  }

  /// The number as it is typed.
  public var defaultValueDescription: String { "\(count)" }
}
