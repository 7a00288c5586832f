import Foundation
import TestSupport
import Testing

/// What fb-export promises of training files, tried on the built command.
@Suite struct TrainingExportTests {
  static func interaction(_ index: Int, stars: String = "5") -> String {
    #"{"id":"r\#(index)","user_prompt":"q\#(index)","ai_response":"a\#(index)","feedback":{"user_rating":\#(stars)}}"#
  }

  static func interactions(_ count: Int) -> Data {
    Data(((0..<count).map { interaction($0) }.joined(separator: "\n") + "\n").utf8)
  }

  @Test(arguments: [("openai", 10), ("bedrock", 32)])
  func tooFewExamplesAreNoFile(format: String, minimum: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("out", "old")
    let few = Self.interactions(minimum - 1) + Data((Self.interaction(99, stars: "1") + "\n").utf8)
    let refused = try shell("fb-export --format \(format) -o out", input: few, in: folder.url)
    #expect(refused.status == 65)
    #expect(
      refused.errorText == "fb-export: left out: 1 poor without a correction\n"
        + "fb-export: \(minimum - 1) examples: \(format) needs \(minimum) (see --allow-few)\n")
    #expect(try folder.read("out") == "old")
    #expect(try shell("ls -A", in: folder.url).text == "out\n")
    let printed = try shell("fb-export --format \(format)", input: few)
    #expect(printed.status == 65 && printed.output.isEmpty)
    let allowed = try shell("fb-export --format \(format) --allow-few", input: few)
    #expect(allowed.status == 0 && allowed.lines.count == minimum - 1)
    let enough = try shell("fb-export --format \(format)", input: Self.interactions(minimum))
    #expect(enough.status == 0 && enough.lines.count == minimum && enough.errors.isEmpty)
    #expect(try shell("fb-export --format \(format)", input: Self.interactions(minimum + 1)).lines.count == minimum + 1)
    #expect(try shell("fb-export --format \(format)", input: few.dropLast(2)).status == 65)
  }

  /// Records of every kind and claim; the text of an answer says what it is good for: `poor…` is never a target, `fix…`
  /// and `good…` are one if nothing else forbids it, `never…` is forbidden.
  static func anything(_ random: inout SeededGenerator, _ index: Int) -> String {
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    let poor = pick(["1", "2", "1.5", "2.0", "1.9999999999", "20e-1"])
    let good = pick(["4", "5", "3.5", "4.25", "35e-1"])
    let earlier = pick([
      "", #""history":[{"role":"user","content":"h"},{"role":"assistant","content":"history\#(index)"}],"#,
    ])
    let prompt = #""id":"r\#(index)","category":"c",\#(earlier)"user_prompt":"q\#(index)""#
    func example(_ rest: String) -> String { #"{"type":"example","use":"sft",\#(prompt),\#(rest)}"# }
    func answer(_ text: String, _ feedback: String, _ rest: String = "") -> String {
      #"{\#(prompt),"ai_response":"\#(text)\#(index)","feedback":{\#(feedback)}\#(rest)}"#
    }
    switch Int.random(in: 0..<18, using: &random) {
    case 0: return answer("poor", #""user_rating":\#(poor)"#)
    case 1: return answer("poor", #""user_rating":\#(poor),"approved":true"#)
    case 2:
      return answer("poor", #""user_rating":\#(poor),"corrected_response":"\#(pick(["", " ", #"\n\t"#, #"\u0020"#]))""#)
    case 3: return answer("poor", #""user_rating":\#(poor),"corrected_response":"poor\#(index)""#)
    case 4: return answer("poor", #""user_rating":\#(poor),"corrected_response":"fix\#(index)""#)
    case 5: return answer("poor", #""user_rating":\#(poor),"corrected_response":"never\#(index)","approved":false"#)
    case 6: return answer("good", #""user_rating":\#(good)"#)
    case 7: return answer("never", #""user_rating":\#(good),"approved":false"#)
    case 8: return answer("never", #""user_rating":\#(good)"#, #","status":"error""#)
    case 9: return answer("never", #""accuracy":5"#)
    case 10: return answer("never", #""user_rating":\#(pick(["3", "3.4999999999", "2.5"]))"#)
    case 11: return example(#""user_rating":\#(poor),"completion":"poor\#(index)","label":true,"origin":"rated""#)
    case 12:
      return example(#""user_rating":\#(poor),"completion":"poor\#(index)","origin":"\#(pick(["unrated", "x"]))""#)
    case 13:
      return example(
        #""user_rating":\#(poor),"completion":"poor\#(index)","ai_response":"poor\#(index)","origin":"correction""#)
    case 14:
      return example(
        #""user_rating":5,"feedback":{"user_rating":\#(poor)},"completion":"poor\#(index)","origin":"rated""#)
    case 15: return example(#""user_rating":\#(good),"completion":"never\#(index)","label":false,"origin":"rated""#)
    case 16: return example(#""user_rating":\#(good),"completion":"good\#(index)","label":true,"origin":"rated""#)
    default: return #"{"type":"pair",\#(prompt),"chosen":"never\#(index)","rejected":"poor\#(index)"}"#
    }
  }

  @Test func noPoorAnswerIsEverATarget() throws {
    var random = SeededGenerator(seed: 31)
    let records = (0..<3_000).map { Self.anything(&random, $0) }
    let expected = records.enumerated().compactMap { index, record -> String? in
      for text in ["fix\(index)\"", "good\(index)\""] where record.contains("\"\(text)") {
        return String(text.dropLast())
      }
      return nil
    }
    #expect(expected.count > 300)
    let input = Data((records.joined(separator: "\n") + "\n").utf8)
    let answers = #"jq -r '.messages[] | select(.role == "assistant" and .weight != 0) | .content'"#
    for threshold in ["", "--quality-threshold 0", "--quality-threshold 0.7 --include-unrated"] {
      for format in ["openai", "bedrock"] {
        let outcome = try shell("fb-export --format \(format) \(threshold) | \(answers)", input: input)
        #expect(!outcome.lines.contains { $0.hasPrefix("poor") || $0.hasPrefix("history") }, "\(format) \(threshold)")
        if threshold.isEmpty { #expect(outcome.lines == expected) }
      }
      let json = try shell(
        "fb-export --format json \(threshold) | jq -c '.examples[]' | \(answers)", input: input)
      #expect(!json.lines.contains { $0.hasPrefix("poor") })
      if threshold.isEmpty { #expect(json.lines == expected) }
    }
    // fb-filter decides the same, and its examples are what fb-export takes.
    let chained = try shell("fb-filter --for sft | fb-export --format openai | \(answers)", input: input)
    #expect(chained.lines == expected)
    // Earlier answers are context: with weight 0, or not there.
    let weights = try shell(
      #"fb-export --format openai | jq -c '[.messages[] | select(.content | startswith("history"))] | unique_by(.weight) | map(.weight)' | sort -u"#,
      input: input)
    #expect(weights.text == "[0]\n[]\n")
    #expect(try !shell("fb-export --format bedrock", input: input).text.contains("history"))
  }

  @Test func bedrockRecordsHoldNothingElse() throws {
    var random = SeededGenerator(seed: 32)
    let records = (0..<500).map { index in
      Self.anything(&random, index).replacingOccurrences(
        of: "\"category\"", with: "\"system_prompt\":\"s\",\"category\"")
    }
    let input = Data((records.joined(separator: "\n") + "\n").utf8)
    let keys = try shell(
      "fb-export --format bedrock | jq -c 'keys, (.messages[] | keys), [.messages[].role]' | sort -u", input: input)
    #expect(keys.lines == [#"["content","role"]"#, #"["messages","system"]"#, #"["user","assistant"]"#])
    let bare = try shell("fb-export --format bedrock --system '' | jq -c keys | sort -u", input: input)
    #expect(bare.lines == [#"["messages"]"#])
  }

  @Test func whatIsLeftOutIsCounted() throws {
    var random = SeededGenerator(seed: 33)
    let records = (0..<800).map { Self.anything(&random, $0) }
    let outcome = try shell("fb-export --format openai", input: Data((records.joined(separator: "\n") + "\n").utf8))
    #expect(outcome.status == 0)
    let words = outcome.errorText.dropFirst("fb-export: ".count).split(separator: "; left out: ")
    try #require(words.count == 2 && words[0] == "\(outcome.lines.count) of 800 records written")
    let counts = words[1].split(separator: ", ").compactMap { Int($0.split(separator: " ")[0]) }
    #expect(counts.reduce(0, +) == 800 - outcome.lines.count)
  }

  @Test func flatFeedbackIsNotOverlooked() throws {
    let flat = Data((#"{"id":"1","user_prompt":"p","ai_response":"bad","user_rating":1}"# + "\n").utf8)
    let words = "left out: 1 with feedback outside of `feedback` (fb-ingest moves it)\n"
    let exported = try shell("fb-export --format openai --include-unrated --allow-few", input: flat)
    #expect(exported.status == 0 && exported.output.isEmpty && exported.errorText.hasSuffix(words))
    // An expression on the same member looks at the same place.
    for condition in ["", "--where 'user_rating == 1 and other == null and approved == null'"] {
      let made = try shell("fb-filter --for sft --include-unrated \(condition)", input: flat)
      #expect(made.status == 0 && made.output.isEmpty && made.errorText.hasSuffix(words), "\(made.errorText)")
    }
    #expect(try shell("fb-filter --where 'user_rating == 1'", input: flat).output == flat)
    let ingested = try shell("fb-ingest | fb-export --format openai --include-unrated --allow-few", input: flat)
    #expect(ingested.output.isEmpty && ingested.errorText.hasSuffix("left out: 1 poor without a correction\n"))
  }

  @Test func optionsThatAreGivenNarrowExamplesDown() throws {
    func example(_ rest: String) -> String {
      #"{"type":"example","use":"sft","user_prompt":"q","completion":"a",\#(rest)}"# + "\n"
    }
    let examples = Data(
      [
        #""user_rating":5,"origin":"rated""#, #""user_rating":3,"origin":"rated""#, #""origin":"unrated""#,
        #""user_rating":1,"origin":"correction""#,
      ].map(example).joined().utf8)
    for (options, count, words) in [
      ("", 4, ""), ("--quality-threshold 0.9", 2, "1 unrated, 1 below the threshold"),
      ("--quality-threshold 0.9 --include-unrated", 3, "1 below the threshold"),
      ("--approved-only", 0, "4 not approved"),
    ] {
      let outcome = try shell("fb-export --format openai --allow-few \(options)", input: examples)
      #expect(outcome.status == 0 && outcome.lines.count == count, "\(options)")
      #expect(words.isEmpty ? outcome.errors.isEmpty : outcome.errorText.hasSuffix("left out: \(words)\n"))
    }
  }

  @Test func documentsAreJSONWhateverIsInThem() throws {
    for (format, key) in [("json", "examples"), ("json-database", "prompts")] {
      for count in [0, 1, 3] {
        let outcome = try shell("fb-export --format \(format) | jq '.\(key) | length'", input: Self.interactions(count))
        #expect(outcome.text == "\(count)\n" && outcome.errors.isEmpty)
      }
      let created = try shell(
        "fb-export --format \(format) --as-of 2024-10-31T01:00:00+01:00 | jq -r .metadata.created_at",
        input: Self.interactions(1))
      #expect(created.text == "2024-10-31T00:00:00Z\n")
      let absent = try shell(
        "fb-export --format \(format) | jq '.metadata | has(\"created_at\")'", input: Self.interactions(1))
      #expect(absent.text == "false\n")
    }
  }
}
