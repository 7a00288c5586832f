/// How much of the outcome's variation each of three variables explains.
public struct DriverAnalysis: Sendable, Equatable {
  /// The share of the outcome's variance that all three explain together, 0 to 1.
  public let rSquared: Double
  /// What each of the three adds to R², averaged over all orders in which they could be added (Lindeman, Merenda and Gold
  /// 1980; the value of Shapley).
  ///
  /// The three add up to `rSquared`; each is at least 0 up to rounding.
  public let importance: [Double]
  /// The coefficients of the least-squares plane: stars of outcome for a star of each.
  public let coefficients: [Double]
  /// The plane's height where all three are 0, in the unit of the values.
  public let intercept: Double
  /// The variance inflation factor of each, 1/(1 − R² of it on the other two), from 1 on; above 5 the three move together
  /// and cannot be told apart.
  public let varianceInflation: [Double]

  /// Analyses what was counted.
  ///
  /// nil below 5 records, where a variable does not vary, and where one of the three is a combination of the others up to
  /// 1e-10 of its variance.
  public init?(_ sums: CrossProducts) {
    guard sums.count >= 5, let outcomeMean = sums.mean(0) else { return nil }
    var r = [[Double]](repeating: [1, 1, 1, 1], count: 4)
    for row in 0..<4 {
      for column in 0..<row {
        guard let value = sums.correlation(row, column) else { return nil }
        (r[row][column], r[column][row]) = (value, value)
      }
    }
    // R² of the outcome on each subset of the three, by bit mask.
    var explained = [Double](repeating: 0, count: 8)
    var slopes: [Double] = []
    for mask in 1..<8 {
      let chosen = (1...3).filter { mask & 1 << ($0 - 1) != 0 }
      guard let weights = Self.regress(0, on: chosen, r) else { return nil }
      explained[mask] = zip(weights, chosen).reduce(0) { $0 + $1.0 * r[0][$1.1] }
      slopes = weights
    }
    rSquared = min(1, max(0, explained[7]))
    importance = (0..<3).map { Self.shapley($0, explained) }
    var inflation: [Double] = []
    for variable in 1...3 {
      let others = (1...3).filter { $0 != variable }
      guard let weights = Self.regress(variable, on: others, r) else { return nil }
      let share = zip(weights, others).reduce(0) { $0 + $1.0 * r[variable][$1.1] }
      inflation.append(1 / (1 - share))
    }
    varianceInflation = inflation
    let spread = Double(sums.codeviation(0, 0))
    let scaled = (1...3).map { slopes[$0 - 1] * (spread / Double(sums.codeviation($0, $0))).squareRoot() }
    coefficients = scaled
    intercept = (1...3).reduce(outcomeMean) { $0 - scaled[$1 - 1] * (sums.mean($1) ?? 0) }
  }

  /// The standardised weights of the regression of one variable on others, by elimination in their correlation matrix;
  /// nil where the others are linearly dependent.
  private static func regress(_ target: Int, on chosen: [Int], _ r: [[Double]]) -> [Double]? {
    var rows = chosen.map { row in chosen.map { r[row][$0] } + [r[row][target]] }
    let size = rows.count
    // A correlation matrix is positive definite, so no row has to be exchanged.
    for pivot in 0..<size {
      guard rows[pivot][pivot] > 1e-10 else { return nil }
      for row in 0..<size where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...size { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return (0..<size).map { rows[$0][size] / rows[$0][$0] }
  }

  /// The mean rise of R² when a variable joins those before it: subsets of size s weigh s!(2 − s)!/3!.
  private static func shapley(_ variable: Int, _ explained: [Double]) -> Double {
    let bit = 1 << variable
    return (0..<8).lazy.filter { $0 & bit == 0 }.reduce(0) {
      let weight = $1.nonzeroBitCount == 1 ? 1.0 / 6 : 1.0 / 3
      return $0 + weight * (explained[$1 | bit] - explained[$1])
    }
  }
}
