import Statistics
import Timestamps

/// A scope and what was counted in it.
public struct Slice: Sendable {
  /// Which interactions.
  public var scope: Scope
  /// What was counted.
  public var cell: Cell
}

/// The values of one field, or the pairs of values of two.
public struct SliceField: Sendable {
  /// The field, dotted; of a pair both, with a `+` between them.
  public var name: String
  /// The values that occurred, absent first, then by their bytes.
  public var slices: [Slice]
}

/// All that one analysis says, in the order in which it is written.
public struct AnalysisReport: Sendable {
  /// What was asked for.
  public var options: AnalysisOptions
  /// Where the window begins: what was asked for, else the earliest time that occurred.
  public var from: Timestamp?
  /// Where the window ends: what was asked for, else the latest time that occurred.
  public var to: Timestamp?
  /// Whether the beginning of the window was asked for.
  public var isFromAsked: Bool
  /// Whether its end was.
  public var isToAsked: Bool
  /// Everything.
  public var total: Cell
  /// The fields in the order in which they were asked for.
  public var fields: [SliceField]
  /// Interactions without a time: in no point of a trend.
  public var undated: Int
  /// What is worth knowing, most important first.
  public var findings: [Finding] = []
  /// Whether slow answers are poor more often, where there are enough ratings with a time.
  var slowness: [Scope: Slowness] = [:]
  /// How many slices of each field were tested, and how many tests that made.
  public var checked = Checked()
  /// The trends of everything, of each category, and of other slices that were tested.
  public private(set) var trends: [SliceTrend] = []
  /// The window that this one was compared with; nil without one.
  public private(set) var comparedWith: WindowSpan?
  /// How many slices of each field were compared with it.
  public private(set) var compared = Checked()

  /// What was tested.
  public struct Checked: Sendable {
    /// For each field, how many of its values.
    public var slices: [(field: String, count: Int)] = []
    /// Tests that were corrected for together.
    public var tests = 0

    /// Starts with nothing.
    public init() {}

    /// What was checked, as a sentence.
    public var sentence: String {
      let parts = slices.filter { $0.count > 0 }.map { Scope.counted($0.count, $0.field) }
      guard let last = parts.last else { return "No group has enough ratings to be checked." }
      let isOne = slices.reduce(0) { $0 + $1.count } == 1
      let head = parts.dropLast().joined(separator: ", ")
      return (head.isEmpty ? last : "\(head) and \(last)") + (isOne ? " was checked." : " were checked.")
    }
  }

  /// Ends an analysis, and compares it with one of an earlier window.
  public init(_ analysis: Analysis, baseline: Analysis? = nil) {
    options = analysis.options
    from = analysis.window.since ?? analysis.earliest
    to = analysis.window.until ?? analysis.latest
    isFromAsked = analysis.window.since != nil
    isToAsked = analysis.window.until != nil
    total = analysis.total
    undated = analysis.undated
    fields = analysis.groups.map { SliceField(name: $0.name, slices: analysis.slices(of: $0)) }
    find(analysis.texts, baseline.map { Baseline($0) })
  }

  /// Tests everything, corrects for all of it together, and says what holds.
  private mutating func find(_ texts: TextEvidence, _ baseline: Baseline?) {
    var family = TestFamily()
    let slow = testSlowness(&family)
    var problems = ProblemDetector(self, &family)
    var changes = ChangeDetector(self, baseline, &family)
    family.correct(isStrict: options.isStrict)
    for (scope, var result, test) in slow {
      result.q = family.q(test)
      slowness[scope] = result
    }
    problems.judge(family)
    changes.judge(family)
    checked = problems.checked
    checked.tests = family.count
    trends = changes.trends
    comparedWith = baseline?.span
    compared = changes.compared
    var all = problems.findings + changes.findings + CollectionDetector(self, texts).findings
    all += phraseFindings(texts)
    let order = all.indices.sorted { (all[$0].rank.0, all[$0].rank.1, $0) < (all[$1].rank.0, all[$1].rank.1, $1) }
    findings = parentsFirst(order.map { all[$0] })
    for index in findings.indices { findings[index].exampleIDs = exampleIDs(findings[index], texts) }
  }

