import FeedbackModel
import NDJSON
import Timestamps

/// What an analysis is asked for, and the guards that a finding has to clear.
public struct AnalysisOptions: Sendable {
  /// The fields whose values are compared, dotted.
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

  /// More values of a field than this are no groups.
  public static let groupsMax = 10_000
  /// Below so many ratings or people nothing at all is said, also for the sake of their privacy.
  public static let signalMin = 5

  /// Starts with the defaults.
  public init() {}

  /// The share of poor answers that is still good enough.
  public var targetPoor: Double { Double(targetPoorMillionths) / 1e6 }

  /// How many people a cell has to be able to tell apart.
  var peopleMax: Int { max(peopleMin, Self.signalMin) }
}

/// A field that has too many values to be groups.
public struct TooManyGroups: Error, Sendable {
  /// The field, dotted.
  public var field: String
}

/// One field and the cells of its values.
struct FieldGroups: Sendable {
  let name: String
  let slot: Int
  let countsDays: Bool
  private(set) var table = GroupTable()
  private(set) var cells: [Cell] = []
  /// Interactions in which the field is absent or null; those without a category have a name.
  private(set) var absent: Cell?
  private static let uncategorized = Array("uncategorized".utf8)

  init(name: String, slot: Int) {
    self.name = name
    self.slot = slot
    countsDays = name == RecordField.category.dotted
  }

  /// Counts a record in the cell of its value, a field that is a string, absent or null.
  mutating func count(
    _ seen: Observation, _ bytes: Span<UInt8>, _ field: Field, peopleMax: Int, scratch: inout [UInt8]
  ) throws(TooManyGroups) {
    let index: Int
    if field.kind == .string && !field.isEscaped {
      index = table.index(of: bytes, field.range)
    } else if field.kind == .string {
      scratch.removeAll(keepingCapacity: true)
      JSONText.decode(bytes, field.range, into: &scratch)
      index = table.index(of: scratch.span, 0..<scratch.count)
    } else if countsDays {
      index = table.index(of: Self.uncategorized.span, 0..<Self.uncategorized.count)
    } else {
      if absent == nil { absent = Cell() }
      absent?.add(seen, peopleMax: peopleMax, countsDays: false)
      return
    }
    if index == cells.count {
      if index >= AnalysisOptions.groupsMax { throw TooManyGroups(field: name) }
      cells.append(Cell())
    }
    cells[index].add(seen, peopleMax: peopleMax, countsDays: countsDays)
  }

  /// Adds the cells of another table of the same field.
  mutating func merge(_ other: FieldGroups, peopleMax: Int) throws(TooManyGroups) {
    for number in 0..<other.table.count {
      let value = other.table.value(number)
      let index = table.index(of: value.span, 0..<value.count)
      if index == cells.count {
        if index >= AnalysisOptions.groupsMax { throw TooManyGroups(field: name) }
        cells.append(Cell())
      }
      cells[index].merge(other.cells[number], peopleMax: peopleMax)
    }
    if let others = other.absent {
      if absent == nil { absent = Cell() }
      absent?.merge(others, peopleMax: peopleMax)
    }
  }
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
  private(set) var groups: [FieldGroups] = []
  private(set) var earliest: Timestamp?
  private(set) var latest: Timestamp?
  private var scratch: [UInt8] = []

  /// Starts with nothing counted.
  public init(_ options: AnalysisOptions) {
    self.options = options
    var extra: [[String]] = []
    for name in options.fields {
      let slot: Int
      if let known = RecordField(dotted: name) {
        slot = known.rawValue
      } else {
        slot = LineScanner.extraSlot(extra.count)
        extra.append(name.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
      }
      groups.append(FieldGroups(name: name, slot: slot))
    }
    extraPaths = extra
  }

  /// Counts the record that a scanner made with `LineScanner.records(extra: extraPaths)` saw last.
  ///
  /// Throws a `RecordError` for a record that breaks a rule, of which nothing is counted, and `TooManyGroups`.
  public mutating func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws -> Fate {
    if scanner[.type].kind != .missing, try scanner.recordType(bytes) != .interaction { return .otherType }
    let time = try scanner.time(bytes, options.timeField)
    if !options.window.contains(time) { return time == nil ? .withoutTime : .outside }
    let seen = try Self.observe(bytes, scanner, time)
    for index in groups.indices {
      let field = scanner.fields[groups[index].slot]
      if field.hasValue && field.kind != .string {
        throw RecordError.schema(groups[index].name, "not a string", at: field.start)
      }
    }
    if let time {
      earliest = earliest.map { min($0, time) } ?? time
      latest = latest.map { max($0, time) } ?? time
    } else {
      undated += 1
    }
    total.add(seen, peopleMax: options.peopleMax, countsDays: true)
    for index in groups.indices {
      let field = scanner.fields[groups[index].slot]
      try groups[index].count(seen, bytes, field, peopleMax: options.peopleMax, scratch: &scratch)
    }
    return .counted
  }

  /// Adds what another analysis of the same options has counted.
  public mutating func merge(_ other: Analysis) throws(TooManyGroups) {
    undated += other.undated
    total.merge(other.total, peopleMax: options.peopleMax)
    for index in groups.indices {
      try groups[index].merge(other.groups[index], peopleMax: options.peopleMax)
    }
    if let time = other.earliest { earliest = earliest.map { min($0, time) } ?? time }
    if let time = other.latest { latest = latest.map { max($0, time) } ?? time }
  }

  private static func observe(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ time: Timestamp?
  ) throws(RecordError) -> Observation {
    var seen = Observation()
    seen.isError = try scanner.isError(bytes)
    seen.rating = try scanner.rating(bytes, .userRating)
    seen.accuracy = try scanner.rating(bytes, .accuracy)
    seen.helpfulness = try scanner.rating(bytes, .helpfulness)
    seen.clarity = try scanner.rating(bytes, .clarity)
    seen.milliseconds = try scanner.milliseconds(bytes)
    seen.day = time?.day()
    if seen.rating != nil { seen.person = try person(bytes, scanner) }
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
    if !field.isEscaped { return ByteHash.hash(bytes, field.range, seed: kind) }
    let text = JSONText.bytes(bytes, field)
    return ByteHash.hash(text.span, 0..<text.count, seed: kind)
  }
}
