import NDJSON
import Testing

@Suite struct FoldTests {
  static let t1 = #""timestamp":"2024-01-01T00:00:00Z""#
  static let t2 = #""timestamp":"2024-01-02T00:00:00Z""#
  static let t3 = #""timestamp":"2024-01-03T00:00:00Z""#

  @Test func theLatestOfEachFieldHolds() throws {
    let late = #""user_id":"u","id":"e2",\#(Self.t2),"user_rating":2,"clarity":3"#
    let early = #""user_id":"u","id":"e1",\#(Self.t1),"user_rating":5,"accuracy":4.50"#
    let folded =
      #"{"user_rating":2,"accuracy":4.50,"clarity":3,"rated_at":"2024-01-02T00:00:00Z","rated_by":"u"}"#
    #expect(try feedback(late, early) == folded)
    #expect(try feedback(early, late, early, late) == folded)
  }

  @Test func equalTimesAreDecidedByTheIDThenTheContent() throws {
    let a = #""user_id":"u","id":"a",\#(Self.t1),"user_rating":5"#
    let b = #""user_id":"u","id":"b",\#(Self.t1),"user_rating":1"#
    #expect(try feedback(b, a).hasPrefix(#"{"user_rating":1,"#))
    let one = #""user_id":"u",\#(Self.t1),"user_rating":1"#
    let two = #""user_id":"u",\#(Self.t1),"user_rating":2"#
    #expect(try feedback(one, two) == feedback(two, one))
    #expect(try feedback(two, one, a).hasPrefix(#"{"user_rating":5,"#), "one with an id is later than one without")
    // The same moment spelled in another zone.
    let zone = #""user_id":"u","id":"b","timestamp":"2024-01-01T01:00:00+01:00","user_rating":1"#
    #expect(try feedback(zone, a) == feedback(b, a))
  }

