extension LatencyHistogram {
  /// Divides two histograms together into parts of about equal size, shortest times first, and counts in each how many are
  /// of this one: `count` of `total`.
  ///
  /// For the share of poor answers by quintile of the response time. A bucket goes whole to the part where its middle rank
  /// lies, so a part may be empty where many times are equal. `partCount` is at least 1.
  public func shares(among others: LatencyHistogram, partCount: Int = 5) -> [(count: Int, total: Int)] {
    var parts = [(count: Int, total: Int)](repeating: (0, 0), count: max(1, partCount))
    forEachBucket(among: others, partCount: parts.count) { _, part, own, both in
      parts[part].count += own
      parts[part].total += both
    }
    return parts
  }

  /// The least time of the last of such parts, in milliseconds; nil where that is empty.
  public func lastPartStart(among others: LatencyHistogram, partCount: Int = 5) -> Int? {
    var start: Int?
    forEachBucket(among: others, partCount: max(1, partCount)) { index, part, _, _ in
      if part == max(1, partCount) - 1 && start == nil { start = Self.low(ofBucket: index) }
    }
    return start
  }

  /// Hands over each bucket with values: its part, and how many are of this one and of both.
  private func forEachBucket(
    among others: LatencyHistogram, partCount: Int, _ body: (_ index: Int, _ part: Int, _ own: Int, _ both: Int) -> Void
  ) {
    let all = Int128(count) + Int128(others.count)
    var below: Int128 = 0
    for index in 0..<max(buckets.count, others.buckets.count) {
      let own = index < buckets.count ? buckets[index] : 0
      let both = own + (index < others.buckets.count ? others.buckets[index] : 0)
      if both == 0 { continue }
      body(index, Int((2 * below + Int128(both)) * Int128(partCount) / (2 * all)), own, both)
      below += Int128(both)
    }
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
