/// How far one ordered variable rises with another, from a table whose rows and columns are in order.
extension ContingencyTable {
  /// Spearman's correlation: Pearson's of the ranks, ties at their mean rank; −1 to 1.
  ///
  /// nil where all observations are in one row or one column.
  public var spearman: Double? {
    let (x, y) = (Self.centredRanks(rowTotals), Self.centredRanks(columnTotals))
    func squares(_ ranks: [Double], _ totals: [Int]) -> Double {
      zip(ranks, totals).reduce(0) { $0 + $1.0 * $1.0 * Double($1.1) }
    }
    guard pairs(untiedIn: rowTotals) > 0, pairs(untiedIn: columnTotals) > 0 else { return nil }
    var sum = 0.0
    for row in 0..<rowCount {
      for column in 0..<columnCount { sum += x[row] * y[column] * Double(self[row, column]) }
    }
    let scale = squares(x, rowTotals).squareRoot() * squares(y, columnTotals).squareRoot()
    return min(1, max(-1, sum / scale))
  }

  /// Kendall's τ_b: (concordant − discordant pairs)/√(pairs untied in rows · pairs untied in columns); −1 to 1.
  ///
  /// Pairs are counted as integers. nil where all observations are in one row or one column.
  public var kendallTauB: Double? {
    let (rows, columns) = (pairs(untiedIn: rowTotals), pairs(untiedIn: columnTotals))
    guard rows > 0, columns > 0 else { return nil }
    let tau = Double(excessOfConcordantPairs) / (Double(rows).squareRoot() * Double(columns).squareRoot())
    return min(1, max(-1, tau))
  }

  /// Somers' D of the columns given the rows: (concordant − discordant pairs)/pairs untied in rows; −1 to 1.
  ///
  /// nil where all observations are in one row.
  public var somersD: Double? {
    let rows = pairs(untiedIn: rowTotals)
    return rows > 0 ? Double(excessOfConcordantPairs) / Double(rows) : nil
  }

  /// Twice the mean rank of each level, less that of all: integers up to the last step.
  private static func centredRanks(_ totals: [Int]) -> [Double] {
    let all = totals.reduce(0, +)
    var below = 0
    return totals.map { count in
      below += count
      return Double(2 * below - count - all)
    }
  }

  private func pairs(untiedIn totals: [Int]) -> Int128 {
    let all = Int128(total)
    return (all * all - totals.reduce(0) { $0 + Int128($1) * Int128($1) }) / 2
  }

  /// Concordant less discordant pairs: each cell with the cells below and to the right, less those to the left.
  private var excessOfConcordantPairs: Int128 {
    var sum: Int128 = 0
    // What is below the current row, by column.
    var below = [Int](repeating: 0, count: columnCount)
    for row in stride(from: rowCount - 1, through: 0, by: -1) {
      var right = below.reduce(0, +)
      var left = 0
      for column in 0..<columnCount {
        right -= below[column]
        sum += Int128(self[row, column]) * Int128(right - left)
        left += below[column]
      }
      for column in 0..<columnCount { below[column] += self[row, column] }
    }
    return sum
  }
}
