import Foundation
import TestSupport
import Testing

/// fb-analyze --partial and --merge, and what is measured besides counts, on the built command.
@Suite struct StateCommandTests {
  static let line = "fb-analyze --by category,status,category+status --min-people 2"
  static let hasPython = (try? shell("command -v python3 >/dev/null").status) == 0

  /// Leaves out what needs the records, which states do not have: ids of examples, texts, and prompts.
  static let counts =
    #"sed -E -e 's/,"examples":\[[^]]*\]//' -e '/^    for example/d' -e '/contradictory_ratings|_phrases|_cluster/d'"#

  @Test func statesOfPartsMakeTheReportOfTheWhole() throws {
    let folder = try TemporaryFolder()
    let text = AnalyzeTests.interactions(seed: 21, count: 900)
    try folder.write("in", text)
    let lines = text.split(separator: "\n")
    for part in 0..<3 {
      let own = lines.indices.filter { $0 % 3 == part }.map { lines[$0] }
      try folder.write("in\(part)", own.joined(separator: "\n") + "\n")
    }
    for format in ["ndjson", "text"] {
      let options = "--min-people 2 --min-ratings 9 --target-poor 0.1 --format \(format)"
      let direct = try shell(
        "fb-analyze --by category,status,category+status \(options) in | \(Self.counts)", in: folder.url)
      #expect(direct.status == 0 && direct.lines.count > 15, "\(direct.errorText)")
      for script in [
        "\(Self.line) --partial in | fb-analyze --merge \(options)",
        "for i in 2 0 1; do \(Self.line) --partial in$i; done | fb-analyze --merge \(options)",
        "for i in 2 0 1; do \(Self.line) --partial in$i > s$i; done; "
          + "fb-analyze --merge --partial s0 s2 > m; fb-analyze --merge \(options) s1 m",
      ] {
        let merged = try shell("{ \(script); } | \(Self.counts)", in: folder.url)
        #expect(merged.output == direct.output && merged.errors.isEmpty, "\(script): \(merged.errorText)")
      }
    }
    let states = try shell("\(Self.line) --partial in", in: folder.url)
    #expect(try shell("fb-analyze --merge --partial s0 s2 s1", in: folder.url).output == states.output)
    let nothing = try shell("fb-analyze --partial </dev/null | fb-analyze --merge")
    #expect(nothing.output == (try shell("fb-analyze </dev/null").output) && nothing.status == 0)
    #expect(try shell("fb-analyze --merge </dev/null").output == nothing.output)
  }

  /// Days that no state tells of are named: the window of the result reaches over them.
  @Test func timesBetweenStatesAreTold() throws {
    let folder = try TemporaryFolder()
    for (name, options) in [
      ("a", "--since 2024-10-01T00:00:00Z --until 2024-10-08T00:00:00Z"),
      ("b", "--since 2024-10-08T00:00:00Z --until 2024-10-10T00:00:00Z"),
      ("c", "--since 2024-10-05T00:00:00Z --until 2024-10-09T00:00:00Z"),
      ("d", "--since 2024-10-22T00:00:00Z"), ("e", "--since 2024-11-01T00:00:00Z"),
      ("f", "--until 2024-09-01T00:00:00Z"),
    ] { #expect(try shell("fb-analyze --partial \(options) -o \(name) </dev/null", in: folder.url).status == 0) }
    for (states, gaps) in [
      ("a b c", []), ("b a", []), ("d a", ["2024-10-08T00:00:00Z to 2024-10-22T00:00:00Z"]), ("d e", []),
      ("e c a", ["2024-10-09T00:00:00Z to 2024-11-01T00:00:00Z"]),
      (
        "e a f a",
        ["2024-09-01T00:00:00Z to 2024-10-01T00:00:00Z", "2024-10-08T00:00:00Z to 2024-11-01T00:00:00Z"]
      ),
    ] {
      let merged = try shell("fb-analyze --merge \(states)", in: folder.url)
      let told = gaps.isEmpty ? "" : "fb-analyze: the states tell nothing of \(gaps.joined(separator: ", "))\n"
      #expect(merged.status == 0 && merged.errorText == told, "\(states): \(merged.errorText)")
    }
  }

  @Test func threadsMakeTheSameStates() throws {
    let folder = try TemporaryFolder()
    // Three times what a thread takes at a time.
    try JobsTests.records(bad: false).write(to: folder.url.appendingPathComponent("in"))
    let line = "fb-analyze --partial --by category,user_id,category+category_of_none in"
    let one = try shell(line, in: folder.url)
    #expect(one.status == 0 && one.lines.count > 100, "\(one.errorText)")
    for jobs in 2...8 { #expect(try shell("\(line) --jobs \(jobs)", in: folder.url).output == one.output) }
  }

  @Test func statesThatDoNotBelongTogetherAreRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", AnalyzeTests.interactions(seed: 5, count: 50))
    let prepare = try shell("fb-analyze --partial in > a; fb-analyze --partial --by status in > b", in: folder.url)
    #expect(prepare.status == 0)
    for (script, place, word) in [
      ("fb-analyze --merge a b", "b:1:", "other options"),
      ("tail -n 1 b > c; fb-analyze --merge a c", "c:1:", "other options"),
      ("tail -n 2 a > c; fb-analyze --merge c", "c:1:", "before the head"),
      ("sed '1s/\"people\":10/\"people\":11/' a > c; fb-analyze --merge c", "c:1:", "options_digest"),
      ("sed 's/\"schema\":2/\"schema\":1/' a > c; fb-analyze --merge c", "c:1:", "version of states"),
      ("sed '2s/\"interactions\":[0-9]*/\"interactions\":-4/' a > c; fb-analyze --merge c", "c:2:", "interactions"),
      ("sed '2s/\"rating\":\\[[0-9]*/\"rating\":[7/' a > c; fb-analyze --merge c", "c:2:", "rating"),
      ("sed '3s/\"key\":{\"category\"/\"key\":{\"model\"/' a > c; fb-analyze --merge c", "c:3:", "key"),
      ("sed '2s/\"days\":\\[/\"days\":[1,/' a > c; fb-analyze --merge c", "c:2:", "days"),
      ("fb-analyze --merge --min-people 11 a", "a:1:", "--min-people"),
      ("head -c 900 a | fb-analyze --merge", "-:2:", "ends inside"),
      ("head -n 3 a | fb-analyze --merge", "", "incomplete"),
      ("head -n 1 a | fb-analyze --merge", "", "incomplete"),
      ("fb-analyze --merge in", "", "no states"),
    ] {
      let outcome = try shell(script, in: folder.url)
      #expect(outcome.status == 65 && outcome.output.isEmpty, "\(script): \(outcome.status)")
      #expect(
        outcome.errorText.hasPrefix("fb-analyze: \(place)") && outcome.errorText.contains(word), "\(outcome.errorText)")
    }
    for options in [
      "--merge --by model", "--merge --since 2024-10-01T00:00:00Z", "--merge --asked in",
      "--merge --time-field activity",
      "--partial --format text", "--partial --target-poor 0.2", "--partial --min-ratings 3", "--asked -",
    ] {
      #expect(try shell("fb-analyze \(options) </dev/null", in: folder.url).status == 64, "\(options)")
    }
  }

