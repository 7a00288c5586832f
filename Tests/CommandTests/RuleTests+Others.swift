import Foundation
import TestSupport
import Testing

/// What stands beside the turns of a record, and rules of whole files.
extension RuleTests {
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
      let prompt = String(repeating: "p", count: 48_000 - 200 - 2 + excess)
      let record =
        #"{"system_prompt":"\#(String(repeating: "s", count: 100))","user_prompt":"\#(prompt)","ai_response":"\#(String(repeating: "a", count: 100))","feedback":{"user_rating":5}}"#
      let made = try shell("fb-export --format bedrock-pc --allow-few", input: FormatTests.data([record]))
      #expect(made.lines.count == (excess == 0 ? 1 : 0), "\(excess): \(made.errorText)")
      for line in made.lines { #expect(try Self.check("bedrock-pc", line).isEmpty) }
    }
  }

  /// A text is as long however it is spelled.
  @Test(arguments: [(18_000, true), (40_000, false)]) func escapesMakeNoTextLonger(count: Int, isTaken: Bool) throws {
    for letter in [#"\u4e2d"#, "中"] {
      let text = String(repeating: letter, count: count)
      let record = #"{"user_prompt":"q","ai_response":"\#(text)","feedback":{"user_rating":5}}"#
      let made = try shell("fb-export --format bedrock --allow-few", input: FormatTests.data([record]))
      #expect(made.lines.count == (isTaken ? 1 : 0), "\(made.errorText)")
      let example = Self.replacing("bedrock", #""content":"a""#, #""content":"\#(text)""#)
      let found = try Self.check("bedrock", example)
      #expect(found.count == (isTaken ? 0 : 1) && found.allSatisfy { $0.contains("about 40001 tokens") }, "\(found)")
    }
  }

  /// Lines of a block as well as one that fills several.
  @Test func linesBeyondTheirMaximumAreTold() throws {
    let record = Self.record("openai")
    let lines = Data((Array(repeating: record, count: 12).joined(separator: "\n") + "\n").utf8)
    let at = record.utf8.count
    for (most, count) in [(at, 0), (at - 1, 12)] {
      let found = try CheckTests.check("openai", [lines], options: "--allow-few --max-line \(most)")
      #expect(found.lines.count(where: { $0.contains("longer than --max-line \(most)") }) == count, "\(found.lines)")
      #expect(found.status == (count == 0 ? 0 : 1))
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
