import Digest
import FeedbackModel
import NDJSON
import Timestamps

/// What an analysis is asked for, and the guards that a finding has to clear.
public struct AnalysisOptions: Sendable {
  /// The fields whose values are compared, dotted; two with a `+` between them are compared in pairs.
  public var fields = ["category"]
  /// Only interactions inside this window.
  public var window = TimeWindow()
  /// The time that the window and the days look at.
  public var timeField = TimeField.timestamp
  /// The share of poor answers that is still good enough, in millionths.
  public var targetPoorMillionths = 150_000
  /// Ratings that a group needs before anything is said about it.
  public var ratingsMin = 30
  /// Different people that those ratings have to come from.
  public var peopleMin = 10
  /// Of what is flagged, so much may be chance, in millionths.
  public var fdrMillionths = 100_000
  /// Whether the correction holds however tests depend on each other.
  public var isStrict = false
  /// The zone whose days and weeks trends are made of.
  public var zone = ZoneOffset.utc
  /// Whether it is known which answers people were asked to rate, from records of it.
  public var isAskedKnown = false
  /// How many people cells tell apart, where that was decided before: in states.
  var peopleKept: Int?

  /// More values of a field than this are no groups.
  public static let groupsMax = 10_000
  /// Below so many ratings or people nothing at all is said, also for the sake of their privacy.
  public static let signalMin = 5
  /// More people than this are not told apart.
  public static let peopleMost = 1000

  /// Starts with the defaults.
  public init() {}

  /// The share of poor answers that is still good enough.
  public var targetPoor: Double { Double(targetPoorMillionths) / 1e6 }

  /// The fields of a name in `fields`: one, or the two of a pair.
  public static func members(of name: String) -> [String] {
    name.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
  }

  /// Of what is flagged, so much may be chance: the false discovery rate.
  public var fdr: Double { Double(fdrMillionths) / 1e6 }

  /// Whether names are fields and pairs of two fields, each once; a pair in the other order is the same pair.
  public static func areFields(_ names: [String]) -> Bool {
    let groups = names.map { members(of: $0).map { Array($0.utf8) } }
    let hasGap = groups.joined().contains { name in
      name.split(separator: 0x2E, omittingEmptySubsequences: false).contains { $0.isEmpty }
    }
    let sets = groups.map(Set.init)
    let isPlain = zip(groups, sets).allSatisfy { $0.count <= 2 && $0.count == $1.count }
    return !hasGap && isPlain && Set(sets).count == sets.count
  }

  /// How many people a cell tells apart at least, whatever the guard is: so that intervals are those of states.
  static let peopleKeptMin = 10
  /// How many people a cell has to be able to tell apart.
  var peopleMax: Int { peopleKept ?? max(peopleMin, Self.peopleKeptMin) }

  /// How many people of a cell are known of; where states keep more than would be kept here, no more than that.
  func peopleAtLeast(_ cell: Cell) -> Int { min(cell.people.count, max(peopleMin, Self.peopleKeptMin)) }
}

/// One pass over interactions: counts them for everything and for each value of the wanted fields.
public struct Analysis: Sendable {
  /// What became of a record.
  public enum Fate: Sendable {
    /// It was counted.
    case counted
    /// It is of another kind.
    case otherType
    /// It is outside of the window.
    case outside
    /// It has no time, so it is outside of a window that has a bound.
    case withoutTime
  }

  /// What was asked for.
  public let options: AnalysisOptions
  /// The paths that the scanner has to locate besides the fields it always does, in the order of their slots.
  public let extraPaths: [[String]]
  /// Interactions that were counted, but have no time.
  public private(set) var undated = 0
  private(set) var total = Cell()
  private(set) var fields: [FieldValues] = []
  private(set) var groups: [CellGroups] = []
  /// What was asked for; of states of several windows, from where the first one begins to where the last one ends.
  var window: TimeWindow
  private(set) var earliest: Timestamp?
  private(set) var latest: Timestamp?
  /// The numbers of the values of the fields in the record at hand.
  private var numbers: [Int]
  private var scratch: [UInt8] = []
  private(set) var texts = TextEvidence()
  /// Which answers people were asked to rate.
  private let asks: AskTable?

