import Statistics

/// The sentences of findings.
enum Statement {
  /// What a problem is, in two sentences.
  ///
  /// `Poor answers in billing: 34 % (61 of 180), likely 27 to 41 %; elsewhere 12 %. 6 categories were checked.`
  static func problem(
    _ scope: Scope, _ evidence: PoorEvidence, _ checked: AnalysisReport.Checked
  ) -> [UInt8] {
    let text = "; \(comparison(scope, evidence)). \(checked.sentence)"
    return Array("Poor answers ".utf8) + scope.phrase + Array((": " + share(evidence) + text).utf8)
  }

  static func signal(
    _ scope: Scope, _ evidence: PoorEvidence, wasTested: Bool, _ checked: AnalysisReport.Checked
  ) -> [UInt8] {
    let reason =
      wasTested
      ? "among so many checks this may be chance. \(checked.sentence)"
      : "too few ratings or people to rely on."
    let text = ": \(share(evidence)); \(comparison(scope, evidence)). Early signal: \(reason)"
    return Array("Poor answers ".utf8) + scope.phrase + Array(text.utf8)
  }

  static func lowFeedback(_ scope: Scope, rated: Int, answered: Int) -> [UInt8] {
    var text = ": \(percent(rated, of: answered)) % (\(rated) of \(answered))"
    if let interval = ProportionInterval(count: rated, total: answered) { text += likely(interval) }
    return Array("Few answers are rated ".utf8) + scope.phrase + Array((text + ".").utf8)
  }

  private static func share(_ evidence: PoorEvidence) -> String {
    "\(percent(evidence.poor, of: evidence.rated)) % (\(evidence.poor) of \(evidence.rated))"
      + likely(evidence.interval)
  }

  private static func likely(_ interval: ProportionInterval) -> String {
    ", likely \(percent(interval.low)) to \(percent(interval.high)) %"
  }

  private static func comparison(_ scope: Scope, _ evidence: PoorEvidence) -> String {
    scope == .all
      ? "the target is \(percent(evidence.target)) %"
      : "elsewhere \(percent(evidence.excess.restShare)) %"
  }

  /// A share in whole percent, halves up, from its counts.
  static func percent(_ count: Int, of total: Int) -> String {
    total == 0 ? "0" : "\((Int128(count) * 200 + Int128(total)) / (2 * Int128(total)))"
  }

  /// A number and a noun: `1 interaction`, `2 interactions`.
  static func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  /// Stars with two decimals.
  static func stars(_ value: Double) -> String { decimal(value, 2) }

  /// A share in percent with as many decimals as a limit has, or more where it would look like the limit and is not.
  static func percent(_ share: Double, besides limit: Double) -> String {
    let digits = decimals(ofPercent: limit)
    if share == limit || decimal(share * 100, digits) != decimal(limit * 100, digits) {
      return decimal(share * 100, digits)
    }
    return decimal(share * 100, digits + 1, share < limit ? .down : .up)
  }

  /// A share in percent with as many decimals as tell two from one another that are so far apart.
  static func percent(_ share: Double, apart distance: Double) -> String {
    var (digits, step) = (0, 0.01)
    while digits < 4 && 2 * step > distance && distance > 0 { (digits, step) = (digits + 1, step / 10) }
    return decimal(share * 100, digits)
  }

  /// A limit in percent, as it was rounded.
  static func percent(limit: Double) -> String { decimal(limit * 100, decimals(ofPercent: limit)) }

  /// How many decimals a share has in percent, up to 4.
  private static func decimals(ofPercent share: Double) -> Int {
    var scaled = share * 100
    for digits in 0..<4 {
      if abs(scaled - scaled.rounded()) < 1e-6 { return digits }
      scaled *= 10
    }
    return 4
  }

  private static func decimal(
    _ value: Double, _ digits: Int, _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((value * Double(scale)).rounded(rule))
    if digits == 0 { return "\(scaled)" }
    let fraction = "\(scaled % scale)"
    return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }

  /// A share in whole percent.
  static func percent(_ share: Double) -> String { decimal(share * 100, 0) }
}