  /// Whether slow answers are poor ones more often, of everything and of every slice.
  private func testSlowness(_ family: inout TestFamily) -> [(Scope, Slowness, TestFamily.Test)] {
    let slices = [Slice(scope: .all, cell: total)] + fields.flatMap(\.slices)
    return slices.compactMap { slice in
      guard options.isEnough(slice.cell),
        let found = Slowness(slice.cell.responseTimes, ratingsMin: options.ratingsMin)
      else { return nil }
      return (slice.scope, found, family.add(found.q))
    }
  }

  /// Findings of a kind with those of slices that contain others before the others.
  private func parentsFirst(_ findings: [Finding]) -> [Finding] {
    var result: [Finding] = []
    for finding in findings {
      let child = result.firstIndex { $0.kind == finding.kind && finding.scope.contains($0.scope) }
      result.insert(finding, at: child ?? result.count)
    }
    return result
  }

  /// The ids of examples, where so many people rated that they stand for others than themselves.
  private func exampleIDs(_ finding: Finding, _ texts: TextEvidence) -> [[UInt8]] {
    let cell = finding.scope == .all ? total : fields.flatMap(\.slices).first { $0.scope == finding.scope }?.cell
    guard let cell, cell.people.count >= AnalysisOptions.signalMin else { return [] }
    if case .cluster(let cluster) = finding.evidence { return cluster.ids }
    return texts.ids(of: finding.examples)
  }

  private func phraseFindings(_ texts: TextEvidence) -> [Finding] {
    let comments = [texts.poorComments, texts.otherComments]
    let complaints = KeyPhrases(
      [texts.poorComments], against: [texts.otherComments], fdr: options.fdr, isStrict: options.isStrict)
    let wishes = KeyPhrases(
      [texts.suggestions], against: comments, fdr: options.fdr, isStrict: options.isStrict)
    let clusters = ComplaintCluster.find(texts.poorComments).map { cluster in
      Finding(
        kind: .complaintCluster, scope: .all, statement: Statement.cluster(cluster), evidence: .cluster(cluster),
        confidence: .medium)
    }
    return clusters
      + [(Finding.Kind.complaintPhrases, complaints), (.suggestionPhrases, wishes)].compactMap { kind, found in
        if found.phrases.isEmpty || found.peopleCount < AnalysisOptions.signalMin { return nil }
        return Finding(
          kind: kind, scope: .all, statement: Statement.phrases(kind, found), evidence: .phrases(found),
          confidence: .medium, examples: kind == .complaintPhrases ? total.examples : PoorExamples())
      }
  }
}

extension AnalysisReport {
  /// From when to when the window reaches.
  var span: WindowSpan { WindowSpan(from: from, to: to) }
}

extension Analysis {
  /// The slices of a group in the order in which they are written.
  func slices(of group: CellGroups) -> [Slice] {
    group.cells.indices
      .filter { group.cells[$0].interactions > 0 }
      .map { (numbers: group.numbers(ofCell: $0), cell: group.cells[$0]) }
      .map { numbers, cell in
        let members = zip(group.fields, numbers).map { field, number in
          Scope.Member(field: fields[field].name, value: fields[field].value(number))
        }
        return Slice(scope: Scope(members: members), cell: cell)
      }
      .sorted { $0.scope.precedes($1.scope) }
  }
}

extension Scope {
  /// Whether the values of this scope come before those of another one with the same fields.
  fileprivate func precedes(_ other: Scope) -> Bool {
    for (left, right) in zip(members, other.members) where left.value != right.value {
      guard let value = left.value else { return true }
      guard let otherValue = right.value else { return false }
      return value.lexicographicallyPrecedes(otherValue)
    }
    return false
  }
}
