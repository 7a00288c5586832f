import Statistics

/// The sentences of findings about changes, about how ratings are given, and about words.
extension Statement {
  /// How a slice compares with an earlier window.
  ///
  /// `Poor answers in billing rose from 12 % (45 of 380) to 19 % (61 of 320): likely +2 to +13 points; 6 categories were
  /// checked.`
  static func comparison(
    _ scope: Scope, _ comparison: SliceTrend.Comparison, _ verdict: SliceTrend.Comparison.Verdict,
    _ checked: AnalysisReport.Checked
  ) -> [UInt8] {
    let windows = comparison.windows
    if !verdict.isByShare {
      let moved = verdict.isWorse ? "fell" : "rose"
      let text =
        " \(moved) from \(stars(windows.means.before)) to \(stars(windows.means.now)) stars on average "
        + "(\(counted(windows.before.rated, "rating")) before, \(windows.now.rated) now); \(checked.sentence)"
      return Array("Ratings ".utf8) + scope.phrase + Array(text.utf8)
    }
    var text = " \(rise(windows)): likely \(points(windows.interval)) points; \(checked.sentence)"
    if let mix = comparison.mix {
      text += " Of the change, \(signed(mix.mix)) points are of the mix of \(mix.field)."
    }
    return Array("Poor answers ".utf8) + scope.phrase + Array(text.utf8)
  }

  /// `rose from 12 % (45 of 380) to 19 % (61 of 320)`.
  static func rise(_ windows: WindowComparison) -> String {
    let moved = windows.difference > 0 ? "rose" : "fell"
    return "\(moved) from \(share(windows.before)) to \(share(windows.now))"
  }

  /// What looks like a change and may be none.
  static func changeSignal(
    _ scope: Scope, _ windows: WindowComparison, _ checked: AnalysisReport.Checked
  ) -> [UInt8] {
    let text = " \(rise(windows)). Early signal: among so many checks this may be chance. \(checked.sentence)"
    return Array("Poor answers ".utf8) + scope.phrase + Array(text.utf8)
  }

  static func share(_ share: WindowComparison.Share) -> String {
    "\(percent(share.poor, of: share.rated)) % (\(share.poor) of \(share.rated))"
  }

  /// An interval of a difference in points: `+2 to +13`.
  static func points(_ interval: Interval) -> String { "\(signed(interval.low)) to \(signed(interval.high))" }

  /// A difference of shares in whole points of a hundred, with its sign.
  static func signed(_ difference: Double) -> String {
    let points = Int((difference * 100).rounded())
    return points > 0 ? "+\(points)" : points < 0 ? "−\(-points)" : "0"
  }

  static func change(_ scope: Scope, _ change: SliceTrend.Change) -> [UInt8] {
    let moved = change.since.value > change.before.value ? "rose" : "fell"
    let text =
      " \(moved) about \(ZoneOffset.date(change.day)): \(share(change.before)) before, \(share(change.since)) since."
    return Array("Poor answers ".utf8) + scope.phrase + Array(text.utf8)
  }

  static func drift(_ scope: Scope, _ drift: SliceTrend.Drift, _ width: TrendBins.Width) -> [UInt8] {
    let moved = drift.starsPerWeek > 0 ? "rise" : "fall"
    var text = " \(moved) by \(stars(abs(drift.starsPerWeek))) stars a week"
    if let interval = drift.interval {
      let ends = [abs(interval.low), abs(interval.high)].sorted()
      // Where the interval holds 0, one end of it is of the other direction.
      text +=
        interval.low * interval.high > 0 ? " (likely \(stars(ends[0])) to \(stars(ends[1])))" : ""
    }
    text += ", over \(counted(drift.binCount, "\(width.rawValue)"))."
    return Array("Ratings ".utf8) + scope.phrase + Array(text.utf8)
  }

  static func straightLining(_ scope: Scope, _ alike: Int, _ total: Int) -> [UInt8] {
    let text =
      ": in \(percent(alike, of: total)) % (\(alike) of \(total)) of the answers with all three. "
      + "They cannot say what to improve."
    return Array("Accuracy, helpfulness and clarity are rated alike ".utf8) + scope.phrase + Array(text.utf8)
  }

  static func contradiction(_ count: Int, _ total: Int) -> [UInt8] {
    Array(
      ("Of \(total) prompts that were rated more than once, \(count) (\(percent(count, of: total)) %) have both poor and "
        + "good ratings: answers to them vary, or people do.").utf8)
  }

  static func phrases(_ kind: Finding.Kind, _ found: KeyPhrases) -> [UInt8] {
    var text =
      kind == .complaintPhrases
      ? Array("Said of poor answers more than of others: ".utf8) : Array("Asked for in suggestions: ".utf8)
    for (index, phrase) in found.phrases.prefix(5).enumerated() {
      if index > 0 { text += Array(", ".utf8) }
      text += Array("“".utf8) + phrase.text + Array("” (\(phrase.count)×)".utf8)
    }
    return text + Array(".".utf8)
  }

  static func cluster(_ cluster: ComplaintCluster) -> [UInt8] {
    let head =
      "\(cluster.count) of \(cluster.total) comments on poor answers, of \(cluster.peopleCount) people, are nearly the same: "
    let words = cluster.phrases.map { Array("“".utf8) + $0.text + Array("”".utf8) }
    return Array(head.utf8) + Array(words.joined(separator: Array(", ".utf8))) + Array(".".utf8)
  }

  /// How many ratings each window would need for a change of 5 points to be seen; nil where no number would do.
  ///
  /// `about 1,100`: two digits, rounded up, so that it is not taken for more exact than it is.
  static func ratingsNeeded(from share: Double) -> String? {
    guard let count = ProportionInterval.sampleSize(from: share, to: share <= 0.95 ? share + 0.05 : share - 0.05) else {
      return nil
    }
    var unit = 1
    while count / unit >= 100 { unit *= 10 }
    return "about " + grouped((count + unit - 1) / unit * unit)
  }

  /// A number with commas between thousands.
  static func grouped(_ number: Int) -> String {
    var digits = Array("\(number)")
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }
}
