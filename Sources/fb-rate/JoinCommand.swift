import ArgumentParser
import CommandLineKit
import FeedbackModel
import NDJSON
import SystemIO

struct JoinCommand: OptionKinds {
  static let configuration = CommandConfiguration(
    commandName: "join",
    abstract: "Fold feedback events into the feedback of their interactions.",
    discussion: """
      Reads interactions, and events from --feedback and among the interactions, in any order. Of each person and field \
      the latest holds, by timestamp, then id. Writes the interactions in the order of the input, of repeated ids only \
      the last; one that gets no event is written byte for byte. Other records pass through in their place.
      """)

  static let repeatable: Set<String> = ["--feedback"]

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Read feedback events from FILE; may be given more than once.", valueName: "FILE"))
  var feedback: [String] = []
  @Option(
    help: ArgumentHelp("Keep the events whose interaction is not there in FILE.", valueName: "FILE"))
  var unmatched: String?

  func validate() throws {
    let inputs = input.files.isEmpty ? ["-"] : input.files
    if (feedback + inputs).count(where: { $0 == "-" }) > 1 {
      throw ValidationError("standard input can be read only once: name a file")
    }
    if let unmatched, unmatched == output.output ?? "-" {
      throw ValidationError("--unmatched and the output are one file")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(RateCommand.name)
    var input = input
    if input.files.isEmpty {
      try input.requireInput()
      input.files = ["-"]
    }
    input.files = feedback + input.files
    try SideFile.requireDistinct(
      [SideFile("--rejects", input.rejects), SideFile("--unmatched", unmatched)], inputs: input.files,
      output: output.output)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let unmatchedStream = try unmatched.map { path throws(SystemError) in try OutputStream(path: path) }
    var run = JoinRun(spool: try SpoolFile(), feedbackFileCount: feedback.count)
    var scanner = LineScanner.records()
    try records.forEach(&scanner) { bytes, scanner, place in
      try run.take(bytes, scanner, place)
      return true
    }
    try run.write(to: stream, lineLengthMax: input.lineLengthMax)
    try stream.finish()
    if let unmatchedStream {
      try run.writeUnmatched(to: unmatchedStream)
      try unmatchedStream.finish()
    }
    report(run, records, diagnostics)
  }

  /// Says what was left out.
  private func report(_ run: JoinRun, _ records: RecordInput, _ diagnostics: Diagnostics) {
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if run.repeatedCount > 0 { parts.append(counted(run.repeatedCount, "repeated id")) }
    if run.unmatchedCount > 0 { parts.append(counted(run.unmatchedCount, "event") + " of unknown interactions") }
    if input.verbose && run.skippedCount > 0 { parts.append("\(run.skippedCount) of other kinds in --feedback") }
    if parts.isEmpty && !input.verbose { return }
    let left = parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
    diagnostics.note(
      "\(run.writtenCount) of \(counted(records.readCount, "record")) written, "
        + "\(counted(run.joinedCount, "event")) joined\(left)")
  }
}
