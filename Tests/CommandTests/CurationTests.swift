import Foundation
import TestSupport
import Testing

/// What the curating options of fb-filter promise, tried on the built command.
@Suite struct CurationTests {
  static let secrets = [
    "AKIA2345WXYZ7777QRST", "ghp_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", "xoxb-12345678901-123456789012-aBcDeFgHiJkL",
  ]
  static let personal = ["kim.lee@mail.example", "DE89370400440532013000", "4111111111111111", "203.0.113.77"]

  /// Ratings, repeated prompts spelled in several ways, conversations, people, and things that nobody may read.
  static func records(_ count: Int) -> String {
    var random = SeededGenerator(seed: 11)
    let words = "order ship late refund invoice open close change card box size color cancel track login reset".split(
      separator: " ")
    func sentence(_ length: ClosedRange<Int>) -> String {
      (0..<Int.random(in: length, using: &random)).map { _ in
        String(words[Int.random(in: 0..<words.count, using: &random)])
      }
      .joined(separator: " ")
    }
    var prompts: [String] = []
    var answers: [String] = []
    var text = ""
    for index in 0..<count {
      var prompt = sentence(3...7)
      if index % 3 == 0, let old = prompts.randomElement(using: &random) {
        prompt = [old, "  \(old) ", old.replacingOccurrences(of: " ", with: "  "), old + "s"][index % 4]
      }
      var answer = sentence(6...12)
      if index % 10 == 9 {
        // The same again, spelled otherwise.
        let old = Int.random(in: 0..<answers.count, using: &random)
        (prompt, answer) = (prompts[old] + " ", answers[old].replacingOccurrences(of: " ", with: "  "))
      }
      prompts.append(prompt)
      answers.append(answer)
      if index % 50 == 1 { answer += " \(secrets[index % secrets.count]) " + sentence(1...2) }
      if index % 20 == 2 { answer += " \(personal[index % personal.count])" }
      if index % 20 == 3 { answer += " kim.lee\\u0040mail.example" }
      let rating = Int.random(in: 1...5, using: &random)
      let correction = index % 40 == 5 ? #","corrected_response":"\#(sentence(5...8))""# : ""
      text += #"{"id":"r\#(index)","session_id":"s\#(index / 3)","user_id":"u\#(index % 211)","#
      text += #""user_prompt":"\#(prompt)","ai_response":"\#(answer)","category":"c\#(index % 7)","#
      text += #""feedback":{"user_rating":\#(rating),"feedback_text":"see kim.lee@mail.example"\#(correction)}}"# + "\n"
    }
    return text
  }

