import Glibc

/// The distributions that intervals and tests need, to about 12 digits.
///
/// Outside of their domain they are nan.
public enum Distribution {
  /// P(Z ≤ x) of the standard normal distribution.
  public static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The x with P(Z ≤ x) = p.
  ///
  /// A rational start (Hastings, in Abramowitz and Stegun 26.2.23) is polished by Halley's method.
  public static func normalQuantile(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
    if p == 0.5 { return 0 }
    let tail = min(p, 1 - p)
    let t = (-2 * log(tail)).squareRoot()
    let start =
      t - (2.515517 + 0.802853 * t + 0.010328 * t * t)
      / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
    var x = -start
    for _ in 0..<4 {
      let error = normalCDF(x) - tail
      let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      let step = error / density
      x -= step / (1 + x * step / 2)
    }
    return p < 0.5 ? x : -x
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22) with Lentz's method.
  public static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, x >= 0, x <= 1 else { return .nan }
    if x == 0 || x == 1 { return x }
    // The fraction converges fast below the mean; above, the mirror image does.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
    return front * betaFraction(x, a, b)
  }

  private static func logBeta(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }

  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1), tiny)
    var fraction = d
    for m in 1...10_000 {
      let m = Double(m)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonZero(1 + even * d, tiny)
      c = nonZero(1 + even / c, tiny)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonZero(1 + odd * d, tiny)
      c = nonZero(1 + odd / c, tiny)
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return fraction
  }

  private static func nonZero(_ value: Double, _ tiny: Double) -> Double {
    abs(value) < tiny ? tiny : value
  }

  /// The x with I_x(a, b) = p.
  public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
    guard a > 0, b > 0, p >= 0, p <= 1 else { return .nan }
    if p == 0 || p == 1 { return p }
    return bisect(0, 1) { incompleteBeta($0, a, b) < p }
  }

  /// P(|T| ≥ |t|) of Student's distribution.
  public static func studentTwoSided(_ t: Double, degreesOfFreedom df: Double) -> Double {
    guard df > 0 else { return .nan }
    return incompleteBeta(df / (df + t * t), df / 2, 0.5)
  }

  /// The t with P(T ≤ t) = p of Student's distribution.
  ///
  /// From 1,000 degrees of freedom on by the expansion of Cornish and Fisher (Abramowitz and Stegun 26.7.5), whose
  /// error is below 1e-14 there.
  public static func studentQuantile(_ p: Double, degreesOfFreedom df: Double) -> Double {
    guard df > 0, p > 0, p < 1 else { return .nan }
    if p == 0.5 { return 0 }
    if df >= 1000 {
      let z = normalQuantile(p)
      let s = z * z
      let g1 = z * (s + 1) / 4
      let g2 = z * ((5 * s + 16) * s + 3) / 96
      let g3 = z * (((3 * s + 19) * s + 17) * s - 15) / 384
      let g4 = z * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92_160
      return z + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df
    }
    let tail = 2 * min(p, 1 - p)
    var high = 1.0
    while studentTwoSided(high, degreesOfFreedom: df) > tail { high *= 2 }
    let t = bisect(0, high) { studentTwoSided($0, degreesOfFreedom: df) > tail }
    return p < 0.5 ? -t : t
  }

  /// P(X ≥ x) of the chi-square distribution, by the incomplete gamma function (DLMF 8.7.1 and 8.9.2).
  public static func chiSquareUpper(_ x: Double, degreesOfFreedom df: Double) -> Double {
    guard df > 0, x >= 0 else { return .nan }
    if x == 0 { return 1 }
    let a = df / 2
    let y = x / 2
    let front = exp(-y + a * log(y) - lgamma(a))
    if y < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      while term > sum * 1e-17 {
        n += 1
        term *= y / n
        sum += term
      }
      return 1 - front * sum
    }
    var b = y + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for i in 1...10_000 {
      let step = Double(i) * (a - Double(i))
      b += 2
      d = 1 / nonZero(step * d + b, 1e-300)
      c = nonZero(b + step / c, 1e-300)
      fraction *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return front * fraction
  }

  /// The border between where `isBelow` holds and where it does not, to the last bit.
  private static func bisect(_ low: Double, _ high: Double, _ isBelow: (Double) -> Bool) -> Double {
    var low = low
    var high = high
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if isBelow(middle) { low = middle } else { high = middle }
      if high - low <= abs(low) * 1e-16 { return low + (high - low) / 2 }
    }
  }
}
