import Statistics
import Timestamps

extension AnalysisReport {
  /// The report for a person at a terminal.
  public var terminalText: String {
    var text = header
    for field in fields where !field.slices.isEmpty { text += "\n" + table(field) }
    if !total.days.all.isEmpty { text += "\n" + dailyMeans }
    return text + "\n" + findingsText
  }

  private var header: String {
    var text = "\(total.interactions) interactions"
    if let from, let to { text += ", \(from.text) to \(to.text)" }
    text += "\n"
    if total.errors > 0 { text += "\(total.errors) ended in an error and are in no figure below\n" }
    let rate = ProportionInterval(count: total.rating.count, total: total.answered)
    text += "\(total.rating.count) of \(total.answered) answers are rated"
    if let rate { text += " (\(Statement.percent(rate.share)) %)" }
    text += "\n"
    if undated > 0 { text += "\(undated) without a time are in no daily figure\n" }
    return text
  }

  private func table(_ field: SliceField) -> String {
    var table = TextTable(
      header: [
        DisplayText.printable(Array(field.name.utf8), widthMax: 32), "n", "rated", "mean", "(likely)", "poor",
        "(likely)", "p50 ms", "p95 ms",
      ])
    for slice in field.slices {
      var name = "(none)"
      if case .slice(_, .some(let value)) = slice.scope {
        name = value.isEmpty ? "\"\"" : DisplayText.printable(value, widthMax: 32)
      }
      table.add(row(name, slice.cell))
    }
    if field.slices.count > 1 { table.add(row("all", total)) }
    return table.text
  }

  private func row(_ name: String, _ cell: Cell) -> [String] {
    let poor = ProportionInterval(count: cell.rating.poorCount, total: cell.rating.count)
    let mean = cell.rating.meanInterval
    return [
      name, "\(cell.interactions)", "\(cell.rating.count)", cell.rating.mean.map(Self.stars) ?? "-",
      mean.map { "\(Self.stars($0.low))–\(Self.stars($0.high))" } ?? "-",
      poor.map { Statement.percent($0.share) + " %" } ?? "-",
      poor.map { "\(Statement.percent($0.low))–\(Statement.percent($0.high)) %" } ?? "-",
      Self.milliseconds(cell.responseTimes.quantile(permille: 500)),
      Self.milliseconds(cell.responseTimes.quantile(permille: 950)),
    ]
  }

  /// Two decimals.
  private static func stars(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  private static func milliseconds(_ value: Double?) -> String {
    value.map { $0 < 1e15 ? "\(Int($0.rounded()))" : "> 1e15" } ?? "-"
  }

  /// One mark a day, or a mark for several days where there are more than 60: the mean between 1 and 5 stars.
  private var dailyMeans: String {
    guard let first = total.days.all.first, let last = total.days.all.last else { return "" }
    let daysPerMark = (last.day - first.day) / 60 + 1
    let markCount = (last.day - first.day) / daysPerMark + 1
    var marks = [DayCount](repeating: DayCount(day: 0), count: markCount)
    for day in total.days.all {
      let index = (day.day - first.day) / daysPerMark
      marks[index].rated += day.rated
      marks[index].sum += day.sum
    }
    let levels = Array("▁▂▃▄▅▆▇█")
    let line = marks.map { mark -> Character in
      guard let mean = mark.mean else { return " " }
      return levels[min(7, max(0, Int((mean - 1) / 4 * 8)))]
    }
    let unit = daysPerMark == 1 ? "a mark a day" : "a mark for \(daysPerMark) days"
    let span = "\(Self.date(first.day)) to \(Self.date(last.day))"
    return "mean rating, 1 to 5 stars, \(unit), \(span)\n|\(String(line))|\n"
  }

  private static func date(_ day: Int) -> String {
    var text: [UInt8] = []
    Timestamp(seconds: day * 86_400).appendDay(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private var findingsText: String {
    let problems = findings.filter { $0.kind == .problem }
    var text = ""
    if problems.isEmpty { text += "Nothing to flag. \(checked.sentence)\n" }
    for (title, kind) in [
      ("Problems", Finding.Kind.problem), ("Early signals", .earlySignal), ("Little feedback", .lowFeedback),
    ] {
      let some = findings.filter { $0.kind == kind }
      if some.isEmpty { continue }
      text += "\(title)\n"
      for finding in some { text += "  - \(DisplayText.printable(finding.statement))\n" }
    }
    return text
  }
}