  /// Starts with nothing counted.
  ///
  /// `asks` says which answers people were asked to rate.
  public init(_ options: AnalysisOptions, asks: AskTable? = nil) {
    self.options = options
    self.asks = asks
    window = options.window
    var extra: [[String]] = []
    var fields: [FieldValues] = []
    for name in options.fields {
      let members = AnalysisOptions.members(of: name).map { member in
        if let known = fields.firstIndex(where: { $0.name.utf8.elementsEqual(member.utf8) }) { return known }
        let slot: Int
        if let known = RecordField(dotted: member) {
          slot = known.rawValue
        } else {
          slot = LineScanner.extraSlot(extra.count)
          extra.append(member.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
        }
        fields.append(FieldValues(name: member, slot: slot))
        return fields.count - 1
      }
      groups.append(CellGroups(name: name, fields: members))
    }
    self.fields = fields
    numbers = [Int](repeating: 0, count: fields.count)
    extraPaths = extra
  }

  /// The same analysis before it has counted anything.
  public var empty: Analysis { Analysis(options, asks: asks) }

  /// Counts the record that a scanner made with `LineScanner.records(extra: extraPaths)` saw last.
  ///
  /// Throws a `RecordError` for a record that breaks a rule, of which nothing is counted, and `TooManyGroups`.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Fate {
    if scanner[.type].kind != .missing, try scanner.recordType(bytes) != .interaction { return .otherType }
    let time = try scanner.time(bytes, options.timeField)
    if !options.window.contains(time) { return time == nil ? .withoutTime : .outside }
    let seen = try observe(bytes, scanner, time)
    for index in fields.indices {
      let field = scanner.fields[fields[index].slot]
      if field.hasValue && field.kind != .string {
        throw RecordError.schema(fields[index].name, "not a string", at: field.start)
      }
    }
    if let time {
      earliest = earliest.map { min($0, time) } ?? time
      latest = latest.map { max($0, time) } ?? time
    } else {
      undated += 1
    }
    var isExample = total.add(seen, peopleMax: options.peopleMax, countsDays: true)
    for index in fields.indices {
      let field = scanner.fields[fields[index].slot]
      numbers[index] = try fields[index].number(bytes, field, scratch: &scratch)
    }
    for index in groups.indices {
      if try groups[index].count(seen, numbers, peopleMax: options.peopleMax) { isExample = true }
    }
    if let rating = seen.rating, !seen.isError { texts.add(bytes, scanner, rating, person: seen.person) }
    if isExample, let id = seen.poorID { texts.keepID(bytes, scanner, id) }
    return .counted
  }

  /// Whether what another analysis has counted can be added without too many groups.
  public func accepts(_ other: Analysis) -> Bool {
    zip(fields, other.fields).allSatisfy { $0.accepts($1) } && zip(groups, other.groups).allSatisfy { $0.accepts($1) }
  }

  /// Adds what another analysis of the same options has counted.
  public mutating func merge(_ other: Analysis) throws(TooManyGroups) {
    total.merge(other.total, peopleMax: options.peopleMax)
    var known: [[Int]] = []
    for index in fields.indices {
      let theirs = other.fields[index]
      known.append(
        try (0..<theirs.count).map { number throws(TooManyGroups) in
          try fields[index].number(of: theirs.value(number))
        })
    }
    for index in groups.indices {
      let theirs = other.groups[index]
      for place in theirs.cells.indices where theirs.cells[place].interactions > 0 {
        for (field, number) in zip(theirs.fields, theirs.numbers(ofCell: place)) {
          numbers[field] = known[field][number]
        }
        try groups[index].merge(theirs.cells[place], numbers, peopleMax: options.peopleMax)
      }
    }
    texts.merge(other.texts)
    add(first: other.earliest, last: other.latest, undated: other.undated)
  }

