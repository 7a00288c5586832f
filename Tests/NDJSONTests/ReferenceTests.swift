import Foundation
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
    var scanners = Self.rules.map { LineScanner(FieldSet(paths: Self.paths), rules: $0) }
    for index in 0..<20_000 {
      // Records are what matters most: every second text.
      let choice = index % 2 == 0 ? index / 2 % 10 == 0 ? 1 : 0 : index / 2 % 6
      let rules = Self.rules[choice]
      let text = rules.isDocument ? document.next() : line.next()
      let difference = disagreement(text, rules, Self.paths) ?? disagreement(text, &scanners[choice], Self.paths)
      wrong.expect(difference == nil, "\(String(decoding: text, as: UTF8.self)): \(difference ?? "")")
      counts["\(refusal(text, rules)?.code ?? .none)", default: 0] += 1
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts.values.reduce(0, +) == 20_000)
    // Every reason occurs, and often enough to mean something.
    let few = counts.filter { $0.value < 20 }
    #expect(few.isEmpty && counts.count == 14, "\(counts)")
  }

  /// Runs of escapes and of sequences of three bytes are looked at two at a time.
  @Test func runsBeyondASCIIAreJudgedAsTheReferenceDoes() {
    var wrong = Mismatches()
    var random = SeededGenerator(seed: 25)
    let escapes = ["\\u65e5", "\\u00E9", "\\uD7FF", "\\ue000", "\\ud83d\\ude00", "\\uDBFF", "\\udc00", "\\n"]
    let characters = ["日", "。", "\u{800}", "\u{FFFD}", "\u{D7FF}", "\u{E000}", "é", "😀", "x"]
    var accepted = 0
    for round in 0..<2000 {
      let pool = round % 2 == 0 ? escapes : characters
      var text = Array("{\"a\":\"".utf8)
      let start = text.count
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let index = Int.random(in: 0..<pool.count, using: &random)
        text += pool[Bool.random(using: &random) ? index / 4 : index].utf8
      }
      if round % 3 != 0 {
        text[Int.random(in: start..<text.count, using: &random)] = .random(in: 0x20...0xFF, using: &random)
      }
      text += "\"}".utf8
      let difference = disagreement(text, .record, Self.paths)
      wrong.expect(difference == nil, "\(String(decoding: text, as: UTF8.self)): \(difference ?? "")")
      if refusal(text, .record) == nil { accepted += 1 }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect((400...1600).contains(accepted))
  }

  /// Wanted keys of every length that the tables tell apart, more of them than have a bit of their own, and others.
  @Test func manyWantedKeysAreFoundAndFoundRepeated() {
    let names = (0..<90).map { index in
      String(repeating: "k", count: [0, 5, 6, 7, 13, 14, 15, 22][index % 8]) + "\(10 + index)"
    }
    let wanted = names.prefix(82).map { [$0] }
    var wrong = Mismatches()
    var random = SeededGenerator(seed: 26)
    var scanner = LineScanner(FieldSet(paths: Array(wanted)))
    var refused = 0
    for _ in 0..<1500 {
      var keys = names.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
      if Bool.random(using: &random) { keys.shuffle(using: &random) }
      keys += (0..<Int.random(in: 0..<50, using: &random)).map { "other \($0)" }
      if Bool.random(using: &random), let key = keys.randomElement(using: &random) {
        keys.insert(key, at: Int.random(in: 0...keys.count, using: &random))
      }
      if Int.random(in: 0..<4, using: &random) == 0 { keys.shuffle(using: &random) }
      let members = keys.map { key in
        let isEscaped = Int.random(in: 0..<10, using: &random) == 0
        let spelled = isEscaped ? key.replacingOccurrences(of: "k1", with: "\\u006b1") : key
        return "\"\(spelled)\":\(key.count)"
      }
      let end = Int.random(in: 0..<5, using: &random) == 0 ? "]" : "}"
      let text = Array("{\(members.joined(separator: ","))\(end)".utf8)
      let difference = disagreement(text, &scanner, Array(wanted))
      wrong.expect(difference == nil, "\(String(decoding: text, as: UTF8.self)): \(difference ?? "")")
      if scanner.code == .duplicateKey { refused += 1 }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect((500...1000).contains(refused), "\(refused)")
  }
}
