import Statistics

/// A trend of a slice with what was tested in it: whether the mean drifts, whether the share of poor answers changed at
/// some time, and how it compares with an earlier window.
public struct SliceTrend: Sendable {
  /// A drift of the mean of the bins.
  public struct Drift: Sendable {
    /// Bins with a rating.
    public var binCount: Int
    /// Kendall's τ, −1 to 1.
    public var tau: Double
    /// The median slope, in stars a week.
    public var starsPerWeek: Double
    /// Its 95 % interval; nil where all means are equal.
    public var interval: Interval?
    /// By how much the variance was multiplied because bins depend on those before them; 1 where they do not.
    public var varianceFactor: Double
    /// The adjusted probability of chance.
    public internal(set) var q = 1.0
    let p: Double
  }

  /// A change of the share of poor answers at a day.
  public struct Change: Sendable {
    /// The first day of the new share, in days since 1970-01-01.
    public var day: Int
    /// Before that day.
    public var before: WindowComparison.Share
    /// From that day on.
    public var since: WindowComparison.Share
    /// The adjusted probability of chance, of a change on any day.
    public internal(set) var q = 1.0
    let p: Double
  }

  /// Which interactions.
  public let scope: Scope
  /// Its bins.
  public let bins: TrendBins
  /// Whether the mean drifts; nil where that was not tested.
  public internal(set) var drift: Drift?
  /// Where the share changed most; nil where that was not tested.
  public internal(set) var change: Change?
  /// Beside an earlier window; nil where they were not compared.
  public internal(set) var comparison: Comparison?

  /// A comparison with its adjusted probabilities.
  public struct Comparison: Sendable {
    /// Both windows.
    public var windows: WindowComparison
    /// The adjusted probability of chance of the difference in shares.
    public internal(set) var shareQ = 1.0
    /// The same of the difference in ratings.
    public internal(set) var ratingsQ = 1.0
    /// How much of the change of everything is of the mix.
    public internal(set) var mix: MixSplit?
  }

  /// A drift needs as many bins.
  static let binsMin = 8

  init(scope: Scope, cell: Cell) {
    self.scope = scope
    bins = TrendBins(cell.days)
  }

  /// Makes the tests within the window.
  mutating func test(_ cell: Cell) {
    drift = Self.drift(bins)
    change = Self.change(cell)
  }

  /// Mann and Kendall's test of the means, with the correction of Hamed and Rao where each depends on the one before;
  /// never with a smaller probability for it.
  private static func drift(_ bins: TrendBins) -> Drift? {
    let rated = bins.all.filter { $0.rated > 0 }
    guard rated.count >= binsMin, rated.count <= TrendBins.countMax else { return nil }
    let means = rated.compactMap(\.mean)
    guard let test = MannKendall(means), let line = TheilSen(means, at: rated.map(\.day)) else { return nil }
    var (p, factor) = (test.pValue, 1.0)
    if isAutocorrelated(means, rated, line), let corrected = MannKendall.hamedRao(means), corrected.pValue > p {
      (p, factor) = (corrected.pValue, corrected.factor)
    }
    let interval = line.interval.map { Interval(low: $0.low * 7, high: $0.high * 7) }
    return Drift(
      binCount: rated.count, tau: test.tau, starsPerWeek: line.slope * 7, interval: interval, varianceFactor: factor,
      p: p)
  }

  /// Whether what the line leaves resembles what it left the bin before: beyond ±1.96/√n.
  private static func isAutocorrelated(_ means: [Double], _ bins: [DayCount], _ line: TheilSen) -> Bool {
    let left = zip(means, bins).map { $0 - line.slope * Double($1.day - bins[0].day) }
    let centre = left.reduce(0, +) / Double(left.count)
    let power = left.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    let product = zip(left, left.dropFirst()).reduce(0) { $0 + ($1.0 - centre) * ($1.1 - centre) }
    return power > 0 && abs(product / power) > ProportionInterval.z95 / Double(left.count).squareRoot()
  }

  /// The cumulative sum over the days, whatever the width of the bins: it needs no day to hold many.
  private static func change(_ cell: Cell) -> Change? {
    let days = cell.days.all.filter { $0.rated > 0 }
    guard days.count >= binsMin else { return nil }
    let groups = days.map { (count: $0.poor, total: $0.rated) }
    guard let found = ShareChange(groups, designEffect: cell.testDesignEffect) else { return nil }
    func share(_ days: ArraySlice<DayCount>) -> WindowComparison.Share {
      WindowComparison.Share(poor: days.reduce(0) { $0 + $1.poor }, rated: days.reduce(0) { $0 + $1.rated })
    }
    return Change(
      day: days[found.index].day, before: share(days[..<found.index]), since: share(days[found.index...]),
      p: found.pValue)
  }
}

/// How much of the change of everything is of the answers, and how much of what is asked about (Kitagawa 1955).
public struct MixSplit: Sendable {
  /// The field whose values make the mix.
  public var field: String
  /// The change of the share of poor answers that the shares within the values make.
  public var quality: Double
  /// The change that the weights of the values make.
  public var mix: Double
  /// The adjusted probability of chance of the change within the values; nil where it cannot be tested.
  public internal(set) var q: Double?
  let p: Double?

  /// Splits over the values of a field; nil where a window has no ratings or the field one value.
  ///
  /// People who rate often make a change within the values as likely by chance as one of everything.
  init?(_ field: SliceField, before: SliceField, of windows: WindowComparison) {
    var earlier: [[UInt8]: RatingSummary] = [:]
    for slice in before.slices { earlier[slice.scope.json] = slice.cell.rating }
    var strata = field.slices.map { slice in
      let then = earlier.removeValue(forKey: slice.scope.json) ?? RatingSummary()
      return StratifiedComparison.Stratum(
        count: then.poorCount, total: then.count, laterCount: slice.cell.rating.poorCount,
        laterTotal: slice.cell.rating.count)
    }
    // What is gone now, in the order of its names: sums of floating point depend on the order.
    for slice in before.slices where earlier[slice.scope.json] != nil {
      let then = slice.cell.rating
      strata.append(.init(count: then.poorCount, total: then.count, laterCount: 0, laterTotal: 0))
    }
    guard strata.count > 1, let split = StratifiedComparison(strata) else { return nil }
    self.field = field.name
    (quality, mix) = (split.rateEffect, split.mixEffect)
    p = split.chiSquare.map { windows.probability(z: $0.squareRoot()) }
  }
}
