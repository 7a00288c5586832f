import FeedbackModel
import NDJSON
import Statistics
import Timestamps

extension AnalysisReport {
  /// The metric of a scope; of a slice, with how it stands among the others of its field.
  func metric(_ scope: Scope, _ cell: Cell, _ standing: SliceStanding?) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "metric")
    line.integer("schema", 1)
    line.raw("scope", scope.json)
    line.open("window")
    line.text("from", from?.text)
    line.text("to", to?.text)
    line.flag("from_asked", isFromAsked)
    line.flag("to_asked", isToAsked)
    line.text("time_field", options.timeField.rawValue)
    line.close()
    line.integer("interactions", cell.interactions)
    line.integer("errors", cell.errors)
    line.integer("rated", cell.rating.count)
    line.real("feedback_rate", ProportionInterval(count: cell.rating.count, total: cell.answered)?.share)
    line.open("rating")
    // Of so few ratings or people a group says nothing but how many there are; everything is what was asked for.
    let isGroup = scope != .all
    let isShown = !isGroup || options.isShown(cell)
    append(
      cell.rating, cell.meanEstimate, cell.poorInterval, cell.goodInterval,
      poorEffect: cell.rating.count > 0 ? cell.takenDesignEffect.value : .nan, isShown: isShown, to: &line)
    line.close()
    line.open("dimensions")
    for dimension in Dimension.allCases { append(dimension, cell, isGroup: isGroup, to: &line) }
    line.close()
    append(cell.responseTimes.all, to: &line)
    line.real("mix", standing?.mix)
    line.real("shrunken_mean", isShown ? standing?.mean : nil)
    line.real("shrunken_poor", isShown ? standing?.poorShare : nil)
    line.real("rank", standing?.rank.map(Double.init))
    append(Nonresponse(cell), isShown: isShown, to: &line)
    append(slowness[scope], cell, to: &line)
    appendDrivers(cell, isShown: !isGroup || options.isShown(cell, .complete), to: &line)
    append(WeightedRatings(cell), isShown: !isGroup || options.isShown(cell, .asked), to: &line)
    if scope == .all { appendChecked(to: &line) }
    line.end()
    return line.bytes
  }

  /// A dimension that nobody rated is null.
  private func append(_ dimension: Dimension, _ cell: Cell, isGroup: Bool, to line: inout RecordLine) {
    let ratings = cell.ratings(of: dimension)
    if ratings.count == 0 { return line.real(dimension.name, nil) }
    line.open(dimension.name)
    let overall = cell.meanEstimate
    let mean = MeanEstimate(ratings, of: cell, effect: overall?.method == .clustered ? overall?.designEffect : nil)
    let effect = mean?.designEffect ?? 1
    let shares = [ratings.poorCount, ratings.goodCount].map {
      ProportionInterval(count: $0, total: ratings.count, designEffect: effect > 1.3 ? effect : 1)
    }
    let isShown = !isGroup || options.isShown(cell, .init(dimension))
    append(ratings, mean, shares[0], shares[1], isShown: isShown, to: &line)
    line.close()
  }

  private func append(
    _ ratings: RatingSummary, _ mean: MeanEstimate?, _ poor: ProportionInterval?, _ good: ProportionInterval?,
    poorEffect: Double? = nil, isShown: Bool, to line: inout RecordLine
  ) {
    let mean = isShown ? mean : nil
    line.integer("n", ratings.count)
    line.key("counts")
    line.rawValue(Self.array((1...5).map { ratings.count(ofLevel: $0) }))
    line.real("mean", isShown ? ratings.mean : nil)
    line.real("mean_low", mean?.low)
    line.real("mean_high", mean?.high)
    line.text("mean_method", mean?.method.rawValue)
    line.real("design_effect", mean?.designEffect)
    line.real("median", isShown ? ratings.median : nil)
    for (name, count, interval, effect) in [
      ("poor" as StaticString, ratings.poorCount, poor, poorEffect), ("good", ratings.goodCount, good, nil),
    ] {
      let share = isShown ? interval : nil
      line.open(name)
      line.integer("k", count)
      line.real("share", share?.share)
      line.real("low", share?.low)
      line.real("high", share?.high)
      if let effect { line.real("design_effect", isShown ? effect : nil) }
      line.close()
    }
  }

  private func append(_ times: LatencyHistogram, to line: inout RecordLine) {
    // Below 500 values the 99th percentile is the worst few of them.
    let quantiles: [(StaticString, StaticString, StaticString, permille: Int, isShown: Bool)] = [
      ("p50", "p50_low", "p50_high", 500, true), ("p90", "p90_low", "p90_high", 900, true),
      ("p95", "p95_low", "p95_high", 950, true), ("p99", "p99_low", "p99_high", 990, times.count >= 500),
    ]
    line.open("response_time_ms")
    line.integer("n", times.count)
    for (name, _, _, permille, isShown) in quantiles {
      line.half(name, isShown ? times.quantile(permille: permille) : nil)
    }
    for (_, low, high, permille, isShown) in quantiles {
      let interval = isShown ? times.quantileInterval(permille: permille) : nil
      line.half(low, interval?.low)
      line.half(high, interval?.high)
    }
    line.close()
  }

  private func append(_ bounds: Nonresponse, isShown: Bool, to line: inout RecordLine) {
    line.open("poor_bounds")
    line.text("basis", bounds.isAskedKnown ? "asked" : "interactions")
    line.integer("asked", bounds.asked)
    line.integer("answered", bounds.answered)
    line.real("answered_low", bounds.rate?.low)
    line.real("answered_high", bounds.rate?.high)
    line.real("low", isShown ? bounds.poor?.low : nil)
    line.real("high", isShown ? bounds.poor?.high : nil)
    line.close()
  }

  private func append(_ slowness: Slowness?, _ cell: Cell, to line: inout RecordLine) {
    guard let slowness else { return line.text("slowness", nil) }
    line.open("slowness")
    line.integer("n", slowness.parts.reduce(0) { $0 + $1.total })
    line.key("poor")
    line.rawValue(Self.array(slowness.parts.map(\.count)))
    line.key("of")
    line.rawValue(Self.array(slowness.parts.map(\.total)))
    line.real("z", slowness.trend.z)
    line.real("q", slowness.q)
    line.real("odds_ratio", slowness.oddsRatio)
    line.real("slower_if_poor", slowness.superiority)
    let (poor, others) = (cell.responseTimes.poor, cell.responseTimes.notPoor)
    line.real("slowest_from_ms", poor.lastPartStart(among: others).map(Double.init))
    line.close()
  }

  private func appendDrivers(_ cell: Cell, isShown: Bool, to line: inout RecordLine) {
    let complete = cell.complete
    guard let sums = complete.sums else { return line.text("drivers", nil) }
    let drivers = isShown ? Drivers(sums) : nil
    line.open("drivers")
    line.integer("n", complete.count)
    line.real("straight_lined", isShown ? Double(complete.straightLined) / Double(complete.count) : nil)
    line.real("r_squared", drivers?.analysis?.rSquared)
    line.real("vif", drivers?.analysis?.varianceInflation.max())
    for dimension in Dimension.allCases { line.real(dimension.name, drivers?.importance?[dimension.rawValue]) }
    line.open("tau_b")
    let isEnough = isShown && complete.count >= Drivers.countMin
    for dimension in Dimension.allCases {
      line.real(dimension.name, isEnough ? cell.tables.table(of: dimension)?.kendallTauB : nil)
    }
    line.close()
    line.close()
  }

  private func append(_ weighted: WeightedRatings, isShown: Bool, to line: inout RecordLine) {
    if !options.isAskedKnown { return line.text("weighted", nil) }
    line.open("weighted")
    line.integer("n", weighted.count)
    line.real("n_effective", weighted.effectiveCount)
    for (mean, low, high, estimate) in [
      ("mean" as StaticString, "mean_low" as StaticString, "mean_high" as StaticString, weighted.mean),
      ("poor", "poor_low", "poor_high", weighted.poorShare),
    ] {
      let estimate = isShown ? estimate : nil
      line.real(mean, estimate?.value)
      line.real(low, estimate?.low)
      line.real(high, estimate?.high)
    }
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

  private static func array(_ counts: [Int]) -> [UInt8] {
    var json: [UInt8] = []
    for (index, count) in counts.enumerated() {
      json.append(index == 0 ? "[" : ",")
      JSONNumber.append(count, to: &json)
    }
    json.append(counts.isEmpty ? "[]" : "]")
    return json
  }
}
