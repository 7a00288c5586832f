import ArgumentParser
import NDJSON
import SystemIO

/// What `main` has to know of the options of a command, or of one of its subcommands, to tell an option given twice from
/// a value that looks like one.
public protocol OptionKinds: ParsableCommand {
  /// The options that take no value, as they are typed.
  static var flags: Set<String> { get }
  /// The options that may be given more than once.
  static var repeatable: Set<String> { get }
}

extension OptionKinds {
  /// Options without a value besides those that every command has.
  public static var flags: Set<String> { [] }

  /// Options that may be given more than once.
  public static var repeatable: Set<String> { [] }
}

/// A command of the project.
///
/// It declares options and says what to do; `main` is here, so that all commands treat closed streams, repeated
/// options, failed writes and exit statuses alike. A command may have subcommands, named by its first argument; they are
/// `OptionKinds` too.
public protocol Tool: OptionKinds {
  /// The command that arguments ask for.
  static func parse(_ arguments: [String]) throws -> any ParsableCommand
}

/// The version of all commands; the head of CHANGELOG.md says the same.
public let toolVersion = "0.1.0"

extension Tool {
  /// The command, or a subcommand of it, with its options.
  public static func parse(_ arguments: [String]) throws -> any ParsableCommand { try parseAsRoot(arguments) }

  /// The name that messages begin with.
  public static var name: String { configuration.commandName ?? "fb" }

  /// Runs the command and ends the process.
  public static func main() {
    StandardStreams.occupyClosed()
    StandardStreams.reportFileSizeLimit()
    // The argument parser's own exit writes the help text first, whatever the status: a fifth of a start.
    StandardStreams.exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Parses the arguments, runs the command and says how it ended, with all messages printed.
  static func run(_ arguments: [String]) -> ExitStatus {
    do {
      // What is no UTF-8 has U+FFFD here, which hardly anybody types.
      if arguments.contains(where: { $0.unicodeScalars.contains("\u{FFFD}") }),
        let number = StandardStreams.firstArgumentOfOtherEncoding()
      {
        throw CommandError.usage("argument \(number) is not UTF-8")
      }
      if let repeated = firstRepeatedOption(arguments) {
        throw CommandError.usage("option \(repeated) is given twice")
      }
      var command = try parse(arguments)
      try command.run()
      return .done
    } catch {
      return report(error)
    }
  }

  private static func report(_ error: any Error) -> ExitStatus {
    switch error {
    case let error as CommandError:
      if !error.message.isEmpty { Diagnostics(name).error(error.message) }
      return error.status
    case let error as RecordError:
      // Readers place the errors of their records; what a command finds later has its place in the record alone.
      Diagnostics(name).error("record, byte \(error.offset + 1): \(error.message) (\(error.reason))")
      return .data
    case let error as SystemError:
      Diagnostics(name).error(error.message)
      return ExitStatus(error)
    default:
      return reportParserError(error)
    }
  }

  /// What the argument parser throws: requests for help, which belong on standard output, and mistakes.
  private static func reportParserError(_ error: any Error) -> ExitStatus {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      do {
        let output = OutputStream.standardOutput()
        try output.write(text + "\n")
        try output.finish()
        return .done
      } catch {
        Diagnostics(name).error(error.message)
        return ExitStatus(error)
      }
    }
    if code == .validationFailure {
      // The parser quotes the command line; line by line, as it has several.
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let printed = lines.map { printable(String($0), lengthMax: 4096) }
      StandardStreams.writeError(printed.joined(separator: "\n") + "\n")
      return .usage
    }
    Diagnostics(name).error("internal error: \(text)")
    return ExitStatus(error)
  }

  /// The command that the options belong to: the subcommand that the first argument names, if one does.
  private static func optionKinds(_ arguments: [String]) -> any OptionKinds.Type {
    for case let subcommand as any OptionKinds.Type in configuration.subcommands
    where subcommand.configuration.commandName == arguments.first {
      return subcommand
    }
    return self
  }

  /// The first option that is given twice though it may be given once.
  static func firstRepeatedOption(_ arguments: [String]) -> String? {
    var seen: Set<String> = []
    let kinds = optionKinds(arguments)
    let repeatable = kinds.repeatable
    let withoutValue = kinds.flags.union(["--help", "-h", "--version", "--verbose"])
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument == "--" { return nil }
      if argument == "-" || !argument.hasPrefix("-") { continue }
      var option = argument
      var hasValue = false
      if let equals = argument.firstIndex(of: "=") {
        option = String(argument[..<equals])
        hasValue = true
      }
      if option == "-o" { option = "--output" }
      if !seen.insert(option).inserted && !repeatable.contains(option) { return option }
      if !withoutValue.contains(option) && !hasValue { index += 1 }
    }
    return nil
  }
}
