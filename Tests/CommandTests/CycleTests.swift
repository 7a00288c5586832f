import Foundation
import TestSupport
import Testing

/// The improvement cycle with the built commands: what it publishes, and that it publishes all of it or nothing.
@Suite struct CycleTests {
  /// A folder with data, and the cycle that runs in it.
  struct Workshop {
    static let cycle = projectRoot.appendingPathComponent("pipelines/improvement-cycle").path
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      let data = folder.url.appendingPathComponent("data")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: projectRoot.appendingPathComponent("samples/support.json"), to: data.appendingPathComponent("support.json"))
    }

    /// Runs a script in which `$cycle` is the cycle on October 2024, with `fake` first on the PATH.
    func run(_ script: String, options: String = "--days-back 30") throws -> Outcome {
      let call = "'\(Self.cycle)' --data data --out out --as-of 2024-10-31T00:00:00Z \(options)"
      return try shell(
        "mkdir -p fake; PATH=\"$PWD/fake:$PATH\"; cycle() { \(call) \"$@\"; }; \(script)", in: folder.url)
    }

    /// Puts a bash script of the name of a command first on the PATH.
    func fake(_ tool: String, _ script: String) throws {
      let path = try folder.write("fake-\(tool)", "#!/bin/bash\n\(script)\n")
      let made = try shell("mkdir -p fake && mv '\(path)' fake/\(tool) && chmod 755 fake/\(tool)", in: folder.url)
      #expect(made.status == 0, "\(made.errorText)")
    }

    /// Every published file with its time, size and mode, and where `current` points.
    func published() throws -> String {
      try shell("readlink out/current; find out/runs -printf '%p %T@ %s %m\\n' | sort", in: folder.url).text
    }

    /// What is left in the output folder beside the published.
    func leftovers() throws -> [String] {
      try shell("ls -A out", in: folder.url).lines.filter { ![".lock", "current", "runs"].contains($0) }
    }

    func summary() throws -> [String: Any] { try json("out/current/summary.json") }

    func json(_ name: String) throws -> [String: Any] {
      let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
  }

  @Test func aRunIsPublishedWholeAndOnce() throws {
    let shop = try Workshop()
    let outcome = try shop.run("umask 000; cycle")
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.errorText)")
    let link = try shell("readlink out/current", in: shop.folder.url).text
    #expect(link.wholeMatch(of: /runs\/[0-9a-f]{16}\n/) != nil, "\(link)")
    #expect(try shop.leftovers().isEmpty)

    let summary = try shop.summary()
    #expect("runs/\(summary["run_id"] as? String ?? "")\n" == link)
    #expect(summary["interactions"] as? Int == 400)
    #expect(summary["errors"] as? Int == 6)
    #expect(summary["rated"] as? Int == 216)
    #expect(try #require(summary["improvements_identified"] as? Int) >= 1)
    #expect(try #require(summary["training_data_created"] as? Int) >= 10)
    let finding = try shell(
      "jq -c 'select(.type == \"finding\" and .kind == \"problem\") | .scope' out/current/analysis.ndjson",
      in: shop.folder.url)
    #expect(finding.lines.contains(#"{"category":"refunds"}"#))
    let report = try shop.folder.read("out/current/report.md")
    #expect(report.hasPrefix("#") && report.contains("refunds"))

    let modes = try shell("find out \\( -type f ! -perm 600 -o -type d ! -perm 700 \\)", in: shop.folder.url)
    #expect(modes.status == 0 && modes.output.isEmpty, "\(modes.text)")
    try checkManifest(shop)

    let before = try shop.published()
    let again = try shop.run("cycle")
    #expect(again.status == 0 && again.errors.isEmpty)
    #expect(try shop.published() == before)
    #expect(try shop.leftovers().isEmpty)
  }

  private func checkManifest(_ shop: Workshop, inputs count: Int = 1) throws {
    let manifest = try shop.json("out/current/manifest.json")
    let files = try #require(manifest["files"] as? [[String: Any]])
    let names = files.compactMap { $0["file"] as? String }
    let present = try shell("ls -A out/current/", in: shop.folder.url).lines.filter { $0 != "manifest.json" }
    #expect(names == present.sorted() && names.count >= 9)
    for file in files {
      let name = try #require(file["file"] as? String)
      let sums = try shell("sha256sum < out/current/\(name); wc -l < out/current/\(name)", in: shop.folder.url).lines
      #expect(sums[0].prefix(64) == file["sha256"] as? String ?? "", "\(name)")
      let isLines = name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl")
      #expect(file["records"] as? Int == (isLines ? Int(sums[1]) : nil), "\(name)")
    }
    let inputs = try #require(manifest["inputs"] as? [[String: Any]])
    #expect(inputs.count == count && inputs.last?["file"] as? String == "support.json")
    let options = try #require(manifest["options"] as? [String: Any])
    #expect(options["days_back"] as? Int == 30)
    #expect(options["as_of"] as? String == "2024-10-31T00:00:00Z")
  }

  @Test func aShorterWindowHasLessEvidence() throws {
    let shop = try Workshop()
    #expect(try shop.run("cycle").status == 0)
    let month = try shop.summary()
    #expect(try shop.run("cycle", options: "--days-back 7").status == 0)
    let week = try shop.summary()
    #expect(week["run_id"] as? String != month["run_id"] as? String)
    let days = try shell(
      "jq '[.[] | select(.timestamp >= \"2024-10-24T\")] | length' data/support.json", in: shop.folder.url)
    #expect(week["interactions"] as? Int == days.lines.first.flatMap { Int($0) })
    for count in ["interactions", "rated", "training_data_created"] {
      #expect(try #require(week[count] as? Int) < (try #require(month[count] as? Int)), "\(count)")
    }
    // A week has fewer than the 30 ratings of refunds that a finding takes.
    #expect(week["improvements_identified"] as? Int == 0)
    // The older run is one link away when its input and options come back.
    let before = try shell("ls out/runs", in: shop.folder.url).text
    #expect(try shop.run("cycle").status == 0)
    #expect(try shop.summary()["run_id"] as? String == month["run_id"] as? String)
    #expect(try shell("ls out/runs", in: shop.folder.url).text == before)
  }

  /// A log of a week in October, in which every twentieth answer is poor, and in billing so many.
  private func week(_ day: Int, poor: Int) -> String {
    (0..<400).map { index in
      let isBilling = index % 2 == 1
      let isPoor = isBilling ? index % 20 < poor : index % 20 == 0
      let date = "2024-10-\(day + index % 7 < 10 ? "0" : "")\(day + index % 7)T12:00:00Z"
      return
        #"{"id":"\#(day)-\#(index)","timestamp":"\#(date)","user_id":"u\#(index % 50)","user_prompt":"q\#(index)","#
        + #""ai_response":"a","category":"\#(isBilling ? "billing" : "other")","#
        + #""feedback":{"user_rating":\#(isPoor ? 1 : 5)}}"# + "\n"
    }.joined()
  }

  @Test func eachWeekSaysWhetherTheLastAdviceHelped() throws {
    let shop = try Workshop()
    try FileManager.default.removeItem(at: shop.folder.url.appendingPathComponent("data/support.json"))
    func run(_ asOf: String, out: String = "out") throws -> Outcome {
      try shell(
        "'\(Workshop.cycle)' --data data --out \(out) --days-back 7 --as-of \(asOf)T00:00:00Z", in: shop.folder.url)
    }
    try shop.folder.write("data/log.ndjson", week(1, poor: 10))
    #expect(try run("2024-10-08").status == 0)
    let first = try shop.json("out/current/manifest.json")
    #expect(first["previous"] is NSNull)
    #expect(try !shop.folder.read("out/current/report.md").contains("earlier advice"))

    try shop.folder.write("data/log.ndjson", week(1, poor: 10) + week(8, poor: 2))
    let second = try run("2024-10-15")
    #expect(second.status == 0 && second.errors.isEmpty, "\(second.errorText)")
    let report = try shop.folder.read("out/current/report.md")
    #expect(report.contains("## What came of earlier advice"))
    #expect(report.contains("**Improved: 10 % (20 of 200) since 2024-10-08, from 50 %; "), "\(report)")
    let counts = try #require(try shop.summary()["earlier_advice"] as? [String: Int])
    // Nobody corrects anything: that advice stays open.
    #expect(
      counts == [
        "improved": 1, "worse": 0, "better_than_limit": 0, "worse_than_limit": 0, "no_clear_change": 0,
        "not_enough_data": 1,
      ])
    #expect(try shop.summary()["recommendations"] as? Int == 1)
    #expect(report.contains("**Not enough data: 0 of 50 corrections.**"))
    let manifest = try shop.json("out/current/manifest.json")
    let previous = try #require(manifest["previous"] as? [String: String])
    #expect(previous["run_id"] == first["run_id"] as? String)
    let sum = try shell("sha256sum < out/runs/\(previous["run_id"] ?? "")/recommendations.ndjson", in: shop.folder.url)
    #expect(sum.text.prefix(64) == previous["sha256"] ?? "")

    // The same again changes nothing, though the current run is now the one that it would judge.
    let before = try shop.published()
    #expect(try run("2024-10-15").status == 0)
    #expect(try shop.published() == before && shop.leftovers().isEmpty)
    // Without the advice it is another run.
    #expect(try run("2024-10-15", out: "alone").status == 0)
    let alone = try shop.json("alone/current/manifest.json")
    #expect(alone["input_id"] as? String == manifest["input_id"] as? String)
    #expect(alone["run_id"] as? String != manifest["run_id"] as? String)

    // What improved is closed: the week after does not look at it.
    try shop.folder.write("data/log.ndjson", week(1, poor: 10) + week(8, poor: 2) + week(15, poor: 2))
    #expect(try run("2024-10-22").status == 0)
    let third = try #require(try shop.summary()["earlier_advice"] as? [String: Int])
    #expect(third["improved"] == 0 && third["not_enough_data"] == 1)
    #expect(try shell("ls out/runs | wc -l", in: shop.folder.url).text == "3\n")
  }

  @Test func aSecondCycleIsTurnedAway() throws {
    let shop = try Workshop()
    let outcome = try shop.run("mkdir out; exec 8>out/.lock; flock 8; cycle")
    #expect(outcome.status == 75 && outcome.output.isEmpty)
    #expect(outcome.errorText.contains("another cycle is running"))
    #expect(try shop.run("test ! -e out/current && cycle").status == 0)
  }

  @Test func aFailureAnywherePublishesNothing() throws {
    let shop = try Workshop()
    #expect(try shop.run("cycle").status == 0)
    let before = try shop.published()

    // A stage that fails.
    try shop.fake("fb-analyze", "echo 'fb-analyze: out of luck' >&2; exit 70")
    let stage = try shop.run("cycle --system other")
    #expect(stage.status == 70 && stage.errorText.contains("fb-analyze: out of luck\n"), "\(stage.errorText)")
    #expect(stage.errorText.contains("analyze failed with status 70; nothing was published"))
    #expect(try shop.published() == before)
    #expect(try shop.leftovers().isEmpty)
    try FileManager.default.removeItem(at: shop.folder.url.appendingPathComponent("fake/fb-analyze"))

    // The first command of a pipe dies half-way: to the second one it looks like the end of the input.
    let real = commandFolder.appendingPathComponent("fb-ingest").path
    try shop.fake("fb-ingest", "if [ \"$1\" = -- ]; then '\(real)' \"$@\" | sed 5q; exit 70; fi; exec '\(real)' \"$@\"")
    let half = try shop.run("cycle --system other")
    #expect(half.status == 70 && half.errorText.contains("ingest failed"), "\(half.errorText)")
    #expect(try shop.published() == before)
    #expect(try shop.leftovers().isEmpty)
    try FileManager.default.removeItem(at: shop.folder.url.appendingPathComponent("fake/fb-ingest"))

    // A record that is none.
    try shop.folder.write("data/bad.ndjson", "{\"user_prompt\":\"q\\q\"}\n")
    let bad = try shop.run("cycle")
    #expect(bad.status == 65 && bad.errorText.contains("bad.ndjson:1:"), "\(bad.errorText)")
    #expect(try shop.published() == before)
    #expect(try shop.leftovers().isEmpty)

    // The same within a budget.
    let within = try shop.run("cycle --max-rejects 1")
    #expect(within.status == 0 && within.errorText.contains("1 bad"), "\(within.errorText)")
    #expect(try shop.summary()["rejected"] as? Int == 1)
    #expect(try shop.summary()["interactions"] as? Int == 400)
    let kept = try shell("jq -r .raw_b64 out/current/rejects.ndjson | base64 -d", in: shop.folder.url)
    #expect(kept.text == "{\"user_prompt\":\"q\\q\"}")
  }

  @Test func aKilledCycleLeavesTheOldRunAndTheNextOneCleansUp() throws {
    let shop = try Workshop()
    #expect(try shop.run("cycle").status == 0)
    let before = try shop.published()
    try shop.fake("fb-recommend", "touch mark; touch \"$MARK\"; sleep 60")
    let killed = try shop.run(
      """
      export MARK="$PWD/mark"
      setsid '\(Workshop.cycle)' --data data --out out --days-back 20 --as-of 2024-10-31T00:00:00Z &
      for _ in {1..600}; do [ -e "$MARK" ] && break; sleep 0.1; done
      kill -9 -- -$!
      wait $!
      """)
    #expect(killed.status == 137, "\(killed.errorText)")
    #expect(try shop.leftovers().count == 1)
    #expect(try shop.published() == before)
    try FileManager.default.removeItem(at: shop.folder.url.appendingPathComponent("fake/fb-recommend"))

    let next = try shop.run("cycle", options: "--days-back 20")
    #expect(next.status == 0 && next.errors.isEmpty, "\(next.errorText)")
    #expect(try shop.leftovers().isEmpty)
    #expect(try shop.summary()["days_back"] as? Int == 20)
    #expect(try shop.published() != before)
  }

  @Test func aLineThatIsBeingWrittenWaitsForTheNextCycle() throws {
    let shop = try Workshop()
    let whole = #"{"id":"w","timestamp":"2024-10-30T12:00:00Z","user_prompt":"a","ai_response":"b"}"#
    try shop.folder.write("data/log.ndjson", whole + "\n" + #"{"id":"v","user_pro"#)
    let first = try shop.run("cycle")
    #expect(first.status == 0 && first.errorText.contains("log.ndjson: the last line is unfinished"))
    #expect(try shop.summary()["interactions"] as? Int == 401)
    let second = try shop.run(
      #"printf '%s' 'mpt":"a","ai_response":"b","timestamp":"2024-10-30T13:00:00Z"}' >> data/log.ndjson; cycle"#)
    #expect(second.status == 0 && second.errors.isEmpty, "\(second.errorText)")
    #expect(try shop.summary()["interactions"] as? Int == 402)
  }

  @Test func whatIsNotTrainedOnForLackOfACorrectionIsReviewed() throws {
    let shop = try Workshop()
    try shop.folder.write("data/support.json", "[]")
    let corrections = [
      "", #","corrected_response":"""#, #","corrected_response":"bad""#, #","corrected_response":"good""#,
    ]
    let answers = corrections.enumerated().map { index, correction in
      #"{"id":"\#(index)","timestamp":"2024-10-30T12:00:00Z","user_prompt":"q","ai_response":"bad","feedback":"#
        + #"{"user_rating":1\#(correction)}}"#
    }
    let others = [
      #"{"type":"preferences","user_id":"u","timestamp":"2024-10-30T12:00:00Z"}"#,
      #"{"type":"ask","user_id":"u","timestamp":"2024-10-30T12:00:00Z","asked":true}"#,
    ]
    try shop.folder.write("data/log.ndjson", (answers + others).joined(separator: "\n") + "\n")
    let outcome = try shop.run("cycle")
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let ids = try shell("cd out/current; jq -r .id review.ndjson; jq -r .id examples.ndjson", in: shop.folder.url)
    #expect(ids.lines == ["0", "1", "2", "3#sft"])
    let summary = try shop.summary()
    #expect(summary["awaiting_review"] as? Int == 3 && summary["training_data_created"] as? Int == 1)
  }

  @Test func aBudgetHoldsForEveryStage() throws {
    let shop = try Workshop()
    // fb-ingest does not look at what each of several people said; fb-rate does.
    let odd =
      #"{"id":"odd","timestamp":"2024-10-30T12:00:00Z","user_prompt":"q","ai_response":"a","#
      + #""feedback":{"user_rating":5,"ratings":[{"user_rating":9}]}}"#
    try shop.folder.write("data/log.ndjson", "{\"user_prompt\":\"q\\q\"}\n" + odd + "\n")
    let bad = try shop.run("cycle --max-rejects 0")
    #expect(bad.status == 65)
    let outcome = try shop.run("cycle --max-rejects 1")
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(try shop.summary()["rejected"] as? Int == 2)
    let kept = try shell("ls out/current | grep reject; jq -r .file out/current/rejects.ndjson", in: shop.folder.url)
    #expect(kept.lines == ["rejects.ndjson", "log.ndjson", "-"])
    #expect(try !shell("cat out/current/messages.txt", in: shop.folder.url).text.contains(".staging"))
    try checkManifest(shop, inputs: 2)
  }

  @Test func noFileIsLeftOutInSilence() throws {
    let shop = try Workshop()
    let answer = #"{"id":"w","timestamp":"2024-10-30T12:00:00Z","user_prompt":"a","ai_response":"b"}"#
    try shop.folder.write("data/LOG.NDJSON", answer + "\n" + #"{"id":"v","user_pro"#)
    try shop.folder.write(
      "data/table.tsv", "id\ttimestamp\tuser_prompt\tai_response\nt\t2024-10-30T12:00:00Z\tq\ta\n")
    try shop.folder.write("data/notes.txt", "x")
    try shop.folder.write("data/log.ndjson.gz", "x")
    try shop.folder.write("data/chat.db-wal", "")
    let outcome = try shop.run("mkdir data/folder.txt; cycle")
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(try shop.summary()["interactions"] as? Int == 402)
    let left = outcome.errorText.split(separator: "\n").filter { $0.contains("left out") }
    #expect(
      left == [
        "improvement-cycle: log.ndjson.gz: left out, as its name has no extension of those that are read",
        "improvement-cycle: notes.txt: left out, as its name has no extension of those that are read",
      ])
    #expect(outcome.errorText.contains("LOG.NDJSON: the last line is unfinished"))
  }

  @Test func mistakesAreToldBeforeTheWork() throws {
    let shop = try Workshop()
    for (arguments, status) in [
      ("--bogus 1", 64), ("--system", 64), ("--days-back=nine", 64), ("--days-back=7 --days-back=8", 64),
      ("--days-back=7 --as-of=2024-02-30T00:00:00Z", 64), ("--days-back=7 --quality-threshold nan", 64),
      ("--days-back=7 --max-rejects some", 64),
    ] as [(String, Int32)] {
      let line = "'\(Workshop.cycle)' --data data --out out \(arguments)"
      let outcome = try shell(line, in: shop.folder.url)
      #expect(outcome.status == status && !outcome.errors.isEmpty && outcome.output.isEmpty, "\(arguments)")
    }
    #expect(try shell("'\(Workshop.cycle)' --data nowhere --out out", in: shop.folder.url).status == 66)
    #expect(try shell("mkdir empty; '\(Workshop.cycle)' --data empty --out e", in: shop.folder.url).status == 66)
    #expect(try shell("'\(Workshop.cycle)' --data data --out /dev/null/out", in: shop.folder.url).status == 73)
    let bare = try shell("PATH=/usr/bin:/bin '\(Workshop.cycle)' --data data --out out", in: shop.folder.url)
    #expect(bare.status == 69 && bare.errorText.contains("not on the PATH"))
    #expect(!FileManager.default.fileExists(atPath: shop.folder.url.appendingPathComponent("out/current").path))
    let help = try shell("'\(Workshop.cycle)' --help", in: shop.folder.url)
    #expect(help.status == 0 && help.text.contains("--max-rejects") && help.errors.isEmpty)
  }

  @Test func theDemoTellsWhatCameOut() throws {
    let folder = try TemporaryFolder()
    let demo = projectRoot.appendingPathComponent("pipelines/demo").path
    let outcome = try shell("'\(demo)' out", in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    for (name, category) in [
      ("support", "refunds"), ("education", "fractions"), ("business", "leave-policy"),
      ("content", "product-descriptions"),
    ] {
      #expect(outcome.lines.contains { $0.hasPrefix("\(name): 400 answers") })
      #expect(outcome.text.contains("1 improvement identified: Poor answers in \(category)"), "\(name)")
      for file in ["report.md", "training-openai.jsonl", "training-bedrock.jsonl"] {
        let path = "out/\(name)/current/\(file)"
        #expect(outcome.text.contains(path), "\(path)")
        #expect(try !folder.read(path).isEmpty, "\(path)")
      }
    }
    // The last word of those who changed their mind counts, and what was delivered twice counts once.
    let rated = try shell("jq -c '[.rated, .interactions]' out/business/current/summary.json", in: folder.url)
    #expect(rated.text == "[224,400]\n")
  }
}
