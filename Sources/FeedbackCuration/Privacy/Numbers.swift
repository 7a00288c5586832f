import TextAnalysis

extension Span<UInt8> {
  // MARK: Account numbers

  /// The IBAN whose first digit stands at a place, with one space or dash between its characters at most.
  func iban(at digit: Int, from low: Int) -> Range<Int>? {
    let start = digit - 2
    if start < low || digit + 1 >= count || !self[start].isLetter || !self[start + 1].isLetter { return nil }
    if !self[digit + 1].isDigit || (start > 0 && self[start - 1].isWord) { return nil }
    guard let length = Checksums.ibanLength(self[start].uppercase, self[start + 1].uppercase) else { return nil }
    var compact: [UInt8] = []
    var position = start
    while position < count && compact.count < length {
      let byte = self[position]
      if byte.isLetter || byte.isDigit {
        compact.append(byte.uppercase)
      } else if (byte != 0x20 && byte != 0x2D) || !self[position - 1].isWord {
        return nil
      }
      position += 1
    }
    if compact.count < length || (position < count && self[position].isWord) { return nil }
    return Checksums.isIBAN(compact.span) ? start..<position : nil
  }

  // MARK: Cards

  /// The card number that begins at a place: 13 to 19 digits in one piece, or in groups of 4-4-4-4 (and up to 3 more),
  /// 4-6-5 or 4-6-4 with spaces or dashes between them; of an issuer, of a length that it has, and with a check digit
  /// that is right.
  ///
  /// Neither a fraction nor part of a row of numbers.
  func card(at start: Int) -> Range<Int>? {
    if start > 1 && (self[start - 1] == 0x2E || self[start - 1] == 0x2C) && self[start - 2].isDigit { return nil }
    if start > 4 && !self[start - 1].isWord && (start == 5 || !self[start - 6].isWord) {
      let before = start - 5..<start - 1
      if before.allSatisfy({ self[$0].isHexadecimal }) && before.contains(where: { self[$0].isDigit }) { return nil }
    }
    var digits: [UInt8] = []
    var sizes: [Int] = []
    var best: Range<Int>?
    var position = start
    while sizes.count < 5 {
      let group = position
      while position < count && self[position].isDigit {
        if digits.count == 19 { return best }
        digits.append(self[position])
        position += 1
      }
      sizes.append(position - group)
      let isFraction = position + 1 < count && self[position] == 0x2E && self[position + 1].isDigit
      let isFree = position >= count || (!self[position].isWord && !isFraction)
      if isFree && Self.isCardLayout(sizes) && Self.isCard(digits) { best = start..<position }
      let goesOn =
        position + 1 < count && (self[position] == 0x20 || self[position] == 0x2D) && self[position + 1].isDigit
      if !goesOn || sizes.count > 1 && self[position] != self[start + sizes[0]] { return best }
      position += 1
    }
    // More numbers of the same kind follow: it is a row of them.
    return nil
  }

  private static func isCardLayout(_ sizes: [Int]) -> Bool {
    switch sizes.count {
    case 1: (13...19).contains(sizes[0])
    case 3: sizes[0] == 4 && sizes[1] == 6 && (sizes[2] == 5 || sizes[2] == 4)
    case 4: sizes.allSatisfy { $0 == 4 }
    case 5: sizes.dropLast().allSatisfy { $0 == 4 } && sizes[4] <= 3
    default: false
    }
  }

  private static func isCard(_ digits: [UInt8]) -> Bool {
    var prefix = 0
    for digit in digits.prefix(6) { prefix = prefix * 10 + Int(digit - 0x30) }
    return CardIssuers.hasLength(digits.count, prefix: prefix) && Checksums.isLuhn(digits.span)
  }

  // MARK: Telephones