  @Test func anEventWithoutATimeIsTheOldest() throws {
    #expect(
      try feedback(#""user_id":"u","id":"z","user_rating":1"#, #""user_id":"u","id":"a",\#(Self.t1),"user_rating":5"#)
        == #"{"user_rating":5,"rated_at":"2024-01-01T00:00:00Z","rated_by":"u"}"#)
    #expect(try feedback(#""user_id":"u","user_rating":1"#) == #"{"user_rating":1,"rated_by":"u"}"#)
  }

  @Test func whatTheInteractionSaysIsAnEventAtItsTime() throws {
    let before = #"{"user_rating":3,"rated_at":"2024-01-02T00:00:00.0Z","rated_by":"u"}"#
    #expect(try feedback(before: before, #""user_id":"u",\#(Self.t1),"user_rating":5"#) == before)
    #expect(
      try feedback(before: before, #""user_id":"u",\#(Self.t3),"user_rating":5"#)
        == #"{"user_rating":5,"rated_at":"2024-01-03T00:00:00Z","rated_by":"u"}"#)
    // At the same time the event counts: it is an act of its own.
    #expect(
      try feedback(before: before, #""user_id":"u",\#(Self.t2),"user_rating":5"#).hasPrefix(#"{"user_rating":5,"#))
    // Without a time it is older than every event.
    #expect(
      try feedback(before: #"{"user_rating":3}"#, user: "u", #""user_rating":4"#)
        == #"{"user_rating":4,"rated_by":"u"}"#)
  }

  @Test func theRaterIsNamedByTheEventElseByTheInteraction() throws {
    #expect(try feedback(user: "o", #""user_id":"u","rated_by":"r","clarity":1"#).contains(#""rated_by":"u""#))
    #expect(try feedback(user: "o", #""rated_by":"r","user_id":null,"clarity":1"#).contains(#""rated_by":"r""#))
    #expect(try feedback(user: "o", #""user_id":"","clarity":1"#).contains(#""rated_by":"o""#))
    #expect(try feedback(#""clarity":1"#) == #"{"clarity":1}"#)
  }

  @Test func nullWithdraws() throws {
    let rating = #""user_id":"u",\#(Self.t1),"user_rating":5"#
    let text = #""user_id":"u",\#(Self.t1),"feedback_text":"good""#
    let withdrawal = #""user_id":"u",\#(Self.t2),"user_rating":null"#
    #expect(try feedback(rating, withdrawal) == "none")
    #expect(try feedback(withdrawal) == "none")
    #expect(try feedback(before: #"{"user_rating":2}"#, user: "u", withdrawal) == "none")
    #expect(
      try feedback(rating, withdrawal, text)
        == #"{"feedback_text":"good","rated_at":"2024-01-02T00:00:00Z","rated_by":"u"}"#)
    #expect(try feedback(withdrawal, #""user_id":"u",\#(Self.t3),"user_rating":1"#).hasPrefix(#"{"user_rating":1,"#))
    // Only one's own.
    #expect(try feedback(rating, #""user_id":"v",\#(Self.t3),"user_rating":null"#).hasPrefix(#"{"user_rating":5,"#))
  }

  @Test func aNullInTheInteractionSaysNothingAndStays() throws {
    #expect(
      try feedback(
        before: #"{"user_rating":null, "accuracy" : null,"rated_at":"2024-01-03T00:00:00Z"}"#, user: "u",
        #""user_id":"u",\#(Self.t1),"user_rating":5"#)
        == #"{"user_rating":5, "accuracy" : null,"rated_at":"2024-01-03T00:00:00Z","rated_by":"u"}"#)
  }

  @Test func severalRatersGiveAMeanAndAreListed() throws {
    let joined = try feedback(
      before: #"{"user_rating":4.0,"note":[1, 2]}"#, user: "z",
      #""user_id":"b",\#(Self.t2),"user_rating":5,"feedback_text":"b""#,
      #""user_id":"a",\#(Self.t1),"user_rating":1,"clarity":2.50,"feedback_text":"a""#)
    #expect(
      joined
        == #"{"user_rating":3.333333,"note":[1, 2],"clarity":2.50,"feedback_text":"b","#
        + #""rated_at":"2024-01-02T00:00:00Z","rated_by":"b","ratings":["#
        + #"{"user_rating":1,"clarity":2.50,"feedback_text":"a","rated_at":"2024-01-01T00:00:00Z","rated_by":"a"},"#
        + #"{"user_rating":5,"feedback_text":"b","rated_at":"2024-01-02T00:00:00Z","rated_by":"b"},"#
        + #"{"user_rating":4.0,"note":[1,2],"rated_by":"z"}]}"#)
  }

  @Test func meansAreExactAndRoundHalvesUp() throws {
    func mean(_ ratings: String...) throws -> String {
      let events = ratings.enumerated().map {
        #"{"type":"feedback","interaction_id":"a","user_id":"u\#($0.offset)","user_rating":\#($0.element)}"#
      }
      let line = try Joining([#"{"id":"a"}"#] + events).lines[0]
      return String(line.dropFirst(#"{"id":"a","feedback":{"user_rating":"#.utf8.count).prefix { $0 != "," })
    }
    #expect(try mean("1", "2") == "1.5")
    #expect(try mean("1", "2", "2") == "1.666667")
    #expect(try mean("1", "1", "2") == "1.333333")
    #expect(try mean("1.000001", "1.000002") == "1.000002")
    #expect(try mean("4", "4.0", "40e-1") == "4")
    #expect(try mean("4.0") == "4.0")
    #expect(try mean("5", "4.999999", "5") == "5")
  }

  @Test func decisionsAndTextsAreTheLatestOfAnybody() throws {
    let yes = #""user_id":"a",\#(Self.t1),"approved":true,"corrected_response":"A""#
    let no = #""user_id":"b",\#(Self.t2),"approved":false,"suggestion":"S""#
    // a speaks last, but not about this.
    let more = #""user_id":"a",\#(Self.t3),"user_rating":5"#
    let joined = try feedback(more, yes, no)
    #expect(
      joined.hasPrefix(
        #"{"user_rating":5,"suggestion":"S","corrected_response":"A","approved":false,"#
          + #""rated_at":"2024-01-03T00:00:00Z","rated_by":"a","ratings":["#))
    #expect(joined.contains(#"{"user_rating":5,"corrected_response":"A","approved":true,"rated_at""#))
    // Joined again, alone or with the same events, and with a late one from between.
    #expect(try feedback(before: joined, more) == joined)
    #expect(try feedback(before: joined, yes, no, more) == joined)
    let between = #""user_id":"c","timestamp":"2024-01-01T12:00:00Z","approved":true"#
    #expect(try feedback(before: joined, between).contains(#""corrected_response":"A","approved":false,"rated_at""#))
    #expect(
      try feedback(before: joined, #""user_id":"b",\#(Self.t3),"approved":null"#).contains(
        #""approved":true,"rated_at""#))
  }

  @Test func theScaleGoesWithItsStars() throws {
    let thumbs = #"{"user_rating":5,"scale":{"name":"thumbs","value":1}}"#
    #expect(
      try feedback(before: thumbs, user: "u", #""user_id":"u",\#(Self.t1),"user_rating":2"#)
        == #"{"user_rating":2,"rated_at":"2024-01-01T00:00:00Z","rated_by":"u"}"#)
    #expect(try feedback(before: thumbs, user: "u", #""user_id":"u",\#(Self.t1),"clarity":2"#).contains("thumbs"))
    let both = try feedback(before: thumbs, user: "u", #""user_id":"v",\#(Self.t1),"user_rating":2"#)
    #expect(both.hasPrefix(#"{"user_rating":3.5,"rated_at""#))
    #expect(both.contains(#"{"user_rating":5,"scale":{"name":"thumbs","value":1},"rated_by":"u"}"#))
    let other = try feedback(before: thumbs, user: "u", #""user_id":"v",\#(Self.t1),"clarity":2"#)
    #expect(other.hasPrefix(#"{"user_rating":5,"scale":{"name":"thumbs","value":1},"clarity":2,"#))
  }

  @Test func unknownMembersOfEventsAreKeptLikeTexts() throws {
    #expect(
      try feedback(
        #""user_id":"u",\#(Self.t1),"mood":{"a": 1e400},"session_id":"s""#, #""user_id":"u",\#(Self.t2),"clarity":1"#)
        == #"{"clarity":1,"mood":{"a":1e400},"session_id":"s","rated_at":"2024-01-02T00:00:00Z","rated_by":"u"}"#)
    #expect(
      try feedback(before: #"{"mood":1,"z":2}"#, user: "u", #""user_id":"u",\#(Self.t1),"mood":null"#)
        == #"{"z":2,"rated_at":"2024-01-01T00:00:00Z","rated_by":"u"}"#)
  }

  @Test func namelessRatingsAreDifferentPeople() throws {
    let before = #"{"ratings":[{"user_rating":1},{"user_rating":2},{}]}"#
    let joined = try feedback(before: before, user: "u", #""user_rating":3"#)
    #expect(
      joined
        == #"{"ratings":[{"user_rating":1},{"user_rating":2},{"user_rating":3,"rated_by":"u"}],"user_rating":2,"#
        + #""rated_by":"u"}"#)
    #expect(try feedback(before: joined, user: "u", #""user_rating":3"#) == joined)
  }

  @Test func whatStandsBesideRatingsIsKept() throws {
    // The decision is in no element, so it is the word of who is named at the top.
    let joined = try feedback(
      before: #"{"user_rating":3,"approved":false,"rated_by":"r","rated_at":"2024-01-02T00:00:00Z","#
        + #""ratings":[{"user_rating":2,"rated_by":"a"},{"user_rating":4,"rated_by":"b"}]}"#,
      #""user_id":"b",\#(Self.t3),"user_rating":5"#)
    #expect(
      joined
        == #"{"user_rating":3.5,"approved":false,"rated_by":"b","rated_at":"2024-01-03T00:00:00Z","#
        + #""ratings":[{"user_rating":2,"rated_by":"a"},"#
        + #"{"user_rating":5,"rated_by":"b","rated_at":"2024-01-03T00:00:00Z"},"#
        + #"{"approved":false,"rated_at":"2024-01-02T00:00:00Z","rated_by":"r"}]}"#)
  }

  @Test func whenOneIsLeftOfSeveralTheListGoes() throws {
    let before =
      #"{"user_rating":3,"ratings":[{"user_rating":2,"rated_by":"a"},{"user_rating":4,"x":1,"rated_by":"b"}],"x":1}"#
    #expect(
      try feedback(before: before, #""user_id":"a",\#(Self.t1),"user_rating":null"#)
        == #"{"user_rating":4,"x":1,"rated_by":"b"}"#)
  }

  @Test func aKeySpelledWithEscapesIsTheSameKey() throws {
    #expect(
      try feedback(before: #"{"user\u005frating":2}"#, user: "u", #""user_id":"u","user\u005frating":4"#)
        == #"{"user\u005frating":4,"rated_by":"u"}"#)
  }
}
