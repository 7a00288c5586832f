import Statistics

/// Looks for slices in which poor answers are more frequent, for early signs of it, and for missing feedback.
///
/// A slice is tested when it has enough ratings from enough people, and when there is a rest to compare it with. Two
/// tests are made: its share of poor answers against the rest (two proportions, pooled), and against the target (the exact
/// binomial tail). All tests of a report are corrected for together. A slice is a problem
/// if its share is 3 points or more above the rest's and one of the tests holds after that. Everything taken together is
/// tested against the target; it is a problem if no slice is.
struct ProblemDetector {
  private(set) var checked = AnalysisReport.Checked()
  private(set) var findings: [Finding] = []
  private let options: AnalysisOptions
  private let total: Cell
  private var candidates: [Candidate] = []
  /// The least difference in share that matters: 3 points of a hundred.
  static let pointsMin: Int128 = 3
  /// A slice says nothing of its own if a flagged one that contains it explains as much of its excess.
  private static let explainedMin = 0.8

  private struct Candidate {
    var scope: Scope
    var cell: Cell
    /// The tests; nil where the slice was not tested.
    var rest: TestFamily.Test?
    var target: TestFamily.Test?
  }

  /// Makes the tests, and adds them to the family.
  init(_ report: AnalysisReport, _ family: inout TestFamily) {
    options = report.options
    total = report.total
    for field in report.fields {
      let slices = field.slices.map { tested(Candidate(scope: $0.scope, cell: $0.cell), &family) }
      checked.slices.append((field.name, slices.filter { $0.rest != nil }.count))
      candidates += slices
    }
    candidates.append(tested(Candidate(scope: .all, cell: total), &family))
  }

  /// Says what holds after the correction.
  mutating func judge(_ family: TestFamily) {
    var slices = candidates
    let whole = slices.removeLast()
    judge(slices, family)
    dropExplained()
    // Poor answers everywhere are one matter, not one for each slice; where a slice stands out, it is that one.
    if !findings.contains(where: { $0.kind == .problem }) {
      let hasSignals = !findings.isEmpty
      judge([whole], family)
      if hasSignals && findings.last?.scope == .all && findings.last?.kind == .earlySignal { findings.removeLast() }
    }
  }

  /// Drops a slice of which one that contains it and is flagged too explains what it has too much: if it only were as poor
  /// as that one, it would have as many poor answers, or nearly.
  private mutating func dropExplained() {
    let problems = findings.filter { $0.kind == .problem }
    findings.removeAll { child in
      guard case .poor(let part) = child.evidence, part.excess.expected > 0 else { return false }
      return problems.contains { parent in
        guard parent.scope.contains(child.scope), case .poor(let whole) = parent.evidence else { return false }
        let explained = Double(part.rated) * (whole.interval.share - whole.excess.restShare)
        return explained >= Self.explainedMin * part.excess.expected
      }
    }
  }

  private func isEverything(_ cell: Cell) -> Bool { cell.rating.count == total.rating.count }

  /// Makes the tests of a candidate, if it clears the guards.
  private func tested(_ candidate: Candidate, _ family: inout TestFamily) -> Candidate {
    var candidate = candidate
    let rating = candidate.cell.rating
    guard options.isEnough(candidate.cell) else { return candidate }
    let isWhole = candidate.scope == .all
    if isEverything(candidate.cell) && !isWhole { return candidate }
    // A person who rates ten times is not ten people: both tests are of so many ratings fewer.
    let effect = candidate.cell.testDesignEffect
    let target = chance(
      ofAtLeast: Int(Double(rating.poorCount) / effect), of: Int(Double(rating.count) / effect))
    candidate.target = target.map { family.add($0) }
    if !isWhole {
      let test = TwoProportions(
        count: rating.poorCount, total: rating.count,
        otherCount: total.rating.poorCount - rating.poorCount,
        otherTotal: total.rating.count - rating.count)
      let (n, rest) = (Double(rating.count), Double(total.rating.count - rating.count))
      let both = (effect * rest + total.testDesignEffect * n) / (n + rest)
      candidate.rest = test.map { test in
        family.add(both > 1 ? 2 * Distribution.normalCDF(-abs(test.z) / both.squareRoot()) : test.pValue)
      }
    }
    return candidate
  }

  /// How likely so many poor ratings are where the share is the target.
  ///
  /// Exactly, as the normal approximation finds a skewed tail too often; for very many, where it does not, by the score.
  private func chance(ofAtLeast count: Int, of total: Int) -> Double? {
    if total > 1_000_000 {
      return ProportionInterval.chanceOfAtLeast(count: count, total: total, ifShareIs: options.targetPoor)
    }
    return Distribution.binomialCDF(total - count, trials: total, probability: 1 - options.targetPoor)
  }

