/// Up to three poor answers that stand for the others: at most one of a person, the lowest ratings first, among equals by
/// a hash of their ids.
///
/// Which ones does not depend on the order, so examples of parts merge to those of the whole.
struct PoorExamples: Sendable, Equatable {
  struct Example: Sendable, Equatable {
    var millionths: Int
    /// A hash of its id.
    var id: UInt64
    /// A hash of who rated it.
    var person: UInt64

    fileprivate func precedes(_ other: Example) -> Bool {
      (millionths, id, person) < (other.millionths, other.id, other.person)
    }
  }

  static let countMax = 3
  /// Best first.
  private(set) var all: [Example] = []

  /// Offers an example; whether it is among the best so far.
  @discardableResult
  mutating func add(_ example: Example) -> Bool {
    if all.count == Self.countMax && !example.precedes(all[Self.countMax - 1]) { return false }
    if let same = all.firstIndex(where: { $0.person == example.person }) {
      if !example.precedes(all[same]) { return false }
      all.remove(at: same)
    }
    all.insert(example, at: all.firstIndex { example.precedes($0) } ?? all.count)
    if all.count > Self.countMax { all.removeLast() }
    return true
  }

  mutating func merge(_ other: PoorExamples) {
    for example in other.all { add(example) }
  }
}
