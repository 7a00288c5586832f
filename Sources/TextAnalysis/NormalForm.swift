/// Two forms of a text under which texts count as the same.
///
/// Both are idempotent, and bytes that are no UTF-8 become U+FFFD. ASCII is worked on as bytes; the Unicode database is
/// asked only for what lies beyond. Decompositions are those of `DecompositionTable`; categories and lowercase are
/// those of Swift's standard library.
public enum NormalForm {
  /// Replaces `form` by the light form of a text: the same words, spelled alike.
  ///
  /// NFC; CR LF and CR are LF; runs of spaces and tabs are one space; no white space of ASCII at the ends. Case and
  /// punctuation stay.
  public static func light(_ bytes: Span<UInt8>, into form: inout [UInt8]) {
    if bytes.isASCII || isComposed(bytes) { return collapse(bytes, into: &form) }
    var scalars: [UInt32] = []
    scalars.append(utf8: bytes)
    ScalarNormalizer.normalize(&scalars, isCompatible: false)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for scalar in scalars { text.append(scalar: scalar) }
    collapse(text.span, into: &form)
  }

  /// Whether a text is its own light form, as most are; false also for some that are, so that the look at it is a quick
  /// one.
  public static func isLight(_ bytes: Span<UInt8>) -> Bool {
    if bytes.count == 0 { return true }
    if isSpace(bytes[0]) || isSpace(bytes[bytes.count - 1]) { return false }
    // No branches, so that the compiler looks at many bytes at once.
    var marks: UInt8 = 0
    var bits: UInt8 = bytes[0]
    for index in 1..<bytes.count {
      let byte = bytes[index]
      let isDoubled: UInt8 = byte | bytes[index - 1] == 0x20 ? 1 : 0
      let isBroken: UInt8 = byte == 0x09 || byte == 0x0D ? 1 : 0
      marks |= isDoubled | isBroken
      bits |= byte
    }
    return marks == 0 && (bits < 0x80 || isComposed(bytes))
  }

  /// Whether a text is in NFC for sure, by a look at the first two bytes of its characters: none of those in
  /// `composedLength` is changed by it, or changes what stands before.
  private static func isComposed(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index < bytes.count {
      if bytes[index] < 0x80 {
        index &+= 1
        continue
      }
      let length = composedLength(bytes, index)
      if length == 0 || index + length > bytes.count { return false }
      for next in index + 1..<index + length where bytes[next] & 0xC0 != 0x80 { return false }
      index += length
    }
    return true
  }

