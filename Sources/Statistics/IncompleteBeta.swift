import Glibc

extension Distribution {
  /// The regularised incomplete beta function I_x(a, b), for a, b > 0 and x of 0 to 1; nan elsewhere.
  ///
  /// By its continued fraction (DLMF 8.17.22) with Lentz's method, to about 12 digits where a and b are below 1e6, fewer
  /// above. Where both are above 1e8 the fraction would take too long: there by the uniform expansion of Temme (DLMF
  /// 8.18.9) with its first correction, to about 8 digits.
  public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, a.isFinite, b.isFinite, x >= 0, x <= 1 else { return .nan }
    return incompleteBeta(x, complement: 1 - x, a, b)
  }

  /// The same where 1 − x is known to more digits than x leaves of it.
  static func incompleteBeta(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 || complement <= 0 { return x <= 0 ? 0 : 1 }
    if min(a, b) > 1e8 { return uniformBeta(x, complement: complement, a, b) }
    // The fraction converges fast below the mean; above, its mirror image does.
    if x <= (a + 1) / (a + b + 2) {
      return min(1, betaTerm(a, b, x: x, complement: complement) / a * betaFraction(x, complement: complement, a, b))
    }
    // It loses digits where x is that close to 0, and there a sum of positive terms does not.
    if b > 1e4 * a && (a + b) * x < a + 8 * a.squareRoot() + 60 {
      return min(1, betaTerm(a, b, x: x, complement: complement) / a * betaSeries(x, a, b))
    }
    let mirror = betaTerm(b, a, x: complement, complement: x) / b * betaFraction(complement, complement: x, b, a)
    return max(0, 1 - mirror)
  }

  /// xᵃ(1 − x)ᵇ / B(a, b), from deviances as Loader (2000) has them.
  ///
  /// Logarithms of Γ lose their digits where a and b are large.
  private static func betaTerm(_ a: Double, _ b: Double, x: Double, complement: Double) -> Double {
    let n = a + b
    let exponent =
      stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, b, x: x, complement: complement)
    return exp(exponent) * (a / n * b / (2 * Double.pi)).squareRoot()
  }

  /// What Stirling's formula for log Γ(x) leaves out.
  private static func stirlingError(_ x: Double) -> Double {
    if x < 15 { return lgamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi)) }
    let s = x * x
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / s) / s) / s) / s) / x
  }

  /// a·log(a/nx) + b·log(b/n(1 − x)) with n = a + b: how far x is from the mean a/n, at least 0.
  private static func deviance(_ a: Double, _ b: Double, x: Double, complement: Double) -> Double {
    let n = a + b
    // a − nx is nx̄ − b: from the smaller product, which is the more exact one.
    let distance = x < complement ? a - n * x : n * complement - b
    return deviance(a, n * x, distance) + deviance(b, n * complement, -distance)
  }

  /// y · log(y / m) − (y − m), given y − m; by a series where y and m are close.
  private static func deviance(_ y: Double, _ m: Double, _ distance: Double) -> Double {
    if m == 0 { return .infinity }
    if abs(distance) >= 0.1 * (y + m) { return y * log(y / m) - distance }
    let v = distance / (y + m)
    var sum = distance * v
    var term = 2 * y * v
    for j in 1...100 {
      term *= v * v
      let next = sum + term / Double(2 * j + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }

  /// Σ (a + b)ₖ/(a + 1)ₖ · xᵏ (DLMF 8.17.8).
  private static func betaSeries(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var (term, sum, k) = (1.0, 1.0, 0.0)
    while term > sum * 1e-17 {
      term *= (a + b + k) / (a + 1 + k) * x
      sum += term
      k += 1
    }
    return sum
  }

  private static func betaFraction(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    // 1 − (a + b)x/(a + 1), without the difference of large numbers where x is close to 1.
    let first = x < complement ? 1 - (a + b) * x / (a + 1) : (1 - b + (a + b) * complement) / (a + 1)
    var d = 1 / nonZero(first, tiny)
    var fraction = d
    for m in 1...1_000_000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonZero(1 + even * d, tiny)
      c = nonZero(1 + even / c, tiny)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonZero(1 + odd * d, tiny)
      c = nonZero(1 + odd / c, tiny)
      fraction *= d * c
      if abs(d * c - 1) < 1e-15 { break }
    }
    return fraction
  }

  private static func uniformBeta(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
    let n = a + b
    let mean = a / n
    let root = (mean * (b / n) / n).squareRoot()
    let distance = (2 * max(0, deviance(a, b, x: x, complement: complement))).squareRoot()
    let w = x < mean ? -distance : distance
    // Both terms of the correction grow without bounds at w = 0, and their difference tends to this.
    let limit = (b / n - mean) / (3 * n * root)
    let correction = distance < 0.1 ? limit : 1 / w - root / (x - mean)
    let density = exp(-w * w / 2) / (2 * Double.pi).squareRoot()
    return min(1, max(0, normalCDF(w) + density * correction))
  }

  /// The x with I_x(a, b) = p, for a, b > 0 and p of 0 to 1; nan elsewhere.
  ///
  /// By bisection, so within the accuracy of `incompleteBeta`.
  public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, p >= 0, p <= 1 else { return .nan }
    if p == 0 || p == 1 { return p }
    return bisect(0, 1) { incompleteBeta($0, a, b) < p }
  }

  /// P(X ≤ k) of the number of hits in `trials` of probability `p`: I₁₋ₚ(n − k, k + 1); nan outside of 0 ≤ p ≤ 1, n ≥ 0.
  ///
  /// 0 below none, 1 from `trials` on.
  public static func binomialCDF(_ k: Int, trials: Int, probability p: Double) -> Double {
    guard trials >= 0, p >= 0, p <= 1 else { return .nan }
    if k < 0 { return 0 }
    if k >= trials { return 1 }
    return incompleteBeta(1 - p, complement: p, Double(trials - k), Double(k) + 1)
  }
}
