import Foundation
import TestSupport
import Testing

/// One answer to one prompt that some found good and others poor is learnt neither way.
@Suite struct ContradictionTests {
  static func record(_ id: String, _ stars: Int, _ prompt: String, _ answer: String) -> String {
    #"{"id":"\#(id)","user_prompt":"\#(prompt)","ai_response":"\#(answer)","feedback":{"user_rating":\#(stars)}}"#
  }

  static let records = [
    record("a", 5, "q", "x"), record("b", 1, "q", #"\u0078"#), record("c", 1, "q", "z"), record("d", 5, "q", "w"),
    record("e", 5, "q", "x"), record("f", 5, "r", "x"), record("g", 3, "r", "x"),
  ]

  @Test(arguments: [("kto", ["f#kto"]), ("pairs", ["d+c#pair"])])
  func anAnswerIsGoodOrPoorNotBoth(use: String, ids: [String]) throws {
    let folder = try TemporaryFolder()
    for input in [Self.records, Self.records.reversed()] {
      let outcome = try shell(
        "fb-filter --for \(use) --explain e --report r | jq -r .id; jq -c 'select(.reason == \"contradictory\")' e r",
        input: FormatTests.data(input), in: folder.url)
      #expect(Array(outcome.lines.prefix(ids.count)) == ids)
      #expect(
        Set(outcome.lines.dropFirst(ids.count))
          == Set(
            ["a", "b", "e"].map { #"{"id":"\#($0)","fate":"dropped","reason":"contradictory"}"# } + [
              #"{"fate":"dropped","reason":"contradictory","count":3}"#
            ]), "\(outcome.lines)")
      #expect(outcome.errorText.contains("3 found good by some and poor by others"), "\(outcome.errorText)")
    }
  }

  @Test func theExportDecidesAlike() throws {
    for (format, count) in [("trl-kto", 1), ("trl-dpo", 1)] {
      let outcome = try shell("fb-export --format \(format) --allow-few", input: FormatTests.data(Self.records))
      #expect(outcome.lines.count == count, "\(format): \(outcome.lines)")
      #expect(outcome.errorText.contains("3 found good by some and poor by others"), "\(outcome.errorText)")
    }
  }
}
