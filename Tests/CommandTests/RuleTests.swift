import Foundation
import TestSupport
import Testing

/// Rules of single targets that fb-export --check holds files to, and that what fb-export writes keeps.
@Suite struct RuleTests {
  /// A record of each format that the target takes, with the prompt `q`, the answer `a` and, in a pair, the worse one `b`.
  static let records: [(format: String, record: String)] = {
    let user = #"{"role":"user","content":"q"}"#
    let answer = #"{"role":"assistant","content":"a"}"#
    let worse = #"{"role":"assistant","content":"b"}"#
    let version = #""schemaVersion":"bedrock-conversation-2024""#
    let blocks = #"{"role":"user","content":[{"text":"q"}]}"#
    let messages = #"{"messages":[\#(user),\#(answer)]}"#
    let converse = #"{\#(version),"messages":[\#(blocks),{"role":"assistant","content":[{"text":"a"}]}]}"#
    let parts = #"{"role":"user","parts":[{"text":"q"}]}"#
    let dpo = #"{"input":{"messages":[\#(user)]},"preferred_output":[\#(answer)],"non_preferred_output":[\#(worse)]}"#
    return [
      ("openai", messages), ("azure", messages), ("bedrock", messages), ("anthropic", messages), ("together", messages),
      ("fireworks", messages), ("mistral", messages), ("trl-sft", messages), ("axolotl", messages),
      ("openai-dpo", dpo), ("together-dpo", dpo), ("openai-rft", #"{"messages":[\#(user)],"reference_answer":"a"}"#),
      ("bedrock-rft", #"{"messages":[\#(user)],"reference_answer":"a"}"#), ("bedrock-nova", converse),
      ("bedrock-converse", converse), ("bedrock-distill", converse),
      (
        "bedrock-nova-dpo",
        #"{\#(version),"messages":[\#(blocks),{"role":"assistant","candidates":[{"content":[{"text":"a"}],"preferenceLabel":"preferred"},{"content":[{"text":"b"}],"preferenceLabel":"non-preferred"}]}]}"#
      ), ("bedrock-pc", #"{"prompt":"q","completion":"a"}"#),
      ("gemini", #"{"contents":[\#(parts),{"role":"model","parts":[{"text":"a"}]}]}"#),
      (
        "gemini-dpo",
        #"{"contents":[\#(parts)],"completions":[{"score":1,"completion":{"role":"model","parts":[{"text":"a"}]}},{"score":0,"completion":{"role":"model","parts":[{"text":"b"}]}}]}"#
      ), ("trl-prompt-completion", #"{"prompt":[\#(user)],"completion":[\#(answer)]}"#),
      ("trl-dpo", #"{"prompt":[\#(user)],"chosen":[\#(answer)],"rejected":[\#(worse)]}"#),
      ("trl-kto", #"{"prompt":[\#(user)],"completion":[\#(answer)],"label":true}"#),
      ("sharegpt", #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}"#),
      ("alpaca", #"{"instruction":"q","input":"","output":"a"}"#),
    ]
  }()

  static func record(_ format: String) -> String { records.first { $0.format == format }?.record ?? "" }

  static func check(_ format: String, _ record: String, options: String = "--allow-few") throws -> [String] {
    let mark = format == "azure" ? "\u{FEFF}" : ""
    return try CheckTests.check(format, [Data("\(mark)\(record)\n".utf8)], options: options).lines
  }

  @Test func eachFormatTakesItsRecord() throws {
    #expect(Set(Self.records.map(\.format)) == Set(FormatTests.formats))
    for (format, record) in Self.records { #expect(try Self.check(format, record).isEmpty, "\(format)") }
  }

  /// Nothing but what cannot be seen is no text, in any script and however it is spelled.
  @Test(arguments: [
    "\u{A0}", "\u{200B}", "\\u00a0\\u200b\\ufeff", " \u{3000}\\n\u{2003}", "\u{2800}", "\u{AD}\u{2060}",
    "\\udb40\\udc20", "\u{FFF9}\u{FFFB}",
  ])
  func whatCannotBeSeenIsEmpty(blank: String) throws {
    for (format, record) in Self.records {
      for text in ["q", "a"] {
        let found = try Self.check(format, record.replacingOccurrences(of: "\"\(text)\"", with: "\"\(blank)\""))
        #expect(found.count >= 1 && found[0].hasPrefix("f1:1: [empty] /"), "\(format) \(text): \(found)")
      }
    }
    // And so it is dropped before, by name, and counted.
    for (member, words) in [("user_prompt", "prompt"), ("ai_response", "answer")] {
      let record = #"{"user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"#
      let blanked = record.replacingOccurrences(
        of: #""\#(member)":"\#(words == "prompt" ? "q" : "a")""#, with: #""\#(member)":"\#(blank)""#)
      for command in ["fb-export --format openai --allow-few", "fb-filter --for sft"] {
        let outcome = try shell(command, input: FormatTests.data([blanked]))
        #expect(
          outcome.output.isEmpty && outcome.errorText.contains("left out: 1 with an empty \(words)"), "\(command)")
      }
    }
    let system = #"{"user_prompt":"q","system_prompt":"\#(blank)","ai_response":"a","feedback":{"user_rating":5}}"#
    #expect(
      try shell("fb-export --format bedrock --allow-few", input: FormatTests.data([system])).text
        == Self.record("bedrock") + "\n")
  }

  @Test func whatCanBeSeenIsNotEmpty() throws {
    for text in ["é", "\u{200B}x", "中", "👍", "\\u00a0!", "\\ud83d\\udc4d", "\u{200D}ক"] {
      for (format, record) in Self.records where format != "bedrock-pc" {
        #expect(
          try Self.check(format, record.replacingOccurrences(of: "\"a\"", with: "\"\(text)\"")).isEmpty, "\(format)")
      }
    }
  }

  /// Two answers that differ in nothing but white space and what cannot be seen are a tie in every preference format.
  @Test(arguments: [
    ("a b", " a b "), ("a b", "a\\nb"), ("a b", "a\u{A0}b"), ("a b", "a \\t b\\r\\n"), ("a b", "a\u{200B} b"),
    ("caf\u{E9}", "cafe\u{301}"),
  ])
  func aPairOfTheSameAnswersIsATie(better: String, worse: String) throws {
    for format in ["openai-dpo", "together-dpo", "bedrock-nova-dpo", "gemini-dpo", "trl-dpo"] {
      let record = Self.record(format).replacingOccurrences(of: "\"a\"", with: "\"\(better)\"")
        .replacingOccurrences(of: "\"b\"", with: "\"\(worse)\"")
      let found = try Self.check(format, record)
      #expect(found.count == 1 && found[0].hasPrefix("f1:1: [tie] "), "\(format): \(found)")
    }
    let pairs = [
      #"{"type":"pair","id":"p","user_prompt":"q","chosen":"\#(better)","rejected":"\#(worse)","origin":"preference"}"#,
      #"{"id":"i","user_prompt":"q","ai_response":"\#(worse)","feedback":{"user_rating":1,"corrected_response":"\#(better)"}}"#,
    ]
    for record in pairs {
      for command in ["fb-export --format trl-dpo --allow-few", "fb-filter --for pairs"] {
        let outcome = try shell(command, input: FormatTests.data([record]))
        #expect(outcome.output.isEmpty && outcome.errorText.contains("left out: 1 "), "\(command): \(outcome.text)")
      }
    }
  }

  /// Pairs of answers to one prompt that differ in white space only are none, and counted.
  @Test func answersThatDifferInWhiteSpaceOnlyMakeNoPair() throws {
    let records = [(5, "a b"), (1, "a\\nb")].map {
      #"{"user_prompt":"q","ai_response":"\#($0.1)","feedback":{"user_rating":\#($0.0)}}"#
    }
    let outcome = try shell("fb-export --format trl-dpo --allow-few", input: FormatTests.data(records))
    #expect(outcome.output.isEmpty, "\(outcome.text)")
    #expect(outcome.errorText.contains("of 2 records written; left out: "), "\(outcome.errorText)")
  }

  static func replacing(_ format: String, _ old: String, _ new: String) -> String {
    let record = record(format)
    #expect(record.contains(old), "\(format) \(old)")
    return record.replacingOccurrences(of: old, with: new)
  }

  @Test func theLastTurnOfNovaHoldsTwoAnswersOfTheAssistant() throws {
    let candidates = #"{"role":"assistant","candidates""#
    for (new, finding) in [
      (#"{"role":"user","candidates""#, "[role] /messages/1"), (#"{"candidates""#, "[missing] /messages/1/role"),
      (#"{"role":"model","candidates""#, "[role] /messages/1/role"),
      (#"{"role":"assistant","weight":1,"candidates""#, "[extra] /messages/1/weight"),
      (#"{"role":"assistant","content":[{"text":"x"}]},{"role":"assistant","candidates""#, "[alternation] /messages/2"),
    ] {
      let found = try Self.check("bedrock-nova-dpo", Self.replacing("bedrock-nova-dpo", candidates, new))
      #expect(found.contains { $0.hasPrefix("f1:1: \(finding): ") }, "\(new): \(found)")
    }
    for (old, new, finding) in [
      (
        #""preferenceLabel":"preferred""#, #""preferenceLabel":"preferred","score":1"#,
        "[extra] /messages/1/candidates/0/score"
      ),
      (#","preferenceLabel":"preferred""#, "", "[missing] /messages/1/candidates/0/preferenceLabel"),
      (#"{"content":[{"text":"a"}],"#, "{", "[missing] /messages/1/candidates/0/content"),
      (#"{"content":[{"text":"a"}],"preferenceLabel":"preferred"}"#, "7", "[type] /messages/1/candidates/0"),
      (#"{"text":"a"}"#, #""a""#, "[type] /messages/1/candidates/0/content/0"),
      (#"{"text":"a"}"#, #"{"type":"text","text":"a"}"#, "[extra] /messages/1/candidates/0/content/0/type"),
      (#"{"text":"a"}"#, "{}", "[missing] /messages/1/candidates/0/content/0/text"),
      (#""candidates":["#, #""candidates":["x","#, "[type] /messages/1/candidates/0"),
      (#""non-preferred""#, #""preferred""#, "[label] /messages/1/candidates"),
    ] {
      let found = try Self.check("bedrock-nova-dpo", Self.replacing("bedrock-nova-dpo", old, new))
      #expect(found.contains { $0.hasPrefix("f1:1: \(finding): ") }, "\(new): \(found)")
    }
    // More than two are taken, and none of the preferred ones is one of the others.
    let third = #"{"content":[{"text":"a"}],"preferenceLabel":"non-preferred"}"#
    let more = Self.replacing("bedrock-nova-dpo", #""candidates":["#, #""candidates":[\#(third),"#)
    #expect(try Self.check("bedrock-nova-dpo", more).map { $0.prefix(11) } == ["f1:1: [tie]"])
    #expect(
      try Self.check(
        "bedrock-nova-dpo",
        more.replacingOccurrences(of: third, with: third.replacingOccurrences(of: "\"a\"", with: "\"c\""))
      ).isEmpty)
    let alone = Self.replacing("bedrock-nova-dpo", #"{"role":"user","content":[{"text":"q"}]},"#, "")
    #expect(
      try Self.check("bedrock-nova-dpo", alone).contains { $0.hasPrefix("f1:1: [role] /messages: no turn of the user") }
    )
  }

  @Test func geminiIsCheckedToTheLastPart() throws {
    let model = #"{"role":"model","parts":[{"text":"a"}]}"#
    for (format, old, new, finding) in [
      ("gemini-dpo", #""score":1,"#, #""score":1,"why":"x","#, "[extra] /completions/0/why"),
      ("gemini-dpo", #""score":1,"#, "", "[missing] /completions/0/score"),
      ("gemini-dpo", #""score":1,"#, #""score":0.5,"#, "[label] /completions/0/score"),
      ("gemini-dpo", #""score":1,"#, #""score":0,"#, "[type] /completions"),
      ("gemini-dpo", #","completion":\#(model)"#, "", "[missing] /completions/0/completion"),
      ("gemini-dpo", model, model.replacingOccurrences(of: "model", with: "user"), "[role] /completions/0/completion"),
      ("gemini-dpo", model, #"{"parts":[{"text":"a"}]}"#, "[missing] /completions/0/completion/role"),
      ("gemini-dpo", #"{"score":1,"completion":\#(model)}"#, "null", "[type] /completions/0"),
      (
        "gemini-dpo", #"{"contents""#, #"{"systemInstruction":{"parts":[{"text":"s"}]},"contents""#,
        "[extra] /systemInstruction"
      ),
      ("gemini-dpo", #""parts":[{"text":"q"}]}"#, #""parts":[{"text":"q"}]},\#(model)"#, "[alternation] /contents"),
      ("gemini", #"{"text":"a"}"#, #""a""#, "[type] /contents/1/parts/0"),
      ("gemini", #"{"text":"a"}"#, #"{"text":"a","lang":"en"}"#, "[extra] /contents/1/parts/0/lang"),
      ("gemini", #"{"text":"a"}"#, "{}", "[missing] /contents/1/parts/0/text"),
      ("gemini", #"{"contents""#, #"{"systemInstruction":{"text":"s"},"contents""#, "[extra] /systemInstruction/text"),
      (
        "gemini", #"{"contents""#, #"{"systemInstruction":{"role":"system"},"contents""#,
        "[missing] /systemInstruction/parts"
      ),
      (
        "gemini", #"{"contents""#, #"{"systemInstruction":{"role":1,"parts":[{"text":"s"}]},"contents""#,
        "[type] /systemInstruction/role"
      ),
      ("gemini", #"{"contents""#, #"{"systemInstruction":"s","contents""#, "[type] /systemInstruction"),
      ("gemini", ",\(model)", "", "[alternation] /contents"),
      ("gemini", #"[{"role":"user""#, #"[\#(model),{"role":"user""#, "[alternation] /contents/0"),
      (
        "gemini", #"[{"role":"user""#, #"[{"role":"system","parts":[{"text":"s"}]},{"role":"user""#,
        "[system] /contents/0"
      ),
    ] {
      let found = try Self.check(format, Self.replacing(format, old, new))
      #expect(found.contains { $0.hasPrefix("f1:1: \(finding): ") }, "\(new): \(found)")
    }
    for (old, new) in [
      (#"{"contents""#, #"{"systemInstruction":{"role":"system","parts":[{"text":"s"}]},"contents""#),
      (#"{"text":"a"}"#, #"{"text":"a","thought":false}"#),
    ] {
      #expect(try Self.check("gemini", Self.replacing("gemini", old, new)).isEmpty)
    }
    let image = #"{"fileData":{"mimeType":"image/png","fileUri":"gs://b/i"}},{"text":"q"}"#
    let found = try Self.check("gemini", Self.replacing("gemini", #"{"text":"q"}"#, image))
    #expect(found == ["f1:1: [type] /contents/0/parts/0: warning: not a text, and not looked at"])
  }

  /// Amazon's page on distillation: a prompt, with an answer or without one; several turns only for Nova.
  @Test func aDistillationPromptMayHaveAnAnswer() throws {
    let answer = #",{"role":"assistant","content":[{"text":"a"}]}"#
    #expect(try Self.check("bedrock-distill", Self.replacing("bedrock-distill", answer, "")).isEmpty)
    let turns = Self.replacing("bedrock-distill", answer, answer + #",{"role":"user","content":[{"text":"r"}]}"#)
    let found = try Self.check("bedrock-distill", turns)
    #expect(found.count == 1 && found[0].hasPrefix("f1:1: [alternation] /messages: warning: "), "\(found)")
    let system = Self.replacing(
      "bedrock-distill", #"{"role":"user""#, #"{"role":"system","content":[{"text":"s"}]},{"role":"user""#)
    #expect(try Self.check("bedrock-distill", system).contains { $0.hasPrefix("f1:1: [system] /messages/0") })
    let few = (0..<99).map { Self.replacing("bedrock-distill", "\"q\"", "\"q\($0)\"") }.joined(separator: "\n")
    #expect(
      try Self.check("bedrock-distill", few, options: "").last?.hasPrefix("f1:99: [minimum] 99 records: ") == true)
  }

  /// What mistral-finetune asks for: ten lines and a thousand bytes.
  @Test func mistralNeedsAThousandBytes() throws {
    let records = (0..<11).map { Self.replacing("mistral", "\"q\"", "\"q\($0)\"") }.joined(separator: "\n")
    #expect(records.utf8.count < 1_000)
    let found = try Self.check("mistral", records, options: "")
    #expect(found == ["f1:11: [size] \(records.utf8.count + 1) bytes: mistral needs 1000; add examples"])
    #expect(try Self.check("mistral", records).isEmpty)
    let folder = try TemporaryFolder()
    let input = FormatTests.data(
      (0..<11).map { #"{"user_prompt":"q\#($0)","ai_response":"a","feedback":{"user_rating":5}}"# })
    for output in ["", "-o out", "--manifest m", "--out-dir d"] {
      let refused = try shell("fb-export --format mistral \(output)", input: input, in: folder.url)
      #expect(refused.status == 65 && refused.output.isEmpty, "\(output): \(refused.text)")
      #expect(refused.errorText.contains("bytes: mistral needs 1000 (see --allow-few)"), "\(refused.errorText)")
    }
    #expect(try shell("ls -A", in: folder.url).output.isEmpty)
    #expect(try shell("fb-export --format mistral --allow-few", input: input).lines.count == 11)
    let more = FormatTests.data(
      (0..<20).map { #"{"user_prompt":"q\#($0)","ai_response":"a","feedback":{"user_rating":5}}"# })
    let written = try shell("fb-export --format mistral", input: more)
    #expect(written.lines.count == 20)
    // A file without a newline at its end is one byte shorter.
    for (end, status) in [("\n", Int32(0)), ("", 1)] {
      var records = (0..<10).map { Self.replacing("mistral", "\"q\"", "\"\($0)\"") }
      let count = records.reduce(0) { $0 + $1.utf8.count + 1 }
      records[9] = records[9].replacingOccurrences(
        of: "\"a\"", with: "\"\(String(repeating: "a", count: 1_001 - count))\"")
      let file = Data((records.joined(separator: "\n") + end).utf8)
      #expect(try CheckTests.check("mistral", [file], options: "").status == status)
    }
  }
}
