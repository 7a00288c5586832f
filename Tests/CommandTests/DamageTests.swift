import Foundation
import TestSupport
import Testing

/// Records with random damage: no command breaks on them, and every one is written, left out or rejected.
@Suite struct DamageTests {
  static func damaged(seed: UInt64) -> Data {
    var random = SeededGenerator(seed: seed)
    var records = DatabaseExportTests.records(300, seed: seed)
    records += (0..<300).map { TrainingExportTests.anything(&random, $0) }
    records.shuffle(using: &random)
    let bytes: [UInt8] = Array("{}[]\",:\\ \n\r\tu0189eE.-+\u{0}\u{7F}".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
    var text: [UInt8] = []
    for record in records {
      var line = Array(record.utf8)
      for _ in 0..<max(0, Int.random(in: -2...3, using: &random)) {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line[place] = bytes.randomElement(using: &random) ?? 0
        case 1: line.insert(bytes.randomElement(using: &random) ?? 0, at: place)
        case 2: line.remove(at: place)
        default: line.insert(contentsOf: line[place..<min(line.count, place + 20)], at: place)
        }
      }
      text += line + [0x0A]
    }
    return Data(text)
  }

  @Test(arguments: [
    ("fb-filter", "cat out"), ("fb-filter --for sft", "cat out"), ("fb-filter --where 'not exists x'", "cat out"),
    ("fb-export --format openai", "cat out"), ("fb-export --format bedrock", "cat out"),
    ("fb-export --format json", "jq -c '.examples[]' out"),
    ("fb-export --format json-database", "jq -c '.prompts[]' out"),
    (
      "fb-export --format csv",
      "python3 -c 'import csv, sys; [print(0) for r in csv.DictReader(open(\"out\", newline=\"\"))]'"
    ),
    (
      "fb-export --format sqlite --force",
      "sqlite3 out 'PRAGMA integrity_check' | grep -x ok >&2; sqlite3 out 'SELECT 0 FROM prompts'"
    ),
  ])
  func everyRecordHasOneFate(line: String, count: String) throws {
    let folder = try TemporaryFolder()
    var rejected = 0
    for seed in 1...4 as ClosedRange<UInt64> {
      let outcome = try shell(
        "\(line) --max-rejects 100% --rejects r --verbose -o out", input: Self.damaged(seed: seed), in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errorText)")
      let summary = try #require(outcome.errorText.split(separator: "\n").last).dropFirst("fb-filter: ".count)
      let words = summary.split(separator: "; left out: ")
      let head = words[0].split(separator: " ")
      let written = try #require(Int(head[0]))
      let read = try #require(Int(head[2]))
      let left = words.dropFirst().flatMap { $0.split(separator: ", ") }.compactMap { Int($0.prefix { $0 != " " }) }
      #expect(written + left.reduce(0, +) == read || line.contains("--where"), "\(summary)")
      let found = try shell("\(count) | wc -l", in: folder.url)
      #expect(found.text == "\(written)\n" && (found.errorText == (line.contains("sqlite") ? "ok\n" : "")))
      // What was rejected is kept, each with a reason that is documented.
      let reasons = try shell("jq -r .reason r", in: folder.url)
      let known: Set = [
        "syntax", "utf8", "surrogate", "dupkey", "depth", "keys", "not-object", "line", "schema", "number-range",
      ]
      #expect(known.isSuperset(of: reasons.lines))
      rejected += reasons.lines.count
    }
    #expect(rejected > 200)
  }
}
