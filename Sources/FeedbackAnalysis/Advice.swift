import FeedbackModel
import NDJSON
import Statistics
import Timestamps

/// What to do about an analysis, and what came of what was advised before.
public struct Advice: Sendable {
  /// What to do, most urgent first; one of kind `none` where there is nothing to do, and nothing without an analysis.
  ///
  /// Of what was advised before and is found again it is the earlier one, with what came of it.
  public private(set) var recommendations: [Recommendation] = []
  /// What was advised before and is not found again, or closed: with what came of it.
  public private(set) var earlier: [Recommendation] = []
  let input: AnalysisInput

  /// Applies the rules.
  public init(_ input: AnalysisInput) {
    self.input = input
    for finding in input.findings {
      guard let rule = FindingRule.all.first(where: { $0.fits(finding, input) }) else { continue }
      let item = input.recommendation(rule, finding)
      // A problem that is a regression too is one matter.
      if let place = recommendations.firstIndex(where: { $0.id == item.id }) {
        recommendations[place].findingIDs.append(finding.id)
      } else {
        recommendations.append(item)
      }
    }
    if let item = input.speedUp { recommendations.append(item) }
    recommendations += MaterialRule.all.filter { $0.fits(input) }.map { input.recommendation($0) }
    for item in input.earlier { take(input.judged(item)) }
    earlier = Self.worstFirst(earlier)
    let order = recommendations.indices.sorted { a, b in
      let (left, right) = (recommendations[a], recommendations[b])
      return (left.priority, -left.weight, a) < (right.priority, -right.weight, b)
    }
    recommendations = order.map { recommendations[$0] }
    if recommendations.isEmpty && !input.isEmpty { recommendations = [nothing] }
  }

  /// Every record: what to do, then what is left of earlier advice.
  public var all: [Recommendation] { recommendations + earlier }

  /// What was advised before, with what came of it.
  var judged: [Recommendation] { Self.worstFirst(all.filter { $0.outcome != nil }) }

  /// What got worse before what missed its target before the rest.
  private static func worstFirst(_ items: [Recommendation]) -> [Recommendation] {
    let ranks = items.indices.sorted {
      (items[$0].outcome?.verdict.rank ?? 2, $0) < (items[$1].outcome?.verdict.rank ?? 2, $1)
    }
    return ranks.map { items[$0] }
  }

  /// Puts a judged recommendation in the place of the same one made anew, whose baseline is another.
  private mutating func take(_ judged: Recommendation) {
    let place = recommendations.firstIndex { $0.id == judged.id }
    guard let place, judged.outcome?.verdict.isFulfilled != true else {
      // What has come true is closed, not advised again at once.
      if let place { recommendations.remove(at: place) }
      return earlier.append(judged)
    }
    recommendations[place].verification = judged.verification
    recommendations[place].outcome = judged.outcome
    recommendations[place].priority = min(recommendations[place].priority, judged.priority)
  }

  /// Findings that are not acted upon yet.
  var earlySignals: [ReadFinding] {
    input.findings.filter { finding in
      [Finding.Kind.earlySignal, .changeSignal].contains { finding.isOf($0.rawValue) }
    }
  }

  /// Findings that ask for nothing, and are good to know.
  var improvements: [ReadFinding] { input.findings.filter { $0.isOf("improvement") } }

  /// That nothing is to be done is worth a record: it says what was looked at.
  private var nothing: Recommendation {
    let checked = input.whole.map(\.checked) ?? AnalysisReport.Checked()
    let signals = earlySignals.count
    let hasChecks = checked.slices.contains { $0.count > 0 }
    var statement = "Nothing \(earlier.isEmpty ? "" : "new ")to do: no finding calls for a change."
    if hasChecks { statement += " \(checked.sentence)" }
    if !hasChecks && !checked.slices.isEmpty { statement = "Nothing can be said yet. \(checked.sentence)" }
    if signals > 0 { statement += signals == 1 ? " There is 1 early signal." : " There are \(signals) early signals." }
    var evidence = RecordLine()
    evidence.begin()
    if let whole = input.whole {
      evidence.integer("rated", whole.rated)
      if !whole.checkedJSON.isEmpty { evidence.raw("checked", whole.checkedJSON) }
    }
    evidence.integer("early_signals", signals)
    evidence.close()
    return Recommendation(
      kind: .none, scope: .all, statement: Array(statement.utf8), evidenceJSON: evidence.bytes,
      impactJSON: [], priority: 3, confidence: hasChecks ? "medium" : "low",
      action: hasChecks ? "Go on measuring." : "Collect more ratings: there are too few to compare groups.",
      nextCommand: nil)
  }
}

