import NDJSON
import TestSupport
import Testing

/// The codec against a parser that is slow and plain.
@Suite struct ReferenceTests {
  static let paths = [
    ["a"], ["b"], ["b", "c"], ["b", "a", "c"], ["a key of more than sixteen bytes", "é"], ["é"], ["e\u{301}"], [""],
    ["sixteen bytes ab"], ["\u{1F600}"],
  ]

  /// The three sets of rules, and each of them with limits that small texts reach.
  static let rules: [JSONRules] = [JSONRules.record, .document, .grammar].flatMap { rules in
    var tight = rules
    tight.depthMax = 3
    tight.keyCountMax = 6
    return [rules, tight]
  }

  @Test func verdictsOffsetsAndFieldsAgree() {
    var wrong = Mismatches()
    var counts: [String: Int] = [:]
    var line = JSONGenerator(seed: 23, allowsNewlines: false)
    var document = JSONGenerator(seed: 24, allowsNewlines: true)
    for index in 0..<20_000 {
      // Records are what matters most: every second text.
      let rules = Self.rules[index % 2 == 0 ? index / 2 % 10 == 0 ? 1 : 0 : index / 2 % 6]
      let text = rules.isDocument ? document.next() : line.next()
      let difference = disagreement(text, rules, Self.paths)
      wrong.expect(difference == nil, "\(String(decoding: text, as: UTF8.self)): \(difference ?? "")")
      counts["\(refusal(text, rules)?.code ?? .none)", default: 0] += 1
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts.values.reduce(0, +) == 20_000)
    // Every reason occurs, and often enough to mean something.
    let few = counts.filter { $0.value < 20 }
    #expect(few.isEmpty && counts.count == 14, "\(counts)")
  }
}
