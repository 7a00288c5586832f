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
  /// Of a group of duplicates the one with the highest rank is kept, then the one with the least id, by bytes. Records
  /// of different contexts are no duplicates: it stands for what has to be the same, such as a system prompt. A missing
  /// text is an empty one.
  @discardableResult
  public mutating func add(
    id: Span<UInt8>, prompt: Span<UInt8>, answer: Span<UInt8>, context: UInt128 = 0, rank: UInt64 = 0
  ) -> Int {
    var (lightPrompt, lightAnswer): ([UInt8], [UInt8]) = ([], [])
    NormalForm.light(prompt, into: &lightPrompt)
    NormalForm.light(answer, into: &lightAnswer)
    let key = Self.exactKey(lightPrompt, lightAnswer, context)
    if addRecord(id, key, rank), let rule { addText(lightPrompt.span, lightAnswer.span, context, rule) }
    return count - 1
  }

  /// Whether the text is new.
  private mutating func addRecord(_ id: Span<UInt8>, _ key: UInt128, _ rank: UInt64) -> Bool {
    ids.append(id)
    ranks.append(rank)
    let (text, isNew) = keys.number(of: key)
    textOf.append(Int32(text))
    return isNew
  }

  private static func exactKey(_ prompt: [UInt8], _ answer: [UInt8], _ context: UInt128) -> UInt128 {
    var digest = SHA256()
    if context != 0 { digest.update((0..<16).map { UInt8(truncatingIfNeeded: context >> (8 * $0)) }) }
    // The length keeps apart what belongs to the prompt and what to the answer.
    digest.update((0..<8).map { UInt8(truncatingIfNeeded: prompt.count >> (8 * $0)) })
    digest.update(prompt)
    digest.update(answer)
    return digest.finish().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
  }

  private mutating func addText(
    _ prompt: Span<UInt8>, _ answer: Span<UInt8>, _ context: UInt128, _ rule: DuplicateRule
  ) {
    var heavy: [UInt8] = []
    var (asked, said): ([UInt32], [UInt32]) = ([], [])
    NormalForm.heavy(prompt, into: &heavy)
    rule.shingles.find(in: heavy.span, into: &asked)
    NormalForm.heavy(answer, into: &heavy)
    rule.shingles.find(in: heavy.span, into: &said)
    var guards: UInt64 = 0
    if rule.comparesGuards {
      guards = StableHash.combine(GuardTerms.fingerprint(of: prompt), GuardTerms.fingerprint(of: answer))
    }
    if context != 0 {
      guards = StableHash.combine(guards, UInt64(truncatingIfNeeded: context ^ context >> 64))
    }
    addText(asked, said, guards, rule)
  }

  private mutating func addText(_ prompt: [UInt32], _ answer: [UInt32], _ guards: UInt64, _ rule: DuplicateRule) {
    let promptPlace = store.append(prompt)
    let answerPlace = store.append(answer)
    // A shingle of an answer is another one than that of a prompt. What is true of the parts is true of the whole: its
    // similarity is not below the lesser of theirs.
    var both = prompt
    for shingle in answer { both.append(~shingle) }
    var signature: [UInt32] = []
    MinHash.sign(both.span, into: &signature)
    var keys: [UInt32] = []
    rule.banding.appendKeys(of: signature.span, seed: guards, to: &keys)
    bandKeys += keys
    texts.append(Text(prompt: promptPlace, answer: answerPlace, guards: guards))
  }

  // MARK: What is kept between runs

  /// All that the index knows of a text: hashes, of which short texts may be guessed.
  public struct Entry: Sendable, Equatable {
    /// 128 bits of the SHA-256 of the light forms.
    public var key: UInt128
    /// A hash of what has to be the same in near-duplicates.
    public var guards: UInt64
    /// The shingles of the prompt, ascending.
    public var prompt: [UInt32]
    /// The shingles of the answer, ascending.
    public var answer: [UInt32]

    /// Makes an entry.
    public init(key: UInt128, guards: UInt64, prompt: [UInt32], answer: [UInt32]) {
      self.key = key
      self.guards = guards
      self.prompt = prompt
      self.answer = answer
    }
  }

  /// What the index, which has a rule, knows of the text of a record.
  public func entry(of record: Int) -> Entry {
    let number = Int(textOf[record])
    let text = texts[number]
    return Entry(
      key: keys[number], guards: text.guards, prompt: store.shingles(at: text.prompt),
      answer: store.shingles(at: text.answer))
  }

  /// Takes in a record of which only the entry of an index with the same rule is left; it is kept before all others.
  public mutating func add(_ entry: Entry) {
    let none: [UInt8] = []
    if addRecord(none.span, entry.key, .max), let rule { addText(entry.prompt, entry.answer, entry.guards, rule) }
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
