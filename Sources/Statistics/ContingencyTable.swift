/// How often each level of one variable occurs with each level of another.
///
/// Integers only, so that merging gives the same in every order; up to 2⁵³ observations.
public struct ContingencyTable: Sendable, Equatable {
  /// How many levels the first variable has.
  public let rowCount: Int
  /// How many levels the second variable has.
  public let columnCount: Int
  /// The counts, row by row.
  public private(set) var counts: [Int]

  /// Starts with an empty table of at least one row and one column, 5 by 5 unless said otherwise.
  public init(rowCount: Int = 5, columnCount: Int = 5) {
    self.rowCount = max(1, rowCount)
    self.columnCount = max(1, columnCount)
    counts = [Int](repeating: 0, count: self.rowCount * self.columnCount)
  }

  /// Takes counts, row by row; nil where rows differ in length, a count is negative, or all are above 2⁵³ together.
  public init?(_ rows: [[Int]]) {
    guard let first = rows.first, !first.isEmpty, rows.allSatisfy({ $0.count == first.count }),
      Statistics.total(of: rows.joined()) != nil
    else { return nil }
    (rowCount, columnCount, counts) = (rows.count, first.count, Array(rows.joined()))
  }

  /// Adds an observation; row and column count from 0 and must be in the table.
  public mutating func add(row: Int, column: Int) {
    precondition((0..<rowCount).contains(row) && (0..<columnCount).contains(column))
    counts[row * columnCount + column] += 1
  }

  /// Adds all of another table, which must have the same shape.
  public mutating func merge(_ other: ContingencyTable) {
    precondition(rowCount == other.rowCount && columnCount == other.columnCount)
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// The count of a row and a column, from 0.
  public subscript(row: Int, column: Int) -> Int { counts[row * columnCount + column] }

  /// All observations.
  public var total: Int { counts.reduce(0, +) }

  var rowTotals: [Int] {
    (0..<rowCount).map { counts[$0 * columnCount..<($0 + 1) * columnCount].reduce(0, +) }
  }

  var columnTotals: [Int] {
    (0..<columnCount).map { column in
      stride(from: column, to: counts.count, by: columnCount).reduce(0) { $0 + counts[$1] }
    }
  }
}

/// Pearson's chi-square test of whether two variables are independent.
public struct ChiSquareTest: Sendable, Equatable {
  /// Σ(observed − expected)²/expected, without correction for continuity.
  public let statistic: Double
  /// (rows − 1)(columns − 1), of those that hold anything.
  public let degreesOfFreedom: Int
  /// P(X ≥ statistic).
  public let pValue: Double
  /// √(χ²/(N·(min(rows, columns) − 1))) (Cramér 1946): 0 independent, 1 one decides the other.
  public let cramersV: Double

  /// Tests a table; rows and columns without observations do not count.
  ///
  /// nil where fewer than two rows or two columns hold anything.
  public init?(_ table: ContingencyTable) {
    let (rows, columns) = (table.rowTotals, table.columnTotals)
    let lesser = min(rows.count { $0 > 0 }, columns.count { $0 > 0 }) - 1
    guard lesser > 0 else { return nil }
    let n = Double(table.total)
    var sum = 0.0
    for (row, rowTotal) in rows.enumerated() where rowTotal > 0 {
      for (column, columnTotal) in columns.enumerated() where columnTotal > 0 {
        let expected = Double(rowTotal) * (Double(columnTotal) / n)
        let distance = Double(table[row, column]) - expected
        sum += distance * distance / expected
      }
    }
    statistic = sum
    degreesOfFreedom = (rows.count { $0 > 0 } - 1) * (columns.count { $0 > 0 } - 1)
    pValue = Distribution.chiSquareUpper(sum, degreesOfFreedom: Double(degreesOfFreedom))
    cramersV = min(1, (sum / (n * Double(lesser))).squareRoot())
  }
}
