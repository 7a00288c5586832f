import FeedbackModel
import NDJSON
import Statistics
import Timestamps

/// The members of states that are read besides those of every record.
enum StateMember: Int, CaseIterable {
  case schema, digest, options, by, timeField, zone, people, isAsked, from, to, first, last, undated, key
  case interactions, errors, asked, rating, accuracy, helpfulness, clarity, hashes, buckets, tables, complete
  case accuracyPeople, helpfulnessPeople, clarityPeople, completePeople, askedPeople
  case poorMilliseconds, notPoorMilliseconds, unratedMilliseconds, days

  var path: [String] {
    switch self {
    case .schema: ["schema"]
    case .digest: ["options_digest"]
    case .options: ["options"]
    case .by: ["options", "by"]
    case .timeField: ["options", "time_field"]
    case .zone: ["options", "tz"]
    case .people: ["options", "people"]
    case .isAsked: ["options", "asked"]
    case .from: ["window", "from"]
    case .to: ["window", "to"]
    case .first: ["first"]
    case .last: ["last"]
    case .undated: ["undated"]
    case .key: ["key"]
    case .interactions: ["interactions"]
    case .errors: ["errors"]
    case .asked: ["asked"]
    case .rating: ["rating"]
    case .accuracy: ["accuracy"]
    case .helpfulness: ["helpfulness"]
    case .clarity: ["clarity"]
    case .hashes: ["people"]
    case .accuracyPeople: ["accuracy_people"]
    case .helpfulnessPeople: ["helpfulness_people"]
    case .clarityPeople: ["clarity_people"]
    case .completePeople: ["complete_people"]
    case .askedPeople: ["asked_people"]
    case .buckets: ["buckets"]
    case .tables: ["tables"]
    case .complete: ["complete"]
    case .poorMilliseconds: ["poor_ms"]
    case .notPoorMilliseconds: ["not_poor_ms"]
    case .unratedMilliseconds: ["unrated_ms"]
    case .days: ["days"]
    }
  }
}

/// Reads the members of one state, and refuses numbers that nothing counts to.
struct StateReader {
  let fields: [Field]
  /// Where the record begins.
  let start: Int

  func field(_ member: StateMember) -> Field { fields[LineScanner.extraSlot(member.rawValue)] }

  func has(_ member: StateMember) -> Bool { field(member).hasValue }

  func error(_ member: StateMember, _ message: String) -> RecordError {
    let found = field(member)
    return .schema(member.path.joined(separator: "."), message, at: found.kind == .missing ? start : found.start)
  }

  func count(
    _ bytes: Span<UInt8>, _ member: StateMember, atMost limit: Int = RatingSummary.countMax
  ) throws(RecordError) -> Int {
    let found = field(member)
    guard found.kind == .number, let value = JSONNumber.integer(bytes, found.range), (0...limit).contains(value) else {
      throw error(member, "not a count that can be")
    }
    return value
  }

  func text(_ bytes: Span<UInt8>, _ member: StateMember) throws(RecordError) -> [UInt8] {
    let found = field(member)
    if found.kind != .string { throw error(member, "not a string") }
    return JSONText.bytes(bytes, found)
  }

  func time(_ bytes: Span<UInt8>, _ member: StateMember) throws(RecordError) -> Timestamp? {
    try Timestamp.read(bytes, field(member), name: member.path.joined(separator: "."))
  }

  /// Integers of which `stride` belong together; none where the member is absent.
  func integers(_ bytes: Span<UInt8>, _ member: StateMember, stride: Int) throws(RecordError) -> [Int] {
    let found = field(member)
    if found.kind == .missing { return [] }
    if found.kind != .array { throw error(member, "not an array") }
    var values: [Int] = []
    var cursor = ElementCursor(found)
    while let element = cursor.next(bytes) {
      guard element.kind == .number, let value = JSONNumber.integer(bytes, element.range) else {
        throw error(member, "not an array of whole numbers")
      }
      values.append(value)
    }
    if values.isEmpty || values.count % stride != 0 { throw error(member, "not the right number of numbers") }
    return values
  }

