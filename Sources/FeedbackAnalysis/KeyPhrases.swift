import NDJSON
import Statistics

/// Words and runs of two or three of them that one side of texts uses more than another, by log odds with an informative
/// Dirichlet prior.
///
/// A phrase is kept if three different people or more use it on its side, with z of 1.96 or more that survives the
/// correction among all phrases that were tested. One inside of a longer one that occurs as often says nothing of its own
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
    /// Different people who use it on its side.
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

  static let peopleMin = 3
  static let phrasesMax = 10

  /// Compares the texts of samples with those of others.
  init(_ samples: [CommentSample], against others: [CommentSample], fdr: Double, isStrict: Bool) {
    var table = GramTable()
    for sample in samples { table.add(sample, side: 0) }
    for sample in others { table.add(sample, side: 1) }
    textCount = samples.reduce(0) { $0 + $1.comments.count }
    otherTextCount = others.reduce(0) { $0 + $1.comments.count }
    peopleCount = Set(samples.flatMap { $0.comments.map(\.person) }).count
    var found: [Phrase] = []
    for length in 1...3 {
      for gram in table.grams where gram.length == length && gram.people.count >= Self.peopleMin {
        let odds = LogOdds(
          count: gram.counts[0], total: table.totals[0][length - 1], otherCount: gram.counts[1],
          otherTotal: table.totals[1][length - 1])
        guard let odds else { continue }
        found.append(
          Phrase(
            text: table.text(gram), count: gram.counts[0], otherCount: gram.counts[1], people: gram.people.count,
            z: odds.z))
      }
    }
    let p = found.map { 2 * Distribution.normalCDF(-abs($0.z)) }
    let q = isStrict ? FalseDiscovery.adjustedUnderDependence(p) : FalseDiscovery.adjusted(p)
    let kept = zip(found, q).filter { $0.z >= ProportionInterval.z95 && $1 <= fdr }.map(\.0)
    phrases = Array(Self.withoutParts(kept).sorted { Self.precedes($0, $1) }.prefix(Self.phrasesMax))
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
    var counts = [0, 0]
    /// The first few people who use it on the first side.
    var people: [UInt64] = []
  }

  private var numbers: [UInt64: Int] = [:]
  private(set) var grams: [Gram] = []
  /// Runs of each length on each side.
  private(set) var totals = [[0, 0, 0], [0, 0, 0]]
  private var words: [UInt8] = []
  /// More people than this are not told apart for a phrase.
  private static let peopleMax = 50

  func text(_ gram: Gram) -> [UInt8] { Array(words[gram.start..<gram.start + gram.byteCount]) }

  mutating func add(_ sample: CommentSample, side: Int) {
    var text: [UInt8] = []
    for comment in sample.comments {
      text.removeAll(keepingCapacity: true)
      sample.append(comment, to: &text)
      add(text, side: side, person: comment.person)
    }
  }

  private mutating func add(_ text: [UInt8], side: Int, person: UInt64) {
    // Words in lower case with single blanks between them; a line break where a sentence ends.
    var plain: [UInt8] = []
    var starts: [Int] = []
    for byte in text + [0x0A] {
      if Self.isWord(byte) {
        if plain.last == nil || plain.last == 0x20 { starts.append(plain.count) }
        plain.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
      } else if byte == 0x20 || byte == 0x27 || byte == 0x2D {
        if let last = plain.last, last != 0x20 { plain.append(0x20) }
      } else {
        count(plain, starts, side: side, person: person)
        plain.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Letters, digits and everything beyond ASCII.
  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private mutating func count(_ plain: [UInt8], _ starts: [Int], side: Int, person: UInt64) {
    let end = plain.last == 0x20 ? plain.count - 1 : plain.count
    for first in starts.indices {
      for length in 1...3 where first + length <= starts.count {
        let stop = first + length < starts.count ? starts[first + length] - 1 : end
        totals[side][length - 1] += 1
        count(plain, starts[first]..<stop, length, side: side, person: person)
      }
    }
  }

  private mutating func count(
    _ plain: [UInt8], _ range: Range<Int>, _ length: Int, side: Int, person: UInt64
  ) {
    let hash = plain.span.wordHash(range)
    let number: Int
    if let known = numbers[hash] {
      number = known
    } else {
      // What only the other side says is no phrase of this one; its words count in the totals.
      if side == 1 { return }
      number = grams.count
      numbers[hash] = number
      grams.append(Gram(start: words.count, byteCount: range.count, length: length))
      words += plain[range]
    }
    grams[number].counts[side] += 1
    if side == 0 && grams[number].people.count < Self.peopleMax && !grams[number].people.contains(person) {
      grams[number].people.append(person)
    }
  }
}
