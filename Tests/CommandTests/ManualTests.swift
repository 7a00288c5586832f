import Foundation
import TestSupport
import Testing

/// What is written about the commands is so: options, examples, completions, version.
@Suite struct ManualTests {
  static func page(_ name: String) throws -> String {
    try String(contentsOf: projectRoot.appendingPathComponent("man/\(name)"), encoding: .utf8)
  }

  /// The commands of a tool that have options of their own: itself, or its subcommands.
  static func lines(_ tool: String) -> [String] { tool == "fb-rate" ? ["fb-rate join", "fb-rate record"] : [tool] }

  @Test(arguments: toolNames)
  func pageAndHelpKnowTheSameOptions(tool: String) throws {
    var known: Set<String> = ["--help", "--version"]
    for line in Self.lines(tool) { known.formUnion(try OptionTable(tool, line: line).all.map(\.name)) }
    // An option is described by `.It Fl -name`; one with a short name by `.It Fl o , -name`.
    var described: Set<String> = []
    for line in try Self.page("\(tool).1").split(separator: "\n") where line.hasPrefix(".It Fl ") {
      for word in line.dropFirst(7).split(separator: " ") where word.hasPrefix("-") && word.count > 1 {
        described.insert("-" + word)
      }
    }
    #expect(described == known, "\(described.symmetricDifference(known).sorted())")
    let synopsis = try #require(try Self.page("\(tool).1").components(separatedBy: ".Sh DESCRIPTION").first)
    // A synopsis names each option, or says with a word for several (`.Op Ar selection`) that they are described below.
    if synopsis.contains(/\n\.Op Ar (?!file\b)[a-z]/) { return }
    for option in known.subtracting(["--help", "--version", "--output"]) {
      #expect(synopsis.contains(" \(option.dropFirst())"), "\(option) in the synopsis")
    }
  }

  @Test(arguments: toolNames)
  func thePageHasItsSections(tool: String) throws {
    let page = try Self.page("\(tool).1")
    let sections = page.split(separator: "\n").filter { $0.hasPrefix(".Sh ") }.map { $0.dropFirst(4) }
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
      #expect(sections.contains { $0 == section }, "\(section)")
    }
    #expect(page.contains(".Nm \(tool)\n"))
  }

  static let hasMandoc = (try? shell("command -v mandoc").status) == 0

  @Test(.enabled(if: hasMandoc, "mandoc is absent"), arguments: allPages)
  func thePageIsCleanMdocAndItsReferencesLeadSomewhere(page: String) throws {
    let lint = try shell("mandoc -T lint -W warning man/\(page)", in: projectRoot)
    #expect(lint.status == 0 && lint.text.isEmpty, "\(lint.text)\(lint.errorText)")
    for match in try Self.page(page).matches(of: /\.Xr (fb-[a-z-]+) ([157])/) {
      #expect(Self.allPages.contains("\(match.output.1).\(match.output.2)"), "\(match.output.0)")
    }
  }

  @Test(arguments: toolNames)
  func completionsKnowEveryOption(tool: String) throws {
    for kind in ["bash", "zsh", "fish"] {
      let script = try shell("\(tool) --generate-completion-script \(kind)")
      #expect(script.status == 0 && script.errors.isEmpty)
      for line in Self.lines(tool) {
        for option in try OptionTable(tool, line: line).all {
          let name = kind == "fish" ? "-l \(option.name.dropFirst(2))" : option.name
          let quoted = kind == "fish" ? "-l '\(option.name.dropFirst(2))'" : option.name
          #expect(script.text.contains(name) || script.text.contains(quoted), "\(kind): \(option.name)")
        }
      }
      let check = try shell("command -v \(kind) >/dev/null || exit 0; \(kind) -n /dev/stdin", input: script.output)
      #expect(check.status == 0, "\(kind): \(check.errorText)")
    }
  }

  @Test func theChangelogBeginsWithTheVersion() throws {
    let changelog = try String(contentsOf: projectRoot.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
    let headings = changelog.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
    let newest = try #require(headings.first { $0 != "Unreleased" })
    for tool in toolNames { #expect(try shell("\(tool) --version").text == "\(newest)\n") }
  }

  static let pages = toolNames.map { $0 + ".1" } + ["fb-record.5"]
  static let allPages = pages + ["fb-pipeline.7"]

  @Test(arguments: pages)
  func theExamplesOfThePageRun(page: String) throws {
    let rest = try #require(try Self.page(page).components(separatedBy: ".Sh EXAMPLES\n").dropFirst().first)
    let section = rest.components(separatedBy: "\n.Sh ")[0]
    let blocks = section.components(separatedBy: ".Bd -literal").dropFirst().map { block in
      let body = block.components(separatedBy: "\n.Ed")[0].drop { $0 != "\n" }.dropFirst()
      return [("\\e", "\\"), ("\\&", ""), ("\\(aq", "'"), ("\\(dq", "\"")].reduce(String(body)) { text, escape in
        text.replacingOccurrences(of: escape.0, with: escape.1)
      }
    }
    // In the page of a format, a block without a prompt shows records, and is nothing to run.
    let examples = page.hasSuffix(".5") ? blocks.filter { $0.contains("$ ") } : Array(blocks)
    #expect(!examples.isEmpty)
    try Self.run(examples, of: page)
  }

  @Test func theExamplesOfTheReadmeRun() throws {
    let readme = try String(contentsOf: projectRoot.appendingPathComponent("README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    #expect(blocks.count >= 5)
    try Self.run(blocks, of: "README.md")
  }

  /// Runs examples in one folder, in order.
  ///
  /// In a block with lines that begin with `$ ` each of them is a command, and the lines after it are what a person sees;
  /// another block is a script.
  private static func run(_ blocks: [String], of name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.url.appendingPathComponent("samples"),
      withDestinationURL: projectRoot.appendingPathComponent("samples"))
    for block in blocks {
      for (command, expected) in steps(block) {
        let outcome = try shell("exec 2>&1; set -e; \(command)", in: folder.url)
        #expect(outcome.status == 0, "\(name): \(command): \(outcome.text)")
        if let expected { #expect(outcome.text == expected, "\(name): \(command)") }
      }
    }
  }

  private static func steps(_ block: String) -> [(command: String, expected: String?)] {
    let lines = block.components(separatedBy: "\n")
    if !lines.contains(where: { $0.hasPrefix("$ ") }) { return [(block, nil)] }
    var steps: [(command: String, expected: String?)] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        steps.append((String(line.dropFirst(2)), nil))
      } else if let last = steps.indices.last {
        if steps[last].command.hasSuffix("\\") && steps[last].expected == nil {
          steps[last].command += "\n" + line
        } else {
          steps[last].expected = (steps[last].expected ?? "") + line + "\n"
        }
      }
    }
    return steps
  }
}
