import Foundation
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct ContaminationTests {
  static func index(_ prompts: [String]) -> ContaminationIndex {
    var index = ContaminationIndex()
    for prompt in prompts { index.add(Array(prompt.utf8).span) }
    index.seal()
    return index
  }

  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("28_contamination")
    for item in cases {
      let (asked, train) = (try #require(item["eval"] as? String), try #require(item["train"] as? String))
      var index = GramIndex(length: try #require(item["n"] as? Int))
      index.add(Array(heavy("something else, \(train)").utf8).span)
      index.add(Array(heavy(asked).utf8).span)
      index.seal()
      let overlap = index.overlaps(with: Array(heavy(train).utf8).span).first { $0.text == 1 }
      #expect(overlap?.sharedCount ?? 0 == item["shared_ngrams"] as? Int, "\(item)")
      #expect(overlap?.coverage ?? 0 == item["eval_token_coverage"] as? Double)
      #expect((overlap != nil) == (item["gpt3_style_any_match"] as? Bool))
      #expect((overlap?.coverage ?? 0 >= ContaminationIndex.coverageMin) == (item["coverage_ge_0.5"] as? Bool))
    }
    #expect(cases.count == 6)
  }

  static let farmer =
    "A farmer has 17 sheep and all but 9 die how many sheep are left on the farm at the end of the day?"

  @Test(
    arguments: [
      ("Question: a farmer has 17 sheep, and all but 9 die. How many sheep are left? Nine.", .sharedRun),
      ("what is   the capital of france", .samePrompt), ("What is the capital of France, and of Spain?", nil),
      ("A farmer has 17 sheep and all but 9. How many sheep are left on the farm? No idea.", .coverage),
      ("Farmers keep sheep on the farm at the end of the day in winter.", nil), ("", nil), ("?!", nil),
    ] as [(String, ContaminationIndex.Match?)])
  func evaluationPromptsAreFound(text: String, match: ContaminationIndex.Match?) {
    // The third runs of 8 and 9 words cover 17 of 24.
    let index = Self.index(["What is the capital of France?", Self.farmer, "", "..."])
    let found = index.match(Array(text.utf8).span)
    #expect(found == match)
  }

  /// The index against a plain search for each run.
  @Test func overlapsAreThoseOfAPlainSearch() {
    var random = SeededGenerator(seed: 28)
    func text() -> [String] {
      (0..<Int.random(in: 0...30, using: &random)).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "a" }
    }
    for _ in 0..<300 {
      let texts = (0..<4).map { _ in text() }
      let other = text()
      var index = GramIndex(length: 4)
      for text in texts { index.add(Array(text.joined(separator: " ").utf8).span) }
      index.seal()
      func runs(_ words: [String]) -> [[String]] { words.indices.dropLast(3).map { Array(words[$0..<$0 + 4]) } }
      var expected: [GramIndex.Overlap] = []
      for (number, text) in texts.enumerated() {
        let places = runs(text).enumerated().filter { runs(other).contains($0.element) }.map(\.offset)
        if places.isEmpty { continue }
        let covered = Set(places.flatMap { $0..<$0 + 4 }).count
        expected.append(
          GramIndex.Overlap(text: number, sharedCount: places.count, coverage: Double(covered) / Double(text.count)))
      }
      let found = index.overlaps(with: Array(other.joined(separator: " ").utf8).span)
      #expect(found == expected)
    }
  }
}
