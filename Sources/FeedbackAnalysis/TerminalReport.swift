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
    var text = Statement.counted(total.interactions, "interaction")
    if let from, let to { text += ", \(from.text) to \(to.text)" }
    text += "\n"
    if total.errors > 0 { text += "\(Statement.counted(total.errors, "error")), in no figure below\n" }
    let rate = ProportionInterval(count: total.rating.count, total: total.answered)
    text += "\(total.rating.count) of \(total.answered) answers are rated"
    if let rate { text += " (\(Statement.percent(rate.share)) %)" }
    text += "\n"
    if undated > 0 { text += "\(Statement.counted(undated, "interaction")) without a time, in no daily figure\n" }
    return text
  }

  private func table(_ field: SliceField) -> String {
    var table = TextTable(
      header: [
        DisplayText.printable(Array(field.name.utf8), widthMax: 32), "n", "rated", "mean", "(likely)", "poor",
        "(likely)", "p50 ms", "p95 ms",
      ])
    for slice in field.slices {
      let names = slice.scope.members.map { member in
        guard let value = member.value else { return "(none)" }
        return value.isEmpty ? "\"\"" : DisplayText.printable(value, widthMax: 32)
      }
      table.add(row(names.joined(separator: " + "), slice.cell))
    }
    if field.slices.count > 1 { table.add(row("all", total)) }
    return table.text
  }

  private func row(_ name: String, _ cell: Cell) -> [String] {
    let poor = ProportionInterval(count: cell.rating.poorCount, total: cell.rating.count)
    let mean = cell.meanEstimate
    let times = cell.responseTimes.all
    return [
      name, "\(cell.interactions)", "\(cell.rating.count)", cell.rating.mean.map(Statement.stars) ?? "-",
      mean.map { "\(Statement.stars($0.low))–\(Statement.stars($0.high))" } ?? "-",
      poor.map { Statement.percent($0.share) + " %" } ?? "-",
      poor.map { "\(Statement.percent($0.low))–\(Statement.percent($0.high)) %" } ?? "-",
      Self.milliseconds(times.quantile(permille: 500)),
      Self.milliseconds(times.quantile(permille: 950)),
    ]
  }

  private static func milliseconds(_ value: Double?) -> String {
    value.map { $0 < 1e15 ? "\(Int($0.rounded()))" : "> 1e15" } ?? "-"
  }

  private var dailyMeans: String {
    guard let line = Sparkline(total.days.all) else { return "" }
    return "mean rating, 1 to 5 stars, \(line.legend)\n|\(line.marks)|\n"
  }

  private var findingsText: String {
    let problems = findings.filter { $0.kind == .problem }
    var text = ""
    if problems.isEmpty { text += "Nothing to flag. \(DisplayText.printable(Array(checked.sentence.utf8)))\n" }
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
