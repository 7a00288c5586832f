/// The sums and sums of products of four variables: an outcome, index 0, and three that may drive it, 1 to 3.
///
/// Integers only, so that merging gives the same in every order. Only records where all four are known belong in it.
/// Values are in a fixed-point unit, such as millionths of a star; up to 10¹² records of up to 5,000,000.
public struct CrossProducts: Sendable, Equatable {
  /// How many variables.
  public static let variableCount = 4
  /// How many records.
  public private(set) var count = 0
  /// Σx of each variable.
  public private(set) var sums = SIMD4<Int>(repeating: 0)
  /// Σxy for every pair, row by row of the upper triangle: 00, 01, 02, 03, 11, 12, 13, 22, 23, 33.
  public private(set) var products = [Int128](repeating: 0, count: 10)

  /// Starts with none.
  public init() {}

  /// What was counted before, products in the order of `products`.
  ///
  /// nil for sums that no values from `range` have.
  public init?(count: Int, sums: [Int], products: [Int128], range: ClosedRange<Int>) {
    guard count > 0, count <= 1_000_000_000_000, range.lowerBound > 0, range.upperBound <= 5_000_000,
      sums.count == 4, products.count == 10,
      sums.allSatisfy({ (count * range.lowerBound...count * range.upperBound).contains($0) }),
      products.allSatisfy({
        let least = Int128(range.lowerBound) * Int128(range.lowerBound)
        let most = Int128(range.upperBound) * Int128(range.upperBound)
        return (Int128(count) * least...Int128(count) * most).contains($0)
      })
    else { return nil }
    self.count = count
    self.sums = SIMD4(sums)
    self.products = products
  }

  /// Adds a record.
  public mutating func add(_ values: SIMD4<Int>) {
    count += 1
    sums &+= values
    var index = 0
    for row in 0..<Self.variableCount {
      for column in row..<Self.variableCount {
        products[index] += Int128(values[row]) * Int128(values[column])
        index += 1
      }
    }
  }

  /// Adds all of another one.
  public mutating func merge(_ other: CrossProducts) {
    count += other.count
    sums &+= other.sums
    for index in products.indices { products[index] += other.products[index] }
  }

  /// Σxy of two variables, 0 to 3.
  public func product(_ first: Int, _ second: Int) -> Int128 {
    let (row, column) = (min(first, second), max(first, second))
    return products[row * (2 * Self.variableCount - row - 1) / 2 + column]
  }

  /// The mean of a variable, 0 to 3, in the unit of the values; nil without records.
  public func mean(_ variable: Int) -> Double? {
    count == 0 ? nil : Double(sums[variable]) / Double(count)
  }

  /// n·Σxy − Σx·Σy, exact.
  func codeviation(_ first: Int, _ second: Int) -> Int128 {
    Int128(count) * product(first, second) - Int128(sums[first]) * Int128(sums[second])
  }

  /// Pearson's correlation of two variables, 0 to 3: (nΣxy − ΣxΣy)/√((nΣx² − (Σx)²)(nΣy² − (Σy)²)), −1 to 1.
  ///
  /// Exact up to the last division. nil where one of them does not vary.
  public func correlation(_ first: Int, _ second: Int) -> Double? {
    let (a, b) = (codeviation(first, first), codeviation(second, second))
    guard a > 0, b > 0 else { return nil }
    let r = Double(codeviation(first, second)) / (Double(a).squareRoot() * Double(b).squareRoot())
    return min(1, max(-1, r))
  }
}
