import Foundation
import TestSupport
import Testing

/// The page fb-pipeline.7 says what is so.
@Suite struct PipelinePageTests {
  static let page = Result {
    try String(contentsOf: projectRoot.appendingPathComponent("man/fb-pipeline.7"), encoding: .utf8)
  }

  /// The examples, as a reader sees them.
  static func examples() throws -> [String] {
    let parts = try page.get().components(separatedBy: ".Bd -literal\n").dropFirst()
    return parts.map {
      $0.components(separatedBy: ".Ed\n")[0].replacingOccurrences(of: "\\e", with: "\\").replacingOccurrences(
        of: "\\&", with: "")
    }
  }

  @Test func theOptionsOfTheCycleAreAllThere() throws {
    let help = try shell("'\(CycleTests.Workshop.cycle)' --help").text
    let options = help.split(separator: "\n").filter { $0.hasPrefix("  --") }
      .compactMap { $0.split(separator: " ").first }
    #expect(options.count == 7)
    for option in options {
      #expect(help.components(separatedBy: "\n\n")[0].contains(option), "\(option) in the usage")
      #expect(try Self.page.get().contains("\n.It Fl \(option.dropFirst())"), "\(option) in the page")
    }
    let described = try Self.page.get().components(separatedBy: "\n.It Fl -").dropFirst()
    #expect(described.count == options.count)
  }

  @Test func theExamplesRun() throws {
    let examples = try Self.examples()
    #expect(examples.count == 4)
    let folder = try TemporaryFolder()
    let links = """
      mkdir bin && ln -s '\(CycleTests.Workshop.cycle)' bin/fb-improvement-cycle
      ln -s '\(projectRoot.path)/samples' samples
      """
    #expect(try shell(links, in: folder.url).status == 0)
    let session = examples[0].split(separator: "\n")
    let commands = session.filter { $0.hasPrefix("$ ") }.map { $0.dropFirst(2) }.joined(separator: "\n")
    let cycle = try shell("set -e; PATH=\"$PWD/bin:$PATH\"\n\(commands)", in: folder.url)
    #expect(cycle.status == 0 && cycle.errors.isEmpty, "\(cycle.errorText)")
    #expect(cycle.lines == session.filter { !$0.hasPrefix("$ ") }.map(String.init))

    #expect(examples[1].contains("fb-improvement-cycle --data") && examples[1].contains(#"1\%"#))

    try folder.write("Makefile", examples[2])
    let made = try shell(
      "cp samples/business.ndjson chat.ndjson; cp samples/business-feedback.ndjson feedback.ndjson; make -s report.md train.jsonl",
      in: folder.url)
    #expect(made.status == 0, "\(made.errorText)")
    #expect(try folder.read("report.md").contains("leave-policy"))
    #expect(try folder.read("train.jsonl").split(separator: "\n").count >= 100)
    // A pipe whose first command fails leaves no file behind.
    let failed = try shell("rm train.jsonl; echo '{' >> interactions.ndjson; make -s train.jsonl; ls", in: folder.url)
    #expect(failed.errorText.contains("Error") && !failed.lines.contains("train.jsonl"), "\(failed.errorText)")

    let said = try shell("set -euo pipefail; \(examples[3].dropFirst(2))", in: folder.url)
    #expect(said.status == 0 && said.lines.count > 20, "\(said.errorText)")
  }
}
