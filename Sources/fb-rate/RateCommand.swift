import ArgumentParser
import CommandLineKit

@main
struct RateCommand: Tool {
  static let configuration = CommandConfiguration(
    commandName: "fb-rate",
    abstract: "Record feedback on answers, and join it with the interactions that it is about.",
    discussion: """
      Feedback is kept as a log of events that is only appended to (record) and folded into the interactions when they \
      are to be analysed (join).
      """,
    version: toolVersion,
    subcommands: [JoinCommand.self, RecordCommand.self])

  func run() throws {
    throw ValidationError("Name a subcommand: join or record")
  }
}
