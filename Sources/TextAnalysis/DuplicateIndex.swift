import Digest

/// Finds records that are the same, exactly or nearly, among all that it was given.
///
/// Exactly the same are records whose prompts and answers have equal light forms (128 bits of their SHA-256, as users
/// may plant texts). Near-duplicates are looked for with MinHash and banding, and then verified on the sets of
/// shingles, which are kept. The result does not depend on the order of the records.
///
/// A record costs the bytes of its id and 20 more; a text that is not exactly one before costs 4 bytes for each
/// shingle, 4 for each band, and about 60 besides. Candidates that are none cost time: texts that share much but do not
/// suffice are compared each with each.
public struct DuplicateIndex: Sendable {
  private let rule: DuplicateRule?
  private var ids = ByteList()
  private var ranks: [UInt64] = []
  /// The text of each record, as a number.
  private var textOf: [Int32] = []
  private var keys = KeyTable()
  private var texts: [Text] = []
  private var bandKeys: [UInt32] = []
  private var store = ShingleStore()

  /// What is kept of a text besides its bands; all of it depends on its light forms alone.
  private struct Text: Sendable {
    var prompt: ShingleStore.Place
    var answer: ShingleStore.Place
    var guards: UInt64
  }

  /// Makes an empty index; without a rule it finds exact duplicates only.
  public init(rule: DuplicateRule? = .training) { self.rule = rule }

  /// How many records were taken in.
  public var count: Int { textOf.count }

  /// Takes in a record, at most 2³¹ of them, and gives its number, from 0 on.
  ///
  /// Of a group of duplicates the one with the highest rank is kept, then the one with the least id, by bytes. Where
  /// system prompt and history count, the prompt is their text and the user's. A missing text is an empty one.
  @discardableResult
  public mutating func add(
    id: Span<UInt8>, prompt: Span<UInt8>, answer: Span<UInt8>, rank: UInt64 = 0
  ) -> Int {
    ids.append(id)
    ranks.append(rank)
    var (lightPrompt, lightAnswer): ([UInt8], [UInt8]) = ([], [])
    NormalForm.light(prompt, into: &lightPrompt)
    NormalForm.light(answer, into: &lightAnswer)
    let (text, isNew) = keys.number(of: Self.exactKey(lightPrompt, lightAnswer))
    textOf.append(Int32(text))
    if isNew, let rule { addText(lightPrompt.span, lightAnswer.span, rule) }
    return count - 1
  }

  private static func exactKey(_ prompt: [UInt8], _ answer: [UInt8]) -> UInt128 {
    var digest = SHA256()
    // The length keeps apart what belongs to the prompt and what to the answer.
    digest.update((0..<8).map { UInt8(truncatingIfNeeded: prompt.count >> (8 * $0)) })
    digest.update(prompt)
    digest.update(answer)
    return digest.finish().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }

  private mutating func addText(_ prompt: Span<UInt8>, _ answer: Span<UInt8>, _ rule: DuplicateRule) {
    var heavy: [UInt8] = []
    var shingles: [UInt32] = []
    NormalForm.heavy(prompt, into: &heavy)
    rule.shingles.find(in: heavy.span, into: &shingles)
    let promptPlace = store.append(shingles)
    var both = shingles
    NormalForm.heavy(answer, into: &heavy)
    rule.shingles.find(in: heavy.span, into: &shingles)
    let answerPlace = store.append(shingles)
    // A shingle of an answer is another one than that of a prompt. What is true of the parts is true of the whole: its
    // similarity is not below the lesser of theirs.
    for shingle in shingles { both.append(~shingle) }
    var signature: [UInt32] = []
    MinHash.sign(both.span, into: &signature)
    var guards: UInt64 = 0
    if rule.comparesGuards {
      guards = StableHash.combine(GuardTerms.fingerprint(of: prompt), GuardTerms.fingerprint(of: answer))
    }
    var keys: [UInt32] = []
    rule.banding.appendKeys(of: signature.span, seed: guards, to: &keys)
    bandKeys += keys
    texts.append(Text(prompt: promptPlace, answer: answerPlace, guards: guards))
  }

  /// The groups of duplicates.
  public consuming func components() -> DuplicateComponents {
    var sets = UnionFind(count: keys.count)
    if let rule {
      for band in 0..<rule.banding.bands { unite(band, rule, &sets) }
    }
    let groups = textOf.map { Int32(sets.root(of: Int($0))) }
    return DuplicateComponents(texts: textOf, groups: groups, ids: ids, ranks: ranks)
  }

  /// Unites the near-duplicates among the texts that have the same key of a band.
  private func unite(_ band: Int, _ rule: DuplicateRule, _ sets: inout UnionFind) {
    var order: [UInt64] = []
    order.reserveCapacity(texts.count)
    for text in texts.indices {
      order.append(UInt64(bandKeys[text * rule.banding.bands + band]) << 32 | UInt64(text))
    }
    order.sort()
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && order[end] >> 32 == order[start] >> 32 { end += 1 }
      if end - start > 1 {
        unite(order[start..<end].map { Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }, rule, &sets)
      }
      start = end
    }
  }

  /// Unites the near-duplicates among candidates.
  ///
  /// A text is compared with those of a group until it belongs there.
  private func unite(_ candidates: [Int], _ rule: DuplicateRule, _ sets: inout UnionFind) {
    var groups: [[Int]] = []
    for text in candidates {
      var own = [text]
      var place = 0
      while place < groups.count {
        let isOne =
          sets.root(of: groups[place][0]) == sets.root(of: text)
          || groups[place].contains { isNear($0, text, rule) }
        if isOne {
          sets.unite(groups[place][0], text)
          // The smaller one moves.
          if own.count > groups[place].count { swap(&own, &groups[place]) }
          groups[place] += own
          swap(&own, &groups[place])
          groups.swapAt(place, groups.count - 1)
          groups.removeLast()
        } else {
          place += 1
        }
      }
      groups.append(own)
    }
  }

  private func isNear(_ left: Int, _ right: Int, _ rule: DuplicateRule) -> Bool {
    let (a, b) = (texts[left], texts[right])
    if a.guards != b.guards { return false }
    let (prompt, answer) = (rule.promptSimilarityMin, rule.answerSimilarityMin)
    return store.similarity(a.prompt, b.prompt, atLeast: prompt) >= prompt
      && store.similarity(a.answer, b.answer, atLeast: answer) >= answer
  }
}
