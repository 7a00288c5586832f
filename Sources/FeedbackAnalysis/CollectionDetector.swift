import Statistics

/// Looks for what is wrong with the ratings themselves: few of them, all alike, or contradicting each other.
///
/// These are corrected for among themselves: they are about the asking, and tell nothing about answers. Each is tested
/// against the share from which on it is a matter, so that chance just beyond it is no finding.
struct CollectionDetector {
  private(set) var findings: [Finding] = []

  /// Fewer than 5 of 100 answers are rated.
  static let feedbackMin = 0.05
  /// In more than 80 of 100 answers with all dimensions these are alike.
  static let alikeMax = 0.8
  /// Of prompts that were rated more than once, more than 20 of 100 are both poor and good.
  static let contradictoryMax = 0.2

  private enum Check {
    case lowFeedback(Slice)
    case straightLining(Slice)
    case contradiction(count: Int, total: Int)
  }

  init(_ report: AnalysisReport, _ texts: TextEvidence) {
    var family = TestFamily()
    var checks: [(check: Check, test: TestFamily.Test)] = []
    func add(_ check: Check, _ p: Double?) {
      if let p { checks.append((check, family.add(p))) }
    }
    let whole = Slice(scope: .all, cell: report.total)
    let slices = report.fields.flatMap(\.slices)
    for slice in [whole] + slices where slice.cell.answered >= 100 {
      let answered = slice.cell.answered
      // That few are rated is that many are not.
      add(
        .lowFeedback(slice),
        ProportionInterval.chanceOfAtLeast(
          count: answered - slice.cell.rating.count, total: answered, ifShareIs: 1 - Self.feedbackMin))
    }
    for slice in [whole] + slices where slice.cell.complete.count >= 50 && report.options.isEnough(slice.cell) {
      let complete = slice.cell.complete
      add(
        .straightLining(slice),
        ProportionInterval.chanceOfAtLeast(
          count: complete.straightLined, total: complete.count, ifShareIs: Self.alikeMax))
    }
    let repeats = texts.prompts.repeats
    if repeats.count >= 30 {
      add(
        .contradiction(count: repeats.contradictory, total: repeats.count),
        ProportionInterval.chanceOfAtLeast(
          count: repeats.contradictory, total: repeats.count, ifShareIs: Self.contradictoryMax))
    }
    family.correct(isStrict: report.options.isStrict)
    for (check, test) in checks where family.q(test) <= report.options.fdr { judge(check) }
    dropParts()
  }

  private mutating func judge(_ check: Check) {
    switch check {
    case .lowFeedback(let slice):
      let (rated, answered) = (slice.cell.rating.count, slice.cell.answered)
      guard let rate = ProportionInterval(count: rated, total: answered), rate.high < Self.feedbackMin else { return }
      add(
        .lowFeedback, slice.scope, Statement.lowFeedback(slice.scope, rated: rated, answered: answered),
        .feedback(rated: rated, answered: answered))
    case .straightLining(let slice):
      let (alike, total) = (slice.cell.complete.straightLined, slice.cell.complete.count)
      add(
        .straightLining, slice.scope, Statement.straightLining(slice.scope, alike, total),
        .collection(count: alike, total: total, limit: Self.alikeMax))
    case .contradiction(let count, let total):
      add(
        .contradictoryRatings, .all, Statement.contradiction(count, total),
        .collection(count: count, total: total, limit: Self.contradictoryMax))
    }
  }

  private mutating func add(
    _ kind: Finding.Kind, _ scope: Scope, _ statement: [UInt8], _ evidence: Finding.Evidence
  ) {
    findings.append(
      Finding(kind: kind, scope: scope, statement: statement, evidence: evidence, confidence: .high))
  }

  /// One finding about everything says it for all slices.
  private mutating func dropParts() {
    let whole = findings.filter { $0.scope == .all }.map(\.kind)
    findings.removeAll { $0.scope != .all && whole.contains($0.kind) }
  }
}
