import FeedbackModel
import NDJSON
import Timestamps

/// The scope of a record that was read: members of an object, none for everything.
struct ReadScope: Equatable, Sendable {
  var members: [(field: String, value: [UInt8]?)] = []
  /// The scope as records write it.
  var json: [UInt8] = []

  /// Everything.
  static let all = ReadScope(json: Array("{}".utf8))

  static func == (left: ReadScope, right: ReadScope) -> Bool { left.json == right.json }

  /// Whether it has the members of another one and no others, in any order.
  func hasMembers(of other: ReadScope) -> Bool {
    members.count == other.members.count && other.members.allSatisfy { has($0.field, $0.value) }
  }

  /// Whether one of the members is this.
  func has(_ field: String, _ value: [UInt8]?) -> Bool {
    members.contains { $0.field == field && $0.value == value }
  }

  /// The scope without one of its fields.
  func without(_ field: String) -> ReadScope {
    let rest = members.filter { $0.field != field }
    var json = Array("{".utf8)
    for member in rest {
      if json.count > 1 { json.append(0x2C) }
      JSONText.encode(member.field, into: &json)
      json.append(0x3A)
      if let value = member.value { JSONText.encode(value, into: &json) } else { json += Array("null".utf8) }
    }
    return ReadScope(members: rest, json: json + [0x7D])
  }
}

/// The window of a metric that was read.
struct ReadWindow: Equatable, Sendable {
  /// What was asked for, else the earliest time that occurred.
  var from: Timestamp?
  /// What was asked for, else the latest time that occurred.
  var to: Timestamp?
  /// Whether each end was asked for; nil where the record does not say it.
  var isFromAsked: Bool?
  var isToAsked: Bool?
  /// The time that it looks at.
  var timeField = TimeField.timestamp
}

/// A metric that was read, as far as advice and reports need it.
struct ReadMetric: Sendable {
  var scope: ReadScope
  var window = ReadWindow()
  var interactions = 0
  var errors = 0
  var rated = 0
  var ratingCount = 0
  var poorCount = 0
  var mean: Double?
  var meanLow: Double?
  var meanHigh: Double?
  var poorShare: Double?
  var poorLow: Double?
  var poorHigh: Double?
  var p95: Double?
  /// How many times the variance is that of independent ratings, as some people rate often.
  var designEffect: Double?
  /// Whether slow answers are poor more often.
  var slowness: ReadSlowness?
  /// How many of the three dimensions anybody rated.
  var ratedDimensions = 0
  /// What was checked, verbatim; empty where the record does not say it.
  var checkedJSON: [UInt8] = []
  var checked = AnalysisReport.Checked()
  var ratingsMin = 0
  var undated = 0
  /// What part of what is flagged may be chance.
  var fdr: Double?

  /// How many of how many, for a share.
  func counts(of measure: Recommendation.Measure) -> (count: Int, total: Int) {
    measure == .feedbackRate ? (rated, max(rated, interactions - errors)) : (min(poorCount, ratingCount), ratingCount)
  }
}

/// Poor answers of rated ones by fifths of the response time, shortest first, and a test for a rising share.
struct ReadSlowness: Sendable {
  var parts: [(count: Int, total: Int)]
  var z: Double
  var q: Double
  /// From which time on, in milliseconds, an answer is of the slowest fifth; nil where the analysis does not say it.
  var slowestFrom: Double?
}

/// A trend that was read: the poor answers of each day or week.
struct ReadTrend: Sendable {
  struct Bin: Sendable {
    var start: Timestamp
    var poor: Int
    var rated: Int
  }

  /// How long a bin is.
  var binSeconds: Int
  var bins: [Bin]
}

/// A finding that was read.
struct ReadFinding: Sendable {
  var scope: ReadScope
  var id: [UInt8]
  var kind: [UInt8]
  var statement: [UInt8]
  var evidenceJSON: [UInt8]
  var impactJSON: [UInt8]
  var confidence: [UInt8]
  var total = 0
  var share: Double?
  /// From when on its counts are, where that is not the window.
  var at: Timestamp?
  var beforeShare: Double?
  var restShare: Double?
  var target: Double?
  var weakest: [UInt8]?
  /// What of a change is of the answers, and what of their mix.
  var qualityEffect: Double?
  var mixEffect: Double?
  var excess: Double?
  var excessExpected: Double?

  /// Whether it says that poor answers became more, against an earlier window or from some day on.
  var isOfRise: Bool {
    if isOf("regression") { return true }
    guard isOf("change_point"), let share, let beforeShare else { return false }
    return share > beforeShare
  }

  /// Whether it is of one of these kinds.
  func isOf(_ kinds: String...) -> Bool { kinds.contains { Array($0.utf8) == kind } }
}

/// What could be trained on, counted from the examples and pairs of the input.
struct ReadMaterial: Sendable {
  /// Examples of every origin; without any, nothing is known about corrections.
  var examples = 0
  var corrections = 0
  var pairs = 0
}

