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
    /// On the right side of a fixed limit.
    case targetMet = "target_met"
    /// On the wrong side of it.
    case targetMissed = "target_missed"

    /// How a sentence about it begins.
    var title: String {
      switch self {
      case .improved: "Improved"
      case .worse: "Worse"
      case .noClearChange: "No clear change"
      case .notEnoughData: "Not enough data"
      case .targetMet: "Target met"
      case .targetMissed: "Target missed"
      }
    }

    /// Whether what was advised has come true.
    var isFulfilled: Bool { self == .improved || self == .targetMet }

    /// What a reader has to see first: what got worse, then what missed its target, then the rest.
    var rank: Int { self == .worse ? 0 : self == .targetMissed ? 1 : 2 }
  }

  /// What was counted since the advice, at all looks together; carried from look to look.
  struct Counts: Sendable {
    /// How many analyses counted.
    var looks = 0
    /// From when on.
    var from: Timestamp
    /// Up to when.
    var through: Timestamp
    var count = 0
    var total = 0
    /// The most that may have been left out: ratings of days or weeks of which a part was before the advice.
    var leftOut = 0
    /// The same by model and by version of the prompt, of the looks that know them.
    var cohorts: [Cohorts] = []

    /// Nothing yet, from some time on.
    static func none(from start: Timestamp) -> Counts { Counts(from: start, through: start) }
  }

  /// What a look could not count.
  enum Gap: Sendable, Equatable {
    /// The analysis does not look at the fields of the scope.
    case otherFields([String])
    /// Its window begins before what is counted, and no trend tells the days apart.
    case overlap
    /// So many ratings are of a day or week that is not over.
    case waiting(Int)
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
  /// What the last look could not count.
  var gap: Gap?

  /// A half year of weeks; what has not shown by then is given up.
  static let looksMax = 26

  /// Judges counts since the advice against its limit or else its baseline; nil where it has neither.
  init?(_ verification: Recommendation.Verification, _ counts: Counts) {
    if let limit = verification.limit {
      self.init(verification, limit: limit, counts)
    } else if let baselineCount = verification.baselineCount {
      self.init(verification, baselineCount: baselineCount, counts)
    } else {
      return nil
    }
  }

  private init(_ verification: Recommendation.Verification, limit: Double, _ counts: Counts) {
    self.counts = counts
    need = verification.countMin
    change = ChangeSequence(
      limit: limit, count: counts.count, total: counts.total, designEffect: verification.designEffect)
    (isWithinModels, effects) = (false, nil)
    newFields = verification.cohorts.filter { Self.isNew($0, counts) }.map(\.field)
    switch Self.verdict(verification.measure, change, isEnough: need.map { counts.total >= $0 } ?? false) {
    case .improved: verdict = .targetMet
    case .worse: verdict = .targetMissed
    case let other: verdict = other
    }
    isClosed = verdict.isFulfilled || counts.looks >= Self.looksMax
  }

  private init(_ verification: Recommendation.Verification, baselineCount: Int, _ counts: Counts) {
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
    isClosed = verdict.isFulfilled || counts.looks >= Self.looksMax
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
  /// Decides what the claim is held against, and how many observations that takes.
  ///
  /// Against the baseline, if any number of later observations can show the target. Else no look would ever be enough, and
  /// it is a fixed limit: half way from the baseline to the target, in whole percent where they leave room for that, from
  /// which a share that stays and one that reaches the target are told with the fewest observations. Where there is no way
  /// to go, it is the target.
  mutating func settle() {
    guard measure != .corrections else { return }
    countMin = baselineCount.flatMap { need($0) }
    if countMin != nil { return }
    var fixed = target
    if measure.isToFall ? target < baseline : target > baseline {
      let middle = (baseline + target) / 2
      let percent = (middle * 100).rounded() / 100
      let isBetween = min(baseline, target) < percent && percent < max(baseline, target)
      fixed = isBetween ? percent : middle
    }
    let needs = [baseline, target].filter { $0 != fixed }.map {
      ChangeSequence.needed(from: $0, limit: fixed, designEffect: designEffect)
    }
    limit = fixed
    countMin = needs.contains(nil) ? nil : needs.compactMap(\.self).max()
  }

  /// Observations that show the target, against a baseline that rests on so many.
  func need(_ baselineCount: Int) -> Int? {
    guard measure.isToFall ? target < baseline : target > baseline else { return nil }
    return ChangeSequence.needed(
      from: baseline, baselineCount: baselineCount, to: target, designEffect: designEffect)
  }
}
