/// Scripts, as far as they tell languages apart that people write.
enum Script: Int, Sendable, CaseIterable {
  case latin, greek, cyrillic, hebrew, arabic, indic, thai, hangul, eastAsian

  /// The script of most letters of a text, nil where it has less than 10 letters.
  static func main(of text: Span<UInt8>) -> Script? {
    var counts = [Int](repeating: 0, count: allCases.count)
    var total = 0
    var position = 0
    while position < text.count {
      let (scalar, length) = text.scalar(at: position)
      position += length
      guard let script = Script(letter: scalar) else { continue }
      counts[script.rawValue] += 1
      total += 1
    }
    if total < 10 { return nil }
    return allCases.first { counts[$0.rawValue] * 2 > total }
  }

  /// The script of a letter by its block; Han, Kana and Bopomofo are one, as Japanese mixes them.
  private init?(letter scalar: UInt32) {
    switch scalar {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: self = .latin
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x400...0x52F: self = .cyrillic
    case 0x590...0x5FF: self = .hebrew
    case 0x600...0x6FF, 0x750...0x77F, 0x8A0...0x8FF: self = .arabic
    case 0x900...0xDFF: self = .indic
    case 0xE00...0xE7F: self = .thai
    case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: self = .hangul
    case 0x3040...0x312F, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x2_0000...0x3_FFFF: self = .eastAsian
    default: return nil
    }
  }
}
