import Glibc

/// How far the mix of categories changed between two windows.
public struct MixDrift: Sendable, Equatable {
  /// Whether chance explains the change.
  public let test: ChiSquareTest
  /// The divergence of Jensen and Shannon in bits, the mean of both mixes' divergence from their middle: 0 the same, 1
  /// nothing in common (Lin 1991).
  public let jensenShannonBits: Double
  /// The population stability index, Σ(q − p)·ln(q/p), in nats; nil where a category is empty in one window.
  ///
  /// By custom below 0.1 is stable and above 0.25 a shift.
  public let stabilityIndex: Double?

  /// Compares how often each category occurs in two windows, in the same order of categories.
  ///
  /// nil where a window is empty, fewer than two categories occur, a count is negative, or they are above 2⁵³ together.
  public init?(_ before: [Int], _ after: [Int]) {
    guard let table = ContingencyTable([before, after]), let test = ChiSquareTest(table) else { return nil }
    self.test = test
    let (n, m) = (Double(table.rowTotals[0]), Double(table.rowTotals[1]))
    let shares = zip(before, after).map { (p: Double($0) / n, q: Double($1) / m) }
    func divergence(_ p: Double, _ q: Double) -> Double { p > 0 ? p * log2(2 * p / (p + q)) : 0 }
    let bits = shares.reduce(0) { $0 + (divergence($1.p, $1.q) + divergence($1.q, $1.p)) / 2 }
    jensenShannonBits = min(1, max(0, bits))
    let isWhole = shares.allSatisfy { ($0.p > 0) == ($0.q > 0) }
    stabilityIndex = isWhole ? shares.reduce(0) { $0 + ($1.p > 0 ? ($1.q - $1.p) * log($1.q / $1.p) : 0) } : nil
  }
}
