import ArgumentParser
import CommandLineKit
import FeedbackAnalysis
import FeedbackModel
import NDJSON
import SystemIO

@main
struct RecommendCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-recommend",
    abstract: "Say what to do next about the findings of an analysis, and how to see whether it helped.",
    discussion: """
      Reads the metrics, trends and findings that fb-analyze writes and writes recommendations: each with its evidence, a \
      command to begin with and a command that measures again. Of several analyses of one window, the last record of each scope \
      counts. \
      Examples and pairs in the input are counted. With --previous, what was advised before is judged by what the analysis \
      says of the time since.
      """,
    version: toolVersion)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("Write records (ndjson), a report (markdown) or a list (text).", valueName: "FORMAT"))
  var format: AdviceFormat = .ndjson

  @Option(
    help: ArgumentHelp("Judge the recommendations of FILE, which an earlier run wrote.", valueName: "FILE"))
  var previous: String?

  func validate() throws {
    let inputs = input.files.isEmpty ? ["-"] : input.files
    if previous == "-" && inputs.contains("-") {
      throw ValidationError("standard input can be read only once: name a file")
    }
  }

  func run() throws {
    let diagnostics = Diagnostics(Self.name)
    var input = input
    if let previous {
      if input.files.isEmpty {
        try input.requireInput()
        input.files = ["-"]
      }
      input.files.insert(previous, at: 0)
    }
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    var analysis = AnalysisInput()
    var otherType = 0
    var scanner = LineScanner.records(extra: AnalysisInput.extraPaths)
    let earlierCount = previous == nil ? 0 : 1
    try records.forEach(&scanner) { bytes, scanner, place in
      let isEarlier = place.fileIndex < earlierCount
      if try !(isEarlier ? analysis.takeEarlier(bytes, scanner) : analysis.take(bytes, scanner)) { otherType += 1 }
      return true
    }
    let advice = Advice(analysis)
    switch format {
    case .ndjson: for item in advice.all { try stream.write(item.line) }
    case .markdown: try stream.write(advice.markdown)
    case .text: try stream.write(advice.terminalText)
    }
    try stream.finish()
    tell(records, analysis, otherType: otherType, diagnostics)
  }

  /// Says what was left out for a reason that nobody asked for.
  private func tell(
    _ records: RecordInput, _ analysis: AnalysisInput, otherType: Int, _ diagnostics: Diagnostics
  ) {
    let (unjudgeable, other) = (analysis.unjudgeableCount, analysis.otherWindowCount)
    var parts: [String] = []
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if unjudgeable > 0 { parts.append(counted(unjudgeable, "recommendation") + " that cannot be judged") }
    if other > 0 { parts.append("\(other) of another window") }
    if parts.isEmpty && !input.verbose { return }
    let used = records.readCount - records.rejects.count - otherType - unjudgeable - other
    if input.verbose && otherType > 0 { parts.append("\(otherType) of other types") }
    let left = parts.isEmpty ? "" : "; left out: " + parts.joined(separator: ", ")
    diagnostics.note("\(used) of \(counted(records.readCount, "record")) read\(left)")
  }
}

/// What the advice is written as.
enum AdviceFormat: String, ExpressibleByArgument, CaseIterable {
  /// Records, one a line.
  case ndjson
  /// A report.
  case markdown
  /// A list for a terminal.
  case text
}
