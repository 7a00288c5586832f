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
    if bytes.isASCII { return collapse(bytes, into: &form) }
    var scalars: [UInt32] = []
    scalars.append(utf8: bytes)
    ScalarNormalizer.normalize(&scalars, isCompatible: false)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for scalar in scalars { text.append(scalar: scalar) }
    collapse(text.span, into: &form)
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
    form.append(addingCapacity: end - start) { output in
      var last: UInt8 = 0
      for index in start..<end {
        var byte = bytes[index]
        if byte <= 0x20 {
          if byte == 0x0A && bytes[index - 1] == 0x0D { continue }
          if byte == 0x0D { byte = 0x0A }
          if byte == 0x09 { byte = 0x20 }
          if byte == 0x20 && last == 0x20 { continue }
        }
        output.append(byte)
        last = byte
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