  private mutating func judge(_ candidates: [Candidate], _ family: TestFamily) {
    for candidate in candidates {
      guard matters(candidate), let evidence = evidence(candidate) else { continue }
      let isAboveTarget = (candidate.target?.p ?? 1) < 0.05
      let routes = [candidate.rest, isAboveTarget ? candidate.target : nil].compactMap(\.self).map { family.q($0) }
      if let q = routes.min(), q <= options.fdr {
        let isHigh = q <= 0.01 && Double(evidence.rated) / candidate.cell.testDesignEffect >= 100
        add(.problem, candidate, evidence, q: q, isHigh ? .high : .medium)
      } else if isSignal(candidate) {
        add(.earlySignal, candidate, evidence, q: routes.min(), .low)
      }
    }
  }

  /// Whether the share is far enough above the rest, or, for everything, above the target.
  private func matters(_ candidate: Candidate) -> Bool {
    let (k, n) = (Int128(candidate.cell.rating.poorCount), Int128(candidate.cell.rating.count))
    if candidate.scope == .all {
      return 1_000_000 * k >= (Int128(options.targetPoorMillionths) + Self.pointsMin * 10_000) * n && n > 0
    }
    let restK = Int128(total.rating.poorCount) - k
    let restN = Int128(total.rating.count) - n
    return n > 0 && restN > 0 && 100 * (k * restN - restK * n) >= Self.pointsMin * n * restN
  }

  /// Whether there is a sign of a problem that did not clear the guards or the correction.
  private func isSignal(_ candidate: Candidate) -> Bool {
    let rating = candidate.cell.rating
    guard rating.count >= AnalysisOptions.signalMin,
      candidate.cell.people.count >= min(AnalysisOptions.signalMin, options.peopleMin)
    else { return false }
    if let p = candidate.target?.p, p < 0.05 { return true }
    if let p = candidate.rest?.p, p < 0.05 { return true }
    if candidate.target != nil { return false }
    let low = ProportionInterval.lowerOneSided(count: rating.poorCount, total: rating.count) ?? 0
    return low > options.targetPoor
  }

  private func evidence(_ candidate: Candidate) -> PoorEvidence? {
    let rating = candidate.cell.rating
    let isWhole = candidate.scope == .all
    let excess =
      isWhole
      ? SliceExcess(count: rating.poorCount, total: rating.count, expectedShare: options.targetPoor)
      : SliceExcess(
        count: rating.poorCount, total: rating.count, allCount: total.rating.poorCount,
        allTotal: total.rating.count)
    guard let excess, let interval = candidate.cell.poorInterval else { return nil }
    return PoorEvidence(
      poor: rating.poorCount, rated: rating.count, interval: interval,
      restRated: isWhole ? 0 : total.rating.count - rating.count, excess: excess,
      target: options.targetPoor, q: nil,
      peopleAtLeast: options.peopleAtLeast(candidate.cell),
      dimensionMeans: Dimension.allCases.map {
        isWhole || options.isShown(candidate.cell, .init($0)) ? candidate.cell.ratings(of: $0).mean : nil
      },
      weakest: weakest(candidate.cell))
  }

  /// The dimension with the lowest mean, compared exactly; the first of equals.
  private func weakest(_ cell: Cell) -> Dimension? {
    let rated = Dimension.allCases.filter {
      cell.ratings(of: $0).count >= AnalysisOptions.signalMin && options.isShown(cell, .init($0))
    }
    return rated.min { a, b in
      let (left, right) = (cell.ratings(of: a), cell.ratings(of: b))
      return Int128(left.sum) * Int128(right.count) < Int128(right.sum) * Int128(left.count)
    }
  }

  private mutating func add(
    _ kind: Finding.Kind, _ candidate: Candidate, _ evidence: PoorEvidence, q: Double?,
    _ confidence: Finding.Confidence
  ) {
    var evidence = evidence
    evidence.q = q
    let statement =
      kind == .problem
      ? Statement.problem(candidate.scope, evidence, checked)
      : Statement.signal(candidate.scope, evidence, wasTested: candidate.target != nil, checked)
    findings.append(
      Finding(
        kind: kind, scope: candidate.scope, statement: statement, evidence: .poor(evidence),
        confidence: confidence, examples: candidate.cell.examples))
  }
}
