import Foundation
import TestSupport
import Testing

/// fb-rate as a process: logs that several append to, and joins of many records.
@Suite struct RateTests {
  @Test func writersAtOnceTearNoLine() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      """
      for writer in 1 2 3 4; do
        for n in $(seq 50); do
          fb-rate record --interaction "i$n" --user "u$writer" --rating 4 --text "$(printf '%.0sx' $(seq 900))" \
            --as-of 2024-10-01T10:00:00Z --log log || echo failed
        done &
      done
      wait
      stat -c %a log
      jq -r '[.interaction_id, .user_id] | @tsv' log | sort -u | wc -l
      """, in: folder.url)
    #expect(outcome.text == "600\n200\n" && outcome.errors.isEmpty, "\(outcome.errorText)")
    let lines = try folder.read("log").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 201 && lines[200].isEmpty)
    #expect(Set(lines.dropLast().map(\.utf8.count)).count <= 2)
  }

  @Test func aTornTailIsEndedByOnlyOneOfSeveralWriters() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      """
      printf '{"type":"feed' >log
      for writer in 1 2 3 4; do fb-rate record --interaction "i$writer" --rejected --log log & done
      wait
      head -1 log; tail -n +2 log | jq -r .interaction_id | sort
      """, in: folder.url)
    #expect(outcome.text == "{\"type\":\"feed\ni1\ni2\ni3\ni4\n")
  }

  @Test func whatCannotBeRecordedWholeLeavesTheLogAsItWas() throws {
    let folder = try TemporaryFolder()
    let line = "fb-rate record --interaction a --rating 4"
    // 2 blocks of 1024 bytes: the second line goes half-way.
    let limited = try shell(
      """
      text=$(printf '%.0sx' $(seq 1500))
      (ulimit -f 2; \(line) --text "$text" --log log; echo $?; \(line) --text "$text" --log log; echo $?)
      wc -l <log; tail -c 2 log | od -An -c
      """, in: folder.url)
    #expect(limited.text == "0\n74\n1\n   }  \\n\n", "\(limited.text)\(limited.errorText)")
    #expect(limited.errorText.contains("File too large"))
    #expect(try shell("\(line) --log /dev/full").status == 74)
    #expect(try shell("\(line) --log no/such/folder/log", in: folder.url).status == 73)
    #expect(try shell("\(line) --log .", in: folder.url).status == 73)
  }

  @Test func theTimeIsTheHostsUnlessItIsGiven() throws {
    let folder = try TemporaryFolder()
    let before = Int(Date().timeIntervalSince1970)
    let outcome = try shell(
      #"fb-rate record --interaction a --rating 4 --log log && jq '.timestamp | sub("\\.[0-9]{1,6}Z"; "Z") | fromdate' log"#,
      in: folder.url)
    let after = Int(Date().timeIntervalSince1970)
    let recorded = try #require(Int(outcome.text.dropLast()), "\(outcome.errorText)")
    #expect((before...after).contains(recorded))
    #expect(outcome.lines.count == 1 && outcome.errors.isEmpty)
    // What is said within one second counts in the order in which it was said.
    let quick = try shell(
      """
      for n in 1 2 3 4 5 4 3; do fb-rate record --interaction a --rating $n --log quick; done
      echo '{"id":"a"}' | fb-rate join --feedback quick | jq .feedback.user_rating
      """, in: folder.url)
    #expect(quick.text == "3\n")
    let twice = try shell(
      """
      for n in 1 2; do fb-rate record --interaction a --rating 4 --as-of 2024-10-01T10:00:00Z --log twice; done
      sort -u twice | wc -l
      """, in: folder.url)
    #expect(twice.text == "1\n")
  }

  @Test func everyPlaceHasItsHelpAndItsUsage() throws {
    for line in ["fb-rate", "fb-rate join", "fb-rate record"] {
      for option in ["--help", "-h", "--version"] {
        let outcome = try shell("\(line) \(option)")
        #expect(outcome.status == 0 && !outcome.output.isEmpty && outcome.errors.isEmpty, "\(line) \(option)")
      }
      #expect(try shell("\(line) --help").text.contains("USAGE: \(line)"))
    }
    for line in ["fb-rate", "fb-rate nonsense", "fb-rate --feedback x", "fb-rate join --rating 4", "fb-rate record"] {
      let outcome = try shell(line)
      #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.errorText.contains("Usage: fb-rate"), "\(line)")
    }
    for option in ["--rating 4", "--text x", "--approved", "--rejected", "--as-of now", "--log log", "--user u"] {
      let outcome = try shell("fb-rate record \(option) \(option)")
      #expect(outcome.status == 64 && outcome.errorText.contains("given twice"), "\(option): \(outcome.errorText)")
    }
    #expect(try shell("fb-rate join -o out --unmatched out </dev/null").status == 64)
  }

  @Test func aMissingOrUnreadableFeedbackFileIsTold() throws {
    let folder = try TemporaryFolder()
    let missing = try shell("fb-rate join --feedback nowhere -o out; echo $?; ls -A", in: folder.url)
    #expect(missing.text == "66\n" && missing.errorText.contains("nowhere"))
    #expect(try shell("fb-rate join --unmatched no/such/folder/left", in: folder.url).status == 73)
    #expect(
      try shell(
        "fb-rate join --unmatched /dev/full --feedback <(echo '{\"type\":\"feedback\",\"interaction_id\":\"a\"}')"
      ).status == 74)
  }

  /// Interactions and events at random, and what has to become of them.
  struct Stream {
    var interactions: [String] = []
    var events: [String] = []
    /// The last rating by interaction and person.
    var latest: [Int: [Int: (time: Int, rating: Int)]] = [:]

    init(interactions count: Int, events eventCount: Int, seed: UInt64) {
      var random = SeededGenerator(seed: seed)
      for index in 0..<count {
        interactions.append(#"{"id":"i\#(index)","user_prompt":"question \#(index)","ai_response":"answer"}"#)
      }
      for time in (0..<eventCount).shuffled(using: &random) {
        let place = Int.random(in: 0..<count, using: &random)
        let person = Int.random(in: 0..<3, using: &random)
        let rating = Int.random(in: 1...5, using: &random)
        let clock = String(format: "%02d:%02d:%02d", time / 3600, time / 60 % 60, time % 60)
        events.append(
          #"{"type":"feedback","interaction_id":"i\#(place)","user_id":"u\#(person)","#
            + #""timestamp":"2024-10-02T\#(clock)Z","user_rating":\#(rating)}"#)
        if let last = latest[place]?[person], last.time > time { continue }
        latest[place, default: [:]][person] = (time, rating)
      }
    }

    func expected(_ place: Int) -> (ratings: Int, millionths: Int)? {
      guard let people = latest[place] else { return nil }
      let sum = people.values.reduce(0) { $0 + $1.rating }
      return (people.count, (2_000_000 * sum + people.count) / (2 * people.count))
    }
  }

  @Test func manyRecordsAreJoinedInAnyOrderToTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let stream = Stream(interactions: 12_000, events: 4000, seed: 3)
    try folder.write("in", stream.interactions.joined(separator: "\n") + "\n")
    try folder.write("log", stream.events.joined(separator: "\n") + "\n")
    var random = SeededGenerator(seed: 4)
    try folder.write("shuffled", stream.events.shuffled(using: &random).joined(separator: "\n") + "\n")
    let outcome = try shell(
      """
      fb-rate join --feedback log in -o out
      fb-rate join --feedback shuffled <in | cmp - out
      fb-rate join in shuffled | cmp - out
      cat log in shuffled | fb-rate join | cmp - out
      fb-rate join out --feedback log | cmp - out
      split -n l/3 shuffled part. && fb-rate join --feedback part.aa --feedback part.ab in --feedback part.ac | cmp - out
      """, in: folder.url)
    #expect(outcome.text.isEmpty && outcome.errors.isEmpty, "\(outcome.text)\(outcome.errorText)")
    let lines = try folder.read("out").split(separator: "\n")
    #expect(lines.count == stream.interactions.count)
    var ratedCount = 0
    for (place, line) in lines.enumerated() {
      guard let expected = stream.expected(place) else {
        #expect(line == stream.interactions[place])
        continue
      }
      ratedCount += 1
      let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let feedback = try #require(record?["feedback"] as? [String: Any])
      let rating = try #require(feedback["user_rating"] as? NSNumber)
      #expect(Int((rating.doubleValue * 1e6).rounded()) == expected.millionths)
      #expect((feedback["ratings"] as? [Any])?.count ?? 1 == expected.ratings)
      #expect(line.hasPrefix(stream.interactions[place].dropLast()))
    }
    #expect(ratedCount == stream.latest.count && ratedCount > 3000)
  }

  @Test func linesLongerThanABlockAndRepeatedOnesAreJoined() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 3_000_000)
    func line(_ id: String, _ prompt: String, _ feedback: String = "") -> String {
      #"{"id":"\#(id)","user_prompt":"\#(prompt)","ai_response":"r"\#(feedback)}"# + "\n"
    }
    try folder.write("in", line("a", "1") + line("b", long) + line("c", "2") + line("a", "2") + line("c", long))
    try folder.write("log", #"{"type":"feedback","interaction_id":"c","clarity":2}"# + "\n")
    let outcome = try shell("fb-rate join --feedback log in -o out", in: folder.url)
    #expect(outcome.status == 0)
    #expect(outcome.errorText.contains("2 repeated ids"))
    let joined = #","feedback":{"clarity":2}"#
    #expect(try folder.read("out") == line("a", "2") + line("b", long) + line("c", long, joined))
  }
}
