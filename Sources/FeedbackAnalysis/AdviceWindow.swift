import Timestamps

/// Where the window of an analysis ends, as far as its records tell.
extension AnalysisInput {
  /// The first moment that is not in the analysis; nil without a time.
  ///
  /// An end that was asked for (`--until`, `--as-of`) is that moment. Without one the window ends with the newest record,
  /// which is in it, and the next moment is the first.
  var end: Timestamp? { whole?.to.map { hasStatedEnd ? $0 : $0.next } }

  /// Whether the end was asked for.
  ///
  /// The records do not say it, so this goes by what ends look like that are: a midnight, or whole days after the start,
  /// and no day or week that begins there, which would have a record in it.
  var hasStatedEnd: Bool {
    guard let to = whole?.to else { return false }
    let isMidnight = to.nanoseconds == 0 && to.seconds % 86_400 == 0
    var isWholeDays = false
    if let from = whole?.from, from < to {
      isWholeDays = from.nanoseconds == to.nanoseconds && (to.seconds - from.seconds) % 86_400 == 0
    }
    guard isMidnight || isWholeDays else { return false }
    return !(trend(.all)?.bins.contains { $0.start == to } ?? false)
  }

  /// How many weeks the window is long; nil without a length.
  var weeks: Double? {
    guard let from = whole?.from, let to = whole?.to, to.seconds > from.seconds else { return nil }
    return Double(to.seconds - from.seconds) / 604_800
  }
}

extension Timestamp {
  /// The next moment that can be told from this one.
  var next: Timestamp {
    if nanoseconds < 999_999_999 { return Timestamp(seconds: seconds, nanoseconds: nanoseconds + 1) }
    return seconds < Self.secondsRange.upperBound ? Timestamp(seconds: seconds + 1) : self
  }
}
