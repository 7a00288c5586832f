extension Span<UInt8> {
  // MARK: E-mail

  /// The e-mail address whose `@` stands at a place; nothing of it stands before `low`.
  ///
  /// The part before the `@` has up to 64 letters (those of Latin beyond ASCII, too), digits and `.`, `_`, `%`, `+`,
  /// `-`, `&`, and an apostrophe between letters; the domain has a dot, and a last part of letters that no names of
  /// pictures or of files of the web end in.
  func email(at sign: Int, from low: Int) -> Range<Int>? {
    var start = sign
    while start > Swift.max(low, sign - 64) && isLocal(start - 1) { start -= 1 }
    while start < sign && ([0x2E, 0x2D, 0x26].contains(self[start]) || self[start] & 0xC0 == 0x80) { start += 1 }
    if start == sign { return nil }
    guard let end = domainEnd(from: sign + 1) else { return nil }
    let isRepository = end < count && self[end] == 0x3A && sign - start == 3 && stands(AddressWords.git, at: start)
    return isRepository ? nil : start..<end
  }

  private func isLocal(_ index: Int) -> Bool {
    let byte = self[index]
    if byte.isWord || isLatin(index) { return true }
    switch byte {
    case 0x2E, 0x25, 0x2B, 0x2D, 0x26: return true
    case 0x27: return index > 0 && self[index - 1].isLetter && index + 1 < count && self[index + 1].isLetter
    default: return false
    }
  }

  /// Whether a byte is part of a letter from U+00C0 to U+024F, in two bytes.
  private func isLatin(_ index: Int) -> Bool {
    let byte = self[index]
    if byte >= 0xC3 && byte <= 0xC9 { return true }
    return byte & 0xC0 == 0x80 && index > 0 && self[index - 1] >= 0xC3 && self[index - 1] <= 0xC9
  }

  private func domainEnd(from start: Int) -> Int? {
    var end = start
    while end < Swift.min(count, start + 253) && (self[end].isKeyByte || self[end] == 0x2E || isLatin(end)) {
      if self[end] == 0x2E && (end == start || self[end - 1] == 0x2E) { break }
      end += 1
    }
    while end > start && !(self[end - 1].isLetter || self[end - 1].isDigit || isLatin(end - 1)) { end -= 1 }
    var last = end
    while last > start && self[last - 1] != 0x2E { last -= 1 }
    if last - 1 <= start { return nil }
    let isPunycode = stands(AddressWords.punycode, at: last)
    if !isPunycode {
      if end - last < 2 || end - last > 24 { return nil }
      for index in last..<end where !self[index].isLetter { return nil }
    }
    let isFile = AddressWords.suffixes.contains { $0.count == end - last && stands($0, at: last) }
    return isFile ? nil : end
  }

  // MARK: Passwords in URLs

  /// The password of `scheme://user:password@host` whose `@` stands at a place.
  func urlPassword(at sign: Int, from low: Int) -> Range<Int>? {
    var start = sign
    var colon = -1
    while start > Swift.max(low, sign - 160) {
      let byte = self[start - 1]
      if byte == 0x2F { break }
      if byte.isSpace || byte == 0x22 || byte == 0x3C || byte == 0x3E || byte == 0x40 { return nil }
      if byte == 0x3A { colon = start - 1 }
      start -= 1
    }
    let hasScheme = start >= 3 && self[start - 1] == 0x2F && self[start - 2] == 0x2F && self[start - 3] == 0x3A
    if !hasScheme || colon < 0 || sign - colon < 4 { return nil }
    let password = colon + 1..<sign
    // A name in braces or angles is filled in later.
    for index in password where self[index] == 0x7B || self[index] == 0x24 || self[index] == 0x5B { return nil }
    let isExample = AddressWords.examples.contains { $0.count == password.count && stands($0, at: password.lowerBound) }
    return isExample ? nil : password
  }

  // MARK: Addresses of the Internet

  /// The address `a.b.c.d` that begins at a place, unless it stands for no one machine (0.0.0.0, 127.*, 255.*), is a
  /// version, or has one digit in each part as the numbers of sections have.
  func addressOfVersion4(at start: Int, from low: Int) -> Range<Int>? {
    if start > 0 && (self[start - 1] == 0x2E || self[start - 1] == 0x2D) { return nil }
    var position = start
    var first = 0
    for part in 0..<4 {
      var value = 0
      let digits = position
      while position < count && self[position].isDigit && position - digits < 4 {
        value = value * 10 + Int(self[position] - 0x30)
        position += 1
      }
      if position == digits || value > 255 || (position - digits > 1 && self[digits] == 0x30) { return nil }
      if part == 0 { first = value }
      if part == 3 { break }
      if position >= count || self[position] != 0x2E { return nil }
      position += 1
    }
    if position < count && (self[position].isWord || self[position] == 0x2D) { return nil }
    if position + 1 < count && self[position] == 0x2E && self[position + 1].isDigit { return nil }
    if first == 0 || first == 127 || first == 255 || position - start == 7 { return nil }
    // Chrome/120.0.0.0, but not http://10.0.0.7
    if start > 1 && self[start - 1] == 0x2F && self[start - 2].isWord { return nil }
    if AddressWords.versions.contains(where: { standsShortlyBefore(start, $0, within: 12, from: low) }) { return nil }
    return start..<position
  }

  /// The address of eight groups, or of fewer with `::`, that a colon stands in, of the space that addresses are given
  /// out of: 2000::/3, fc00::/7 and fe80::/10.
  func addressOfVersion6(at colon: Int, from low: Int) -> Range<Int>? {
    var start = colon
    while start > Swift.max(low, colon - 4) && self[start - 1].isHexadecimal { start -= 1 }
    if colon - start != 4 || (start > 0 && (self[start - 1].isWord || self[start - 1] == 0x3A)) { return nil }
    let (lead, second) = (self[start].lowercase, self[start + 1].lowercase)
    let isLink = second == 0x65 && self[start + 2].lowercase >= 0x38
    let isLocal = lead == 0x66 && (second == 0x63 || second == 0x64 || isLink)
    if lead != 0x32 && lead != 0x33 && !isLocal { return nil }
    var (groups, gaps, position) = (1, 0, colon)
    while position < count && self[position] == 0x3A && groups < 8 {
      let next = position + 1
      var end = next
      while end < count && self[end].isHexadecimal && end - next < 5 { end += 1 }
      if end - next > 4 { return nil }
      if end == next {
        // A second colon, or a colon after the address.
        if end >= count || self[end] != 0x3A || gaps > 0 { break }
        gaps += 1
        position = next
        // A network, as in 2001:db8::/32, is nobody's.
        if next + 1 >= count || !self[next + 1].isHexadecimal { return nil }
        continue
      }
      groups += 1
      position = end
    }
    if position < count && self[position].isWord { return nil }
    return groups == 8 || (gaps == 1 && groups < 8) ? start..<position : nil
  }

  /// Whether a word ends within some bytes before a place.
  func standsShortlyBefore(_ place: Int, _ word: [UInt8], within reach: Int, from low: Int) -> Bool {
    var start = place - word.count
    while start >= Swift.max(0, place - reach - word.count) {
      if stands(word, at: start) && !(start > 0 && self[start - 1].isLetter) { return true }
      start -= 1
    }
    return false
  }
}

enum AddressWords {
  /// The user of repositories, whose `git@host:path` is no e-mail address.
  static let git = Array("git".utf8)
  static let punycode = Array("xn--".utf8)
  /// Endings of file names that look like a last part of a domain.
  static let suffixes = words("png jpg jpeg gif svg webp css js json html")
  /// What stands before a number of four parts that is no address.
  static let versions = words("version v. ver release oid objectidentifier object section")
  /// Passwords that stand for one.
  static let examples = words("password pass pwd passwd secret xxxx xxxxx xxxxxx xxxxxxxx **** ******** example")

  private static func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
}