/// The records of one or more analyses of one window, of which the last of each scope, or of each finding, counts, and what
/// was advised before.
///
/// Of analyses of several windows it is those of the last one: what another window counted says nothing about this one.
public struct AnalysisInput: Sendable {
  private(set) var metrics: [ReadMetric] = []
  private(set) var findings: [ReadFinding] = []
  /// The days of the trend of everything.
  private(set) var days: [DayCount] = []
  private(set) var material = ReadMaterial()
  /// What was advised before and is still open, the last record of each id.
  private(set) var earlier: [Recommendation] = []
  /// How many recommendations were left out, because they do not say since when and against what to judge them.
  public private(set) var unjudgeableCount = 0
  /// How many metrics, trends and findings were left out, because they are of another window than the last metric of
  /// everything.
  public private(set) var otherWindowCount = 0
  private var metricPlaces: [[UInt8]: Int] = [:]
  private var findingPlaces: [[UInt8]: Int] = [:]
  /// Trends and findings since the last metric of everything of another window.
  private var foundCount = 0
  /// The trends of everything and of scopes in which earlier advice is measured.
  private var trends: [[UInt8]: ReadTrend] = [:]
  private var trendScopes: Set = [ReadScope.all.json]

  /// Starts with nothing read.
  public init() {}

  /// Whether nothing was read that an analysis writes.
  public var isEmpty: Bool { metrics.isEmpty && findings.isEmpty }

  /// The metric of everything.
  var whole: ReadMetric? { metrics.first { $0.scope.members.isEmpty } }

  /// The metric of a scope, whatever the order of its members.
  func metric(_ scope: ReadScope) -> ReadMetric? {
    if let place = metricPlaces[scope.json] { return metrics[place] }
    return metrics.first { $0.scope.hasMembers(of: scope) }
  }

  /// Whether slices by the fields of a scope were looked at, so that one that is not there is empty.
  func isAnalysed(_ scope: ReadScope) -> Bool {
    let fields = Set(scope.members.map(\.field))
    return metrics.contains { Set($0.scope.members.map(\.field)) == fields }
  }

  /// The trend of everything, or of a scope in which earlier advice is measured.
  func trend(_ scope: ReadScope) -> ReadTrend? { trends[scope.json] }

  /// Reads the record that a scanner made with `extraPaths` saw last; false for one of another type.
  public mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Bool {
    let type = try scanner.recordType(bytes)
    let record = MemberReader(fields: scanner.fields)
    switch type {
    case .metric: put(try record.metric(bytes, try record.scope(bytes)))
    case .finding:
      foundCount += 1
      put(try record.finding(bytes, try record.scope(bytes), id: scanner.text(.id)))
    case .trend:
      foundCount += 1
      let scope = try record.scope(bytes)
      if scope.members.isEmpty { days = try record.days(bytes) }
      if trendScopes.contains(scope.json) { trends[scope.json] = try record.trend(bytes) }
    case .example:
      material.examples += 1
      if record.isCorrection(bytes) { material.corrections += 1 }
    case .pair: material.pairs += 1
    default: return false
    }
    return true
  }

  /// Reads an earlier recommendation; false for a record of another type.
  ///
  /// To be called for all of them before the analysis that judges them is read.
  public mutating func takeEarlier(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Bool {
    guard try scanner.recordType(bytes) == .recommendation else { return false }
    let record = MemberReader(fields: scanner.fields)
    let item = try record.recommendation(bytes, try record.scope(bytes))
    let id = item.id
    earlier.removeAll { $0.id == id }
    // What is closed is not looked at again, and that there was nothing to do needs no verdict.
    if item.kind == .none || record.isClosed { return true }
    guard let verification = item.verification, verification.since != nil,
      verification.baselineCount != nil || verification.limit != nil
    else {
      unjudgeableCount += 1
      return true
    }
    earlier.append(item)
    trendScopes.insert(verification.scope.json)
    return true
  }

  private mutating func put(_ metric: ReadMetric) {
    if metric.scope.members.isEmpty {
      turn(to: metric.window)
    } else if let whole, whole.window != metric.window {
      otherWindowCount += 1
      return
    }
    if let place = metricPlaces[metric.scope.json] {
      metrics[place] = metric
    } else {
      metricPlaces[metric.scope.json] = metrics.count
      metrics.append(metric)
    }
  }

  /// Leaves out what was read of other windows.
  private mutating func turn(to window: ReadWindow) {
    if let whole, whole.window != window {
      otherWindowCount += foundCount
      foundCount = 0
      findings = []
      findingPlaces = [:]
      trends = [:]
      days = []
    }
    let kept = metrics.filter { $0.window == window }
    if kept.count == metrics.count { return }
    otherWindowCount += metrics.count - kept.count
    metrics = kept
    metricPlaces = [:]
    for (place, metric) in kept.enumerated() { metricPlaces[metric.scope.json] = place }
  }

  private mutating func put(_ finding: ReadFinding) {
    let key = finding.kind + finding.scope.json
    if let place = findingPlaces[key] {
      findings[place] = finding
    } else {
      findingPlaces[key] = findings.count
      findings.append(finding)
    }
  }
}
