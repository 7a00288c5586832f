/// The syllables of Hangul, whose composition is arithmetic (Unicode, section 3.12).
enum Hangul {
  private static let syllables: UInt32 = 0xAC00
  private static let leading: UInt32 = 0x1100
  private static let vowels: UInt32 = 0x1161
  /// One before the first trailing consonant.
  private static let trailing: UInt32 = 0x11A7
  private static let leadingCount: UInt32 = 19
  private static let vowelCount: UInt32 = 21
  private static let trailingCount: UInt32 = 28
  private static let syllableCount = leadingCount * vowelCount * trailingCount

  /// Whether a scalar is a syllable.
  static func isSyllable(_ scalar: UInt32) -> Bool { scalar &- syllables < syllableCount }

  /// Whether a scalar may stand second or third in a syllable.
  static func isVowelOrTrailing(_ scalar: UInt32) -> Bool {
    scalar &- vowels < vowelCount || scalar &- trailing &- 1 < trailingCount - 1
  }

  /// The parts of a syllable; the third is nil where there is none.
  static func parts(of syllable: UInt32) -> (leading: UInt32, vowel: UInt32, trailing: UInt32?) {
    let index = syllable - syllables
    let third = index % trailingCount
    return (
      leading + index / (vowelCount * trailingCount), vowels + index / trailingCount % vowelCount,
      third == 0 ? nil : trailing + third
    )
  }

  /// What two scalars compose to, nil where they do not.
  static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- leading < leadingCount && second &- vowels < vowelCount {
      return syllables + ((first - leading) * vowelCount + second - vowels) * trailingCount
    }
    let isOpen = isSyllable(first) && (first - syllables) % trailingCount == 0
    if isOpen && second &- trailing &- 1 < trailingCount - 1 { return first + second - trailing }
    return nil
  }
}
