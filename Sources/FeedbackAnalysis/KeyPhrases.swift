import Digest
import Statistics
import TextAnalysis

/// Words and runs of two or three of them that one side of texts uses more than another, by log odds with an informative
/// Dirichlet prior.
///
/// A phrase is kept if five different people or more use it on its side, with z of 1.96 or more that survives the
/// correction among all phrases that were tested, and if one of its words has four bytes or more. One inside of a longer one that occurs as often says nothing of its own
/// and is dropped.
public struct KeyPhrases: Sendable {
  /// One phrase.
  public struct Phrase: Sendable, Equatable {
    /// Its words with blanks between them, in lower case.
    public var text: [UInt8]
    /// How often it occurs on its side.
    public var count: Int
    /// How often on the other side.
    public var otherCount: Int
    /// Different people who use it on its side; eight stand for more.
    public var people: Int
    /// δ in standard errors.
    public var z: Double
  }

  /// The best of them, most telling first.
  public private(set) var phrases: [Phrase] = []
  /// Texts on its side.
  public let textCount: Int
  /// Texts on the other side.
  public let otherTextCount: Int
  /// Different people who wrote those on its side.
  public let peopleCount: Int

  static let peopleMin = AnalysisOptions.signalMin

  /// Compares the texts of samples with those of others; `zMin` is how telling a phrase has to be.
  init(
    _ samples: [CommentSample], against others: [CommentSample], fdr: Double, isStrict: Bool,
    zMin: Double = ProportionInterval.z95, phrasesMax: Int = 10
  ) {
    var table = GramTable()
    for sample in samples { table.add(sample, isOther: false) }
    for sample in others { table.add(sample, isOther: true) }
    textCount = samples.reduce(0) { $0 + $1.comments.count }
    otherTextCount = others.reduce(0) { $0 + $1.comments.count }
    peopleCount = Set(samples.flatMap { $0.comments.map(\.person) }).count
    var found: [Phrase] = []
    for length in 1...3 {
      for gram in table.grams
      where gram.length == length && gram.peopleCount >= Self.peopleMin && Self.saysSomething(table.text(gram)) {
        let odds = LogOdds(
          count: gram.count, total: table.totals[length - 1], otherCount: gram.otherCount,
          otherTotal: table.otherTotals[length - 1])
        guard let odds else { continue }
        found.append(
          Phrase(
            text: table.text(gram), count: gram.count, otherCount: gram.otherCount, people: gram.peopleCount,
            z: odds.z))
      }
    }
    let p = found.map { 2 * Distribution.normalCDF(-abs($0.z)) }
    let q = isStrict ? FalseDiscovery.adjustedUnderDependence(p) : FalseDiscovery.adjusted(p)
    let kept = zip(found, q).filter { $0.z >= zMin && $1 <= fdr }.map(\.0)
    phrases = Array(Self.withoutParts(kept).sorted { Self.precedes($0, $1) }.prefix(phrasesMax))
  }

  /// Whether a word of four bytes or more is in a phrase: articles and prepositions alone say nothing.
  private static func saysSomething(_ phrase: [UInt8]) -> Bool {
    phrase.split(separator: 0x20).contains { $0.count >= 4 }
  }

  private static func precedes(_ a: Phrase, _ b: Phrase) -> Bool {
    a.z != b.z ? a.z > b.z : a.text.lexicographicallyPrecedes(b.text)
  }

  /// Drops what stands inside of a longer phrase that occurs as often.
  private static func withoutParts(_ phrases: [Phrase]) -> [Phrase] {
    var parts: [[UInt8]: Int] = [:]
    for phrase in phrases {
      let words = phrase.text.split(separator: 0x20)
      for length in 1..<max(1, words.count) {
        for start in 0...(words.count - length) {
          let part = Array(words[start..<start + length].joined(separator: [0x20]))
          parts[part] = max(parts[part] ?? 0, phrase.count)
        }
      }
    }
    return phrases.filter { (parts[$0.text] ?? 0) < $0.count }
  }
}

/// How often each run of one to three words occurs on two sides.
private struct GramTable {
  struct Gram {
    var start: Int
    var byteCount: Int
    var length: Int
    var count = 0
    var otherCount = 0
    /// The first few people who use it on the first side.
    var people: InlineArray<8, UInt64> = .init(repeating: 0)
    var peopleCount = 0

    mutating func add(person: UInt64) {
      if peopleCount == people.count { return }
      for index in 0..<peopleCount where people[index] == person { return }
      people[peopleCount] = person
      peopleCount += 1
    }
  }

  private var numbers: [UInt64: Int] = [:]
  private(set) var grams: [Gram] = []
  /// Runs of each length on the first side, and on the other.
  private(set) var totals = [0, 0, 0]
  private(set) var otherTotals = [0, 0, 0]
  private var text: [UInt8] = []
  private var heavy: [UInt8] = []

  func text(_ gram: Gram) -> [UInt8] { Array(text[gram.start..<gram.start + gram.byteCount]) }

  mutating func add(_ sample: CommentSample, isOther: Bool) {
    var plain: [UInt8] = []
    var words: [Range<Int>] = []
    for comment in sample.comments {
      plain.removeAll(keepingCapacity: true)
      sample.append(comment, to: &plain)
      NormalForm.heavy(plain.span, into: &heavy)
      Words.find(in: heavy.span, into: &words)
      for first in words.indices {
        for length in 1...min(3, words.count - first) {
          let range = words[first].lowerBound..<words[first + length - 1].upperBound
          count(range, length, isOther: isOther, person: comment.person)
        }
      }
    }
  }

  private mutating func count(_ range: Range<Int>, _ length: Int, isOther: Bool, person: UInt64) {
    if isOther { otherTotals[length - 1] += 1 } else { totals[length - 1] += 1 }
    let hash = StableHash.hash(heavy.span, range)
    if let number = numbers[hash] {
      if isOther {
        grams[number].otherCount += 1
      } else {
        grams[number].count += 1
        grams[number].add(person: person)
      }
      return
    }
    // What only the other side says is no phrase of this one; its words count in the totals.
    if isOther { return }
    var gram = Gram(start: text.count, byteCount: range.count, length: length, count: 1)
    gram.add(person: person)
    numbers[hash] = grams.count
    grams.append(gram)
    text += heavy[range]
  }
}
