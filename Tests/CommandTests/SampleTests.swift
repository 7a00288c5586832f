import Foundation
import TestSupport
import Testing

/// The samples are what their script makes, which checks itself what samples/README.md promises of them.
@Suite struct SampleTests {
  static let files = [
    "support.json", "education.csv", "business.ndjson", "business-feedback.ndjson", "content.json",
  ]
  static let hasPython = (try? shell("command -v python3").status) == 0

  @Test(.enabled(if: hasPython, "python3 is absent"))
  func theScriptMakesTheCommittedBytes() throws {
    let folder = try TemporaryFolder()
    let made = try shell("python3 -B '\(projectRoot.path)/samples/make-samples.py' .", in: folder.url)
    #expect(made.status == 0 && made.output.isEmpty && made.errors.isEmpty, "\(made.errorText)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == Self.files.sorted())
    for name in Self.files {
      let committed = try Data(contentsOf: projectRoot.appendingPathComponent("samples/\(name)"))
      #expect(committed.count > 10_000)
      #expect(try Data(contentsOf: folder.url.appendingPathComponent(name)) == committed, "\(name)")
    }
  }

  @Test(.enabled(if: hasPython, "python3 is absent"))
  func aBrokenPromiseFailsTheScript() throws {
    let folder = try TemporaryFolder()
    // Too few poor ratings of refunds.
    let outcome = try shell(
      """
      cp -r '\(projectRoot.path)/samples' copy
      sed -i 's/(18, 11, 7, 8, 22)/(2, 1, 7, 8, 48)/' copy/make-samples.py
      mkdir out
      python3 -B copy/make-samples.py out
      status=$?
      ls out
      exit $status
      """, in: folder.url)
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errorText.contains("support: not so: planted poor share of 40 %"), "\(outcome.errorText)")
  }
}
