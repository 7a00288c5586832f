import FeedbackModel
import Statistics

/// What one interaction adds to the cells it belongs to, read and checked before anything is counted.
struct Observation {
  var isError = false
  var rating: Rating?
  var accuracy: Rating?
  var helpfulness: Rating?
  var clarity: Rating?
  /// The time to respond.
  var milliseconds: Int?
  /// A hash of the person; of use only where there is a rating.
  var person: UInt64 = 0
  /// Days since 1970-01-01 in the zone of the analysis, nil without a time.
  var day: Int?
  /// A hash of the id of a poor answer; nil without an id.
  var poorID: UInt64?
  /// How likely the person was to be asked for a rating, in millionths, 0 where that is not known; nil where nobody was
  /// asked, or nothing is known of it.
  var askProbability: Int?

  /// Whether a dimension is rated: of most answers none is.
  var hasDimensions: Bool { accuracy != nil || helpfulness != nil || clarity != nil }
}

extension Rating {
  /// The level from 1 to 5 that a table counts it on, halves up.
  var level: Int { (millionths + 500_000) / 1_000_000 }
}

/// The three things that a rating may be given for besides the whole.
public enum Dimension: Int, CaseIterable, Sendable {
  /// Whether the answer is right.
  case accuracy
  /// Whether it does what was asked for.
  case helpfulness
  /// Whether it can be understood.
  case clarity

  /// The name of the field.
  public var name: StaticString {
    switch self {
    case .accuracy: "accuracy"
    case .helpfulness: "helpfulness"
    case .clarity: "clarity"
    }
  }
}

/// What is kept of a group of interactions: integers only, so that the cells of parts of the input add up to the cell of
/// the whole in any order.
public struct Cell: Sendable, Equatable {
  /// How many interactions, errors included.
  public private(set) var interactions = 0
  /// How many of them are errors: in no figure below.
  public private(set) var errors = 0
  /// The overall ratings.
  public internal(set) var rating = RatingSummary()
  var accuracy = RatingSummary()
  var helpfulness = RatingSummary()
  var clarity = RatingSummary()
  /// The answers that people were asked to rate, where that is known.
  var asked = AskedRatings()
  /// The ratings by groups of people.
  var buckets = UserBuckets()
  /// The dimensions beside the whole.
  var tables = LevelTables()
  var complete = CompleteCases()
  /// The times to respond.
  var responseTimes = ResponseTimes()
  /// The people who rated, so far as the guards need them.
  public internal(set) var people = PeopleSample()
  /// The people who rated a part, so far as a part's guard needs them.
  var partPeople = PartPeople()
  /// A few poor answers to look at; they need the records, so states have none.
  private(set) var examples = PoorExamples()
  /// Counts of each day, where they are wanted.
  public internal(set) var days = DayCounts()

  /// Starts with nothing.
  public init() {}

  /// Starts with a number of interactions, some of them errors.
  init(interactions: Int, errors: Int) {
    self.interactions = interactions
    self.errors = errors
  }

  /// The ratings of a dimension.
  public func ratings(of dimension: Dimension) -> RatingSummary {
    switch dimension {
    case .accuracy: accuracy
    case .helpfulness: helpfulness
    case .clarity: clarity
    }
  }

  /// How many ratings a part has.
  func count(of part: PartPeople.Part) -> Int {
    switch part {
    case .accuracy: accuracy.count
    case .helpfulness: helpfulness.count
    case .clarity: clarity.count
    case .complete: complete.count
    case .asked: asked.rating.count
    }
  }

  /// Interactions that could have been rated.
  public var answered: Int { interactions - errors }

  /// Adds an interaction; whether it is an example of a poor answer now.
  @discardableResult
  mutating func add(_ seen: Observation, peopleMax: Int, countsDays: Bool) -> Bool {
    interactions += 1
    if countsDays, let day = seen.day { days.add(day: day, rating: seen.isError ? nil : seen.rating) }
    if seen.isError {
      errors += 1
      return false
    }
    if let milliseconds = seen.milliseconds { responseTimes.add(milliseconds, isPoor: seen.rating?.isPoor) }
    if let given = seen.rating {
      rating.add(given)
      people.add(seen.person, limit: peopleMax)
      buckets.add(given.millionths, isPoor: given.isPoor, person: seen.person)
    }
    if seen.hasDimensions { addDimensions(seen) }
    if let probability = seen.askProbability {
      var given = RatingSummary()
      if let rating = seen.rating {
        given.add(rating)
        partPeople.add(seen.person, to: .asked)
      }
      asked.add(probability, rating: given)
    }
    guard let id = seen.poorID, let given = seen.rating else { return false }
    return examples.add(PoorExamples.Example(millionths: given.millionths, id: id, person: seen.person))
  }

  private mutating func addDimensions(_ seen: Observation) {
    if let given = seen.accuracy {
      accuracy.add(given)
      partPeople.add(seen.person, to: .accuracy)
    }
    if let given = seen.helpfulness {
      helpfulness.add(given)
      partPeople.add(seen.person, to: .helpfulness)
    }
    if let given = seen.clarity {
      clarity.add(given)
      partPeople.add(seen.person, to: .clarity)
    }
    guard let overall = seen.rating else { return }
    let level = overall.level
    if let given = seen.accuracy { tables.add(level, .accuracy, given.level) }
    if let given = seen.helpfulness { tables.add(level, .helpfulness, given.level) }
    if let given = seen.clarity { tables.add(level, .clarity, given.level) }
    if let accuracy = seen.accuracy, let helpfulness = seen.helpfulness, let clarity = seen.clarity {
      complete.add(overall.millionths, accuracy.millionths, helpfulness.millionths, clarity.millionths)
      partPeople.add(seen.person, to: .complete)
    }
  }

  /// Adds all of another cell, of which `peopleMax` was the same.
  mutating func merge(_ other: Cell, peopleMax: Int) {
    interactions += other.interactions
    errors += other.errors
    rating.merge(other.rating)
    accuracy.merge(other.accuracy)
    helpfulness.merge(other.helpfulness)
    clarity.merge(other.clarity)
    buckets.merge(other.buckets)
    asked.merge(other.asked)
    tables.merge(other.tables)
    complete.merge(other.complete)
    responseTimes.merge(other.responseTimes)
    people.merge(other.people, limit: peopleMax)
    partPeople.merge(other.partPeople)
    days.merge(other.days)
    examples.merge(other.examples)
  }
}

extension RatingSummary {
  /// Adds a rating of a record.
  mutating func add(_ rating: Rating) {
    add(millionths: rating.millionths, isPoor: rating.isPoor, isGood: rating.isGood)
  }
}