  /// The telephone number whose first digit stands at a place: `+` and 8 to 15 digits; a North American number in its
  /// groups; or 7 to 15 digits shortly after a word such as `phone` or `call`.
  func phone(at digit: Int, from low: Int) -> Range<Int>? {
    var start = digit
    if start > low && self[start - 1] == 0x28 { start -= 1 }
    let hasPlus = start > low && self[start - 1] == 0x2B
    if hasPlus { start -= 1 }
    if start > low {
      if hasPlus && self[start - 1] == 0x28 { start -= 1 }
      let before = start > 0 ? self[start - 1] : 0x20
      // In a word, a fraction, a path, a range, an amount.
      if before.isWord || [0x2E, 0x2C, 0x2D, 0x2F, 0x23, 0x24, 0x2B, 0x2A, 0xAC, 0xA3].contains(before) { return nil }
    }
    let groups = digitGroups(from: digit)
    if hasPlus {
      if self[digit] == 0x30 { return nil }
      var total = 0
      var end: Int?
      for group in groups {
        total += group.count
        if total > 15 { break }
        if total >= 8 { end = group.upperBound }
      }
      return end.map { start..<closed($0, start) }
    }
    if let end = endOfAmerican(groups, isMarked: start < digit) { return start..<end }
    var total = 0
    for group in groups { total += group.count }
    if total < 7 || total > 15 || isDate(groups) { return nil }
    guard let end = groups.last?.upperBound, end >= count || !self[end].isWord else { return nil }
    return PhoneWords.all.contains { standsShortlyBefore(start, $0, within: 24, from: low) } ? start..<end : nil
  }

  /// Runs of digits with one or two of ` -./()` between them, up to eight.
  private func digitGroups(from start: Int) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var position = start
    while groups.count < 8 {
      let group = position
      while position < count && self[position].isDigit { position += 1 }
      groups.append(group..<position)
      var next = position
      while next < count && next - position < 2 && [0x20, 0x2D, 0x2E, 0x2F, 0x28, 0x29].contains(self[next]) {
        next += 1
      }
      if next == position || next >= count || !self[next].isDigit { break }
      position = next
    }
    return groups
  }

  /// The end of `ddd-ddd-dddd`, after a `1` or not, with signs between that numbers in a row do not have.
  private func endOfAmerican(_ groups: [Range<Int>], isMarked: Bool) -> Int? {
    let hasCountry = groups[0].count == 1 && self[groups[0].lowerBound] == 0x31
    let parts = groups.dropFirst(hasCountry ? 1 : 0).prefix(3)
    guard parts.count == 3, let area = parts.first, let line = parts.last else { return nil }
    let exchange = parts[parts.startIndex + 1]
    if area.count != 3 || exchange.count != 3 || line.count != 4 { return nil }
    if self[area.lowerBound] < 0x32 || self[exchange.lowerBound] < 0x32 { return nil }
    let hasSigns = self[line.lowerBound - 1] != 0x20 && (isMarked || self[area.upperBound] != 0x20)
    if !hasSigns || (line.upperBound < count && self[line.upperBound].isWord) { return nil }
    return line.upperBound
  }

  /// Includes the bracket that a number stands in.
  private func closed(_ end: Int, _ start: Int) -> Int {
    self[start] == 0x28 && self[start + 1] == 0x2B && end < count && self[end] == 0x29 ? end + 1 : end
  }

  private func isDate(_ groups: [Range<Int>]) -> Bool {
    if groups.count < 3 { return false }
    let sizes = groups.prefix(3).map(\.count)
    return sizes[0] == 4 && sizes[1] <= 2 && sizes[2] <= 2
      || sizes[0] <= 2 && sizes[1] <= 2 && (sizes[2] == 4 || sizes[2] == 2)
  }
}

extension UInt8 {
  var uppercase: UInt8 { self &- 0x61 < 26 ? self & 0xDF : self }
}

enum CardIssuers {
  /// Whether an issuer of cards has numbers of a length that begin with six digits (ISO/IEC 7812 and the issuers'
  /// lists).
  static func hasLength(_ length: Int, prefix: Int) -> Bool {
    switch prefix / 100 {
    case 4000...4999: length == 13 || length == 16 || length == 19  // Visa
    case 5100...5599, 2221...2720: length == 16  // Mastercard
    case 3400...3499, 3700...3799: length == 15  // American Express
    case 6011, 6440...6599: length >= 16  // Discover
    case 3528...3589: length >= 16  // JCB
    case 3000...3059, 3600...3699, 3800...3999: length == 14 || length == 16  // Diners Club
    case 6200...6299: length >= 16  // UnionPay
    case 5018, 5020, 5038, 6304, 6759, 6761...6763: length >= 13  // Maestro
    default: false
    }
  }
}

enum PhoneWords {
  /// What stands before a number that is to be called, in English, German, French, Spanish.
  static let all = """
    phone telephone tel mobile cell fax call sms text whatsapp dial ring hotline telefon handy mobil anrufen
    téléphone appelez teléfono móvil llame
    """.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
}
