import FeedbackCuration
import FeedbackModel
import NDJSON
import TestSupport
import Testing

@Suite struct RouteTests {
  static func fate(_ feedback: String, _ rest: String = "", policy: RoutePolicy = RoutePolicy()) throws -> String {
    let text = #"{"user_prompt":"q","ai_response":"a","feedback":{\#(feedback)}\#(rest)}"#
    return try fate(interaction: text, policy: policy)
  }

  static func fate(interaction text: String, policy: RoutePolicy = RoutePolicy()) throws -> String {
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    return words(try Route.interaction(record.bytes.span, record.scanner, policy))
  }

  static func words(_ fate: Fate) -> String {
    switch fate {
    case .train(let target): target.rawValue
    case .label(let isGood): isGood ? "good" : "bad"
    case .prompt(let target): target?.rawValue ?? "alone"
    case .keep: "kept"
    case .drop(let reason): reason.words
    }
  }

  @Test(arguments: [
    (#""user_rating":5"#, "rated"), (#""user_rating":3.5"#, "rated"),
    (#""user_rating":3.4999999999"#, "below the threshold"),
    (#""user_rating":3"#, "below the threshold"), (#""user_rating":2.0000000001"#, "below the threshold"),
    (#""user_rating":2"#, "poor without a correction"), (#""user_rating":1"#, "poor without a correction"),
    ("", "unrated"), (#""user_rating":null"#, "unrated"), (#""accuracy":5,"helpfulness":5,"clarity":5"#, "unrated"),
    (#""user_rating":1,"corrected_response":"c""#, "correction"), (#""corrected_response":"c""#, "correction"),
    (#""user_rating":5,"corrected_response":"c""#, "correction"),
    // A correction without text, or one that says what the answer said, is none.
    (#""user_rating":1,"corrected_response":"""#, "poor without a correction"),
    (#""user_rating":1,"corrected_response":" \n\t\r\f\u0020""#, "poor without a correction"),
    (#""user_rating":1,"corrected_response":null"#, "poor without a correction"),
    (#""user_rating":1,"corrected_response":"\u0061""#, "poor without a correction"),
    (#""user_rating":5,"corrected_response":"a""#, "rated"),
    (#""user_rating":1,"corrected_response":"a ""#, "poor without a correction"),
    // A reviewer's no is final.
    (#""user_rating":5,"approved":false"#, "rejected by a reviewer"),
    (#""user_rating":1,"corrected_response":"c","approved":false"#, "rejected by a reviewer"),
    (#""user_rating":5,"approved":true"#, "rated"), (#""user_rating":5,"approved":null"#, "rated"),
    (#""user_rating":1,"approved":true"#, "poor without a correction"),
  ])
  func whoTrains(feedback: String, expected: String) throws {
    #expect(try Self.fate(feedback) == expected)
  }

  @Test(arguments: [
    (#"{"user_prompt":"q","ai_response":"a","status":"error","feedback":{"user_rating":5}}"#, "with an error"),
    (
      #"{"user_prompt":"q","ai_response":"a","status":"error","feedback":{"user_rating":1,"corrected_response":"c"}}"#,
      "with an error"
    ),
    (#"{"user_prompt":"q","ai_response":"a","status":"ok","feedback":{"user_rating":5}}"#, "rated"),
    (#"{"user_prompt":" ","ai_response":"a","feedback":{"user_rating":5}}"#, "with an empty prompt"),
    (#"{"ai_response":"a","feedback":{"user_rating":5}}"#, "with an empty prompt"),
    (#"{"user_prompt":"q","ai_response":"\n","feedback":{"user_rating":5}}"#, "with an empty answer"),
    (#"{"user_prompt":"q","feedback":{"user_rating":5}}"#, "with an empty answer"),
    (#"{"user_prompt":"q","ai_response":"","feedback":{"user_rating":1,"corrected_response":"c"}}"#, "correction"),
    (#"{"user_prompt":"q","ai_response":"a"}"#, "unrated"),
    (#"{"user_prompt":"q","ai_response":"a","feedback":null}"#, "unrated"),
    ("{}", "with an empty prompt"),
  ])
  func whatAlwaysHolds(text: String, expected: String) throws {
    #expect(try Self.fate(interaction: text) == expected)
  }

  @Test(arguments: [
    #""user_rating":1"#, #""user_rating":5"#, #""approved":false"#, #""approved":true"#, #""corrected_response":"c""#,
    #""user_rating":1,"feedback":{"approved":true}"#, #""approved":false,"feedback":{"user_rating":5}"#,
  ])
  func flatFeedbackIsNotOverlooked(members: String) throws {
    var policy = RoutePolicy()
    policy.includeUnrated = true
    let text = #"{"user_prompt":"q","ai_response":"a",\#(members)}"#
    for policy in [policy, RoutePolicy()] {
      #expect(
        try Self.fate(interaction: text, policy: policy) == "with feedback outside of `feedback` (fb-ingest moves it)")
    }
    let null = #"{"user_prompt":"q","ai_response":"a","user_rating":null,"approved":null}"#
    #expect(try Self.fate(interaction: null, policy: policy) == "unrated")
    // fb-ingest leaves what has its like inside.
    #expect(try Self.fate(#""user_rating":5"#, #","user_rating":1"#) == "rated")
  }

  @Test func thePolicyMovesTheBounds() throws {
    var policy = RoutePolicy()
    policy.includeUnrated = true
    #expect(try Self.fate("", policy: policy) == "unrated")
    #expect(try Self.fate(#""user_rating":3"#, policy: policy) == "below the threshold")
    policy.threshold = Quality(millionths: 0)
    #expect(try Self.fate(#""user_rating":3"#, policy: policy) == "rated")
    // No threshold makes a poor answer a target.
    #expect(try Self.fate(#""user_rating":2"#, policy: policy) == "poor without a correction")
    policy.threshold = Quality(millionths: 1_000_000)
    #expect(try Self.fate(#""user_rating":4.9"#, policy: policy) == "below the threshold")
    #expect(try Self.fate(#""user_rating":5"#, policy: policy) == "rated")
    policy.approvedOnly = true
    #expect(try Self.fate(#""user_rating":5"#, policy: policy) == "not approved")
    #expect(try Self.fate(#""user_rating":5,"approved":null"#, policy: policy) == "not approved")
    #expect(try Self.fate(#""user_rating":5,"approved":true"#, policy: policy) == "rated")
    #expect(try Self.fate(#""corrected_response":"c""#, policy: policy) == "not approved")
  }

  @Test(arguments: [
    (#""user_rating":9"#, "number-range", "feedback.user_rating"),
    (#""user_rating":9,"corrected_response":"c""#, "number-range", "feedback.user_rating"),
    (#""user_rating":"5""#, "schema", "feedback.user_rating"),
    (#""user_rating":5,"approved":"no""#, "schema", "feedback.approved"),
    (#""user_rating":5,"corrected_response":1"#, "schema", "feedback.corrected_response"),
  ])
  func aRecordThatBreaksTheRulesIsRefused(feedback: String, reason: String, field: String) {
    do {
      Issue.record("no error but \(try Self.fate(feedback))")
    } catch {
      let error = error as? RecordError
      #expect(error?.reason == reason && error?.field == field)
    }
  }

  static let example =
    #"{"type":"example","use":"sft","id":"x#sft","user_prompt":"q","completion":"a","label":true,"#
    + #""user_rating":5,"origin":"rated"}"#

  @Test(arguments: [
    ("", "", "rated"), (#""user_rating":5,"#, "", "unrated"), (#""rated""#, #""correction""#, "correction"),
    // Whatever it says of its origin, a poor answer that is no correction is no target.
    (#""user_rating":5"#, #""user_rating":1"#, "poor without a correction"),
    (#""user_rating":5,"origin":"rated""#, #""user_rating":2,"origin":"unrated""#, "poor without a correction"),
    (#""user_rating":5"#, #""feedback":{"user_rating":1}"#, "poor without a correction"),
    (#""user_rating":5"#, #""user_rating":5,"feedback":{"user_rating":1}"#, "poor without a correction"),
    (
      #""user_rating":5,"origin":"rated""#, #""user_rating":1,"origin":"correction","ai_response":"a""#,
      "poor without a correction"
    ),
    (#""user_rating":5,"origin":"rated""#, #""user_rating":1,"origin":"correction","ai_response":"b""#, "correction"),
    (#""user_rating":5,"origin":"rated""#, #""user_rating":1,"origin":"correction""#, "correction"),
    (#""label":true"#, #""label":false"#, "for another use"), (#""sft""#, #""kto""#, "for another use"),
    (#""use":"sft","#, "", "for another use"), (#""origin""#, #""status":"error","origin""#, "with an error"),
    (#""origin""#, #""feedback":{"approved":false},"origin""#, "rejected by a reviewer"),
    (#""completion":"a""#, #""completion":" ""#, "with an empty answer"),
    (#""user_prompt":"q""#, #""user_prompt":"""#, "with an empty prompt"),
    // The threshold was applied when the example was made.
    (#""user_rating":5"#, #""user_rating":2.5"#, "rated"),
  ])
  func examplesAreNotTrusted(part: String, replacement: String, expected: String) throws {
    let text = part.isEmpty ? Self.example : Self.example.replacingOccurrences(part, replacement)
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    #expect(Self.words(try Route.example(record.bytes.span, record.scanner, RoutePolicy())) == expected)
  }

  @Test(arguments: [
    ("rated", "rated", "rated", "not approved"), ("low", "below the threshold", "below the threshold", "not approved"),
    ("unrated", "unrated", "unrated", "not approved"), ("correction", "correction", "correction", "not approved"),
    ("approved", "rated", "rated", "rated"),
  ])
  func onlyWhatIsAskedForNarrowsExamplesDown(kind: String, strict: String, loose: String, approved: String) throws {
    let members = [
      "rated": #""user_rating":5,"origin":"rated""#, "low": #""user_rating":4,"origin":"rated""#,
      "unrated": #""origin":"unrated""#, "correction": #""user_rating":1,"origin":"correction""#,
      "approved": #""user_rating":5,"feedback":{"approved":true},"origin":"rated""#,
    ]
    let text = Self.example.replacingOccurrences(#""user_rating":5,"origin":"rated""#, try #require(members[kind]))
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    func fate(_ policy: RoutePolicy) throws -> String {
      Self.words(try Route.example(record.bytes.span, record.scanner, policy))
    }
    var policy = RoutePolicy()
    #expect(try fate(policy) == (kind == "low" || kind == "approved" ? "rated" : kind))
    policy.threshold = Quality(millionths: 900_000)
    #expect(try fate(policy) == strict)
    policy.includeUnrated = true
    #expect(try fate(policy) == loose)
    policy = RoutePolicy()
    policy.approvedOnly = true
    #expect(try fate(policy) == approved)
  }

  @Test func anExampleHasTheMembersOfItsInteraction() throws {
    let text =
      #"{"id":"a\u0031","session_id":"s","user_id":"u","category":"c","system_prompt":"sy","unknown":1,"#
      + #""history":[{"role":"user","content":"h"}],"user_prompt":"q","ai_response":"a","#
      + #""feedback":{"user_rating":1.0,"corrected_response":"b\/\n"}}"#
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    var router = ExampleRouter(RoutePolicy())
    #expect(try router.take(record.bytes.span, record.scanner) == .made)
    #expect(
      String(decoding: router.line, as: UTF8.self)
        == #"{"type":"example","use":"sft","id":"a\u0031#sft","interaction_id":"a\u0031","session_id":"s","user_id":"u","#
        + #""category":"c","user_rating":1.0,"system_prompt":"sy","history":[{"role":"user","content":"h"}],"#
        + #""user_prompt":"q","completion":"b\/\n","label":true,"origin":"correction"}"#)
    let bare = try ScannedRecord(
      #"{"user_prompt":"q","ai_response":"a","category":null,"feedback":{"user_rating":5}}"#, extra: Route.extraPaths)
    #expect(try router.take(bare.bytes.span, bare.scanner) == .made)
    #expect(
      String(decoding: router.line, as: UTF8.self)
        == #"{"type":"example","use":"sft","user_rating":5,"user_prompt":"q","completion":"a","label":true,"origin":"rated"}"#
    )
    #expect(router.dropped.total == 0 && router.dropped.words.isEmpty)
    let poor = try ScannedRecord(
      #"{"user_prompt":"q","ai_response":"a","feedback":{"user_rating":2}}"#, extra: Route.extraPaths)
    for _ in 0..<3 { #expect(try router.take(poor.bytes.span, poor.scanner) == .dropped(.poor)) }
    #expect(router.dropped[.poor] == 3 && router.dropped.words == ["3 poor without a correction"])
  }

  @Test(arguments: [
    #""id":5"#, #""session_id":5"#, #""user_id":[]"#, #""category":{}"#, #""system_prompt":1"#, #""history":"h""#,
    #""history":[1]"#, #""history":[{"role":"user"}]"#, #""history":[{"role":"user","content":[]}]"#,
  ])
  func anExampleIsNotMadeOfMembersThatBreakTheRules(member: String) throws {
    let record = try ScannedRecord(
      "{\(member),\"user_prompt\":\"q\",\"ai_response\":\"a\",\"feedback\":{\"user_rating\":5}}",
      extra: Route.extraPaths)
    var router = ExampleRouter(RoutePolicy())
    #expect(throws: RecordError.self) { try router.take(record.bytes.span, record.scanner) }
  }
}

extension String {
  /// The text with a part of it exchanged, which has to be there.
  func replacingOccurrences(_ part: String, _ replacement: String) -> String {
    #expect(contains(part))
    return split(separator: part, omittingEmptySubsequences: false).joined(separator: replacement)
  }
}
