import Foundation
import TestSupport
import Testing

/// Rules beyond the common mistakes: tools, texts in the place of turns, and what one file says of the next.
extension CheckTests {
  static func turns(_ turns: String...) -> Data {
    Data(#"{"messages":[\#(turns.joined(separator: ","))]}\#n"#.utf8)
  }

  @Test func aToolAnswersACall() throws {
    let ask = #"{"role":"user","content":"q"}"#
    let call =
      #"{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
    let result = #"{"role":"tool","tool_call_id":"1","content":"7"}"#
    let end = #"{"role":"assistant","content":"a"}"#
    for good in [
      [ask, call, result, end], [ask, call, result, result, end], [ask, call],
      [ask, call.replacingOccurrences(of: "{\"role\"", with: "{\"content\":null,\"role\""), result, end],
      [ask, end.replacingOccurrences(of: "}", with: ",\"tool_calls\":null}")],
      [ask, call.replacingOccurrences(of: "{\"role\"", with: "{\"content\":\"\",\"role\""), result, end],
      [ask, call, result.replacingOccurrences(of: "\"7\"", with: "\"\""), end],
      [
        ask, #"{"role":"assistant","function_call":{"name":"f","arguments":"{}"}}"#,
        #"{"role":"function","name":"f","content":"7"}"#, end,
      ],
    ] {
      let file = Data(#"{"messages":[\#(good.joined(separator: ","))]}\#n"#.utf8)
      #expect(try Self.check("openai", [file]).lines.isEmpty, "\(good)")
    }
    for (bad, finding) in [
      ([ask, result, end], "[role] /messages/1: nothing was called before this answer of a tool"),
      ([ask, end, ask, call, end, result, end], "[role] /messages/5: nothing was called"),
      ([ask, #"{"role":"assistant","tool_calls":[]}"#], "[empty] /messages/1/tool_calls: an empty list calls nothing"),
      ([ask, #"{"role":"assistant","content":null,"tool_calls":[]}"#], "[type] /messages/1/content: not a string"),
      ([ask, #"{"role":"tool","tool_call_id":"1","content":5}"#, end], "[type] /messages/1/content: not a string"),
      ([ask, call, #"{"role":"tool","name":"f","content":"7"}"#], "[missing] /messages/2/tool_call_id: not there"),
      ([ask, call, #"{"role":"function","tool_call_id":"1","content":"7"}"#], "[missing] /messages/2/name: not there"),
      (
        [ask, #"{"role":"assistant","function_call":{},"tool_calls":[]}"#],
        "[empty] /messages/1/tool_calls: an empty list calls nothing"
      ),
      ([ask, #"{"role":"assistant","tool_calls":null}"#], "[missing] /messages/1/content: not there"),
      ([ask, #"{"role":"assistant","tool_calls":{}}"#], "[type] /messages/1/tool_calls: not a list"),
      ([ask, #"{"role":"assistant","tool_calls":[7]}"#], "[type] /messages/1/tool_calls/0: not an object"),
      ([ask, #"{"role":"assistant","function_call":"f"}"#], "[type] /messages/1/function_call: not an object"),
      (
        [#"{"role":"user","tool_calls":[{}]}"#, end],
        "[role] /messages/0: a call of a tool in a turn that is not the assistant's"
      ),
      (
        [#"{"role":"user","content":"q","tool_call_id":"1"}"#, end],
        "[extra] /messages/0/tool_call_id: only what a tool says answers a call"
      ),
    ] { try Self.expect("openai", #"{"messages":[\#(bad.joined(separator: ","))]}\#n"#, ["f1:1: \(finding)"]) }
  }

  /// What is no text is not looked at, and tells records apart all the same.
  @Test func whatIsNoTextIsPartOfARecord() throws {
    func nova(_ blocks: String, answer: String = #"[{"text":"a"}]"#) -> Data {
      Data(
        #"{"schemaVersion":"bedrock-conversation-2024","messages":[{"role":"user","content":\#(blocks)},{"role":"assistant","content":\#(answer)}]}\#n"#
          .utf8)
    }
    let ask = #"{"text":"What is this?"}"#
    let (one, two) = (nova("[\(ask),{\"image\":{\"x\":1}}]"), nova("[\(ask),{\"image\":{\"x\":2}}]"))
    for files in [[nova(#"[{"image":{}}]"#)], [one, two], [one + two]] {
      let found = try Self.check("bedrock-nova", files)
      #expect(found.status == 0 && found.lines.allSatisfy { $0.contains("] /messages/0/content/") }, "\(found)")
    }
    let same = try Self.check("bedrock-nova", [one, one])
    #expect(same.status == 1 && same.lines.contains { $0.contains("[overlap]") }, "\(same)")
    func call(_ name: String) -> String {
      #"{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"\#(name)","arguments":"{}"}}]}"#
    }
    let records = ["c1", "c2", "c1"].map { #"{"messages":[{"role":"user","content":"q"},\#(call($0))]}\#n"# }
    let found = try Self.check("openai", [Data(records.joined().utf8)])
    #expect(found.lines == ["f1:3: [duplicate] warning: the same as line 1; keep one of them"], "\(found)")
  }

  /// A first line that is too long is one line, and the others keep their numbers.
  @Test func linesAfterOneThatIsTooLongKeepTheirNumbers() throws {
    let long = Self.good.replacingOccurrences(of: "\"q\"", with: "\"\(String(repeating: "q", count: 3 << 20))\"")
    for (format, start) in [("openai", ""), ("azure", "\u{FEFF}")] {
      let file = Data("\(start)\(long)\n\(Self.good)\n{\n\(Self.good)\n".utf8)
      let found = try Self.check(format, [file], options: "--allow-few --max-line 1000")
      #expect(found.lines.map { $0.prefix(12) } == ["f1:1: [lengt", "f1:3: [synta", "f1:4: [dupli"], "\(found)")
    }
  }

  /// TRL takes strings in the place of turns, in all records of a file or in none.
  @Test func stringsMayStandForTurnsInAllRecords() throws {
    let records = [
      ("trl-prompt-completion", #"{"prompt":"q","completion":" a"}"#),
      ("trl-dpo", #"{"prompt":"q","chosen":"a","rejected":"b"}"#),
      ("trl-kto", #"{"prompt":"q","completion":"a","label":true}"#),
    ]
    for (format, record) in records {
      #expect(try Self.check(format, [Data("\(record)\n".utf8)]).lines.isEmpty, "\(format)")
      let turns = record.replacingOccurrences(of: #""prompt":"q""#, with: #""prompt":[{"role":"user","content":"q"}]"#)
      try Self.expect(format, "\(turns)\n", ["f1:1: [type] strings beside lists of turns"])
      let written = RuleTests.record(format)
      try Self.expect(format, "\(record)\n\(written)\n", ["f1:2: [type] lists of turns, unlike the first record"])
      try Self.expect(format, "\(written)\n\(record)\n", ["f1:2: [type] strings, unlike the first record"])
      try Self.expect(format, record.replacingOccurrences(of: "\"q\"", with: "\" \"") + "\n", ["f1:1: [empty] /prompt"])
    }
    try Self.expect("trl-dpo", #"{"prompt":"q","chosen":"a","rejected":"a"}"# + "\n", ["f1:1: [tie]"])
    // A record that is neither says nothing of the others.
    let odd = Data(#"{"x":1}\#n{"prompt":null,"completion":"a"}\#n{"prompt":"q","completion":"a"}\#n"#.utf8)
    let told = try Self.check("trl-prompt-completion", [odd])
    #expect(told.lines.allSatisfy { !$0.hasPrefix("f1:3:") && !$0.contains("strings") }, "\(told)")
    let turns = Data(
      #"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}]}\#n"#.utf8)
    #expect(
      try Self.check("trl-prompt-completion", [Data("\(records[0].1)\n".utf8), turns]).lines.first?
        .hasPrefix("f2:1: [overlap]") == true)
    let overlap = Data("\(records[0].1)\n".utf8)
    #expect(
      try Self.check("trl-prompt-completion", [overlap, overlap]).lines.first?.hasPrefix("f2:1: [overlap]") == true)
    // Not where nobody takes them.
    try Self.expect("openai", #"{"messages":"q"}"# + "\n", ["f1:1: [type] /messages: not a list"])
  }

  /// The minimum is of what is learnt from, not of what is held back to test with.
  @Test func aFileToValidateWithMayBeSmall() throws {
    func file(_ range: Range<Int>) -> Data {
      Data(range.map { Self.good.replacingOccurrences(of: "\"q\"", with: "\"q\($0)\"") + "\n" }.joined().utf8)
    }
    for format in ["openai", "bedrock", "mistral"] {
      let found = try Self.check(format, [file(0..<40), file(40..<42)], options: "")
      #expect(found.status == 0 && found.lines.isEmpty, "\(found)")
      let none = try Self.check(format, [file(0..<40), Data()], options: "")
      #expect(
        none.status == 1 && none.lines == ["f2:1: [minimum] 0 records: \(format) needs 1; add examples"], "\(none)")
      #expect(
        try Self.check(format, [file(0..<2), file(2..<42)], options: "").lines.first?.hasPrefix("f1:2: [minimum]")
          == true)
    }
  }

  @Test func aSystemPromptIsInAllFilesOrInNone() throws {
    let without = RuleTests.record("bedrock-nova")
    let with = without.replacingOccurrences(of: #""messages""#, with: #""system":[{"text":"s"}],"messages""#)
      .replacingOccurrences(of: "\"q\"", with: "\"p\"")
    for (files, words) in [
      ([with, without], "no system prompt, and one in the files before"),
      ([without, with], "a system prompt, and none in the files before"),
    ] {
      let found = try Self.check("bedrock-nova", files.map { Data("\($0)\n".utf8) })
      #expect(found.status == 1 && found.lines.count == 1, "\(found)")
      #expect(found.lines.first?.hasPrefix("f2:1: [system] \(words)") == true, "\(found)")
    }
  }

  @Test func aMarkInTheMiddleIsNamed() throws {
    for format in ["openai", "azure"] {
      let start = format == "azure" ? "\u{FEFF}" : ""
      try Self.expect(
        format, "\(start)\(Self.good)\n\u{FEFF}\(Self.good)\n", ["f1:2: [bom] a byte order mark before a record"])
    }
  }

  /// White space of any script between a prompt and an answer that are put together.
  @Test(arguments: ["\u{A0}", "\u{3000}", "\u{2028}", "\u{85}", " ", "\\t", "\\u00a0"])
  func aSeamHasNoWhiteSpace(space: String) throws {
    try Self.expect("bedrock-pc", #"{"prompt":"q\#(space)","completion":"a"}\#n"#, ["f1:1: [seam] the prompt ends"])
    try Self.expect("bedrock-pc", #"{"prompt":"q","completion":"\#(space)a"}\#n"#, ["f1:1: [seam] the answer begins"])
    let record = #"{"user_prompt":"q\#(space)","ai_response":"a","feedback":{"user_rating":5}}"#
    let made = try shell("fb-export --format bedrock-pc --allow-few", input: FormatTests.data([record]))
    #expect(made.lines.isEmpty && made.errorText.contains("white space"), "\(made.errorText)")
    // A joiner at the end of a pictogram is none.
    let joined = Data(#"{"prompt":"q\#u{200D}","completion":"é"}\#n"#.utf8)
    #expect(try Self.check("bedrock-pc", [joined]).lines.isEmpty)
  }

  @Test func formatsAndFoldersThatCannotBeAreNamed() throws {
    for (options, words) in [
      ("openai,openai --out-dir x", "--format: openai is named twice"),
      ("bedrock,bedrock-claude --out-dir x", "--format: bedrock and bedrock-claude are one"),
      ("bedrock-claude,openai,bedrock --out-dir x", "--format: bedrock-claude and bedrock are one"),
      ("openai --as-of now", "--as-of goes with json, json-database and sqlite"),
      ("csv,trl-dpo --out-dir x --as-of now", "--as-of goes with"),
      ("openai --out-dir .", "--out-dir .: a new folder cannot take the place of the current one"),
      ("openai --out-dir ./", "--out-dir ./: a new folder cannot"),
      ("openai --out-dir \"$PWD\"", "a new folder cannot take the place of the current one"),
    ] {
      let folder = try TemporaryFolder()
      let found = try shell("fb-export --format \(options) </dev/null; s=$?; ls -A; exit $s", in: folder.url)
      #expect(
        found.status == 64 && found.text.isEmpty && found.errorText.contains(words), "\(options): \(found.errorText)")
    }
  }
}
