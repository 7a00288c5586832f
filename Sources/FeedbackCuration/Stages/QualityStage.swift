import FeedbackModel
import NDJSON
import TextAnalysis

/// Leaves out records whose answer breaks a rule, and counts those that break one that leaves nothing out.
public struct QualityStage: CurationStage {
  private let dropping: Set<QualityRule>
  private let counted: Set<QualityRule>
  private var counts = [Int](repeating: 0, count: QualityRule.allCases.count)
  private var noted: [QualityRule] = []
  private var prompt: [UInt8] = []
  private var answer: [UInt8] = []

  /// Makes a stage of rules that leave records out, and of some that only count.
  public init(dropping: Set<QualityRule>, counting: Set<QualityRule>) {
    self.dropping = dropping
    counted = counting
  }

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    let hits = scanner.withText(bytes, scanner[.userPrompt], &prompt) { prompt in
      scanner.withText(bytes, scanner.learntAnswer, &answer) { QualityRule.hits(prompt: prompt, answer: $0) }
    }
    noted = hits.filter { counted.contains($0) }
    var reason: CurationReason?
    for rule in hits where dropping.contains(rule) || counted.contains(rule) {
      counts[Self.index(rule)] += 1
      if reason == nil && dropping.contains(rule) { reason = CurationReason(rawValue: "quality_" + rule.rawValue) }
    }
    return reason.map { .drop($0) } ?? .keep
  }

  private static func index(_ rule: QualityRule) -> Int { QualityRule.allCases.firstIndex(of: rule) ?? 0 }

  /// The same stage before it has seen anything.
  public var empty: QualityStage { QualityStage(dropping: dropping, counting: counted) }

  /// Adds what the same stage has counted in records that follow.
  public mutating func merge(_ later: QualityStage) {
    for index in counts.indices { counts[index] += later.counts[index] }
  }

  /// What the stage noted of the last record without leaving it out.
  public var flags: [String] { noted.map(\.rawValue) }

  /// What the stage found, for a report.
  public var findings: [StageFinding] {
    QualityRule.allCases.enumerated().compactMap { index, rule in
      if counts[index] == 0 { return nil }
      let action = dropping.contains(rule) ? "drop" : "flag"
      return StageFinding(stage: "quality", kind: rule.rawValue, field: nil, action: action, count: counts[index])
    }
  }
}
