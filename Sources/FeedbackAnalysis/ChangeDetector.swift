import Statistics

/// An earlier window that this one is compared with.
struct Baseline: Sendable {
  /// From when to when.
  let span: WindowSpan
  let total: Cell
  let fields: [SliceField]
  private let cells: [[UInt8]: Cell]

  init(_ analysis: Analysis) {
    span = analysis.span
    total = analysis.total
    fields = analysis.groups.map { SliceField(name: $0.name, slices: analysis.slices(of: $0)) }
    var cells = [Scope.all.json: analysis.total]
    for slice in fields.flatMap(\.slices) { cells[slice.scope.json] = slice.cell }
    self.cells = cells
  }

  /// What was counted in a scope then.
  func cell(_ scope: Scope) -> Cell? { cells[scope.json] }
}

/// Looks for what changed: within the window, and against an earlier one.
///
/// A slice is looked at when it has enough ratings from enough people, in both windows where there are two. Within the
/// window two tests are made, of a drift of the mean and of a change of the share of poor answers on some day; between
/// windows two, of the share and of the ratings; of everything also that of the share within the values of the first
/// field, so that a change of what is asked about is not taken for one of the answers.
struct ChangeDetector {
  /// Of everything, of each category, and of other slices that were tested.
  private(set) var trends: [SliceTrend] = []
  private(set) var findings: [Finding] = []
  /// How many slices of each field were compared with the earlier window.
  private(set) var compared = AnalysisReport.Checked()
  private let options: AnalysisOptions
  private let report: AnalysisReport
  private let baseline: Baseline?
  private var tests: [SliceTests] = []
  /// Whether the slice of each trend has enough ratings.
  private var cells: [Cell] = []
  /// The least change of the mean that matters, in stars.
  static let starsMin = 0.15

  private struct SliceTests {
    var drift: TestFamily.Test?
    var change: TestFamily.Test?
    var share: TestFamily.Test?
    var ratings: TestFamily.Test?
    var mix: TestFamily.Test?
  }

  /// Makes the tests, and adds them to the family.
  init(_ report: AnalysisReport, _ baseline: Baseline?, _ family: inout TestFamily) {
    options = report.options
    self.report = report
    self.baseline = baseline
    look(Slice(scope: .all, cell: report.total), isWritten: true, &family)
    for field in report.fields {
      let before = trends.count(where: { $0.comparison != nil })
      for slice in field.slices { look(slice, isWritten: field.name == "category", &family) }
      compared.slices.append((field.name, trends.count(where: { $0.comparison != nil }) - before))
    }
  }

  private mutating func look(_ slice: Slice, isWritten: Bool, _ family: inout TestFamily) {
    let before = baseline.flatMap { $0.cell(slice.scope) }
    let isEnough = options.isEnough(slice.cell)
    if !isEnough && !(isWritten && (slice.scope == .all || options.isShown(slice.cell))) { return }
    var trend = SliceTrend(scope: slice.scope, cell: slice.cell)
    var made = SliceTests()
    // A slice that is everything has nothing of its own to say.
    let isWhole = slice.scope != .all && slice.cell.rating.count == report.total.rating.count
    if isEnough && !isWhole {
      trend.test(slice.cell)
      made.drift = trend.drift.map { family.add($0.p) }
      made.change = trend.change.map { family.add($0.p) }
      if let before, options.isEnough(before), let windows = WindowComparison(slice.cell, before: before) {
        trend.comparison = SliceTrend.Comparison(windows: windows)
        made.share = family.add(windows.probabilities.share)
        made.ratings = family.add(windows.probabilities.ratings)
        if slice.scope == .all, let now = report.fields.first, let then = baseline?.fields.first {
          trend.comparison?.mix = MixSplit(now, before: then, of: windows)
          made.mix = trend.comparison?.mix?.p.map { family.add($0) }
        }
      }
    }
    if isWritten || trend.drift != nil || trend.change != nil || trend.comparison != nil {
      trends.append(trend)
      tests.append(made)
      cells.append(slice.cell)
    }
  }

