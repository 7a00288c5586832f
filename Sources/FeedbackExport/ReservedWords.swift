import NDJSON

/// Words that the model behind a format takes for marks of its own.
struct ReservedWords: Sendable {
  /// What a refused record is counted under.
  let words: String
  private let marks: [[UInt8]]
  /// Whether a mark counts only at the start of a line.
  private let startsLine: Bool
  private let ignoresCase: Bool
  /// Whether a mark ends with a byte: the ends are rarer in texts than the starts.
  private let ends: [Bool]
  private let lengthMax: Int

  init(_ marks: [String], startsLine: Bool, ignoresCase: Bool, words: String) {
    self.words = words
    self.startsLine = startsLine
    self.ignoresCase = ignoresCase
    self.marks = marks.map { Array((ignoresCase ? $0.lowercased() : $0).utf8) }
    var ends = [Bool](repeating: false, count: 256)
    for mark in self.marks { ends[Int(mark[mark.count - 1])] = true }
    self.ends = ends
    lengthMax = self.marks.map(\.count).max() ?? 0
  }

  /// Claude: a text begins a line, too, as the service puts it right behind a mark of its own.
  static let claude = ReservedWords(
    ["Human:", "Assistant:"], startsLine: true, ignoresCase: false,
    words: "with \"Human:\" or \"Assistant:\" at the start of a line")

  /// Amazon Nova, in any case (the validator of its training kit).
  static let nova = ReservedWords(
    ["System:", "User:", "Bot:", "Assistant:", "Thought:", "[EOS]", "<image>", "<video>", "<unk>"], startsLine: false,
    ignoresCase: true, words: "with a word that Nova reserves, such as \"User:\" or \"[EOS]\"")

  /// Whether a text holds one of the words.
  func isIn(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.kind != .string { return false }
    if !field.isEscaped {
      // A newline stands in JSON as an escape, so most texts are done after a look at their start.
      return isIn(bytes, field.start..<(startsLine ? min(field.end, field.start + lengthMax) : field.end))
    }
    let text = JSONText.bytes(bytes, field)
    return isIn(text.span, 0..<text.count)
  }

  private func isIn(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for last in range where ends[Int(text[last])] {
      for mark in marks {
        let start = last - mark.count + 1
        if start < range.lowerBound || (startsLine && start > range.lowerBound && text[start - 1] != 0x0A) { continue }
        if isMark(mark, text, start) { return true }
      }
    }
    return false
  }

  private func isMark(_ mark: [UInt8], _ text: Span<UInt8>, _ start: Int) -> Bool {
    for index in mark.indices {
      var byte = text[start + index]
      if ignoresCase && (0x41...0x5A).contains(byte) { byte += 0x20 }
      if byte != mark[index] { return false }
    }
    return true
  }
}