  @Test func ratingsThatWereAskedForWeighWhatTheyStandFor() throws {
    let folder = try TemporaryFolder()
    // Poor answers are asked about with 1 in 10, the others with 1 in 2: of 100 and 100, 10 and 50 are rated.
    var records = ""
    var asks = ""
    for index in 0..<200 {
      let isPoor = index < 100
      let isAsked = isPoor ? index % 10 == 0 : index % 2 == 0
      let feedback = isAsked ? #","feedback":{"user_rating":\#(isPoor ? 1 : 5)}"# : ""
      records += #"{"id":"i\#(index)","user_id":"u\#(index)","category":"a"\#(feedback)}"# + "\n"
      asks +=
        #"{"type":"ask","interaction_id":"i\#(index)","asked":\#(isAsked),"probability":\#(isPoor ? 0.1 : 0.5)}"# + "\n"
    }
    try folder.write("in", records)
    try folder.write("asks", asks)
    let show =
      "jq -c 'select(.scope == {\"category\":\"a\"} and .type == \"metric\") | "
      + "[.rating.mean, .weighted.n, .weighted.mean, .weighted.poor, .poor_bounds.basis, .poor_bounds.asked]'"
    let outcome = try shell("fb-analyze --asked asks in | \(show)", in: folder.url)
    #expect(outcome.text == "[4.333333,60,3,0.5,\"asked\",60]\n", "\(outcome.errorText)")
    let merged = try shell("fb-analyze --asked asks --partial in | fb-analyze --merge | \(show)", in: folder.url)
    #expect(merged.text == outcome.text)
    #expect(
      try shell("fb-analyze in | \(show)", in: folder.url).text == "[4.333333,null,null,null,\"interactions\",200]\n")
    for (ask, word) in [
      (#"{"type":"ask","asked":true}"#, "interaction_id"), (#"{"type":"ask","interaction_id":"1"}"#, "asked"),
      (#"{"type":"ask","interaction_id":"1","asked":true,"probability":1.1}"#, "probability"),
    ] {
      try folder.write("asks", ask + "\n")
      let refused = try shell("fb-analyze --asked asks in", in: folder.url)
      #expect(refused.status == 65 && refused.errorText.contains("asks:1:") && refused.errorText.contains(word))
    }
    #expect(try shell("fb-analyze --asked nowhere in", in: folder.url).status == 66)
  }

  @Test(
    .enabled(if: sharedFolder != nil && hasPython, Comment(rawValue: sharedFolderMissing + ", or python3")),
    arguments: [
      ("oasst", "oasst1-en-val/en-validation.jsonl", 7), ("feedbackqa", "feedbackqa/UK-feedback_valid.json", 2),
      ("feedbackqa", "feedbackqa/CDC-feedback_valid.json", 2), ("topical-chat", "topical-chat/test_freq.json", 5),
      ("unieval", "unieval-topical/topical_chat.json", 7),
    ])
  func publicSetsCountAsAnIndependentProgramCountsThem(name: String, file: String, slices: Int) throws {
    let path = try #require(sharedFolder).appendingPathComponent("data/sets/\(file)").path
    let program = projectRoot.appendingPathComponent("Tests/Reference/sets.py").path
    let folder = try TemporaryFolder()
    let outcome = try shell(
      """
      set -e
      python3 "$PROGRAM" records \(name) "$FILE" > records
      fb-analyze --min-ratings 1 --min-people 1 records | \(Self.counts) > metrics
      python3 "$PROGRAM" compare records metrics
      split -n l/5 records part.
      for part in part.*; do fb-analyze --partial $part; done | fb-analyze --merge --min-ratings 1 --min-people 1 | \(Self.counts) | cmp - metrics
      """, in: folder.url, environment: ["PROGRAM": program, "FILE": path])
    #expect(outcome.text == "compared \(slices)\n" && outcome.status == 0, "\(outcome.errorText)")
  }
}
