import Foundation
import TestSupport
import Testing

/// What must never be learnt, whichever way it comes.
@Suite struct TargetTests {
  private func written(_ command: String, _ records: [String]) throws -> (Int, String) {
    let outcome = try shell(command, input: Data((records.joined(separator: "\n") + "\n").utf8))
    return (outcome.lines.count, outcome.errorText)
  }

  /// A correction that nobody could tell from the poor answer is none.
  @Test(arguments: [
    ("Nein.", "Nein. "), ("a\\r\\nb", "a\\nb"), ("caf\u{E9}", "cafe\u{301}"), ("x", "x\u{200B}"), ("x", "\u{200B}"),
    ("x", "\u{A0}"), ("two  words", "two words"), ("x", " \\t"), ("x", "\\u200b\\u00a0"),
  ])
  func aCorrectionSaysSomethingElse(answer: String, correction: String) throws {
    let record =
      #"{"id":"1","user_prompt":"q","ai_response":"\#(answer)","feedback":{"user_rating":1,"#
      + #""corrected_response":"\#(correction)"}}"#
    for command in [
      "fb-filter --for sft", "fb-filter --for pairs", "fb-export --format openai --allow-few",
      "fb-export --format trl-dpo --allow-few",
    ] {
      let (count, errors) = try written(command, [record])
      #expect(count == 0, "\(command): \(errors)")
    }
    #expect(try written("fb-filter --for review", [record]).0 == 1)
    let good = record.replacingOccurrences(
      of: "\"corrected_response\":\"\(correction)\"", with: "\"corrected_response\":\"Ja.\"")
    #expect(try written("fb-filter --for sft", [good]).0 == 1)
  }

  @Test func whatAReviewerRefusedStaysOut() throws {
    let example =
      #"{"type":"example","use":"sft","id":"e","user_prompt":"q","completion":"a","label":true,"user_rating":5"#
    #expect(try written("fb-export --format openai --allow-few", [example + "}"]).0 == 1)
    #expect(try written("fb-export --format openai --allow-few", [example + #","approved":false}"#]).0 == 0)
    #expect(
      try written("fb-export --format openai --allow-few --approved-only", [example + #","approved":true}"#]).0 == 1)
    #expect(try written("fb-export --format openai --allow-few --approved-only", [example + "}"]).0 == 0)
    let pair =
      #"{"type":"pair","id":"p","user_prompt":"q","chosen":"a","rejected":"b","chosen_rating":5,"rejected_rating":1"#
    #expect(try written("fb-export --format trl-dpo --allow-few", [pair + "}"]).0 == 1)
    #expect(try written("fb-export --format trl-dpo --allow-few", [pair + #","approved":false}"#]).0 == 0)
  }

  @Test func aPairIsOfAGoodAndAPoorAnswer() throws {
    func pair(_ ratings: String, _ origin: String) -> String {
      #"{"type":"pair","id":"p","user_prompt":"q","chosen":"a","rejected":"b"\#(ratings),"origin":"\#(origin)"}"#
    }
    let refused = [
      pair(#","chosen_rating":4.5,"rejected_rating":4.4"#, "answers"), pair(#","rejected_rating":5"#, "answers"),
      pair(#","chosen_rating":1,"rejected_rating":1"#, "correction"),
      pair(#","chosen_rating":3,"rejected_rating":1"#, "answers"),
    ]
    for record in refused {
      #expect(try written("fb-export --format trl-dpo --allow-few", [record]).0 == 0, "\(record)")
    }
    let taken = [
      pair(#","chosen_rating":4,"rejected_rating":2"#, "answers"), pair("", "preference"),
      pair(#","rejected_rating":3"#, "correction"),
    ]
    #expect(try written("fb-export --format trl-dpo --allow-few", taken).0 == 3)
  }

  @Test func whoeverOptedOutTeachesNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("p.ndjson", #"{"type":"preferences","user_id":"bob","training_opt_out":true}"# + "\n")
    let record =
      #"{"id":"1","user_id":"ann","user_prompt":"q","ai_response":"a","feedback":{"user_rating":1,"#
      + #""rated_by":"bob","corrected_response":"b"}}"#
    let input = Data((record + "\n").utf8)
    #expect(try shell("fb-filter --for sft", input: input, in: folder.url).lines.count == 1)
    #expect(try shell("fb-filter --for sft --preferences p.ndjson", input: input, in: folder.url).lines.isEmpty)
  }

  @Test func aBlankSystemPromptIsAMistake() throws {
    #expect(try shell("fb-export --format openai --system ' '").status == 64)
  }

  @Test func aSystemPromptHasToSuitItsTarget() throws {
    let record = #"{"id":"1","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"#
    for (format, text, status) in [
      ("bedrock-nova", "User: be kind", 64), ("bedrock", "Be kind.\nHuman: hello", 64), ("openai", "User: be kind", 0),
      ("bedrock", "Be kind.", 0),
    ] {
      let outcome = try shell(
        "fb-export --format \(format) --allow-few --system '\(text)'", input: Data((record + "\n").utf8))
      #expect(outcome.status == status, "\(format): \(outcome.errorText)")
    }
  }

  /// What is written passes its own check, also where the history has a turn of the system.
  @Test(arguments: ["openai-rft", "openai", "trl-dpo", "azure"])
  func aSystemTurnOfTheHistoryIsNoSecondOne(format: String) throws {
    let folder = try TemporaryFolder()
    let record =
      #"{"id":"1","system_prompt":"s","history":[{"role":"system","content":"t"},{"role":"user","content":"u"},"#
      + #"{"role":"assistant","content":"v"}],"user_prompt":"q","ai_response":"a","feedback":{"user_rating":1,"#
      + #""corrected_response":"b"}}"#
    try folder.write("in.ndjson", record + "\n")
    let outcome = try shell(
      """
      fb-export --format \(format) --allow-few -o out.jsonl in.ndjson
      fb-export --check \(format) --allow-few out.jsonl
      """, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test func whatIsOfAnotherKindIsNotCountedAsMade() throws {
    let records = [
      #"{"type":"feedback","interaction_id":"1","user_rating":1}"#,
      #"{"id":"1","user_prompt":"q","ai_response":"a","feedback":{"user_rating":1,"corrected_response":"b"}}"#,
    ]
    let (count, errors) = try written("fb-filter --for pairs --verbose", records)
    #expect(count == 1 && errors.contains("1 of 2 records written (1 pair); left out: 1 not joined"), "\(errors)")
  }
}
