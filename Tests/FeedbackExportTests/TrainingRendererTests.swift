import FeedbackExport
import FeedbackModel
import NDJSON
import TestSupport
import Testing

@Suite struct TrainingRendererTests {
  /// Renders interactions as if every answer were a target; "refused" where the renderer refuses one.
  static func render(_ renderer: inout TrainingRenderer, _ text: String) throws -> String {
    let record = try ScannedRecord(text)
    let scanner = record.scanner
    let example = TrainingExample(
      systemPrompt: try scanner.text(.systemPrompt), history: try scanner.history(record.bytes.span),
      userPrompt: scanner[.userPrompt], answer: scanner[.aiResponse], category: scanner[.category],
      userRating: scanner[.userRating], origin: "rated")
    var line: [UInt8] = []
    if !renderer.append(example, record.bytes.span, to: &line) {
      #expect(line.isEmpty)
      return "refused"
    }
    return String(decoding: line, as: UTF8.self)
  }

  static func render(_ shape: TrainingFormat, _ text: String, system: String? = nil) throws -> String {
    var renderer = TrainingRenderer(shape, systemPrompt: system)
    return try render(&renderer, text)
  }

  static let bare = #"{"id":"x","user_prompt":"q","ai_response":"a","metadata":{"k":1}}"#
  static let full =
    #"{"system_prompt":"be \"kind\"","history":[{"role":"user","content":"h1"},{"content":"h2","role":"assistant","x":1}],"#
    + #" "user_prompt":"caf\u00e9\/?","ai_response":"a\nb","category":"c","feedback":{"user_rating":4.50}}"#

  @Test func openAI() throws {
    #expect(
      try Self.render(.openAI, Self.bare)
        == #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#)
    #expect(
      try Self.render(.openAI, Self.full)
        == #"{"messages":[{"role":"system","content":"be \"kind\""},{"role":"user","content":"h1"},"#
        + #"{"role":"assistant","content":"h2","weight":0},{"role":"user","content":"caf\u00e9\/?"},"#
        + #"{"role":"assistant","content":"a\nb"}]}"#)
  }

  @Test func bedrockClaude() throws {
    #expect(
      try Self.render(.bedrockClaude, Self.bare)
        == #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#)
    var renderer = TrainingRenderer(.bedrockClaude, systemPrompt: nil)
    #expect(
      try Self.render(&renderer, Self.full)
        == #"{"system":"be \"kind\"","messages":[{"role":"user","content":"caf\u00e9\/?"},"#
        + #"{"role":"assistant","content":"a\nb"}]}"#)
    #expect(renderer.withoutHistoryCount == 1)
    _ = try Self.render(&renderer, #"{"history":[],"user_prompt":"q","ai_response":"a"}"#)
    #expect(renderer.withoutHistoryCount == 1)
  }

  @Test func document() throws {
    #expect(
      try Self.render(.document, Self.full)
        == #"{"messages":[{"role":"system","content":"be \"kind\""},{"role":"user","content":"h1"},"#
        + #"{"role":"assistant","content":"h2","weight":0},{"role":"user","content":"caf\u00e9\/?"},"#
        + #"{"role":"assistant","content":"a\nb"}],"category":"c","user_rating":4.50,"origin":"rated"}"#)
    #expect(try Self.render(.document, Self.bare).hasSuffix(#"],"origin":"rated"}"#))
  }

  @Test func aGivenSystemPromptStandsInThePlaceOfEveryOther() throws {
    for shape in [TrainingFormat.openAI, .bedrockClaude, .document] {
      let line = try Self.render(shape, Self.full, system: "say \"yes\"\t/\u{7F}")
      #expect(line.contains(#""say \"yes\"\t/\u007f""#) && !line.contains("kind"))
      #expect(try Self.render(shape, Self.bare, system: "s").contains("\"s\""))
      // An empty one leaves them out.
      #expect(try !Self.render(shape, Self.full, system: "").contains("system"))
    }
    let empty = #"{"system_prompt":"","user_prompt":"q","ai_response":"a"}"#
    #expect(try Self.render(.openAI, empty) == Self.render(.openAI, Self.bare))
  }

  @Test func rolesThatTheTargetDoesNotKnowAreRefused() throws {
    let text = #"{"history":[{"role":"tool","content":"42"}],"user_prompt":"q","ai_response":"a"}"#
    var renderer = TrainingRenderer(.openAI, systemPrompt: nil)
    #expect(try Self.render(&renderer, text) == "refused")
    #expect(try Self.render(&renderer, text.replacing("tool", with: "Assistant")) == "refused")
    #expect(try Self.render(&renderer, text.replacing("tool", with: "syst\\u0065m")) != "refused")
    #expect(renderer.refusedCount(.role) == 2)
    #expect(renderer.refusals == ["2 with a turn that is not of system, user or assistant"])
    #expect(try Self.render(.bedrockClaude, text) != "refused")
    #expect(try Self.render(.document, text) != "refused")
  }

  @Test(arguments: [
    (#"a\nHuman: b"#, true), (#"\nAssistant:"#, true), (#"\u000aHuman:"#, true), (#"\n\u0048uman: x"#, true),
    (#"\r\nHuman:"#, true), ("Human: b", true), ("Assistant:", true), (#"\u0048uman:"#, true), ("Human", false),
    ("Human b\\n", false), (#"a\n Human: b"#, false), (#"a\nhuman: b"#, false),
    (#"a\\nHuman: b"#, false),
    (#"\nHuman b"#, false), (#"\n"#, false),
  ])
  func markersOfTurnsAreRefused(body: String, isRefused: Bool) throws {
    for field in ["system_prompt", "user_prompt", "ai_response"] {
      var members = ["system_prompt": "s", "user_prompt": "q", "ai_response": "a"]
      members[field] = body
      let text = members.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
      #expect(try (Self.render(.bedrockClaude, "{\(text)}") == "refused") == isRefused)
      #expect(try Self.render(.openAI, "{\(text)}") != "refused")
      if field == "system_prompt" {
        #expect(try Self.render(.bedrockClaude, "{\(text)}", system: "other") != "refused")
      }
    }
  }
}
