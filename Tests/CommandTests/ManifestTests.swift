import Foundation
import TestSupport
import Testing

/// What a manifest says of inputs, records and files.
@Suite struct ManifestTests {
  @Test func theManifestNamesThePreferences() throws {
    let folder = try TemporaryFolder()
    try folder.write("opt.ndjson", #"{"type":"preferences","user_id":"u","training_opt_out":true}"# + "\n")
    try FormatTests.data(FormatTests.conversation).write(to: folder.url.appendingPathComponent("in"))
    for name in ["opt.ndjson", "<(cat opt.ndjson)"] {
      let made = try shell(
        "fb-export --format openai --allow-few --preferences \(name) --manifest m in in 2>&1 >/dev/null; jq -r '.inputs[] | [.use, .file, .sha256] | join(\" \")' m; sha256sum in opt.ndjson",
        in: folder.url)
      let lines = made.lines
      #expect(lines.count == 6, "\(made.text)")
      let digests = lines.suffix(2).map { $0.prefix(64) }
      #expect(lines[1] == " in \(digests[0])" && lines[2] == lines[1])
      #expect(lines[3].hasPrefix("preferences ") && lines[3].hasSuffix(" \(digests[1])"), "\(lines)")
    }
  }

  /// A folder holds nothing but the manifest that it does not tell of.
  @Test func theManifestNamesEveryFile() throws {
    let folder = try TemporaryFolder()
    try FormatTests.data(FormatTests.conversation).write(to: folder.url.appendingPathComponent("in"))
    let made = try shell(
      """
      fb-export --format sharegpt,alpaca,openai,sqlite,csv --allow-few --out-dir d --manifest d/m in 2>&-
      jq -r '(.files + .other_files)[] | "\\(.sha256)  \\(.file)"' d/m > sums && sha256sum -c --status sums && cut -c 67- sums | sort
      jq -c '.other_files[] | select(.file == "d/dataset_info.json") | keys' d/m; stat -c %s d/dataset_info.json
      jq '.other_files[] | select(.file == "d/dataset_info.json").bytes' d/m
      ls d | sed 's:^:d/:' | grep -v d/m
      """, in: folder.url)
    let names = [
      "d/alpaca.jsonl", "d/dataset_info.json", "d/interactions.csv", "d/interactions.db", "d/openai.jsonl",
      "d/sharegpt.jsonl",
    ]
    #expect(made.lines.count == 15, "\(made.text)\(made.errorText)")
    #expect(Array(made.lines.prefix(7)) == names + [#"["bytes","file","sha256"]"#])
    #expect(made.lines[7] == made.lines[8] && Array(made.lines.suffix(6)) == names)
  }

  /// An answer that is in several pairs is one record, and one that the target refuses is left out once.
  @Test func pairsAndRecordsAddUp() throws {
    let folder = try TemporaryFolder()
    let answers = [(5, "a"), (1, "b"), (1, "c"), (1, "d [EOS]"), (1, "e")].enumerated().map {
      #"{"id":"\#($0)","user_prompt":"q","ai_response":"\#($1.1)","feedback":{"user_rating":\#($1.0)}}"#
    }
    let correction =
      #"{"id":"c","user_prompt":"r","ai_response":"x","feedback":{"user_rating":1,"corrected_response":"y"}}"#
    let made = try shell(
      "fb-export --format bedrock-nova-dpo --allow-few --manifest m >/dev/null; jq -c '.counts.read, (.files[0] | .records, .input_records, .left_out)' m",
      input: FormatTests.data(answers + [correction]), in: folder.url)
    #expect(made.lines == ["6", "3", "4", #"{"unpaired":1,"reserved_word":1}"#], "\(made.text)")
    #expect(
      made.errorText
        == "fb-export: 4 of 6 records written (3 pairs); left out: 1 without a counterpart, 1 with a word that Nova reserves, such as \"User:\" or \"[EOS]\"\n",
      "\(made.errorText)")
  }

  @Test func theManifestIsASideCar() throws {
    let folder = try TemporaryFolder()
    let input = FormatTests.data(FormatTests.conversation)
    let plain = try shell("fb-export --format openai --allow-few 2>&-", input: input)
    let made = try shell(
      "fb-export --format openai --allow-few --manifest m.json <(cat) 2>&-", input: input, in: folder.url)
    #expect(made.output == plain.output)
    let told = try shell(
      "jq -c '[.counts.read, .files[0].records, .files[0].left_out.poor, .files[0].lines, .inputs[0].bytes]' m.json",
      in: folder.url)
    #expect(told.text == "[5,3,2,[[\"t2\"],[\"t4\"],[\"t5\"]],\(input.count)]\n")
    let weights = try shell(
      "fb-export --format trl-kto --manifest m.json >/dev/null; jq -c '.files[0].labels | map_values(. + 0)' m.json",
      input: FormatTests.data(
        (0..<9).map {
          #"{"id":"\#($0)","user_prompt":"q\#($0)","ai_response":"a","feedback":{"user_rating":\#($0 < 2 ? 5 : 1)}}"#
        }),
      in: folder.url)
    #expect(
      weights.text == #"{"desirable":2,"undesirable":7,"desirable_weight":3.5,"undesirable_weight":1}"# + "\n")
  }
}
