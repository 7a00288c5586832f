import Foundation
import TestSupport
import Testing
import TextAnalysis

@Suite struct RepetitionTests {
  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("30_repetition")
    var values = 0
    for item in cases {
      let repetition = Repetition(Array(try #require(item["text"] as? String).utf8).span)
      for length in 2...10 {
        if let share = item["top_\(length)gram"] {
          #expect(isNear(repetition.topShare(length: length, countMin: 1), share, 1e-12), "\(item) \(length)")
          values += 1
        }
        if let share = item["dup_\(length)gram"] {
          #expect(isNear(repetition.duplicateShare(length: length), share, 1e-12), "\(item) \(length)")
          values += 1
        }
      }
    }
    #expect(cases.count == 3 && values == 21)
  }

  @Test func shortTextsAndSingleRunsAreLetBe() {
    let sorry = "I am sorry. "
    func isExcessive(_ text: String) -> Bool { Repetition(Array(text.utf8).span).isExcessive }
    #expect(!isExcessive(String(repeating: sorry, count: 16)))
    #expect(isExcessive(String(repeating: sorry, count: 17)))
    #expect(!isExcessive((0..<100).map { "word\($0)" }.joined(separator: " ")))
    // Whole lines again, of which no run of words makes up much.
    let lines = (0..<12).map { line in (0..<6).map { "word\(line % 8)x\($0)" }.joined(separator: " ") }
    #expect(isExcessive(lines.joined(separator: "\n")))
    let once = Repetition(Array("a b c d".utf8).span)
    #expect(once.topShare(length: 2, countMin: 2) == 0 && once.topShare(length: 9, countMin: 1) == 0)
    let empty = Repetition([UInt8]().span)
    #expect(empty.duplicateLineShare == 0)
  }

  @Test func linesAreCountedWithoutEmptyOnes() {
    let lines = Repetition(Array("a b\n\n a  b\r\n\nc\n".utf8).span)
    #expect(lines.duplicateLineShare == 1.0 / 3)
  }
}
