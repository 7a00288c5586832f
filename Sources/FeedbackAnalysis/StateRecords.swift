import Digest
import FeedbackModel
import NDJSON
import Statistics
import Timestamps

/// The version of the shape of states: it changes with every change of what is counted or how it is written.
let stateSchema = 2

extension AnalysisOptions {
  /// The options that states depend on, as their head writes them.
  ///
  /// Everything that decides on what is counted, and nothing that decides only on what is said about it.
  var stateOptions: [UInt8] {
    var line = RecordLine()
    line.begin()
    line.key("by")
    line.rawValue([0x5B])
    for name in fields {
      line.separate()
      var text: [UInt8] = []
      JSONText.encode(name, into: &text)
      line.rawValue(text)
    }
    line.rawValue([0x5D])
    line.text("time_field", timeField.rawValue)
    line.text("tz", zone.text)
    line.integer("people", peopleMax)
    line.integer("asked", isAskedKnown ? 1 : 0)
    line.close()
    return line.bytes
  }

  /// Tells states that may be added up from others: the first 16 hexadecimal digits of the SHA-256 of schema and options.
  var stateDigest: [UInt8] {
    let text = Array("state \(stateSchema) ".utf8) + stateOptions
    return Array(SHA256.hexadecimal(text.span, 0..<text.count).prefix(16))
  }
}

extension Analysis {
  /// What was counted, as records that can be added up with those of other parts of the data: a head, then the cell of
  /// everything, then one of each slice, in a fixed order.
  ///
  /// Each is handed over as a whole line. The same records in any order and any split give the same bytes.
  public func forEachState<Failure: Error>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    let digest = options.stateDigest
    try write(head(digest))
    if total.interactions == 0 { return }
    try write(state(digest, .all, total))
    for group in groups {
      for slice in slices(of: group) { try write(state(digest, slice.scope, slice.cell)) }
    }
  }

  private func head(_ digest: [UInt8]) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "state")
    line.integer("schema", stateSchema)
    line.text("options_digest", digest)
    line.raw("options", options.stateOptions)
    line.open("window")
    line.text("from", window.since?.text)
    line.text("to", window.until?.text)
    line.close()
    line.text("first", earliest?.text)
    line.text("last", latest?.text)
    line.integer("undated", undated)
    line.integer("interactions", total.interactions)
    line.end()
    return line.bytes
  }

  private func state(_ digest: [UInt8], _ scope: Scope, _ cell: Cell) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "state")
    line.integer("schema", stateSchema)
    line.text("options_digest", digest)
    line.raw("key", scope.json)
    line.integer("interactions", cell.interactions)
    line.integers("errors", cell.errors == 0 ? [] : [cell.errors])
    line.integers("asked", cell.asked.strata.flatMap { [$0.probability, $0.asked] + $0.rating.state })
    line.integers("rating", cell.rating.count == 0 ? [] : cell.rating.state)
    for dimension in Dimension.allCases {
      let ratings = cell.ratings(of: dimension)
      line.integers(dimension.name, ratings.count == 0 ? [] : ratings.state)
    }
    line.integers("people", cell.people.hashes.map { Int($0) })
    for part in PartPeople.Part.allCases { line.integers(part.name, cell.partPeople[part].hashes.map { Int($0) }) }
    line.integers("buckets", cell.buckets.state)
    line.integers("tables", cell.tables.counts.enumerated().flatMap { $0.element == 0 ? [] : [$0.offset, $0.element] })
    line.integers("complete", cell.complete.state)
    line.integers("poor_ms", cell.responseTimes.poor.state)
    line.integers("not_poor_ms", cell.responseTimes.notPoor.state)
    line.integers("unrated_ms", cell.responseTimes.unrated.state)
    line.integers("days", cell.days.all.flatMap { [$0.day, $0.interactions, $0.rated, $0.poor, $0.sum] })
    line.end()
    return line.bytes
  }
}

/// Integers beyond 2⁵³ as two that every JSON reader keeps: a · 10¹⁵ + b.
enum WideInteger {
  static let base: Int128 = 1_000_000_000_000_000

  static func parts(_ value: Int128) -> [Int] { [Int(value / base), Int(value % base)] }

  static func value(_ high: Int, _ low: Int) -> Int128 { Int128(high) * base + Int128(low) }
}

extension RatingSummary {
  /// Sum, sum of squares in two parts, poor, good, and the five levels.
  var state: [Int] {
    [sum] + WideInteger.parts(sumOfSquares) + [poorCount, goodCount] + (1...5).map { count(ofLevel: $0) }
  }

  static let stateCount = 10
}

extension PartPeople.Part {
  /// The name of the member with the hashes of people.
  fileprivate var name: StaticString {
    switch self {
    case .accuracy: "accuracy_people"
    case .helpfulness: "helpfulness_people"
    case .clarity: "clarity_people"
    case .complete: "complete_people"
    case .asked: "asked_people"
    }
  }
}

extension LatencyHistogram {
  /// Each bucket that holds something, and how much.
  fileprivate var state: [Int] { sparse.flatMap { [$0.index, $0.count] } }
}

extension UserBuckets {
  /// Each bucket that holds something: its number, ratings, their sum and how many are poor.
  fileprivate var state: [Int] {
    if values.isEmpty { return [] }
    return (0..<Self.count).flatMap { values[3 * $0] == 0 ? [] : [$0] + values[3 * $0..<3 * $0 + 3] }
  }
}

extension CompleteCases {
  /// How many, how many straight-lined, the four sums, and the ten products in two parts each.
  fileprivate var state: [Int] {
    guard let sums else { return [] }
    return [count, straightLined] + (0..<4).map { sums.sums[$0] } + sums.products.flatMap(WideInteger.parts)
  }

  static let stateCount = 26
}