  /// The same without what needs the records: as states know it.
  var withoutTexts: Analysis {
    var analysis = self
    analysis.texts = TextEvidence()
    return analysis
  }

  /// Adds interactions that were counted elsewhere, when the first and the last of them were, and how many have no time.
  mutating func add(first: Timestamp?, last: Timestamp?, undated count: Int) {
    undated += count
    if let first { earliest = earliest.map { min($0, first) } ?? first }
    if let last { latest = latest.map { max($0, last) } ?? last }
  }

  /// When what was counted ends: where the window does, else just after the last time that occurred.
  public var windowEnd: Timestamp? { window.until ?? latest }

  /// Widens the window so that another one is inside of it.
  mutating func cover(_ other: TimeWindow) {
    window.since = window.since.flatMap { since in other.since.map { min(since, $0) } }
    window.until = window.until.flatMap { until in other.until.map { max(until, $0) } }
  }

  /// Adds what was counted of everything elsewhere.
  mutating func merge(total cell: Cell) { total.merge(cell, peopleMax: options.peopleMax) }

  /// Adds a cell of certain values of the fields of a group; false where there is no such group.
  mutating func merge(_ cell: Cell, _ scope: Scope) throws(TooManyGroups) -> Bool {
    let group = groups.firstIndex { group in
      group.fields.count == scope.members.count
        && zip(group.fields, scope.members).allSatisfy { fields[$0].name.utf8.elementsEqual($1.field.utf8) }
    }
    guard let group else { return false }
    for (field, member) in zip(groups[group].fields, scope.members) {
      numbers[field] = try fields[field].number(of: member.value)
    }
    try groups[group].merge(cell, numbers, peopleMax: options.peopleMax)
    return true
  }

  private func observe(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ time: Timestamp?
  ) throws(RecordError) -> Observation {
    var seen = Observation()
    seen.isError = try scanner.isError(bytes)
    seen.rating = try scanner.rating(bytes, .userRating)
    seen.accuracy = try scanner.rating(bytes, .accuracy)
    seen.helpfulness = try scanner.rating(bytes, .helpfulness)
    seen.clarity = try scanner.rating(bytes, .clarity)
    seen.milliseconds = try scanner.milliseconds(bytes)
    seen.day = time?.day(offsetSeconds: options.zone.seconds)
    if let rating = seen.rating {
      try TextEvidence.check(scanner)
      if rating.isPoor { seen.poorID = TextEvidence.idHash(bytes, scanner) }
    }
    if seen.rating != nil || seen.hasDimensions { seen.person = try Self.person(bytes, scanner) }
    if let asks {
      let id = try scanner.text(.id)
      if id.kind == .string { seen.askProbability = asks.probability(bytes, id) }
    }
    return seen
  }

  /// Who rated: `rated_by`, else the user, else the session.
  ///
  /// A source that names none of them has its records stand for people, as each was said once; without an id all of them
  /// are taken as of one person.
  private static func person(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> UInt64 {
    var field = try scanner.text(.ratedBy)
    // A rater is a user: one who rated with and without being named is one person.
    var kind: UInt64 = 1
    if field.kind == .missing { field = try scanner.text(.userID) }
    if field.kind == .missing {
      field = try scanner.text(.sessionID)
      kind = 2
    }
    if field.kind == .missing {
      field = try scanner.text(.id)
      kind = 3
    }
    if field.kind == .missing { return 0 }
    if !field.isEscaped { return StableHash.hash(bytes, field.range, seed: kind) }
    let text = JSONText.bytes(bytes, field)
    return StableHash.hash(text.span, 0..<text.count, seed: kind)
  }
}
