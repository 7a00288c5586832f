import FeedbackModel

/// What happened on one day.
public struct DayCount: Sendable, Equatable {
  /// Days since 1970-01-01 in UTC.
  public var day: Int
  /// Interactions, errors included.
  public var interactions = 0
  /// How many of them were rated.
  public var rated = 0
  /// How many of the ratings are poor.
  public var poor = 0
  /// Sum of the ratings in millionths of a star.
  public var sum = 0

  /// The mean in stars, nil without a rating.
  public var mean: Double? { rated == 0 ? nil : Double(sum) / Double(rated) / 1e6 }

  /// The share of poor ratings, nil without a rating.
  public var poorShare: Double? { rated == 0 ? nil : Double(poor) / Double(rated) }

  mutating func merge(_ other: DayCount) {
    interactions += other.interactions
    rated += other.rated
    poor += other.poor
    sum += other.sum
  }
}

/// Counts of the days on which something happened, in order.
public struct DayCounts: Sendable, Equatable {
  /// The days; those without an interaction are left out.
  public private(set) var all: [DayCount] = []
  /// Where the last day was found: logs are mostly in order of time.
  private var lastIndex = 0

  /// Whether the same days hold the same counts.
  public static func == (left: DayCounts, right: DayCounts) -> Bool { left.all == right.all }

  mutating func add(day: Int, rating: Rating?) {
    let index = index(of: day)
    all[index].interactions += 1
    guard let rating else { return }
    all[index].rated += 1
    all[index].sum += rating.millionths
    if rating.isPoor { all[index].poor += 1 }
  }

  mutating func merge(_ other: DayCounts) {
    for count in other.all { merge(count) }
  }

  mutating func merge(_ count: DayCount) { all[index(of: count.day)].merge(count) }

  /// Where the counts of a day are; a new day is put in its place.
  private mutating func index(of day: Int) -> Int {
    if lastIndex < all.count && all[lastIndex].day == day { return lastIndex }
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].day < day { low = middle + 1 } else { high = middle }
    }
    if low == all.count || all[low].day != day { all.insert(DayCount(day: day), at: low) }
    lastIndex = low
    return low
  }
}
