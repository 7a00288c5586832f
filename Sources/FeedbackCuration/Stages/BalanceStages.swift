import Digest
import FeedbackModel
import NDJSON

/// How many records a group may have.
public enum GroupCap: Sendable, Equatable {
  /// So many.
  case count(Int)
  /// A share, in millionths, of the records that reach the cap, rounded down; one at least.
  case share(millionths: Int)

  func most(of all: Int) -> Int {
    switch self {
    case .count(let count): count
    case .share(let millionths): max(1, all / 1_000_000 * millionths + all % 1_000_000 * millionths / 1_000_000)
    }
  }
}

/// Keeps so many records of each category, or of each person: those with a correction, of the best rating, then those
/// of the least hash of their id.
public struct CapStage: CurationStage {
  private let field: RecordField
  private let cap: GroupCap
  /// The number of each group, by a hash of its name.
  private var groups: [UInt64: Int32] = [:]
  /// Of each record its group (-1 for none), its quality and its place by hash.
  private var records: [(group: Int32, quality: UInt32, place: UInt64)] = []
  private var name: [UInt8] = []

  /// Makes a stage that caps the groups of `category` or `user_id`.
  public init(_ field: RecordField, _ cap: GroupCap) {
    self.field = field
    self.cap = cap
  }

  /// Whether the stage decides only when it has seen all records.
  public var needsAllRecords: Bool { true }

  private static let salt = Array("fb-cap-v1".utf8) + [0x1F]

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    let named = try scanner.text(field)
    var group: Int32 = -1
    if named.kind == .string {
      group = number(of: scanner.withText(bytes, named, &name) { StableHash.hash($0, 0..<$0.count) })
    } else if field == .category {
      let none = RecordField.uncategorized
      group = number(of: StableHash.hash(none.span, 0..<none.count))
    }
    let quality = UInt32(truncatingIfNeeded: try RecordRank.quality(bytes, scanner))
    records.append((group, quality, RecordIdentity.place(Self.salt, bytes, range, scanner)))
    return .keep
  }

  private mutating func number(of hash: UInt64) -> Int32 {
    if let number = groups[hash] { return number }
    let number = Int32(groups.count)
    groups[hash] = number
    return number
  }

  /// Decides on the records that were collected.
  public mutating func decide(_ reasons: inout [CurationReason?]) {
    var order: [Int32] = []
    for number in reasons.indices where reasons[number] == nil { order.append(Int32(number)) }
    let most = cap.most(of: order.count)
    order.removeAll { records[Int($0)].group < 0 }
    order.sort { left, right in
      let (a, b) = (records[Int(left)], records[Int(right)])
      if a.group != b.group { return a.group < b.group }
      if a.quality != b.quality { return a.quality > b.quality }
      return a.place != b.place ? a.place < b.place : left < right
    }
    var (group, count): (Int32, Int) = (-1, 0)
    for number in order {
      let own = records[Int(number)].group
      if own != group { (group, count) = (own, 0) }
      count += 1
      if count > most { reasons[Int(number)] = field == .category ? .categoryCap : .userCap }
    }
  }
}

/// Keeps a number of records, those of the least hashes of their ids: the same ones whatever the order, and of a larger
/// sample all of a smaller one.
public struct SampleStage: CurationStage {
  private let size: Int
  private var places: [UInt64] = []
  private static let salt = Array("fb-sample-v1".utf8) + [0x1F]

  /// Makes a stage that keeps so many.
  public init(size: Int) { self.size = size }

  /// Whether the stage decides only when it has seen all records.
  public var needsAllRecords: Bool { true }

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    places.append(RecordIdentity.place(Self.salt, bytes, range, scanner))
    return .keep
  }

  /// Decides on the records that were collected.
  public mutating func decide(_ reasons: inout [CurationReason?]) {
    var order: [Int32] = []
    for number in reasons.indices where reasons[number] == nil { order.append(Int32(number)) }
    if order.count <= size { return }
    order.sort { (places[Int($0)], $0) < (places[Int($1)], $1) }
    for number in order[size...] { reasons[Int(number)] = .notSampled }
  }
}