  // MARK: Heads

  func checkSchema(_ bytes: Span<UInt8>) throws(RecordError) {
    let found = field(.schema)
    if found.kind != .number || JSONNumber.integer(bytes, found.range) != stateSchema {
      throw error(.schema, "not \(stateSchema), the version of states that is read here")
    }
  }

  /// What was counted, with what is to be said about it, and the digest.
  func options(
    _ bytes: Span<UInt8>, _ reporting: AnalysisOptions
  ) throws(RecordError) -> (options: AnalysisOptions, digest: [UInt8]) {
    var options = reporting
    options.fields = []
    if field(.by).kind != .array { throw error(.by, "not an array") }
    var cursor = ElementCursor(field(.by))
    while let name = cursor.next(bytes) {
      if name.kind != .string { throw error(.by, "not strings") }
      options.fields.append(JSONText.string(bytes, name))
    }
    if !AnalysisOptions.areFields(options.fields) { throw error(.by, "not names of fields, each once") }
    let timeField = String(decoding: try text(bytes, .timeField), as: UTF8.self)
    guard let timeField = TimeField(rawValue: timeField) else { throw error(.timeField, "not known") }
    options.timeField = timeField
    guard let zone = ZoneOffset(String(decoding: try text(bytes, .zone), as: UTF8.self)) else {
      throw error(.zone, "not a zone")
    }
    options.zone = zone
    let people = try count(bytes, .people, atMost: AnalysisOptions.peopleMost)
    if people < AnalysisOptions.peopleKeptMin { throw error(.people, "too few") }
    options.peopleKept = people
    options.isAskedKnown = try count(bytes, .isAsked, atMost: 1) == 1
    let digest = try text(bytes, .digest)
    if digest != options.stateDigest { throw error(.digest, "not that of the options") }
    return (options, digest)
  }

  func window(_ bytes: Span<UInt8>) throws(RecordError) -> TimeWindow {
    TimeWindow(since: try time(bytes, .from), until: try time(bytes, .to))
  }

  // MARK: Cells

  func key(_ bytes: Span<UInt8>) throws(RecordError) -> Scope {
    if field(.key).kind != .object { throw error(.key, "not an object") }
    var scope = Scope.all
    var cursor = MemberCursor(field(.key))
    while let member = cursor.next(bytes) {
      if member.value.kind != .null && member.value.kind != .string { throw error(.key, "a value is not a string") }
      let value = member.value.kind == .string ? JSONText.bytes(bytes, member.value) : nil
      scope.members.append(Scope.Member(field: JSONText.string(bytes, member.key), value: value))
    }
    return scope
  }

  func cell(_ bytes: Span<UInt8>, peopleMax: Int) throws(RecordError) -> Cell {
    let interactions = try count(bytes, .interactions)
    let errors = try integers(bytes, .errors, stride: 1)
    if interactions == 0 || errors.count > 1 || errors.contains(where: { !(0...interactions).contains($0) }) {
      throw error(.errors, "more than there are interactions")
    }
    var cell = Cell(interactions: interactions, errors: errors.first ?? 0)
    cell.rating = try ratings(bytes, .rating, atMost: cell.answered)
    cell.accuracy = try ratings(bytes, .accuracy, atMost: cell.answered)
    cell.helpfulness = try ratings(bytes, .helpfulness, atMost: cell.answered)
    cell.clarity = try ratings(bytes, .clarity, atMost: cell.answered)
    cell.asked = try asked(bytes, cell)
    cell.people = try people(bytes, .hashes, cell.rating.count, limit: peopleMax)
    cell.buckets = try buckets(bytes, cell.rating)
    cell.tables = try tables(bytes, cell.rating.count)
    cell.complete = try complete(bytes, cell.rating.count)
    cell.partPeople = try partPeople(bytes, cell)
    let rating = cell.rating
    cell.responseTimes.poor = try times(bytes, .poorMilliseconds, atMost: rating.poorCount)
    cell.responseTimes.notPoor = try times(bytes, .notPoorMilliseconds, atMost: rating.count - rating.poorCount)
    cell.responseTimes.unrated = try times(bytes, .unratedMilliseconds, atMost: cell.answered - rating.count)
    cell.days = try days(bytes, cell)
    return cell
  }

