import Foundation
import TestSupport
import Testing

/// What every command promises, whatever it does, tried on the built executables.
@Suite struct PromiseTests {
  /// A command line of each tool that reads records from standard input and writes to standard output.
  static let filters: [(tool: String, line: String)] = [
    ("fb-ingest", "fb-ingest"), ("fb-rate", "fb-rate join"), ("fb-analyze", "fb-analyze"),
    ("fb-filter", "fb-filter"), ("fb-export", "fb-export --format openai --allow-few"),
    ("fb-recommend", "fb-recommend"),
  ]
  static let lines = filters.map(\.line)

  static let record =
    #"{"id":"a1","timestamp":"2024-10-01T10:00:00Z","user_id":"u1","user_prompt":"What is due?","#
    + #""ai_response":"Nothing is due.","category":"billing","response_time_ms":120,"#
    + #""feedback":{"user_rating":5}}"# + "\n"

  /// Input that the command accepts: for fb-recommend, what fb-analyze makes of it.
  static func input(_ line: String, copies: Int = 1) throws -> Data {
    var text = ""
    for index in 0..<copies {
      text += record.replacingOccurrences(of: "\"a1\"", with: "\"a\(index)\"")
    }
    if !line.hasPrefix("fb-recommend") { return Data(text.utf8) }
    let metrics = try shell("fb-analyze", input: Data(text.utf8)).output
    return (0..<max(1, copies / 4)).reduce(into: Data()) { data, _ in data += metrics }
  }

  @Test(arguments: toolNames)
  func helpAndVersionAreWordsOnStandardOutput(tool: String) throws {
    for option in ["--help", "-h", "--version"] {
      let outcome = try shell("\(tool) \(option)")
      #expect(outcome.status == 0 && !outcome.output.isEmpty && outcome.errors.isEmpty)
      #expect(try shell("\(tool) \(option) >/dev/full").status == 74)
    }
    #expect(try shell("\(tool) --version").text == "0.1.0\n")
  }

