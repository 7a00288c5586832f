import FeedbackModel
import Statistics

/// What one interaction adds to the cells it belongs to, read and checked before anything is counted.
struct Observation {
  var isError = false
  var rating: Rating?
  var accuracy: Rating?
  var helpfulness: Rating?
  var clarity: Rating?
  var milliseconds: Int?
  /// A hash of the person; of use only where there is a rating.
  var person: UInt64 = 0
  /// Days since 1970-01-01 in UTC, nil without a time.
  var day: Int?
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
  public private(set) var rating = RatingSummary()
  private var accuracy = RatingSummary()
  private var helpfulness = RatingSummary()
  private var clarity = RatingSummary()
  /// The times to respond.
  public private(set) var responseTimes = LatencyHistogram()
  /// The people who rated, so far as the guards need them.
  public private(set) var people = PeopleSample()
  /// Counts of each day, where they are wanted.
  public private(set) var days = DayCounts()

  /// Starts with nothing.
  public init() {}

  /// The ratings of a dimension.
  public func ratings(of dimension: Dimension) -> RatingSummary {
    switch dimension {
    case .accuracy: accuracy
    case .helpfulness: helpfulness
    case .clarity: clarity
    }
  }

  /// Interactions that could have been rated.
  public var answered: Int { interactions - errors }

  mutating func add(_ seen: Observation, peopleMax: Int, countsDays: Bool) {
    interactions += 1
    if countsDays, let day = seen.day { days.add(day: day, rating: seen.isError ? nil : seen.rating) }
    if seen.isError {
      errors += 1
      return
    }
    if let given = seen.rating {
      rating.add(given)
      people.add(seen.person, limit: peopleMax)
    }
    if let given = seen.accuracy { accuracy.add(given) }
    if let given = seen.helpfulness { helpfulness.add(given) }
    if let given = seen.clarity { clarity.add(given) }
    if let milliseconds = seen.milliseconds { responseTimes.add(milliseconds) }
  }

  /// Adds all of another cell, of which `peopleMax` was the same.
  mutating func merge(_ other: Cell, peopleMax: Int) {
    interactions += other.interactions
    errors += other.errors
    rating.merge(other.rating)
    accuracy.merge(other.accuracy)
    helpfulness.merge(other.helpfulness)
    clarity.merge(other.clarity)
    responseTimes.merge(other.responseTimes)
    people.merge(other.people, limit: peopleMax)
    days.merge(other.days)
  }
}

extension RatingSummary {
  /// Adds a rating of a record.
  mutating func add(_ rating: Rating) {
    add(millionths: rating.millionths, isPoor: rating.isPoor, isGood: rating.isGood)
  }
}

/// Whether there are enough different people, without keeping all of them: the smallest hashes, up to a limit.
///
/// Which ones are kept does not depend on the order, so samples of parts merge to the sample of the whole. Up to the limit
/// the count is exact.
public struct PeopleSample: Sendable, Equatable {
  private var hashes: [UInt64] = []

  /// How many different people, at most the limit.
  public var count: Int { hashes.count }

  mutating func add(_ hash: UInt64, limit: Int) {
    if hashes.count >= limit, let last = hashes.last, hash >= last { return }
    var place = hashes.count
    while place > 0 && hashes[place - 1] > hash { place -= 1 }
    if place > 0 && hashes[place - 1] == hash { return }
    if hashes.count >= limit { hashes.removeLast() }
    hashes.insert(hash, at: place)
  }

  mutating func merge(_ other: PeopleSample, limit: Int) {
    for hash in other.hashes { add(hash, limit: limit) }
  }
}
