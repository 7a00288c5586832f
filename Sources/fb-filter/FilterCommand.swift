import ArgumentParser
import CommandLineKit

@main
struct FilterCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-filter",
    abstract: "Select records of feedback, byte for byte, or decide what they are good for.",
    discussion: """
      Reads newline-delimited JSON and writes the records that pass every criterion given, as they came. A record \
      without the field that a criterion looks at does not pass it. With --for, writes what the records that pass are \
      good for: examples and pairs to train on, or poor answers to look at.
      """,
    version: toolVersion)

  static let flags: Set<String> = [
    "--approved-only", "--include-unrated", "--agreed-only", "--invert", "--count", "--line-buffered",
  ]
  static let repeatable: Set<String> = ["--category", "--contamination"]

  @OptionGroup var options: FilterOptions
  @OptionGroup var curation: CurationOptions

  /// Each option costs two hundredths of a start, and most runs have none of a curation.
  static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    if let command = try? FilterOptions.parseAsRoot(arguments) { return command }
    return try parseAsRoot(arguments)
  }

  func validate() throws {
    if options.count && curation.state != nil {
      throw ValidationError("--state keeps what was written, and --count writes nothing")
    }
  }

  func run() throws { try options.run(curation) }
}
