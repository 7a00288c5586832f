/// Which records are duplicates of each other, by the numbers that `DuplicateIndex` gave them.
public struct DuplicateComponents: Sendable {
  private let texts: [Int32]
  private let roots: [Int32]
  private let kept: [Int32]

  /// Makes the groups of the records whose entries in `groups` are equal; those of equal `texts` are exactly the same.
  init(texts: [Int32], groups: [Int32], ids: ByteList, ranks: [UInt64]) {
    // For each group the records with the least id and with the highest rank; a group's number is below the records'.
    var least = [Int32](repeating: -1, count: groups.count)
    var best = least
    for (record, group) in groups.enumerated() {
      let group = Int(group)
      if least[group] < 0 {
        least[group] = Int32(record)
        best[group] = Int32(record)
        continue
      }
      if ids.precedes(record, Int(least[group])) { least[group] = Int32(record) }
      let other = Int(best[group])
      if ranks[record] != ranks[other] ? ranks[record] > ranks[other] : ids.precedes(record, other) {
        best[group] = Int32(record)
      }
    }
    self.texts = texts
    roots = groups.map { least[Int($0)] }
    kept = groups.map { best[Int($0)] }
  }

  /// How many records there are.
  public var count: Int { texts.count }

  /// The record with the least id among the duplicates of a record, itself included: it names their group.
  public func root(of record: Int) -> Int { Int(roots[record]) }

  /// The record that is kept of the duplicates of a record: the one of the highest rank, then of the least id.
  public func kept(of record: Int) -> Int { Int(kept[record]) }

  /// Whether two records have the same prompt and the same answer in light form.
  public func areSame(_ left: Int, _ right: Int) -> Bool { texts[left] == texts[right] }
}
