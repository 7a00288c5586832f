import Foundation
import TestSupport
import Testing

/// Earlier turns where all answers are learnt: only those that are known to be fit, whatever comes when.
@Suite struct HistoryTests {
  static let turn = #"{"id":"t1","user_prompt":"q","ai_response":"a","feedback":{"user_rating":5}}"#
  static let poor = #"{"id":"t2","user_prompt":"q","ai_response":"a","feedback":{"user_rating":1}}"#
  static let next =
    #"{"id":"t3","history":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"user_prompt":"r","ai_response":"b","feedback":{"user_rating":5}}"#

  static func withHistory(_ records: [String], _ format: String = "trl-sft") throws -> Int {
    let outcome = try shell(
      "fb-export --format \(format) --allow-few --history include", input: FormatTests.data(records))
    #expect(outcome.status == 0, "\(outcome.errorText)")
    return outcome.lines.count { $0.contains(#""r""#) && $0.contains(#""q""#) }
  }

  @Test func aPoorRatingAnywhereKeepsTheTurnOut() throws {
    #expect(try Self.withHistory([Self.turn, Self.next]) == 1)
    // Its own record may come after it.
    #expect(try Self.withHistory([Self.next, Self.turn]) == 1)
    for records in [
      [Self.next], [Self.turn, Self.poor, Self.next], [Self.poor, Self.turn, Self.next],
      [Self.turn, Self.next, Self.poor],
      [Self.poor, Self.next, Self.turn], [Self.next, Self.turn, Self.poor],
    ] { #expect(try Self.withHistory(records) == 0, "\(records)") }
    #expect(try Self.withHistory([Self.turn, Self.next, Self.poor], "trl-sft") == 0)
  }

  @Test func theOrderStaysThatOfTheInput() throws {
    let records = FormatTests.data([
      Self.next, Self.turn, Self.poor, Self.next.replacingOccurrences(of: "t3", with: "t4"),
    ])
    let prompts = #"jq -r '.messages | map(select(.role == "user")) | last | .content'"#
    let outcome = try shell("fb-export --format trl-sft --allow-few --history include | \(prompts)", input: records)
    #expect(outcome.lines == ["r", "q", "r"])
    #expect(
      outcome.errorText.contains("3 of 4 records written (2 without their earlier turns)"), "\(outcome.errorText)")
  }
}