// MARK: From a rule to a recommendation

extension AnalysisInput {
  /// What a rule says about a finding.
  func recommendation(_ rule: FindingRule, _ finding: ReadFinding) -> Recommendation {
    let isFeedback = rule.kind == .askMore
    var item = Recommendation(
      kind: rule.kind, scope: finding.scope, statement: finding.statement, findingIDs: [finding.id],
      evidenceJSON: finding.evidenceJSON,
      impactJSON: impact(expected: finding.excessExpected, conservative: finding.excess),
      priority: finding.confidence == Array("high".utf8) && !isFeedback ? 1 : 2,
      confidence: String(decoding: finding.confidence, as: UTF8.self), action: rule.action,
      nextCommand: isFeedback
        ? ShellCommand.selectUnrated(finding.scope, id: finding.id, window: windowOptions)
        : ShellCommand.selectPoor(finding.scope, id: finding.id, window: windowOptions.since(finding.at)))
    item.weight = finding.excess ?? 0
    // What is to go is not measured any more when it has gone: then it is what is around it.
    let gone = rule.kind == .rollBack ? guilty(finding) : nil
    let scope = gone.map(finding.scope.without)
    let target =
      isFeedback ? 0.05 : finding.isOfRise ? finding.beforeShare : finding.restShare ?? finding.target
    item.verification = verification(
      rule.kind, scope ?? finding.scope, target: target,
      stated: finding.share.map { ($0, finding.total > 0 ? finding.total : nil) })
    // Within the models that stay nothing changes when one goes: what changes is how many answers are of which.
    item.verification?.cohorts.removeAll { $0.field == gone }
    return item
  }

  /// Advice to make answers come sooner, where slow answers are poor more often by more than chance explains: the last
  /// fifth of them by response time against the others.
  var speedUp: Recommendation? {
    guard let slowness = whole?.slowness, slowness.z > 0, slowness.q <= whole?.fdr ?? 0.1,
      let slow = slowness.parts.last,
      let fast = slowness.parts.first, slowness.parts.count > 1
    else { return nil }
    let all = slowness.parts.reduce((count: 0, total: 0)) { ($0.count + $1.count, $0.total + $1.total) }
    guard let slowInterval = ProportionInterval(count: slow.count, total: slow.total), fast.total > 0,
      let excess = SliceExcess(count: slow.count, total: slow.total, allCount: all.count, allTotal: all.total)
    else { return nil }
    func share(_ part: (count: Int, total: Int)) -> String {
      "\(Statement.percent(part.count, of: part.total)) % (\(part.count) of \(part.total))"
    }
    var evidence = RecordLine()
    evidence.begin()
    evidence.integer("k", slow.count)
    evidence.integer("n", slow.total)
    evidence.real("share", slowInterval.share)
    evidence.real("low", slowInterval.low)
    evidence.real("high", slowInterval.high)
    evidence.real("rest_share", excess.restShare)
    evidence.real("q", slowness.q)
    evidence.real("slowest_from_ms", slowness.slowestFrom)
    evidence.close()
    let slowest = slowness.slowestFrom.map { " (\(Int($0.rounded())) ms or more)" } ?? ""
    let isHigh = slowness.q <= 0.01 && all.total >= 100
    var item = Recommendation(
      kind: .speedUp, scope: .all,
      statement: Array(
        "Slow answers are poor more often: \(share(slow)) of the slowest fifth\(slowest), \(share(fast)) of the fastest."
          .utf8),
      evidenceJSON: evidence.bytes,
      impactJSON: impact(expected: excess.expected, conservative: excess.conservative), priority: isHigh ? 1 : 2,
      confidence: isHigh ? "high" : "medium",
      action: "Look at what makes answers slow, and whether shorter ones would do. It may also be that hard questions "
        + "take long: read some of both.",
      nextCommand: ShellCommand.selectSlow(from: slowness.slowestFrom, count: slow.count, window: windowOptions))
    item.weight = excess.conservative
    // As if the slowest fifth were like the others.
    item.verification = verification(.speedUp, .all, target: excess.restShare, stated: nil)
    return item
  }

