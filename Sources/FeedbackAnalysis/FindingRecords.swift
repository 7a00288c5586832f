import NDJSON
import Statistics
import Timestamps

extension AnalysisReport {
  /// The record of a finding.
  func record(_ finding: Finding) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "finding")
    line.integer("schema", 1)
    line.text("id", finding.id)
    line.text("kind", finding.kind.rawValue)
    line.raw("scope", finding.scope.json)
    line.text("statement", finding.statement)
    line.open("evidence")
    appendEvidence(finding, to: &line)
    if !finding.exampleIDs.isEmpty { line.texts("examples", finding.exampleIDs) }
    line.close()
    line.open("impact")
    appendImpact(finding, to: &line)
    line.close()
    line.text("confidence", finding.confidence.rawValue)
    line.end()
    return line.bytes
  }

  private func appendEvidence(_ finding: Finding, to line: inout RecordLine) {
    switch finding.evidence {
    case .poor(let evidence): append(evidence, finding.scope, to: &line)
    case .feedback(let rated, let answered):
      let rate = ProportionInterval(count: rated, total: answered)
      line.integer("rated", rated)
      line.integer("n", answered)
      line.real("share", rate?.share)
      line.real("low", rate?.low)
      line.real("high", rate?.high)
    case .windows(let evidence):
      line.members(of: evidence.comparison)
      line.window("window", evidence.span)
      line.window("before_window", evidence.before)
      line.integer("users_at_least", evidence.peopleAtLeast)
    case .change(let change):
      line.members(of: change, options.zone)
      line.window("window", span)
    case .drift(let drift):
      line.members(of: drift)
      line.window("window", span)
    case .collection(let count, let total, let limit):
      let share = ProportionInterval(count: count, total: total)
      line.integer("k", count)
      line.integer("n", total)
      line.real("share", share?.share)
      line.real("low", share?.low)
      line.real("high", share?.high)
      line.real("limit", limit)
    case .phrases(let phrases):
      line.integer("n", phrases.textCount)
      line.integer("other_n", phrases.otherTextCount)
      line.integer("users", phrases.peopleCount)
      append(phrases.phrases, to: &line)
    case .cluster(let cluster):
      line.integer("k", cluster.count)
      line.integer("n", cluster.total)
      line.integer("users", cluster.peopleCount)
      append(cluster.phrases, to: &line)
    }
  }

  private func appendImpact(_ finding: Finding, to line: inout RecordLine) {
    switch finding.evidence {
    case .poor(let evidence):
      line.real("excess_poor", evidence.excess.conservative)
      line.real("excess_poor_expected", evidence.excess.expected)
    case .feedback(let rated, let answered): line.integer("unrated", answered - rated)
    case .windows(let evidence) where finding.kind == .regression:
      let windows = evidence.comparison.windows
      line.real("excess_poor", evidence.conservativeExcess)
      line.real("excess_poor_expected", max(0, windows.difference) * Double(windows.now.rated))
    default: break
    }
  }

  private func append(_ evidence: PoorEvidence, _ scope: Scope, to line: inout RecordLine) {
    line.integer("k", evidence.poor)
    line.integer("n", evidence.rated)
    line.real("share", evidence.interval.share)
    line.real("low", evidence.interval.low)
    line.real("high", evidence.interval.high)
    line.integer("rest_n", evidence.restRated)
    line.real("rest_share", scope == .all ? nil : evidence.excess.restShare)
    line.real("target", evidence.target)
    line.real("q", evidence.q)
    line.integer("users_at_least", evidence.peopleAtLeast)
    line.open("dimensions")
    for (dimension, mean) in zip(Dimension.allCases, evidence.dimensionMeans) {
      line.real(dimension.name, mean)
    }
    line.close()
    line.text("weakest", evidence.weakest.map { "\($0.name)" })
  }

  private func append(_ phrases: [KeyPhrases.Phrase], to line: inout RecordLine) {
    line.key("phrases")
    line.rawValue([0x5B])
    for phrase in phrases {
      line.begin()
      line.text("phrase", phrase.text)
      line.integer("k", phrase.count)
      line.integer("other_k", phrase.otherCount)
      line.integer("users_at_least", phrase.people)
      line.real("z", phrase.z)
      line.close()
    }
    line.rawValue([0x5D])
  }
}

extension RecordLine {
  mutating func texts(_ name: StaticString, _ values: [[UInt8]]) {
    key(name)
    rawValue([0x5B])
    for value in values {
      separate()
      var text: [UInt8] = []
      JSONText.encode(value, into: &text)
      rawValue(text)
    }
    rawValue([0x5D])
  }
}
