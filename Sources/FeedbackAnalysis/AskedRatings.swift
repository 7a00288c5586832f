import Statistics

/// Answers that people were asked to rate, by how likely they were to be asked: what ratings weigh that were asked for
/// unequally.
struct AskedRatings: Sendable, Equatable {
  /// The answers that were asked about with one probability.
  struct Stratum: Sendable, Equatable {
    /// In millionths, 1 to 1,000,000; 0 where it is not known.
    var probability: Int
    /// How many were asked about.
    var asked = 0
    /// The ratings among them.
    var rating = RatingSummary()
  }

  /// In the order of their probabilities.
  private(set) var strata: [Stratum] = []
  /// More probabilities than this are a mistake: they are those of a few rules.
  static let strataMax = 10_000

  /// How many were asked about.
  var asked: Int { strata.reduce(0) { $0 + $1.asked } }

  /// All ratings that were asked for.
  var rating: RatingSummary {
    var sum = RatingSummary()
    for stratum in strata { sum.merge(stratum.rating) }
    return sum
  }

  mutating func add(_ probability: Int, rating: RatingSummary, asked: Int = 1) {
    let index = index(of: probability)
    strata[index].asked += asked
    strata[index].rating.merge(rating)
  }

  mutating func merge(_ other: AskedRatings) {
    for stratum in other.strata { add(stratum.probability, rating: stratum.rating, asked: stratum.asked) }
  }

  /// Where a stratum is; a new one is put in its place.
  private mutating func index(of probability: Int) -> Int {
    var low = 0
    var high = strata.count
    while low < high {
      let middle = (low + high) / 2
      if strata[middle].probability < probability { low = middle + 1 } else { high = middle }
    }
    if low == strata.count || strata[low].probability != probability {
      strata.insert(Stratum(probability: probability), at: low)
    }
    return low
  }
}
