import Statistics
import Timestamps

extension Advice {
  /// The report of a week, or of any window, in Markdown.
  public var markdown: String {
    guard !all.isEmpty else { return "# Feedback report\n\nThere was no analysis in the input.\n" }
    var text = title + "\n"
    if let whole = input.whole { text += "\n" + summary(whole) }
    if let line = Sparkline(input.days) { text += "\nMean rating, 1 to 5 stars, \(line.legend): `\(line.marks)`\n" }
    text += overview
    text += judgedText
    text += "\n## What to do\n"
    for (index, item) in recommendations.enumerated() { text += "\n" + section(index + 1, item) }
    if !improvements.isEmpty { text += "\n## What got better\n\n" }
    for finding in improvements { text += "- \(Self.shown(finding.statement))\n" }
    text += "\n## Early signals\n\n"
    let signals = earlySignals
    if signals.isEmpty { text += "None.\n" }
    for signal in signals { text += "- \(Self.shown(signal.statement))\n" }
    let gaps = notMeasured
    text += "\n## What could not be measured\n\n"
    text += gaps.isEmpty ? "Nothing was missing.\n" : gaps.map { "- \($0)\n" }.joined()
    return text
  }

  private var title: String {
    guard let from = input.whole?.window.from, let to = input.whole?.window.to else { return "# Feedback report" }
    return "# Feedback report, \(from.text) to \(to.text)"
  }

  private func summary(_ whole: ReadMetric) -> String {
    var text = "\(Statement.counted(whole.interactions, "interaction")), \(Statement.counted(whole.errors, "error")); "
    text += "\(whole.rated) of \(whole.interactions - whole.errors) answers are rated"
    if let rate = ProportionInterval(count: whole.rated, total: whole.interactions - whole.errors) {
      text += " (\(Statement.percent(rate.share)) %)"
    }
    text += "."
    if let mean = whole.mean {
      text += " Mean \(Statement.stars(mean))\(Self.stars(whole.meanLow, whole.meanHigh)),"
      text += " poor \(Self.percent(whole.poorShare, whole.poorLow, whole.poorHigh))."
    }
    return text + "\n"
  }

  /// One table for each field.
  private var overview: String {
    var fields: [String] = []
    for metric in input.metrics {
      guard let field = metric.scope.members.first?.field, metric.scope.members.count == 1 else { continue }
      if !fields.contains(field) { fields.append(field) }
    }
    var text = ""
    for field in fields {
      text += "\n## By \(Self.shown(Array(field.utf8)))\n\n"
      text += "| \(Self.shown(Array(field.utf8))) | interactions | rated | mean (likely) | poor (likely) | p95 ms |\n"
      text += "| --- | ---: | ---: | ---: | ---: | ---: |\n"
      for metric in input.metrics where metric.scope.members.count == 1 && metric.scope.members[0].field == field {
        let name = metric.scope.members[0].value.map { $0.isEmpty ? "\"\"" : Self.shown($0) } ?? "*none*"
        let mean = metric.mean.map { Statement.stars($0) + Self.stars(metric.meanLow, metric.meanHigh) } ?? "-"
        let poor = Self.percent(metric.poorShare, metric.poorLow, metric.poorHigh)
        let slow = metric.p95.map { "\(Int($0.rounded()))" } ?? "-"
        text += "| \(name) | \(metric.interactions) | \(metric.rated) | \(mean) | \(poor) | \(slow) |\n"
      }
    }
    return text
  }

  /// Whether it helped.
  private var judgedText: String {
    if judged.isEmpty { return "" }
    var text = "\n## What came of earlier advice\n"
    for item in judged {
      guard let verification = item.verification, let outcome = item.outcome else { continue }
      text += "\n- \(Self.shown(item.statement))\n\n  **\(Self.shown(Array(outcome.statement(verification).utf8)))**\n"
      let isAbove = recommendations.contains { $0.id == item.id }
      if !outcome.isClosed && !isAbove { text += "  \(Self.shown(Array(item.action.utf8)))\n" }
    }
    return text
  }

