import FeedbackModel
import Timestamps

/// Earlier advice, looked at again with an analysis of what came after it.
extension AnalysisInput {
  /// The recommendation with what can be said by now.
  func judged(_ item: Recommendation) -> Recommendation {
    guard let verification = item.verification, let since = verification.since else { return item }
    var before = item.outcome?.counts ?? .none(from: since)
    // Somebody set `since` to when something was done: what was counted is not of the time after that.
    if before.from != since { before = .none(from: since) }
    let (counts, gap) = counts(before, verification, since: since)
    guard var outcome = Outcome(verification, counts) else { return item }
    outcome.gap = gap
    var item = item
    item.outcome = outcome
    // The records that the verdict goes by, as this version measures them.
    if verification.measure != .corrections {
      item.verification?.command = verification.measuringCommand(since: outcome.decisive.from)
    }
    if outcome.verdict == .worse { item.priority = 1 }
    return item
  }

  /// What was counted before and what this analysis adds: nothing twice, and nothing of before the advice.
  private func counts(
    _ before: Outcome.Counts, _ verification: Recommendation.Verification, since: Timestamp
  ) -> (Outcome.Counts, Outcome.Gap?) {
    guard let whole, let from = whole.window.from, let end, end > before.through else { return (before, nil) }
    if verification.measure != .corrections && whole.window.timeField != verification.timeField {
      return (before, .otherTime(verification.timeField))
    }
    // An analysis by other fields has not looked at this slice; one by its fields has, and nothing was there.
    guard verification.measure == .corrections || isAnalysed(verification.scope) else {
      return (before, .otherFields(verification.scope.members.map(\.field)))
    }
    var counts = before
    let own = metric(verification.scope)?.counts(of: verification.measure) ?? (count: 0, total: 0)
    var look = Outcome.Look(from: from, through: end, count: own.count, total: own.total)
    look.cohorts = cohorts(verification.scope, verification.measure)
    if verification.measure == .corrections {
      guard material.examples > 0 else { return (before, nil) }
      counts.looks = []
      look = Outcome.Look(from: since, through: end, count: material.corrections, total: material.corrections)
    } else if whole.undated == 0 && from >= before.through {
      // Without a beginning that was asked for, the window begins with its first record, and a few hours before it are no gap.
      let isGap = isBeginningAsked || from.seconds - before.through.seconds >= 86_400
      look.from = isGap ? from : before.through
    } else if whole.undated == 0, let first = before.firstLook(of: from) {
      // As the command of the recommendation measures it: all that was counted from that look on is in it.
      look = counts.takeLooks(from: first, in: look)
    } else if verification.measure == .poorShare, let trend = trend(verification.scope) {
      // The windows overlap, or there is something of an unknown time: the days that were not counted yet. How they divide
      // among models is not known.
      let days = trend.counts(after: before.through, before: end)
      let gap: Outcome.Gap? = days.waiting > 0 ? .waiting(days.waiting) : nil
      guard let end = days.end else { return (before, gap) }
      counts.add(Outcome.Look(from: before.through, through: end, count: days.poor, total: days.rated))
      counts.leftOut += days.cut
      counts.through = end
      return (counts, gap)
    } else {
      return (before, whole.undated > 0 ? .undated(whole.undated) : .overlap)
    }
    counts.add(look)
    counts.through = end
    return (counts, nil)
  }
}

extension Outcome.Counts {
  /// The look with which a window begins, by its number from 0; nil where none does.
  fileprivate func firstLook(of start: Timestamp) -> Int? {
    start == from ? 0 : looks.firstIndex { $0.from == start }
  }

  /// What is new in a window that begins with a look; that look and those after it are replaced by all of the window where
  /// there is more in it than they and what is new: what was left out of them or between them.
  fileprivate mutating func takeLooks(from first: Int, in window: Outcome.Look) -> Outcome.Look {
    let known = Array(looks.dropFirst(first))
    let isWhole = leftOut == 0 && uncovered.allSatisfy { $0.to <= window.from }
    // What was left out of the first look is in a window that begins with it.
    if first == 0 { leftOut = 0 }
    if isWhole, let rest = window.without(known, through: through) { return rest }
    looks.removeSubrange(first...)
    return window
  }
}

extension Outcome.Look {
  /// What is new in a look in which earlier ones are; nil where they are not in it.
  fileprivate func without(_ earlier: [Self], through: Timestamp) -> Self? {
    guard !earlier.isEmpty else { return nil }
    let total = earlier.reduce(0) { $0 + $1.total }
    var rest = self
    rest.from = through
    rest.count -= earlier.reduce(0) { $0 + $1.count }
    rest.total -= total
    rest.cohorts = []
    guard rest.total >= 0, (0...rest.total).contains(rest.count) else { return nil }
    let known = Cohorts.sum(of: earlier)
    for field in cohorts {
      let before = known.first { $0.field == field.field }
      // What a look did not know by cohort cannot be taken out of them.
      if before?.total ?? 0 != total { continue }
      guard let new = field.without(before) else { return nil }
      rest.cohorts.append(new)
    }
    return rest
  }
}

extension ReadTrend {
  /// What the bins tell of a time.
  struct Part: Equatable {
    /// Ratings of the bins that lie whole in it.
    var poor = 0
    var rated = 0
    /// Ratings of the bin that begins before it: they may be of before or after its start.
    var cut = 0
    /// Ratings of the bin that ends after it.
    var waiting = 0
    /// The end of the last bin that could lie whole in it; nil where none could.
    var end: Timestamp?
  }

  /// The counts of the bins from one time to another.
  func counts(after start: Timestamp, before end: Timestamp) -> Part {
    var part = Part()
    // Where days and weeks begin depends on the zone, so the bins say it.
    guard let first = bins.first?.start, end > first else { return part }
    let last = end.seconds - (end.seconds - first.seconds) % binSeconds
    for bin in bins {
      let binEnd = bin.start.seconds + binSeconds
      if binEnd > last {
        part.waiting += bin.rated
      } else if bin.start >= start {
        part.poor += bin.poor
        part.rated += bin.rated
      } else if binEnd > start.seconds {
        part.cut += bin.rated
      }
    }
    if last > start.seconds { part.end = Timestamp(seconds: last) }
    return part
  }
}
