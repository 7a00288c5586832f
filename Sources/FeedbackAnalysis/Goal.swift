import Timestamps

extension Recommendation {
  /// What has to happen for the claim to count as fulfilled, in a sentence or two; nil where nothing is claimed.
  ///
  /// As UTF-8; names of records are in it as they are.
  var goal: [UInt8]? {
    guard let verification else { return nil }
    let scope = Scope(members: verification.scope.members.map { Scope.Member(field: $0.field, value: $0.value) })
    let from = verification.since.map { " from \($0.text) on" } ?? ""
    let target = verification.percent(verification.target)
    let baseline = verification.percent(verification.baseline)
    switch verification.measure {
    case .corrections:
      return Array("\(Statement.counted(Int(verification.target), "poor answer")) or more are corrected.".utf8)
    case .poorShare:
      return Array("poor answers ".utf8) + scope.phrase + Array(verification.way(baseline, target, "below", from).utf8)
    case .feedbackRate:
      return Array("rated answers ".utf8) + scope.phrase + Array(verification.way(baseline, target, "above", from).utf8)
    }
  }
}

extension Advice {
  /// The goal of a recommendation, and whether half a year is enough to tell at the pace of this analysis.
  func goal(_ item: Recommendation) -> [UInt8]? {
    guard let goal = item.goal, let verification = item.verification, let countMin = verification.countMin,
      verification.measure != .corrections, let weeks = input.weeks
    else { return item.goal }
    let total = input.metric(verification.scope)?.counts(of: verification.measure).total ?? 0
    let each = Double(total) / weeks
    if Double(countMin) <= each * Double(Outcome.looksMax) { return goal }
    let pace = Statement.counted(Int(each.rounded()), verification.measure.unit)
    return goal + Array(" At \(pace) a week as now, half a year is not enough for that.".utf8)
  }
}

extension Recommendation.Verification {
  /// A share in as many decimals of a percent as tell it from the limit, or else the baseline from the target.
  func percent(_ share: Double) -> String {
    limit.map { Statement.percent(share, besides: $0) } ?? Statement.percent(share, apart: abs(baseline - target))
  }

  /// The same of counts; 0 of none.
  func percent(_ count: Int, of total: Int) -> String { percent(total > 0 ? Double(count) / Double(total) : 0) }

  /// The limit, and what it is; nil without one.
  var limitText: String? {
    limit.map { "\(Statement.percent(limit: $0)) %" + ($0 == target ? "" : ", half way to \(percent(target)) %") }
  }

  /// From where to where, and when it counts: `side` of what it is held against.
  fileprivate func way(_ baseline: String, _ target: String, _ side: String, _ from: String) -> String {
    let counted = countMin.map { "about \(Statement.counted($0, measure.unit))" }
    if let limit {
      let way = limit == self.target ? "now \(baseline) %" : "half way from \(baseline) % to \(target) %"
      let text = ": \(side) \(Statement.percent(limit: limit)) % (\(way))\(from), by more than chance explains."
      return text + (counted.map { " It takes \($0) to tell." } ?? "")
    }
    let text =
      ": from \(baseline) % to \(target) %. It counts as improved when \(side) \(baseline) %\(from), by more than "
      + "chance explains"
    return text + (counted.map { "; if \(target) % is reached, \($0) show it." } ?? ".")
  }
}
