import Digest

/// The words of a text in heavy form, and the hashes of runs of them.
public enum Words {
  /// Replaces `words` by the places of the words of a text in heavy form, whose words have one space between them.
  public static func find(in heavy: Span<UInt8>, into words: inout [Range<Int>]) {
    words.removeAll(keepingCapacity: true)
    var start = 0
    for index in 0..<heavy.count where heavy[index] == 0x20 {
      words.append(start..<index)
      start = index + 1
    }
    if start < heavy.count { words.append(start..<heavy.count) }
  }

  /// Replaces `hashes` by one hash for each run of `count` words, in their order; there is none where there are fewer
  /// words.
  ///
  /// `words` are the places of the words of `heavy`; a run is hashed with the spaces between its words.
  public static func grams(
    of count: Int, in heavy: Span<UInt8>, words: [Range<Int>], into hashes: inout [UInt64]
  ) {
    hashes.removeAll(keepingCapacity: true)
    if words.count < count { return }
    for first in 0...words.count - count {
      let run = words[first].lowerBound..<words[first + count - 1].upperBound
      hashes.append(StableHash.hash(heavy, run, seed: UInt64(count)))
    }
  }
}
