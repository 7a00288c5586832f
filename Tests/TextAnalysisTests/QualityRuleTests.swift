import Foundation
import TestSupport
import Testing
import TextAnalysis

@Suite struct QualityRuleTests {
  static func hits(_ prompt: String, _ answer: String) -> [QualityRule] {
    QualityRule.hits(prompt: Array(prompt.utf8).span, answer: Array(answer.utf8).span)
  }

  @Test(
    arguments: [
      ("Hi?", "", [.empty]), ("Hi?", " \r\n\t", [.empty]), ("", "", [.empty]), ("Open today?", "open TODAY", [.echo]),
      ("?", "Yes.", []), ("Why?", String(repeating: "so it is ", count: 30), [.repetition]),
      ("Code?", "Here:\n```swift\nlet a = 1\n", [.openFence]), ("Code?", "Here:\n```swift\nlet a = (1\n```\nDone.", []),
      ("Who?", "Some people (Ann, Bob", [.openBracket]), ("Who?", "Ann :( and a) Bob; [0, 1) is `f(`.", []),
      ("Who?", "A (note that is long ago. " + (1...60).map { "word \($0)" }.joined(separator: " "), []),
      ("Who?", "Caf\u{FFFD}", [.replacementCharacter]), ("Who?", "CafÃ© and naÃ¯ve", [.mojibake]),
      ("Who?", "itâ€™s", [.mojibake]), ("Quem?", "NÃO; PÃO; «Â»", []), ("Who?", "a\u{0}b", [.controlCharacter]),
      ("Who?", "a\u{85}b", [.controlCharacter]), ("Who?", "Ann<|im_end|>", [.templateLeak]),
      ("Who?", "[INST] Ann [/INST]", [.templateLeak]), ("What is [INST]?", "[INST] is a mark.", []),
      ("Who?", "### Human: me", [.templateLeak]), ("Letter?", "Dear sir,\nyours, [Your Name]", [.placeholder]),
      ("Letter with [your name]?", "Yours, [Your Name]", []), ("Who?", "See [your account](https://a.example).", []),
      ("Code?", "It is data[name] = 1.", []), ("Text?", "Lorem ipsum dolor.", [.placeholder]),
      ("How?", "I’m sorry, but I can't help with that.", [.refusal]),
      ("How?", (1...60).map { "word \($0)" }.joined(separator: " ") + ". I can't help with that.", []),
      ("Как дела сегодня утром?", "I am quite well today.", [.script]), ("Как дела сегодня утром?", "Ok", []),
      ("今日の天気はどうですか、教えて", "今日は晴れで、とても暖かいです。", []),
    ] as [(String, String, [QualityRule])])
  func hitsAreFound(prompt: String, answer: String, hits: [QualityRule]) {
    #expect(Self.hits(prompt, answer) == hits)
  }

  @Test func twoRulesFlagAndTheOthersDrop() {
    #expect(QualityRule.allCases.filter { $0.action == .flag } == [.refusal, .script])
    #expect(Set(QualityRule.allCases.map(\.rawValue)).count == QualityRule.allCases.count)
  }

  /// Best answers of a tree with the messages that they reply to.
  static func assistantAnswers() throws -> [(String, String)] {
    let file = try #require(sharedFolder).appendingPathComponent("data/sets/oasst1-en-val/en-validation.jsonl")
    var texts: [String: String] = [:]
    var answers: [(String, String)] = []
    let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
    let messages = try lines.compactMap { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    for message in messages { texts[message["message_id"] as? String ?? ""] = message["text"] as? String }
    for message in messages where message["role"] as? String == "assistant" {
      if message["synthetic"] as? Bool == true || message["rank"] as? Int ?? 0 != 0 { continue }
      let prompt = texts[message["parent_id"] as? String ?? ""] ?? ""
      answers.append((prompt, message["text"] as? String ?? ""))
    }
    return answers
  }

  static func passages() throws -> [(String, String)] {
    var answers: [(String, String)] = []
    for name in ["CDC", "UK"] {
      let file = try #require(sharedFolder).appendingPathComponent("data/sets/feedbackqa/\(name)-feedback_valid.json")
      let items = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]]
      for item in try #require(items) {
        let passage = item["passage"] as? [String: Any]
        let reference = passage?["reference"] as? [String: Any]
        answers.append((item["question"] as? String ?? "", reference?["section_content"] as? String ?? ""))
      }
    }
    return answers
  }

  /// The share of answers that people wrote which the rules would drop, all together.
  @Test(.enabled(if: hasShared, sharedMissing)) func answersThatPeopleWroteAreKept() throws {
    for (name, answers, count) in [
      ("assistants", try Self.assistantAnswers(), 528), ("pages", try Self.passages(), 945),
    ] {
      var counts: [QualityRule: Int] = [:]
      var dropped = 0
      for (prompt, answer) in answers {
        let hits = Self.hits(prompt, answer)
        for hit in hits { counts[hit, default: 0] += 1 }
        if hits.contains(where: { $0.action == .drop }) { dropped += 1 }
      }
      let share = Double(dropped) / Double(answers.count)
      #expect(share <= 0.05, "\(name) \(counts)")
      #expect(answers.count == count)
    }
  }
}
