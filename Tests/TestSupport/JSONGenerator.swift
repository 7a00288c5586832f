/// Makes JSON texts of every shape, and damages them.
public struct JSONGenerator {
  private var random: SeededGenerator
  private let allowsNewlines: Bool

  /// Keys that come again and again, in several spellings, so that objects repeat them; some match wanted paths.
  private static let keys = [
    "a", "b", "c", "\\u0061", "é", "\\u00e9", "", "e\u{301}", "sixteen bytes ab", "a key of more than sixteen bytes",
    "a key of more than sixteen bytez", "\\\"", "/", "\\/", "type", "user_rating", "\u{1F600}", "\\ud83d\\ude00",
  ]
  private static let strings = [
    "", "x", "\\n", "\\u0000", "日本語", "\u{7F}", "\\ud83d\\ude00", "\\ud800", "\\udc00\\ud800", "\u{10FFFF}", "\u{FEFF}",
    "a longer text without anything to see", "\\\\\\\"", "{\\\"a\\\":[1]}", "\u{2028}", "[,]:{}",
  ]
  private static let numbers = [
    "0", "-0", "1", "-12.5", "1e400", "1E-7", "0.10", "9007199254740993", "2e+0", "-0.0e-00", "01", "1.", "-", "+1",
    ".5",
  ]

  /// Starts a sequence; `allowsNewlines` lets them stand among white space and in damage.
  public init(seed: UInt64, allowsNewlines: Bool) {
    random = SeededGenerator(seed: seed)
    self.allowsNewlines = allowsNewlines
  }

  /// A text, damaged in most cases.
  public mutating func next() -> [UInt8] {
    var text: [UInt8] = []
    space(&text)
    if chance(10) { value(&text, depth: 0) } else { object(&text, depth: 0) }
    space(&text)
    if chance(3) { return text }
    for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&text) }
    if !allowsNewlines { text.removeAll { $0 == 0x0A } }
    return text
  }

  /// True once in `count` times.
  private mutating func chance(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  private mutating func pick(_ list: [String], _ text: inout [UInt8]) {
    text += (list.randomElement(using: &random) ?? "").utf8
  }

  private mutating func space(_ text: inout [UInt8]) {
    if !chance(4) { return }
    pick(allowsNewlines ? [" ", "\t", "\r\n", "  \n"] : [" ", "\t", "\r", "   "], &text)
  }

  private mutating func value(_ text: inout [UInt8], depth: Int) {
    switch Int.random(in: 0..<(depth > 5 ? 5 : 8), using: &random) {
    case 0: pick(["true", "false", "null"], &text)
    case 1, 2: pick(Array(Self.numbers.prefix(chance(20) ? Self.numbers.count : 10)), &text)
    case 3, 4: string(Self.strings, &text)
    case 5: array(&text, depth: depth)
    default: object(&text, depth: depth)
    }
  }

  private mutating func string(_ list: [String], _ text: inout [UInt8]) {
    text.append(0x22)
    pick(list, &text)
    if chance(8) { pick(list, &text) }
    text.append(0x22)
  }

  private mutating func array(_ text: inout [UInt8], depth: Int) {
    text.append(0x5B)
    for index in 0..<Int.random(in: 0...3, using: &random) {
      if index > 0 { text.append(0x2C) }
      space(&text)
      value(&text, depth: depth + 1)
      space(&text)
    }
    text.append(0x5D)
  }

  /// An object of few members; now and then of so many that its keys are sorted at its end.
  private mutating func object(_ text: inout [UInt8], depth: Int) {
    text.append(0x7B)
    space(&text)
    let isLarge = chance(60)
    let count = isLarge ? Int.random(in: 30...40, using: &random) : Int.random(in: 0...4, using: &random)
    for index in 0..<count {
      if index > 0 { text.append(0x2C) }
      space(&text)
      if isLarge && !chance(60) || !isLarge && chance(2) {
        text += "\"key \(index)\"".utf8
      } else {
        string(Self.keys, &text)
      }
      space(&text)
      text.append(0x3A)
      space(&text)
      if isLarge { text.append(0x30) } else { value(&text, depth: depth + 1) }
      space(&text)
    }
    text.append(0x7D)
  }

  private mutating func damage(_ text: inout [UInt8]) {
    if text.isEmpty { return }
    let at = Int.random(in: 0..<text.count, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: text[at] = UInt8.random(in: .min ... .max, using: &random)
    case 1: text.remove(at: at)
    case 2: text.insert(UInt8.random(in: .min ... .max, using: &random), at: at)
    case 3: text.insert(Array("{}[],:\"\\u0.-e\0".utf8).randomElement(using: &random) ?? 0, at: at)
    case 4: text.removeSubrange(at...)
    case 5: text.insert(contentsOf: text[at...].prefix(Int.random(in: 1...12, using: &random)), at: at)
    default: text.removeSubrange(at..<min(text.count, at + Int.random(in: 1...6, using: &random)))
    }
  }
}
