import Foundation
import TestSupport
import Testing

/// What a command writes does not depend on how many threads it uses.
@Suite struct JobsTests {
  /// More than twice what a thread takes at a time, with everything that a file of lines may hold.
  static func records(bad: Bool) -> Data {
    var random = SeededGenerator(seed: 31)
    var text = "\u{FEFF}"
    let filler = String(repeating: "word ", count: 60)
    for index in 0..<14_000 {
      let rating = Int.random(in: 1...6, using: &random)
      let feedback = rating > 5 ? "" : #","feedback":{"user_rating":\#(rating)}"#
      let category = "c\(Int.random(in: 0..<40, using: &random))"
      text += #"{"id":"r\#(index)","timestamp":"2026-01-\#(10 + index % 20)T00:00:00Z","user_id":"u\#(index % 97)","#
      text += #""user_prompt":"\#(filler)\#(index)","ai_response":"a","category":"\#(category)"\#(feedback)}"#
      text += index % 11 == 0 ? "\r\n" : "\n"
      if index % 501 == 0 { text += "\n" }
      if bad && index % 1999 == 5 { text += #"{"id":"bad","user_prompt":"\x"}"# + "\n" }
      if bad && index % 7001 == 6 { text += #"{"id":"\#(String(repeating: "long", count: 30_000))"}"# + "\n" }
      if bad && index % 5003 == 7 {
        text += #"{"user_prompt":"q","ai_response":"a","feedback":{"user_rating":9}}"# + "\n"
      }
    }
    return Data(text.dropLast().utf8)
  }

  @Test(arguments: [
    "fb-filter --max-rating 2", "fb-filter --for sft", "fb-filter --count --min-rating 3 --verbose",
    "fb-filter --limit 100", "fb-analyze --by category,user_id", "fb-export --format openai", "fb-filter --verbose",
    "fb-export --format bedrock --system 'Be kind.'",
  ])
  func outputIsTheSameForEveryNumberOfThreads(command: String) throws {
    let folder = try TemporaryFolder()
    try Self.records(bad: false).write(to: folder.url.appendingPathComponent("good.ndjson"))
    try Self.records(bad: true).write(to: folder.url.appendingPathComponent("bad.ndjson"))
    for files in [
      "good.ndjson", "--max-line 100000 --max-rejects 50 --rejects r.ndjson bad.ndjson good.ndjson",
      "--max-line 100000 --max-rejects 9 --rejects r.ndjson bad.ndjson",
    ] {
      let one = try shell("\(command) \(files); echo $?; cat r.ndjson 2>&-; rm -f r.ndjson", in: folder.url)
      let more = try shell("\(command) --jobs 3 \(files); echo $?; cat r.ndjson 2>&-; rm -f r.ndjson", in: folder.url)
      #expect(more.output == one.output && more.errorText == one.errorText, "\(command) \(files)")
      // The tests would pass with nothing in them, too.
      let isGood = files.contains("good.ndjson") || command.contains("--limit")
      let status = isGood ? "0\n" : "65\n"
      #expect(one.text.contains("\n" + status) || one.text.hasPrefix(status), "\(files): \(one.errorText)")
    }
  }

  /// What ends a run in the middle of a part ends it there, whatever was found behind.
  @Test func aRunEndsWhereOneThreadEndsIt() throws {
    let folder = try TemporaryFolder()
    let good = String(repeating: "g", count: 300)
    func line(_ index: Int, _ user: String) -> String {
      #"{"id":"\#(index)","user_prompt":"\#(good)","ai_response":"a","user_id":"\#(user)","feedback":{"user_rating":5}}"#
        + "\n"
    }
    // The minimum is reached in the part in which the first bad record stands.
    let early = (0..<40).map { line($0, "u") }.joined() + "{\"id\":\"bad\"\n"
    try folder.write("early.ndjson", early + (0..<30_000).map { line($0, "u") }.joined())
    // Too many groups before a bad record of the same part.
    let users = (0..<13_000).map { line($0, "user \($0)") }
    try folder.write("groups.ndjson", users[..<12_001].joined() + "x\n" + users[12_001...].joined() + users.joined())
    // More bad records than are kept, blank and over-long lines at every place of a block, a cut-off end.
    let odd = (0..<9000).map { index in
      switch index % 7 {
      case 0: String(repeating: " ", count: index % 2900) + "\r\n"
      case 1: "{\"a\":\"" + String(repeating: "x", count: index % 2700) + "\"}\r\n"
      case 2: "bad \(index)\n"
      default: line(index, "u")
      }
    }
    try folder.write("odd.ndjson", odd.joined() + odd.joined() + String(repeating: "y", count: 80_000))
    for command in [
      "fb-export --format openai early.ndjson", "fb-export --format bedrock --max-rejects 5 --rejects r early.ndjson",
      "fb-analyze --by user_id groups.ndjson", "fb-analyze --by user_id --max-rejects 3 --rejects r groups.ndjson",
      "fb-filter --max-line 1000 --max-rejects 100% --rejects r odd.ndjson", "fb-filter odd.ndjson",
      "fb-filter --max-line 1000 --max-rejects 150 --rejects r odd.ndjson", "fb-filter /proc/version",
    ] {
      let one = try shell("\(command); echo $?; cat r 2>&-; rm -f r", in: folder.url)
      for jobs in [2, 7] {
        let more = try shell("\(command) --jobs \(jobs); echo $?; cat r 2>&-; rm -f r", in: folder.url)
        #expect(more.output == one.output && more.errorText == one.errorText, "\(command) --jobs \(jobs)")
      }
    }
  }

  /// Bad records that wait for their turn are bounded.
  @Test func manyBadRecordsTakeNoMemory() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      """
      yes x | head -c 16777216 >bad.ndjson
      python3 - <<'END'
      import resource, subprocess
      run = subprocess.run(["fb-filter", "--jobs", "4", "--max-rejects", "100%", "--rejects", "r", "bad.ndjson"],
                           stderr=subprocess.DEVNULL)
      print(run.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 64 * 1024)
      END
      wc -l < r
      """, in: folder.url)
    #expect(outcome.text == "0 True\n8388608\n", "\(outcome.errorText)")
  }

  @Test func theNumberOfThreadsIsChecked() throws {
    for option in ["0", "257", "-1", "two", "1.5"] {
      #expect(try shell("fb-filter --jobs=\(option)").status == 64, "\(option)")
    }
    #expect(try shell("fb-export --format csv --jobs 2").status == 64)
    #expect(try shell("fb-filter --line-buffered --jobs 2").status == 64)
    // What cannot be read in parts is read by one.
    let piped = try shell("printf '{\"id\":\"1\"}\\n' | fb-filter --jobs 4 - <(printf '{\"id\":\"2\"}\\n')")
    #expect(piped.text == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n" && piped.status == 0)
  }

  @Test func aFailedWriteOnThreadsFailsTheCommand() throws {
    let folder = try TemporaryFolder()
    try Self.records(bad: false).write(to: folder.url.appendingPathComponent("good.ndjson"))
    #expect(try shell("fb-filter --jobs 3 good.ndjson >/dev/full", in: folder.url).status == 74)
    // Whoever reads no more ends the command without a word.
    let closed = try shell("fb-filter --jobs 3 good.ndjson | head -n 1 | wc -l; echo ${PIPESTATUS[0]}", in: folder.url)
    #expect(closed.text == "1\n141\n" && closed.errorText.isEmpty)
  }
}
