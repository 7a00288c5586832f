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

  @Test func smallRulesOfSingleTargets() throws {
    // A weight is a whole number to Python, too.
    for weight in ["1.0", "0e0", "true", "\"1\""] {
      let found = try Self.check("together", Self.replacing("together", "\"a\"", "\"a\",\"weight\":\(weight)"))
      #expect(found.contains { $0.hasPrefix("f1:1: [weight] /messages/1/weight") }, "\(weight): \(found)")
    }
    // What a tool says answers a call, and names are strings.
    for (turn, finding) in [
      (#"{"role":"tool","content":"x"}"#, "[missing] /messages/1/tool_call_id"),
      (#"{"role":"tool","content":"x","tool_call_id":7}"#, "[type] /messages/1/tool_call_id"),
      (#"{"role":"user","content":"x","name":["n"]}"#, "[type] /messages/1/name"),
    ] {
      let found = try Self.check(
        "openai", Self.replacing("openai", #"{"role":"assistant""#, turn + #",{"role":"assistant""#))
      #expect(found.contains { $0.hasPrefix("f1:1: \(finding): ") }, "\(turn): \(found)")
    }
    // A prompt to answer ends with the user.
    let tool = #",{"role":"assistant","content":"x"},{"role":"tool","content":"y","tool_call_id":"1"}]"#
    for format in ["openai-rft", "bedrock-rft"] {
      let found = try Self.check(format, Self.replacing(format, "],", tool + ","))
      #expect(found.contains { $0.hasPrefix("f1:1: [alternation] /messages: ") }, "\(format): \(found)")
    }
    // The input of an Alpaca record is part of the prompt, and earlier turns may stand in `history`.
    let alpaca = { (input: String) in
      Data((Self.replacing("alpaca", #""input":"""#, #""history":[["x","y"]],"input":"\#(input)""#) + "\n").utf8)
    }
    #expect(try CheckTests.check("alpaca", [alpaca("one"), alpaca("two")]).lines.isEmpty)
    #expect(try CheckTests.check("alpaca", [alpaca("one"), alpaca("one")]).lines.count == 1)
    // Blocks after the first one count, too.
    let blocks = { (text: String) in
      Data((Self.replacing("gemini", #"{"text":"q"}"#, #"{"text":"q"},{"text":"\#(text)"}"#) + "\n").utf8)
    }
    #expect(try CheckTests.check("gemini", [blocks("one"), blocks("two")]).lines.isEmpty)
    #expect(try CheckTests.check("gemini", [blocks("one"), blocks("one")]).lines.count == 1)
  }

  /// What a record may have besides is looked at as far as its kind goes: a list of tools in a string trains nothing.
  @Test(arguments: [
    ("openai", "tools", ["[]", #"[{"type":"function"}]"#], ["{}", #""x""#, "[7]"]),
    ("openai", "functions", [#"[{"name":"f"}]"#], ["{}", "null"]),
    ("openai", "parallel_tool_calls", ["true", "false"], ["1", #""true""#]),
    ("together", "tools", [#"[{"type":"function"}]"#], [#""x""#]),
    ("gemini", "tools", ["[{}]"], ["{}"]),
    ("openai-rft", "tools", ["[{}]"], [#""x""#]),
    ("bedrock-rft", "tools", ["[{}]"], [#""x""#]),
    ("bedrock-rft", "id", [#""7""#], ["7", "null"]),
    ("sharegpt", "tools", [#""[]""#], ["[]", "{}"]),
    ("alpaca", "history", ["[]", #"[["x","y"]]"#], [#""x""#, #"["x"]"#, #"[["x"]]"#, #"[["x",7]]"#]),
  ])
  func furtherMembersHaveTheirKind(format: String, member: String, good: [String], bad: [String]) throws {
    for (value, isGood) in good.map({ ($0, true) }) + bad.map({ ($0, false) }) {
      let found = try Self.check(format, "{\"\(member)\":\(value),\(Self.record(format).dropFirst())")
      if isGood {
        #expect(found.isEmpty, "\(value): \(found)")
      } else {
        #expect(found.count == 1 && found[0].hasPrefix("f1:1: [type] /\(member)"), "\(value): \(found)")
      }
    }
  }

  @Test func toolsBesideTheTurnsOfAPairAreAListToo() throws {
    for value in [#""x""#, "[true]"] {
      let found = try Self.check("openai-dpo", Self.replacing("openai-dpo", "]},", "],\"tools\":\(value)},"))
      #expect(found.count == 1 && found[0].hasPrefix("f1:1: [type] /input/tools"), "\(found)")
    }
    let object = Self.replacing("bedrock-rft", #""a""#, "{}")
    #expect(try Self.check("bedrock-rft", object).map { $0.prefix(32) } == ["f1:1: [empty] /reference_answer:"])
  }

  /// The empty line between system prompt and prompt has tokens, too.
  @Test func whatIsJoinedIsAsLongAsItIsChecked() throws {
    for excess in 0...8 {
      let prompt = String(repeating: "p", count: 48_000 - 200 - 4 + excess)
      let record =
        #"{"system_prompt":"\#(String(repeating: "s", count: 100))","user_prompt":"\#(prompt)","ai_response":"\#(String(repeating: "a", count: 100))","feedback":{"user_rating":5}}"#
      let made = try shell("fb-export --format bedrock-pc --allow-few", input: FormatTests.data([record]))
      #expect(made.lines.count == (excess == 0 ? 1 : 0), "\(excess): \(made.errorText)")
      for line in made.lines { #expect(try Self.check("bedrock-pc", line).isEmpty) }
    }
  }

  /// A file of no records has a byte order mark for Azure, and that is all.
  @Test func aFileWithoutRecordsPasses() throws {
    for (format, _) in Self.records {
      let file = try shell("fb-export --format \(format) --allow-few", input: Data()).output
      #expect(file.count == (format == "azure" ? 3 : 0))
      #expect(try CheckTests.check(format, [file]).lines.isEmpty, "\(format)")
    }
    let blank = try CheckTests.check("azure", [Data("\u{FEFF}\n".utf8)])
    #expect(blank.lines.count == 1 && blank.lines[0].hasPrefix("f1:1: [blank-line]"), "\(blank.lines)")
  }

  /// Nova takes a system prompt on all records or on none: the file has those that are more, wherever they stand.
  @Test(arguments: ["bedrock-nova", "bedrock-nova-dpo"])
  func novaHasTheRecordsThatAreMore(format: String) throws {
    func records(with: Int, without: Int) -> [String] {
      (0..<with + without).map { index in
        let system = index < with ? #""system_prompt":"s","# : #""system_prompt":"\#u{A0}","#
        return
          #"{"id":"\#(index)",\#(system)"user_prompt":"q\#(index)","ai_response":"a","feedback":{"user_rating":1,"corrected_response":"b"}}"#
      }
    }
    for (with, without, kept, words) in [
      (9, 2, 9, "2 without a system prompt"), (2, 9, 9, "2 with a system prompt"),
      (8, 8, 8, "8 without a system prompt"),
    ] {
      let input = records(with: with, without: without)
      for input in [input, input.reversed()] {
        let folder = try TemporaryFolder()
        let made = try shell(
          "fb-export --format \(format) --manifest m -o out && fb-export --check \(format) out && jq -c '[.system] | length' out | wc -l; grep -c system out; jq -c '.files[0] | [.records, (.lines | length), .left_out]' m",
          input: FormatTests.data(input), in: folder.url)
        let counts =
          "\(kept)\n\(with >= without ? kept : 0)\n[\(kept),\(kept),{\"uniform_system\":\(min(with, without))}]\n"
        #expect(made.text == counts, "\(made.text)\(made.errorText)")
        #expect(made.errorText.contains("left out: \(words), unlike the others\n"), "\(made.errorText)")
        // The order of the records is that of the input.
        let order = try shell("jq -r '.files[0].lines[][0]' m", in: folder.url).lines.compactMap(Int.init)
        #expect(order == (input[0].contains(#""id":"0""#) ? order.sorted() : order.sorted(by: >)))
      }
    }
    // Neither side alone is enough.
    let few = try shell("fb-export --format \(format)", input: FormatTests.data(records(with: 7, without: 7)))
    #expect(few.status == 65 && few.output.isEmpty)
    let given = try shell(
      "fb-export --format \(format) --system x", input: FormatTests.data(records(with: 7, without: 7)))
    #expect(given.lines.count == 14 && given.lines.allSatisfy { $0.contains(#""system":[{"text":"x"}]"#) })
  }

  /// Claude and Llama at Bedrock take so many records of training and validation together.
  @Test func trainingAndValidationAreCountedTogether() throws {
    func file(_ range: Range<Int>, _ format: String) -> Data {
      Data(range.map { Self.record(format).replacingOccurrences(of: "\"q\"", with: "\"q\($0)\"") + "\n" }.joined().utf8)
    }
    for format in ["bedrock", "bedrock-converse", "bedrock-pc"] {
      let files = [file(0..<9_001, format), file(9_001..<10_001, format)]
      let found = try CheckTests.check(format, files)
      let words =
        "10001 records with the files before: \(format) takes at most 10000 of training and validation together"
      #expect(found.status == 1 && found.lines == ["f2:1000: [maximum] \(words); leave some out"], "\(found)")
      #expect(try CheckTests.check(format, files, options: "--allow-many").status == 0)
    }
    #expect(
      try CheckTests.check("bedrock-nova", [file(0..<9_000, "bedrock-nova"), file(9_000..<10_001, "bedrock-nova")])
        .status == 0)
  }

  /// A file after the first one may be to validate with, of which some targets take fewer records.
  @Test(arguments: [("bedrock", 1_000), ("gemini", 5_000)])
  func aFileToValidateWithMayHoldFewer(format: String, most: Int) throws {
    func file(_ range: Range<Int>) -> Data {
      Data(range.map { Self.record(format).replacingOccurrences(of: "\"q\"", with: "\"q\($0)\"") + "\n" }.joined().utf8)
    }
    let train = file(0..<most + 1)
    let words =
      "[maximum] warning: \(most + 1) records: to validate with, \(format) takes at most \(most); leave some out"
    let found = try CheckTests.check(format, [train, file(most + 1..<2 * most + 2)])
    #expect(found.status == 0 && found.lines == ["f2:\(most + 1): \(words)"], "\(found)")
    #expect(try CheckTests.check(format, [train, file(most + 1..<2 * most + 1)]).lines.isEmpty)
    #expect(
      try CheckTests.check(format, [train, file(most + 1..<2 * most + 2)], options: "--allow-few --allow-many").lines
        .isEmpty)
  }

  @Test func anAnswerWithBothLabelsIsTold() throws {
    let good = Self.record("trl-kto")
    let bad = good.replacingOccurrences(of: "true", with: "false")
    let other = bad.replacingOccurrences(of: "\"a\"", with: "\"b\"")
    let found = try CheckTests.check("trl-kto", [Data([good, other, bad, other].map { $0 + "\n" }.joined().utf8)])
    let words = "[label] warning: the same answer to the same prompt has the other label in line 1; leave both out"
    #expect(found.status == 0 && found.lines == ["f1:3: \(words)"], "\(found)")
  }
}
