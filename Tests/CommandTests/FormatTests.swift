import Foundation
import TestSupport
import Testing

/// Every training format, tried on the built command.
@Suite struct FormatTests {
  static let formats: [String] = {
    let listed = try? shell(
      "fb-export --list-formats | jq -r 'select(.takes != \"all\" and .name != \"json\") | .name'")
    return listed?.lines ?? []
  }()

  static func data(_ records: [String]) -> Data { Data((records.joined(separator: "\n") + "\n").utf8) }

  @Test func allFormatsAreThere() {
    #expect(
      Self.formats.sorted() == [
        "alpaca", "anthropic", "axolotl", "azure", "bedrock", "bedrock-converse", "bedrock-distill", "bedrock-nova",
        "bedrock-nova-dpo", "bedrock-pc", "bedrock-rft", "fireworks", "gemini", "gemini-dpo", "mistral", "openai",
        "openai-dpo", "openai-rft", "sharegpt", "together", "together-dpo", "trl-dpo", "trl-kto",
        "trl-prompt-completion", "trl-sft",
      ])
  }

  /// A conversation of which the first answer was poor: it may be context, and learnt nowhere.
  static let conversation = [
    #"{"id":"t1","session_id":"s","user_prompt":"first question","ai_response":"POOR","feedback":{"user_rating":1}}"#,
    #"{"id":"t2","session_id":"s","history":[{"role":"user","content":"first question"},{"role":"assistant","content":"POOR"}],"user_prompt":"second question","ai_response":"FINE","feedback":{"user_rating":5}}"#,
    #"{"id":"t3","session_id":"s","history":[{"role":"user","content":"first question"},{"role":"assistant","content":"POOR"}],"user_prompt":"second question","ai_response":"BAD","feedback":{"user_rating":1}}"#,
    #"{"id":"t4","user_prompt":"another question","ai_response":"NICE","feedback":{"user_rating":4}}"#,
    #"{"id":"t5","history":[{"role":"user","content":"another question"},{"role":"assistant","content":"NICE"}],"user_prompt":"more","ai_response":"MORE","feedback":{"user_rating":4}}"#,
  ]

  /// What a trainer learns of a record, by format: a jq filter for the texts of the targets.
  static func targets(_ format: String) -> String {
    switch format {
    case "openai", "azure", "together", "fireworks", "mistral":
      #".messages[] | select(.role == "assistant" and .weight != 0) | .content"#
    case "bedrock", "anthropic", "trl-sft", "axolotl": #".messages[] | select(.role == "assistant") | .content"#
    case "bedrock-nova", "bedrock-converse", "bedrock-distill":
      #".messages[] | select(.role == "assistant") | .content[].text"#
    case "gemini": #".contents[] | select(.role == "model") | .parts[].text"#
    case "sharegpt": #".conversations[] | select(.from == "gpt") | .value"#
    case "alpaca": ".output"
    case "bedrock-pc": ".completion"
    case "trl-prompt-completion": ".completion[].content"
    case "trl-kto": "select(.label) | .completion[].content"
    case "trl-dpo": ".chosen[].content"
    case "openai-dpo", "together-dpo": ".preferred_output[].content"
    case "bedrock-nova-dpo":
      #".messages[-1].candidates[] | select(.preferenceLabel == "preferred") | .content[].text"#
    case "gemini-dpo": ".completions[] | select(.score == 1) | .completion.parts[].text"
    default: ".reference_answer // empty"
    }
  }

  @Test(arguments: formats)
  func aPoorFirstTurnIsLearntNowhere(format: String) throws {
    for history in ["", "--history include"] {
      let filter = "sed '1s/^\\xEF\\xBB\\xBF//' | jq -r '\(Self.targets(format))'"
      let outcome = try shell(
        "fb-export --format \(format) --allow-few \(history) | \(filter)", input: Self.data(Self.conversation))
      let learnt = Set(outcome.lines)
      #expect(learnt.isDisjoint(with: ["POOR", "BAD"]), "\(format) \(history): \(outcome.lines)")
      if format != "bedrock-distill" && !format.hasSuffix("kto") { #expect(learnt.contains("FINE"), "\(format)") }
    }
  }

  @Test(arguments: formats)
  func earlierTurnsStayWhereTheyAreNotLearnt(format: String) throws {
    let all = try shell("fb-export --format \(format) --allow-few", input: Self.data(Self.conversation))
    let stays =
      [
        "openai", "azure", "together", "fireworks", "mistral", "trl-prompt-completion", "openai-rft", "bedrock-rft",
      ].contains(format) || format.hasSuffix("dpo") || format == "trl-kto"
    #expect(all.text.contains("POOR") == stays)
    // Asked for, those of which every answer is known to be fit stay too, and no others.
    let asked = try shell(
      "fb-export --format \(format) --allow-few --history include", input: Self.data(Self.conversation))
    #expect(asked.text.contains("POOR") == stays)
    let holds = asked.lines.filter { $0.contains("another question") && $0.contains("MORE") }
    let isLearnt = [
      "bedrock", "bedrock-nova", "bedrock-converse", "gemini", "anthropic", "trl-sft", "sharegpt", "axolotl",
    ]
    if isLearnt.contains(format) {
      #expect(holds.count == 1 && all.lines.allSatisfy { !$0.contains("another question") || !$0.contains("MORE") })
    }
  }

  // MARK: Properties

  /// Records of which the answers say what they are: `poor…` is never a target, `fix…` and `good…` may be one.
  static func anything(_ random: inout SeededGenerator, _ index: Int) -> String {
    func pick(_ texts: [String]) -> String { texts[Int.random(in: 0..<texts.count, using: &random)] }
    let system = pick([
      "", "", #""system_prompt":"Be kind.","#, #""system_prompt":" ","#, #""system_prompt":"\#u{A0}","#,
    ])
    let history = pick([
      "", "", #""history":[{"role":"user","content":"h"},{"role":"assistant","content":"poor history"}],"#,
      #""history":[{"role":"user","content":"h"},{"role":"user","content":"h"}],"#,
      #""history":[{"role":"tool","content":"h"}],"#, #""history":[{"role":"user","content":""}],"#, #""history":[],"#,
      #""history":[{"role":"user","content":"User: h"},{"role":"assistant","content":"poor"}],"#,
      #""history":[{"role":"user","content":"\#u{200B}"},{"role":"assistant","content":"poor"}],"#,
    ])
    let prompt = pick([
      "q\(index)", "q\(index % 50)", "q\(index % 50)", "q\(index % 50)", "Human: \(index)", "q\\n\(index) ", "[EOS] q",
      "caf\\u00e9 \(index)", "", "\u{3000}\\u200b",
    ])
    let side =
      #""id":"r\#(index)","category":"c\#(index % 3)","user_id":"u\#(index % 7)",\#(system)\#(history)"user_prompt":"\#(prompt)""#
    let stars = pick(["1", "2", "1.5", "20e-1", "3", "3.5", "4", "5", "4.9999", "2.0000001"])
    let isPoor = ["1", "2", "1.5", "20e-1"].contains(stars)
    let answer = "\(isPoor ? "poor" : "good")\(pick(["", " ", "\\n"]))\(Int.random(in: 0..<20, using: &random))"
    let correction = pick([
      "", "", "", #","corrected_response":"fix\#(index)""#, #","corrected_response":" ""#,
      #","corrected_response":"\#u{A0}""#,
    ])
    let more = pick(["", "", "", #","approved":true"#, #","approved":false"#, #","accuracy":5"#])
    let status = pick(["", "", "", "", #","status":"error""#])
    return
      #"{\#(side),"ai_response":"\#(answer)","feedback":{"user_rating":\#(stars)\#(correction)\#(more)}\#(status)}"#
  }

  @Test func whatIsWrittenHoldsForTenThousandRecords() throws {
    var random = SeededGenerator(seed: 77)
    let folder = try TemporaryFolder()
    try Self.data((0..<10_000).map { Self.anything(&random, $0) })
      .write(to: folder.url.appendingPathComponent("in.ndjson"))
    try folder.write("opt.ndjson", #"{"type":"preferences","user_id":"u3","training_opt_out":true}"# + "\n")
    let all = Self.formats.joined(separator: ",")
    for history in ["", "--history include"] {
      if !history.isEmpty { _ = try shell("head -n 2000 in.ndjson > few && mv few in.ndjson", in: folder.url) }
      let made = try shell(
        """
        set -e
        for run in 1 2; do
          fb-export --format \(all) \(history) --preferences opt.ndjson --out-dir out --manifest out/manifest.json in.ndjson 2>err$run
          mkdir -p run$run && mv out/* run$run && rmdir out
        done
        diff -r run1 run2 && cmp err1 err2 && ls run1 | wc -l
        """, in: folder.url)
      #expect(
        made.status == 0 && made.text == "27\n", "\(made.text)\(made.errorText)\((try? folder.read("err1")) ?? "")")
      for format in Self.formats {
        let file = "run1/\(format).jsonl"
        let checked = try shell("fb-export --check \(format) \(file) | grep -v ' warning: '", in: folder.url)
        #expect(checked.output.isEmpty, "\(format): \(checked.lines.prefix(3))")
        let learnt = try shell("sed '1s/^\\xEF\\xBB\\xBF//' \(file) | jq -r '\(Self.targets(format))'", in: folder.url)
        #expect(
          learnt.status == 0 && (learnt.lines.count > (history.isEmpty ? 100 : 0) || format == "bedrock-distill"),
          "\(format)")
        #expect(!learnt.text.contains("poor"), "\(format) \(history)")
      }
      // The manifest knows every file as it is, and each line.
      let told = try shell(
        #"jq -r '.files[] | .sha256 + "  run1/" + (.file | sub(".*/"; ""))' run1/manifest.json | sha256sum --quiet -c; jq -c '.files[] | select(.format and (.lines | length) != .records)' run1/manifest.json; jq -r .inputs[0].sha256 run1/manifest.json; sha256sum < in.ndjson | cut -d' ' -f1"#,
        in: folder.url)
      #expect(told.lines.count == 2 && told.lines.first == told.lines.last, "\(told.text)\(told.errorText)")
      // Each record of the input is in the file, left out for a reason, or bad.
      let sums = try shell(
        #"jq -c '.counts as $c | .files[] | select(.format and .input_records + ([.left_out[]] | add // 0) + $c.rejected != $c.read) | [.format, .records, .input_records, .left_out, $c]' run1/manifest.json"#,
        in: folder.url)
      #expect(sums.status == 0 && sums.output.isEmpty, "\(sums.text)\(sums.errorText)")
      let optedOut = try shell(
        #"jq -r '.files[].lines[]?[]' run1/manifest.json | sort -u > ids; jq -r 'select(.user_id == "u3") | .id' in.ndjson | sort | comm -12 - ids"#,
        in: folder.url)
      #expect(optedOut.output.isEmpty)
      _ = try shell("rm -r run1 run2", in: folder.url)
    }
    // fb-filter decides the same.
    for (use, format) in [("sft", "openai"), ("pairs", "trl-dpo"), ("kto", "trl-kto"), ("prompts", "openai-rft")] {
      let same = try shell(
        "cmp <(fb-export --format \(format) in.ndjson 2>&-) <(fb-filter --for \(use) in.ndjson 2>&- | fb-export --format \(format) 2>&-)",
        in: folder.url)
      #expect(same.status == 0, "\(use): \(same.text)")
    }
  }

  // MARK: Several at once

  @Test func severalFilesAppearTogetherOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    let input = Self.data(Self.conversation)
    let refused = try shell(
      "fb-export --format trl-sft,openai --out-dir out; echo $?; ls -A", input: input, in: folder.url)
    #expect(refused.text == "65\n" && refused.errorText.contains("3 examples: openai needs 10"))
    let made = try shell(
      "fb-export --format trl-sft,alpaca,sharegpt --out-dir out/ 2>&-; echo $?; ls -A . out; stat -c %a out out/*",
      input: input, in: folder.url)
    #expect(
      made.text
        == "0\n.:\nout\n\nout:\nalpaca.jsonl\ndataset_info.json\nsharegpt.jsonl\ntrl-sft.jsonl\n700\n600\n600\n600\n600\n"
    )
    let info = try shell(
      "jq -r 'map(.columns, .tags | select(.) | keys | length) | join(\",\")' out/dataset_info.json", in: folder.url)
    #expect(info.text == "4,2,4\n")
    // What is there is never replaced; an empty folder is.
    let again = try shell(
      "fb-export --format trl-sft --out-dir out; echo $?; ls out | wc -l; ls -A", input: input, in: folder.url)
    #expect(again.text == "73\n4\nout\n")
    let empty = try shell(
      "mkdir e; fb-export --format trl-sft --out-dir e 2>&-; ls e; touch f; fb-export --format trl-sft --out-dir f",
      input: input,
      in: folder.url)
    #expect(empty.text == "trl-sft.jsonl\n" && empty.status == 73)
    // The same bytes as alone.
    let same = try shell("cmp out/trl-sft.jsonl <(fb-export --format trl-sft 2>&-)", input: input, in: folder.url)
    #expect(same.status == 0)
  }

  /// LLaMA-Factory reads each column that is named out of each record, and the library that loads the records wants the
  /// same columns in all of them: so there are no more and no fewer, whichever records have a system prompt.
  @Test(arguments: ["alpaca", "sharegpt"])
  func everyRecordHasTheColumnsThatAreNamed(format: String) throws {
    for systems in [["", "", ""], ["", "s", " "], ["s", "s", "s"]] {
      let folder = try TemporaryFolder()
      let records = systems.enumerated().map { index, system in
        let member = system.isEmpty ? "" : #""system_prompt":"\#(system)","#
        return #"{\#(member)"user_prompt":"q\#(index)","ai_response":"a","feedback":{"user_rating":5}}"#
      }
      let read = try shell(
        """
        fb-export --format \(format) --out-dir out && fb-export --check \(format) out/\(format).jsonl
        jq -c '[.[].columns[]] | sort' out/dataset_info.json
        jq -c 'del(.input) | keys' out/\(format).jsonl
        jq -c .system out/\(format).jsonl
        """, input: Self.data(records), in: folder.url)
      let columns = format == "alpaca" ? ["instruction", "output", "system"] : ["conversations", "system"]
      let named = format == "alpaca" ? ["input"] + columns : columns
      #expect(
        read.lines == ["\(named.sorted())", "\(columns)", "\(columns)", "\(columns)"].map {
          $0.replacingOccurrences(of: ", ", with: ",")
        } + systems.map { $0 == "s" ? "\"s\"" : "\"\"" }, "\(read.lines)")
    }
  }

  @Test(arguments: ["alpaca", "sharegpt"])
  func aRecordWithOtherColumnsIsTold(format: String) throws {
    let record = RuleTests.record(format)
    let other = String(record.dropLast()) + #","system":"s"}"#
    let lines = { (records: [String]) in
      Data(records.enumerated().map { $1.replacingOccurrences(of: "\"q\"", with: "\"q\($0)\"") + "\n" }.joined().utf8)
    }
    let words =
      #"[missing] warning: other members than in the first record; give all records the same, "" where there is nothing"#
    for file in [[record, other, record], [other, record, other]] {
      let found = try CheckTests.check(format, [lines(file)])
      #expect(found.status == 0 && found.lines == ["f1:2: \(words)"], "\(found)")
    }
    // Each file is a table of its own.
    #expect(try CheckTests.check(format, [lines([record]), Data("\(other)\n".utf8)]).lines.isEmpty)
  }

  /// Databases appear in the folder with the training files, with the bytes that they have alone.
  @Test func databasesStandBesideTrainingFiles() throws {
    let folder = try TemporaryFolder()
    let records =
      Self.conversation + [
        #"{"type":"feedback","interaction_id":"t1","user_rating":1}"#,
        #"{"id":"t6","timestamp":"2026-01-02T03:04:05Z","user_prompt":"=1","ai_response":"a","feedback":{"user_rating":4}}"#,
      ]
    try Self.data(records).write(to: folder.url.appendingPathComponent("in"))
    let made = try shell(
      """
      set -e
      fb-export --format openai,csv,trl-dpo,sqlite,json-database --allow-few --out-dir d --manifest d/m.json in
      ls d; stat -c %a d d/interactions.*
      cmp d/interactions.csv <(fb-export --format csv in 2>&-)
      cmp d/interactions.json <(fb-export --format json-database in 2>&-)
      fb-export --format sqlite -o alone.db in 2>&- && cmp d/interactions.db alone.db
      jq -r '.files[] | .sha256 + "  " + .file' d/m.json | sha256sum --quiet -c
      jq -c '.counts as $c | .files[] | [.format, .records, .input_records + ([.left_out[]] | add // 0) - $c.read]' d/m.json
      """, in: folder.url)
    #expect(
      made.lines == [
        "interactions.csv", "interactions.db", "interactions.json", "m.json", "openai.jsonl", "trl-dpo.jsonl", "700",
        "600", "600", "600", #"["openai",4,0]"#, #"["trl-dpo",1,0]"#, #"["sqlite",6,0]"#, #"["csv",6,0]"#,
        #"["json-database",6,0]"#,
      ], "\(made.text)\(made.errorText)")
    #expect(
      made.errorText.contains(
        "csv: 6 of 7 records written (a spreadsheet may run 1 text as a formula: --spreadsheet-safe); left out: 1 of other kinds\n"
      ), "\(made.errorText)")
    #expect(made.errorText.contains("sqlite: 6 of 7 records written; left out: 1 of other kinds\n"))
    let only = try shell("fb-export --format sqlite --out-dir only in 2>&-; ls only", in: folder.url)
    #expect(only.text == "interactions.db\n")
    // None appears where one of them cannot be.
    let few = try shell("fb-export --format openai,sqlite,csv --out-dir few in; echo $?; ls -A", in: folder.url)
    #expect(few.text == "65\nalone.db\nd\nin\nonly\n", "\(few.text)")
    // A record that one of them refuses is in none: a second id, a time that is none, no answer, a bad accuracy.
    let bad = [
      #"{"id":"t1","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"#,
      #"{"id":"b1","timestamp":"now","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"#,
      #"{"id":"b2","user_prompt":"q","feedback":{"user_rating":1,"corrected_response":"a"}}"#,
      #"{"id":"b3","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5,"accuracy":"x"}}"#,
    ]
    try Self.data(records + bad).write(to: folder.url.appendingPathComponent("bad"))
    let refused = try shell(
      """
      set -e
      fb-export --format openai,csv,trl-kto,sqlite --allow-few --max-rejects 4 --rejects r --out-dir b --manifest m bad 2>&-
      jq -c '.counts' m; wc -l < r; cmp b/interactions.csv d/interactions.csv; cmp b/interactions.db d/interactions.db
      cmp b/openai.jsonl d/openai.jsonl
      """, in: folder.url)
    #expect(refused.text == "{\"read\":11,\"rejected\":4}\n4\n", "\(refused.text)\(refused.errorText)")
    for line in [
      "--format sqlite,csv --out-dir x --system s", "--format sqlite,csv", "--format csv,json --out-dir x",
      "--format sqlite,openai --force --out-dir x", "--format sqlite,csv --out-dir x --manifest m",
      "--format openai,sqlite --out-dir x --spreadsheet-safe",
      "--format openai,csv --out-dir x --manifest x/interactions.csv",
    ] {
      #expect(try shell("fb-export \(line) in", in: folder.url).status == 64, "\(line)")
    }
    let safe = try shell(
      "fb-export --format csv,sqlite --spreadsheet-safe --out-dir s in 2>&-; grep -c \"'=1\" s/interactions.csv",
      in: folder.url)
    #expect(safe.text == "1\n")
  }

  @Test func tooMuchIsToldAndLabelsOfOneKindAreNoFile() throws {
    let many = Self.data(
      (0..<10_001).map { #"{"user_prompt":"q\#($0)","ai_response":"a","feedback":{"user_rating":5}}"# })
    let folder = try TemporaryFolder()
    let limit =
      "10001 examples: bedrock takes at most 10000 (Amazon Bedrock User Guide, model-customization-prepare, 2026-11-25); "
      + "fb-filter --limit 10000 makes fewer, --allow-many writes all"
    for (output, status) in [
      ("-o out", 1), ("--manifest m -o out", 1), ("--out-dir d", 1), ("-o out --jobs 2 many", 1),
    ] {
      try many.write(to: folder.url.appendingPathComponent("many"))
      let refused = try shell(
        "fb-export --format bedrock \(output); echo $?; rm many; ls -A", input: many, in: folder.url)
      #expect(refused.text == "\(status)\n" && refused.errorText == "fb-export: \(limit)\n", "\(refused.errorText)")
    }
    let told = try shell("fb-export --format bedrock --allow-many", input: many)
    #expect(told.status == 0 && told.lines.count == 10_001)
    #expect(told.errorText == "fb-export: \(limit)\n")
    #expect(try shell("fb-export --check bedrock --allow-many", input: told.output).status == 0)
    let fewer = try shell("fb-filter --limit 10000 2>&- | fb-export --format bedrock", input: many)
    #expect(fewer.status == 0 && fewer.lines.count == 10_000 && fewer.errorText.isEmpty)
    let checked = try shell("fb-export --check bedrock", input: told.output)
    #expect(
      checked.status == 1 && checked.text.hasPrefix("-:10001: [maximum] 10001 records: bedrock takes at most 10000"))
    let labels = try shell("fb-export --format trl-kto -o out; echo $?; ls -A", input: many, in: folder.url)
    #expect(labels.text == "65\n")
    #expect(labels.errorText == "fb-export: no poor answer: trl-kto needs labels of both kinds (see --allow-few)\n")
  }

  @Test func aSignalLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    let killed = try shell(
      "(printf '{\"user_prompt\":\"q\"}\\n'; sleep 5) | fb-export --format openai,trl-dpo --out-dir out & pid=$!; sleep 1; ls -A | wc -l; kill $pid; wait $pid; ls -A",
      in: folder.url)
    #expect(killed.text == "1\n")
  }

  /// What one of the files cannot be made of is bad for all of them, and counted once.
  @Test func aRecordThatIsBadForOneFileIsInNone() throws {
    let folder = try TemporaryFolder()
    let base = #""user_prompt":"q","ai_response":"a""#
    let records = [
      #"{"id":"1",\#(base),"feedback":{"user_rating":5}}"#,
      #"{"id":"2",\#(base),"feedback":{"user_rating":5,"accuracy":9}}"#,
      #"{"id":"3",\#(base),"category":7,"feedback":{"user_rating":5}}"#,
      #"{"id":"4",\#(base),"history":7,"feedback":{"user_rating":1}}"#, #"{"id":"5",\#(base)}"#,
      #"{"id":"6","user_prompt":"q","ai_response":"b","feedback":{"user_rating":1}}"#,
    ]
    for more in ["", "--history include"] {
      let made = try shell(
        "rm -rf d; fb-export --format trl-sft,trl-dpo,trl-kto,openai-rft --allow-few \(more) --max-rejects 9 --rejects r --out-dir d --manifest d/m in >/dev/null; jq -c '.counts, (.files[] | [.format, .records, .input_records, .left_out, .lines])' d/m; wc -l < r",
        input: nil,
        in: try {
          try Self.data(records).write(to: folder.url.appendingPathComponent("in")); return folder.url
        }())
      #expect(
        made.lines.first == #"{"read":6,"rejected":3}"# && made.lines.last == "3", "\(made.text)\(made.errorText)")
      #expect(made.lines.contains(#"["trl-sft",1,1,{"unrated":1,"poor":1},[["1"]]]"#), "\(made.text)")
      #expect(made.lines.contains(#"["trl-dpo",1,2,{"unrated":1},[["1","6"]]]"#))
      #expect(made.lines.contains(#"["trl-kto",0,0,{"unrated":1,"paired":2},[]]"#))
      #expect(made.errorText.contains("trl-dpo: 2 of 6 records written (1 pair); left out: 1 unrated, 3 bad\n"))
    }
  }

  /// The files that were read besides the records stand behind them, with what they are for.
}
