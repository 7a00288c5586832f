import Timestamps

/// Daily means as a row of blocks: the lowest is 1 star, the highest 5, a blank is a day without a rating.
struct Sparkline {
  /// One mark a day, or for several days where there are more than 60.
  private(set) var marks = ""
  /// What a mark stands for, and from when to when.
  private(set) var legend = ""

  /// nil without a day.
  init?(_ days: [DayCount]) {
    guard let first = days.first?.day, let last = days.last?.day, last >= first else { return nil }
    let daysPerMark = (last - first) / 60 + 1
    var sums = [DayCount](repeating: DayCount(day: 0), count: (last - first) / daysPerMark + 1)
    for day in days where (first...last).contains(day.day) {
      sums[(day.day - first) / daysPerMark].rated += day.rated
      sums[(day.day - first) / daysPerMark].sum += day.sum
    }
    let levels = Array("▁▂▃▄▅▆▇█")
    for sum in sums {
      marks.append(sum.mean.map { levels[min(7, max(0, Int(($0 - 1) / 4 * 8)))] } ?? " ")
    }
    let unit = daysPerMark == 1 ? "a mark a day" : "a mark for \(daysPerMark) days"
    legend = "\(unit), \(Self.date(first)) to \(Self.date(last))"
  }

  private static func date(_ day: Int) -> String {
    var text: [UInt8] = []
    Timestamp(seconds: day * 86_400).appendDay(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
