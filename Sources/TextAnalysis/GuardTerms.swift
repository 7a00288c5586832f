import Digest

/// What must be the same in two texts, however alike they are else: numbers, addresses, identifiers of code, negations.
///
/// "It costs $5." and "It costs $50." share nearly all shingles, and so do "What is C?" and "What is C++?".
public enum GuardTerms {
  /// A hash of the multiset of the guarded terms of a text, whatever their order.
  ///
  /// A term is a word between white space without the punctuation around it: an address (`://` or `www.`), one with a
  /// digit, or an identifier (`snake_case`, `camelCase`, `a.b`, `a::b`, `C++`, `--flag`), as it is spelled; negations
  /// count as one another, in English and the commonest of German, French, Spanish, Italian, Dutch. Scripts without
  /// spaces end a word; no negation is known of them.
  public static func fingerprint(of text: Span<UInt8>) -> UInt64 {
    var sum: UInt64 = 0
    var word: [UInt8] = []
    var traits: Traits = []
    var position = 0
    while position < text.count {
      var (scalar, length) = text.scalar(at: position)
      position += length
      if scalar >= 0x80 { scalar = plain(scalar) }
      if scalar > 0x20 {
        traits.formUnion(.of(scalar, after: word.last))
        if scalar < 0x80 { word.append(UInt8(truncatingIfNeeded: scalar)) } else { word.append(scalar: scalar) }
        if position < text.count { continue }
      }
      if !word.isEmpty { sum &+= term(word, traits) }
      word.removeAll(keepingCapacity: true)
      traits = []
    }
    return sum
  }

  /// What was seen in a word.
  private struct Traits: OptionSet {
    var rawValue: UInt8
    static let digit = Traits(rawValue: 1)
    static let letter = Traits(rawValue: 2)
    /// A capital after a small letter.
    static let hump = Traits(rawValue: 4)
    /// A sign that joins the parts of identifiers.
    static let joint = Traits(rawValue: 8)

    @inline(__always)
    static func of(_ scalar: UInt32, after last: UInt8?) -> Traits {
      switch scalar {
      case 0x30...0x39: .digit
      case 0x61...0x7A: .letter
      case 0x41...0x5A: isLower(last) ? [.letter, .hump] : .letter
      case 0x23, 0x2B, 0x2D, 0x2E, 0x3A, 0x3D, 0x3E, 0x40, 0x5C, 0x5F: .joint  // #+-.:=>@\_
      default: []
      }
    }

    private static func isLower(_ byte: UInt8?) -> Bool { (byte ?? 0) &- 0x61 < 26 }
  }

  /// What a scalar beyond ASCII stands for in a word: itself, a digit or sign of ASCII, or a space that ends the word.
  private static func plain(_ scalar: UInt32) -> UInt32 {
    if scalar == 0x2019 { return 0x27 }
    if scalar == 0x2212 { return 0x2D }
    if scalar &- 0xFF10 < 10 { return scalar - 0xFF10 + 0x30 }
    // The spaces and quotes of Latin-1, general punctuation, and the scripts that have no spaces.
    if scalar == 0xA0 || scalar == 0xAB || scalar == 0xBB || scalar &- 0x2000 < 0x70 { return 0x20 }
    if scalar >= 0x2E80 && scalar < 0x1_F000 { return 0x20 }
    let properties = (Unicode.Scalar(scalar) ?? "\u{FFFD}").properties
    if scalar >= 0x660, properties.generalCategory == .decimalNumber, let value = properties.numericValue {
      return 0x30 + UInt32(value)
    }
    return scalar
  }

  private enum Kind: UInt64 { case address = 1, identifier, number, negation }

  /// The hash of a word that is guarded, 0 for one that is not.
  private static func term(_ word: [UInt8], _ traits: Traits) -> UInt64 {
    var start = 0
    var end = word.count
    while start < end && isAround(word[start]) { start += 1 }
    while end > start && isAround(word[end - 1]) { end -= 1 }
    if start == end { return 0 }
    let kind: Kind
    if traits.contains(.joint) && isAddress(word, start..<end) {
      kind = .address
    } else if traits.contains(.digit) {
      kind = .number
    } else if traits.contains(.letter) && (traits.contains(.hump) || isIdentifier(word, start..<end)) {
      kind = .identifier
    } else if isNegation(word, start..<end) {
      return StableHash.combine(Kind.negation.rawValue, 0)
    } else {
      return 0
    }
    return StableHash.hash(word.span, start..<end, seed: kind.rawValue)
  }

  /// Whether a sign stands around words and is no part of them: `"'()*,.:;<>?!` and their like.
  private static func isAround(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x22, 0x27, 0x28, 0x29, 0x2A, 0x2C, 0x2E, 0x3A, 0x3B, 0x3C, 0x3E, 0x3F, 0x5B, 0x5D, 0x60, 0x7B, 0x7D:
      true
    default: false
    }
  }

  private static func isAddress(_ word: [UInt8], _ range: Range<Int>) -> Bool {
    if word[range].starts(with: [0x77, 0x77, 0x77, 0x2E]) { return true }  // www.
    for index in range.dropLast(2) where word[index] == 0x3A && word[index + 1] == 0x2F && word[index + 2] == 0x2F {
      return true
    }
    return false
  }

  /// Whether a joint stands where identifiers have one: `_`, `@`, `=` and `\` anywhere, `.`, `::` and `->` between
  /// letters, `+` and `#` after one, `-` in front.
  private static func isIdentifier(_ word: [UInt8], _ range: Range<Int>) -> Bool {
    for index in range {
      let isFirst = index == range.lowerBound
      let hasNext = index + 1 < range.upperBound
      switch word[index] {
      case 0x5F, 0x40, 0x3D, 0x5C: return true
      case 0x2E: if !isFirst && hasNext { return true }
      case 0x3A: if hasNext && word[index + 1] == 0x3A { return true }
      case 0x2D: if isFirst && hasNext || hasNext && word[index + 1] == 0x3E { return true }
      case 0x2B, 0x23: if !isFirst { return true }
      default: break
      }
    }
    return false
  }

  private static func isNegation(_ word: [UInt8], _ range: Range<Int>) -> Bool {
    // ...n't
    let end = range.upperBound
    if range.count > 3 && word[end - 1] | 0x20 == 0x74 && word[end - 2] == 0x27 && word[end - 3] | 0x20 == 0x6E {
      return true
    }
    if range.count > 8 { return false }
    var packed: UInt64 = 0
    for index in range {
      let byte = word[index]
      packed = packed << 8 | UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    var (low, high) = (0, negations.count)
    while low < high {
      let middle = (low + high) >> 1
      if negations[middle] < packed { low = middle + 1 } else { high = middle }
    }
    return low < negations.count && negations[low] == packed
  }

  /// Up to eight letters packed into a number, in order.
  private static let negations: [UInt64] = """
    no not never none nor neither nothing nobody nowhere cannot without dont cant wont isnt doesnt
    nicht kein keine keinen keiner keinem nie niemals ohne ne pas jamais sans non nunca sin mai senza niet geen nooit
    """.split(whereSeparator: \.isWhitespace).map { $0.utf8.reduce(0) { $0 << 8 | UInt64($1) } }.sorted()
}