  private func ratings(
    _ values: some Collection<Int>, _ member: StateMember, atMost limit: Int
  ) throws(RecordError) -> RatingSummary {
    let values = Array(values)
    guard (0...Int(WideInteger.base)).contains(values[1]), (0..<Int(WideInteger.base)).contains(values[2]),
      let ratings = RatingSummary(
        sum: values[0], sumOfSquares: WideInteger.value(values[1], values[2]), poorCount: values[3],
        goodCount: values[4], levels: Array(values[5...])),
      ratings.count <= limit
    else { throw error(member, "not what ratings add up to") }
    return ratings
  }

  private func ratings(
    _ bytes: Span<UInt8>, _ member: StateMember, atMost limit: Int
  ) throws(RecordError) -> RatingSummary {
    let values = try integers(bytes, member, stride: RatingSummary.stateCount)
    if values.isEmpty { return RatingSummary() }
    if values.count > RatingSummary.stateCount { throw error(member, "not the right number of numbers") }
    return try ratings(values, member, atMost: limit)
  }

  private func asked(_ bytes: Span<UInt8>, _ cell: Cell) throws(RecordError) -> AskedRatings {
    var asked = AskedRatings()
    var left = (asked: cell.answered, rated: cell.rating.count)
    for group in try groups(bytes, .asked, stride: RatingSummary.stateCount + 2, within: 0...1_000_000) {
      let values = Array(group)
      guard (1...max(1, left.asked)).contains(values[1]), left.asked > 0 else {
        throw error(.asked, "more than there are answers")
      }
      let rating = try ratings(values[2...], .asked, atMost: min(values[1], left.rated))
      left = (left.asked - values[1], left.rated - rating.count)
      asked.add(values[0], rating: rating, asked: values[1])
    }
    return asked
  }

  /// Groups of numbers, each of which begins with a number within bounds that is above that of the group before.
  private func groups(
    _ bytes: Span<UInt8>, _ member: StateMember, stride: Int, within bounds: ClosedRange<Int>
  ) throws(RecordError) -> [ArraySlice<Int>] {
    let values = try integers(bytes, member, stride: stride)
    var groups: [ArraySlice<Int>] = []
    for start in Swift.stride(from: 0, to: values.count, by: stride) {
      let isAfter = start == 0 || values[start] > values[start - stride]
      if !bounds.contains(values[start]) || !isAfter { throw error(member, "not in order, or not a place of it") }
      groups.append(values[start..<start + stride])
    }
    return groups
  }

  private func partPeople(_ bytes: Span<UInt8>, _ cell: Cell) throws(RecordError) -> PartPeople {
    var people = PartPeople()
    let parts: [(StateMember, PartPeople.Part)] = [
      (.accuracyPeople, .accuracy), (.helpfulnessPeople, .helpfulness), (.clarityPeople, .clarity),
      (.completePeople, .complete), (.askedPeople, .asked),
    ]
    for (member, part) in parts {
      people.merge(try self.people(bytes, member, cell.count(of: part), limit: PartPeople.limit), to: part)
    }
    return people
  }

  private func people(
    _ bytes: Span<UInt8>, _ member: StateMember, _ rated: Int, limit: Int
  ) throws(RecordError) -> PeopleSample {
    var people = PeopleSample()
    let hashes = try groups(bytes, member, stride: 1, within: 0...Int(PeopleSample.hashMax - 1))
    if hashes.count > min(limit, rated) || (hashes.isEmpty && rated > 0) {
      throw error(member, "not as many as can be")
    }
    for hash in hashes { people.add(short: UInt64(hash[hash.startIndex]), limit: limit) }
    return people
  }

