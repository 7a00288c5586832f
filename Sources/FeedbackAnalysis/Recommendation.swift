import NDJSON
import Statistics
import Timestamps

/// What to do next about a finding, and how to see whether it helped.
public struct Recommendation: Sendable {
  /// What kind of thing to do.
  public enum Kind: String, Sendable {
    /// What the answers are based on.
    case reviewKnowledge = "review_knowledge"
    /// How they are asked for and laid out.
    case revisePrompt = "revise_prompt"
    /// What they leave out.
    case completeAnswers = "complete_answers"
    /// Read them: what is wrong is not known.
    case reviewAnswers = "review_answers"
    /// Get more of them rated.
    case askMore = "ask_more"
    /// Nothing.
    case none
  }

  /// How to see whether it helped.
  struct Verification: Sendable {
    var metric: String
    var baseline: Double
    var target: Double
    /// Ratings, or answers, that are needed after the change.
    var countMin: Int?
    var command: String?

    /// What `countMin` counts.
    var unit: String { metric == "feedback_rate" ? "answer" : "rating" }
  }

  let kind: Kind
  let scope: [UInt8]
  let statement: [UInt8]
  let evidenceJSON: [UInt8]
  let impactJSON: [UInt8]
  let priority: Int
  let confidence: String
  let action: String
  let nextCommand: String?
  let verification: Verification?
  /// What recommendations of one priority are ranked by.
  let weight: Double

  /// The same for the same advice in the same scope.
  var id: [UInt8] { Finding.id(kind.rawValue, scope) }

  /// The record on a line.
  public var line: [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "recommendation")
    line.integer("schema", 1)
    line.text("id", id)
    line.text("kind", kind.rawValue)
    line.raw("scope", scope)
    line.text("statement", statement)
    line.raw("evidence", evidenceJSON.isEmpty ? Array("{}".utf8) : evidenceJSON)
    line.raw("impact", impactJSON.isEmpty ? Array("{}".utf8) : impactJSON)
    line.integer("priority", priority)
    line.text("confidence", confidence)
    line.text("action", action)
    line.text("next_command", nextCommand)
    if let verification {
      line.open("verify")
      line.text("metric", verification.metric)
      line.real("baseline", verification.baseline)
      line.real("target", verification.target)
      line.real("min_n", verification.countMin.map(Double.init))
      line.text("command", verification.command)
      line.close()
    } else {
      line.text("verify", nil)
    }
    line.end()
    return line.bytes
  }
}

/// The rules that make advice of findings.
public struct Advice: Sendable {
  /// What to do, most urgent first; one of kind `none` where there is nothing to do, and nothing without an analysis.
  public private(set) var recommendations: [Recommendation] = []
  let input: AnalysisInput

  /// Applies the rules.
  public init(_ input: AnalysisInput) {
    self.input = input
    // Of an analysis without a window the end is its newest record, which is not to be counted again.
    let since = input.whole?.to.map { Timestamp(seconds: min($0.seconds + 1, Timestamp.secondsRange.upperBound)) }
    for finding in input.findings {
      switch finding.kind {
      case Array(Finding.Kind.problem.rawValue.utf8):
        recommendations.append(Advice.improve(finding, since: since))
      case Array(Finding.Kind.lowFeedback.rawValue.utf8):
        recommendations.append(Advice.ask(finding, since: since))
      default: break
      }
    }
    let order = recommendations.indices.sorted { a, b in
      let (left, right) = (recommendations[a], recommendations[b])
      return (left.priority, -left.weight, a) < (right.priority, -right.weight, b)
    }
    recommendations = order.map { recommendations[$0] }
    if recommendations.isEmpty && !input.isEmpty { recommendations = [nothing] }
  }

  /// Findings that are not acted upon yet.
  var earlySignals: [ReadFinding] {
    input.findings.filter { $0.kind == Array(Finding.Kind.earlySignal.rawValue.utf8) }
  }

