import Foundation
import TestSupport
import Testing

/// The step from a real data set to interactions.
@Suite struct OpenAssistantTests {
  static let step = projectRoot.appendingPathComponent("pipelines/examples/oasst.jq").path

  @Test func answersFindTheirPromptAndTheRestIsCounted() throws {
    let input = """
      {"message_id":"p","parent_id":null,"role":"prompter","text":"Why?"}
      {"message_id":"a","parent_id":"p","role":"assistant","text":"So.","lang":"en","model_name":null,\
      "labels":{"name":["spam","quality"],"value":[0,0.75]}}
      {"message_id":"b","parent_id":"gone","role":"assistant","text":"Lost."}

      """
    let outcome = try shell("jq -cnf '\(Self.step)'", input: Data(input.utf8))
    #expect(outcome.status == 0)
    #expect(
      outcome.text == #"{"id":"a","user_prompt":"Why?","ai_response":"So.","language":"en","feedback":"#
        + #"{"user_rating":4,"scale":{"name":"quality","value":0.75,"min":0,"max":1}}}"# + "\n")
    #expect(
      outcome.errorText == "oasst.jq: 1 of 2 assistant messages written, 1 with a quality; "
        + "left out: 1 whose parent is not in the input\n")
    let whole = input.split(separator: "\n").dropLast().joined(separator: "\n")
    #expect(try shell("jq -cnf '\(Self.step)'", input: Data(whole.utf8)).errors.isEmpty)
  }

  @Test(.enabled(if: sharedFolder != nil, "\(sharedFolderMissing)"))
  func theValidationSetJoinsButForTwo() throws {
    let file = try #require(sharedFolder).appendingPathComponent("data/sets/oasst1-en-val/en-validation.jsonl")
    let outcome = try shell("set -o pipefail; jq -cnf '\(Self.step)' '\(file.path)' | fb-ingest")
    #expect(outcome.status == 0)
    #expect(outcome.lines.count == 1241)
    #expect(outcome.lines.filter { $0.contains(#""name":"quality""#) }.count == 1235)
    #expect(outcome.errorText.contains("1241 of 1243 assistant messages written, 1235 with a quality; left out: 2 "))
  }
}
