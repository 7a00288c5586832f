import Foundation
import TestSupport
import Testing

/// Records of other kinds in the stream of fb-filter --for: kept where they are of the use, and told where they are not.
@Suite struct ForStreamTests {
  static let stream = FormatTests.data([
    #"{"id":"a","user_id":"ann","user_prompt":"q","ai_response":"x","feedback":{"user_rating":5}}"#,
    #"{"type":"feedback","id":"f","interaction_id":"a","approved":false}"#,
    #"{"type":"preferences","user_id":"ann","training_opt_out":true}"#,
    #"{"type":"preferences","user_id":"bob","training_opt_out":true}"#, #"{"type":"ask","id":"k","asked":true}"#,
    #"{"type":"example","use":"sft","id":"e","user_prompt":"q","completion":"y","user_rating":5,"label":true,"origin":"rated"}"#,
    #"{"type":"example","use":"sft","id":"n","user_prompt":"q","completion":"y","user_rating":1,"label":true,"origin":"rated"}"#,
    #"{"type":"pair","id":"p","user_prompt":"q","chosen":"y","rejected":"z"}"#,
  ])

  @Test(arguments: [
    ("sft", ["a#sft", "e"]), ("pairs", ["p"]), ("kto", ["a#kto"]), ("prompts", ["a#prompt", "e"]), ("review", []),
    ("regression", []),
  ])
  func onlyWhatIsOfTheUseIsWritten(use: String, ids: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try shell(
      "fb-filter --for \(use) --explain e | jq -r .id; jq -r .fate e | sort | uniq -c | tr -s ' '", input: Self.stream,
      in: folder.url)
    let fates = ids.isEmpty ? [" 8 dropped"] : [" \(8 - ids.count) dropped", " \(ids.count) written"]
    #expect(Set(outcome.lines.dropLast(fates.count)) == Set(ids), "\(outcome.lines)")
    #expect(Array(outcome.lines.suffix(fates.count)) == fates, "\(outcome.lines)")
    #expect(outcome.errorText.split(separator: "\n").count == 1)
    #expect(outcome.errorText.contains("1 not joined (fb-rate join puts feedback into its interaction)"))
    #expect(outcome.errorText.contains("2 preferences (heeded in --preferences FILE)"), "\(outcome.errorText)")
    #expect(outcome.errorText.contains("1 of other kinds"))
  }

  @Test func whatWasMadeBeforeStaysAsItWas() throws {
    let made = try shell("fb-filter --for sft", input: Self.stream)
    for options in ["", "--dedup exact", "--redact email"] {
      #expect(try shell("fb-filter --for sft \(options)", input: made.output).output == made.output)
    }
    #expect(try shell("fb-filter --for sft --count", input: made.output).text == "2\n")
    #expect(try shell("fb-filter --for sft --limit 1", input: made.output).lines == [made.lines[0]])
  }

  @Test func withoutAUseEverythingStillPasses() throws {
    #expect(try shell("fb-filter", input: Self.stream).output == Self.stream)
  }

  @Test func theExportTellsThemToo() throws {
    for format in ["openai", "openai,trl-sft --out-dir d"] {
      let folder = try TemporaryFolder()
      let outcome = try shell("fb-export --format \(format) --allow-few", input: Self.stream, in: folder.url)
      #expect(outcome.errorText.contains("1 not joined (fb-rate join"), "\(outcome.errorText)")
      #expect(outcome.errorText.contains("2 preferences (heeded in --preferences FILE)"))
    }
  }

  /// Where all records are read before the first one is written, those over the limit are told.
  @Test(arguments: [
    ("--for kto --limit 3", "3 of 4 records written; left out: 1"),
    ("--for pairs --limit 1", "2 of 4 records written (1 pair); left out: 2"),
    ("--for pairs --limit 1 --count", "2 of 4 records counted (1 pair); left out: 2"),
    ("--for sft --agreed-only --limit 1", "1 of 4 records written; left out: 1"),
  ])
  func whatIsOverTheLimitIsTold(options: String, words: String) throws {
    let isPaired = options.contains("pairs")
    let records = (0..<4).map { index in
      let prompt = isPaired ? index / 2 : index
      return
        #"{"user_prompt":"q\#(prompt)","ai_response":"a\#(index)","feedback":{"user_rating":\#(index % 2 == 0 ? 5 : 1)}}"#
    }
    let outcome = try shell("fb-filter \(options)", input: FormatTests.data(records))
    let poor = options.contains("sft") ? "2 poor without a correction, " : ""
    let expected = words.replacingOccurrences(of: "left out: ", with: "left out: \(poor)")
    #expect(outcome.errorText == "fb-filter: \(expected) over the limit\n")
  }

  /// What fb-export could not read is refused before, as it is in an interaction.
  @Test(arguments: [
    (#""category":7"#, "category: not a string"), (#""system_prompt":[]"#, "system_prompt: not a string"),
    (#""history":[{"role":"user"}]"#, "history: a turn is not {role, content}"),
  ])
  func whatWasMadeBeforeIsOfItsKind(member: String, words: String) throws {
    for (use, record) in [
      ("pairs", #"{"type":"pair","user_prompt":"q","chosen":"y","rejected":"z""#),
      ("sft", #"{"type":"example","use":"sft","user_prompt":"q","completion":"y","label":true,"origin":"rated""#),
      ("kto", #"{"type":"example","use":"kto","user_prompt":"q","completion":"y","label":true,"origin":"rated""#),
      ("prompts", #"{"type":"example","use":"prompt","user_prompt":"q""#),
    ] {
      let good = try shell("fb-filter --for \(use)", input: FormatTests.data([record + "}"]))
      #expect(good.status == 0 && good.lines.count == 1, "\(use): \(good.errorText)")
      let bad = try shell("fb-filter --for \(use)", input: FormatTests.data(["\(record),\(member)}"]))
      #expect(bad.status == 65 && bad.errorText.contains(words), "\(use): \(bad.errorText)")
    }
  }
}
