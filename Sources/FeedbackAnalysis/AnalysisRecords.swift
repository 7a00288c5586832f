import NDJSON
import Statistics
import Timestamps

extension AnalysisReport {
  /// The records of the analysis: metrics, trends, findings, one after another.
  ///
  /// Each is handed over as a whole line, so that no more than one is in memory.
  public func forEachRecord<Failure: Error>(_ write: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try write(metric(.all, total))
    for field in fields {
      for slice in field.slices { try write(metric(slice.scope, slice.cell)) }
    }
    for trend in trends { try write(record(trend)) }
    for finding in findings { try write(record(finding)) }
  }

  private func metric(_ scope: Scope, _ cell: Cell) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "metric")
    line.integer("schema", 1)
    line.raw("scope", scope.json)
    line.open("window")
    line.text("from", from?.text)
    line.text("to", to?.text)
    line.close()
    line.integer("interactions", cell.interactions)
    line.integer("errors", cell.errors)
    line.integer("rated", cell.rating.count)
    line.real("feedback_rate", ProportionInterval(count: cell.rating.count, total: cell.answered)?.share)
    line.open("rating")
    append(cell.rating, to: &line)
    line.close()
    line.open("dimensions")
    for dimension in Dimension.allCases { append(cell.ratings(of: dimension), dimension, to: &line) }
    line.close()
    append(cell.responseTimes.all, to: &line)
    if scope == .all { appendChecked(to: &line) }
    line.end()
    return line.bytes
  }

  /// A dimension that nobody rated is null.
  private func append(_ ratings: RatingSummary, _ dimension: Dimension, to line: inout RecordLine) {
    let name = dimension.name
    if ratings.count == 0 { return line.real(name, nil) }
    line.open(name)
    append(ratings, to: &line)
    line.close()
  }

  private func append(_ ratings: RatingSummary, to line: inout RecordLine) {
    line.integer("n", ratings.count)
    line.key("counts")
    var counts: [UInt8] = []
    for level in 1...5 {
      counts.append(level == 1 ? "[" : ",")
      JSONNumber.append(ratings.count(ofLevel: level), to: &counts)
    }
    counts.append("]")
    line.rawValue(counts)
    let interval = ratings.meanInterval
    line.real("mean", ratings.mean)
    line.real("mean_low", interval?.low)
    line.real("mean_high", interval?.high)
    line.real("median", ratings.median)
    for (name, count) in [("poor" as StaticString, ratings.poorCount), ("good", ratings.goodCount)] {
      let share = ProportionInterval(count: count, total: ratings.count)
      line.open(name)
      line.integer("k", count)
      line.real("share", share?.share)
      line.real("low", share?.low)
      line.real("high", share?.high)
      line.close()
    }
  }

  private func append(_ times: LatencyHistogram, to line: inout RecordLine) {
    line.open("response_time_ms")
    line.integer("n", times.count)
    line.half("p50", times.quantile(permille: 500))
    line.half("p90", times.quantile(permille: 900))
    line.half("p95", times.quantile(permille: 950))
    // Below 500 values the 99th percentile is the worst few of them.
    line.half("p99", times.count < 500 ? nil : times.quantile(permille: 990))
    line.close()
  }

  /// What the findings rest on: the guards, and how much was tested.
  private func appendChecked(to line: inout RecordLine) {
    line.open("checked")
    line.key("by")
    var fields: [UInt8] = []
    for (index, field) in checked.slices.enumerated() {
      fields.append(index == 0 ? "{" : ",")
      JSONText.encode(field.field, into: &fields)
      fields.append(":")
      JSONNumber.append(field.count, to: &fields)
    }
    fields.append(checked.slices.isEmpty ? "{}" : "}")
    line.rawValue(fields)
    line.integer("tests", checked.tests)
    line.real("target_poor", options.targetPoor)
    line.integer("min_ratings", options.ratingsMin)
    line.integer("min_people", options.peopleMin)
    line.real("min_points", 3)
    line.real("q", options.fdr)
    line.text("correction", options.isStrict ? "benjamini_yekutieli" : "benjamini_hochberg")
    line.integer("undated", undated)
    line.close()
  }
}
