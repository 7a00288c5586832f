import Digest

/// The shingles of a text in heavy form: its overlapping pieces, each as a hash of 32 bits.
///
/// Texts are near-duplicates where their sets of shingles are alike. Pieces are of 5 characters (scalars) in a short
/// text and of 5 words in a long one: a typo in six words leaves 0.91 of the character pieces, but 0.33 of those of
/// words. A text that is shorter than a piece is one shingle, an empty one has none.
public struct Shingles: Sendable {
  /// Characters or words in a shingle.
  public static let length = 5

  /// Texts in heavy form of this many characters and more are cut into pieces of words.
  public var wordsFrom: Int

  /// Cuts texts of `wordsFrom` characters and more into words; `Int.max` for pieces of characters always.
  public init(wordsFrom: Int = 200) { self.wordsFrom = wordsFrom }

  /// Replaces `hashes` by the set of shingles of a text in heavy form, ascending, each once.
  public func find(in heavy: Span<UInt8>, into hashes: inout [UInt32]) {
    hashes.removeAll(keepingCapacity: true)
    if heavy.count == 0 { return }
    if heavy.count >= wordsFrom && heavy.scalarCount >= wordsFrom {
      Self.cutWords(heavy, &hashes)
    } else {
      Self.cutCharacters(heavy, &hashes)
    }
    hashes.sort()
    Self.removeRepeats(&hashes)
  }

  /// The Jaccard similarity of two sets of shingles, ascending: shared / all, 1 for two empty sets.
  public static func similarity(_ left: Span<UInt32>, _ right: Span<UInt32>) -> Double {
    if left.count == 0 && right.count == 0 { return 1 }
    var shared = 0
    var (i, j) = (0, 0)
    while i < left.count && j < right.count {
      let (a, b) = (left[i], right[j])
      shared &+= a == b ? 1 : 0
      i &+= a <= b ? 1 : 0
      j &+= b <= a ? 1 : 0
    }
    return Double(shared) / Double(left.count + right.count - shared)
  }

  @inline(__always)
  private static func hash(_ heavy: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    UInt32(truncatingIfNeeded: StableHash.hash(heavy, range))
  }

  private static func cutCharacters(_ heavy: Span<UInt8>, _ hashes: inout [UInt32]) {
    var starts = LastStarts()
    for index in 0..<heavy.count where heavy[index] & 0xC0 != 0x80 {
      if starts.isFull { hashes.append(hash(heavy, starts.first..<index)) }
      starts.add(index)
    }
    hashes.append(hash(heavy, starts.first..<heavy.count))
  }

  private static func cutWords(_ heavy: Span<UInt8>, _ hashes: inout [UInt32]) {
    var starts = LastStarts()
    starts.add(0)
    for index in 0..<heavy.count where heavy[index] == 0x20 {
      if starts.isFull { hashes.append(hash(heavy, starts.first..<index)) }
      starts.add(index + 1)
    }
    hashes.append(hash(heavy, starts.first..<heavy.count))
  }

  /// Where the last five pieces began; before there are five, the first of them is the start of the text.
  private struct LastStarts {
    private(set) var first = 0
    private var rest = (0, 0, 0, 0)
    private var count = 0

    var isFull: Bool { count >= length }

    @inline(__always)
    mutating func add(_ start: Int) {
      first = rest.0
      rest = (rest.1, rest.2, rest.3, start)
      count &+= 1
    }
  }

  private static func removeRepeats(_ hashes: inout [UInt32]) {
    var end = min(1, hashes.count)
    for index in hashes.indices.dropFirst() where hashes[index] != hashes[end - 1] {
      hashes[end] = hashes[index]
      end += 1
    }
    hashes.removeLast(hashes.count - end)
  }
}
