import FeedbackModel
import NDJSON
import Timestamps

/// The scope of a record that was read: members of an object, none for everything.
struct ReadScope: Equatable, Sendable {
  var members: [(field: String, value: [UInt8]?)] = []
  /// The scope as records write it.
  var json: [UInt8] = []

  static func == (left: ReadScope, right: ReadScope) -> Bool { left.json == right.json }
}

/// A metric that was read, as far as advice and reports need it.
struct ReadMetric: Sendable {
  var scope: ReadScope
  var from: Timestamp?
  var to: Timestamp?
  var interactions = 0
  var errors = 0
  var rated = 0
  var mean: Double?
  var meanLow: Double?
  var meanHigh: Double?
  var poorShare: Double?
  var poorLow: Double?
  var poorHigh: Double?
  var p95: Double?
  /// How many of the three dimensions anybody rated.
  var ratedDimensions = 0
  /// What was checked, verbatim; empty where the record does not say it.
  var checkedJSON: [UInt8] = []
  var checked = AnalysisReport.Checked()
  var ratingsMin = 0
  var undated = 0
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
  var share: Double?
  var restShare: Double?
  var target: Double?
  var weakest: [UInt8]?
  var excess: Double?
}

/// The records of one or more analyses, of which the last of each scope, or of each finding, counts.
public struct AnalysisInput: Sendable {
  /// The members that are read besides those of every record.
  enum Member: Int, CaseIterable {
    case schema, scope, kind, statement, evidence, impact, confidence, from, to, interactions, errors, rated
    case mean, meanLow, meanHigh, poorShare, poorLow, poorHigh, p95, accuracy, helpfulness, clarity
    case checked, checkedBy, ratingsMin, undated, points
    case share, restShare, target, weakest, excess

    var path: [String] {
      switch self {
      case .schema: ["schema"]
      case .scope: ["scope"]
      case .kind: ["kind"]
      case .statement: ["statement"]
      case .evidence: ["evidence"]
      case .impact: ["impact"]
      case .confidence: ["confidence"]
      case .from: ["window", "from"]
      case .to: ["window", "to"]
      case .interactions: ["interactions"]
      case .errors: ["errors"]
      case .rated: ["rated"]
      case .mean: ["rating", "mean"]
      case .meanLow: ["rating", "mean_low"]
      case .meanHigh: ["rating", "mean_high"]
      case .poorShare: ["rating", "poor", "share"]
      case .poorLow: ["rating", "poor", "low"]
      case .poorHigh: ["rating", "poor", "high"]
      case .p95: ["response_time_ms", "p95"]
      case .accuracy: ["dimensions", "accuracy"]
      case .helpfulness: ["dimensions", "helpfulness"]
      case .clarity: ["dimensions", "clarity"]
      case .checked: ["checked"]
      case .checkedBy: ["checked", "by"]
      case .ratingsMin: ["checked", "min_ratings"]
      case .undated: ["checked", "undated"]
      case .points: ["points"]
      case .share: ["evidence", "share"]
      case .restShare: ["evidence", "rest_share"]
      case .target: ["evidence", "target"]
      case .weakest: ["evidence", "weakest"]
      case .excess: ["impact", "excess_poor"]
      }
    }
  }

  /// The paths that the scanner has to locate besides the fields it always does.
  public static let extraPaths = Member.allCases.map(\.path)

  private(set) var metrics: [ReadMetric] = []
  private(set) var findings: [ReadFinding] = []
  /// The days of the trend of everything.
  private(set) var days: [DayCount] = []
  private var metricPlaces: [[UInt8]: Int] = [:]
  private var findingPlaces: [[UInt8]: Int] = [:]

  /// Starts with nothing read.
  public init() {}

  /// Whether nothing was read that an analysis writes.
  public var isEmpty: Bool { metrics.isEmpty && findings.isEmpty }

  /// The metric of everything.
  var whole: ReadMetric? { metrics.first { $0.scope.members.isEmpty } }

  /// Reads the record that a scanner made with `extraPaths` saw last; false for one of another type.
  public mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Bool {
    let type = try scanner.recordType(bytes)
    guard type == .metric || type == .trend || type == .finding else { return false }
    let record = MemberReader(fields: scanner.fields)
    let scope = try record.scope(bytes)
    switch type {
    case .metric: put(try record.metric(bytes, scope))
    case .finding: put(try record.finding(bytes, scope, id: scanner.text(.id)))
    default: if scope.members.isEmpty { days = try record.days(bytes) }
    }
    return true
  }

