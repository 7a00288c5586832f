import Foundation
import TestSupport
import Testing

/// What is written about the commands, held against the commands.
@Suite struct ManualTests {
  static let manual = projectRoot.appendingPathComponent("man")

  static let pages: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: manual.path)) ?? []).filter {
      $0.hasSuffix(".1") || $0.hasSuffix(".5") || $0.hasSuffix(".7")
    }.sorted()

  static let hasMandoc = (try? shell("command -v mandoc").status) == 0

  /// The long options of a command and of all its subcommands, without the dashes.
  static func options(of tool: String) throws -> Set<String> {
    func collect(_ command: [String: Any]) -> Set<String> {
      let arguments = command["arguments"] as? [[String: Any]] ?? []
      let names = arguments.flatMap { $0["names"] as? [[String: Any]] ?? [] }
      let long = names.filter { $0["kind"] as? String == "long" }.compactMap { $0["name"] as? String }
      return (command["subcommands"] as? [[String: Any]] ?? []).reduce(into: Set(long)) { $0.formUnion(collect($1)) }
    }
    let dump = try shell("\(tool) --experimental-dump-help").output
    let root = try #require(try JSONSerialization.jsonObject(with: dump) as? [String: Any])
    return collect(try #require(root["command"] as? [String: Any]))
  }

  @Test(arguments: toolNames)
  func thePageHasTheOptionsOfTheHelp(tool: String) throws {
    let page = try String(contentsOf: Self.manual.appendingPathComponent("\(tool).1"), encoding: .utf8)
    let written = ManualPage.listedOptions(page)
    let known = try Self.options(of: tool)
    #expect(known.count > 5)
    #expect(known.subtracting(written).sorted() == [], "not in man/\(tool).1")
    #expect(written.subtracting(known).sorted() == [], "not an option of \(tool)")
  }

  @Test(arguments: toolNames)
  func thePageHasItsSections(tool: String) throws {
    let page = try String(contentsOf: Self.manual.appendingPathComponent("\(tool).1"), encoding: .utf8)
    let sections = page.split(separator: "\n").filter { $0.hasPrefix(".Sh ") }.map { $0.dropFirst(4) }
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
      #expect(sections.contains { $0 == section }, "\(section)")
    }
    #expect(page.contains(".Nm \(tool)\n"))
  }

  @Test(arguments: toolNames)
  func completionsNameEveryOption(tool: String) throws {
    let known = try Self.options(of: tool)
    let spellings = [("bash", "--"), ("zsh", "--"), ("fish", "-l ")]
    for (name, prefix) in spellings {
      let script = try shell("\(tool) --generate-completion-script \(name)")
      #expect(script.status == 0 && script.errors.isEmpty)
      let text = script.text.replacingOccurrences(of: "'", with: "")
      for option in known.sorted() {
        #expect(text.contains(prefix + option), "\(name): \(option)")
      }
      let check = try shell("command -v \(name) >/dev/null || exit 0; \(name) -n /dev/stdin", input: script.output)
      #expect(check.status == 0, "\(name): \(check.errorText)")
    }
  }

  @Test func theChangeLogBeginsWithTheVersion() throws {
    let file = projectRoot.appendingPathComponent("CHANGELOG.md")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    let headings = text.split(separator: "\n").filter { $0.hasPrefix("#") }
    let newest = headings.lazy.compactMap { $0.firstMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/)?.output }.first
    for tool in toolNames {
      #expect(try shell("\(tool) --version").text == "\(newest ?? "none")\n")
    }
  }

  @Test(.enabled(if: hasMandoc, "mandoc is absent"), arguments: pages)
  func thePageIsCleanMdoc(page: String) throws {
    let lint = try shell("mandoc -T lint -W warning \(page)", in: Self.manual)
    #expect(lint.status == 0 && lint.text.isEmpty, "\(lint.text)\(lint.errorText)")
    // References to pages of the project lead somewhere.
    let text = try String(contentsOf: Self.manual.appendingPathComponent(page), encoding: .utf8)
    for match in text.matches(of: /\.Xr (fb-[a-z-]+) ([157])/) {
      let target = "\(match.output.1).\(match.output.2)"
      #expect(Self.pages.contains(target), "\(target)")
    }
  }

  @Test(.enabled(if: hasMandoc, "mandoc is absent"), arguments: pages)
  func theExamplesOfThePageRun(page: String) throws {
    // As a reader sees them, so that what is copied from the page is what was tried.
    let shown = try shell("mandoc -T utf8 -K utf-8 -O width=400 \(page) | sed 's/.\\x08//g'", in: Self.manual)
    let examples = ShellExample.indented(in: shown.text)
    if page.hasSuffix(".1") { #expect(!examples.isEmpty) }
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("samples"),
      withDestinationURL: projectRoot.appendingPathComponent("samples"))
    for example in examples { try example.run(in: folder.url) }
  }

  @Test func theExamplesOfTheReadmeRun() throws {
    let file = projectRoot.appendingPathComponent("README.md")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    let examples = ShellExample.fenced(in: text)
    #expect(!examples.isEmpty)
    let folder = try TemporaryFolder()
    let copied = try shell(
      "tar -C \"$ROOT\" --exclude='./.build*' --exclude=./.git -cf - . | tar xf -", in: folder.url,
      environment: ["ROOT": projectRoot.path])
    try #require(copied.status == 0)
    for example in examples { try example.run(in: folder.url) }
  }
}

