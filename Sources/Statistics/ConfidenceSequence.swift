import Glibc

/// An interval for a mean that holds at all times at once: whoever looks every week may stop when they like, which
/// ordinary intervals do not allow.
public enum ConfidenceSequence {
  /// The half-width of the asymptotic sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, proposition 2.5):
  /// √((nvρ² + 1)/(n²ρ²) · ln((nvρ² + 1)/α²)), ρ² = (−2 ln α + ln(−2 ln α) + 1)/t.
  ///
  /// In the unit of the values, of which `variance` v is the variance; it holds with 1 − α. `tightestAt` t is the count at
  /// which it is narrowest compared with others. nil without values, for a negative variance, and where α is not between
  /// 0 and 0.7, above which ρ² has no value.
  public static func halfWidth(
    count: Int, variance: Double, alpha: Double = 0.05, tightestAt: Double = 100
  ) -> Double? {
    guard count > 0, variance >= 0, variance.isFinite, alpha > 0, alpha <= 0.7, tightestAt > 0 else { return nil }
    let evidence = -2 * log(alpha)
    let rho2 = (evidence + log(evidence) + 1) / tightestAt
    let n = Double(count)
    let growth = n * variance * rho2 + 1
    return (growth / (n * rho2) / n * (log(growth) + evidence)).squareRoot()
  }
}
