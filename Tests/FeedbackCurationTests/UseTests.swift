import FeedbackCuration
import FeedbackModel
import NDJSON
import TestSupport
import Testing

/// What a record is good for besides supervised fine-tuning, and which answers make pairs.
@Suite struct UseTests {
  static func fate(_ feedback: String, _ use: TrainingUse, _ policy: RoutePolicy = RoutePolicy()) throws -> String {
    let text = #"{"user_prompt":"q","ai_response":"a","user_id":"u\u0031","feedback":{\#(feedback)}}"#
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    return RouteTests.words(try Route.interaction(record.bytes.span, record.scanner, policy, for: use))
  }

  /// Feedback, and the fates for pairs, kto, prompts, review and regression.
  static let table: [(feedback: String, fates: [String])] = [
    (#""user_rating":5"#, ["good", "good", "rated", "not poor", "not poor"]),
    (#""user_rating":4"#, ["good", "good", "rated", "not poor", "not poor"]),
    (
      #""user_rating":3.9999999999"#,
      ["neither good nor poor", "neither good nor poor", "rated", "not poor", "not poor"]
    ),
    (#""user_rating":3"#, ["neither good nor poor", "neither good nor poor", "alone", "not poor", "not poor"]),
    (
      #""user_rating":2.0000000001"#,
      ["neither good nor poor", "neither good nor poor", "alone", "not poor", "not poor"]
    ),
    (#""user_rating":2"#, ["bad", "bad", "alone", "kept", "kept"]),
    (#""user_rating":1,"accuracy":3.9"#, ["bad", "bad", "alone", "kept", "kept"]),
    (#""user_rating":1,"accuracy":4"#, ["poor but accurate", "poor but accurate", "alone", "kept", "kept"]),
    (
      #""user_rating":1,"corrected_response":"c""#,
      ["correction", "in a pair", "correction", "with a correction", "with a correction"]
    ),
    (#""user_rating":5,"corrected_response":"c""#, ["correction", "in a pair", "correction", "not poor", "not poor"]),
    (#""user_rating":1,"corrected_response":"a""#, ["bad", "bad", "alone", "kept", "kept"]),
    ("", ["unrated", "unrated", "alone", "unrated", "unrated"]),
    (#""user_rating":1,"approved":false"#, Array(repeating: "rejected by a reviewer", count: 5)),
    (#""user_rating":1,"approved":true"#, ["bad", "bad", "alone", "kept", "kept"]),
  ]

  @Test(arguments: table.indices)
  func everyUseHasItsRule(row: Int) throws {
    let (feedback, fates) = Self.table[row]
    for (use, expected) in zip([TrainingUse.pairs, .kto, .prompts, .review, .regression], fates) {
      #expect(try Self.fate(feedback, use) == expected, "\(use): \(feedback)")
    }
  }

  @Test func thePolicyHoldsForEveryUse() throws {
    var approved = RoutePolicy()
    approved.approvedOnly = true
    var optedOut = RoutePolicy()
    let word = try ScannedRecord(
      #"{"type":"preferences","user_id":"u1","training_opt_out":true}"#, extra: OptedOutPeople.extraPaths)
    try optedOut.optedOut.take(word.bytes.span, word.scanner)
    for use in TrainingUse.allCases {
      for feedback in [#""user_rating":5"#, #""user_rating":1"#, #""user_rating":1,"corrected_response":"c""#] {
        #expect(try Self.fate(feedback, use, approved) == "not approved")
        #expect(try Self.fate(feedback, use, optedOut) == "of people who opted out")
      }
    }
    var strict = RoutePolicy()
    strict.threshold = Quality(millionths: 1_000_000)
    #expect(try Self.fate(#""user_rating":4.5"#, .kto, strict) == "below the threshold")
    #expect(try Self.fate(#""user_rating":5"#, .kto, strict) == "good")
  }

  @Test(arguments: [
    (["T1 true"], true), (["T1 false"], false), (["T1 true", "T2 false"], false), (["T2 false", "T1 true"], false),
    (["T2 true", "T1 false"], true), (["T1 true", "T1 false"], true), (["T1 false", "T1 true"], true),
    (["- true", "T1 false"], false), (["T1 false", "- true"], false), (["- false", "- true"], true),
    (["T1 true", "T2 null"], true), ([], false),
  ])
  func theLatestWordOfAPersonCounts(words: [String], isOptedOut: Bool) throws {
    var people = OptedOutPeople()
    for word in words {
      let parts = word.split(separator: " ")
      let time = parts[0] == "-" ? "" : #","timestamp":"2026-01-0\#(parts[0].dropFirst())T00:00:00Z""#
      let record = try ScannedRecord(
        #"{"type":"preferences","user_id":"ann"\#(time),"training_opt_out":\#(parts[1])}"#,
        extra: OptedOutPeople.extraPaths)
      try people.take(record.bytes.span, record.scanner)
    }
    let asked = try ScannedRecord(#"{"user_id":"\u0061nn"}"#)
    let found = people.contains(asked.bytes.span, asked.scanner[.userID])
    #expect(found == isOptedOut)
    let other = try ScannedRecord(#"{"user_id":"an"}"#)
    let foundOther = people.contains(other.bytes.span, other.scanner[.userID])
    #expect(!foundOther)
  }

  @Test func aPreferenceThatIsNoneIsRefused() throws {
    for member in [#""training_opt_out":"yes","user_id":"u""#, #""training_opt_out":true"#] {
      let record = try ScannedRecord(#"{"type":"preferences",\#(member)}"#, extra: OptedOutPeople.extraPaths)
      var people = OptedOutPeople()
      #expect(throws: RecordError.self) { try people.take(record.bytes.span, record.scanner) }
    }
  }

  // MARK: Pairs

  /// Ids of `chosen>rejected` of the pairs of answers, and ids of those in none, for records `id stars prompt answer`.
  static func pairs(_ records: [String]) throws -> (pairs: [String], alone: [String]) {
    var router = ExampleRouter(RoutePolicy(), for: .pairs)
    let labelled = try LabelledAnswers()
    for text in records {
      let parts = text.split(separator: " ")
      let record = try ScannedRecord(
        #"{"id":"\#(parts[0])","user_prompt":"\#(parts[2])","ai_response":"\#(parts[3])","feedback":{"user_rating":\#(parts[1])}}"#,
        extra: Route.extraPaths)
      guard case .labelled(let isGood) = try router.take(record.bytes.span, record.scanner) else { continue }
      try labelled.add(router.line, isGood: isGood, record.bytes.span, record.scanner)
    }
    func members(_ line: [UInt8], _ keys: [String]) throws -> String {
      let record = try ScannedRecord(String(decoding: line, as: UTF8.self), extra: keys.map { [$0] })
      return keys.indices.map { record.spelling(record.scanner.fields[LineScanner.extraSlot($0)]).trimmed }
        .joined(separator: ">")
    }
    var pairs: [String] = []
    var alone: [String] = []
    let unpaired = try labelled.forEachPair { line, _, _ in
      pairs.append(try members(line, ["chosen_id", "rejected_id"]))
    }
    _ = try labelled.forEachUnpaired { line, _ in alone.append(try members(line, ["interaction_id"])) }
    #expect(unpaired == alone.count)
    return (pairs, alone)
  }

  @Test(arguments: [
    (["a 5 q x", "b 1 q y"], ["a>b"], []), (["b 1 q y", "a 5 q x"], ["a>b"], []),
    // The same characters are the same prompt, however they are spelled.
    (["a 4 q x", #"b 2 \u0071 y"#], ["a>b"], []), (["a 4 q x", "b 2 Q y"], [], ["a", "b"]),
    (["a 4 q x", "b 4 q y", "c 3 q z"], [], ["a", "b"]), (["a 1 q x", "b 2 q y"], [], ["a", "b"]),
    // An answer that is good and poor is neither: in no pair, and not alone.
    (["a 5 q x", #"b 1 q \u0078"#], [], []), (["a 5 q x", "b 1 q x", "c 2 q z"], [], ["c"]),
    (["a 5 q x", "b 1 q x", "c 2 q z", "d 4 q y"], ["d>c"], []), (["a 5 q x", "b 1 r x"], [], ["a", "b"]),
    // The best beside the worst, each in as few pairs as may be, three at most.
    (["a 4 q a", "b 5 q b", "c 2 q c", "d 1 q d"], ["b>d", "a>c"], []),
    (["a 5 q a", "b 1 q b", "c 1 q c", "d 1 q d", "e 1 q e"], ["a>b", "a>c", "a>d"], ["e"]),
    (["a 1 q a", "b 5 q b", "c 5 q c", "d 5 q d", "e 4 q e"], ["b>a", "c>a", "d>a"], ["e"]),
    // In the order in which the prompts came.
    (["a 5 z a", "b 5 y b", "c 1 y c", "d 1 z d"], ["a>d", "b>c"], []),
  ])
  func answersToOnePromptMakePairs(records: [String], pairs: [String], alone: [String]) throws {
    let found = try Self.pairs(records)
    #expect(found.pairs == pairs && found.alone == alone)
  }

  @Test func theContextIsThePromptAndAllBeforeIt() throws {
    let sides = [
      #""user_prompt":"q""#, #""system_prompt":"s","user_prompt":"q""#,
      #""history":[{"role":"user","content":"s"}],"user_prompt":"q""#,
      #""history":[{"role":"assistant","content":"s"}],"user_prompt":"q""#,
      #""history":[{"role":"user","content":"sq"}],"user_prompt":"""#, #""user_prompt":"sq""#,
    ]
    let labelled = try LabelledAnswers()
    for (index, side) in sides.enumerated() {
      for (stars, answer) in [(5, "good"), (1, "bad")] {
        // Each context has its own pair and no other; an empty one and an absent one are the same.
        let same = index == 0 ? #""system_prompt":"","history":[],"# : ""
        let prefix = answer == "bad" ? same : ""
        let record = try ScannedRecord(
          #"{\#(prefix)\#(side),"id":"\#(answer)\#(index)","ai_response":"\#(answer)","feedback":{"user_rating":\#(stars)}}"#,
          extra: Route.extraPaths)
        var router = ExampleRouter(RoutePolicy(), for: .pairs)
        _ = try router.take(record.bytes.span, record.scanner)
        if router.line.isEmpty { continue }
        try labelled.add(router.line, isGood: answer == "good", record.bytes.span, record.scanner)
      }
    }
    var ids: [String] = []
    _ = try labelled.forEachPair { line, _, _ in
      let record = try ScannedRecord(String(decoding: line, as: UTF8.self))
      ids.append(record.spelling(record.scanner[.id]))
    }
    #expect(ids == [0, 1, 2, 3, 5].map { "\"good\($0)+bad\($0)#pair\"" })
  }

  @Test func aPairHasThePromptSideAndBothAnswers() throws {
    let text =
      #"{"id":"a","session_id":"s","user_id":"u","category":"c","system_prompt":"sy","history":[{"role":"user","content":"h"}],"#
      + #""user_prompt":"q","ai_response":"ab\u0063d","feedback":{"user_rating":1.0,"corrected_response":"b\/\n"}}"#
    let record = try ScannedRecord(text, extra: Route.extraPaths)
    var router = ExampleRouter(RoutePolicy(), for: .pairs)
    #expect(try router.take(record.bytes.span, record.scanner) == .made)
    #expect(
      String(decoding: router.line, as: UTF8.self)
        == #"{"type":"pair","id":"a#pair","session_id":"s","user_id":"u","category":"c","system_prompt":"sy","#
        + #""history":[{"role":"user","content":"h"}],"user_prompt":"q","chosen":"b\/\n","rejected":"ab\u0063d","#
        + #""rejected_id":"a","rejected_rating":1.0,"length_ratio":0.75,"origin":"correction"}"#)
  }

  @Test(arguments: [
    (#""chosen":"a","rejected":"b","chosen_rating":5,"rejected_rating":1,"origin":"rated""#, "rated"),
    (#""chosen":"a","rejected":"b","origin":"rated""#, "rated"),
    (#""chosen":"a","rejected":"b","rejected_rating":5,"origin":"correction""#, "correction"),
    (#""chosen":"a","rejected":"\u0061""#, "of two answers of which none is better"),
    (#""chosen":"a","rejected":"b","chosen_rating":2,"rejected_rating":1"#, "of two answers of which none is better"),
    (#""chosen":"a","rejected":"b","chosen_rating":4,"rejected_rating":4"#, "of two answers of which none is better"),
    (#""chosen":"a","rejected":" ""#, "with an empty answer"), (#""rejected":"b""#, "with an empty answer"),
    (#""chosen":"a","rejected":"b","feedback":{"approved":false}"#, "rejected by a reviewer"),
    (#""chosen":"a","rejected":"b","status":"error""#, "with an error"),
  ])
  func pairsAreNotTrusted(members: String, expected: String) throws {
    let record = try ScannedRecord(#"{"type":"pair","user_prompt":"q",\#(members)}"#, extra: Route.pairPaths)
    #expect(RouteTests.words(try Route.pair(record.bytes.span, record.scanner, RoutePolicy())) == expected)
  }

  // MARK: History

  @Test func anEarlierAnswerIsKnownWithWhatWasBeforeIt() throws {
    var known = EligibleAnswers()
    func add(_ text: String, _ isEligible: Bool) throws {
      let record = try ScannedRecord(text)
      try known.add(record.scanner[.aiResponse], isEligible: isEligible, record.bytes.span, record.scanner)
    }
    func holds(_ history: String, system: String = "") throws -> Bool {
      let record = try ScannedRecord(#"{\#(system)"history":[\#(history)],"user_prompt":"last"}"#)
      return try known.holdsHistory(record.bytes.span, record.scanner)
    }
    let first = #"{"role":"user","content":"q1"},{"role":"assistant","content":"a1"}"#
    let second = first + #",{"role":"user","content":"q2"},{"role":"assistant","content":"a2"}"#
    #expect(try holds("") && holds(#"{"role":"user","content":"q1"}"#))
    #expect(try !holds(first))
    try add(#"{"user_prompt":"q1","ai_response":"a1"}"#, true)
    #expect(try holds(first) && !holds(second) && !holds(first, system: #""system_prompt":"s","#))
    // The second answer is known only after the first.
    try add(#"{"user_prompt":"q2","ai_response":"a2"}"#, true)
    #expect(try !holds(second))
    try add(#"{"history":[\#(first)],"user_prompt":"q2","ai_response":"a2"}"#, true)
    #expect(try holds(second))
    // Once unfit is unfit.
    try add(#"{"user_prompt":"q1","ai_response":"a1"}"#, false)
    #expect(try !holds(first) && !holds(second))
    try add(#"{"user_prompt":"q1","ai_response":"a1"}"#, true)
    #expect(try !holds(first))
  }
}

extension String {
  /// The text without the quotes around it.
  var trimmed: String { String(dropFirst().dropLast()) }
}
