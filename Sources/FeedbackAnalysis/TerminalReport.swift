import Statistics
import Timestamps

extension AnalysisReport {
  /// The report for a person at a terminal.
  public var terminalText: String {
    var text = Statement.counted(total.interactions, "interaction")
    if let from, let to { text += ", \(from.text) to \(to.text)" }
    text += "\n" + headerLines.dropFirst().map { $0 + "\n" }.joined()
    for field in fields where !field.slices.isEmpty {
      let content = rows(field)
      var table = TextTable(header: content.header)
      for row in content.rows { table.add(row) }
      text += "\n" + table.text + content.legends.map { $0 + "\n" }.joined()
    }
    if let line = sparkline { text += "\nmean rating, 1 to 5 stars, \(line.legend)\n|\(line.marks)|\n" }
    text += "\n"
    if let line = quietLine { text += DisplayText.printable(line) + "\n" }
    for section in sections {
      text += section.title + "\n"
      for sentence in section.sentences {
        text += "  - \(DisplayText.printable(sentence.text))\n"
        if !sentence.examples.isEmpty {
          let ids = sentence.examples.map { DisplayText.printable($0, widthMax: 40) }
          text += "    for example \(ids.joined(separator: ", "))\n"
        }
      }
    }
    return text
  }

  /// How much there is, in lines.
  var headerLines: [String] {
    var lines = [Statement.counted(total.interactions, "interaction")]
    if total.errors > 0 { lines.append("\(Statement.counted(total.errors, "error")), in no figure below") }
    let rate = ProportionInterval(count: total.rating.count, total: total.answered)
    let percent = rate.map { " (\(Statement.percent($0.share)) %)" } ?? ""
    lines.append("\(total.rating.count) of \(total.answered) answers are rated\(percent)")
    if let line = weightedLine { lines.append(line) }
    if undated > 0 { lines.append("\(Statement.counted(undated, "interaction")) without a time, in no daily figure") }
    return lines
  }

  /// What the ratings that were asked for say of all answers, where it is known who was asked.
  private var weightedLine: String? {
    guard options.isAskedKnown else { return nil }
    let weighted = WeightedRatings(total)
    let bounds = Nonresponse(total)
    if !bounds.isAskedKnown { return "no answer here was asked about: nothing to weigh" }
    let asked = "\(bounds.answered) of \(bounds.asked) that were asked about are rated"
    if bounds.answered == 0 { return asked }
    guard let mean = weighted.mean, let poor = weighted.poorShare else {
      let known = weighted.count == 0 ? "none" : weighted.count < bounds.answered ? "too few" : nil
      return asked + (known.map { "; \($0) with a known probability, to weigh" } ?? "; too few to weigh")
    }
    return asked + "; weighted: mean \(Statement.stars(mean.value)) (\(Statement.stars(mean.low))–"
      + "\(Statement.stars(mean.high))), poor \(Statement.percent(poor.value)) % "
      + "(\(Statement.percent(poor.low))–\(Statement.percent(poor.high)) %)"
  }

  /// The mean of each day over all.
  var sparkline: Sparkline? { Sparkline(total.days.all) }

  /// That nothing is to be flagged, where nothing is.
  var quietLine: [UInt8]? {
    hasProblem ? nil : Array("Nothing to flag. \(checked.sentence)".utf8)
  }

  /// The table of a field: a row for each value, and one of all where there are several.
  func rows(_ field: SliceField) -> (header: [String], rows: [[String]], legends: [String]) {
    var header = [
      DisplayText.printable(Array(field.name.utf8), widthMax: 32), "n", "rated", "mean", "(likely)", "poor",
      "(likely)", "p50 ms", "p95 ms",
    ]
    var rows: [[String]] = []
    for slice in field.slices {
      let names = slice.scope.members.map { member in
        guard let value = member.value else { return "(none)" }
        return value.isEmpty ? "\"\"" : DisplayText.printable(value, widthMax: 32)
      }
      rows.append(row(names.joined(separator: " + "), slice.cell, isShown: options.isShown(slice.cell)))
    }
    if field.slices.count > 1 { rows.append(row("all", total, isShown: true)) }
    var legends: [String] = []
    if field.slices.contains(where: { $0.cell.rating.count > 0 && !options.isShown($0.cell) }) {
      let (ratings, people) = (options.shownRatings, options.shownPeople)
      let other = people == ratings ? "" : "than \(people) "
      legends.append("-: fewer than \(ratings) ratings, or \(other)people who rated")
    }
    // A single day is no trend.
    if let first = total.days.all.first?.day, let last = total.days.all.last?.day, last > first {
      header.append("trend")
      let cells =
        field.slices.map { ($0.cell, options.isShown($0.cell)) } + (field.slices.count > 1 ? [(total, true)] : [])
      let lines = cells.map { Sparkline($0.0.days.all, over: first...last, marksMax: Self.trendMarksMax) }
      for (index, line) in lines.enumerated() { rows[index].append(cells[index].1 ? line.marks : "-") }
      legends.insert("trend: mean rating, 1 to 5 stars, \(lines[0].unit)", at: 0)
    }
    return (header, rows, legends)
  }

  private static let trendMarksMax = 12

  private func row(_ name: String, _ cell: Cell, isShown: Bool) -> [String] {
    let poor = isShown ? cell.poorInterval : nil
    let mean = isShown ? cell.meanEstimate : nil
    let times = cell.responseTimes.all
    return [
      name, "\(cell.interactions)", "\(cell.rating.count)",
      (isShown ? cell.rating.mean : nil).map(Statement.stars) ?? "-",
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
}
