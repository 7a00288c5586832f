import NDJSON
import Statistics
import Timestamps

/// What came of a recommendation, as far as can be said by now.
struct Outcome: Sendable {
  enum Verdict: String, Sendable {
    case improved
    case worse
    case noClearChange = "no_clear_change"
    case notEnoughData = "not_enough_data"

    /// How a sentence about it begins.
    var title: String {
      switch self {
      case .improved: "Improved"
      case .worse: "Worse"
      case .noClearChange: "No clear change"
      case .notEnoughData: "Not enough data"
      }
    }
  }

  /// What was counted since the advice, at all looks together; carried from look to look.
  struct Counts: Sendable {
    /// How many analyses counted.
    var looks = 0
    /// Up to when.
    var through: Timestamp
    var count = 0
    var total = 0
    /// The same by model and by version of the prompt, of the looks that know them.
    var cohorts: [Cohorts] = []
  }

  let verdict: Verdict
  let counts: Counts
  /// Observations that it takes, nil where no number does.
  let need: Int?
  let change: ChangeSequence?
  /// Whether the change is one within the models that were there before and after.
  let isWithinModels: Bool
  /// What of the difference is of the shares within the models, and what of their mix.
  let effects: (rate: Double, mix: Double)?
  /// Fields of which a tenth or more of what was counted has values that were not there before.
  let newFields: [String]
  /// Whether it is not looked at again.
  let isClosed: Bool

  /// A half year of weeks; what has not shown by then is given up.
  static let looksMax = 26

  /// Judges counts since a baseline.
  init(_ verification: Recommendation.Verification, baselineCount: Int, _ counts: Counts) {
    self.counts = counts
    let isShare = verification.measure != .corrections
    need = verification.countMin
    var change = ChangeSequence(
      baseline: verification.baseline, baselineCount: baselineCount, count: counts.count, total: counts.total,
      designEffect: verification.designEffect)
    let models = Self.models(verification, counts)
    effects = models.flatMap { StratifiedComparison($0) }.map { ($0.rateEffect, $0.mixEffect) }
    let within = models.flatMap { Self.within($0, verification, baselineCount, counts.total) }
    isWithinModels = isShare && within != nil
    if let within { change = within }
    self.change = isShare ? change : nil
    newFields = verification.cohorts.filter { Self.isNew($0, counts) }.map(\.field)
    if isShare {
      verdict = Self.verdict(verification.measure, change, isEnough: need.map { counts.total >= $0 } ?? false)
    } else {
      verdict = Double(counts.count) >= verification.target ? .improved : .notEnoughData
    }
    isClosed = verdict == .improved || counts.looks >= Self.looksMax
  }

  private static func verdict(_ measure: Recommendation.Measure, _ change: ChangeSequence?, isEnough: Bool) -> Verdict {
    if let change {
      if change.high < 0 { return measure.isToFall ? .improved : .worse }
      if change.low > 0 { return measure.isToFall ? .worse : .improved }
    }
    return isEnough ? .noClearChange : .notEnoughData
  }

  /// The counts before and after by model, where both are known.
  private static func models(
    _ verification: Recommendation.Verification, _ counts: Counts
  ) -> [StratifiedComparison.Stratum]? {
    guard let before = verification.cohorts.first(where: { $0.field == Cohorts.fields[0] }),
      let after = counts.cohorts.first(where: { $0.field == Cohorts.fields[0] })
    else { return nil }
    return Cohorts.strata(before, after)
  }

  /// The change within the models that were there at both times, if half of the observations at each time are theirs.
  ///
  /// With fewer it says little about the whole. The baseline as stated is not quite that of the counts, and keeps its
  /// distance.
  private static func within(
    _ strata: [StratifiedComparison.Stratum], _ verification: Recommendation.Verification, _ baselineCount: Int,
    _ total: Int
  ) -> ChangeSequence? {
    let shared = strata.filter { $0.total > 0 && $0.laterTotal > 0 }
    func sum(_ strata: [StratifiedComparison.Stratum], _ part: (StratifiedComparison.Stratum) -> Int) -> Int {
      strata.reduce(0) { $0 + part($1) }
    }
    let known = sum(strata, \.total)
    guard known > 0, 2 * sum(shared, \.total) >= baselineCount, 2 * sum(shared, \.laterTotal) >= total else {
      return nil
    }
    let shift = verification.baseline - Double(sum(strata, \.count)) / Double(known)
    return ChangeSequence(shared, shift: shift, designEffect: verification.designEffect)
  }

