extension LatencyHistogram {
  /// Divides two histograms together into parts of about equal size, shortest times first, and counts in each how many are
  /// of this one: `count` of `total`.
  ///
  /// For the share of poor answers by quintile of the response time. A bucket goes whole to the part where its middle rank
  /// lies, so a part may be empty where many times are equal. `partCount` is at least 1.
  public func shares(among others: LatencyHistogram, partCount: Int = 5) -> [(count: Int, total: Int)] {
    var parts = [(count: Int, total: Int)](repeating: (0, 0), count: max(1, partCount))
    let all = Int128(count) + Int128(others.count)
    var below: Int128 = 0
    for index in 0..<max(buckets.count, others.buckets.count) {
      let own = index < buckets.count ? buckets[index] : 0
      let both = own + (index < others.buckets.count ? others.buckets[index] : 0)
      if both == 0 { continue }
      let part = Int((2 * below + Int128(both)) * Int128(parts.count) / (2 * all))
      parts[part].count += own
      parts[part].total += both
      below += Int128(both)
    }
    return parts
  }
}

extension MannWhitney {
  /// Compares response times by their buckets: `superiority` is how often a time of the first is longer than one of the
  /// second.
  ///
  /// nil where one is empty.
  public init?(_ first: LatencyHistogram, _ second: LatencyHistogram) {
    let count = max(first.buckets.count, second.buckets.count)
    func padded(_ counts: [Int]) -> [Int] { counts + repeatElement(0, count: count - counts.count) }
    self.init(padded(first.buckets), padded(second.buckets))
  }
}
