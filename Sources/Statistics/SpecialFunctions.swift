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

  /// P(|T| ≥ |t|) of Student's distribution.
  ///
  /// From 1e7 degrees of freedom on by the expansion about the normal distribution, 2Φ(−t) + φ(t)·t(t² + 1)/(2ν).
  public static func studentTwoSided(_ t: Double, degreesOfFreedom df: Double) -> Double {
    guard df > 0, !t.isNaN else { return .nan }
    if t * t == .infinity { return 0 }
    if df >= 1e7 {
      let density = exp(-t * t / 2) / (2 * Double.pi).squareRoot()
      return min(1, 2 * normalCDF(-abs(t)) + density * abs(t) * (t * t + 1) / (2 * df))
    }
    return incompleteBeta(df / (df + t * t), complement: t * t / (df + t * t), df / 2, 0.5)
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
    if x == 0 || x == .infinity { return x == 0 ? 1 : 0 }
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

  static func nonZero(_ value: Double, _ tiny: Double) -> Double {
    abs(value) < tiny ? tiny : value
  }

  /// The border between where `isBelow` holds and where it does not, to the last bit.
  static func bisect(_ low: Double, _ high: Double, _ isBelow: (Double) -> Bool) -> Double {
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
