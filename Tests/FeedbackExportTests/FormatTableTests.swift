import FeedbackExport
import FeedbackModel
import NDJSON
import TestSupport
import Testing

/// A record of every format, and what each of them refuses.
@Suite struct FormatTableTests {
  /// Renders a pair of the answers `ai_response` and `rejected`; "refused" with the reason where the format refuses it.
  static func render(
    _ renderer: inout TrainingRenderer, _ text: String, isHistoryEligible: Bool = false, label: Bool = true
  ) throws -> String {
    let record = try ScannedRecord(text, extra: [["rejected"]])
    let scanner = record.scanner
    var example = TrainingExample(
      systemPrompt: try scanner.text(.systemPrompt), history: try scanner.history(record.bytes.span),
      userPrompt: scanner[.userPrompt], answer: scanner[.aiResponse], category: .missing, userRating: .missing,
      origin: "rated")
    example.rejected = scanner.fields[LineScanner.extraSlot(0)]
    example.isHistoryEligible = isHistoryEligible
    example.label = label
    let before = renderer.refusals
    var line: [UInt8] = []
    if renderer.append(example, record.bytes.span, to: &line) { return String(decoding: line, as: UTF8.self) }
    #expect(line.isEmpty && renderer.refusals != before)
    return "refused"
  }

