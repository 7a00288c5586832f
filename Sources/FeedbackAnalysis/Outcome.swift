import FeedbackModel
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
    case betterThanLimit = "better_than_limit"
    /// On the wrong side of it.
    case worseThanLimit = "worse_than_limit"

    /// How a sentence about it begins, of a share that is to fall or to rise.
    func title(isToFall: Bool) -> String {
      switch self {
      case .improved: "Improved"
      case .worse: "Worse"
      case .noClearChange: "No clear change"
      case .notEnoughData: "Not enough data"
      case .betterThanLimit: isToFall ? "Below the limit" : "Above the limit"
      case .worseThanLimit: isToFall ? "Above the limit" : "Below the limit"
      }
    }

    /// Whether what was advised has come true.
    var isFulfilled: Bool { self == .improved || self == .betterThanLimit }

    /// What a reader has to see first: what got worse, then what is beyond its limit, then the rest.
    var rank: Int { self == .worse ? 0 : self == .worseThanLimit ? 1 : 2 }
  }

  /// What one look counted.
  struct Look: Sendable, Equatable {
    /// From when on.
    var from: Timestamp
    /// Up to when; nil where the record is of a version that did not say it.
    var through: Timestamp?
    var count = 0
    var total = 0
    /// The same by model and by version of the prompt, where that is known.
    var cohorts: [Cohorts] = []
  }

  /// What was counted since the advice; carried from look to look.
  struct Counts: Sendable, Equatable {
    /// From when on anything may be counted.
    var from: Timestamp
    /// Up to when.
    var through: Timestamp
    /// How many analyses counted.
    var lookCount = 0
    /// Each look; one for several, where the record is of a version that did not keep them apart.
    var looks: [Look] = []
    /// The most that may have been left out: ratings of days or weeks of which a part was before the advice.
    var leftOut = 0

    /// Nothing yet, from some time on.
    static func none(from start: Timestamp) -> Counts { Counts(from: start, through: start) }

    var count: Int { looks.reduce(0) { $0 + $1.count } }
    var total: Int { looks.reduce(0) { $0 + $1.total } }

    /// The counts by model and by version of the prompt of all looks that know them.
    var cohorts: [Cohorts] { Cohorts.sum(of: looks) }

    /// The times before and between looks of which nothing is counted.
    var uncovered: [(from: Timestamp, to: Timestamp)] {
      var gaps: [(from: Timestamp, to: Timestamp)] = []
      var end: Timestamp? = from
      for look in looks {
        if let end, look.from > end, look.from != end.next { gaps.append((end, look.from)) }
        end = look.through
      }
      return gaps
    }

    /// Adds a look.
    mutating func add(_ look: Look) {
      looks.append(look)
      lookCount += 1
    }

    /// The counts of the looks from one on, 1 or more.
    func since(look: Int) -> Counts {
      var part = self
      part.looks.removeFirst(min(look - 1, looks.count))
      if let first = part.looks.first { part.from = first.from }
      return part
    }
  }

  /// What a look could not count.
  enum Gap: Sendable, Equatable {
    /// The analysis does not look at the fields of the scope.
    case otherFields([String])
    /// Its window looks at another time of the interactions than the baseline.
    case otherTime(TimeField)
    /// So many of its interactions have no time, and no trend tells the others from them.
    case undated(Int)
    /// Its window begins before what is counted, and no trend tells the days apart.
    case overlap
    /// So many ratings are of a day or week that is not over.
    case waiting(Int)
  }

  let verdict: Verdict
  /// All that was counted.
  let counts: Counts
  /// The looks that the verdict is on: all, or those from one on that show what all of them do not.
  let decisive: Counts
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
  var isClosed: Bool { verdict.isFulfilled || counts.lookCount >= Self.looksMax }
  /// What the last look could not count.
  var gap: Gap?

  /// A half year of weeks; what has not shown by then is given up.
  static let looksMax = 26

  /// Judges counts since the advice against its limit or else its baseline; nil where it has neither.
  ///
  /// Of sequences that begin with one look or another the latest that shows something decides, as it says how things are now;
  /// of those that show the same, the one that shows most is told: its interval is farthest from no change.
  init?(_ verification: Recommendation.Verification, _ counts: Counts) {
    if verification.limit == nil && verification.baselineCount == nil { return nil }
    let lookCount = verification.measure == .corrections ? 1 : max(1, counts.looks.count)
    let all = (1...lookCount).map { Outcome(verification, counts, look: $0) }
    let latest = all.last { $0.verdict != .noClearChange && $0.verdict != .notEnoughData }
    let same = all.filter { $0.verdict == latest?.verdict }
    self = same.max { $0.margin < $1.margin } ?? all[0]
  }

  /// How far the interval of the change is from none.
  private var margin: Double { change.map { max($0.low, -$0.high) } ?? 0 }

  /// Judges the counts from a look on.
  private init(_ verification: Recommendation.Verification, _ counts: Counts, look: Int) {
    self.counts = counts
    decisive = counts.since(look: look)
    need = verification.countMin
    newFields = verification.cohorts.filter { [decisive] in Self.isNew($0, decisive) }.map(\.field)
    let alpha = ChangeSequence.alpha(start: look)
    let (count, total) = (decisive.count, decisive.total)
    if verification.measure == .corrections {
      (change, isWithinModels, effects) = (nil, false, nil)
      verdict = Double(count) >= verification.target ? .improved : .notEnoughData
      return
    }
    let isEnough = need.map { total >= $0 } ?? false
    if let limit = verification.limit {
      change = ChangeSequence(
        limit: limit, count: count, total: total, designEffect: verification.designEffect, alpha: alpha)
      (isWithinModels, effects) = (false, nil)
      switch Self.verdict(verification.measure, change, isEnough: isEnough) {
      case .improved: verdict = .betterThanLimit
      case .worse: verdict = .worseThanLimit
      case let other: verdict = other
      }
      return
    }
    let baselineCount = verification.baselineCount ?? 0
    let models = Self.models(verification, decisive)
    let within = models.flatMap { Self.within($0, verification, baselineCount, total, alpha: alpha) }
    change =
      within
      ?? ChangeSequence(
        baseline: verification.baseline, baselineCount: baselineCount, count: count, total: total,
        designEffect: verification.designEffect, alpha: alpha)
    isWithinModels = within != nil
    effects = models.flatMap { StratifiedComparison($0) }.map { ($0.rateEffect, $0.mixEffect) }
    verdict = Self.verdict(verification.measure, change, isEnough: isEnough)
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
    _ total: Int, alpha: Double
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
    return ChangeSequence(shared, shift: shift, designEffect: verification.designEffect, alpha: alpha)
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
  /// it is a fixed limit: half way from the baseline to the target, from which a share that stays and one that reaches the
  /// target are told with the fewest observations. Where there is no way to go, it is the target.
  mutating func settle() {
    guard measure != .corrections else { return }
    countMin = baselineCount.flatMap { need($0) }
    if countMin != nil { return }
    var fixed = target
    if measure.isToFall ? target < baseline : target > baseline {
      fixed = Self.rounded((baseline + target) / 2, by: abs(baseline - target) / 10)
    }
    let needs = [baseline, target].filter { $0 != fixed }.map {
      ChangeSequence.needed(from: $0, limit: fixed, designEffect: designEffect)
    }
    limit = fixed
    countMin = needs.contains(nil) ? nil : needs.compactMap(\.self).max()
  }

  /// A share in the fewest decimals of a percent that change it by no more than some distance; as it is below a millionth.
  private static func rounded(_ share: Double, by distance: Double) -> Double {
    for scale in [100.0, 1000, 10_000, 100_000, 1_000_000] where 1 / scale <= 2 * distance {
      return (share * scale).rounded() / scale
    }
    return share
  }

  /// Observations that show the target, against a baseline that rests on so many.
  func need(_ baselineCount: Int) -> Int? {
    guard measure.isToFall ? target < baseline : target > baseline else { return nil }
    return ChangeSequence.needed(
      from: baseline, baselineCount: baselineCount, to: target, designEffect: designEffect)
  }
}
