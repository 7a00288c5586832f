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
    guard let whole, let from = whole.from, let to = whole.to, to > before.through else { return (before, nil) }
    // An analysis by other fields has not looked at this slice; one by its fields has, and nothing was there.
    guard verification.measure == .corrections || isAnalysed(verification.scope) else {
      return (before, .otherFields(verification.scope.members.map(\.field)))
    }
    var counts = before
    let own = metric(verification.scope)?.counts(of: verification.measure) ?? (count: 0, total: 0)
    var look = Outcome.Look(from: from, count: own.count, total: own.total)
    look.cohorts = cohorts(verification.scope, verification.measure)
    if verification.measure == .corrections {
      guard material.examples > 0 else { return (before, nil) }
      counts.looks = []
      look = Outcome.Look(from: since, count: material.corrections, total: material.corrections)
    } else if from.next >= before.through {
      // A moment earlier is the same where the end of a window was taken for its newest record.
    } else if from >= since && from.seconds - since.seconds <= 1 {
      // From the advice on, as the command of the recommendation measures it: all that was counted before is in it.
      counts.leftOut = 0
      if let rest = look.without(counts) { look = rest } else { counts.looks = [] }
    } else if verification.measure == .poorShare, let trend = trend(verification.scope) {
      // The windows overlap: the days that were not counted yet. How they divide among models is not known.
      let days = trend.counts(after: before.through, before: to)
      let gap: Outcome.Gap? = days.waiting > 0 ? .waiting(days.waiting) : nil
      guard let end = days.end else { return (before, gap) }
      counts.add(Outcome.Look(from: before.through, count: days.poor, total: days.rated))
      counts.leftOut += days.cut
      counts.through = end
      return (counts, gap)
    } else {
      return (before, .overlap)
    }
    counts.add(look)
    counts.through = to
    return (counts, nil)
  }
}

extension Outcome.Look {
  /// What is new in a look at all since the advice; nil where what was counted before is not in it.
  func without(_ counts: Outcome.Counts) -> Self? {
    var rest = Self(from: counts.through, count: count - counts.count, total: total - counts.total)
    guard !counts.looks.isEmpty, (0...max(0, rest.total)).contains(rest.count) else { return nil }
    let known = counts.cohorts
    for field in cohorts {
      guard let new = field.without(known.first { $0.field == field.field }) else { return nil }
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
