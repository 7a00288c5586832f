import NDJSON

/// A rating between 1 and 5 stars.
///
/// Sums are made of millionths of a star; what decides (poor, good, thresholds) is the exact value as it was spelled.
public struct Rating: Sendable, Equatable {
  /// Millionths of a star, halves up: 1,000,000 to 5,000,000.
  public let millionths: Int
  /// Millionths of a star, rounded down.
  private let floor: Int
  /// Whether the rating is just `floor` millionths.
  private let isExact: Bool

  /// A rating of a number of millionths; nil outside of 1 to 5 stars.
  public init?(millionths: Int) {
    guard (1_000_000...5_000_000).contains(millionths) else { return nil }
    self.millionths = millionths
    floor = millionths
    isExact = true
  }

  /// Reads a spelled number; nil where it is not between 1 and 5.
  public init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard let (value, isWhole) = JSONNumber.fixed(bytes, range, decimals: 7) else { return nil }
    if value < 10_000_000 || value > 50_000_000 || (value == 50_000_000 && !isWhole) { return nil }
    floor = value / 10
    millionths = (value + 5) / 10
    isExact = isWhole && value % 10 == 0
  }

  /// At most 2 stars.
  public var isPoor: Bool { isAtMost(millionths: 2_000_000) }

  /// At least 4 stars.
  public var isGood: Bool { isAtLeast(millionths: 4_000_000) }

  /// Whether the rating is at least a number of stars, given in millionths.
  public func isAtLeast(millionths bound: Int) -> Bool { floor >= bound }

  /// Whether the rating is at most a number of stars, given in millionths.
  public func isAtMost(millionths bound: Int) -> Bool {
    floor < bound || (floor == bound && isExact)
  }

  /// Whether the quality, `rating / 5`, is at least a threshold: 0.7 is 3.5 stars.
  ///
  /// The one place that decides on quality.
  public func hasQuality(atLeast threshold: Quality) -> Bool {
    isAtLeast(millionths: 5 * threshold.millionths)
  }
}

/// A threshold on quality: a share of five stars between 0 and 1, in millionths.
public struct Quality: Sendable, Equatable {
  /// Millionths, 0 to 1,000,000.
  public let millionths: Int

  /// The threshold used where none is given: 0.7, which is 3.5 stars.
  public static let standard = Quality(ofMillionths: 700_000)

  private init(ofMillionths count: Int) { millionths = count }

  /// Makes a threshold; nil outside of 0 to 1.
  public init?(millionths: Int) {
    guard (0...1_000_000).contains(millionths) else { return nil }
    self.millionths = millionths
  }
}