/// What a test reads off the source of a page.
enum ManualPage {
  /// The long options that head an item of a list: `.It Fl -name` or `.It Fl Fl name`, also after a comma.
  static func listedOptions(_ page: String) -> Set<String> {
    var options: Set<String> = []
    for line in page.split(separator: "\n") where line.hasPrefix(".It ") {
      for match in line.matches(of: /Fl (?:Fl |-)([a-z][a-z0-9-]*)/) { options.insert(String(match.output.1)) }
    }
    return options
  }
}

/// A command in a text for people, with what the text says it prints.
struct ShellExample: Equatable {
  var command: String
  var output: [String] = []

  /// The lines of a rendered page that begin with a `$` and more blanks than running text has; what follows as far in, up
  /// to a blank line, is the output.
  static func indented(in text: String) -> [ShellExample] {
    var examples: [ShellExample] = []
    var indent = -1
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let blanks = line.prefix { $0 == " " }.count
      if line.dropFirst(blanks).hasPrefix("$ ") && blanks > 5 {
        examples.append(ShellExample(command: String(line.dropFirst(blanks + 2))))
        indent = blanks
      } else if indent < 0 || blanks < indent || blanks == line.count {
        indent = -1
      } else {
        examples[examples.count - 1].output.append(String(line.dropFirst(indent)))
      }
    }
    return examples
  }

  /// The lines that begin with a `$` in the blocks of Markdown that are marked `sh`.
  static func fenced(in text: String) -> [ShellExample] {
    var examples: [ShellExample] = []
    var isInside = false
    var takesOutput = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```sh"
        takesOutput = false
      } else if isInside, line.hasPrefix("$ ") {
        examples.append(ShellExample(command: String(line.dropFirst(2))))
        takesOutput = true
      } else if line.isEmpty {
        takesOutput = false
      } else if isInside, takesOutput {
        examples[examples.count - 1].output.append(String(line))
      }
    }
    return examples
  }

  /// Runs the command, which has to end with 0 and to print what the text says, if it says anything.
  ///
  /// A line of three dots stands for any number of lines.
  func run(in folder: URL) throws {
    let outcome = try shell("exec 2>&1; set -o pipefail\n\(command)", in: folder)
    #expect(outcome.status == 0, "\(command)\n\(outcome.text)")
    if output.isEmpty { return }
    let printed = outcome.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // Blanks at the end of a line are seen by no reader.
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    #expect(
      Self.matches(output[...], printed.dropLast(outcome.text.hasSuffix("\n") ? 1 : 0)), "\(command)\n\(outcome.text)")
  }

  static func matches(_ expected: ArraySlice<String>, _ printed: ArraySlice<String>) -> Bool {
    guard let first = expected.first else { return printed.isEmpty }
    if first == "..." {
      return (printed.startIndex...printed.endIndex).contains { matches(expected.dropFirst(), printed[$0...]) }
    }
    return printed.first == first && matches(expected.dropFirst(), printed.dropFirst())
  }
}

/// The reader of examples itself, which would otherwise pass by finding none.
@Suite struct ShellExampleTests {
  @Test func examplesOfAPageAreFound() {
    let page = """
      EXAMPLES
           Words about $ signs.

                 $ one --a
                 out 1
                   out 2
                 $ two

                 not output
           More words.
                 $ three
           Words again.
      """
    #expect(
      ShellExample.indented(in: page) == [
        ShellExample(command: "one --a", output: ["out 1", "  out 2"]), ShellExample(command: "two"),
        ShellExample(command: "three"),
      ])
  }

  @Test func examplesOfMarkdownAreFound() {
    let text = """
      $ not this
      ```sh
      make build
      $ one
      out

      comment
      $ two
      ```
      ```json
      $ nor this
      ```
      """
    #expect(
      ShellExample.fenced(in: text) == [ShellExample(command: "one", output: ["out"]), ShellExample(command: "two")])
  }

  @Test func threeDotsStandForAnyLines() {
    #expect(ShellExample.matches(["a", "...", "z"], ["a", "b", "c", "z"]))
    #expect(ShellExample.matches(["a", "..."], ["a"]))
    #expect(!ShellExample.matches(["a", "...", "z"], ["a", "b"]))
    #expect(!ShellExample.matches(["a"], ["a", "b"]) && !ShellExample.matches(["a", "b"], ["a"]))
  }

  @Test func optionsOfAPageAreFound() {
    let page = """
      .It Fl o , Fl -output Ar FILE
      .It Fl Fl max-line Ar N
      .It Fl -help
      .Fl -elsewhere
      .It Ar file
      """
    #expect(ManualPage.listedOptions(page) == ["output", "max-line", "help"])
  }
}
