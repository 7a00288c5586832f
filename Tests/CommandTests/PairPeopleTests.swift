import Foundation
import TestSupport
import Testing

/// Everyone whose text is in a pair or an example is asked, also once it has gone through a file.
@Suite struct PairPeopleTests {
  static let answers = FormatTests.data([
    #"{"id":"a","user_id":"ann","user_prompt":"q","ai_response":"good","feedback":{"user_rating":5}}"#,
    #"{"id":"b","user_id":"bob","user_prompt":"q","ai_response":"bad","feedback":{"user_rating":1}}"#,
  ])
  static let corrected = FormatTests.data([
    #"{"id":"c","user_id":"cid","user_prompt":"q","ai_response":"bad","feedback":{"user_rating":1,"corrected_response":"better","rated_by":"dan"}}"#
  ])

  static func folder(optedOut person: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("p", #"{"type":"preferences","user_id":"\#(person)","training_opt_out":true}"# + "\n")
    return folder
  }

  @Test(arguments: ["ann", "bob"])
  func bothPeopleOfAPairMayOptOut(person: String) throws {
    let folder = try Self.folder(optedOut: person)
    let made = try shell("fb-filter --for pairs | tee pairs", input: Self.answers, in: folder.url)
    #expect(made.text.contains(#""user_id":"ann","rejected_user_id":"bob""#), "\(made.text)")
    let outcome = try shell("fb-export --format trl-dpo --allow-few --preferences p pairs", in: folder.url)
    #expect(outcome.text.isEmpty)
    #expect(outcome.errorText == "fb-export: 0 of 1 record written; left out: 1 of people who opted out\n")
    #expect(try shell("fb-export --format trl-dpo --allow-few pairs", in: folder.url).lines.count == 1)
    let again = try shell("fb-filter --for pairs --preferences p pairs", in: folder.url)
    #expect(again.text.isEmpty && again.errorText.contains("1 of people who opted out"), "\(again.text)")
  }

  @Test(arguments: [
    ("pairs", "trl-dpo", "cid"), ("pairs", "trl-dpo", "dan"), ("sft", "openai", "cid"), ("sft", "openai", "dan"),
  ])
  func whoeverWroteTheCorrectionMayOptOut(use: String, format: String, person: String) throws {
    let folder = try Self.folder(optedOut: person)
    let made = try shell("fb-filter --for \(use) | tee made", input: Self.corrected, in: folder.url)
    #expect(made.text.contains(#""user_id":"cid","corrected_by":"dan""#), "\(made.text)")
    let outcome = try shell("fb-export --format \(format) --allow-few --preferences p made", in: folder.url)
    #expect(outcome.text.isEmpty && outcome.errorText.contains("1 of people who opted out"), "\(outcome.text)")
    #expect(try shell("fb-export --format \(format) --allow-few made", in: folder.url).lines.count == 1)
  }

  @Test func aPersonIsAString() throws {
    for member in ["rejected_user_id", "corrected_by"] {
      let pair = #"{"type":"pair","user_prompt":"q","chosen":"a","rejected":"b","\#(member)":7}"#
      let outcome = try shell("fb-export --format trl-dpo --allow-few", input: FormatTests.data([pair]))
      #expect(outcome.status == 65 && outcome.errorText.contains("\(member): not a string"), "\(outcome.errorText)")
    }
  }
}
