import Digest
import NDJSON
import TestSupport
import Testing
import Timestamps

@testable import FeedbackCollection

@Suite struct JoiningTests {
  @Test func whatGetsNoEventStaysByteForByte() throws {
    let lines = [
      #" { "id" : "a", "n":1.0 , "feedback": {"user_rating":5.0} } "#, #"{"id":"b\u0062","x":9007199254740993}"#,
      #"{"no":"id"}"#, #"{"id":null,"n":1}"#, #"{"id":"","n":1}"#, #"{"id":"","n":2}"#,
    ]
    let joined = try Joining(lines + [#"{"type":"feedback","interaction_id":"c","clarity":1}"#])
    #expect(joined.lines == lines)
    #expect(joined.repeatedCount == 0)
  }

  @Test func whatGetsOneKeepsItsOtherMembers() throws {
    let joined = try Joining([
      #"  {"z": 1.0, "id":"\u0061", "feedback" : null , "k":[1, 2]} "#,
      #"{"type":"feedback","interaction_id":"a","clarity":4.0}"#,
    ])
    #expect(joined.lines == [#"  {"z": 1.0, "id":"\u0061", "feedback" : {"clarity":4.0} , "k":[1, 2]} "#])
  }

  @Test func anEventThatChangesNothingChangesNoByte() throws {
    let line = #"{"id":"a","feedback":{ "user_rating": 4.0, "feedback_text":"\u0041" ,"rated_by":"u"}}"#
    let event = #"{"type":"feedback","interaction_id":"a","user_id":"u","user_rating":4.0,"feedback_text":"A"}"#
    #expect(try Joining([line, event]).lines == [line])
    #expect(try Joining([line, #"{"type":"feedback","interaction_id":"a"}"#]).lines == [line])
    #expect(try Joining([#"{"id":"a","feedback":{}}"#, event]).unclaimed.isEmpty)
  }

  @Test func anEmptyFeedbackIsFilled() throws {
    #expect(try feedback(before: "{ }", #""clarity":1"#) == #"{"clarity":1 }"#)
    #expect(
      try feedback(before: #"{"rated_by":"x"}"#, #""user_id":"u","clarity":1"#) == #"{"rated_by":"u","clarity":1}"#)
    #expect(try feedback(before: #"{"rated_by":"x"}"#, #""user_id":"u","clarity":null"#) == #"{"rated_by":"x"}"#)
  }

  @Test func ofRepeatedIDsTheLastIsKeptInThePlaceOfTheFirst() throws {
    let joined = try Joining([
      #"{"id":"a","timestamp":"2024-01-02T00:00:00Z","n":1}"#, #"{"id":"b","n":2}"#, #"{"id":"c"}"#,
      #"{"id":"\u0061","timestamp":"2024-01-03T00:00:00Z","n":3}"#, #"{"id":"b","n":1}"#,
      #"{"id":"a","timestamp":"2024-01-01T00:00:00Z","n":4}"#, #"{"id":"a","n":5}"#, #"{"id":"c"}"#,
      #"{"type":"feedback","interaction_id":"b","clarity":1}"#,
    ])
    #expect(
      joined.lines == [
        #"{"id":"\u0061","timestamp":"2024-01-03T00:00:00Z","n":3}"#, #"{"id":"b","n":2,"feedback":{"clarity":1}}"#,
        #"{"id":"c"}"#,
      ])
    #expect(joined.repeatedCount == 5)
  }

  @Test func theFeedbackOfRepeatedIDsIsFoldedInEitherOrder() throws {
    let plain = #"{"id":"x","timestamp":"2024-10-01T10:00:00Z","category":"c"}"#
    let rated =
      #"{"id":"x","timestamp":"2024-10-01T10:00:00Z","category":"c","feedback":{"user_rating":1,"note":[1, 2]}}"#
    let folded =
      #"{"id":"x","timestamp":"2024-10-01T10:00:00Z","category":"c","feedback":{"user_rating":1,"note":[1,2]}}"#
    for lines in [[plain, rated], [rated, plain], [rated, plain, rated]] {
      let joined = try Joining(lines)
      #expect(joined.lines == [folded])
      #expect(joined.repeatedCount == lines.count - 1)
    }
    // Of one person the later statement holds, and of the record that is kept where the times do not tell.
    let first =
      #"{"id":"x","n":1,"user_id":"u","feedback":{"user_rating":2,"clarity":1,"rated_at":"2024-10-03T00:00:00Z"}}"#
    let second = #"{"id":"x","n":2,"user_id":"u","feedback":{"user_rating":4,"rated_at":"2024-10-02T00:00:00Z"}}"#
    let late = #","feedback":{"user_rating":2,"rated_at":"2024-10-03T00:00:00Z","clarity":1,"rated_by":"u"}}"#
    for lines in [[first, second], [second, first]] {
      #expect(try Joining(lines).lines == [#"{"id":"x","n":2,"user_id":"u""# + late])
    }
    let undated = [#"{"id":"x","n":1,"feedback":{"clarity":1}}"#, #"{"id":"x","n":2,"feedback":{"clarity":5}}"#]
    #expect(try Joining(undated).lines == [undated[1]])
    #expect(try Joining(undated.reversed()).lines == [undated[1]])
    // Several people are several raters; what is withdrawn later is gone.
    let other = #"{"id":"x","n":0,"user_id":"v","feedback":{"user_rating":4}}"#
    let both = try Joining([other, first]).lines
    #expect(both[0].contains(#""feedback":{"user_rating":3,"#) && both[0].contains(#""ratings":[{"#))
    #expect(try Joining(both).lines == both)
    let withdrawal = #"{"type":"feedback","interaction_id":"x","timestamp":"2024-10-04T00:00:00Z","user_rating":null}"#
    #expect(try Joining([plain, rated, withdrawal]).lines[0].contains(#""feedback":{"note":[1,2],"rated_at""#))
    // The same feedback again changes no byte.
    let same = #"{"id":"x","user_id":"u","feedback": {"clarity":5} }"#
    #expect(try Joining([same, same]).lines == [same])
  }

  @Test func eventsOfUnknownInteractionsAreHandedBackAsTheyCame() throws {
    let events = [
      #" {"type":"feedback", "interaction_id":"y","clarity":1.0}"#, #"{"type":"feedback","interaction_id":"x"}"#,
      #"{"type":"feedback","interaction_id":"a","clarity":2}"#, #"{"type":"feedback","interaction_id":"\u0078"}"#,
    ]
    let joined = try Joining([#"{"id":"a"}"#] + events)
    #expect(joined.unclaimed == [events[0], events[1], events[3]])
  }

  @Test func idsOfOneHashAreNotConfused() throws {
    // Found by walking the hash until two walks met.
    let pair = ["--UVqcPLsd8id", "0YM7duzm1t5id"]
    let hashes = pair.map { id in StableHash.hash(Array(id.utf8).span, 0..<id.utf8.count) }
    #expect(hashes[0] == hashes[1])
    for ids in [pair, pair.reversed()] {
      let first = #"{"id":"\#(ids[0])"}"#
      let second = #"{"id":"\#(ids[1])"}"#
      let events = ids.map { #"{"type":"feedback","interaction_id":"\#($0)","user_id":"\#($0)","clarity":1}"# }
      func joined(_ id: String) -> String { #"{"id":"\#(id)","feedback":{"clarity":1,"rated_by":"\#(id)"}}"# }
      #expect(try Joining([first, second]).lines == [first, second])
      #expect(try Joining([first, second, events[1]]).lines == [first, joined(ids[1])])
      #expect(try Joining([first, second, first] + events).lines == ids.map(joined))
      let alone = try Joining([first] + events)
      #expect(alone.lines == [joined(ids[0])])
      #expect(alone.unclaimed == [events[1]])
      #expect(try Joining([first, events[1]]).lines == [first])
    }
  }

  @Test func manyKeysAndManyPeopleAreJoined() throws {
    let keys = (0..<5000).map { #""k\#($0)":1"# }.joined(separator: ",")
    let changed = (0..<5000).map { #""k\#($0)":2"# }.joined(separator: ",")
    #expect(try feedback(before: "{\(keys)}", "\(changed)") == "{\(changed)}")
    let people = (0..<2000).map { #"{"type":"feedback","interaction_id":"a","user_id":"u\#($0)","approved":true}"# }
    var random = SeededGenerator(seed: 7)
    let once = try Joining([#"{"id":"a"}"#] + people).lines
    #expect(try Joining(once + people.shuffled(using: &random)).lines == once)
  }

  @Test(arguments: [
    (#"{"type":"feedback","clarity":1}"#, "schema", "interaction_id", 0),
    (#"{"type":"feedback","interaction_id":"","clarity":1}"#, "schema", "interaction_id", 0),
    (#"{"type":"feedback","interaction_id":7}"#, "schema", "interaction_id", 36),
    (#"{"type":"feedback","interaction_id":"a","user_rating":5.1}"#, "number-range", "user_rating", 54),
    (#"{"type":"feedback","interaction_id":"a","clarity":0}"#, "number-range", "clarity", 50),
    (#"{"type":"feedback","interaction_id":"a","accuracy":"4"}"#, "schema", "accuracy", 52),
    (#"{"type":"feedback","interaction_id":"a","helpfulness":5.00000000000000001}"#, "number-range", "helpfulness", 54),
    (#"{"type":"feedback","interaction_id":"a","feedback_text":7}"#, "schema", "feedback_text", 56),
    (#"{"type":"feedback","interaction_id":"a","approved":"yes"}"#, "schema", "approved", 52),
    (#"{"type":"feedback","interaction_id":"a","scale":"thumbs"}"#, "schema", "scale", 49),
    (#"{"type":"feedback","interaction_id":"a","ratings":[]}"#, "schema", "ratings", 50),
    (#"{"type":"feedback","interaction_id":"a","timestamp":"2024-01-01"}"#, "schema", "timestamp", 53),
    (#"{"type":"feedback","interaction_id":"a","user_id":1}"#, "schema", "user_id", 50),
    (#"{"type":"feedback","interaction_id":"a","feedback":{"clarity":1}}"#, "schema", "feedback", 51),
    (#"{"id":"a","feedback":{"rated_at":"2024-10-01T00:00:00"}}"#, "schema", "feedback.rated_at", 34),
    (#"{"id":1}"#, "schema", "id", 6),
    (#"{"id":"a","timestamp":"yesterday"}"#, "schema", "timestamp", 23),
    (#"{"id":"a","feedback":[]}"#, "schema", "feedback", 21),
    (#"{"id":"a","feedback":{"user_rating":9}}"#, "number-range", "feedback.user_rating", 36),
    (#"{"id":"a","feedback":{"ratings":{}}}"#, "schema", "feedback.ratings", 32),
    (#"{"id":"a","feedback":{"ratings":[1]}}"#, "schema", "feedback.ratings", 33),
    (#"{"id":"a","feedback":{"ratings":[{"clarity":7}]}}"#, "number-range", "feedback.ratings.clarity", 44),
    (#"{"id":"a","feedback":{"ratings":[{"ratings":[]}]}}"#, "schema", "feedback.ratings.ratings", 44),
  ])
  func badRecordsAreRefusedAtTheirPlace(record: String, reason: String, field: String, offset: Int) throws {
    #expect {
      try Joining([record])
    } throws: { error in
      guard let error = error as? RecordError else { return false }
      return error.reason == reason && error.field == field && error.offset == offset
    }
  }

  @Test func escapesInATimeAreDecodedEverywhere() throws {
    let time = #""2024-10-01T00:00:00\u002B02:00""#
    let event = #"{"type":"feedback","interaction_id":"a","timestamp":\#(time),"user_rating":2}"#
    let joined = try Joining([#"{"id":"a","feedback":{"clarity":1,"rated_at":\#(time)}}"#, event])
    #expect(joined.lines == [#"{"id":"a","feedback":{"clarity":1,"rated_at":\#(time),"user_rating":2}}"#])
    let listed = #"{"id":"a","feedback":{"ratings":[{"clarity":1,"rated_at":\#(time)},{"clarity":3}]}}"#
    #expect(try Joining([listed, event]).lines[0].contains(#""user_rating":2"#))
  }

  @Test func aRecordedEventIsNamedByItsContent() throws {
    var event = EventLine(interactionID: "a\"b", userID: "u", timestamp: Timestamp(seconds: 1_704_067_200))
    event.values = [
      .approved: .decision(false), .feedbackText: .text("tab\t"), .userRating: .stars(millionths: 4_500_000),
    ]
    let line = String(decoding: event.line, as: UTF8.self)
    // The digest: printf '%s' '{"type":"feedback","interaction_id":…}' | sha256sum
    #expect(
      line
        == #"{"type":"feedback","id":"2171b0cbecc079563fd31d2b671ef5af","interaction_id":"a\"b","user_id":"u","#
        + #""timestamp":"2024-01-01T00:00:00Z","user_rating":4.5,"feedback_text":"tab\t","approved":false}"# + "\n")
    var other = event
    other.userID = nil
    other.values[.approved] = .withdrawn
    #expect(String(decoding: other.line, as: UTF8.self).hasSuffix(#","approved":null}"# + "\n"))
    #expect(try Joining([#"{"id":"a\"b"}"#, String(line.dropLast())]).lines[0].contains(#""user_rating":4.5"#))
  }
}