  @Test(arguments: lines)
  func anUnknownOptionIsNamed(line: String) throws {
    let outcome = try shell("\(line) --no-such-option")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errorText.contains("--no-such-option"))
  }

  @Test(arguments: lines)
  func successIsSilentAndEmptyInputIsNoError(line: String) throws {
    let outcome = try shell(line, input: try Self.input(line))
    #expect(outcome.status == 0 && outcome.errors.isEmpty && !outcome.output.isEmpty, "\(outcome.errorText)")
    let empty = try shell(line)
    #expect(empty.status == 0, "\(empty.errorText)")
  }

  @Test(arguments: lines)
  func operandsStandardInputAndDashesAreTheSame(line: String) throws {
    let folder = try TemporaryFolder()
    let input = try Self.input(line)
    try input.write(to: folder.url.appendingPathComponent("-x.ndjson"))
    let piped = try shell(line, input: input)
    #expect(try shell("\(line) -", input: input).output == piped.output)
    #expect(try shell("\(line) -- -x.ndjson", in: folder.url).output == piped.output)
  }

  @Test(arguments: lines)
  func localeAndZoneChangeNothing(line: String) throws {
    let input = try Self.input(line)
    let plain = try shell(line, input: input)
    for (name, value) in [("LC_ALL", "de_DE.UTF-8"), ("TZ", "Pacific/Auckland")] {
      #expect(try shell(line, input: input, environment: [name: value]).output == plain.output)
    }
  }

  @Test(arguments: lines)
  func aFailedWriteFailsTheCommand(line: String) throws {
    let input = try Self.input(line)
    let full = try shell("\(line) >/dev/full", input: input)
    #expect(full.status == 74 && full.errorText.contains("No space left on device"))
    let closed = try shell("\(line) >&-", input: input)
    #expect(closed.status == 74, "\(closed.errorText)")
    let folder = try TemporaryFolder()
    let guarded = try shell("exec 3>keep; \(line) >&-; exec 3>&-; cat keep", input: input, in: folder.url)
    #expect(guarded.output.isEmpty)
  }

  @Test(arguments: lines)
  func aClosedStandardInputIsNoInput(line: String) throws {
    #expect([66, 74].contains(try shell("\(line) <&-").status))
  }

  @Test(arguments: lines)
  func aReaderThatLeavesEndsTheCommand(line: String) throws {
    let input = try Self.input(line, copies: 20_000)
    let quiet = try shell("set -o pipefail; \(line) | :", input: input)
    #expect(quiet.errors.isEmpty && [0, 141].contains(quiet.status), "\(quiet.errorText)")
    let ignored = try shell("trap '' PIPE; set -o pipefail; \(line) | true", input: input)
    // A command that writes little may be done before the reader leaves.
    #expect([0, 74].contains(ignored.status))
    if ignored.status == 74 { #expect(ignored.errorText.contains("Broken pipe")) }
  }

  @Test(arguments: lines)
  func missingAndUnreadableInputsAreTold(line: String) throws {
    let folder = try TemporaryFolder()
    let missing = try shell("\(line) nowhere.ndjson", in: folder.url)
    #expect(missing.status == 66 && missing.errorText.contains("nowhere.ndjson"))
    #expect(try shell("\(line) .", in: folder.url).status == 66)
    try folder.write("secret.ndjson", Self.record)
    let locked = try shell(
      "chmod 000 secret.ndjson; run=(); [ \"$(id -u)\" -ne 0 ] || { chmod 755 .; run=(setpriv --reuid=65534 --clear-groups); }; \"${run[@]}\" \"$(command -v \(line.split(separator: " ")[0]))\" \(line.split(separator: " ").dropFirst().joined(separator: " ")) secret.ndjson",
      in: folder.url)
    #expect(locked.status == 77, "\(locked.errorText)")
  }

  @Test(arguments: lines)
  func outputFilesAppearWholePrivateOrNotAtAll(line: String) throws {
    let folder = try TemporaryFolder()
    let input = try Self.input(line)
    let plain = try shell(line, input: input)
    let made = try shell("umask 000; \(line) -o out && stat -c %a out && ls -A", input: input, in: folder.url)
    #expect(made.text == "600\nout\n")
    #expect(try folder.read("out") == plain.text)
    try folder.write("out", "old")
    let failed = try shell("\(line) -o out; echo $?; ls -A", input: Data("{\"a\":\n".utf8), in: folder.url)
    #expect(failed.text == "65\nout\n", "\(failed.errorText)")
    #expect(try folder.read("out") == "old")
    #expect(try shell("\(line) -o no/such/folder/out", input: input, in: folder.url).status == 73)
    #expect(try shell("\(line) -o .", input: input, in: folder.url).status == 73)
    try input.write(to: folder.url.appendingPathComponent("same"))
    // A training file is no record: it never takes the place of its input, which others may replace when they are complete.
    let isRefused = line.hasPrefix("fb-export")
    #expect(try shell("\(line) same -o same", in: folder.url).status == (isRefused ? 64 : 0))
    #expect(try folder.read("same") == (isRefused ? String(decoding: input, as: UTF8.self) : plain.text))
    #expect(try shell("\(line) -o /dev/full", input: input).status == 74)
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test(arguments: lines)
  func aSignalLeavesNothingBehind(line: String) throws {
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
      let folder = try TemporaryFolder()
      // A shell that runs a command in the background makes it ignore SIGINT; `env` undoes that.
      let outcome = try shell(
        """
        mkfifo pipe; exec 9<>pipe
        env --default-signal=INT \(line) -o out --max-rejects 1 --rejects r pipe & command=$!
        for i in $(seq 40); do [ "$(find . -name '.*.*' -type f | wc -l)" -ge 2 ] && break; sleep 0.05; done
        kill -\(signal) $command; wait $command; echo $?; ls -A
        """, in: folder.url)
      #expect(outcome.text == "\(status)\npipe\n", "\(outcome.errorText)")
    }
  }

  @Test(arguments: lines)
  func aFileOfRejectsIsNeverOneThatIsReadOrWritten(line: String) throws {
    let folder = try TemporaryFolder()
    let input = try Self.input(line)
    try input.write(to: folder.url.appendingPathComponent("in"))
    for command in [
      "\(line) --rejects in in", "\(line) --rejects ./in in", "ln in hard; \(line) --rejects hard in",
      "\(line) --rejects out -o out in", "\(line) --rejects out -o ./out in",
    ] {
      let outcome = try shell(command, in: folder.url)
      #expect(outcome.status == 64 && outcome.errorText.contains("--rejects"), "\(command): \(outcome.errorText)")
      #expect(try folder.read("in") == String(decoding: input, as: UTF8.self))
    }
  }

  @Test(arguments: lines)
  func theLimitOnFileSizesIsAFailedWrite(line: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      "ulimit -f 0; \(line) -o out; s=$?; exit $s", input: try Self.input(line), in: folder.url)
    #expect(outcome.status == 74, "\(outcome.status)")
    #expect(try shell("ls -A", in: folder.url).text.isEmpty)
  }

  @Test(arguments: lines)
  func numbersAreSpelledPlainly(line: String) throws {
    for value in ["nan", "inf", "0x10", "1e400", "-1", "1,5", "--", ""] {
      let outcome = try shell("\(line) --max-line='\(value)'")
      #expect(outcome.status == 64, "\(value)")
    }
  }

  @Test(arguments: lines)
  func aBadRecordIsPlacedAndBudgeted(line: String) throws {
    let good = String(decoding: try Self.input(line), as: UTF8.self)
    let folder = try TemporaryFolder()
    let bad = #"{"id":"b","user_prompt":"q\q"}"#
    for (name, text, place) in [
      ("first", bad + "\n" + good, "first:1:27:"), ("second", "\r\n\u{20}\n" + bad + "\n" + good, "second:3:27:"),
      ("last", good + bad, "last:\(good.split(separator: "\n").count + 1):27:"),
      ("marked", "\u{FEFF}" + bad + "\n", "marked:1:27:"),
    ] {
      try folder.write(name, text)
      let outcome = try shell("\(line) \(name)", in: folder.url)
      #expect(outcome.status == 65)
      #expect(outcome.errorText.contains(": \(place) bad escape in string (syntax)\n"), "\(outcome.errorText)")
      #expect(!outcome.errorText.contains("q\\q"))
      #expect(try shell("\(line) --max-rejects 1 \(name)", in: folder.url).status == 64)
      let within = try shell("\(line) --max-rejects 1 --rejects r \(name)", in: folder.url)
      #expect(within.status == 0, "\(within.errorText)")
      let raw = try shell("jq -r '.raw_b64' r | base64 -d; stat -c %a r", in: folder.url)
      #expect(raw.text == bad + "600\n")
    }
    try folder.write("good", good)
    let second = try shell("\(line) good last", in: folder.url)
    #expect(second.status == 65 && second.errorText.contains(": last:"))
  }

  /// An argument in another encoding would be read as another text.
  @Test(arguments: lines)
  func argumentsAreUTF8(line: String) throws {
    let tool = String(line.split(separator: " ")[0])
    for (argument, number) in [(#"$'caf\xe9'"#, 1), (#"$'--output=\xff'"#, 1), (#"-- '\#u{FFFD}' $'\xed\xa0\x80'"#, 3)]
    {
      let outcome = try shell("\(tool) \(argument)")
      #expect(outcome.status == 64 && outcome.text.isEmpty, "\(argument): \(outcome.errorText)")
      #expect(outcome.errorText.hasSuffix(": argument \(number) is not UTF-8\n"), "\(outcome.errorText)")
    }
    #expect(try shell("\(tool) -- '\u{FFFD}'").status != 0)
  }

  @Test(arguments: lines)
  func everyOptionMayBeGivenOnce(line: String) throws {
    let tool = String(line.split(separator: " ")[0])
    let options = try OptionTable(tool, line: line)
    #expect(!options.all.isEmpty)
    for option in options.all where !option.isRepeating {
      let value = option.takesValue ? "=1" : ""
      let outcome = try shell("\(line) \(option.name)\(value) \(option.name)\(value)")
      #expect(outcome.status == 64, "\(option.name)")
      if option.name != "--format" && option.name != "--allow-few" {
        #expect(outcome.errorText.contains("given twice"), "\(option.name): \(outcome.errorText)")
      }
    }
    for option in options.all where option.takesValue {
      // The value of an option is never taken for an option itself.
      let outcome = try shell("\(line) \(option.name) --help-me --help-me")
      #expect(!outcome.errorText.contains("--help-me is given twice") || !outcome.errorText.contains(option.name))
    }
  }
}

/// The options of a command as the argument parser knows them.
struct OptionTable {
  struct Option {
    var name: String
    var takesValue: Bool
    var isRepeating: Bool
  }
  var all: [Option] = []

  /// Reads the table of a command, or of the subcommand that is the second word of a line.
  init(_ tool: String, line: String = "") throws {
    let dump = try shell("\(tool) --experimental-dump-help").output
    let root = try #require(try JSONSerialization.jsonObject(with: dump) as? [String: Any])
    var command = try #require(root["command"] as? [String: Any])
    let word = line.split(separator: " ").dropFirst().first.map(String.init)
    if let word, !word.hasPrefix("-"), let inner = command["subcommands"] as? [[String: Any]] {
      command = try #require(inner.first { $0["commandName"] as? String == word })
    }
    for argument in command["arguments"] as? [[String: Any]] ?? [] {
      guard let names = argument["names"] as? [[String: Any]],
        let long = names.first(where: { $0["kind"] as? String == "long" })?["name"] as? String,
        !["help", "version"].contains(long)
      else { continue }
      all.append(
        Option(
          name: "--" + long, takesValue: argument["kind"] as? String == "option",
          isRepeating: argument["isRepeating"] as? Bool ?? false))
    }
  }
}
