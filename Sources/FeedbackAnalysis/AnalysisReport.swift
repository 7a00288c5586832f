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

  /// Ends an analysis.
  public init(_ analysis: Analysis) {
    options = analysis.options
    from = analysis.window.since ?? analysis.earliest
    to = analysis.window.until ?? analysis.latest
    total = analysis.total
    undated = analysis.undated
    fields = analysis.groups.map { SliceField(name: $0.name, slices: analysis.slices(of: $0)) }
    slowness = testSlowness()
    let detector = ProblemDetector(self)
    checked = detector.checked
    findings = detector.findings
  }

  /// Tests everything and every slice, and corrects for all of these tests together.
  private func testSlowness() -> [Scope: Slowness] {
    let slices = [Slice(scope: .all, cell: total)] + fields.flatMap(\.slices)
    let tested = slices.compactMap { slice in
      Slowness(slice.cell.responseTimes, ratingsMin: options.ratingsMin).map { (slice.scope, $0) }
    }
    let adjusted = FalseDiscovery.adjusted(tested.map(\.1.q))
    var results: [Scope: Slowness] = [:]
    for (test, q) in zip(tested, adjusted) {
      results[test.0] = test.1
      results[test.0]?.q = q
    }
    return results
  }
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