  private static func isNew(_ before: Cohorts, _ counts: Counts) -> Bool {
    guard let after = counts.cohorts.first(where: { $0.field == before.field }) else { return false }
    let strata = Cohorts.strata(before, after)
    let all = strata.reduce(0) { $0 + $1.laterTotal }
    let new = strata.reduce(0) { $0 + ($1.total == 0 ? $1.laterTotal : 0) }
    return all > 0 && 10 * new >= all
  }
}

extension Recommendation.Verification {
  /// Observations that show the target, against a baseline that rests on so many.
  func need(_ baselineCount: Int) -> Int? {
    guard measure.isToFall ? target < baseline : target > baseline else { return nil }
    return ChangeSequence.needed(
      from: baseline, baselineCount: baselineCount, to: target, designEffect: designEffect)
  }
}

extension Outcome {
  /// The verdict with its numbers, for a person.
  func statement(_ verification: Recommendation.Verification) -> String {
    let since = verification.since.map { " since \($0.text.prefix(10))" } ?? ""
    let unit = verification.measure.unit
    let have = need.map { "\(counts.total) of about \(Statement.counted($0, unit))" }
    guard verification.measure != .corrections else {
      return "\(verdict.title): \(counts.count) of \(Statement.counted(need ?? 0, unit))."
    }
    let from = "from \(Statement.percent(verification.baseline)) %"
    let now = "\(Statement.percent(counts.count, of: counts.total)) % (\(counts.count) of \(counts.total))"
    var text = "\(verdict.title): "
    if verdict == .notEnoughData {
      text += (have ?? Statement.counted(counts.total, unit)) + since
      if counts.total > 0 { text += "; so far \(now), \(from)" }
      text += "."
      if need == nil { text += " The baseline is too thin to show a change to \(target(verification)) %." }
    } else {
      text += "\(now)\(since), \(from)"
      if let change { text += "; \(Self.points(change))" }
      text += "."
    }
    if verdict == .worse { text += " Undo what was changed, or find out why." }
    return text + notes
  }

  private func target(_ verification: Recommendation.Verification) -> String {
    Statement.percent(verification.target)
  }

  /// What a reader has to know about the comparison.
  private var notes: String {
    var text = isWithinModels ? " Compared within the same models." : ""
    for field in newFields {
      text += " Part of it is of a new \(field == Cohorts.fields[0] ? "model" : "prompt version")"
      let isLeftOut = isWithinModels && field == Cohorts.fields[0]
      text += isLeftOut ? ", which the comparison leaves out." : ": the verdict is on that too."
    }
    return text
  }

  /// `−18 points, likely −27 to −9`.
  private static func points(_ change: ChangeSequence) -> String {
    func signed(_ share: Double) -> String {
      let points = Int((share * 100).rounded())
      return points > 0 ? "+\(points)" : points < 0 ? "−\(-points)" : "0"
    }
    return "\(signed(change.difference)) points, likely \(signed(change.low)) to \(signed(change.high))"
  }

  func append(_ verification: Recommendation.Verification, to line: inout RecordLine) {
    line.open("outcome")
    line.text("statement", statement(verification))
    line.integer("looks", counts.looks)
    line.text("through", counts.through.text)
    line.integer("k", counts.count)
    line.integer("n", counts.total)
    line.real("need", need.map(Double.init))
    line.real("difference", change?.difference)
    line.real("low", change?.low)
    line.real("high", change?.high)
    line.text("within", isWithinModels ? "model" : nil)
    line.real("rate_effect", effects?.rate)
    line.real("mix_effect", effects?.mix)
    line.key("closed")
    line.rawValue(Array((isClosed ? "true" : "false").utf8))
    if !counts.cohorts.isEmpty { Cohorts.append(counts.cohorts, to: &line) }
    line.close()
  }
}
