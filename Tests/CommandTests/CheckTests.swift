import Foundation
import TestSupport
import Testing

/// What fb-export --check says of files that others made: each common mistake of training files is found, with its rule,
/// its place and a way out.
@Suite struct CheckTests {
  static let good = #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#

  /// Findings as `file:line: [rule] …`, without the warnings that do not matter here.
  static func check(
    _ format: String, _ files: [Data], options: String = "--allow-few"
  ) throws -> (status: Int32, lines: [String], errors: String) {
    let folder = try TemporaryFolder()
    for (index, file) in files.enumerated() {
      try file.write(to: folder.url.appendingPathComponent("f\(index + 1)"))
    }
    let names = files.indices.map { "f\($0 + 1)" }.joined(separator: " ")
    let outcome = try shell("fb-export --check \(format) \(options) \(names)", in: folder.url)
    return (outcome.status, outcome.lines, outcome.errorText)
  }

  static func expect(_ format: String, _ text: String, _ places: [String], options: String = "--allow-few") throws {
    let found = try check(format, [Data(text.utf8)], options: options)
    #expect(found.status == 1 && found.errors.isEmpty, "\(format): \(found)")
    for place in places { #expect(found.lines.contains { $0.hasPrefix(place) }, "\(place) in \(found.lines)") }
    // A finding says what to do, in words of its own.
    #expect(found.lines.allSatisfy { $0.contains(";") || $0.contains(": write") }, "\(found.lines)")
  }

  static func pair(_ prompt: String, _ better: String, _ worse: String) -> String {
    #"{"prompt":[{"role":"user","content":"\#(prompt)"}],"chosen":[{"role":"assistant","content":"\#(better)"}],"rejected":[{"role":"assistant","content":"\#(worse)"}]}"#
      + "\n"
  }

  @Test func aFileWithoutMistakesPasses() throws {
    let file = Data((0..<12).map { Self.good.replacingOccurrences(of: "q", with: "q\($0)") + "\n" }.joined().utf8)
    let found = try Self.check("openai", [file], options: "--verbose")
    #expect(found.status == 0 && found.lines.isEmpty)
    #expect(found.errors == "fb-export: 12 records of 1 file: openai takes them\n")
  }

  @Test func mistake1AnArrayOrPrettyJSON() throws {
    try Self.expect("openai", "[\(Self.good)]\n", ["f1:1: [jsonl] an array"])
    try Self.expect("openai", "{\n  \"messages\": []\n}\n", ["f1:1: [jsonl] a record that does not end on its line"])
  }

  @Test func mistake2Encoding() throws {
    try Self.expect("openai", "\u{FEFF}\(Self.good)\n", ["f1:1: [bom] a byte order mark"])
    try Self.expect("azure", "\(Self.good)\n", ["f1:1: [bom] no byte order mark"])
    #expect(try Self.check("azure", [Data("\u{FEFF}\(Self.good)\n".utf8)]).status == 0)
    for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian] {
      let found = try Self.check("openai", [try #require(Self.good.data(using: encoding))])
      #expect(found.status == 1 && found.lines.count == 1 && found.lines[0].hasPrefix("f1:1: [encoding]"))
    }
    let latin = Data(Self.good.utf8.map { $0 == UInt8(ascii: "q") ? 0xE9 : $0 } + [10])
    #expect(try Self.check("openai", [latin]).lines.first?.hasPrefix("f1:1: [encoding] column 40") == true)
  }

  @Test func mistake3BareQuotes() throws {
    try Self.expect(
      "openai", Self.good + "\n" + #"{"messages":[{"role":"user","content":"say "hi""}]}"# + "\n", ["f1:2: [syntax]"])
  }

  @Test func mistake4TooFew() throws {
    for (format, minimum) in [("openai", 10), ("bedrock", 32)] {
      let lines = (1..<minimum).map { Self.good.replacingOccurrences(of: "q", with: "q\($0)") + "\n" }.joined()
      try Self.expect(
        format, lines, ["f1:\(minimum - 1): [minimum] \(minimum - 1) records: \(format) needs \(minimum)"], options: "")
      #expect(try Self.check(format, [Data(lines.utf8)]).status == 0)
    }
  }

  @Test func mistake5TheShapeOfAnotherTarget() throws {
    try Self.expect(
      "bedrock-nova", Self.good + "\n", ["f1:1: [missing] /schemaVersion", "f1:1: [type] /messages/0/content"])
    try Self.expect(
      "openai", #"{"prompt":"q","completion":"a"}"# + "\n",
      ["f1:1: [missing] /messages", "f1:1: [missing] the members are those of bedrock-pc"])
    let version = #"{"schemaVersion":"bedrock-conversion-2024","messages":[{"role":"user","content":[{"text":"q"}]}]}"#
    try Self.expect("bedrock-distill", version + "\n", ["f1:1: [constant] /schemaVersion"])
  }

  @Test func mistake6TheSystemPromptInTheWrongPlace() throws {
    let inside =
      #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#
    try Self.expect("bedrock", inside + "\n", ["f1:1: [system] /messages/0"])
    try Self.expect("openai", #"{"system":"s","# + Self.good.dropFirst() + "\n", ["f1:1: [extra] /system"])
    try Self.expect(
      "openai-rft", #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}]}"# + "\n",
      ["f1:1: [system] /messages/0/role"])
    let nova =
      #"{"schemaVersion":"bedrock-conversation-2024","messages":[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[{"text":"a"}]}]}"#
    try Self.expect(
      "bedrock-nova", nova + "\n" + #"{"system":[{"text":"s"}],"# + nova.dropFirst() + "\n", ["f1:2: [system]"])
  }

  @Test func mistake7RolesThatDoNotAlternate() throws {
    let twice =
      #"{"messages":[{"role":"user","content":"q"},{"role":"user","content":"r"},{"role":"assistant","content":"a"}]}"#
    for format in ["together", "bedrock", "trl-sft", "mistral"] {
      try Self.expect(format, twice + "\n", ["f1:1: [alternation] /messages/1"])
    }
    // OpenAI takes it.
    let warned = try Self.check("openai", [Data((twice + "\n").utf8)])
    #expect(warned.status == 0 && warned.lines[0].hasPrefix("f1:1: [alternation] /messages/1: warning: "))
    try Self.expect(
      "openai", #"{"messages":[{"role":"user","content":"q"}]}"# + "\n", ["f1:1: [alternation] /messages"])
  }

  @Test func mistake8RolesAndKeysOfAnother() throws {
    try Self.expect(
      "openai", Self.good.replacingOccurrences(of: "user", with: "human") + "\n", ["f1:1: [role] /messages/0/role"])
    try Self.expect(
      "openai", #"{"messages":[{"from":"user","value":"q"},{"role":"assistant","content":"a"}]}"# + "\n",
      ["f1:1: [extra] /messages/0/from", "f1:1: [missing] /messages/0/content", "f1:1: [missing] /messages/0/role"])
    try Self.expect(
      "gemini",
      #"{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"assistant","parts":[{"text":"a"}]}]}"# + "\n",
      ["f1:1: [role] /contents/1/role"])
    try Self.expect(
      "sharegpt", #"{"conversations":[{"from":"user","value":"q"},{"from":"gpt","value":"a"}]}"# + "\n",
      ["f1:1: [role] /conversations/0/from"])
  }

  @Test func mistake9EmptyTexts() throws {
    try Self.expect(
      "openai", Self.good.replacingOccurrences(of: "\"a\"", with: "\" \"") + "\n", ["f1:1: [empty] /messages/1/content"]
    )
    try Self.expect("alpaca", #"{"instruction":"","input":"","output":"a"}"# + "\n", ["f1:1: [empty] /instruction"])
    try Self.expect("openai", #"{"messages":[]}"# + "\n", ["f1:1: [empty] /messages"])
    try Self.expect("openai", Self.good + "\n\n" + Self.good, ["f1:2: [blank-line]"])
  }

  @Test func mistake10ExtraAndMissingMembers() throws {
    try Self.expect(
      "together", Self.good.dropLast() + #","rating":5,"a/b~c":1}"# + "\n",
      ["f1:1: [extra] /rating", "f1:1: [extra] /a~1b~0c"])
    try Self.expect(
      "trl-dpo", #"{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"a"}]}"# + "\n",
      ["f1:1: [missing] /rejected"])
    #expect(
      try Self.check("openai-rft", [Data(#"{"messages":[{"role":"user","content":"q"}],"difficulty":3}"#.utf8)]).status
        == 0)
  }

  @Test func mistake11ContentThatIsNoString() throws {
    for content in ["3", "{\"text\":\"a\"}", "null", "[]", "true"] {
      try Self.expect(
        "openai", Self.good.replacingOccurrences(of: "\"a\"", with: content) + "\n",
        ["f1:1: [type] /messages/1/content"])
    }
  }

  @Test func mistake12MoreTokensThanTheTargetTakes() throws {
    let long = String(repeating: "word ", count: 60_000)
    try Self.expect(
      "openai", Self.good.replacingOccurrences(of: "\"q\"", with: "\"\(long)\"") + "\n",
      ["f1:1: [length] about 100001 tokens"])
  }

  @Test func mistake13WhiteSpaceAtTheSeam() throws {
    try Self.expect(
      "bedrock-pc", #"{"prompt":"q ","completion":"a"}"# + "\n" + #"{"prompt":"r","completion":"\n a"}"# + "\n",
      ["f1:1: [seam] the prompt", "f1:2: [seam] the answer"])
  }

  @Test func mistake14UselessPreferences() throws {
    try Self.expect("trl-dpo", Self.pair("q", "a", #"\u0061"#), ["f1:1: [tie]"])
    let label = { (prompt: String, value: String) in
      #"{"prompt":[{"role":"user","content":"\#(prompt)"}],"completion":[{"role":"assistant","content":"a"}],"label":\#(value)}"#
        + "\n"
    }
    try Self.expect("trl-kto", label("q", "true") + label("r", "true"), ["f1:2: [labels]"], options: "")
    try Self.expect("trl-kto", label("q", "\"true\"") + label("r", "false"), ["f1:1: [label] /label"])
    let uneven = (0..<30).map { label("q\($0)", $0 == 0 ? "false" : "true") }.joined()
    let found = try Self.check("trl-kto", [Data(uneven.utf8)], options: "")
    #expect(found.status == 0 && found.lines[0].hasPrefix("f1:30: [labels] warning: 29 good and 1 bad"))
  }

  @Test func mistake15TheSamePromptOnBothSides() throws {
    let train = Data("\(Self.good.replacingOccurrences(of: "q", with: "other"))\n\(Self.good)\n".utf8)
    let validation = Data(Self.good.replacingOccurrences(of: "\"q\"", with: #""\nq ""#).utf8)
    let found = try Self.check("openai", [train, validation])
    #expect(found.status == 1 && found.lines.count == 1)
    #expect(found.lines[0].hasPrefix("f2:1: [overlap] the prompt is in file 1, line 2, too"))
    let twice = try Self.check("openai", [train + Data((Self.good + "\n").utf8)])
    #expect(twice.status == 0 && twice.lines == ["f1:3: [duplicate] warning: the same as line 2; keep one of them"])
  }

  @Test func furtherRules() throws {
    for word in ["User:", "bot:", "[eos]", "<IMAGE>"] {
      let record =
        #"{"schemaVersion":"bedrock-conversation-2024","messages":[{"role":"user","content":[{"text":"a \#(word)"}]},{"role":"assistant","content":[{"text":"b"}]}]}"#
      try Self.expect("bedrock-nova", record + "\n", ["f1:1: [reserved] /messages/0/content/0/text"])
    }
    let weighted = { (weight: String) in Self.good.replacingOccurrences(of: "\"a\"", with: "\"a\",\"weight\":\(weight)")
    }
    try Self.expect("together", weighted("0.5") + "\n", ["f1:1: [weight] /messages/1/weight"])
    try Self.expect("together", weighted("0") + "\n", ["f1:1: [weight] /messages"])
    #expect(try Self.check("together", [Data(weighted("1").utf8)]).status == 0)
    try Self.expect("trl-sft", weighted("1") + "\n", ["f1:1: [extra] /messages/1/weight"])
  }

  @Test func aFindingShowsNoTextOfTheRecord() throws {
    let record =
      #"{"messages":[{"role":"sécret\u001b[31m","content":"sécret"},{"sécret\u001b":1}],"sécret\n\u202e":"sécret"}"#
    let found = try Self.check("openai", [Data(record.utf8)])
    #expect(found.status == 1 && found.lines.count >= 4)
    #expect(found.lines.allSatisfy { !$0.contains("é") && !$0.contains("\u{1B}") && !$0.contains("\u{202E}") })
  }

  @Test func whatGoesTogetherAndWhatDoesNot() throws {
    for line in [
      "--check openai --format openai", "--check openai --out-dir d", "--check csv", "", "--list-formats x",
      "--format openai,bedrock", "--format openai,openai --out-dir d", "--format openai,json --out-dir d",
      "--format csv --manifest m", "--format openai --out-dir d -o f", "--format openai --jobs 2 --manifest m",
      "--format trl-dpo --jobs 2", "--format openai --history all",
    ] {
      #expect(try shell("fb-export \(line)").status == 64, "\(line)")
    }
    #expect(try shell("fb-export --check openai missing").status == 66)
    let listed = try shell(
      "fb-export --list-formats | jq -r 'select(.minimum > 0 and (.source | length) > 10) | .name' | wc -l")
    #expect(listed.text == "25\n")
  }
}