  private mutating func put(_ metric: ReadMetric) {
    if let place = metricPlaces[metric.scope.json] {
      metrics[place] = metric
    } else {
      metricPlaces[metric.scope.json] = metrics.count
      metrics.append(metric)
    }
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

/// Reads the members of one record.
private struct MemberReader {
  let fields: [Field]

  private func field(_ member: AnalysisInput.Member) -> Field {
    fields[LineScanner.extraSlot(member.rawValue)]
  }

  private func number(
    _ bytes: Span<UInt8>, _ member: AnalysisInput.Member, below limit: Double = 1e12
  ) throws(RecordError) -> Double? {
    let found = field(member)
    if !found.hasValue { return nil }
    if found.kind == .number, let value = JSONNumber.double(bytes, found.range), abs(value) < limit { return value }
    throw .schema(member.path.joined(separator: "."), "not a number that can be", at: found.start)
  }

  private func count(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> Int {
    let found = field(member)
    if !found.hasValue { return 0 }
    if found.kind == .number, let value = JSONNumber.integer(bytes, found.range), value >= 0 { return value }
    throw .schema(member.path.joined(separator: "."), "not a count", at: found.start)
  }

  private func text(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> [UInt8] {
    let found = field(member)
    if found.kind == .string { return JSONText.bytes(bytes, found) }
    throw .schema(member.path.joined(separator: "."), "not a string", at: max(found.start, 0))
  }

  private func time(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> Timestamp? {
    let found = field(member)
    if !found.hasValue { return nil }
    if found.kind == .string, let time = Timestamp(bytes, found.range) { return time }
    throw .schema(member.path.joined(separator: "."), "not an RFC 3339 time", at: found.start)
  }

  private func json(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) -> [UInt8] {
    var copy: [UInt8] = []
    if field(member).hasValue { JSONWalk.appendCompact(bytes, field(member).textRange, to: &copy) }
    return copy
  }

  func scope(_ bytes: Span<UInt8>) throws(RecordError) -> ReadScope {
    let found = field(.scope)
    if try count(bytes, .schema) != 1 {
      throw .schema("schema", "not 1, the version read here", at: field(.schema).start)
    }
    if found.kind != .object { throw .schema("scope", "not an object", at: found.start) }
    var scope = ReadScope()
    scope.json = json(bytes, .scope)
    var cursor = MemberCursor(found)
    while let member = cursor.next(bytes) {
      if member.value.hasValue && member.value.kind != .string {
        throw .schema("scope", "a value is not a string", at: member.value.start)
      }
      let value = member.value.kind == .string ? JSONText.bytes(bytes, member.value) : nil
      scope.members.append((JSONText.string(bytes, member.key), value))
    }
    return scope
  }

  func metric(_ bytes: Span<UInt8>, _ scope: ReadScope) throws(RecordError) -> ReadMetric {
    var metric = ReadMetric(scope: scope)
    metric.from = try time(bytes, .from)
    metric.to = try time(bytes, .to)
    metric.interactions = try count(bytes, .interactions)
    metric.errors = try count(bytes, .errors)
    metric.rated = try count(bytes, .rated)
    metric.mean = try number(bytes, .mean)
    metric.meanLow = try number(bytes, .meanLow)
    metric.meanHigh = try number(bytes, .meanHigh)
    metric.poorShare = try number(bytes, .poorShare)
    metric.poorLow = try number(bytes, .poorLow)
    metric.poorHigh = try number(bytes, .poorHigh)
    metric.p95 = try number(bytes, .p95, below: 0x1p63)
    for member in [AnalysisInput.Member.accuracy, .helpfulness, .clarity] where field(member).hasValue {
      metric.ratedDimensions += 1
    }
    metric.checkedJSON = json(bytes, .checked)
    metric.ratingsMin = try count(bytes, .ratingsMin)
    metric.undated = try count(bytes, .undated)
    var cursor = MemberCursor(field(.checkedBy))
    while let member = cursor.next(bytes) {
      guard member.value.kind == .number, let count = JSONNumber.integer(bytes, member.value.range) else {
        throw .schema("checked.by", "not a count", at: member.value.start)
      }
      metric.checked.slices.append((JSONText.string(bytes, member.key), count))
    }
    return metric
  }

  func finding(
    _ bytes: Span<UInt8>, _ scope: ReadScope, id: Field
  ) throws(RecordError) -> ReadFinding {
    ReadFinding(
      scope: scope, id: JSONText.bytes(bytes, id), kind: try text(bytes, .kind), statement: try text(bytes, .statement),
      evidenceJSON: json(bytes, .evidence), impactJSON: json(bytes, .impact), confidence: try text(bytes, .confidence),
      share: try number(bytes, .share), restShare: try number(bytes, .restShare), target: try number(bytes, .target),
      weakest: field(.weakest).hasValue ? try text(bytes, .weakest) : nil, excess: try number(bytes, .excess))
  }

  /// The points of a trend; of a mean and a number of ratings their sum is made again.
  func days(_ bytes: Span<UInt8>) throws(RecordError) -> [DayCount] {
    var days: [DayCount] = []
    var cursor = ElementCursor(field(.points))
    while let point = cursor.next(bytes) {
      let start = JSONWalk.member(bytes, point, Array("start".utf8))
      guard start.kind == .string, let time = Timestamp(bytes, start.range) else {
        throw .schema("points", "a start is not an RFC 3339 time", at: point.start)
      }
      var day = DayCount(day: time.day())
      let rated = JSONWalk.member(bytes, point, Array("rated".utf8))
      let mean = JSONWalk.member(bytes, point, Array("mean".utf8))
      if rated.kind == .number, mean.kind == .number, let n = JSONNumber.integer(bytes, rated.range),
        let stars = JSONNumber.double(bytes, mean.range), (0...1_000_000_000).contains(n), (1...5).contains(stars)
      {
        day.rated = n
        day.sum = Int((stars * 1e6 * Double(n)).rounded())
      }
      if let last = days.last, last.day >= day.day { throw .schema("points", "not in order", at: point.start) }
      days.append(day)
    }
    return days
  }
}
