import Glibc
import Statistics

/// A mean rating's 95 % interval, in stars, within 1 to 5.
struct MeanEstimate: Sendable, Equatable {
  /// How it was made.
  enum Method: String, Sendable {
    /// From what the ratings of 20 groups of people differ: a person who rates ten times is one person.
    case clustered
    /// A posterior with a fifth of a rating on each level, for few ratings or few groups of people.
    case dirichlet
    /// Student's, widened by a design effect, for ratings of which it is not kept whose they are.
    case student
  }

  let low: Double
  let high: Double
  let method: Method
  /// How many times the variance is that of as many independent ratings: found, or what is likely where it cannot be; nil
  /// where groups of people do not differ at all.
  private(set) var designEffect: Double?

  /// The fewest ratings, and groups of people with a rating, for an interval of the clustered kind.
  static let countMin = 30
  static let bucketsMin = 10
  /// How alike two ratings of one person are taken to be where there are too few to tell: a correlation.
  static let likeness = 0.3

  /// Of ratings of a dimension, of which it is not kept whose they are; nil without ratings.
  ///
  /// They are taken to be as alike as the overall ratings by the same people, whose design effect is `effect` where it is
  /// known, else to be by as many people as `cell` knows of. Where all are equal Student's interval has no width, which
  /// claims too much: Dirichlet then, too.
  init?(_ ratings: RatingSummary, of cell: Cell, effect: Double?) {
    guard let mean = ratings.mean, let variance = ratings.variance ?? (ratings.count == 1 ? 0 : nil) else { return nil }
    let taken = max(
      1, effect ?? Self.likelyDesignEffect(ratings.count, cell.people, buckets: cell.buckets.sums.count))
    if ratings.count < Self.countMin || variance == 0 {
      (low, high) = ratings.smallSampleInterval(designEffect: taken)
      method = .dirichlet
    } else {
      let t = Distribution.studentQuantile(0.975, degreesOfFreedom: Double(ratings.count - 1))
      let half = t * (variance * taken / Double(ratings.count)).squareRoot()
      (low, high) = (max(1, mean - half), min(5, mean + half))
      method = .student
    }
    designEffect = taken
  }

  /// Of ratings by groups of people; nil without ratings.
  ///
  /// `people` are those who gave them.
  init?(_ ratings: RatingSummary, _ buckets: UserBuckets, _ people: PeopleSample) {
    if ratings.count == 0 { return nil }
    let sums = buckets.sums
    let variance = ratings.variance ?? 0
    let isEnough = ratings.count >= Self.countMin && sums.count >= Self.bucketsMin && variance > 0
    let clustered = isEnough ? ClusteredMean(buckets: sums, unit: 1e-6) : nil
    if let clustered, clustered.standardError > 0 {
      low = max(1, clustered.interval.low)
      high = min(5, clustered.interval.high)
      method = .clustered
      designEffect = clustered.designEffect(variance: variance, count: ratings.count)
    } else {
      let effect = Self.likelyDesignEffect(ratings.count, people, buckets: sums.count)
      (low, high) = ratings.smallSampleInterval(designEffect: effect)
      method = .dirichlet
      designEffect = clustered == nil ? effect : nil
    }
  }

  /// The design effect of ratings by people who rate equally often, 1 + ρ(n/m − 1) (Kish), with ρ the likeness.
  ///
  /// The number m of people is exact below 10. Above it is what their smallest hashes make likely, or how many are likely
  /// where so many of the buckets hold somebody (linear counting, which knows better up to some 60); at most one for each
  /// rating.
  static func likelyDesignEffect(_ count: Int, _ people: PeopleSample, buckets: Int) -> Double {
    var likely = people.likelyCount
    if !people.isExact {
      let all = Double(UserBuckets.count)
      let share = min(Double(buckets), all - 0.5) / all
      likely = max(likely, log(1 - share) / log(1 - 1 / all))
    }
    return 1 + likeness * max(0, Double(count) / max(1, min(likely, Double(count))) - 1)
  }
}

extension Cell {
  /// The share of poor answers, with an interval that allows for people who rated more than once.
  var poorInterval: ProportionInterval? { shareInterval(rating.poorCount, found: poorDesignEffect) }

  /// The same of good answers, taken to be as alike as the ratings as a whole.
  var goodInterval: ProportionInterval? {
    let mean = meanEstimate
    guard mean?.method == .clustered, let effect = mean?.designEffect else {
      return shareInterval(rating.goodCount, found: poorDesignEffect)
    }
    return shareInterval(rating.goodCount, found: (effect, buckets.sums.count - 1))
  }

  /// The interval of a share of the ratings, with the design effect that groups of people were found to have.
  ///
  /// Up to 1.3 that is taken for chance, unless people rate so often that more is likely. It is itself uncertain: hence
  /// Student's quantile. Without one, what is likely counts where it is above 1.3.
  private func shareInterval(
    _ count: Int, found: (value: Double, degreesOfFreedom: Int)?
  ) -> ProportionInterval? {
    let likely = likelyDesignEffect
    guard let found else {
      return ProportionInterval(count: count, total: rating.count, designEffect: likely > 1.3 ? likely : 1)
    }
    if found.value <= 1 || max(found.value, likely) <= 1.3 {
      return ProportionInterval(count: count, total: rating.count)
    }
    let t = Distribution.studentQuantile(0.975, degreesOfFreedom: Double(found.degreesOfFreedom))
    return ProportionInterval(count: count, total: rating.count, z: t, designEffect: found.value)
  }

