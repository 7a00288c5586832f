/// Finds records with the same key among all that it was given; the result does not depend on their order.
///
/// A record costs the bytes of its id and 28 more; a key that was not there before costs up to 32.
public struct ExactIndex: Sendable {
  private var ids = ByteList()
  private var ranks: [UInt64] = []
  private var keys = KeyTable()
  /// The number of the key of each record.
  private var keyOf: [Int32] = []

  /// Makes an empty index.
  public init() {}

  /// How many records were taken in.
  public var count: Int { keyOf.count }

  /// Takes in a record, at most 2³¹ of them; they are numbered as they come, from 0 on.
  ///
  /// Of the records with one key that with the highest rank is kept, then the one with the least id, by bytes.
  public mutating func add(id: Span<UInt8>, key: UInt128, rank: UInt64 = 0) {
    ids.append(id)
    ranks.append(rank)
    keyOf.append(Int32(keys.number(of: key).number))
  }

  /// The key of a record.
  public func key(of record: Int) -> UInt128 { keys[Int(keyOf[record])] }

  /// The groups of records with one key.
  public consuming func components() -> DuplicateComponents {
    DuplicateComponents(texts: keyOf, groups: keyOf, ids: ids, ranks: ranks)
  }
}
