/// Sets of shingles, packed: 4 bytes a shingle.
///
/// In pieces, so that growing never copies what is there and needs no second place for it.
struct ShingleStore: Sendable {
  /// Where a set stands.
  struct Place: Sendable {
    var piece: UInt32
    var start: UInt32
    var count: UInt32
  }

  private static let pieceCapacity = 1 << 20
  private var pieces: [[UInt32]] = []

  /// Keeps a set.
  mutating func append(_ shingles: [UInt32]) -> Place {
    if pieces.isEmpty || pieces[pieces.count - 1].count + shingles.count > Self.pieceCapacity {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(max(Self.pieceCapacity, shingles.count))
    }
    let last = pieces.count - 1
    let start = pieces[last].count
    pieces[last].append(contentsOf: shingles)
    return Place(piece: UInt32(last), start: UInt32(start), count: UInt32(shingles.count))
  }

  /// A set that was kept.
  func shingles(at place: Place) -> [UInt32] {
    Array(pieces[Int(place.piece)][Int(place.start)..<Int(place.start + place.count)])
  }

  /// The Jaccard similarity of two sets, if it is at least `limit`; else less than that.
  func similarity(_ left: Place, _ right: Place, atLeast limit: Double) -> Double {
    let (less, more) = (min(left.count, right.count), max(left.count, right.count))
    // No more can be shared than the smaller one has.
    if more > 0 && Double(less) / Double(more) < limit { return 0 }
    let (first, second) = (pieces[Int(left.piece)], pieces[Int(right.piece)])
    return Shingles.similarity(
      first.span.extracting(Int(left.start)..<Int(left.start + left.count)),
      second.span.extracting(Int(right.start)..<Int(right.start + right.count)))
  }
}
