/// Phrases that tell what went wrong with an answer; looked for without regard to case.
enum QualityPhrase {
  /// What was found in a text.
  struct Findings {
    var hasTemplate = false
    var hasPlaceholder = false
  }

  private static let templates = list(
    """
    <|im_start|>
    <|im_end|>
    <|endoftext|>
    <|eot_id|>
    <|start_header_id|>
    <|begin_of_text|>
    <|system|>
    <|user|>
    <|assistant|>
    <start_of_turn>
    <end_of_turn>
    <<sys>>
    [inst]
    [/inst]
    ### human:
    ### assistant:
    ### instruction:
    ### response:
    """)
  private static let placeholders = list(
    """
    [your 
    [insert 
    [name]
    [your_
    [recipient
    [company name]
    [address]
    [date]
    [phone number]
    [email address]
    lorem ipsum
    """)
  private static let refusals = list(
    """
    i'm sorry, but i
    i am sorry, but i
    i apologize, but i
    sorry, but i can
    sorry, i can't
    sorry, i cannot
    i cannot help
    i can't help
    i cannot assist
    i can't assist
    i cannot provide
    i can't provide
    i cannot answer
    i can't answer
    i'm unable to
    i am unable to
    i'm not able to
    i am not able to
    i will not be able to
    i must decline
    as an ai 
    as a language model
    as an artificial intelligence
    """)

  /// What there is of templates and placeholders in a text.
  static func find(in text: Span<UInt8>) -> Findings {
    var findings = Findings()
    for index in 0..<text.count {
      switch text[index] {
      case 0x3C, 0x23:  // < #
        if templates.contains(where: { stands($0, in: text, at: index) }) { findings.hasTemplate = true }
      case 0x5B:  // [
        if templates.contains(where: { stands($0, in: text, at: index) }) { findings.hasTemplate = true }
        if isPlaceholder(text, index) { findings.hasPlaceholder = true }
      case 0x4C, 0x6C:  // L l
        if isPlaceholder(text, index) { findings.hasPlaceholder = true }
      default: break
      }
    }
    return findings
  }

  /// Whether a text refuses within its first 200 bytes.
  static func isRefusal(_ text: Span<UInt8>) -> Bool {
    var start: [UInt8] = []
    for index in 0..<min(200, text.count) {
      let (scalar, _) = text.scalar(at: index)
      if scalar == 0x2019 { start.append(0x27) } else if text[index] < 0x80 { start.append(text[index]) }
    }
    return start.indices.contains { index in refusals.contains { stands($0, in: start.span, at: index) } }
  }

  /// Whether a placeholder begins here: not the text of a link, nor an index in code.
  private static func isPlaceholder(_ text: Span<UInt8>, _ index: Int) -> Bool {
    if !placeholders.contains(where: { stands($0, in: text, at: index) }) { return false }
    if text[index] != 0x5B { return true }
    if index > 0 {
      let before = text[index - 1]
      if before | 0x20 &- 0x61 < 26 || before &- 0x30 < 10 || before == 0x5F || before == 0x5D { return false }
    }
    var end = index
    while end < text.count && text[end] != 0x5D && text[end] != 0x0A { end += 1 }
    return end < text.count && text[end] == 0x5D && !(end + 1 < text.count && text[end + 1] == 0x28)
  }

  private static func stands(_ phrase: [UInt8], in text: Span<UInt8>, at start: Int) -> Bool {
    if start + phrase.count > text.count { return false }
    for offset in 0..<phrase.count {
      let byte = text[start + offset]
      if phrase[offset] != (byte &- 0x41 < 26 ? byte | 0x20 : byte) { return false }
    }
    return true
  }

  private static func list(_ lines: String) -> [[UInt8]] { lines.split(separator: "\n").map { Array($0.utf8) } }
}
