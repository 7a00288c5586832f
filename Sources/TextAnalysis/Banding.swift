import Digest

/// How a signature is cut into bands: sets that agree in all rows of a band are candidates (locality-sensitive
/// hashing).
public struct Banding: Sendable, Hashable {
  /// How many bands.
  public let bands: Int
  /// How many numbers of the signature a band has.
  public let rows: Int

  /// Cuts into `bands` bands of `rows` numbers; both are positive.
  public init(bands: Int, rows: Int) {
    precondition(bands > 0 && rows > 0)
    self.bands = bands
    self.rows = rows
  }

  /// 16 bands of 8: finds 0.95 of the pairs of similarity 0.8, and 0.06 of those of 0.5.
  public static let near = Banding(bands: 16, rows: 8)
  /// 32 bands of 4: finds 0.87 of the pairs of similarity 0.5.
  public static let loose = Banding(bands: 32, rows: 4)

  /// The probability that two sets of a Jaccard similarity s are candidates: 1 − (1 − s^rows)^bands.
  public func candidateProbability(similarity: Double) -> Double {
    1 - Self.power(1 - Self.power(similarity, rows), bands)
  }

  /// Appends a key for each band of a signature; `seed` keeps apart what is no candidate whatever the signatures.
  public func appendKeys(of signature: Span<UInt32>, seed: UInt64, to keys: inout [UInt32]) {
    precondition(signature.count >= bands * rows)
    for band in 0..<bands {
      var key = seed
      for row in band * rows..<(band + 1) * rows { key = StableHash.combine(key, UInt64(signature[row])) }
      keys.append(UInt32(truncatingIfNeeded: key))
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