  private func section(_ number: Int, _ item: Recommendation) -> String {
    var text = "### \(number). \(Self.shown(item.statement))\n\n\(Self.shown(Array(item.action.utf8)))\n"
    if item.kind != .none {
      text += "\nPriority \(item.priority), confidence \(Self.escaped(item.confidence)).\n"
    }
    if let command = item.nextCommand {
      text += "\n```sh\n\(command)\n```\n"
    } else if item.kind != .none {
      text += "\n\(Self.noCommand)\n"
    }
    if let goal = goal(item) {
      text += "\nGoal: \(Self.shown(goal))\n"
      if let command = item.verification?.command {
        text += "\nTo see whether it helped:\n\n```sh\n\(command)\n```\n"
      }
    }
    if let check = item.verification, let outcome = item.outcome {
      text += "\nAdvised before. \(Self.shown(Array(outcome.statement(check).utf8)))\n"
    }
    return text
  }

  /// What stands in the place of a command that there cannot be.
  fileprivate static let noCommand =
    "No command line can name these records safely, by this field or at this length: select them by hand."

  /// What a reader might look for in vain.
  private var notMeasured: [String] {
    guard let whole = input.whole else { return ["The analysis has no metric of everything."] }
    var gaps: [String] = []
    if whole.rated == 0 { gaps.append("No answer is rated.") }
    for (field, checked) in whole.checked.slices {
      let all = input.metrics.filter { $0.scope.members.count == 1 && $0.scope.members[0].field == field }.count
      if all > checked {
        let name = Self.shown(Array(Scope.counted(all, field).utf8))
        gaps.append(
          "\(all - checked) of \(name): fewer than \(whole.ratingsMin) ratings, too few people, or nothing to compare with."
        )
      }
    }
    if whole.ratedDimensions < Dimension.allCases.count {
      gaps.append(
        "\(3 - whole.ratedDimensions) of the dimensions accuracy, helpfulness and clarity: nobody rated them.")
    }
    if whole.p95 == nil { gaps.append("Response times: no record has one.") }
    if whole.undated > 0 {
      gaps.append("The day of \(Statement.counted(whole.undated, "interaction")) without a time.")
    }
    return gaps
  }

  private static func stars(_ low: Double?, _ high: Double?) -> String {
    guard let low, let high else { return "" }
    return " (\(Statement.stars(low)) to \(Statement.stars(high)))"
  }

  private static func percent(_ share: Double?, _ low: Double?, _ high: Double?) -> String {
    guard let share else { return "-" }
    guard let low, let high else { return "\(Statement.percent(share)) %" }
    return "\(Statement.percent(share)) % (\(Statement.percent(low)) to \(Statement.percent(high)) %)"
  }

  /// Text of a record in which nothing is Markdown or HTML, and every character is seen.
  private static func shown(_ text: [UInt8]) -> String { escaped(DisplayText.spelled(text)) }

  /// Text of a record in which nothing is Markdown or HTML.
  static func escaped(_ text: String) -> String { escaped(Array(text.utf8)) }

  /// Text of a record in which nothing is Markdown or HTML.
  static func escaped(_ text: [UInt8]) -> String {
    var result = ""
    for scalar in DisplayText.printable(text).unicodeScalars {
      if "\\`*_{}[]<>#|~&!$".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

extension Advice {
  /// The advice for a person at a terminal.
  public var terminalText: String {
    if all.isEmpty { return "There was no analysis in the input.\n" }
    var text = ""
    for (index, item) in recommendations.enumerated() {
      text +=
        "\(index + 1). \(DisplayText.spelled(item.statement))\n   \(DisplayText.spelled(Array(item.action.utf8)))\n"
      if item.kind != .none {
        text += "   priority \(item.priority), confidence \(DisplayText.printable(item.confidence))\n"
      }
      if let command = item.nextCommand {
        text += "   next:  \(command)\n"
      } else if item.kind != .none {
        text += "   next:  \(Self.noCommand)\n"
      }
      if let goal = goal(item) { text += "   goal:  \(DisplayText.spelled(goal))\n" }
      if let command = item.verification?.command { text += "   check: \(command)\n" }
      text += Self.verdict(item)
    }
    for item in earlier {
      text += "=  \(DisplayText.spelled(item.statement))\n" + Self.verdict(item)
      if item.outcome?.isClosed == false { text += "   \(DisplayText.spelled(Array(item.action.utf8)))\n" }
    }
    for finding in improvements { text += "+  \(DisplayText.spelled(finding.statement))\n" }
    for signal in earlySignals { text += "-  \(DisplayText.spelled(signal.statement))\n" }
    return text
  }

  private static func verdict(_ item: Recommendation) -> String {
    guard let verification = item.verification, let outcome = item.outcome else { return "" }
    return "   verdict: \(DisplayText.spelled(Array(outcome.statement(verification).utf8)))\n"
  }
}
