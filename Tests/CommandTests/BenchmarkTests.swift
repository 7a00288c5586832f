import Foundation
import TestSupport
import Testing

/// The benchmark counts what the commands find against its generator and against other programs; nothing here is timed.
@Suite struct BenchmarkTests {
  @Test(.enabled(if: SampleTests.hasPython, "python3 is absent"))
  func theCommandsFindWhatTheGeneratorMade() throws {
    let folder = try TemporaryFolder()
    let bench = projectRoot.appendingPathComponent("Tests/Benchmarks/bench.py").path
    let outcome = try shell("python3 -B '\(bench)' 300K --runs 1 --data .", in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let rows = try outcome.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let tasks = rows.compactMap { $0["task"] as? String }
    #expect(Set(tasks) == ["filter", "count", "group-by", "openai", "sqlite", "pipe", "cycle"])
    #expect(rows.filter { ($0["command"] as? String)?.hasPrefix("fb-") == true }.count == 9)
    #expect(rows.filter { $0["command"] as? String == "python json" }.count == 5)
    #expect(rows.allSatisfy { $0["records"] as? Int ?? 0 > 200 })

    // A command that drops a record is found out.
    let real = commandFolder.appendingPathComponent("fb-filter").path
    try folder.write("fb-filter", "#!/bin/bash\n'\(real)' \"$@\" | sed 1d\n")
    let wrong = try shell(
      "chmod 755 fb-filter; PATH=\"$PWD:$PATH\" python3 -B '\(bench)' 300K --runs 1 --data . --tasks filter",
      in: folder.url)
    #expect(wrong.status == 1 && wrong.errorText.contains("filter: fb-filter counts other records"))
  }
}
