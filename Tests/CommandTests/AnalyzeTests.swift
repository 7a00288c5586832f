import Foundation
import TestSupport
import Testing

/// fb-analyze and fb-recommend on data, against jq and against what is known of a public data set.
@Suite struct AnalyzeTests {
  static let hasQuick = (try? shell("command -v jq >/dev/null").status) == 0

  /// Interactions of every shape: escapes in names, no category, fractions, errors, no feedback.
  static func interactions(seed: UInt64, count: Int) -> String {
    var generator = SeededGenerator(seed: seed)
    func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &generator)] }
    var text = ""
    for index in 0..<count {
      var members = [#""id":"i\#(index)""#]
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: members.append(#""category":null"#)
      case 1: break
      case 2: members.append(#""category":"uncategorized""#)
      default:
        members.append(
          pick([#""category":"a b""#, #""category":"\u0061 b""#, #""category":"日\"本""#, #""category":"""#]))
      }
      let day = Int.random(in: 1...9, using: &generator)
      if Bool.random(using: &generator) {
        members.append(#""timestamp":"2024-10-0\#(day)T\#(pick(["00:30:00+02:00", "23:59:59.9Z", "12:00:00Z"]))""#)
      }
      if Int.random(in: 0..<5, using: &generator) == 0 {
        members.append(#""status":"\#(pick(["ok", "error"]))""#)
      }
      if Bool.random(using: &generator) {
        members.append(#""response_time_ms":\#(Int.random(in: 0..<250, using: &generator))"#)
      }
      if Bool.random(using: &generator) {
        let rating = pick(["1", "2", "2.0", "2.5", "3.333333", "4", "40e-1", "5", "null"])
        members.append(#""feedback":{"user_rating":\#(rating),"clarity":\#(pick(["1", "3", "5"]))}"#)
      }
      text += "{\(members.joined(separator: ","))}\n"
    }
    return text
  }

  @Test(.enabled(if: hasQuick, "jq is absent"), arguments: [1, 2, 3] as [UInt64])
  func countsAndMeansAreThoseOfJQ(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    try folder.write("in", Self.interactions(seed: seed, count: 700))
    let reference = #"""
      def number: (. * 10000 | round) / 10000;
      def summary: map(select(.status != "error")) as $ok
        | ($ok | map(.feedback.user_rating | select(. != null))) as $r
        | ($ok | map(.feedback.clarity | select(. != null))) as $c
        | ($ok | map(.response_time_ms | select(. != null)) | sort) as $t
        | [length, length - ($ok | length), ($r | length), ($r | add / length | number),
           ($r | map(select(. <= 2)) | length), ($r | map(select(. >= 4)) | length),
           ($c | length), ($c | add / length | number), ($t | length), $t[(($t | length) - 1) / 2 | floor]];
      ["", summary], (group_by(.category // "uncategorized")[] | [(.[0].category // "uncategorized"), summary])
      """#
    let expected = try shell("jq -s -c '\(reference)' in", in: folder.url)
    let shown = #"""
      select(.type == "metric") | [(.scope.category // ""), [.interactions, .errors, .rated,
        (.rating.mean * 10000 | round) / 10000, .rating.poor.k, .rating.good.k, .dimensions.clarity.n,
        (.dimensions.clarity.mean * 10000 | round) / 10000, .response_time_ms.n, .response_time_ms.p50]]
      """#
    let found = try shell("fb-analyze in | jq -c '\(shown)'", in: folder.url)
    #expect(expected.errors.isEmpty && found.errors.isEmpty, "\(expected.errorText)\(found.errorText)")
    // jq sorts strings by code points, which is the order of their UTF-8.
    #expect(expected.lines == found.lines)
    #expect(found.lines.count == 5)
    let days = try shell(
      #"fb-analyze in | jq -c 'select(.type == "trend" and .scope == {}).points[] | [.start[0:10], .interactions, .rated]'"#,
      in: folder.url)
    let wanted = try shell(
      #"""
      jq -s -c 'map(select(.timestamp) | .day = (.timestamp | if endswith("+02:00")
          then .[0:10] + "T00:00:00Z" | fromdate - 86400 | todate | .[0:10] else .[0:10] end))
        | group_by(.day)[] | [.[0].day, length,
          (map(select(.status != "error" and .feedback.user_rating != null)) | length)]' in
      """#, in: folder.url)
    #expect(days.lines == wanted.lines && days.lines.count >= 9, "\(wanted.errorText)")
  }

  @Test(.enabled(if: sharedFolder != nil && hasQuick, Comment(rawValue: sharedFolderMissing + ", or jq")))
  func publicRatingsHaveTheirKnownMean() throws {
    let messages = try #require(sharedFolder).appendingPathComponent("data/sets/oasst1-en-val/en-validation.jsonl")
    let program = projectRoot.appendingPathComponent("pipelines/examples/oasst.jq")
    let outcome = try shell(
      #"jq -c -n -f "$PROGRAM" "$MESSAGES" 2>/dev/null | fb-analyze | head -n 1 | jq -c '[.rated, (.rating.mean - 1) / 4]'"#,
      environment: ["PROGRAM": program.path, "MESSAGES": messages.path])
    let values = try #require(JSONSerialization.jsonObject(with: outcome.output) as? [Double])
    #expect(values[0] == 1235)
    #expect(abs(values[1] - 0.664617) < 5e-7)
  }

  @Test func theOrderOfRecordsChangesNothing() throws {
    let folder = try TemporaryFolder()
    let text = Self.interactions(seed: 9, count: 400)
    var generator = SeededGenerator(seed: 2)
    try folder.write("in", text)
    try folder.write(
      "shuffled", text.split(separator: "\n").shuffled(using: &generator).joined(separator: "\n") + "\n")
    let line = "fb-analyze --by category,status --min-ratings 10 --min-people 2"
    let plain = try shell("\(line) in", in: folder.url)
    #expect(try shell("\(line) shuffled", in: folder.url).output == plain.output)
    #expect(plain.status == 0 && plain.lines.count > 8)
  }

  @Test func adviceIsOnTheLastAnalysisOfEachScope() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "old",
      #"{"type":"metric","schema":1,"scope":{},"interactions":9,"rated":1,"checked":{"by":{"category":4}}}"# + "\n")
    try folder.write(
      "new",
      #"{"type":"metric","schema":1,"scope":{},"interactions":8,"rated":2,"checked":{"by":{"category":7}}}"# + "\n")
    let outcome = try shell("fb-recommend old new | jq -c '[.kind, .evidence.rated, .statement]'", in: folder.url)
    #expect(
      outcome.text == #"["none",2,"Nothing to do: no finding calls for a change. 7 categories were checked."]"# + "\n")
    // A kind that nobody knows, in a scope that a metric has too.
    let odd = #"{"type":"finding","schema":1,"scope":{},"kind":"","statement":"","confidence":""}"# + "\n"
    try folder.write("odd", odd)
    #expect(try shell("fb-recommend old odd | wc -l", in: folder.url).text == "1\n")
    for (record, word) in [
      (#"{"type":"metric","schema":2,"scope":{}}"#, "schema"), (#"{"type":"metric","schema":1}"#, "scope"),
      (#"{"type":"finding","schema":1,"scope":{},"kind":3}"#, "kind"),
      (#"{"type":"metric","schema":1,"scope":{"category":3}}"#, "scope"),
      (#"{"type":"trend","schema":1,"scope":{},"points":[{"start":"x"}]}"#, "points"),
    ] {
      let refused = try shell("fb-recommend", input: Data((record + "\n").utf8))
      #expect(refused.status == 65 && refused.errorText.contains(word), "\(refused.errorText)")
    }
  }

  @Test func absurdResponseTimesAreNumbersAllTheSame() throws {
    let record = #"{"category":"a","response_time_ms":4000000000000}"# + "\n"
    let p50 = try shell(
      "fb-analyze | jq -r 'select(.scope == {} and .type == \"metric\") | .response_time_ms.p50'",
      input: Data(record.utf8))
    let value = try #require(Double(p50.text.trimmingCharacters(in: .newlines)))
    #expect(abs(value - 4e12) < 0.004 * 4e12)
  }
}