  private static func improve(_ finding: ReadFinding, since: Timestamp?) -> Recommendation {
    let weakest = finding.weakest.map { String(decoding: $0, as: UTF8.self) }
    let (kind, action): (Recommendation.Kind, String) =
      switch weakest {
      case "accuracy":
        (
          .reviewKnowledge,
          "Accuracy is rated lowest: read the poor answers, and correct the knowledge or the retrieval behind them."
        )
      case "clarity":
        (
          .revisePrompt,
          "Clarity is rated lowest: read the poor answers, and revise the prompt and the format it asks for."
        )
      case "helpfulness":
        (
          .completeAnswers,
          "Helpfulness is rated lowest: read the poor answers for what they leave out, and ask for it in the prompt."
        )
      default:
        (
          .reviewAnswers,
          "Read the poor answers for what they have in common, and have accuracy, helpfulness and clarity rated too."
        )
      }
    let target = finding.restShare ?? finding.target
    return Recommendation(
      kind: kind, scope: finding.scope.json, statement: finding.statement, evidenceJSON: finding.evidenceJSON,
      impactJSON: finding.impactJSON, priority: finding.confidence == Array("high".utf8) ? 1 : 2,
      confidence: String(decoding: finding.confidence, as: UTF8.self), action: action,
      nextCommand: ShellCommand.selectPoor(finding.scope, id: finding.id),
      verification: verification(
        "rating.poor.share", finding, target: target, since: since, show: "{n: .rating.n, poor: .rating.poor}"),
      weight: finding.excess ?? 0)
  }

  private static func ask(_ finding: ReadFinding, since: Timestamp?) -> Recommendation {
    Recommendation(
      kind: .askMore, scope: finding.scope.json, statement: finding.statement, evidenceJSON: finding.evidenceJSON,
      impactJSON: finding.impactJSON, priority: 2,
      confidence: String(decoding: finding.confidence, as: UTF8.self),
      action: "Ask about more of these answers, or where people see it: "
        + "what so few say may not be what the others think.",
      nextCommand: ShellCommand.selectUnrated(finding.scope, id: finding.id),
      verification: verification(
        "feedback_rate", finding, target: 0.05, since: since, show: "{interactions, errors, rated, feedback_rate}"),
      weight: 0)
  }

  private static func verification(
    _ metric: String, _ finding: ReadFinding, target: Double?, since: Timestamp?, show: String
  ) -> Recommendation.Verification? {
    guard let baseline = finding.share, let target else { return nil }
    return Recommendation.Verification(
      metric: metric, baseline: baseline, target: target,
      countMin: ProportionInterval.sampleSize(from: baseline, to: target),
      command: ShellCommand.measure(finding.scope, since: since, show: show))
  }

  /// That nothing is to be done is worth a record: it says what was looked at.
  private var nothing: Recommendation {
    let checked = input.whole.map(\.checked) ?? AnalysisReport.Checked()
    let signals = earlySignals.count
    let hasChecks = checked.slices.contains { $0.count > 0 }
    var statement = "Nothing to do: no finding calls for a change."
    if hasChecks { statement += " \(checked.sentence)" }
    if !hasChecks && !checked.slices.isEmpty { statement = "Nothing can be said yet. \(checked.sentence)" }
    if signals > 0 { statement += signals == 1 ? " There is 1 early signal." : " There are \(signals) early signals." }
    var evidence = RecordLine()
    evidence.begin()
    if let whole = input.whole {
      evidence.integer("rated", whole.rated)
      if !whole.checkedJSON.isEmpty { evidence.raw("checked", whole.checkedJSON) }
    }
    evidence.integer("early_signals", signals)
    evidence.close()
    return Recommendation(
      kind: .none, scope: Array("{}".utf8), statement: Array(statement.utf8), evidenceJSON: evidence.bytes,
      impactJSON: [], priority: 3, confidence: hasChecks ? "medium" : "low",
      action: hasChecks ? "Go on measuring." : "Collect more ratings: there are too few to compare groups.",
      nextCommand: nil, verification: nil, weight: 0)
  }
}
