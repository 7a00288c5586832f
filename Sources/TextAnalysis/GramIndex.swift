/// Where the runs of n words of some texts stand, to find what another text shares with them.
///
/// 16 bytes a run: its hash, and the number of its text with its place there.
public struct GramIndex: Sendable {
  /// What a text of the index shares with another text.
  public struct Overlap: Sendable, Hashable {
    /// The number of the text in the index, from 0 on.
    public var text: Int
    /// How many of its runs the other text has as well.
    public var sharedCount: Int
    /// The share of its words that lie in such runs.
    public var coverage: Double
  }

  /// Words in a run.
  public let length: Int
  private var grams: [(hash: UInt64, text: UInt32, place: UInt32)] = []
  private var wordCounts: [Int] = []

  /// Makes an empty index of runs of `length` words.
  public init(length: Int) { self.length = length }

  /// Takes in a text in heavy form; the texts are numbered as they come.
  public mutating func add(_ heavy: Span<UInt8>) {
    var words: [Range<Int>] = []
    var hashes: [UInt64] = []
    Words.find(in: heavy, into: &words)
    Words.grams(of: length, in: heavy, words: words, into: &hashes)
    for (place, hash) in hashes.enumerated() {
      grams.append((hash, UInt32(wordCounts.count), UInt32(place)))
    }
    wordCounts.append(words.count)
  }

  /// Ends the taking in; nothing is found before.
  public mutating func seal() { grams.sort { $0 < $1 } }

  /// What the texts of the index share with a text in heavy form, in the order of their numbers.
  public func overlaps(with heavy: Span<UInt8>) -> [Overlap] {
    var words: [Range<Int>] = []
    var hashes: [UInt64] = []
    Words.find(in: heavy, into: &words)
    Words.grams(of: length, in: heavy, words: words, into: &hashes)
    var found: [(text: UInt32, place: UInt32)] = []
    for hash in hashes {
      var index = firstIndex(of: hash)
      while index < grams.count && grams[index].hash == hash {
        found.append((grams[index].text, grams[index].place))
        index += 1
      }
    }
    found.sort { $0 < $1 }
    return merge(found)
  }

  private func merge(_ found: [(text: UInt32, place: UInt32)]) -> [Overlap] {
    var overlaps: [Overlap] = []
    var covered = 0
    // One past the last word of the text that is covered.
    var end = 0
    for (index, hit) in found.enumerated() {
      let text = Int(hit.text)
      if overlaps.last?.text != text {
        overlaps.append(Overlap(text: text, sharedCount: 0, coverage: 0))
        (covered, end) = (0, 0)
      } else if found[index - 1] == hit {
        continue
      }
      let place = Int(hit.place)
      covered += place + length - max(end, place)
      end = place + length
      overlaps[overlaps.count - 1].sharedCount += 1
      overlaps[overlaps.count - 1].coverage = Double(covered) / Double(wordCounts[text])
    }
    return overlaps
  }

  /// Where the runs of a hash begin, or would.
  private func firstIndex(of hash: UInt64) -> Int {
    var low = 0
    var high = grams.count
    while low < high {
      let middle = (low + high) >> 1
      if grams[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
