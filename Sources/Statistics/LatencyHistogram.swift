/// How often which time to respond occurred, in milliseconds.
///
/// Exact below 256, in 128 buckets an octave above, so within 0.4 %. Only shifts and a count of leading zeros decide on
/// the bucket: the same everywhere, and merging adds integers. The layout is that of HdrHistogram with two digits.
public struct LatencyHistogram: Sendable, Equatable {
  /// How many values.
  public private(set) var count = 0
  private(set) var buckets: [Int] = []

  /// Starts with none.
  public init() {}

  /// The bucket of a value of 0 or more.
  public static func index(of value: Int) -> Int {
    if value < 256 { return max(0, value) }
    let exponent = Int.bitWidth - value.leadingZeroBitCount - 8
    return 128 * exponent + value >> exponent
  }

  /// The middle of a bucket, of which odd widths have one; in milliseconds.
  public static func middle(ofBucket index: Int) -> Double {
    if index < 256 { return Double(index) }
    let exponent = index / 128 - 1
    let low = (index - 128 * exponent) << exponent
    let width = 1 << exponent
    return Double(low) + Double(width - 1) / 2
  }

  /// The least value of a bucket, in milliseconds.
  static func low(ofBucket index: Int) -> Int {
    if index < 256 { return index }
    let exponent = index / 128 - 1
    return (index - 128 * exponent) << exponent
  }

  /// Adds a value.
  public mutating func add(_ value: Int) { add(1, toBucket: Self.index(of: value)) }

  /// The bucket of the largest integer.
  public static var bucketMax: Int { index(of: .max) }

  /// Adds a number of values of one bucket, 0 to `bucketMax`.
  public mutating func add(_ values: Int, toBucket index: Int) {
    if index >= buckets.count {
      buckets.append(contentsOf: repeatElement(0, count: index + 1 - buckets.count))
    }
    buckets[index] += values
    count += values
  }

  /// Adds all of another histogram.
  public mutating func merge(_ other: LatencyHistogram) {
    if other.buckets.count > buckets.count {
      buckets.append(contentsOf: repeatElement(0, count: other.buckets.count - buckets.count))
    }
    for (index, value) in other.buckets.enumerated() { buckets[index] += value }
    count += other.count
  }

  /// The buckets that hold something, in order.
  public var sparse: [(index: Int, count: Int)] {
    buckets.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
  }

  /// The nearest-rank quantile ⌊q(n−1)⌋ for q = `permille` / 1000: the middle of its bucket in milliseconds.
  ///
  /// nil without values.
  public func quantile(permille: Int) -> Double? {
    if count == 0 { return nil }
    let rank = (count - 1).multipliedFullWidth(by: min(1000, max(0, permille)))
    return middle(atRank: 1000.dividingFullWidth(rank).quotient)
  }

  /// The 95 % interval of a quantile, 0 < `permille` < 1000: the middles of the buckets that hold the ranks of
  /// `QuantileRanks`, in milliseconds.
  ///
  /// An end is nil where there are too few values for it; nil without values.
  public func quantileInterval(permille: Int) -> (low: Double?, high: Double?)? {
    guard let ranks = QuantileRanks(count: count, quantile: Double(permille) / 1000) else { return nil }
    return (ranks.low.flatMap { middle(atRank: $0 - 1) }, ranks.high.flatMap { middle(atRank: $0 - 1) })
  }

  /// The middle of the bucket of a value by its rank, from 0.
  private func middle(atRank rank: Int) -> Double? {
    var below = 0
    for (index, value) in buckets.enumerated() {
      below += value
      if rank < below { return Self.middle(ofBucket: index) }
    }
    return nil
  }
}