  static func format(_ name: String) throws -> TrainingFormat { try #require(TrainingFormat.named(name)) }

  static let text =
    #"{"system_prompt":"s\n","history":[{"role":"user","content":"h"},{"role":"assistant","content":"i"}],"#
    + #""user_prompt":"q\u0031","ai_response":"a\/","rejected":"b"}"#
  static let openAI =
    #"{"messages":[{"role":"system","content":"s\n"},{"role":"user","content":"h"},"#
    + #"{"role":"assistant","content":"i","weight":0},{"role":"user","content":"q\u0031"},"#
    + #"{"role":"assistant","content":"a\/"}]}"#
  static let prompt =
    #"[{"role":"system","content":"s\n"},{"role":"user","content":"h"},{"role":"assistant","content":"i"},"#
    + #"{"role":"user","content":"q\u0031"}]"#
  static let openAIPair =
    #"{"input":{"messages":\#(prompt)},"preferred_output":[{"role":"assistant","content":"a\/"}],"#
    + #""non_preferred_output":[{"role":"assistant","content":"b"}]}"#
  static let converse = #"{"schemaVersion":"bedrock-conversation-2024","system":[{"text":"s\n"}],"messages":["#
  static let claude =
    #"{"system":"s\n","messages":[{"role":"user","content":"q\u0031"},{"role":"assistant","content":"a\/"}]}"#
  static let bare =
    #"{"messages":[{"role":"system","content":"s\n"},{"role":"user","content":"q\u0031"},"#
    + #"{"role":"assistant","content":"a\/"}]}"#
  static let nova =
    converse + #"{"role":"user","content":[{"text":"q\u0031"}]},{"role":"assistant","content":[{"text":"a\/"}]}]}"#

  static let expected: [(format: String, line: String)] = [
    ("openai", openAI), ("azure", openAI), ("together", openAI), ("fireworks", openAI), ("mistral", openAI),
    ("openai-dpo", openAIPair), ("together-dpo", openAIPair),
    (
      "openai-rft",
      #"{"messages":\#(prompt.replacingOccurrences("system", "developer")),"reference_answer":"a\/"}"#
    ),
    ("bedrock", claude), ("bedrock-claude", claude), ("anthropic", claude), ("bedrock-nova", nova),
    ("bedrock-converse", nova),
    (
      "bedrock-nova-dpo",
      converse + #"{"role":"user","content":[{"text":"h"}]},{"role":"assistant","content":[{"text":"i"}]},"#
        + #"{"role":"user","content":[{"text":"q\u0031"}]},{"role":"assistant","candidates":["#
        + #"{"content":[{"text":"a\/"}],"preferenceLabel":"preferred"},"#
        + #"{"content":[{"text":"b"}],"preferenceLabel":"non-preferred"}]}]}"#
    ),
    ("bedrock-pc", #"{"prompt":"s\n\n\nq\u0031","completion":"a\/"}"#),
    ("bedrock-distill", converse + #"{"role":"user","content":[{"text":"q\u0031"}]}]}"#),
    ("bedrock-rft", #"{"messages":\#(prompt),"reference_answer":"a\/"}"#),
    (
      "gemini",
      #"{"systemInstruction":{"parts":[{"text":"s\n"}]},"contents":[{"role":"user","parts":[{"text":"q\u0031"}]},"#
        + #"{"role":"model","parts":[{"text":"a\/"}]}]}"#
    ),
    (
      "gemini-dpo",
      #"{"system_instruction":{"parts":[{"text":"s\n"}]},"contents":[{"role":"user","parts":[{"text":"h"}]},"#
        + #"{"role":"model","parts":[{"text":"i"}]},{"role":"user","parts":[{"text":"q\u0031"}]}],"completions":["#
        + #"{"score":1,"completion":{"role":"model","parts":[{"text":"a\/"}]}},"#
        + #"{"score":0,"completion":{"role":"model","parts":[{"text":"b"}]}}]}"#
    ),
    ("trl-sft", bare), ("axolotl", bare),
    ("trl-prompt-completion", #"{"prompt":\#(prompt),"completion":[{"role":"assistant","content":"a\/"}]}"#),
    (
      "trl-dpo",
      #"{"prompt":\#(prompt),"chosen":[{"role":"assistant","content":"a\/"}],"#
        + #""rejected":[{"role":"assistant","content":"b"}]}"#
    ),
    ("trl-kto", #"{"prompt":\#(prompt),"completion":[{"role":"assistant","content":"a\/"}],"label":false}"#),
    (
      "sharegpt",
      #"{"conversations":[{"from":"human","value":"q\u0031"},{"from":"gpt","value":"a\/"}],"system":"s\n"}"#
    ),
    ("alpaca", #"{"instruction":"q\u0031","input":"","output":"a\/","system":"s\n"}"#),
  ]

  @Test(arguments: expected.indices)
  func aRecordOfEveryFormat(index: Int) throws {
    let (name, line) = Self.expected[index]
    var renderer = TrainingRenderer(try Self.format(name), systemPrompt: nil)
    #expect(try Self.render(&renderer, Self.text, label: name != "trl-kto") == line)
    #expect(renderer.withoutHistoryCount == (line.contains("\"h\"") ? 0 : 1))
    // What is written passes the rules that files of others are held to.
    var scanner = LineScanner(FieldSet(paths: []))
    let bytes = scanner.scan(text: Array(line.utf8))
    var checker = FormatChecker(try Self.format(name))
    checker.beginFile()
    checker.check(bytes.span, scanner.root, line: 1)
    #expect(checker.findings.isEmpty, "\(checker.findings)")
  }

  @Test func theTableHasEveryFormatOnce() {
    let names = TrainingFormat.all.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
    #expect(Set(names) == Set(Self.expected.map(\.format)))
    #expect(TrainingFormat.all.allSatisfy { !$0.source.isEmpty && $0.date.count == 10 && $0.limits.recordsMin > 0 })
    #expect(TrainingFormat.named("csv") == nil)
  }

  @Test func earlierTurnsThatMayBeLearntStay() throws {
    for name in [
      "bedrock", "bedrock-nova", "bedrock-converse", "gemini", "anthropic", "trl-sft", "sharegpt", "axolotl",
    ] {
      var renderer = TrainingRenderer(try Self.format(name), systemPrompt: nil)
      let line = try Self.render(&renderer, Self.text, isHistoryEligible: true)
      #expect(line.contains(#""h""#) && line.contains(#""i""#) && renderer.withoutHistoryCount == 0, "\(name): \(line)")
      #expect(!line.contains("weight"))
    }
  }

  @Test(arguments: [
    (
      "together", #""history":[{"role":"user","content":"h"}],"#,
      "1 with turns that are not of user and assistant by turns"
    ),
    (
      "mistral", #""history":[{"role":"assistant","content":"h"},{"role":"user","content":"h"}],"#,
      "1 with turns that are not of user and assistant by turns"
    ),
    ("trl-dpo", #""history":[{"role":"system","content":"h"}],"#, "1 with a turn that is not of user or assistant"),
    (
      "openai", #""history":[{"role":"user","content":"h"},{"role":"assistant","content":" "}],"#,
      "1 with an empty turn"
    ),
    (
      "bedrock-nova", #""system_prompt":"uSER: x","#, "1 with a word that Nova reserves, such as \"User:\" or \"[EOS]\""
    ),
    (
      "bedrock-rft", #""history":[{"role":"user","content":"h"},{"role":"assistant","content":"\u005beos]"}],"#,
      "1 with a word that Nova reserves, such as \"User:\" or \"[EOS]\""
    ),
  ])
  func whatTheTargetRefusesIsLeftOut(name: String, members: String, words: String) throws {
    var renderer = TrainingRenderer(try Self.format(name), systemPrompt: nil)
    #expect(
      try Self.render(&renderer, #"{\#(members)"user_prompt":"q","ai_response":"a","rejected":"b"}"#) == "refused")
    #expect(renderer.refusals == [words])
  }

  @Test func anAnswerThatIsTooLongIsLeftOutWhole() throws {
    for (name, most) in [("openai", 65_536), ("bedrock", 32_000), ("bedrock-pc", 16_000), ("gemini", 131_072)] {
      var renderer = TrainingRenderer(try Self.format(name), systemPrompt: nil)
      func text(_ count: Int) -> String {
        #"{"user_prompt":"q","ai_response":"\#(String(repeating: "a", count: count))"}"#
      }
      #expect(try Self.render(&renderer, text(3 * most - 1)) != "refused")
      #expect(try Self.render(&renderer, text(3 * most)) == "refused")
      #expect(renderer.refusals == ["1 longer than \(most) tokens"])
    }
  }

  /// Which of them a file has is known when all examples are.
  @Test func aSystemPromptCanBeGivenToAllExamplesOfNova() throws {
    for members in ["", #""system_prompt":"s","#, #""system_prompt":" ","#] {
      var given = TrainingRenderer(try Self.format("bedrock-nova"), systemPrompt: "x")
      #expect(
        try Self.render(&given, #"{\#(members)"user_prompt":"q","ai_response":"a"}"#).contains(#"[{"text":"x"}]"#))
    }
  }

  @Test func theSeamHasNoWhiteSpace() throws {
    var renderer = TrainingRenderer(try Self.format("bedrock-pc"), systemPrompt: nil)
    for (prompt, answer, isRefused) in [
      ("q ", "a", true), (#"q\n"#, "a", true), ("q", " a", true), ("q", #"\ta"#, true), (" q", "a ", false),
      (#"q\u0020"#, "a", true),
    ] {
      let line = try Self.render(&renderer, #"{"user_prompt":"\#(prompt)","ai_response":"\#(answer)"}"#)
      #expect((line == "refused") == isRefused, "\(prompt)|\(answer)")
    }
    #expect(renderer.refusals == ["5 with white space between prompt and answer"])
  }

  @Test func aPromptWithoutAnAnswerIsEnoughWhereThereIsNoReference() throws {
    for (name, isRefused) in [("openai-rft", false), ("bedrock-distill", false), ("bedrock-rft", true)] {
      var renderer = TrainingRenderer(try Self.format(name), systemPrompt: nil)
      let line = try Self.render(&renderer, #"{"user_prompt":"q"}"#)
      #expect((line == "refused") == isRefused && !line.contains("reference"))
    }
  }
}

extension String {
  /// The text with a part of it exchanged, which has to be there.
  fileprivate func replacingOccurrences(_ part: String, _ replacement: String) -> String {
    precondition(contains(part))
    return split(separator: part, omittingEmptySubsequences: false).joined(separator: replacement)
  }
}
