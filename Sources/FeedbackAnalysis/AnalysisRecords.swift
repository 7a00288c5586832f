import NDJSON
import Statistics
import Timestamps

extension AnalysisReport {
  /// The records of the analysis: metrics, trends, findings, one after another.
  ///
  /// Each is handed over as a whole line, so that no more than one is in memory.
  public func forEachRecord<Failure: Error>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try write(metric(.all, total, nil))
    for field in fields {
      let standings = SliceStanding.standings(of: field, in: self)
      for (slice, standing) in zip(field.slices, standings) { try write(metric(slice.scope, slice.cell, standing)) }
    }
    try write(trend(.all, total))
    for field in fields where field.name == "category" {
      for slice in field.slices { try write(trend(slice.scope, slice.cell)) }
    }
    for finding in findings { try write(record(finding)) }
  }

  private func trend(_ scope: Scope, _ cell: Cell) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "trend")
    line.integer("schema", 1)
    line.raw("scope", scope.json)
    line.text("bin", "day")
    line.key("points")
    line.rawValue([0x5B])
    for day in cell.days.all {
      line.begin()
      line.text("start", Timestamp(seconds: day.day * 86_400).text)
      line.integer("interactions", day.interactions)
      line.integer("rated", day.rated)
      line.real("mean", day.mean)
      line.real("poor_share", day.poorShare)
      line.close()
    }
    line.rawValue([0x5D])
    line.end()
    return line.bytes
  }

  private func record(_ finding: Finding) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "finding")
    line.integer("schema", 1)
    line.text("id", finding.id)
    line.text("kind", finding.kind.rawValue)
    line.raw("scope", finding.scope.json)
    line.text("statement", finding.statement)
    switch finding.evidence {
    case .poor(let evidence): append(evidence, finding.scope, to: &line)
    case .feedback(let rated, let answered):
      let rate = ProportionInterval(count: rated, total: answered)
      line.open("evidence")
      line.integer("rated", rated)
      line.integer("n", answered)
      line.real("share", rate?.share)
      line.real("low", rate?.low)
      line.real("high", rate?.high)
      line.close()
      line.open("impact")
      line.integer("unrated", answered - rated)
      line.close()
    }
    line.text("confidence", finding.confidence.rawValue)
    line.end()
    return line.bytes
  }

  private func append(_ evidence: PoorEvidence, _ scope: Scope, to line: inout RecordLine) {
    line.open("evidence")
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
    line.close()
    line.open("impact")
    line.real("excess_poor", evidence.excess.conservative)
    line.real("excess_poor_expected", evidence.excess.expected)
    line.close()
  }
}