  static func prompts(_ output: String) throws -> Set<String> {
    var prompts: Set<String> = []
    for line in output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let prompt = object?["user_prompt"] as? String ?? ""
      prompts.insert(prompt.split(separator: " ").joined(separator: " "))
    }
    return prompts
  }

  /// Two pairs whose answers are no strings are not the same.
  @Test(arguments: ["--dedup exact", "--dedup near", "--contamination in", "--quality-rules all", "--sample 9"])
  func anAnswerOfAPairIsAString(options: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("in", #"{"user_prompt":"of an exam"}"# + "\n")
    for name in ["chosen", "rejected"] {
      let found = try shell(
        "fb-filter \(options)",
        input: Data("{\"type\":\"pair\",\"user_prompt\":\"q\",\"\(name)\":[\"a\"]}\n".utf8), in: folder.url)
      #expect(found.status == 65 && found.errorText.contains(": \(name): not a string (schema)"), "\(found.errorText)")
      let other = #"{"user_prompt":"q","ai_response":"a","\#(name)":2}"# + "\n"
      #expect(try shell("fb-filter \(options)", input: Data(other.utf8), in: folder.url).text == other)
    }
  }

  /// A text that stands where none is looked for is told, and nothing of it is written.
  @Test(arguments: [
    (#""feedback":"TEXT""#, "feedback"), (#""feedback":["TEXT"]"#, "feedback"),
    (#""feedback":{"feedback_text":["TEXT"]}"#, "feedback.feedback_text"),
    (#""feedback":{"suggestion":{"x":"TEXT"}}"#, "feedback.suggestion"),
    (#""feedback":{"ratings":{"feedback_text":"TEXT"}}"#, "feedback.ratings"),
    (#""feedback":{"ratings":["TEXT"]}"#, "feedback.ratings"),
    (#""feedback":{"ratings":[{},{"suggestion":["TEXT"]}]}"#, "feedback.ratings"),
    (#""type":"pair","chosen":[{"content":"TEXT"}]"#, "chosen"), (#""type":"pair","rejected":["TEXT"]"#, "rejected"),
    (#""type":"example","use":"sft","completion":["TEXT"]"#, "completion"), (#""suggestion":["TEXT"]"#, "suggestion"),
    (#""ai_response":["TEXT"]"#, "ai_response"), (#""history":"TEXT""#, "history"),
  ])
  func noTextIsOverlooked(member: String, name: String) throws {
    let record = #"{"user_prompt":"q",\#(member.replacingOccurrences(of: "TEXT", with: "ann@mail.example"))}"#
    for options in ["--redact email", "--secrets drop"] {
      let found = try shell("fb-filter \(options)", input: Data("\(record)\n".utf8))
      #expect(found.status == 65 && found.text.isEmpty, "\(record)")
      #expect(found.errorText.contains(": \(name): ") && !found.errorText.contains("ann@"), "\(found.errorText)")
    }
  }

  @Test func tenThousandRecordsAreSafeToTrainOn() throws {
    let folder = try TemporaryFolder()
    try folder.write("in.ndjson", Self.records(10_000))
    let options =
      "--for sft --dedup exact --redact email,iban,card,ip,phone --secrets drop --quality-rules default "
      + "--split train=0.8,validation=0.2 --max-per-category 0.3"
    var outputs: [String: String] = [:]
    for part in ["train", "validation"] {
      for run in ["a", "b"] {
        let outcome = try shell(
          "fb-filter \(options) --part \(part) --explain e.\(run) --report p.\(run) in.ndjson > o.\(run)",
          in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errorText)")
      }
      #expect(try shell("cmp o.a o.b && cmp e.a e.b && cmp p.a p.b", in: folder.url).status == 0)
      let output = try folder.read("o.a")
      outputs[part] = output
      for value in Self.secrets + Self.personal {
        #expect(!output.contains(value), "\(value)")
        #expect(try !folder.read("e.a").contains(value) && !folder.read("p.a").contains(value))
      }
      let fates = try folder.read("e.a").split(separator: "\n")
      #expect(fates.count == 10_000)
      #expect(fates.count { $0.contains(#""fate":"written""#) } == output.split(separator: "\n").count)
      for reason in ["secret", "duplicate", "other_part", "poor", "below_threshold"] {
        #expect(fates.contains { $0.hasSuffix(#""reason":"\#(reason)"}"#) }, "\(reason)")
      }
    }
    let (train, validation) = (try Self.prompts(outputs["train"] ?? ""), try Self.prompts(outputs["validation"] ?? ""))
    #expect(train.isDisjoint(with: validation) && train.count > 500 && validation.count > 100)
    #expect(try shell("jq -r .reason e.a | sort | uniq -c", in: folder.url).status == 0)
  }

  @Test func theOrderOfTheInputDecidesNothing() throws {
    let folder = try TemporaryFolder()
    let lines = Self.records(1500).split(separator: "\n")
    try folder.write("in.ndjson", lines.joined(separator: "\n") + "\n")
    try folder.write("back.ndjson", lines.reversed().joined(separator: "\n") + "\n")
    for options in [
      "--dedup exact", "--dedup prompt", "--dedup near", "--sample 100", "--max-per-user 2", "--max-per-category 0.1",
      "--split train=0.5,validation=0.5 --part train", "--dedup near --threshold 0.6 --sample 40",
    ] {
      let same = try shell(
        "fb-filter \(options) in.ndjson 2>&- > a; fb-filter \(options) back.ndjson 2>&- | tac | cmp a - && "
          + "[ $(wc -l < a) -gt 20 ] && [ $(wc -l < a) -lt 1500 ] && "
          + "grep -Fxvf in.ndjson a | wc -l && diff <(grep -nFxf a in.ndjson | cut -d: -f2-) a | wc -l", in: folder.url)
      // What is written is of the input, in its order, byte for byte.
      #expect(same.text == "0\n0\n", "\(options): \(same.text)\(same.errorText)")
    }
  }

  @Test func theBestOfTheDuplicatesIsKept() throws {
    func record(_ id: String, _ more: String) -> String {
      #"{"id":"\#(id)","user_prompt":"q","ai_response":"a"\#(more)}"#
    }
    let ranked = [
      #"{"id":"z","user_prompt":"q","ai_response":"b","feedback":{"user_rating":1,"corrected_response":"a"}}"#,
      record("y", #","timestamp":"2024-01-02T00:00:00Z","feedback":{"user_rating":4.5}"#),
      record("w", #","timestamp":"2024-01-01T00:00:00Z","feedback":{"user_rating":4.5}"#),
      record("u", #","feedback":{"user_rating":3,"corrected_response":"a"}"#),
      record("v", #","feedback":{"user_rating":3}"#), record("a", ""), record("b", ""),
    ]
    for first in ranked.indices {
      let input = Data((ranked[first...].reversed().joined(separator: "\n") + "\n").utf8)
      let outcome = try shell("fb-filter --dedup exact", input: input)
      #expect(outcome.text == ranked[first] + "\n" && outcome.status == 0)
    }
  }

  @Test func whatDiffersIsNoDuplicate() throws {
    let records = [
      #"{"id":"1","user_prompt":"Costs $5?","ai_response":"Yes."}"#,
      #"{"id":"2","user_prompt":"Costs $50?","ai_response":"Yes."}"#,
      #"{"id":"3","user_prompt":"Costs $5?","ai_response":"No."}"#,
      #"{"id":"4","system_prompt":"Be kind.","user_prompt":"Costs $5?","ai_response":"Yes."}"#,
      #"{"id":"5","history":[{"role":"user","content":"Hi"}],"user_prompt":"Costs $5?","ai_response":"Yes."}"#,
      #"{"type":"pair","id":"6","user_prompt":"Costs $5?","chosen":"Yes.","rejected":"Perhaps."}"#,
      #"{"type":"pair","id":"7","user_prompt":"Costs $5?","chosen":"Yes.","rejected":"Never."}"#,
      #"{"type":"ask","id":"8"}"#, #"{"type":"ask","id":"8"}"#,
    ]
    let input = Data((records.joined(separator: "\n") + "\n").utf8)
    for kind in ["exact", "near"] {
      #expect(try shell("fb-filter --dedup \(kind)", input: input).lines == records, "\(kind)")
    }
    #expect(try shell("fb-filter --dedup prompt | jq -r .id", input: input).lines == ["1", "2", "4", "5", "8", "8"])
  }

  @Test(arguments: ["exact", "prompt", "near"])
  func aStateKeepsLaterRunsFromWritingItAgain(kind: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("all", Self.records(300))
    let outcome = try shell(
      """
      head -n 200 all > one; tail -n 200 all > two; umask 000
      fb-filter --dedup \(kind) --state s one > a 2>&-; stat -c %a s
      fb-filter --dedup \(kind) --state s one 2>&- | wc -l
      fb-filter --dedup \(kind) --state s two > b 2>&-
      fb-filter --dedup \(kind) all 2>&- | wc -l
      cat a b | fb-filter --dedup \(kind) 2>&1 | cmp - <(cat a b); cat a b | wc -l; wc -l < s
      """, in: folder.url)
    let numbers = outcome.lines.compactMap { Int($0) }
    try #require(numbers.count == 5, "\(outcome.text)\(outcome.errorText)")
    #expect(numbers[0] == 600 && numbers[1] == 0 && numbers[4] == numbers[3] + 1)
    // Which of several stays may differ, how many groups there are does not, or hardly: near is not transitive.
    #expect(abs(numbers[2] - numbers[3]) <= (kind == "near" ? 5 : 0), "\(numbers)")
    let other = try shell("fb-filter --dedup \(kind == "near" ? "exact" : "near") --state s one", in: folder.url)
    #expect(other.status == 65 && other.errorText.contains("made with another --dedup"))
    #expect(try shell("echo '{}' > t; fb-filter --dedup exact --state t one", in: folder.url).status == 65)
  }

  @Test func streamingStagesDistributeOverThreads() throws {
    let folder = try TemporaryFolder()
    try folder.write("in.ndjson", String(repeating: Self.records(2500), count: 10))
    for options in [
      "--redact email --secrets redact", "--redact email,iban --secrets drop --quality-rules echo",
      "--for sft --redact email,card,ip --redact-as mask", "--split train=0.7,test=0.3 --part test",
      "--contamination eval.ndjson",
    ] {
      try folder.write("eval.ndjson", Self.records(40))
      let outcome = try shell(
        "fb-filter \(options) --report r1 in.ndjson > a 2> ea; fb-filter --jobs 3 \(options) --report r3 in.ndjson > b 2> eb; "
          + "cmp a b && cmp ea eb && cmp r1 r3 && [ -s a ]", in: folder.url)
      #expect(outcome.status == 0, "\(options): \(outcome.text)\(outcome.errorText)")
    }
  }

  @Test func onlyTheTextsChange() throws {
    let record =
      #"{ "id":"a@b.com", "n":1.0,"metadata":{"mail":"a@b.com"},"history":[{"role":"user","content":"I am \u0061@b.com é\ud83d\ude00\/"}],"#
      + #""user_prompt":"A@B.com\n\u65e5 \"c@d.com\"","ai_response":"a","feedback":{"suggestion":"x@y.de","#
      + #""ratings":[{"feedback_text":"c@d.com"}]} }"#
    let redacted =
      #"{ "id":"a@b.com", "n":1.0,"metadata":{"mail":"a@b.com"},"history":[{"role":"user","content":"I am [EMAIL_1] é\ud83d\ude00\/"}],"#
      + #""user_prompt":"[EMAIL_1]\n\u65e5 \"[EMAIL_2]\"","ai_response":"a","feedback":{"suggestion":"[EMAIL_3]","#
      + #""ratings":[{"feedback_text":"[EMAIL_2]"}]} }"#
    let outcome = try shell("fb-filter --redact email", input: Data((record + "\n").utf8))
    #expect(outcome.text == redacted + "\n" && outcome.errors.isEmpty)
    // So are those that were not ingested.
    for member in ["feedback_text", "suggestion", "corrected_response"] {
      let flat = try shell("fb-filter --redact email", input: Data("{\"\(member)\":\"ann@mail.example\"}\n".utf8))
      #expect(flat.text == "{\"\(member)\":\"[EMAIL_1]\"}\n", "\(flat.errorText)")
    }
    // What was redacted has nothing left to redact.
    #expect(try shell("fb-filter --redact email", input: outcome.output).output == outcome.output)
  }

  @Test func pseudonymsAreThoseOfTheKey() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", #"{"id":"1","user_prompt":"a@b.com","ai_response":"A@B.COM x@b.com"}"# + "\n")
    try folder.write("key", "0123456789abcdef\n")
    try folder.write("other", "0123456789abcdeg")
    try folder.write("short", "0123456789abcde\n")
    func run(_ key: String) throws -> Outcome {
      try shell("fb-filter --redact email --redact-as pseudonym --key-file \(key) in", in: folder.url)
    }
    let tail = try shell(
      #"printf 'EMAIL\037a@b.com' | openssl dgst -sha256 -hmac 0123456789abcdef | grep -o '[0-9a-f]*$' | cut -c 1-16"#)
    let outcome = try run("key")
    if tail.status == 0 && !tail.lines.isEmpty { #expect(outcome.text.contains("[EMAIL_\(tail.lines[0])]")) }
    let names = outcome.text.matches(of: /EMAIL_[0-9a-f]{16}/).map { String($0.output) }
    #expect(names.count == 3 && names[0] == names[1] && names[1] != names[2])
    #expect(try run("other").output != outcome.output && run("key").output == outcome.output)
    #expect(try run("short").status == 78)
  }

  @Test func everyFateIsTold() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "in",
      [
        #"{"id":"a","timestamp":"2024-01-01T00:00:00Z","user_prompt":"q","ai_response":"x","feedback":{"user_rating":5}}"#,
        #"{"id":"b","user_prompt":"other","ai_response":"x","feedback":{"user_rating":5}}"#, "{\"id\":\"c\"", "",
        #"{"timestamp":"2024-01-01T00:00:00Z","user_prompt":"q","ai_response":"y","feedback":{"user_rating":1}}"#,
        #"{"id":"\u0065","timestamp":"2025-01-01T00:00:00Z","user_prompt":"q","ai_response":"z"}"#,
      ].joined(separator: "\n") + "\n")
    let outcome = try shell(
      "fb-filter --for sft --until 2024-06-01T00:00:00Z --max-rejects 9 --rejects r --explain e in >/dev/null; cat e",
      in: folder.url)
    #expect(
      outcome.lines == [
        #"{"id":"a","fate":"written","reason":"passed"}"#, #"{"id":"b","fate":"dropped","reason":"no_time"}"#,
        #"{"id":null,"file":"in","line":3,"fate":"rejected","reason":"syntax"}"#,
        #"{"id":null,"file":"in","line":5,"fate":"dropped","reason":"poor"}"#,
        #"{"id":"\u0065","fate":"dropped","reason":"selection"}"#,
      ])
    // The same where nothing is known before the end.
    for use in ["pairs", "kto"] {
      let waiting = try shell(
        "fb-filter --for \(use) --sample 5 --max-rejects 9 --rejects r --explain e in >/dev/null 2>&1; jq -r .reason e",
        in: folder.url)
      let reasons =
        use == "pairs"
        ? ["passed", "unpaired", "syntax", "passed", "unrated"] : ["paired", "passed", "syntax", "paired", "unrated"]
      #expect(waiting.lines == reasons, "\(use): \(waiting.lines)")
    }
  }

  @Test(arguments: [
    "--dedup some", "--threshold 0.8", "--dedup exact --threshold 0.8", "--state s", "--redact mail", "--redact email,",
    "--secrets keep", "--redact email --redact-as pseudonym", "--redact email --key-file k", "--redact-as mask",
    "--quality-rules none", "--split a=0.5,b=0.5", "--part a", "--split a=0.5,b=0.4 --part a", "--split a=1 --part b",
    "--split a=0.5,a=0.5 --part a", "--split =1 --part a", "--group user", "--split a=1 --part a --group sex",
    "--max-per-user 0", "--max-per-category 1.5", "--max-per-category x", "--sample -1", "--explain -", "--report -",
    "--explain f --report f", "--dedup exact --state f --count", "--dedup exact --state f --explain f",
  ])
  func optionsThatAreWrongAreUsageErrors(options: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try shell("fb-filter \(options); echo $?; ls -A", in: folder.url)
    #expect(outcome.text == "64\n", "\(options): \(outcome.text)")
  }

  @Test func aPartThatIsHeldOutStays() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", Self.records(600))
    let outcome = try shell(
      """
      fb-filter --split train=0.9,test=0.1 --part test in 2>&- > a
      fb-filter --split train=0.5,validation=0.4,test=0.1 --part test in 2>&- > b
      cmp a b && [ -s a ] && jq -r .session_id a | sort -u > sa
      fb-filter --split train=0.9,test=0.1 --part train in 2>&- | jq -r .session_id | sort -u | comm -12 - sa | wc -l
      fb-filter --split train=0.5,test=0.5 --part train --group user in 2>&- | jq -r .user_id | sort -u > ut
      fb-filter --split train=0.5,test=0.5 --part test --group user in 2>&- | jq -r .user_id | sort -u | comm -12 - ut | wc -l
      """, in: folder.url)
    #expect(outcome.text == "0\n0\n", "\(outcome.text)\(outcome.errorText)")
  }

  @Test func capsAndSamplesAreKept() throws {
    let folder = try TemporaryFolder()
    try folder.write("in", Self.records(400))
    let outcome = try shell(
      """
      fb-filter --max-per-user 1 in 2>&- | jq -r .user_id | sort | uniq -d | wc -l
      fb-filter --max-per-category 0.1 in 2>&- | jq -r .category | sort | uniq -c | sort -rn | head -n 1 | tr -s ' '
      fb-filter --max-per-category 10 in 2>&- | jq -s 'map(.feedback.user_rating) | min'
      fb-filter --sample 30 in 2>&- | sort > s30; fb-filter --sample 60 in 2>&- | sort | comm -13 - s30 | wc -l; wc -l < s30
      fb-filter --sample 30 --count in 2>&-
      """, in: folder.url)
    let lines = outcome.lines
    try #require(lines.count == 6, "\(outcome.text)\(outcome.errorText)")
    #expect(lines[0] == "0" && lines[1].hasPrefix(" 40 c"))
    #expect((Double(lines[2]) ?? 0) >= 1)
    #expect(lines[3...] == ["0", "30", "30"])
  }
}
