/// Check digits, which tell numbers of a kind from any others.
///
/// All take the bare digits, without spaces or dashes.
public enum Checksums {
  /// Whether digits satisfy Luhn's formula (ISO/IEC 7812-1, annex B), as card numbers do.
  ///
  /// A tenth of all random numbers does as well: it is never enough alone.
  public static func isLuhn(_ digits: Span<UInt8>) -> Bool {
    var sum = 0
    for index in 0..<digits.count {
      guard let digit = digit(digits[index]) else { return false }
      let doubled = (digits.count - index) & 1 == 0 ? digit * 2 : digit
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    return digits.count > 1 && sum % 10 == 0
  }

  /// Whether text is an IBAN (ISO 13616): a country and its length, and the remainder 1.
  public static func isIBAN(_ text: Span<UInt8>) -> Bool {
    if text.count < 15 || !isUppercase(text[0]) || !isUppercase(text[1]) { return false }
    if digit(text[2]) == nil || digit(text[3]) == nil { return false }
    return ibanLength(text[0], text[1]) == text.count && remainder97(text) == 1
  }

  /// The remainder by 97 of a number whose first four characters are moved to its end, letters counting 10 to 35
  /// (ISO/IEC 7064, MOD 97-10); nil where there is anything but digits and capital letters, or less than four.
  public static func remainder97(_ text: Span<UInt8>) -> Int? {
    if text.count < 4 { return nil }
    var remainder = 0
    for index in 0..<text.count {
      let byte = text[(index + 4) % text.count]
      if let digit = digit(byte) {
        remainder = (remainder * 10 + digit) % 97
      } else if isUppercase(byte) {
        remainder = (remainder * 100 + Int(byte) - 0x41 + 10) % 97
      } else {
        return nil
      }
    }
    return remainder
  }

  /// Whether nine digits are a routing number of the American Bankers Association: weights 3, 7, 1, sum divisible by
  /// 10.
  public static func isABARouting(_ digits: Span<UInt8>) -> Bool {
    if digits.count != 9 { return false }
    var sum = 0
    for index in 0..<9 {
      guard let digit = digit(digits[index]) else { return false }
      sum += digit * (index % 3 == 0 ? 3 : index % 3 == 1 ? 7 : 1)
    }
    return sum > 0 && sum % 10 == 0
  }

  /// Whether digits satisfy Verhoeff's scheme (1969), as Aadhaar numbers do.
  public static func isVerhoeff(_ digits: Span<UInt8>) -> Bool {
    var check = 0
    for index in 0..<digits.count {
      guard var digit = digit(digits[digits.count - 1 - index]) else { return false }
      for _ in 0..<index % 8 { digit = verhoeffPermutation[digit] }
      check = dihedralProduct(check, digit)
    }
    return digits.count > 1 && check == 0
  }

  private static let verhoeffPermutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

  /// The product in the dihedral group of order 10: 0 to 4 turn, 5 to 9 turn over.
  private static func dihedralProduct(_ left: Int, _ right: Int) -> Int {
    let turns = left < 5 ? (left + right % 5) % 5 : (left - right % 5) % 5
    return (left < 5) == (right < 5) ? turns : turns + 5
  }

  private static func digit(_ byte: UInt8) -> Int? { byte &- 0x30 < 10 ? Int(byte) - 0x30 : nil }

  private static func isUppercase(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

  /// How many characters the IBANs of a country have, by the two capital letters of its code; nil for what is no country
  /// with IBANs.
  public static func ibanLength(_ first: UInt8, _ second: UInt8) -> Int? {
    ibanLengths[UInt16(first) << 8 | UInt16(second)]
  }

  private static let ibanLengths: [UInt16: Int] = {
    var lengths: [UInt16: Int] = [:]
    for group in ibanCountries.split(separator: "\n") {
      let words = group.split(separator: " ").map { Array($0.utf8) }
      let length = words[0].reduce(0) { $0 * 10 + Int($1) - 0x30 }
      for country in words.dropFirst() { lengths[UInt16(country[0]) << 8 | UInt16(country[1])] = length }
    }
    return lengths
  }()

  /// The registry of SWIFT: a length and the countries that have it.
  private static let ibanCountries = """
    15 NO
    16 BE
    18 DK FI FK FO GL NL SD
    19 MK SI
    20 AT BA EE KZ LT LU MN XK
    21 CH HR LI LV
    22 BG BH CR DE GB GE IE ME RS VA
    23 AE GI IL IQ OM SO TL
    24 AD CZ ES MD PK RO SA SE SK TN VG
    25 LY PT ST
    26 IS TR
    27 BI DJ FR GR IT MC MR SM
    28 AL AZ BY CY DO GT HN HU LB NI PL SV
    29 BR EG PS QA UA
    30 JO KW MU YE
    31 MT SC
    32 LC
    33 RU
    """
}
