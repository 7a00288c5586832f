/// The days of a trend, or its ISO weeks where days hold too few ratings.
public struct TrendBins: Sendable, Equatable {
  /// How long a bin is.
  public enum Width: String, Sendable {
    /// A day.
    case day
    /// A week from Monday on.
    case week

    /// Its length in days.
    public var days: Int { self == .day ? 1 : 7 }
  }

  /// How long each bin is.
  public let width: Width
  /// The bins in which something happened, in order; `day` is the first day of each.
  public let all: [DayCount]

  /// More bins than this are put into weeks, and more weeks than this are not tested: tests look at every pair.
  static let countMax = 400
  /// Below this median of the ratings of a day, days are put into weeks.
  static let medianMin = 5

  /// Chooses the width: days if the median day on which something happened has 5 ratings or more.
  init(_ days: DayCounts) {
    let ratings = days.all.map(\.rated).sorted()
    // Of two in the middle the sum decides, so that 4 and 6 are enough.
    let doubledMedian = ratings.isEmpty ? 0 : ratings[(ratings.count - 1) / 2] + ratings[ratings.count / 2]
    if doubledMedian >= 2 * Self.medianMin && days.all.count <= Self.countMax {
      (width, all) = (.day, days.all)
      return
    }
    width = .week
    var weeks: [DayCount] = []
    for count in days.all {
      let monday = Self.monday(of: count.day)
      if weeks.last?.day != monday { weeks.append(DayCount(day: monday)) }
      weeks[weeks.count - 1].merge(count)
    }
    all = weeks
  }

  /// The Monday of the ISO week of a day: 1970-01-01 was a Thursday.
  static func monday(of day: Int) -> Int {
    let sinceMonday = (day + 3) % 7
    return day - (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday)
  }
}
