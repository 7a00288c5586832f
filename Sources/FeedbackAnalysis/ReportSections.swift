import Statistics
import Timestamps

/// A heading and sentences under it, as UTF-8; text of records is in them as it is.
struct ReportSection {
  var title: String
  var sentences: [Sentence]

  struct Sentence {
    var text: [UInt8]
    /// Ids of answers to look at.
    var examples: [[UInt8]] = []
  }
}

extension AnalysisReport {
  /// What a report says in sentences: findings by kind, then how this window compares with the earlier one.
  var sections: [ReportSection] {
    var sections: [ReportSection] = []
    let titles: [(String, [Finding.Kind])] = [
      ("Problems", [.problem]), ("Worse than before", [.regression]),
      ("Changes within the window", [.changePoint, .drift]), ("Early signals", [.earlySignal, .changeSignal]),
      ("Little feedback", [.lowFeedback]),
      ("How ratings are given", [.straightLining, .contradictoryRatings]),
      ("What people say", [.complaintCluster, .complaintPhrases, .suggestionPhrases]),
      ("Better than before", [.improvement]),
    ]
    for (title, kinds) in titles {
      let some = findings.filter { kinds.contains($0.kind) }
      if some.isEmpty { continue }
      sections.append(
        ReportSection(
          title: title,
          sentences: some.map { ReportSection.Sentence(text: $0.statement, examples: $0.exampleIDs) }))
    }
    if let section = comparisons { sections.append(section) }
    return sections
  }

  /// Whether anything calls for a look: a problem, or something that became worse.
  var hasProblem: Bool {
    findings.contains { [.problem, .regression].contains($0.kind) }
  }

  /// What the comparison with the earlier window shows besides findings: where there is no clear change.
  private var comparisons: ReportSection? {
    guard let comparedWith else { return nil }
    var title = "Compared with the window before"
    if let from = comparedWith.from, let to = comparedWith.to { title = "Compared with \(from.text) to \(to.text)" }
    let compared = trends.filter { $0.comparison != nil }
    if compared.isEmpty {
      let text = "Nothing was compared: a window has too few ratings or people."
      return ReportSection(title: title, sentences: [.init(text: Array(text.utf8))])
    }
    var sentences: [ReportSection.Sentence] = []
    var quiet: [[UInt8]] = []
    for trend in compared {
      guard let comparison = trend.comparison, comparison.verdict(options) == nil else { continue }
      if comparison.isSignal(options) { continue }
      if trend.scope == .all {
        sentences.append(.init(text: Array(Self.noClearChange(comparison.windows).utf8)))
      } else {
        quiet.append(trend.scope.phrase)
      }
    }
    if !quiet.isEmpty { sentences.append(.init(text: Self.noClearChange(quiet))) }
    if sentences.isEmpty {
      sentences.append(.init(text: Array("All that was compared changed, or may have: see above.".utf8)))
    }
    return ReportSection(title: title, sentences: sentences)
  }

  private static func noClearChange(_ windows: WindowComparison) -> String {
    var text =
      "No clear change over all: poor \(Statement.share(windows.before)) before, \(Statement.share(windows.now)) now"
    text += ", likely \(Statement.points(windows.interval)) points"
    guard let needed = Statement.ratingsNeeded(from: windows.before.value) else { return text + "." }
    return text + "; seeing a 5-point change would need \(needed) ratings in each window."
  }

  private static func noClearChange(_ phrases: [[UInt8]]) -> [UInt8] {
    let shown = phrases.prefix(12)
    var text = Array("No clear change ".utf8) + Array(shown.joined(separator: Array(", ".utf8)))
    if phrases.count > shown.count { text += Array(" and in \(phrases.count - shown.count) others".utf8) }
    return text + Array(".".utf8)
  }
}