  /// The bytes of a character of Latin, Greek, Cyrillic, Hebrew or Arabic without marks of their own, of Chinese, Japanese or Korean in
  /// one piece, of the commonest punctuation, or of U+1F000 to U+1FFFF; 0 for others.
  private static func composedLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    if index + 2 >= bytes.count { return bytes[index] >= 0xC2 && bytes[index] <= 0xCB ? 2 : 0 }
    let (second, third) = (bytes[index + 1], bytes[index + 2])
    switch bytes[index] {
    // To U+02FF; U+0380 to U+03FF but U+0387; U+0400 to U+047F; letters of Hebrew and of Arabic.
    case 0xC2...0xCB, 0xCF, 0xD0, 0xD1: return 2
    case 0xCE: return second == 0x87 ? 0 : 2
    case 0xD7: return (0x90...0xAA).contains(second) ? 2 : 0
    case 0xD8: return (0xA1...0xBA).contains(second) ? 2 : 0
    case 0xD9: return (0x81...0x8A).contains(second) ? 2 : 0
    // U+1E00 to U+1EFF.
    case 0xE1: return (0xB8...0xBB).contains(second) ? 3 : 0
    // U+2002 to U+203F.
    case 0xE2: return second == 0x80 && third >= 0x82 ? 3 : 0
    // U+3000 to U+30FF but the marks U+302A to U+302F, U+3099 and U+309A.
    case 0xE3:
      let isMark = second == 0x80 && (0xAA...0xAF).contains(third) || second == 0x82 && (third == 0x99 || third == 0x9A)
      return second > 0x83 || isMark ? 0 : 3
    // U+4000 to U+9FFF, and syllables from U+AC00 to U+D77F.
    case 0xE4...0xE9, 0xEB, 0xEC: return 3
    case 0xEA: return second >= 0xB0 ? 3 : 0
    case 0xED: return second <= 0x9D ? 3 : 0
    case 0xF0: return second == 0x9F ? 4 : 0
    default: return 0
    }
  }

  /// Replaces `form` by the heavy form of a text: words of letters and digits in lower case, a space between them.
  ///
  /// NFKC, lowercase (each scalar by itself), format characters (Cf) deleted, punctuation, symbols, separators and
  /// controls (P, S, Z, C) made a space, spaces squeezed, and NFC once more, as lowercasing and deleting let marks meet
  /// letters that they compose with. It merges "C" with "C++": whoever finds candidates with it verifies them.
  public static func heavy(_ bytes: Span<UInt8>, into form: inout [UInt8]) {
    if bytes.isASCII { return heavyASCII(bytes, into: &form) }
    var scalars: [UInt32] = []
    scalars.append(utf8: bytes)
    ScalarNormalizer.normalize(&scalars, isCompatible: true)
    var words: [UInt32] = []
    words.reserveCapacity(scalars.count)
    for scalar in scalars { appendHeavy(scalar, to: &words) }
    if words.last == 0x20 { words.removeLast() }
    ScalarNormalizer.normalize(&words, isCompatible: false)
    form.removeAll(keepingCapacity: true)
    for scalar in words { form.append(scalar: scalar) }
  }

  /// What each character of ASCII is in the heavy form: itself, its lower case, or a space.
  private static let heavyBytes: [UInt8] = (0..<128).map { byte in
    switch UInt8(byte) {
    case 0x41...0x5A: UInt8(byte) | 0x20
    case 0x30...0x39, 0x61...0x7A: UInt8(byte)
    default: 0x20
    }
  }

  private static func heavyASCII(_ bytes: Span<UInt8>, into form: inout [UInt8]) {
    let table = heavyBytes
    form.removeAll(keepingCapacity: true)
    form.append(addingCapacity: bytes.count) { output in
      var isSpace = true
      for index in 0..<bytes.count {
        let byte = table[Int(bytes[index])]
        if byte != 0x20 || !isSpace { output.append(byte) }
        isSpace = byte == 0x20
      }
      if isSpace && !output.isEmpty { _ = output.removeLast() }
    }
  }

  private static func appendHeavy(_ scalar: UInt32, to words: inout [UInt32]) {
    if scalar < 0x80 {
      let byte = UInt32(heavyBytes[Int(scalar)])
      if byte != 0x20 || words.last ?? 0x20 != 0x20 { words.append(byte) }
      return
    }
    // Unified ideographs are letters, all of them.
    if scalar &- 0x4E00 < 0x5200 { return words.append(scalar) }
    let properties = (Unicode.Scalar(scalar) ?? "\u{FFFD}").properties
    switch properties.generalCategory {
    case .format: break
    case .uppercaseLetter, .titlecaseLetter:
      for lower in properties.lowercaseMapping.unicodeScalars { words.append(lower.value) }
    case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
      .decimalNumber, .letterNumber, .otherNumber:
      words.append(scalar)
    default:
      if words.last ?? 0x20 != 0x20 { words.append(0x20) }
    }
  }

  /// The light form of text that is in NFC.
  private static func collapse(_ bytes: Span<UInt8>, into form: inout [UInt8]) {
    var end = bytes.count
    while end > 0 && isSpace(bytes[end - 1]) { end -= 1 }
    var start = 0
    while start < end && isSpace(bytes[start]) { start += 1 }
    form.removeAll(keepingCapacity: true)
    form.reserveCapacity(end - start)
    // From here on all is as it was, and not copied yet.
    var kept = start
    var last: UInt8 = 0
    var index = start
    while index < end {
      if index > start, index + blockSize <= end, isPlain(bytes, index, after: last) {
        index += blockSize
        last = bytes[index - 1]
        continue
      }
      let stop = min(index + blockSize, end)
      while index < stop {
        let byte = bytes[index]
        if byte <= 0x20, let space = Self.space(byte, after: last, index > 0 ? bytes[index - 1] : 0) {
          if space != byte {
            form.append(bytes, kept..<index)
            kept = index + 1
            if space != 0 { form.append(space) }
          }
          if space != 0 { last = space }
        } else {
          last = byte
        }
        index += 1
      }
    }
    form.append(bytes, kept..<end)
  }

  private static let blockSize = 32

  /// What stands for white space after `last` in the form and `before` in the text: 0 for nothing; nil for another byte.
  private static func space(_ byte: UInt8, after last: UInt8, _ before: UInt8) -> UInt8? {
    switch byte {
    case 0x0A: before == 0x0D ? 0 : 0x0A
    case 0x0D: 0x0A
    case 0x09, 0x20: last == 0x20 ? 0 : 0x20
    default: nil
    }
  }

  /// Whether a block at an index above 0 is its own light form after `last`.
  private static func isPlain(_ bytes: Span<UInt8>, _ index: Int, after last: UInt8) -> Bool {
    if bytes[index] == 0x20 && last == 0x20 || bytes[index - 1] == 0x0D { return false }
    // No branches, so that the compiler looks at many bytes at once.
    var marks: UInt8 = 0
    for place in index..<index + blockSize {
      let byte = bytes[place]
      let isDoubled: UInt8 = byte | bytes[place - 1] == 0x20 ? 1 : 0
      let isBroken: UInt8 = byte == 0x09 || byte == 0x0D ? 1 : 0
      marks |= isDoubled | isBroken
    }
    return marks == 0
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