  /// Says what holds after the correction.
  mutating func judge(_ family: TestFamily) {
    for index in trends.indices {
      let made = tests[index]
      if let test = made.drift { trends[index].drift?.q = family.q(test) }
      if let test = made.change { trends[index].change?.q = family.q(test) }
      if let test = made.share { trends[index].comparison?.shareQ = family.q(test) }
      if let test = made.ratings { trends[index].comparison?.ratingsQ = family.q(test) }
      if let test = made.mix { trends[index].comparison?.mix?.q = family.q(test) }
    }
    findComparisons()
    for index in trends.indices {
      findChange(trends[index], cells[index])
      findDrift(trends[index], cells[index])
    }
  }

  // MARK: Against the earlier window

  private mutating func findComparisons() {
    let flagged = trends.indices.filter { trends[$0].comparison?.verdict(options) != nil }
    let kept = flagged.filter { child in
      !flagged.contains { $0 != child && explains(trends[$0], trends[child]) }
    }
    findSignals()
    for index in kept where !isMadeByParts(trends[index], kept.map { trends[$0] }) {
      guard let comparison = trends[index].comparison, let verdict = comparison.verdict(options), let baseline else {
        continue
      }
      let evidence = WindowEvidence(
        comparison: comparison, span: report.span, before: baseline.span,
        peopleAtLeast: options.peopleAtLeast(cells[index]))
      let isHigh = verdict.q <= 0.01 && comparison.windows.now.rated >= 100
      findings.append(
        Finding(
          kind: verdict.isWorse ? .regression : .improvement, scope: trends[index].scope,
          statement: Statement.comparison(trends[index].scope, comparison, verdict, compared),
          evidence: .windows(evidence), confidence: isHigh ? .high : .medium,
          examples: verdict.isWorse ? cells[index].examples : PoorExamples()))
    }
  }

  /// What shows and does not survive the correction.
  private mutating func findSignals() {
    for (trend, cell) in zip(trends, cells) {
      guard let comparison = trend.comparison, comparison.isSignal(options), let baseline else { continue }
      let evidence = WindowEvidence(
        comparison: comparison, span: report.span, before: baseline.span, peopleAtLeast: options.peopleAtLeast(cell))
      findings.append(
        Finding(
          kind: .changeSignal, scope: trend.scope,
          statement: Statement.changeSignal(trend.scope, comparison.windows, compared), evidence: .windows(evidence),
          confidence: .low))
    }
  }

  /// Whether a slice that contains another one changed by at least 80 % of what the other one did.
  private func explains(_ parent: SliceTrend, _ child: SliceTrend) -> Bool {
    guard parent.scope.contains(child.scope), let whole = parent.comparison?.windows.difference,
      let part = child.comparison?.windows.difference
    else { return false }
    return whole * part > 0 && abs(whole) >= 0.8 * abs(part)
  }

  /// Whether at least 80 % of the poor answers that a slice has more, or less, are of flagged slices inside of it.
  private func isMadeByParts(_ parent: SliceTrend, _ flagged: [SliceTrend]) -> Bool {
    guard let whole = parent.comparison?.windows else { return false }
    let excess = whole.difference * Double(whole.now.rated)
    var sums: [[String]: Double] = [:]
    for part in flagged where part.scope != parent.scope && parent.scope.contains(part.scope) {
      guard let windows = part.comparison?.windows, windows.difference * excess > 0 else { continue }
      sums[part.scope.members.map(\.field), default: 0] += abs(windows.difference) * Double(windows.now.rated)
    }
    return (sums.values.max() ?? 0) >= 0.8 * abs(excess) && !sums.isEmpty
  }

  // MARK: Within the window

  private mutating func findChange(_ trend: SliceTrend, _ cell: Cell) {
    guard let change = trend.change, change.q <= options.fdr, options.matters(change.since, change.before),
      min(change.before.rated, change.since.rated) >= 2 * AnalysisOptions.signalMin
    else { return }
    let isWorse = change.since.value > change.before.value
    findings.append(
      Finding(
        kind: .changePoint, scope: trend.scope, statement: Statement.change(trend.scope, change),
        evidence: .change(change), confidence: change.q <= 0.01 && cell.rating.count >= 100 ? .high : .medium,
        examples: isWorse ? cell.examples : PoorExamples()))
  }

