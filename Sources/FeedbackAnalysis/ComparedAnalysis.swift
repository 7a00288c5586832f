import NDJSON
import Timestamps

/// An analysis of a window, and one of the window of the same length just before it, of one pass over records of both.
public struct ComparedAnalysis: Sendable {
  /// The window that was asked for.
  public private(set) var analysis: Analysis
  /// The one before it; nil where that is not wanted.
  public private(set) var prior: Analysis?

  /// What became of a record.
  public enum Fate: Sendable {
    /// It is in the earlier window.
    case prior
    /// As of an analysis alone.
    case of(Analysis.Fate)
  }

  /// Starts with nothing counted; with a prior window both of its bounds have to be known.
  public init(_ options: AnalysisOptions, asks: AskTable? = nil, prior window: TimeWindow? = nil) {
    analysis = Analysis(options, asks: asks)
    guard let window else { return }
    var options = options
    options.window = window
    prior = Analysis(options, asks: asks)
  }

  /// One that was counted elsewhere, without an earlier window.
  public init(_ analysis: Analysis) { self.analysis = analysis }

  /// The same before anything was counted.
  public var empty: ComparedAnalysis {
    var empty = ComparedAnalysis(analysis.empty)
    empty.prior = prior?.empty
    return empty
  }

  /// Counts the record that a scanner saw last, as `Analysis.take`.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Fate {
    let fate = try analysis.take(bytes, scanner)
    if fate == .outside, try prior?.take(bytes, scanner) == .counted { return .prior }
    return .of(fate)
  }

  /// Whether what another one has counted can be added without too many groups.
  public func accepts(_ other: ComparedAnalysis) -> Bool {
    guard analysis.accepts(other.analysis) else { return false }
    guard let prior, let theirs = other.prior else { return true }
    return prior.accepts(theirs)
  }

  /// Adds what another one with the same windows has counted.
  public mutating func merge(_ other: ComparedAnalysis) throws(TooManyGroups) {
    try analysis.merge(other.analysis)
    if let theirs = other.prior { try prior?.merge(theirs) }
  }

  /// The report, beside the earlier window where there is one.
  public var report: AnalysisReport { AnalysisReport(analysis, baseline: prior) }
}