  private func buckets(_ bytes: Span<UInt8>, _ rating: RatingSummary) throws(RecordError) -> UserBuckets {
    var buckets = UserBuckets()
    var left = (count: rating.count, sum: rating.sum, poor: rating.poorCount)
    for group in try groups(bytes, .buckets, stride: 4, within: 0...UserBuckets.count - 1) {
      let (count, sum, poor) = (group[group.startIndex + 1], group[group.startIndex + 2], group[group.startIndex + 3])
      guard count > 0, count <= left.count, (0...count).contains(poor), (0...left.sum).contains(sum) else {
        throw error(.buckets, "not what ratings add up to")
      }
      left = (left.count - count, left.sum - sum, left.poor - poor)
      buckets.add(count, sum: sum, poor: poor, toBucket: group[group.startIndex])
    }
    if left != (0, 0, 0) { throw error(.buckets, "not all of the ratings") }
    return buckets
  }

  private func tables(_ bytes: Span<UInt8>, _ rated: Int) throws(RecordError) -> LevelTables {
    var tables = LevelTables()
    var sums = [Int](repeating: 0, count: Dimension.allCases.count)
    let size = LevelTables.size
    for group in try groups(bytes, .tables, stride: 2, within: 0...size * sums.count - 1) {
      let (index, count) = (group[group.startIndex], group[group.startIndex + 1])
      guard count > 0, count <= rated - sums[index / size] else { throw error(.tables, "more than there are ratings") }
      sums[index / size] += count
      tables.add(count, at: index)
    }
    return tables
  }

  private func complete(_ bytes: Span<UInt8>, _ rated: Int) throws(RecordError) -> CompleteCases {
    var complete = CompleteCases()
    let values = try integers(bytes, .complete, stride: CompleteCases.stateCount)
    if values.isEmpty { return complete }
    let products = stride(from: 6, to: values.count, by: 2).map { index in
      // A part out of its bounds makes a product that no values have.
      let areParts = values[index] < 1 << 53 && (0..<Int(WideInteger.base)).contains(values[index + 1])
      return areParts ? WideInteger.value(values[index], values[index + 1]) : 0
    }
    guard values.count == CompleteCases.stateCount, values[0] <= rated, (0...max(0, values[0])).contains(values[1]),
      let sums = CrossProducts(
        count: values[0], sums: Array(values[2..<6]), products: products, range: 1_000_000...5_000_000)
    else { throw error(.complete, "not what ratings add up to") }
    complete.sums = sums
    complete.straightLined = values[1]
    return complete
  }

  private func times(
    _ bytes: Span<UInt8>, _ member: StateMember, atMost limit: Int
  ) throws(RecordError) -> LatencyHistogram {
    var times = LatencyHistogram()
    for group in try groups(bytes, member, stride: 2, within: 0...LatencyHistogram.bucketMax) {
      let count = group[group.startIndex + 1]
      guard count > 0, count <= limit - times.count else { throw error(member, "more than there are answers") }
      times.add(count, toBucket: group[group.startIndex])
    }
    return times
  }

  private func days(_ bytes: Span<UInt8>, _ cell: Cell) throws(RecordError) -> DayCounts {
    var days = DayCounts()
    let range = Timestamp.secondsRange
    var left = (interactions: cell.interactions, rated: cell.rating.count)
    for group in try groups(
      bytes, .days, stride: 5, within: range.lowerBound / 86_400...range.upperBound / 86_400)
    {
      let values = Array(group)
      let day = DayCount(day: values[0], interactions: values[1], rated: values[2], poor: values[3], sum: values[4])
      let isSound =
        (1...max(1, left.interactions)).contains(day.interactions) && left.interactions > 0
        && (0...min(left.rated, day.interactions)).contains(day.rated) && (0...day.rated).contains(day.poor)
        && (day.rated * 1_000_000...day.rated * 5_000_000).contains(day.sum)
      if !isSound { throw error(.days, "not what interactions add up to") }
      left = (left.interactions - day.interactions, left.rated - day.rated)
      days.merge(day)
    }
    return days
  }
}
