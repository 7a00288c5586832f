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
    for trend in trends { try write(record(trend)) }
    for finding in findings { try write(record(finding)) }
  }
}