  /// The interval of the mean of the overall ratings.
  var meanEstimate: MeanEstimate? { MeanEstimate(rating, buckets, people) }
}

/// How a slice stands among the slices of its field: means and shares drawn to the common one by as much as they are
/// uncertain.
struct SliceStanding: Sendable, Equatable {
  /// The share of all interactions, 0 to 1.
  var mix: Double?
  /// The empirical-Bayes mean in stars, and share of poor ratings; nil without ratings, or where nothing differs.
  var mean: Double?
  var poorShare: Double?
  /// From 1 for the lowest mean on, among the slices with enough ratings and people.
  var rank: Int?

  /// The standings of the slices of a field, in their order.
  static func standings(of field: SliceField, in report: AnalysisReport) -> [SliceStanding] {
    let slices = field.slices
    let means = ShrunkenMeans(slices.map { $0.cell.rating.moments })
    let shares = ShrunkenShares(slices.map { ($0.cell.rating.poorCount, $0.cell.rating.count) })
    var standings = slices.indices.map { index in
      let cell = slices[index].cell
      var standing = SliceStanding()
      standing.mix = Double(cell.interactions) / Double(max(1, report.total.interactions))
      if cell.rating.count > 0 {
        standing.mean = means?.groups[index].mean
        standing.poorShare = shares?.groups[index].mean
      }
      return standing
    }
    let ranked = slices.indices.filter {
      let cell = slices[$0].cell
      return cell.rating.count >= max(1, report.options.ratingsMin) && cell.people.count >= report.options.peopleMin
        && standings[$0].mean != nil
    }
    let order = ranked.sorted { (standings[$0].mean ?? 0, $0) < (standings[$1].mean ?? 0, $1) }
    for (rank, index) in order.enumerated() { standings[index].rank = rank + 1 }
    return standings
  }
}

/// What can be said of the share of poor answers without assuming anything of those that nobody rated.
struct Nonresponse: Sendable, Equatable {
  /// Whether it is known who was asked; else every answer counts as asked about.
  let isAskedKnown: Bool
  let asked: Int
  let answered: Int
  /// The share that answered.
  let rate: ProportionInterval?
  /// If none of the silent had found the answer poor, or all of them.
  let poor: Interval?

  init(_ cell: Cell) {
    let rating = cell.asked.rating
    asked = cell.asked.asked > 0 ? cell.asked.asked : cell.answered
    answered = cell.asked.asked > 0 ? rating.count : cell.rating.count
    isAskedKnown = cell.asked.asked > 0
    rate = ProportionInterval(count: answered, total: asked)
    poor = NonresponseBounds.share(
      count: isAskedKnown ? rating.poorCount : cell.rating.poorCount, answered: answered, asked: asked)
  }
}

/// Whether slow answers are rated poor more often: an association, as long answers are slow for good reasons.
struct Slowness: Sendable, Equatable {
  /// Poor answers of rated ones, by fifths of the response time, shortest first.
  let parts: [(count: Int, total: Int)]
  /// The test for a share that rises from one fifth to the next.
  let trend: ShareTrend
  /// What remains of its probability of chance after all such tests of the report were corrected for together.
  var q: Double
  /// The ratio of the odds from one fifth to the next; nil where it has no bound.
  let oddsRatio: Double?
  /// How often a poor answer took longer than another one.
  let superiority: Double?

  /// nil with fewer ratings than the least, or than 5 that are poor or that are not.
  init?(_ times: ResponseTimes, ratingsMin: Int) {
    let (poor, others) = (times.poor.count, times.notPoor.count)
    guard poor >= AnalysisOptions.signalMin, others >= AnalysisOptions.signalMin, poor + others >= ratingsMin else {
      return nil
    }
    let parts = times.poor.shares(among: times.notPoor)
    guard let trend = ShareTrend(parts) else { return nil }
    self.parts = parts
    self.trend = trend
    q = trend.pValue
    oddsRatio = LogisticTrend(parts).map { exp($0.slope) }
    superiority = MannWhitney(times.poor, times.notPoor)?.superiority
  }

  static func == (left: Slowness, right: Slowness) -> Bool {
    left.trend == right.trend && left.q == right.q && left.parts.elementsEqual(right.parts, by: ==)
  }
}

/// How much each dimension explains of the overall ratings.
struct Drivers: Sendable {
  /// The fewest complete answers that are analysed.
  static let countMin = 50
  /// Above this the dimensions move together and cannot be told apart.
  static let inflationMax = 5.0

  let analysis: DriverAnalysis?

  init(_ sums: CrossProducts) { analysis = sums.count < Self.countMin ? nil : DriverAnalysis(sums) }

  /// What accuracy, helpfulness and clarity add to R²; nil where they cannot be told apart.
  var importance: [Double]? {
    guard let analysis, analysis.varianceInflation.allSatisfy({ $0 <= Self.inflationMax }) else { return nil }
    return analysis.importance
  }
}
