import Statistics

/// A rule that makes advice of a finding: the first of the table that fits holds.
struct FindingRule: Sendable {
  let kind: Recommendation.Kind
  let action: String
  let fits: @Sendable (ReadFinding, AnalysisInput) -> Bool

  /// The table.
  static let all: [FindingRule] = [
    FindingRule(
      kind: .askMore,
      action: "Ask about more of these answers, or where people see it: "
        + "what so few say may not be what the others think."
    ) { finding, _ in finding.isOf("low_feedback") },
    FindingRule(
      kind: .rollBack,
      action:
        "The others do better: go back to one of them until it is known why, and compare both on the same questions."
    ) { finding, input in isPoor(finding) && input.guilty(finding) != nil },
    FindingRule(
      kind: .coverLanguage,
      action: "One language stands out: have good answers written in it, and add them to what is tested and trained on."
    ) { finding, _ in isPoor(finding) && finding.scope.members.contains { $0.field == "language" && $0.value != nil } },
    FindingRule(
      kind: .reviewKnowledge,
      action: "Accuracy is rated lowest: read the poor answers, and correct the knowledge or the retrieval behind them."
    ) { finding, _ in isPoor(finding, weakest: "accuracy") },
    FindingRule(
      kind: .revisePrompt,
      action: "Clarity is rated lowest: read the poor answers, and revise the prompt and the format it asks for."
    ) { finding, _ in isPoor(finding, weakest: "clarity") },
    FindingRule(
      kind: .completeAnswers,
      action:
        "Helpfulness is rated lowest: read the poor answers for what they leave out, and ask for it in the prompt."
    ) { finding, _ in isPoor(finding, weakest: "helpfulness") },
    FindingRule(
      kind: .reviewAnswers,
      action:
        "Read the poor answers for what they have in common, and have accuracy, helpfulness and clarity rated too."
    ) { finding, _ in isPoor(finding) },
  ]

  /// Whether it is about poor answers; a rise that is of the mix is nobody's fault.
  private static func isPoor(_ finding: ReadFinding) -> Bool {
    if finding.isOf("problem") { return true }
    guard finding.isOfRise, finding.confidence != Array("low".utf8) else { return false }
    guard let quality = finding.qualityEffect, let mix = finding.mixEffect else { return true }
    return abs(quality) > abs(mix)
  }

  private static func isPoor(_ finding: ReadFinding, weakest: String) -> Bool {
    isPoor(finding) && finding.weakest == Array(weakest.utf8)
  }
}

extension AnalysisInput {
  /// The field of a finding that names a model or a version of the prompt, if another one is known to do better on ratings
  /// enough to go by: then there is something to go back to.
  func guilty(_ finding: ReadFinding) -> String? {
    for field in Cohorts.fields {
      guard let member = finding.scope.members.first(where: { $0.field == field }), member.value != nil,
        let share = finding.share
      else { continue }
      let rest = finding.scope.without(field)
      let hasBetter = metrics.contains { metric in
        guard let other = metric.scope.members.first(where: { $0.field == field }), other.value != member.value,
          other.value != nil, metric.scope.without(field).hasMembers(of: rest)
        else { return false }
        let poor = metric.counts(of: .poorShare)
        return poor.total >= 30 && Double(poor.count) < share * Double(poor.total)
      }
      if hasBetter { return field }
    }
    return nil
  }
}

/// A rule about what there is to train on, whatever was found.
struct MaterialRule: Sendable {
  let kind: Recommendation.Kind
  let action: String
  let nextCommand: @Sendable (AnalysisInput) -> String
  let fits: @Sendable (AnalysisInput) -> Bool
  let statement: @Sendable (AnalysisInput) -> String

  /// Corrections that are worth a fine-tuning.
  static let correctionsMin = 50
  /// Pairs that are worth a tuning on preferences.
  static let pairsMin = 100
  /// Poor answers from which on it is odd that nobody corrects one.
  static let poorMin = 30

  /// The table.
  static let all: [MaterialRule] = [
    MaterialRule(
      kind: .trainOnCorrections,
      action:
        "Fine-tune on the corrections and the well rated answers, and compare the new model before it takes over.",
      nextCommand: { _ in "fb-filter --for sft interactions.ndjson | fb-export --format openai -o training.jsonl" },
      fits: { $0.material.corrections >= correctionsMin },
      statement: { "\($0.material.corrections) answers are corrected: enough to train on (\(correctionsMin) or more)." }
    ),
    MaterialRule(
      kind: .trainOnPairs,
      action: "Tune on the pairs of a better and a worse answer, and compare the new model before it takes over.",
      nextCommand: { _ in "fb-filter --where 'type == \"pair\"' examples.ndjson > pairs.ndjson" },
      fits: { $0.material.pairs >= pairsMin },
      statement: {
        "There are \($0.material.pairs) pairs of a better and a worse answer: enough to tune on (\(pairsMin) or more)."
      }),
    MaterialRule(
      kind: .correctAnswers,
      action: "Put the poor answers into a queue, and have somebody who knows write what should have been said: "
        + "without that they teach nothing.",
      nextCommand: { ShellCommand.selectUncorrected(window: $0.windowOptions) },
      fits: {
        $0.material.examples > 0 && $0.material.corrections == 0
          && ($0.whole?.counts(of: .poorShare).count ?? 0) >= poorMin
      },
      statement: {
        "\($0.whole?.counts(of: .poorShare).count ?? 0) answers are poor, and nobody has corrected one."
      }),
  ]
}
