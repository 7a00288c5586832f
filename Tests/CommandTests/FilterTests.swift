import Foundation
import TestSupport
import Testing

/// What fb-filter promises, tried on the built command.
@Suite struct FilterTests {
  @Test func aRecordPassesByteForByte() throws {
    let records = [
      #"{"id":"1","unknown":{"deep":[1.0,9007199254740993,1e400,-0,0.10,1E+2]},"feedback":{"user_rating":4.0}}"#,
      #"{ "id" : "2" ,"text":"\u00e9\/\b\f\n\r\t\"\\ \ud83d\udc4d é 👍","feedback":{"user_rating":5} }"#,
      "{\t\"id\":\"3\",\r\"e\u{301}\":\"NFD\",\"é\":\"NFC\",\"feedback\":{\"user_rating\":4e0}}",
      "  {\"id\":\"4\",\"\":\"\",\"null\":null,\"del\":\"\u{7F}\u{2028}\u{FEFF}\u{FFFE}\",\"feedback\":{\"user_rating\":4.9}}  ",
      #"{"id":"5","id2":00,"feedback":{"user_rating":5}}"#.replacingOccurrences(of: "00", with: "\"00123\""),
    ]
    let input = Data((records.joined(separator: "\n") + "\n").utf8)
    let passing = ["", "--min-rating 4", "--quality-threshold 0.8", "--where 'exists id'", "--invert --max-rating 3"]
    for options in passing {
      let outcome = try shell("fb-filter \(options)", input: input)
      #expect(
        outcome.output == input && outcome.errors.isEmpty && outcome.status == 0, "\(options): \(outcome.errorText)")
    }
    // Other line ends, a mark at the start and a missing last newline are accepted, and gone.
    let windows = Data(("\u{FEFF}" + records.joined(separator: "\r\n\r\n")).utf8)
    #expect(try shell("fb-filter", input: windows).output == input)
  }

  static func lines(_ count: Int, bad: Int) -> String {
    (1...count).map { index in
      index == bad
        ? #"{"id":"r\#(index)","user_prompt":"secret\x"}"# : #"{"id":"r\#(index)","feedback":{"user_rating":5}}"#
    }.joined(separator: "\n") + "\n"
  }

  @Test(arguments: [1, 2, 500, 999, 1000])
  func oneBadLineInAThousand(bad: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("chat.ndjson", Self.lines(1000, bad: bad))
    let column = 32 + "\(bad)".count
    let stopped = try shell("fb-filter chat.ndjson", in: folder.url)
    #expect(stopped.status == 65)
    #expect(stopped.errorText == "fb-filter: chat.ndjson:\(bad):\(column): bad escape in string (syntax)\n")
    // On standard output is what came before; a file is not published.
    #expect(stopped.lines.count == bad - 1)
    let file = try shell("fb-filter -o out.ndjson chat.ndjson; echo $?; ls -A", in: folder.url)
    #expect(file.text == "65\nchat.ndjson\n")

    let within = try shell("fb-filter --max-rejects 1 --rejects r.ndjson chat.ndjson", in: folder.url)
    #expect(within.status == 0 && within.lines.count == 999)
    #expect(within.errorText.hasSuffix("fb-filter: 999 of 1000 records written; left out: 1 bad\n"))
    let raw = try shell("jq -r .raw_b64 r.ndjson | base64 -d", in: folder.url)
    #expect(raw.text == #"{"id":"r\#(bad)","user_prompt":"secret\x"}"#)
    let offset = Self.lines(1000, bad: bad).utf8.split(separator: 10).prefix(bad - 1).reduce(0) { $0 + $1.count + 1 }
    let reject = try shell("jq -c 'del(.raw_b64)' r.ndjson", in: folder.url)
    #expect(
      reject.text == #"{"file":"chat.ndjson","line":\#(bad),"column":\#(column),"byte_offset":\#(offset + column - 1),"#
        + #""reason":"syntax","field":"","message":"bad escape in string"}"# + "\n")
    // The mended record and the rest make up the whole.
    let whole = try shell(
      "jq -r .raw_b64 r.ndjson | base64 -d | sed 's/\\\\x//' | fb-filter - <(fb-filter --max-rejects 1 --rejects q chat.ndjson 2>&-) | wc -l",
      in: folder.url)
    #expect(whole.text == "1000\n")
  }

  @Test func otherKindsPassButAreNotCounted() throws {
    let others = (0..<3).map { #"{"type":"preferences","user_id":"u\#($0)"}"# }
    let answers = (0..<4).map { #"{"user_prompt":"q","ai_response":"a\#($0)","feedback":{"user_rating":5}}"# }
    let input = Data(((others + answers).joined(separator: "\n") + "\n").utf8)
    let heeded = "3 preferences (heeded in --preferences FILE)"
    for (options, left, written) in [
      ("", "3 of other kinds", 7), ("--min-rating 4", "3 of other kinds", 7), ("--for sft", heeded, 4),
    ] {
      let outcome = try shell("fb-filter --count \(options)", input: input)
      #expect(outcome.text == "4\n", "\(options)")
      #expect(outcome.errorText == "fb-filter: 4 of 7 records counted; left out: \(left)\n")
      #expect(try shell("fb-filter \(options)", input: input).lines.count == written)
    }
    #expect(try shell("fb-filter --limit 2", input: input).lines.count == 2)
    #expect(try shell("fb-filter --limit 2 --count", input: input).text == "2\n")
    #expect(try shell("fb-filter --for sft --limit 2 | grep -c completion", input: input).text == "2\n")
  }

  @Test func aTimeFieldNeedsAWindow() throws {
    for field in ["timestamp", "activity"] {
      let outcome = try shell("fb-filter --time-field \(field)")
      #expect(outcome.status == 64 && outcome.output.isEmpty)
      #expect(try shell("fb-filter --time-field \(field) --until 2024-10-31T00:00:00Z").status == 0)
    }
  }

  @Test func aBudgetInPercentIsOfAllRecords() throws {
    let input = Data(Self.lines(200, bad: 7).utf8)
    let folder = try TemporaryFolder()
    #expect(try shell("fb-filter --max-rejects 0.5% --rejects r", input: input, in: folder.url).status == 0)
    let over = try shell(
      "fb-filter -o out --max-rejects 0.499999% --rejects r; echo $?; ls -A", input: input, in: folder.url)
    #expect(over.text == "65\nr\n" && over.errorText.contains("1 of 200 records are bad: too many"))
  }

  @Test func aLineThatIsTooLongIsOneRecord() throws {
    let folder = try TemporaryFolder()
    let long = #"{"id":"long","text":"\#(String(repeating: "x", count: 200_000))"}"#
    try folder.write("in", #"{"id":"a"}"# + "\n" + long + "\n" + #"{"id":"b"}"# + "\n")
    let outcome = try shell("fb-filter --max-line 1000 --max-rejects 1 --rejects r in", in: folder.url)
    #expect(outcome.status == 0 && outcome.lines == [#"{"id":"a"}"#, #"{"id":"b"}"#])
    let reject = try shell("jq -c '[.line,.reason,.length,.truncated,(.raw_b64|@base64d|length)]' r", in: folder.url)
    #expect(reject.text == "[2,\"line\",\(long.utf8.count),true,65536]\n")
    #expect(try shell("fb-filter --max-line \(long.utf8.count) in | wc -l", in: folder.url).text == "3\n")
  }

  @Test func aPauseOfTheWriterHoldsNothingBack() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      """
      mkfifo pipe; exec 9<>pipe
      fb-filter --where 'n == 1' <pipe >out & filter=$!
      echo '{"n":1}' >&9
      for i in $(seq 200); do [ -s out ] && break; sleep 0.05; done
      cat out; kill $filter; wait $filter; echo $?
      """, in: folder.url)
    #expect(outcome.text == "{\"n\":1}\n143\n")
  }

  @Test func filteringDistributesOverPieces() throws {
    let folder = try TemporaryFolder()
    try folder.write("a", Self.lines(30, bad: 0))
    try folder.write("b", #"{"id":"x","feedback":{"user_rating":2}}"# + "\n" + #"{"type":"ask","id":"y"}"# + "\n")
    for options in ["--min-rating 4", "--where 'id < \"r2\"'", "--for sft --include-unrated"] {
      let outcome = try shell(
        "cmp <(cat a b | fb-filter \(options) 2>&-) <(fb-filter \(options) a 2>&-; fb-filter \(options) b 2>&-) && "
          + "cmp <(cat a b | fb-filter \(options) 2>&-) <(fb-filter \(options) a b 2>&-)", in: folder.url)
      #expect(outcome.status == 0, "\(options): \(outcome.errorText)")
    }
  }

  @Test func fileNamesCannotForgeMessages() throws {
    let outcome = try shell(#"fb-filter $'no\n\e[31mfb-filter: done'"#)
    #expect(outcome.status == 66)
    #expect(
      outcome.errorText
        == "fb-filter: cannot open no\u{FFFD}\u{FFFD}[31mfb-filter: done: No such file or directory\n")
    let long = try shell(
      "cd /tmp; p=$(printf 'x%.0s' $(seq 200)); mkdir -p $p/$p; echo '{' >$p/$p/f; fb-filter $p/$p/f; rm -r $p")
    #expect(long.errorText.count <= 320 && long.errorText.hasSuffix("f:1:2: the line ends inside a value (syntax)\n"))
  }

  // MARK: Against jq

  /// One condition in both languages.
  struct Condition {
    var ours: String
    var jq: String
  }

  /// Random conditions on the fields that `record` makes.
  struct Generator {
    var random: SeededGenerator

    static let paths: [(ours: String, jq: String)] = [
      ("n", #"["n"]"#), ("s", #"["s"]"#), ("feedback.user_rating", #"["feedback","user_rating"]"#),
      ("metadata.a.b", #"["metadata","a","b"]"#), ("`odd key`", #"["odd key"]"#), ("absent", #"["absent"]"#),
      ("list", #"["list"]"#),
    ]
    static let values = [
      "0", "-0", "1", "-1", "2.5", "3", "3.0", "30e-1", "1e2", "-2.5", "4096", "0.001", "\"\"", "\"a\"", "\"b\"",
      "\"ab\"",
      "\"3\"", "\"caf\\u00e9\"", "\"é\"", "\"👍\"", "\"\\n\"", "\"\\\"\"", "true", "false",
    ]

    mutating func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func leaf() -> Condition {
      let path = pick(Self.paths)
      let x = "(try getpath(\(path.jq)) catch null)"
      let v = pick(Self.values)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: return Condition(ours: "exists \(path.ours)", jq: "(\(x) != null)")
      case 1: return Condition(ours: "\(path.ours) == null", jq: "(\(x) == null)")
      case 2: return Condition(ours: "\(path.ours) == \(v)", jq: "(\(x) == (\(v)))")
      case 3: return Condition(ours: "\(path.ours) != \(v)", jq: "(\(x) as $x | $x != null and $x != (\(v)))")
      case 4:
        let list = (0..<3).map { _ in pick(Self.values) }
        let any = list.map { "$x == (\($0))" }.joined(separator: " or ")
        if Bool.random(using: &random) {
          return Condition(ours: "\(path.ours) in (\(list.joined(separator: ", ")))", jq: "(\(x) as $x | \(any))")
        }
        return Condition(
          ours: "\(path.ours) not in (\(list.joined(separator: ", ")))",
          jq: "(\(x) as $x | $x != null and (\(any) | not))")
      case 5:
        return Condition(
          ours: "\(path.ours) contains \(v)",
          jq: "(\(x) as $x | (\(v)) as $v | if ($x|type) == \"array\" then any($x[]; . == $v) "
            + "else ($x|type) == \"string\" and ($v|type) == \"string\" and ($x|contains($v)) end)")
      default:
        let order = pick(["<", "<=", ">", ">="])
        let ordered = "(($x|type) == \"number\" or ($x|type) == \"string\")"
        // Of true and false, only the equality that <= and >= include is known.
        let same = order.count == 2 ? "(($x|type) == \"boolean\" and $x == $v)" : "false"
        return Condition(
          ours: "\(path.ours) \(order) \(v)",
          jq: "(\(x) as $x | (\(v)) as $v | (\(ordered) and ($x|type) == ($v|type) and $x \(order) $v) or \(same))")
      }
    }

    mutating func condition(depth: Int) -> Condition {
      if depth == 0 { return leaf() }
      let left = condition(depth: depth - 1)
      let right = condition(depth: Int.random(in: 0..<depth, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return Condition(ours: "not (\(left.ours))", jq: "(\(left.jq) | not)")
      case 1: return Condition(ours: "(\(left.ours)) and (\(right.ours))", jq: "(\(left.jq) and \(right.jq))")
      default: return Condition(ours: "(\(left.ours)) or (\(right.ours))", jq: "(\(left.jq) or \(right.jq))")
      }
    }

    mutating func record(_ index: Int) -> String {
      let odd = Self.values + ["null", "[]", "[1,\"a\",true,null]", "[\"\\u0062\",3.0]", "{}", "{\"b\":1}", "\"xab\""]
      var members = ["\"id\":\(index)"]
      for key in ["n", "s", "odd key", "list"] where Int.random(in: 0..<5, using: &random) > 0 {
        members.append("\"\(key)\":\(pick(odd))")
      }
      members.append("\"feedback\":" + (Bool.random(using: &random) ? "{\"user_rating\":\(pick(odd))}" : pick(odd)))
      members.append(
        "\"metadata\":" + (Bool.random(using: &random) ? "{\"a\":{\"b\":\(pick(odd))}}" : "{\"a\":\(pick(odd))}"))
      return "{" + members.joined(separator: ", ") + "}"
    }
  }

  @Test func conditionsSelectWhatTheySelectInJq() throws {
    var generator = Generator(random: SeededGenerator(seed: 2024))
    let folder = try TemporaryFolder()
    try folder.write("in", (0..<400).map { generator.record($0) }.joined(separator: "\n") + "\n")
    var selected = 0
    let count = 120
    for index in 0..<count {
      let condition = generator.condition(depth: index % 4)
      try folder.write("ours", condition.ours)
      try folder.write("jq", "select(\(condition.jq)) | .id")
      let outcome = try shell(
        #"fb-filter --where "$(cat ours)" in | jq .id >a; jq -f jq in >b; cmp a b && wc -l <a"#, in: folder.url)
      #expect(outcome.status == 0, "\(condition.ours)\n\(condition.jq)\n\(outcome.errorText)")
      selected += Int(outcome.text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
    // The conditions are neither always nor never true.
    #expect((count * 40...count * 360).contains(selected), "\(selected)")
  }
}

/// Records that are wanted while the input goes on.
@Suite struct FollowingTests {
  /// Each record is asked back before the next one is written: what is held back would wait for ever.
  @Test(arguments: ["fb-filter", "fb-filter --line-buffered", "fb-ingest --from ndjson", "fb-ingest --line-buffered"])
  func aRecordComesOutBeforeTheNextOneGoesIn(command: String) throws {
    let outcome = try shell(
      """
      coproc tool { \(command); }
      for n in 1 2 3; do
        printf '{"id":"%s","user_prompt":"q","ai_response":"a"}\\n' $n >&${tool[1]}
        read -r -t 60 line <&${tool[0]} || exit 1
        jq -r .id <<<"$line"
      done
      """)
    #expect(outcome.text == "1\n2\n3\n" && outcome.status == 0, "\(outcome.errorText)")
  }

  /// The writer never pauses for long enough to be waited for, and its records would take for ever to fill a block.
  @Test(arguments: ["fb-filter", "fb-ingest"])
  func lineBufferedRecordsDoNotWaitForAPause(command: String) throws {
    let outcome = try shell(
      """
      { while printf '{"user_prompt":"q","ai_response":"a","id":"1"}\\n'; do sleep 0.004; done } 2>&- |
        timeout 20 \(command) --line-buffered | head -n 1 | jq -r .id
      """)
    #expect(outcome.text == "1\n", "\(outcome.errorText)")
  }
}
