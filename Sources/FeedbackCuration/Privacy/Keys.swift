import TextAnalysis

extension Span<UInt8> {
  // MARK: Keys that say whose they are

  /// The key in a run of letters, digits, `_` and `-`, if it begins as an issuer's keys do and looks random after that.
  func issuedKey(_ run: Range<Int>) -> SensitiveSpan? {
    if let range = webToken(run) { return SensitiveSpan(range, .jwt) }
    if isAccessKey(run) { return SensitiveSpan(run, .awsKey) }
    for rule in KeyRules.all {
      // A dot is in no run: what ends in one stands before it.
      let start = rule.prefix.last == 0x2E ? run.lowerBound - rule.prefix.count : run.lowerBound
      if !standsExactly(rule.prefix, at: start) { continue }
      let end = rule.prefix.last == 0x2E ? endOfDotted(run) : run.upperBound
      let tail = start + rule.prefix.count..<end
      if tail.count >= rule.tailMin && hasRandomPiece(tail) { return SensitiveSpan(start..<end, .token) }
    }
    return nil
  }

  /// AKIA or ASIA and 16 capitals and digits; those that end in EXAMPLE stand in manuals.
  private func isAccessKey(_ run: Range<Int>) -> Bool {
    let start = run.lowerBound
    if run.count != 20 || self[start] != 0x41 || self[start + 2] != 0x49 || self[start + 3] != 0x41 { return false }
    if self[start + 1] != 0x4B && self[start + 1] != 0x53 { return false }
    for index in run where !self[index].isUppercase && !self[index].isDigit { return false }
    return !standsExactly(KeyRules.example, at: run.upperBound - 7)
  }

  /// Three parts in Base64url with dots between them, of which the first two are JSON objects: `eyJ….eyJ….…`.
  private func webToken(_ run: Range<Int>) -> Range<Int>? {
    if !standsExactly(KeyRules.object, at: run.lowerBound) || run.upperBound >= count { return nil }
    let payload = run.upperBound + 1
    if self[run.upperBound] != 0x2E || !standsExactly(KeyRules.object, at: payload) { return nil }
    var end = payload
    while end < count && self[end].isKeyByte { end += 1 }
    if end - payload < 8 || end >= count || self[end] != 0x2E { return nil }
    end += 1
    while end < count && self[end].isKeyByte { end += 1 }
    return run.lowerBound..<end
  }

  private func endOfDotted(_ run: Range<Int>) -> Int {
    var end = run.upperBound
    while end + 1 < count && self[end] == 0x2E && self[end + 1].isKeyByte {
      end += 1
      while end < count && self[end].isKeyByte { end += 1 }
    }
    return end
  }

  /// Whether a range has a piece of 8 letters and digits or more, with a digit, of more than two and a half bits a
  /// byte: words with dashes between them have none, and neither has a row of crosses.
  private func hasRandomPiece(_ range: Range<Int>) -> Bool {
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound {
      if index < range.upperBound && (self[index].isLetter || self[index].isDigit) { continue }
      let hasDigit = index - start >= 8 && (start..<index).contains { self[$0].isDigit }
      if hasDigit && ShannonEntropy.bitsPerByte(extracting(start..<index)) > 2.5 {
        return true
      }
      start = index + 1
    }
    return false
  }

  private func isMixed(_ range: Range<Int>, lengthMin: Int) -> Bool {
    if range.count < lengthMin { return false }
    var (letters, digits) = (0, 0)
    for index in range {
      if self[index].isDigit { digits += 1 } else if self[index].isLetter { letters += 1 }
    }
    return letters > 0 && digits > 0
  }

  // MARK: Private keys

  /// The private key in PEM (RFC 7468) whose first dash stands at a place, to the end of its last line, or of the text
  /// where that is missing.
  func privateKey(at start: Int) -> Range<Int>? {
    if !standsExactly(KeyRules.begin, at: start) { return nil }
    var title = start + KeyRules.begin.count
    let limit = Swift.min(count, title + 40)
    while title < limit && !standsExactly(KeyRules.privateKey, at: title) { title += 1 }
    if title >= limit { return nil }
    var end = title
    var letters = 0
    while end < count && !standsExactly(KeyRules.end, at: end) {
      if self[end].isLetter || self[end].isDigit { letters += 1 }
      end += 1
    }
    // Code names the lines; a key has some between them.
    if letters < 60 { return nil }
    if end >= count { return start..<count }
    end += KeyRules.end.count
    while end < count && self[end] != 0x2D && self[end] >= 0x20 { end += 1 }
    while end < count && self[end] == 0x2D { end += 1 }
    return start..<end
  }

  // MARK: Credentials

