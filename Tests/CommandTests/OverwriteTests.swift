import Foundation
import TestSupport
import Testing

/// No option makes one file of a run destroy another.
@Suite struct OverwriteTests {
  static let records = [
    #"{"id":"a","user_prompt":"q","ai_response":"x","feedback":{"user_rating":5}}"#,
    #"{"id":"b","user_prompt":"r","ai_response":"y","feedback":{"user_rating":5}}"#,
  ]

  /// Names of one input: itself, another spelling, a symbolic link and a hard one.
  static let names = ["in", "./in", "../run/in", "soft", "hard"]

  static let commands = [
    "fb-export --check openai --allow-few in -o NAME", "fb-export --format openai --allow-few in -o NAME",
    "fb-export --format json in -o NAME", "fb-export --format csv in -o NAME",
    "fb-export --format json-database in -o NAME", "fb-export --format sqlite --force in -o NAME",
    "fb-export --format trl-dpo --allow-few in -o NAME", "fb-export --format openai --allow-few -o NAME < in",
    "fb-export --format openai --allow-few --preferences in -o NAME other",
    "fb-export --format openai --allow-few --preferences in --manifest NAME other",
    "fb-export --format openai --allow-few --preferences in --rejects NAME other",
    "fb-export --format openai --allow-few --manifest NAME -o out in",
    "fb-export --format openai --allow-few --manifest NAME < in",
    "fb-filter --for sft --preferences in -o NAME other", "fb-filter --for sft --preferences in --report NAME other",
    "fb-filter --for sft --preferences in --rejects NAME other", "fb-filter --report NAME in",
    "fb-filter --explain NAME in", "fb-filter --explain NAME < in", "fb-filter --contamination in -o NAME other",
    "fb-filter --dedup exact --state in -o NAME other",
    "fb-filter --redact email --redact-as pseudonym --key-file in -o NAME other",
  ]

  @Test(arguments: commands)
  func anInputStays(command: String) throws {
    for name in Self.names {
      let folder = try TemporaryFolder()
      let input = Self.records.joined(separator: "\n") + "\n"
      let outcome = try shell(
        "mkdir run && cd run && cat > in && cp in other && ln -s in soft && ln in hard && "
          + "{ \(command.replacingOccurrences(of: "NAME", with: name)); echo $?; } && ls -A && cat in",
        input: Data(input.utf8), in: folder.url)
      #expect(
        outcome.text == "64\nhard\nin\nother\nsoft\n" + input, "\(command) \(name): \(outcome.text)\(outcome.errorText)"
      )
    }
  }

  @Test(arguments: [
    "fb-export --format openai --allow-few -o out --manifest ./out in",
    "fb-export --format openai --allow-few -o out --rejects out in",
    "fb-export --format openai --allow-few --manifest out --rejects ./out in",
    "fb-export --format openai,trl-sft --allow-few --out-dir d --manifest d/openai.jsonl in",
    "fb-export --format alpaca,sharegpt --allow-few --out-dir d --manifest d/dataset_info.json in",
    "fb-export --format openai --allow-few --out-dir d --manifest d in",
    "fb-export --format openai --out-dir d --manifest d/e/m in",
    "fb-filter -o out --report ./out in", "fb-filter -o out --explain out in",
    "fb-filter --report out --explain ./out in",
  ])
  func twoOutputsAreTwoFiles(command: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      "cat > in; \(command); echo $?; ls -A", input: FormatTests.data(Self.records), in: folder.url)
    #expect(outcome.text == "64\nin\n", "\(command): \(outcome.text)\(outcome.errorText)")
  }

  @Test func aFilterMayStillReplaceItsInput() throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      "cat > in; fb-filter --where 'id == \"b\"' -o in in; cat in", input: FormatTests.data(Self.records),
      in: folder.url)
    #expect(outcome.lines == [Self.records[1]])
  }

  /// The second thing to read from standard input would be empty, and nobody would know.
  @Test(arguments: [
    "fb-filter --for sft --preferences -", "fb-filter --contamination - -", "fb-filter --contamination /dev/stdin",
    "fb-filter --contamination - --contamination - in",
    "fb-filter --redact email --redact-as pseudonym --key-file - in -",
    "fb-export --format openai --allow-few --preferences -",
    "fb-export --format sqlite,openai --out-dir d --preferences - -",
  ])
  func standardInputIsReadForOneThing(command: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("in", Self.records.joined(separator: "\n") + "\n")
    let outcome = try shell("cat in | \(command)", in: folder.url)
    #expect(outcome.status == 64 && outcome.text.isEmpty)
    let tool = command.prefix(9)
    #expect(outcome.errorText == "\(tool): standard input can be read only once: name a file\n")
    let other = try shell(
      "cat in | fb-filter --contamination - in; cat in | fb-filter --for sft --preferences - in", in: folder.url)
    #expect(other.status == 0 && other.lines.count == 2, "\(other.errorText)")
  }
}
