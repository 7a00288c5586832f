import FeedbackImport
import FeedbackModel
import NDJSON
import TestSupport
import Testing

/// What becomes of one record: the line to write, or the fault.
func normalized(_ json: String, shape: RecordShape = .any, map: [String] = []) -> String {
  var fields = FieldMap()
  for text in map {
    if let fault = fields.add(text) { return fault }
  }
  var normalizer = InteractionNormalizer(shape: shape, map: fields)
  var scanner = InteractionNormalizer.scanner()
  let bytes = scanner.scan(text: Array(json.utf8))
  if let error = scanner.error { return "\(error.code)" }
  do {
    try normalizer.take(bytes.span, scanner)
  } catch {
    return "\(error.offset) \(error.message)"
  }
  return normalizer.line.isEmpty ? "as it came" : String(decoding: normalizer.line, as: UTF8.self)
}

@Suite struct NormalizerTests {
  static let whole = #"{"id":"a","user_prompt":"q","ai_response":"r","category":"c""#

  @Test(arguments: [
    (#"}"#, "as it came"),
    (#", "z" : 1.0 ,"timestamp":"2024-10-15T10:30:00.250Z","feedback":{"user_rating":4.50}}"#, "as it came"),
    (#","timestamp":"2024-10-15T12:30:00+02:00"}"#, #","timestamp":"2024-10-15T10:30:00Z"}"#),
    (#","timestamp":"2024-10-15"}"#, #","timestamp":"2024-10-15T00:00:00Z"}"#),
    (#","timestamp":"2024-10-15 10:30:00"}"#, #","timestamp":"2024-10-15T10:30:00Z"}"#),
    (#","timestamp":1728988200}"#, #","timestamp":"2024-10-15T10:30:00Z"}"#),
    (#","timestamp":1728988200123}"#, #","timestamp":"2024-10-15T10:30:00.123Z"}"#),
    (#","timestamp":"1728988200.5"}"#, #","timestamp":"2024-10-15T10:30:00.5Z"}"#),
    (#","timestamp":null}"#, "as it came"),
    (#","user_id":17}"#, #","user_id":"17"}"#),
    (#","response_time_ms":"120"}"#, #","response_time_ms":120}"#),
    (#","response_time_ms":120.5}"#, #","response_time_ms":121}"#),
    (#","response_time_ms":1.2e2}"#, "as it came"),
    (#","user_rating":4,"feedback_text":"x"}"#, #","feedback":{"user_rating":4,"feedback_text":"x"}}"#),
    (#","user_rating":null}"#, "}"),
    (#","user_rating":4,"feedback":{"user_rating":5}}"#, "as it came"),
    (#","user_rating":4,"feedback":{"clarity":5, "x":1}}"#, #","feedback":{"clarity":5, "x":1,"user_rating":4}}"#),
    (#","user_rating":" 4.5 ","approved":"true"}"#, #","feedback":{"user_rating":4.5,"approved":true}}"#),
    (#","rated_at":"2024-10-15T12:30:00+02:00"}"#, #","feedback":{"rated_at":"2024-10-15T10:30:00Z"}}"#),
  ])
  func aWholeInteractionChangesOnlyWhereItMust(rest: String, expected: String) {
    #expect(normalized(Self.whole + rest) == (expected == "as it came" ? expected : Self.whole + expected))
  }

  @Test(arguments: [
    (#","timestamp":"2026-02-30T00:00:00Z"}"#, "timestamp: not a time"),
    (#","timestamp":true}"#, "timestamp: not a time"),
    (#","user_rating":6}"#, "feedback.user_rating: not between 1 and 5"),
    (#","user_rating":"good"}"#, "feedback.user_rating: not a number"),
    (#","feedback":{"accuracy":0.99}}"#, "feedback.accuracy: not between 1 and 5"),
    (#","feedback":[]}"#, "feedback: not an object"),
    (#","status":"success"}"#, "status: neither"), (#","response_time_ms":-1}"#, "response_time_ms: out of range"),
    (#","response_time_ms":"fast"}"#, "response_time_ms: not a number"), (#","history":{}}"#, "history: not an array"),
    (#","approved":"maybe"}"#, "feedback.approved: neither"), (#","user_id":[1]}"#, "user_id: not a string"),
    (#","model":1}"#, "model: not a string"), (#","type":1}"#, "type: not a string"),
  ])
  func whatBreaksARuleIsRefused(rest: String, message: String) {
    let found = normalized(Self.whole + rest)
    #expect(found.contains(" " + message), "\(found)")
  }

  @Test func whatIsMissingIsMadeOrRefused() {
    let empty = normalized(#"{"id":"","user_prompt":"q","ai_response":"r","category":null}"#)
    #expect(
      empty.hasPrefix(#"{"id":""#)
        && empty.hasSuffix(#"","user_prompt":"q","ai_response":"r","category":"uncategorized"}"#))
    let made = normalized(#"{"user_prompt":"q","ai_response":"r"}"#)
    #expect(
      made.hasPrefix(#"{"id":""#)
        && made.hasSuffix(#"","user_prompt":"q","ai_response":"r","category":"uncategorized"}"#))
    #expect(made == normalized(#"{"user_prompt":"q","ai_response":"r"}"#))
    #expect(made != normalized(#"{"user_prompt":"q","ai_response":"s"}"#))
    #expect(normalized(#"{"ai_response":"r"}"#).hasPrefix("0 user_prompt: missing"))
    #expect(normalized(#"{"user_prompt":"q"}"#).hasPrefix("0 ai_response: missing"))
    #expect(
      normalized(#"{"id":"a","user_prompt":"q","status":"error","category":"c"}"#)
        == #"{"id":"a","user_prompt":"q","status":"error","category":"c","ai_response":""}"#)
    #expect(
      normalized(#"{"id":7,"user_prompt":"q","ai_response":"r","category":"c"}"#)
        == #"{"id":"7","user_prompt":"q","ai_response":"r","category":"c"}"#)
    #expect(normalized(#"{"id":"a\u0000","user_prompt":"q","ai_response":"r"}"#).contains("NUL"))
  }

  @Test func eventsAndOtherTypesPass() {
    #expect(normalized(#"{"type":"metric","timestamp":"yesterday"}"#) == "as it came")
    #expect(normalized(#"{"type":"feedback","id":"e","interaction_id":"a","user_rating":4}"#) == "as it came")
    #expect(
      normalized(#"{"type":"feedback","id":"e","interaction_id":5,"user_rating":"4","approved":null}"#)
        == #"{"type":"feedback","id":"e","interaction_id":"5","user_rating":4,"approved":null}"#)
    #expect(normalized(#"{"type":"feedback","id":"e","user_rating":4}"#).contains("interaction_id: missing"))
    #expect(normalized(#"{"type":"feedback","interaction_id":"a","clarity":9}"#).contains("not between"))
    #expect(
      normalized(#"{"type":"feedback","interaction_id":"a","feedback":{"clarity":4}}"#).contains("beside the others"))
  }

  @Test func aTypeThatIsNotOursIsTheSourcesOwnWord() {
    #expect(normalized(#"{"type":"tool_state","x":1}"#) == "as it came")
    #expect(
      normalized(#"{"type":"message","q":"hi","a":"ho","id":"i"}"#, map: ["user_prompt=q", "ai_response=a"])
        == #"{"user_prompt":"hi","ai_response":"ho","id":"i","metadata":{"type":"message"},"category":"uncategorized"}"#
    )
    #expect(
      normalized(#"{"type":"message","user_prompt":"hi","ai_response":"ho","id":"i","category":"c"}"#)
        == #"{"user_prompt":"hi","ai_response":"ho","id":"i","category":"c","metadata":{"type":"message"}}"#)
    #expect(
      normalized(
        #"{"type":"chat","id":"i","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}"#
      )
      .contains(#""metadata":{"type":"chat"}"#))
  }
}

@Suite struct ConversationTests {
  @Test func theLastAnswerIsTheInteraction() {
    let found = normalized(
      #"{"id":"c","messages":[{"role":"system","content":"s"},{"role":"user","content":"q1"},{"role":"assistant","content":"a1"},"#
        + #"{"role":"user","content":[{"type":"text","text":"q2 "},{"type":"text","text":"\u00e9"}]},{"role":"assistant","content":null,"tool_calls":[1]},"#
        + #"{"role":"tool","content":"t"},{"role":"assistant","content":"a2"},{"role":"user","content":"thanks"}],"model":"m","user_rating":5,"x":{"y":1},"metadata":{"x":2}}"#
    )
    #expect(
      found
        == #"{"id":"c","model":"m","system_prompt":"s","history":[{"role":"user","content":"q1"},{"role":"assistant","content":"a1"}],"#
        + #""user_prompt":"q2 \u00e9","ai_response":"a2","#
        + #""feedback":{"user_rating":5},"metadata":{"x":{"y":1},"x_":2,"messages_between":[{"role":"assistant","content":null,"tool_calls":[1]},{"role":"tool","content":"t"}],"#
        + #""messages_after":[{"role":"user","content":"thanks"}]},"category":"uncategorized"}"#)
  }

  @Test func earlierTurnsWithoutATextAreNoHistory() {
    #expect(
      normalized(
        #"{"id":"c","category":"c","messages":[{"role":"user","content":"q1"},{"role":"assistant","content":null,"tool_calls":[1]},{"role":"assistant","content":"a1"},{"role":"user","content":"q2"},{"role":"assistant","content":"a2"}]}"#
      )
        == #"{"id":"c","category":"c","history":[{"role":"user","content":"q1"},{"role":"assistant","content":"a1"}],"user_prompt":"q2","ai_response":"a2","metadata":{"messages_without_text":[{"role":"assistant","content":null,"tool_calls":[1]}]}}"#
    )
  }

  @Test(arguments: [
    #"{"messages":[]}"#, #"{"messages":[{"role":"user","content":"q"}]}"#,
    #"{"messages":[{"role":"assistant","content":"a"}]}"#,
    #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":""}]}"#,
  ])
  func withoutAnAnswerThereIsNone(json: String) {
    #expect(normalized(json).contains("no question of a user with an answer"))
  }

  @Test func otherShapesAreRefused() {
    #expect(
      normalized(#"{"user_prompt":"q","ai_response":"r"}"#, shape: .conversation).contains("messages: not an array"))
    #expect(normalized(#"{"messages":[]}"#, shape: .interaction).contains("user_prompt: missing"))
    #expect(normalized(#"{"messages":[{"content":"q"}]}"#).contains("without a role"))
  }
}

@Suite struct FieldMapTests {
  @Test func foreignRecordsAreMapped() {
    let json =
      #"{"request":{"model":"m","messages":[{"role":"user","content":"q"}]},"response":{"id":"r1","choices":[{"message":{"content":"a"}}]},"score":4,"a.b":"dots","category":"c"}"#
    #expect(
      normalized(
        json,
        map: [
          "user_prompt=request.messages.-1.content", "ai_response=response.choices.0.message.content", "id=response.id",
          "user_rating=score", "model=request.model", "language=a.b",
        ])
        == #"{"user_prompt":"q","ai_response":"a","id":"r1","model":"m","language":"dots","category":"c","feedback":{"user_rating":4},"#
        + #""metadata":{"request":{"messages":[{"role":"user"}]}}}"#)
  }

  @Test func whatIsNotThereIsAbsentAndTheRestIsKept() {
    #expect(
      normalized(
        #"{"q":"x","a":"y","n":[1, {}],"metadata":{"k":1},"id":"i","category":"c"}"#,
        map: ["user_prompt=q", "ai_response=a", "model=m"])
        == #"{"user_prompt":"x","ai_response":"y","id":"i","category":"c","metadata":{"n":[1,{}],"k":1}}"#)
    #expect(normalized(#"{"q":"x"}"#, map: ["user_prompt=q", "ai_response=a"]).hasPrefix("0 ai_response: missing"))
    #expect(
      normalized(#"{"q":{"r":1},"a":"y"}"#, map: ["user_prompt=q", "ai_response=a"]).hasPrefix(
        "0 user_prompt: not a string"))
  }

  @Test(arguments: ["user_prompt", "nonsense=a", "id=", "id=a..b"])
  func aBadMapIsNamed(text: String) {
    var map = FieldMap()
    #expect(map.add(text) != nil)
    #expect(map.isEmpty)
  }
}