  private mutating func findDrift(_ trend: SliceTrend, _ cell: Cell) {
    guard let drift = trend.drift, drift.q <= options.fdr, let first = trend.bins.all.first?.day,
      let last = trend.bins.all.last?.day
    else { return }
    let weeks = Double(last - first) / 7
    if abs(drift.starsPerWeek * weeks) < Self.starsMin { return }
    findings.append(
      Finding(
        kind: .drift, scope: trend.scope, statement: Statement.drift(trend.scope, drift, trend.bins.width),
        evidence: .drift(drift), confidence: drift.q <= 0.01 && cell.rating.count >= 100 ? .high : .medium,
        examples: PoorExamples()))
  }
}

extension AnalysisOptions {
  /// Whether a cell has enough ratings from enough people to be tested.
  func isEnough(_ cell: Cell) -> Bool {
    cell.rating.count >= max(1, ratingsMin) && cell.people.count >= peopleMin
  }

  /// Whether a group has ratings and people enough for a mean or a share of its own to be shown: 5 of each, or fewer
  /// where the guards were set lower.
  func isShown(_ cell: Cell) -> Bool { isShown(cell.rating.count, cell.people.count) }

  /// The same of a part of the ratings, which fewer people may have given.
  func isShown(_ cell: Cell, _ part: PartPeople.Part) -> Bool {
    isShown(cell.count(of: part), cell.partPeople[part].count)
  }

  /// The same of a number of ratings and of people.
  func isShown(_ ratings: Int, _ people: Int) -> Bool { ratings >= shownRatings && people >= shownPeople }

  /// The fewest ratings and people of a group that is shown.
  var shownRatings: Int { min(Self.signalMin, ratingsMin) }
  var shownPeople: Int { min(Self.signalMin, peopleMin) }

  /// Whether two shares are at least 3 points apart.
  func matters(_ first: WindowComparison.Share, _ second: WindowComparison.Share) -> Bool {
    let (n, m) = (Int128(first.rated), Int128(second.rated))
    return 100 * abs(Int128(first.poor) * m - Int128(second.poor) * n) >= ProblemDetector.pointsMin * n * m
  }
}

extension SliceTrend.Comparison {
  /// What a comparison says after the correction; nil for no clear change.
  struct Verdict {
    var isWorse: Bool
    /// Whether the share of poor answers says it, or only the ratings do.
    var isByShare: Bool
    var q: Double
  }

  func verdict(_ options: AnalysisOptions) -> Verdict? {
    if options.matters(windows.now, windows.before) {
      if let mix, let q = mix.q {
        // A change of the mix alone is none of the answers.
        let isClear = q <= options.fdr && shareQ <= options.fdr && 100 * abs(mix.quality) >= 3
        if isClear && mix.quality * windows.difference > 0 {
          return Verdict(isWorse: windows.difference > 0, isByShare: true, q: max(q, shareQ))
        }
      } else if shareQ <= options.fdr {
        return Verdict(isWorse: windows.difference > 0, isByShare: true, q: shareQ)
      }
    }
    let stars = windows.means.now - windows.means.before
    let isWorse = stars < 0
    // Ranks and mean have to agree, and of everything the mix may be what moved them.
    guard mix == nil, ratingsQ <= options.fdr, abs(stars) >= ChangeDetector.starsMin,
      (windows.superiority < 0.5) == isWorse, windows.difference == 0 || (windows.difference > 0) == isWorse
    else { return nil }
    return Verdict(isWorse: isWorse, isByShare: false, q: ratingsQ)
  }

  /// Whether something shows that does not survive the correction.
  func isSignal(_ options: AnalysisOptions) -> Bool {
    verdict(options) == nil && options.matters(windows.now, windows.before) && windows.probabilities.share < 0.05
  }
}
