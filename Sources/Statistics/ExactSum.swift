/// How many values there are, and their sum as an integer in a fixed-point unit, such as millionths of a star or whole
/// hits.
///
/// Sums of floating-point numbers depend on their order; this one is the same in every order and for every split. Values
/// are within ±2⁷³ (10²²), and up to 2⁵³ of them.
public struct ExactSum: Sendable, Equatable {
  /// How many values.
  public private(set) var count: Int
  /// Their sum, in the unit of the values.
  public private(set) var sum: Int128

  /// Starts with none, or with what is known of `count` values.
  public init(count: Int = 0, sum: Int128 = 0) { (self.count, self.sum) = (count, sum) }

  /// Adds a value.
  public mutating func add(_ value: Int128) {
    count += 1
    sum += value
  }

  /// Adds all of another one.
  public mutating func merge(_ other: ExactSum) {
    count += other.count
    sum += other.sum
  }
}
