import Foundation
import TestSupport
import Testing

/// One folder a case under Tests/Cases: `cmd` is a bash script that is run there; `out`, `err` and `status` are what it
/// has to print and end with.
///
/// `FB_RECORD=1` writes what was printed instead, and fails, so that a recording is reviewed as a diff and never passes
/// for a test.
@Suite struct GoldenTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let folder: URL
    var testDescription: String { folder.pathComponents.suffix(2).joined(separator: "/") }
  }

  static let cases: [Case] = {
    let root = projectRoot.appendingPathComponent("Tests/Cases")
    let tools = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return tools.sorted().flatMap { tool -> [Case] in
      let folder = root.appendingPathComponent(tool)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { Case(folder: folder.appendingPathComponent($0)) }
    }
  }()

  @Test func thereAreCases() { #expect(Self.cases.count >= 20) }

  @Test(arguments: cases)
  func caseBehavesAsRecorded(golden: Case) throws {
    func file(_ name: String) -> URL { golden.folder.appendingPathComponent(name) }
    let script = try String(contentsOf: file("cmd"), encoding: .utf8)
    let outcome = try shell(script, in: golden.folder)
    if ProcessInfo.processInfo.environment["FB_RECORD"] != nil {
      try outcome.output.write(to: file("out"))
      try outcome.errors.write(to: file("err"))
      try Data("\(outcome.status)\n".utf8).write(to: file("status"))
      Issue.record("recorded, to be reviewed: \(golden.testDescription)")
      return
    }
    #expect(outcome.text == (try String(contentsOf: file("out"), encoding: .utf8)))
    #expect(outcome.errorText == (try String(contentsOf: file("err"), encoding: .utf8)))
    #expect("\(outcome.status)\n" == (try String(contentsOf: file("status"), encoding: .utf8)))
  }
}
