import NDJSON
import TestSupport

private let paths = [
  ["a"], ["b"], ["b", "c"], ["b", "a", "c"], ["a key of more than sixteen bytes", "é"], ["é"], [""],
  ["sixteen bytes ab"], ["eight ch"], ["a", "seventeen bytes a"],
]

private let fields = FieldSet(paths: paths)

private let allRules: [JSONRules] = [JSONRules.record, .document, .grammar].flatMap { rules in
  var tight = rules
  tight.depthMax = 3
  tight.keyCountMax = 6
  return [rules, tight]
}

/// The scanner and the walker against the reference parser; then the same line in a block, with another behind it.
func fuzz(_ input: [UInt8]) {
  var choices = FuzzChoices(input)
  let rules = allRules[choices.next(below: allRules.count)]
  var text = choices.remainder
  if !rules.isDocument { text.removeAll { $0 == 0x0A } }
  let difference = disagreement(text, rules, paths)
  require(difference == nil, difference ?? "")
  if rules.isDocument { return }

  let bait = Array("{\"a\":1,\"b\":{\"c\":2}}\n".utf8)
  let block = bait + text + [0x0A] + bait + [UInt8](repeating: 0x22, count: scanPadding)
  var scanner = LineScanner(fields, rules: rules)
  let start = scanner.scan(block.span, from: 0)
  require(start == bait.count, "the first line ends at \(start)")
  let end = scanner.scan(block.span, from: start)
  require(end == start + text.count + 1, "the line ends at \(end - start) of \(text.count)")
  var alone = LineScanner(fields, rules: rules)
  _ = alone.scan(text: text)
  require(alone.code == scanner.code, "\(alone.code) alone, \(scanner.code) in a block")
  if scanner.code != .none && scanner.code != .blank {
    require(alone.errorOffset == scanner.errorOffset - start, "another offset in a block")
  }
  let last = scanner.scan(block.span, from: end)
  require(scanner.code == .none && last == end + bait.count, "the line behind is hurt")
}
