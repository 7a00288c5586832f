import Timestamps

/// Daily means as a row of blocks: the lowest is 1 star, the highest 5, a blank is a day without a rating.
struct Sparkline {
  /// One mark a day, or for several days where there are more than fit.
  private(set) var marks = ""
  /// What a mark stands for, and from when to when.
  private(set) var legend = ""
  /// What a mark stands for.
  private(set) var unit = ""

  /// nil without a day.
  init?(_ days: [DayCount], marksMax: Int = 60) {
    guard let first = days.first?.day, let last = days.last?.day, last >= first else { return nil }
    self.init(days, over: first...last, marksMax: marksMax)
  }

  /// Over certain days, so that rows under each other have marks of the same days.
  init(_ days: [DayCount], over range: ClosedRange<Int>, marksMax: Int) {
    let (first, last) = (range.lowerBound, range.upperBound)
    let daysPerMark = (last - first) / marksMax + 1
    var sums = [DayCount](repeating: DayCount(day: 0), count: (last - first) / daysPerMark + 1)
    for day in days where range.contains(day.day) {
      sums[(day.day - first) / daysPerMark].rated += day.rated
      sums[(day.day - first) / daysPerMark].sum += day.sum
    }
    let levels = Array("▁▂▃▄▅▆▇█")
    for sum in sums {
      marks.append(sum.mean.map { levels[min(7, max(0, Int(($0 - 1) / 4 * 8)))] } ?? " ")
    }
    unit = daysPerMark == 1 ? "a mark a day" : "a mark for \(daysPerMark) days"
    legend = "\(unit), \(ZoneOffset.date(first)) to \(ZoneOffset.date(last))"
  }
}
