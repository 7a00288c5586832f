import FeedbackModel
import NDJSON
import Timestamps

/// Reads the members of one record.
struct MemberReader {
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

  private func share(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> Double? {
    let share = try number(bytes, member)
    if let share, !(0...1).contains(share) {
      throw .schema(member.path.joined(separator: "."), "no share", at: field(member).start)
    }
    return share
  }

  private func count(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> Int {
    let found = field(member)
    if !found.hasValue { return 0 }
    if found.kind == .number, let value = JSONNumber.integer(bytes, found.range), (0..<1 << 40).contains(value) {
      return value
    }
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

  /// The scope of a record, of which the version is checked.
  func scope(_ bytes: Span<UInt8>) throws(RecordError) -> ReadScope {
    if try count(bytes, .schema) != 1 {
      throw .schema("schema", "not 1, the version read here", at: field(.schema).start)
    }
    return try scope(bytes, .scope)
  }

  private func scope(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> ReadScope {
    let found = field(member)
    if found.kind != .object { throw .schema("scope", "not an object", at: found.start) }
    var scope = ReadScope()
    scope.json = json(bytes, member)
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
    metric.window = try window(bytes)
    metric.interactions = try count(bytes, .interactions)
    metric.errors = try count(bytes, .errors)
    metric.rated = try count(bytes, .rated)
    metric.ratingCount = try count(bytes, .ratingCount)
    metric.poorCount = try count(bytes, .poorCount)
    metric.mean = try number(bytes, .mean)
    metric.meanLow = try number(bytes, .meanLow)
    metric.meanHigh = try number(bytes, .meanHigh)
    metric.poorShare = try number(bytes, .poorShare)
    metric.poorLow = try number(bytes, .poorLow)
    metric.poorHigh = try number(bytes, .poorHigh)
    metric.p95 = try number(bytes, .p95, below: 0x1p63)
    metric.designEffect = try number(bytes, .designEffect)
    metric.slowness = try slowness(bytes)
    for member in [AnalysisInput.Member.accuracy, .helpfulness, .clarity] where field(member).hasValue {
      metric.ratedDimensions += 1
    }
    metric.checkedJSON = json(bytes, .checked)
    metric.ratingsMin = try count(bytes, .ratingsMin)
    metric.undated = try count(bytes, .undated)
    metric.fdr = try number(bytes, .fdr)
    var cursor = MemberCursor(field(.checkedBy))
    while let member = cursor.next(bytes) {
      guard member.value.kind == .number, let count = JSONNumber.integer(bytes, member.value.range) else {
        throw .schema("checked.by", "not a count", at: member.value.start)
      }
      metric.checked.slices.append((JSONText.string(bytes, member.key), count))
    }
    return metric
  }

  private func window(_ bytes: Span<UInt8>) throws(RecordError) -> ReadWindow {
    var window = ReadWindow(from: try time(bytes, .from), to: try time(bytes, .to))
    window.isFromAsked = try flag(bytes, .fromAsked)
    window.isToAsked = try flag(bytes, .toAsked)
    window.timeField = try timeField(bytes, .timeField)
    return window
  }

  private func timeField(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> TimeField {
    if !field(member).hasValue { return .timestamp }
    if let timeField = TimeField(rawValue: string(try text(bytes, member))) { return timeField }
    throw .schema(member.path.joined(separator: "."), "no time known here", at: field(member).start)
  }

  private func flag(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> Bool? {
    switch field(member).kind {
    case .true: return true
    case .false: return false
    case .missing, .null: return nil
    default: throw .schema(member.path.joined(separator: "."), "neither true nor false", at: field(member).start)
    }
  }

  private func slowness(_ bytes: Span<UInt8>) throws(RecordError) -> ReadSlowness? {
    guard let z = try number(bytes, .slowZ), let q = try number(bytes, .slowQ) else { return nil }
    let parts = zip(try counts(bytes, .slowPoor), try counts(bytes, .slowOf)).map { (count: min($0, $1), total: $1) }
    return ReadSlowness(parts: parts, z: z, q: q, slowestFrom: try number(bytes, .slowFrom, below: 0x1p53))
  }

  private func counts(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) throws(RecordError) -> [Int] {
    var counts: [Int] = []
    var cursor = ElementCursor(field(member))
    while let element = cursor.next(bytes) {
      guard element.kind == .number, let count = JSONNumber.integer(bytes, element.range),
        (0..<1 << 40).contains(count)
      else { throw .schema(member.path.joined(separator: "."), "not counts", at: element.start) }
      counts.append(count)
    }
    return counts
  }

  func finding(
    _ bytes: Span<UInt8>, _ scope: ReadScope, id: Field
  ) throws(RecordError) -> ReadFinding {
    ReadFinding(
      scope: scope, id: JSONText.bytes(bytes, id), kind: try text(bytes, .kind), statement: try text(bytes, .statement),
      evidenceJSON: json(bytes, .evidence), impactJSON: json(bytes, .impact), confidence: try text(bytes, .confidence),
      total: try count(bytes, .total), share: try share(bytes, .share), at: try time(bytes, .at),
      beforeShare: try share(bytes, .beforeShare), restShare: try share(bytes, .restShare),
      target: try share(bytes, .target),
      weakest: field(.weakest).hasValue ? try text(bytes, .weakest) : nil,
      qualityEffect: try number(bytes, .qualityEffect), mixEffect: try number(bytes, .mixEffect),
      excess: try number(bytes, .excess), excessExpected: try number(bytes, .excessExpected))
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
      // The date as it is written: the days may be those of another zone.
      let date = String(decoding: JSONText.bytes(bytes, start).prefix(10), as: UTF8.self)
      var day = DayCount(day: Timestamp(date + "T00:00:00Z")?.day() ?? time.day())
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

  /// The poor answers of each bin of a trend, made again of their share.
  func trend(_ bytes: Span<UInt8>) throws(RecordError) -> ReadTrend {
    let isWeekly = field(.bin).kind == .string && JSONText.equals(bytes, field(.bin), Array("week".utf8))
    var trend = ReadTrend(binSeconds: (isWeekly ? 7 : 1) * 86_400, bins: [])
    var cursor = ElementCursor(field(.points))
    while let point = cursor.next(bytes) {
      let start = JSONWalk.member(bytes, point, Array("start".utf8))
      guard start.kind == .string, let time = Timestamp(bytes, start.range) else {
        throw .schema("points", "a start is not an RFC 3339 time", at: point.start)
      }
      var bin = ReadTrend.Bin(start: time, poor: 0, rated: 0)
      let rated = JSONWalk.member(bytes, point, Array("rated".utf8))
      let share = JSONWalk.member(bytes, point, Array("poor_share".utf8))
      if rated.kind == .number, share.kind == .number, let n = JSONNumber.integer(bytes, rated.range),
        let poor = JSONNumber.double(bytes, share.range), (0...1_000_000_000).contains(n), (0...1).contains(poor)
      {
        (bin.poor, bin.rated) = (Int((poor * Double(n)).rounded()), n)
      }
      trend.bins.append(bin)
    }
    return trend
  }

  /// Whether an example is what a person wrote.
  func isCorrection(_ bytes: Span<UInt8>) -> Bool {
    field(.origin).kind == .string && JSONText.equals(bytes, field(.origin), Array("correction".utf8))
  }

  // MARK: Earlier recommendations

  /// Whether a recommendation is not to be looked at again.
  var isClosed: Bool { field(.isClosed).kind == .true }

  func recommendation(_ bytes: Span<UInt8>, _ scope: ReadScope) throws(RecordError) -> Recommendation {
    guard let kind = Recommendation.Kind(rawValue: string(try text(bytes, .kind))) else {
      throw .schema("kind", "no kind of recommendation known here", at: field(.kind).start)
    }
    var item = Recommendation(
      kind: kind, scope: scope, statement: try text(bytes, .statement), evidenceJSON: json(bytes, .evidence),
      impactJSON: json(bytes, .impact), priority: try count(bytes, .priority),
      confidence: string(try text(bytes, .confidence)), action: string(try text(bytes, .action)),
      nextCommand: command(bytes, .nextCommand))
    item.verification = try verification(bytes)
    if let verification = item.verification, let counts = try counts(bytes, since: verification.since) {
      item.outcome = Outcome(verification, counts)
    }
    return item
  }

  private func verification(_ bytes: Span<UInt8>) throws(RecordError) -> Recommendation.Verification? {
    guard field(.measure).hasValue else { return nil }
    guard let measure = Recommendation.Measure(rawValue: string(try text(bytes, .measure))) else {
      throw .schema("verify.metric", "no metric known here", at: field(.measure).start)
    }
    guard let baseline = try number(bytes, .baseline), let target = try number(bytes, .verifyTarget), baseline >= 0,
      target >= 0, measure == .corrections || max(baseline, target) <= 1
    else { throw .schema("verify", "baseline or target is missing or no share", at: field(.measure).start) }
    func optional(_ member: AnalysisInput.Member) throws(RecordError) -> Int? {
      field(member).hasValue ? try count(bytes, member) : nil
    }
    // Without a scope it is of a version that did not say since when either.
    let scope = field(.verifyScope).hasValue ? try self.scope(bytes, .verifyScope) : ReadScope()
    var verification = Recommendation.Verification(
      measure: measure, scope: scope, since: try time(bytes, .since), timeField: try timeField(bytes, .verifyTimeField),
      baseline: baseline,
      baselineCount: try optional(.baselineCount), target: target, limit: try number(bytes, .limit),
      countMin: try optional(.countMin), designEffect: max(1, try number(bytes, .verifyDesignEffect) ?? 1),
      command: command(bytes, .verifyCommand), cohorts: try cohorts(bytes, field(.verifyCohorts)))
    if let limit = verification.limit, !(0...1).contains(limit) {
      throw .schema("verify.limit", "no share", at: field(.limit).start)
    }
    // A version before this one left it open against what a thin baseline is held.
    if verification.limit == nil && verification.countMin == nil && verification.baselineCount != nil {
      verification.settle()
    }
    return verification
  }

  /// What earlier looks counted, from `since` on where the record does not say from when.
  private func counts(_ bytes: Span<UInt8>, since: Timestamp?) throws(RecordError) -> Outcome.Counts? {
    guard let through = try time(bytes, .through) else { return nil }
    var counts = Outcome.Counts.none(from: try time(bytes, .judgedFrom) ?? since ?? through)
    counts.through = through
    counts.lookCount = try count(bytes, .looks)
    counts.leftOut = try count(bytes, .leftOut)
    if field(.windows).hasValue {
      counts.looks = try looks(bytes)
      if let last = counts.looks.last, (last.through ?? last.from) > through {
        throw .schema("outcome.through", "before the end of the last window", at: field(.through).start)
      }
      return counts
    }
    // Of a version that did not keep looks apart.
    let (k, n) = (try count(bytes, .judgedCount), try count(bytes, .judgedTotal))
    if k > n { throw .schema("outcome.k", "more than n", at: field(.judgedCount).start) }
    counts.looks = [.init(from: counts.from, count: k, total: n, cohorts: try cohorts(bytes, field(.judgedCohorts)))]
    return counts
  }

  private func looks(_ bytes: Span<UInt8>) throws(RecordError) -> [Outcome.Look] {
    var looks: [Outcome.Look] = []
    if field(.windows).kind != .array { throw .schema("outcome.windows", "not an array", at: field(.windows).start) }
    var cursor = ElementCursor(field(.windows))
    while let element = cursor.next(bytes) {
      let from = JSONWalk.member(bytes, element, Array("from".utf8))
      guard looks.count < 1000, element.kind == .object, from.kind == .string, let time = Timestamp(bytes, from.range),
        let counts = counts(bytes, of: element)
      else { throw .schema("outcome.windows", "not windows with counts", at: element.start) }
      let end = JSONWalk.member(bytes, element, Array("through".utf8))
      let through = end.kind == .string ? Timestamp(bytes, end.range) : nil
      if end.hasValue && through == nil { throw .schema("outcome.windows", "through is no time", at: end.start) }
      let last = looks.last.map { $0.through ?? $0.from }
      if last.map({ time < $0 }) ?? false || through.map({ $0 < time }) ?? false {
        throw .schema("outcome.windows", "not in order", at: element.start)
      }
      let cohorts = try cohorts(bytes, JSONWalk.member(bytes, element, Array("cohorts".utf8)))
      looks.append(.init(from: time, through: through, count: counts.count, total: counts.total, cohorts: cohorts))
    }
    return looks
  }

  /// The members `k` and `n` of an object; nil where they are no counts.
  private func counts(_ bytes: Span<UInt8>, of object: Field) -> (count: Int, total: Int)? {
    func count(_ key: String) -> Int? {
      let found = JSONWalk.member(bytes, object, Array(key.utf8))
      return found.kind == .number ? JSONNumber.integer(bytes, found.range) : nil
    }
    guard let k = count("k"), let n = count("n"), n < 1 << 40, k >= 0, k <= n else { return nil }
    return (k, n)
  }

  private func cohorts(_ bytes: Span<UInt8>, _ object: Field) throws(RecordError) -> [Cohorts] {
    var all: [Cohorts] = []
    var fields = MemberCursor(object)
    while let cohortField = fields.next(bytes) {
      var cohorts: [Cohorts.Cohort] = []
      var cursor = ElementCursor(cohortField.value)
      while let element = cursor.next(bytes) {
        guard element.kind == .object, let counts = counts(bytes, of: element) else {
          throw .schema("cohorts", "not counts of values", at: element.start)
        }
        let value = JSONWalk.member(bytes, element, Array("value".utf8))
        let text = value.kind == .string ? JSONText.bytes(bytes, value) : nil
        cohorts.append(.init(value: text, count: counts.count, total: counts.total))
      }
      all.append(Cohorts(field: JSONText.string(bytes, cohortField.key), cohorts: cohorts))
    }
    return all
  }

  /// A command line as these records have them; what is none is not handed on for somebody to paste.
  private func command(_ bytes: Span<UInt8>, _ member: AnalysisInput.Member) -> String? {
    guard field(member).kind == .string else { return nil }
    let text = JSONText.string(bytes, field(member))
    return text.hasPrefix("fb-") && !text.unicodeScalars.contains(where: DisplayText.isUnsafe) ? text : nil
  }

  private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
