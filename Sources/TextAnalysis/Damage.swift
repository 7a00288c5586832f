/// What happens to text on its way through programs that take it for something else.
struct Damage {
  private(set) var hasReplacement = false
  private(set) var hasControl = false
  private var mojibakeCount = 0

  /// Whether there is UTF-8 that was read as Windows-1252 or Latin-1: twice, as one may be meant.
  var isMojibake: Bool { mojibakeCount >= 2 }

  init(_ text: Span<UInt8>) {
    var position = 0
    var last: UInt32 = 0
    while position < text.count {
      let (scalar, length) = text.scalar(at: position)
      position += length
      if scalar < 0x80 {
        if scalar < 0x20 && scalar != 0x09 && scalar != 0x0A && scalar != 0x0D || scalar == 0x7F { hasControl = true }
      } else {
        if scalar == 0xFFFD { hasReplacement = true }
        if scalar < 0xA0 { hasControl = true }
        note(last, scalar)
      }
      last = scalar
    }
  }

  /// The first bytes of characters up to U+00FF and of general punctuation, each with a byte that may follow.
  private mutating func note(_ first: UInt32, _ second: UInt32) {
    switch first {
    // Â and Ã, then what bytes 0x80 to 0xBF are in Windows-1252; a guillemet may follow a word in capitals.
    case 0xC2, 0xC3:
      if second <= 0xBF && second != 0xBB || second == 0x20AC || second == 0x2122 || second == 0x0153 {
        mojibakeCount += 1
      }
    // â€, which begins dashes and quotes
    case 0xE2: if second == 0x20AC || second == 0x80 { mojibakeCount += 2 }
    default: break
    }
  }
}
