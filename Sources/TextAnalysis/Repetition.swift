import Digest

/// How much of a text repeats itself.
///
/// The measures are those of Gopher (Rae et al. 2021, table A1) as datatrove computes them: over words between white
/// space, in shares of the text's characters.
public struct Repetition: Sendable {
  private var words: [(hash: UInt64, length: Int)] = []
  /// Characters of the text, white space and all.
  private let characterCount: Int
  private let duplicateLines: (count: Int, total: Int)

  /// Takes a text apart.
  public init(_ text: Span<UInt8>) {
    var start = -1
    var lines: [UInt64] = []
    var line: UInt64 = 0
    var isLineEmpty = true
    for index in 0...text.count {
      let byte = index < text.count ? text[index] : 0x0A
      if byte != 0x20 && byte &- 9 > 4 {
        if start < 0 { start = index }
        continue
      }
      if start >= 0 {
        let word = text.extracting(start..<index)
        let hash = StableHash.hash(word, 0..<word.count)
        words.append((hash, word.scalarCount))
        line = StableHash.combine(line, hash)
        isLineEmpty = false
        start = -1
      }
      if byte != 0x0A { continue }
      if !isLineEmpty { lines.append(line) }
      (line, isLineEmpty) = (0, true)
    }
    characterCount = text.scalarCount
    duplicateLines = (lines.count - Set(lines).count, lines.count)
  }

  /// The share of the text that the commonest run of n words makes up, spaces within it counted; the first of those
  /// that are equally common.
  ///
  /// 0 where it occurs less than `countMin` times: with 1, as datatrove has it, each text repeats itself.
  public func topShare(length: Int, countMin: Int) -> Double {
    let grams = grams(length)
    let order = grams.indices.sorted { (grams[$0], $0) < (grams[$1], $1) }
    var best = (count: 0, first: 0)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && grams[order[end]] == grams[order[start]] { end += 1 }
      let first = order[start]
      if end - start > best.count || end - start == best.count && first < best.first { best = (end - start, first) }
      start = end
    }
    if best.count < max(1, countMin) { return 0 }
    return share(best.count * (characters(best.first, length) + length - 1))
  }

  /// The share of the text in runs of n words that occurred before, each word counted once.
  public func duplicateShare(length: Int) -> Double {
    let grams = grams(length)
    var seen: Set<UInt64> = []
    var repeated = 0
    var index = 0
    while index < grams.count {
      if seen.insert(grams[index]).inserted {
        index += 1
      } else {
        repeated += characters(index, length)
        index += length
      }
    }
    return share(repeated)
  }

  /// The share of the lines that occurred before, empty ones left out.
  public var duplicateLineShare: Double {
    duplicateLines.total == 0 ? 0 : Double(duplicateLines.count) / Double(duplicateLines.total)
  }

  /// Whether the text of an answer repeats itself more than people do.
  ///
  /// The limits are Gopher's; runs have to occur twice, and texts of less than 50 words are let be: without both, 42 %
  /// of answers that people wrote are said to be repetitive.
  public var isExcessive: Bool {
    if words.count < 50 { return false }
    if duplicateLineShare > 0.30 { return true }
    for (length, limit) in [(2, 0.20), (3, 0.18), (4, 0.16)] where topShare(length: length, countMin: 2) > limit {
      return true
    }
    // Longer runs that repeat hold shorter ones that do.
    if duplicateShare(length: 5) == 0 { return false }
    for (length, limit) in [(5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10)]
    where duplicateShare(length: length) > limit {
      return true
    }
    return false
  }

  private func grams(_ length: Int) -> [UInt64] {
    if words.count < length { return [] }
    return (0...words.count - length).map { first in
      words[first..<first + length].reduce(0) { StableHash.combine($0, $1.hash) }
    }
  }

  private func characters(_ first: Int, _ length: Int) -> Int {
    words[first..<first + length].reduce(0) { $0 + $1.length }
  }

  private func share(_ characters: Int) -> Double {
    characterCount == 0 ? 0 : Double(characters) / Double(characterCount)
  }
}
