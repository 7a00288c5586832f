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

  /// What is learnt alone is decided record by record, unless it is asked for what all agree on.
  @Test(arguments: ["sft", "prompts"])
  func whatOthersFoundPoorCanBeLeftOut(use: String) throws {
    let folder = try TemporaryFolder()
    let correction =
      #"{"id":"h","user_prompt":"q","ai_response":"x","feedback":{"user_rating":5,"corrected_response":"better"}}"#
    let others = [
      correction, #"{"id":"i","user_prompt":"s","ai_response":"x","feedback":{"user_rating":5}}"#,
      #"{"id":"j","user_prompt":"s","ai_response":"x","feedback":{"user_rating":1,"accuracy":5}}"#,
      #"{"id":"k","user_prompt":"s","ai_response":"x","status":"error","feedback":{"user_rating":1}}"#,
      #"{"id":"l","system_prompt":"y","user_prompt":"q","ai_response":"x","feedback":{"user_rating":5}}"#,
      #"{"id":"m","user_prompt":"q","ai_response":" x\n","feedback":{"user_rating":4}}"#,
    ]
    let prompts = use == "prompts" ? ["b", "c", "g", "j"] : []
    for input in [Self.records + others, (Self.records + others).reversed()] {
      let agreed = try shell(
        "fb-filter --for \(use) --agreed-only --explain e --report r | jq -r .interaction_id; jq -r 'select(.reason == \"contradictory\") | .id // .count' e r",
        input: FormatTests.data(input), in: folder.url)
      let kept = ["d", "f", "h", "i", "l"] + prompts
      #expect(agreed.lines.prefix(kept.count).sorted() == kept.sorted(), "\(agreed.lines)")
      #expect(agreed.lines.dropFirst(kept.count).sorted() == ["3", "a", "e", "m"], "\(agreed.lines)")
      #expect(agreed.errorText.contains("3 found good by some and poor by others"), "\(agreed.errorText)")
      // Without it, everything as before; with it, in the order of the input.
      let all = try shell("fb-filter --for \(use) | jq -r .interaction_id", input: FormatTests.data(input))
      #expect(all.lines.sorted() == (kept + ["a", "e", "m"]).sorted())
      #expect(all.lines.filter { kept.contains($0) } == Array(agreed.lines.prefix(kept.count)))
      let curated = try shell(
        "fb-filter --for \(use) --agreed-only --dedup exact --limit 2 --report r | wc -l; jq -s 'map(.count) | add' r",
        input: FormatTests.data(input), in: folder.url)
      #expect(curated.lines == ["2", "13"], "\(curated.text)\(curated.errorText)")
    }
    let counted = try shell(
      "fb-filter --for \(use) --agreed-only --count 2>&-", input: FormatTests.data(Self.records + others))
    #expect(counted.text == "\(5 + prompts.count)\n")
    for options in [
      "--for kto --agreed-only", "--agreed-only", "--for sft --agreed-only --line-buffered",
      "--for sft --agreed-only --jobs 2",
    ] {
      #expect(try shell("fb-filter \(options)").status == 64, "\(options)")
    }
  }
}
