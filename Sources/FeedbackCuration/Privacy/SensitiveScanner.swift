/// Finds private data and secrets in a text, in one pass.
///
/// Most bytes are passed over by a look into a table. A digit, `@`, `:`, `=`, `_`, `-` and two capitals stop the pass,
/// and what stands around them is looked at: forwards and backwards by a bounded number of bytes, or over a run that is
/// looked at once.
public struct SensitiveScanner: Sendable {
  /// What is looked for.
  public let kinds: SensitiveKinds
  /// 1 for each byte that stops the pass.
  private let stops: [UInt8]

  /// Makes a scanner for some kinds.
  public init(_ kinds: SensitiveKinds) {
    self.kinds = kinds
    var stops = [UInt8](repeating: 0, count: 256)
    let secrets = !kinds.isDisjoint(with: .secrets)
    if kinds.contains(.email) || secrets { stops[0x40] = 1 }
    if secrets || !kinds.isDisjoint(with: SensitiveKinds([.iban, .card, .ip, .phone])) {
      for digit in 0x30...0x39 { stops[digit] = 1 }
    }
    if kinds.contains(.ip) || secrets { stops[0x3A] = 1 }
    // = _ - K S
    if secrets { for byte in [0x3D, 0x5F, 0x2D, 0x4B, 0x53] { stops[byte] = 1 } }
    self.stops = stops
  }

  /// Where the pass is.
  struct Progress {
    /// The end of what was found last: nothing before it is looked at again.
    var low = 0
    /// The end of the run of letters and digits that was looked at last.
    var runEnd = 0
    /// Where to go on if nothing is found.
    var next = 0
  }

  /// Replaces `found` by what a text holds, in its order; nothing overlaps.
  public func find(in text: Span<UInt8>, into found: inout [SensitiveSpan]) {
    found.removeAll(keepingCapacity: true)
    var progress = Progress()
    var position = 0
    let stops = stops.span
    while true {
      while position < text.count && stops[Int(text[position])] == 0 { position &+= 1 }
      if position >= text.count { return }
      progress.next = position + 1
      if let span = look(at: position, in: text, &progress) {
        found.append(span)
        progress.low = span.range.upperBound
        progress.next = span.range.upperBound
      }
      position = max(position + 1, progress.next)
    }
  }

  private func look(at position: Int, in text: Span<UInt8>, _ progress: inout Progress) -> SensitiveSpan? {
    switch text[position] {
    case 0x40:
      if kinds.contains(.urlPassword), let range = text.urlPassword(at: position, from: progress.low) {
        return SensitiveSpan(range, .urlPassword)
      }
      if kinds.contains(.email), let range = text.email(at: position, from: progress.low) {
        return SensitiveSpan(range, .email)
      }
    case 0x30...0x39: return number(at: position, in: text, &progress)
    case 0x3A:
      if kinds.contains(.ip), let range = text.addressOfVersion6(at: position, from: progress.low) {
        return SensitiveSpan(range, .ip)
      }
      return credential(at: position, in: text, progress)
    case 0x3D: return credential(at: position, in: text, progress)
    case 0x2D:
      if kinds.contains(.privateKey), let range = text.privateKey(at: position) {
        return SensitiveSpan(range, .privateKey)
      }
      while progress.next < text.count && text[progress.next] == 0x2D { progress.next += 1 }
    case 0x5F: return key(at: position, in: text, &progress)
    default:
      // K or S: perhaps the second letter of AKIA or ASIA, a key without a digit.
      if position > progress.low && text[position - 1] == 0x41 { return key(at: position, in: text, &progress) }
    }
    return nil
  }

  private func credential(at position: Int, in text: Span<UInt8>, _ progress: Progress) -> SensitiveSpan? {
    guard kinds.contains(.credential), let range = text.credential(at: position, from: progress.low) else { return nil }
    // A token that its issuer marks is told by its own name.
    var inner = Progress(low: range.lowerBound)
    if let span = key(at: range.lowerBound, in: text, &inner) { return span }
    return SensitiveSpan(range, .credential)
  }

  private func number(at position: Int, in text: Span<UInt8>, _ progress: inout Progress) -> SensitiveSpan? {
    if let span = key(at: position, in: text, &progress) { return span }
    if position > progress.low && text[position - 1].isDigit { return nil }
    while progress.next < text.count && text[progress.next].isDigit { progress.next += 1 }
    if kinds.contains(.iban), let range = text.iban(at: position, from: progress.low) {
      return SensitiveSpan(range, .iban)
    }
    if position > 0 && text[position - 1].isWord { return nil }
    if kinds.contains(.ip), let range = text.addressOfVersion4(at: position, from: progress.low) {
      return SensitiveSpan(range, .ip)
    }
    if kinds.contains(.card), let range = text.card(at: position) { return SensitiveSpan(range, .card) }
    if kinds.contains(.phone), let range = text.phone(at: position, from: progress.low) {
      return SensitiveSpan(range, .phone)
    }
    return nil
  }

  /// A key whose run of letters, digits, `_` and `-` a byte stands in; each run is looked at once.
  private func key(at position: Int, in text: Span<UInt8>, _ progress: inout Progress) -> SensitiveSpan? {
    if position < progress.runEnd || kinds.isDisjoint(with: .secrets) { return nil }
    var start = position
    while start > max(progress.low, progress.runEnd) && text[start - 1].isKeyByte { start -= 1 }
    var end = position
    while end < text.count && text[end].isKeyByte { end += 1 }
    progress.runEnd = end
    while start < end && (text[start] == 0x5F || text[start] == 0x2D) { start += 1 }
    if end - start < 16 { return nil }
    guard let span = text.issuedKey(start..<end), kinds.contains(span.kind) else { return nil }
    progress.runEnd = max(end, span.range.upperBound)
    return span
  }
}

extension UInt8 {
  @inline(__always)
  var isDigit: Bool { self &- 0x30 < 10 }
  @inline(__always)
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  @inline(__always)
  var isUppercase: Bool { self &- 0x41 < 26 }
  /// A letter, digit or `_` of ASCII: what stands beside a number in one word.
  @inline(__always)
  var isWord: Bool { isDigit || isLetter || self == 0x5F }
  /// What keys are spelled with: a letter, digit, `_` or `-`.
  @inline(__always)
  var isKeyByte: Bool { isWord || self == 0x2D }
  @inline(__always)
  var isHexadecimal: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
  @inline(__always)
  var isSpace: Bool { self == 0x20 || self &- 9 < 5 }
  @inline(__always)
  var lowercase: UInt8 { isUppercase ? self | 0x20 : self }
}

extension Span<UInt8> {
  /// Whether bytes in lower case stand at a place, in whatever case.
  func stands(_ word: [UInt8], at start: Int) -> Bool {
    if start < 0 || start + word.count > count { return false }
    for index in word.indices where self[start + index].lowercase != word[index] { return false }
    return true
  }

  /// Whether just these bytes stand at a place.
  func standsExactly(_ word: [UInt8], at start: Int) -> Bool {
    if start < 0 || start + word.count > count { return false }
    for index in word.indices where self[start + index] != word[index] { return false }
    return true
  }
}
