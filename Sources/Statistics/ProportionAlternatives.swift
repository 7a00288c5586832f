extension ProportionInterval {
  /// The interval of Jeffreys: quantiles of Beta(k + ½, n − k + ½), the posterior of a share under Jeffreys' prior.
  ///
  /// Brown, Cai and DasGupta (2001), without their change at 0 and n: the lower end is above 0 at k = 0. `confidence` is
  /// between 0 and 1. nil where nothing was counted.
  public static func jeffreys(count: Int, total: Int, confidence: Double = 0.95) -> Interval? {
    guard total > 0, total <= .countMax, (0...total).contains(count), confidence > 0, confidence < 1 else { return nil }
    let (a, b) = (Double(count) + 0.5, Double(total - count) + 0.5)
    let tail = (1 - confidence) / 2
    return Interval(
      low: Distribution.betaQuantile(tail, a, b), high: Distribution.betaQuantile(1 - tail, a, b))
  }

  /// The exact interval of Clopper and Pearson (1934): all shares that neither tail of the binomial distribution rejects,
  /// quantiles of Beta(k, n − k + 1) and Beta(k + 1, n − k).
  ///
  /// Never covers too little, mostly too much. 0 and 1 are its ends at k = 0 and k = n. nil where nothing was counted.
  public static func clopperPearson(count: Int, total: Int, confidence: Double = 0.95) -> Interval? {
    guard total > 0, total <= .countMax, (0...total).contains(count), confidence > 0, confidence < 1 else { return nil }
    let (k, misses) = (Double(count), Double(total - count))
    let tail = (1 - confidence) / 2
    return Interval(
      low: count == 0 ? 0 : Distribution.betaQuantile(tail, k, misses + 1),
      high: count == total ? 1 : Distribution.betaQuantile(1 - tail, k + 1, misses))
  }

  /// The interval of Agresti and Coull (1998): p̃ ± z√(p̃(1 − p̃)/ñ), ñ = n + z², p̃ = (k + z²/2)/ñ, clipped to 0 to 1.
  ///
  /// nil where nothing was counted.
  public static func agrestiCoull(count: Int, total: Int, z: Double = z95) -> Interval? {
    guard total > 0, (0...total).contains(count) else { return nil }
    let n = Double(total) + z * z
    let p = (Double(count) + z * z / 2) / n
    let half = z * (p * (1 - p) / n).squareRoot()
    return Interval(low: max(0, p - half), high: min(1, p + half))
  }

  /// How likely a share as large as `count` of `total` is where the true one is `share`: the score test, P(Z ≥ (p − s) /
  /// √(s(1 − s)/n)).
  ///
  /// It is below 5 % just where `lowerOneSided` is above `share`. 0 or 1 as a share leave nothing to chance.
  public static func chanceOfAtLeast(count: Int, total: Int, ifShareIs share: Double) -> Double? {
    guard total > 0, (0...total).contains(count), (0...1).contains(share) else { return nil }
    let p = Double(count) / Double(total)
    let error = (share * (1 - share) / Double(total)).squareRoot()
    if error == 0 { return p > share ? 0 : 1 }
    return Distribution.normalCDF((share - p) / error)
  }
}
