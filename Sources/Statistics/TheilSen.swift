/// The slope of a series that outliers do not move: the median of the slopes of all pairs (Theil 1950, Sen 1968).
public struct TheilSen: Sendable, Equatable {
  /// Units of the values for a unit of time.
  public let slope: Double
  /// Median value less slope times the median time (Conover 1980), in the unit of the values.
  public let intercept: Double
  /// The 95 % interval of the slope, from the ranks (m ∓ 1.96·√Var S)/2 of the sorted slopes, Var S as in Mann and
  /// Kendall's test; nil where all values are equal.
  public let interval: Interval?

  /// Fits values at increasing times, by default 0, 1, 2 …; days that have no value may be left out.
  ///
  /// n(n − 1)/2 slopes are sorted, so it is meant for some hundred values. nil below two values, where a value is not
  /// finite or the slope too large for a number, or where times do not increase or differ in number.
  public init?(_ values: [Double], at times: [Int]? = nil) {
    let times = times ?? Array(values.indices)
    guard values.count > 1, values.allSatisfy(\.isFinite), times.count == values.count,
      zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }), let test = MannKendall(values)
    else { return nil }
    var slopes: [Double] = []
    slopes.reserveCapacity(values.count * (values.count - 1) / 2)
    for later in 1..<values.count {
      for earlier in 0..<later {
        slopes.append((values[later] - values[earlier]) / (Double(times[later]) - Double(times[earlier])))
      }
    }
    slopes.sort()
    let slope = Self.median(ofSorted: slopes)
    guard slope.isFinite else { return nil }
    self.slope = slope
    intercept = Self.median(ofSorted: values.sorted()) - Self.median(ofSorted: times.map { Double($0) }) * slope
    let reach = ProportionInterval.z95 * test.variance.squareRoot()
    let count = Double(slopes.count)
    let low = Int(((count - reach) / 2).rounded(.toNearestOrEven)) - 1
    let high = Int(((count + reach) / 2).rounded(.toNearestOrEven))
    interval =
      test.variance > 0
      ? Interval(low: slopes[max(0, low)], high: slopes[min(slopes.count - 1, high)]) : nil
  }

  private static func median(ofSorted values: [Double]) -> Double {
    let upper = values[values.count / 2]
    return values.count % 2 == 1 ? upper : (values[values.count / 2 - 1] + upper) / 2
  }
}
