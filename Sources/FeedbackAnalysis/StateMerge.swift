import FeedbackModel
import NDJSON
import Statistics
import Timestamps

/// Adds up states: what parts of the data were counted as, to what all of it is counted as.
///
/// The first record has to be a head, which says what was counted; cells of others follow in any order.
public struct StateMerge: Sendable {
  /// States of which some are missing.
  public struct Incomplete: Error, Sendable {
    /// What, in words.
    public var message: String
  }

  /// The paths that the scanner has to locate besides the fields it always does.
  public static let extraPaths = StateMember.allCases.map(\.path)

  private let reporting: AnalysisOptions
  private let peopleMin: Int?
  private var analysis: Analysis?
  private var digest: [UInt8] = []
  /// What the heads say of their windows.
  private var windows: [TimeWindow] = []
  /// Interactions that the heads tell of.
  private var expected = 0
  /// Interactions of all cells: bounded, so that no sum of theirs overflows.
  private var counted = 0

  /// Starts with nothing; `reporting` are the guards and the target of the report, of which `peopleMin` was asked for.
  ///
  /// What was counted the states know themselves. Without `peopleMin` its default is held to how many people they tell
  /// apart.
  public init(_ reporting: AnalysisOptions, peopleMin: Int? = nil) {
    self.reporting = reporting
    self.peopleMin = peopleMin
  }

  /// Adds the record that a scanner made with `extraPaths` saw last; false for one of another type.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Bool {
    if try scanner.recordType(bytes) != .state { return false }
    let record = StateReader(fields: scanner.fields, start: scanner.root.start)
    try record.checkSchema(bytes)
    if record.has(.options) { try takeHead(bytes, record) } else { try takeCell(bytes, record) }
    return true
  }

  /// What all states hold together; without any, an analysis that has counted nothing.
  public func merged() throws(Incomplete) -> Analysis {
    guard let analysis else { return Analysis(reporting) }
    let whole = analysis.total.interactions
    if whole != expected {
      throw Incomplete(message: "the states are incomplete: \(whole) of \(expected) interactions are in them")
    }
    for group in analysis.groups {
      let sum = group.cells.reduce(0) { $0 + $1.interactions }
      if sum != whole {
        throw Incomplete(message: "the states of \(group.name) are incomplete: \(sum) of \(whole) interactions")
      }
    }
    return analysis
  }

  /// The times between the windows of the states of which none of them tells, in order.
  public var uncovered: [WindowSpan] {
    var gaps: [WindowSpan] = []
    var end: Timestamp?
    let starts = windows.sorted { first, second in
      second.since.map { start in first.since.map { $0 < start } ?? true } ?? false
    }
    for window in starts {
      if let end, let start = window.since, start > end { gaps.append(WindowSpan(from: end, to: start)) }
      // One without an end reaches to whatever comes.
      guard let until = window.until else { break }
      end = max(until, end ?? until)
    }
    return gaps
  }

  private mutating func takeHead(_ bytes: Span<UInt8>, _ record: StateReader) throws {
    var (options, found) = try record.options(bytes, reporting)
    if analysis == nil {
      options.peopleMin = peopleMin ?? min(options.peopleMin, options.peopleMax)
      if options.peopleMin > options.peopleMax {
        throw record.error(.people, "the states tell fewer people apart than --min-people")
      }
      digest = found
      analysis = Analysis(options)
      let window = try record.window(bytes)
      analysis?.window = window
      windows = [window]
    } else if found != digest {
      throw record.error(.digest, "these states were made with other options than the first ones")
    } else {
      let window = try record.window(bytes)
      analysis?.cover(window)
      if windows.last != window { windows.append(window) }
    }
    let interactions = try record.count(bytes, .interactions)
    expected += interactions
    if expected > RatingSummary.countMax { throw record.error(.interactions, "too many in all") }
    let (first, last) = (try record.time(bytes, .first), try record.time(bytes, .last))
    analysis?.add(first: first, last: last, undated: try record.count(bytes, .undated, atMost: interactions))
  }

  private mutating func takeCell(_ bytes: Span<UInt8>, _ record: StateReader) throws {
    if analysis == nil { throw record.error(.key, "a state before the head that says what was counted") }
    if try record.text(bytes, .digest) != digest {
      throw record.error(.digest, "these states were made with other options than the first ones")
    }
    let key = try record.key(bytes)
    let cell = try record.cell(bytes, peopleMax: analysis?.options.peopleMax ?? 0)
    counted += cell.interactions
    if counted > RatingSummary.countMax { throw record.error(.interactions, "too many in all") }
    if try analysis?.add(cell, key) == false { throw record.error(.key, "not a value of what was compared") }
  }
}

extension Analysis {
  /// Adds a cell that was counted elsewhere; false where there is no group for its key.
  fileprivate mutating func add(_ cell: Cell, _ key: Scope) throws(TooManyGroups) -> Bool {
    if key == .all {
      merge(total: cell)
      return true
    }
    return try merge(cell, key)
  }
}
