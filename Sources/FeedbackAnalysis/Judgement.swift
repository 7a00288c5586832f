import Timestamps

/// Earlier advice, looked at again with an analysis of what came after it.
extension AnalysisInput {
  /// The recommendation with what can be said by now.
  func judged(_ item: Recommendation) -> Recommendation {
    guard let verification = item.verification, let baselineCount = verification.baselineCount,
      let since = verification.since
    else { return item }
    let before = item.outcome?.counts ?? Outcome.Counts(through: since)
    let counts = counts(before, verification, since: since)
    var item = item
    let outcome = Outcome(verification, baselineCount: baselineCount, counts)
    item.outcome = outcome
    if outcome.verdict == .worse { item.priority = 1 }
    return item
  }

  /// What was counted before and what this analysis adds: nothing twice.
  private func counts(
    _ before: Outcome.Counts, _ verification: Recommendation.Verification, since: Timestamp
  ) -> Outcome.Counts {
    guard let whole, let from = whole.from, let to = whole.to, to > before.through else { return before }
    // An analysis by other fields has not looked at this slice; one by its fields has, and nothing was there.
    guard verification.measure == .corrections || isAnalysed(verification.scope) else { return before }
    var counts = before
    if verification.measure == .corrections {
      guard material.examples > 0 else { return before }
      (counts.count, counts.total) = (material.corrections, material.corrections)
    } else if from >= before.through {
      let new = metric(verification.scope)?.counts(of: verification.measure) ?? (count: 0, total: 0)
      counts.count += new.count
      counts.total += new.total
      add(cohorts(verification.scope, verification.measure), to: &counts.cohorts)
    } else if from >= since && from.seconds - since.seconds <= 1 {
      // From the advice on, as the command of the recommendation measures it: all that was counted before is in it.
      let all = metric(verification.scope)?.counts(of: verification.measure) ?? (count: 0, total: 0)
      (counts.count, counts.total) = all
      counts.cohorts = cohorts(verification.scope, verification.measure)
    } else if verification.measure == .poorShare, let trend = trend(verification.scope) {
      // The windows overlap: the days that were not counted yet. How they divide among models is not known.
      guard let days = trend.counts(after: before.through, before: to) else { return before }
      counts.count += days.poor
      counts.total += days.rated
      counts.through = days.end
      counts.looks += 1
      return counts
    } else {
      return before
    }
    counts.through = to
    counts.looks += 1
    return counts
  }

  /// Adds the counts by model and version; of some looks they may not be known.
  private func add(_ later: [Cohorts], to known: inout [Cohorts]) {
    for cohorts in later {
      if let place = known.firstIndex(where: { $0.field == cohorts.field }) {
        known[place].add(cohorts)
      } else {
        known.append(cohorts)
      }
    }
  }
}

extension ReadTrend {
  /// The counts of the bins that lie whole in a time, and the end of the last bin that could; nil where none could.
  func counts(after start: Timestamp, before end: Timestamp) -> (poor: Int, rated: Int, end: Timestamp)? {
    // Where days and weeks begin depends on the zone, so the bins say it.
    guard let first = bins.first?.start, end > first else { return nil }
    let last = end.seconds - (end.seconds - first.seconds) % binSeconds
    guard last > start.seconds else { return nil }
    var (poor, rated) = (0, 0)
    for bin in bins where bin.start >= start && bin.start.seconds + binSeconds <= last {
      poor += bin.poor
      rated += bin.rated
    }
    return (poor, rated, Timestamp(seconds: last))
  }
}
