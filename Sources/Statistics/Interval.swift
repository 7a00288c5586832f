/// The ends of an interval for an unknown quantity, in the unit of that quantity.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public let low: Double
  /// The upper end, not below the lower one.
  public let high: Double

  /// Makes an interval; the upper end is not below the lower one.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// As far to both sides of the centre.
  init(centre: Double, halfWidth: Double) {
    self.init(low: centre - halfWidth, high: centre + halfWidth)
  }
}

extension Int {
  /// The largest count that a `Double` holds exactly with all counts below it, 2⁵³: what this library takes.
  static let countMax = 1 << 53
}

/// The sum of counts, nil where one is negative or the sum is above 2⁵³.
func total(of counts: some Sequence<Int>) -> Int? {
  var sum = 0
  for count in counts {
    guard count >= 0, count <= .countMax - sum else { return nil }
    sum += count
  }
  return sum
}
