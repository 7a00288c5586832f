import NDJSON
import Statistics
import Timestamps

extension AnalysisReport {
  /// The record of a trend.
  func record(_ trend: SliceTrend) -> [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "trend")
    line.integer("schema", 1)
    line.raw("scope", trend.scope.json)
    line.text("bin", trend.bins.width.rawValue)
    line.key("points")
    line.rawValue([0x5B])
    for bin in trend.bins.all {
      line.begin()
      line.text("start", options.zone.start(ofDay: bin.day))
      line.integer("interactions", bin.interactions)
      line.integer("rated", bin.rated)
      line.real("mean", bin.mean)
      line.real("poor_share", bin.poorShare)
      line.close()
    }
    line.rawValue([0x5D])
    line.text("tz", options.zone.text)
    append(trend.drift, to: &line)
    append(trend.change, to: &line)
    append(trend.comparison, to: &line)
    line.end()
    return line.bytes
  }

  private func append(_ drift: SliceTrend.Drift?, to line: inout RecordLine) {
    guard let drift else { return line.real("drift", nil) }
    line.open("drift")
    line.members(of: drift)
    line.close()
  }

  private func append(_ change: SliceTrend.Change?, to line: inout RecordLine) {
    guard let change else { return line.real("change_point", nil) }
    line.open("change_point")
    line.members(of: change, options.zone)
    line.close()
  }

  private func append(_ comparison: SliceTrend.Comparison?, to line: inout RecordLine) {
    guard let comparison, let comparedWith else { return line.real("compared", nil) }
    line.open("compared")
    line.members(of: comparison)
    line.window("before_window", comparedWith)
    line.close()
  }
}

extension RecordLine {
  mutating func window(_ name: StaticString, _ span: WindowSpan) {
    open(name)
    text("from", span.from?.text)
    text("to", span.to?.text)
    close()
  }

  mutating func members(of drift: SliceTrend.Drift) {
    integer("n", drift.binCount)
    real("tau", drift.tau)
    real("stars_per_week", drift.starsPerWeek)
    real("low", drift.interval?.low)
    real("high", drift.interval?.high)
    real("variance_factor", drift.varianceFactor)
    real("q", drift.q)
  }

  mutating func members(of change: SliceTrend.Change, _ zone: ZoneOffset) {
    text("at", zone.start(ofDay: change.day))
    shares(change.since, before: change.before)
    real("q", change.q)
  }

  mutating func members(of comparison: SliceTrend.Comparison) {
    let windows = comparison.windows
    shares(windows.now, before: windows.before)
    real("difference", windows.difference)
    real("low", windows.interval.low)
    real("high", windows.interval.high)
    real("design_effect", windows.designEffect)
    real("q", comparison.shareQ)
    real("mean", windows.means.now)
    real("before_mean", windows.means.before)
    real("superiority", windows.superiority)
    real("ratings_q", comparison.ratingsQ)
    guard let mix = comparison.mix else { return }
    open("split")
    text("by", mix.field)
    real("quality", mix.quality)
    real("mix", mix.mix)
    real("q", mix.q)
    close()
  }

  private mutating func shares(_ now: WindowComparison.Share, before: WindowComparison.Share) {
    integer("k", now.poor)
    integer("n", now.rated)
    real("share", now.value)
    integer("before_k", before.poor)
    integer("before_n", before.rated)
    real("before_share", before.value)
  }
}