  /// What a rule says about what there is to train on.
  func recommendation(_ rule: MaterialRule) -> Recommendation {
    var evidence = RecordLine()
    evidence.begin()
    evidence.integer("corrections", material.corrections)
    evidence.integer("pairs", material.pairs)
    let poor = whole?.counts(of: .poorShare) ?? (count: 0, total: 0)
    evidence.integer("poor", poor.count)
    evidence.close()
    var item = Recommendation(
      kind: rule.kind, scope: .all, statement: Array(rule.statement(self).utf8), evidenceJSON: evidence.bytes,
      impactJSON: [], priority: 2, confidence: "high", action: rule.action, nextCommand: rule.nextCommand(self))
    if rule.kind == .correctAnswers {
      item.verification = Recommendation.Verification(
        measure: .corrections, scope: .all, since: end, baseline: 0, baselineCount: 0,
        target: Double(MaterialRule.correctionsMin), countMin: MaterialRule.correctionsMin,
        command: "fb-filter --for sft interactions.ndjson | jq -s 'map(select(.origin == \"correction\")) | length'")
    } else if poor.count > 0 {
      let share = Double(poor.count) / Double(poor.total)
      item.verification = verification(rule.kind, .all, target: max(share - 0.05, share / 2), stated: nil)
      // What comes of it is another model.
      item.verification?.cohorts.removeAll { $0.field == Cohorts.fields[0] }
    }
    return item
  }

  private func verification(
    _ kind: Recommendation.Kind, _ scope: ReadScope, target: Double?, stated: (share: Double, count: Int?)?
  ) -> Recommendation.Verification? {
    guard let measure = kind.measure, let target, let baseline = baseline(scope, measure) ?? stated else { return nil }
    var verification = Recommendation.Verification(
      measure: measure, scope: scope, since: end, timeField: whole?.window.timeField ?? .timestamp,
      baseline: baseline.share, baselineCount: baseline.count, target: target, cohorts: cohorts(scope, measure))
    // Up to 1.3 it may well be chance.
    if measure == .poorShare, let effect = metric(scope)?.designEffect, effect > 1.3 {
      verification.designEffect = effect
    }
    verification.command = verification.measuringCommand(since: end)
    verification.settle()
    // Nothing is below 0 % or above 100 %.
    if let limit = verification.limit, limit <= 0 || limit >= 1 { return nil }
    return verification
  }

  /// What a share was, and on how many observations that rests.
  ///
  /// Advice is on what looked worst, which by that alone looks worse than it is: a slice is drawn towards the others of its
  /// kind by as much as it is uncertain (`ShrunkenShares`), and still counts as no more than its own observations.
  private func baseline(_ scope: ReadScope, _ measure: Recommendation.Measure) -> (share: Double, count: Int?)? {
    guard let own = metric(scope)?.counts(of: measure), own.total > 0 else { return nil }
    let share = Double(own.count) / Double(own.total)
    guard measure == .poorShare, !scope.members.isEmpty else { return (share, own.total) }
    let names = scope.members.map(\.field)
    let kin = metrics.filter { $0.scope.members.map(\.field) == names }
    guard let place = kin.firstIndex(where: { $0.scope.hasMembers(of: scope) }),
      let shrunken = ShrunkenShares(kin.map { $0.counts(of: measure) })
    else { return (share, own.total) }
    return (shrunken.groups[place].mean, own.total)
  }

  /// The counts of a scope by model and by version of the prompt, where the analysis has them.
  func cohorts(_ scope: ReadScope, _ measure: Recommendation.Measure) -> [Cohorts] {
    var all: [Cohorts] = []
    for field in Cohorts.fields where !scope.members.contains(where: { $0.field == field }) {
      var cohorts: [Cohorts.Cohort] = []
      for metric in metrics where metric.scope.members.count == scope.members.count + 1 {
        guard let member = metric.scope.members.first(where: { $0.field == field }),
          metric.scope.without(field).hasMembers(of: scope)
        else { continue }
        let counts = metric.counts(of: measure)
        if counts.total > 0 { cohorts.append(.init(value: member.value, count: counts.count, total: counts.total)) }
      }
      if (1...Cohorts.valuesMax).contains(cohorts.count) { all.append(Cohorts(field: field, cohorts: cohorts)) }
    }
    return all
  }

  /// The poor answers too many in a week, as expected and by the cautious count; null where the window has no length.
  private func impact(expected: Double?, conservative: Double?) -> [UInt8] {
    func perWeek(_ count: Double?) -> Double? { weeks.flatMap { weeks in count.map { $0 / weeks } } }
    var line = RecordLine()
    line.begin()
    line.real("excess_poor_per_week", perWeek(expected))
    line.real("conservative", perWeek(conservative))
    line.close()
    return line.bytes
  }
}