  /// What is assigned, by the `=` or `:` at a place, to a name that ends in `password`, `secret`, `token`, `api_key`
  /// and the like, if it is of 12 bytes or more, has a piece of letters and digits, and an entropy of at least 3.5 bits
  /// a byte (the least that the rules of gitleaks ask for).
  func credential(at sign: Int, from low: Int) -> Range<Int>? {
    if !isCredentialName(before: sign, from: low) { return nil }
    var start = sign + 1
    while start < Swift.min(count, sign + 5) && (self[start] == 0x20 || self[start] == 0x3D || self[start] == 0x3E) {
      start += 1
    }
    for scheme in KeyRules.schemes where stands(scheme, at: start) { start += scheme.count }
    let quote = start < count ? self[start] : 0x20
    let isQuoted = quote == 0x22 || quote == 0x27 || quote == 0x60
    if isQuoted { start += 1 }
    var end = start
    while end < Swift.min(count, start + 512) && isValue(self[end], quote: isQuoted ? quote : 0) { end += 1 }
    // A call or an element is code, and so is what has a dot; an address leads elsewhere.
    if end < count && (self[end] == 0x28 || self[end] == 0x5B) { return nil }
    while end > start && (self[end - 1] == 0x2E || self[end - 1] == 0x2C || self[end - 1] == 0x3B) { end -= 1 }
    if end - start < 12 || !hasMixedPiece(start..<end) { return nil }
    for index in start..<end where self[index] == 0x2E && !isQuoted { return nil }
    for index in start..<end where self[index] == 0x3A && standsExactly(KeyRules.slashes, at: index) { return nil }
    for word in KeyRules.stopWords {
      for index in start..<end where stands(word, at: index) { return nil }
    }
    return ShannonEntropy.bitsPerByte(extracting(start..<end)) >= 3.5 ? start..<end : nil
  }

  private func isCredentialName(before sign: Int, from low: Int) -> Bool {
    var end = sign
    // key =, "key":, 'key' =>
    while end > Swift.max(low, sign - 3) && [0x20, 0x22, 0x27, 0x60, 0x5D].contains(self[end - 1]) { end -= 1 }
    if end == low || !self[end - 1].isWord { return false }
    return KeyRules.names.contains { name in
      end - name.count >= low && self[end - 1].lowercase == name[name.count - 1] && stands(name, at: end - name.count)
    }
  }

  private func isValue(_ byte: UInt8, quote: UInt8) -> Bool {
    if quote != 0 { return byte != quote && byte >= 0x20 && byte != 0x20 }
    switch byte {
    case 0x21, 0x23...0x26, 0x2A...0x3A, 0x3D, 0x3F...0x5A, 0x5E, 0x5F, 0x61...0x7A, 0x7E: return true
    default: return false
    }
  }

  /// Whether there is a piece of six letters and digits or more, with both, or a sign that is in no name.
  private func hasMixedPiece(_ range: Range<Int>) -> Bool {
    var start = range.lowerBound
    for index in range where isMixed(range, lengthMin: 1) && KeyRules.signs.contains(self[index]) { return true }
    for index in range.lowerBound...range.upperBound {
      if index < range.upperBound && (self[index].isLetter || self[index].isDigit) { continue }
      if isMixed(start..<index, lengthMin: 6) { return true }
      start = index + 1
    }
    return false
  }
}

/// What keys look like, from the documentation of those who issue them.
enum KeyRules {
  struct Rule: Sendable {
    var prefix: [UInt8]
    /// The least number of bytes after the prefix.
    var tailMin: Int
  }

  static let all: [Rule] = rules(
    """
    ghp_ 36
    gho_ 36
    ghu_ 36
    ghs_ 36
    ghr_ 36
    github_pat_ 22
    glpat- 20
    glrt- 20
    xoxb- 20
    xoxp- 20
    xoxa- 20
    xoxr- 20
    xoxs- 20
    xoxe- 20
    xapp- 20
    sk- 20
    sk_live_ 16
    sk_test_ 16
    rk_live_ 16
    rk_test_ 16
    whsec_ 24
    AIza 35
    GOCSPX- 24
    SG. 40
    npm_ 36
    pypi- 40
    hf_ 30
    gsk_ 40
    xai- 40
    dop_v1_ 60
    dckr_pat_ 20
    shpat_ 32
    shpss_ 32
    lin_api_ 32
    nvapi- 40
    pplx- 40
    tvly- 20
    r8_ 36
    sq0csp- 40
    sq0atp- 22
    AGE-SECRET-KEY-1 50
    """)

  private static func rules(_ lines: String) -> [Rule] {
    lines.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return Rule(prefix: Array(words[0].utf8), tailMin: Int(words[1]) ?? 0)
    }
  }

  static let example = Array("EXAMPLE".utf8)
  static let object = Array("eyJ".utf8)
  static let begin = Array("-----BEGIN ".utf8)
  static let privateKey = Array("PRIVATE KEY".utf8)
  static let end = Array("-----END ".utf8)
  static let slashes = Array("://".utf8)
  static let schemes = ["bearer ", "basic ", "token "].map { Array($0.utf8) }
  static let signs = Array("!#$%^&*~@?".utf8)
  static let stopWords = ["example", "your", "xxxx", "****", "<", "${", "{{"].map { Array($0.utf8) }
  static let names = """
    password passwd pwd passphrase secret token apikey api_key api-key access_key accesskey access-key secret_key
    secretkey private_key account_key accountkey credential credentials authorization
    """.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
}
