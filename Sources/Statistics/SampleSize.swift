import Glibc

/// How many observations each of two groups needs, so that a difference is seen in `power` of the cases, by default 80 of
/// 100, at a level of 5 %, two-sided.
///
/// Sizes are fractional; round them up.
public enum SampleSize {
  /// For two shares: ((z√(2p̄(1 − p̄)) + z_β√(p(1 − p) + q(1 − q)))/(p − q))² (Fleiss, without correction for continuity).
  ///
  /// nil without a difference, or outside of 0 to 1.
  public static func shares(_ p: Double, _ q: Double, power: Double = 0.8) -> Double? {
    guard p != q, (0...1).contains(p), (0...1).contains(q), power > 0, power < 1 else { return nil }
    let mean = (p + q) / 2
    let root =
      ProportionInterval.z95 * (2 * mean * (1 - mean)).squareRoot()
      + Distribution.normalQuantile(power) * (p * (1 - p) + q * (1 - q)).squareRoot()
    return finite((root / (p - q)) * (root / (p - q)))
  }

  /// For two shares by the distance of their arcsines, h = 2 asin √p − 2 asin √q (Cohen 1988): the size at which Φ(|h|√(n/2)
  /// − z) + Φ(−|h|√(n/2) − z) is the power.
  ///
  /// nil without a difference, outside of 0 to 1, or for a power at or below the level.
  public static func arcsine(_ p: Double, _ q: Double, power: Double = 0.8) -> Double? {
    guard (0...1).contains(p), (0...1).contains(q) else { return nil }
    let h = abs(2 * asin(p.squareRoot()) - 2 * asin(q.squareRoot()))
    return size(for: power, from: 0) {
      let shift = h * ($0 / 2).squareRoot()
      return Distribution.normalCDF(shift - ProportionInterval.z95)
        + Distribution.normalCDF(-shift - ProportionInterval.z95)
    }
  }

  /// For two means that differ by `effect` standard deviations (Cohen's d), in a t test with pooled variance: the size at
  /// which P(|T'| ≥ t) is the power, T' of the noncentral t distribution with 2n − 2 degrees of freedom and
  /// noncentrality d√(n/2).
  ///
  /// From 2 on. nil without an effect, or for a power at or below the level.
  public static func means(effect: Double, power: Double = 0.8) -> Double? {
    let d = abs(effect)
    guard d.isFinite else { return nil }
    return size(for: power, from: 2) {
      let df = 2 * $0 - 2
      let t = Distribution.studentQuantile(0.975, degreesOfFreedom: df)
      let shift = d * ($0 / 2).squareRoot()
      return noncentralUpper(t, df, shift) + noncentralUpper(t, df, -shift)
    }
  }

  /// P(T' ≥ t) = ∫ Φ(δ − t·s) f(s) ds, f the density of √(χ²/ν), by Simpson's rule.
  private static func noncentralUpper(_ t: Double, _ df: Double, _ shift: Double) -> Double {
    let reach = 12 / (2 * df).squareRoot()
    let low = max(0, 1 - reach)
    let intervalCount = 400
    let step = (1 + reach - low) / Double(intervalCount)
    // (ν/2)^(ν/2)·2/Γ(ν/2)·s^(ν−1)·e^(−νs²/2), with the part that grows with ν taken together.
    let scale = log(2.0) + df / 2 * log(df / 2) - lgamma(df / 2) - df / 2
    let sum = (0...intervalCount).reduce(0.0) {
      let s = low + Double($1) * step
      guard s > 0 else { return $0 }
      let density = exp(scale + df * (log(s) - (s * s - 1) / 2) - log(s))
      let weight = $1 == 0 || $1 == intervalCount ? 1.0 : $1 % 2 == 1 ? 4 : 2
      return $0 + weight * density * Distribution.normalCDF(shift - t * s)
    }
    return sum * step / 3
  }

  /// The size from which on a rising power is reached, nil above 10⁹.
  private static func size(for power: Double, from least: Double, _ powerAt: (Double) -> Double) -> Double? {
    guard power > 0.05, power < 1 else { return nil }
    var high = max(1, least)
    while powerAt(high) < power {
      high *= 2
      if high > 1e9 { return nil }
    }
    return Distribution.bisect(least, high) { powerAt($0) < power }
  }

  private static func finite(_ size: Double) -> Double? { size.isFinite ? size : nil }
}
