import Statistics
import Timestamps

/// A scope and what was counted in it.
public struct Slice: Sendable {
  /// Which interactions.
  public var scope: Scope
  /// What was counted.
  public var cell: Cell
}

/// The values of one field.
public struct SliceField: Sendable {
  /// The field, dotted.
  public var name: String
  /// Its values, absent first, then by their bytes.
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
    from = options.window.since ?? analysis.earliest
    to = options.window.until ?? analysis.latest
    total = analysis.total
    undated = analysis.undated
    fields = analysis.groups.map { group in
      var slices = group.cells.indices
        .map { (value: group.table.value($0), cell: group.cells[$0]) }
        .sorted { $0.value.lexicographicallyPrecedes($1.value) }
        .map { Slice(scope: .slice(field: group.name, value: $0.value), cell: $0.cell) }
      if let absent = group.absent {
        slices.insert(Slice(scope: .slice(field: group.name, value: nil), cell: absent), at: 0)
      }
      return SliceField(name: group.name, slices: slices)
    }
    let detector = ProblemDetector(self)
    checked = detector.checked
    findings = detector.findings
  }
}
