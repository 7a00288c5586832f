/// A half-open span of time: from its start, up to but not including its end.
///
/// Either may be open.
public struct TimeWindow: Sendable, Equatable {
  /// The first moment inside, nil for no bound.
  public var since: Timestamp?
  /// The first moment after, nil for no bound.
  public var until: Timestamp?

  /// Makes a window; both bounds nil is all of time.
  public init(since: Timestamp? = nil, until: Timestamp? = nil) {
    self.since = since
    self.until = until
  }

  /// The `count` times 24 hours before a moment.
  public init(daysBack count: Int, asOf end: Timestamp) {
    self.init(since: end.advanced(bySeconds: -count * 86_400), until: end)
  }

  /// Whether the window excludes nothing.
  public var isUnbounded: Bool { since == nil && until == nil }

  /// Whether a moment is inside.
  ///
  /// No moment at all is outside of every window that has a bound.
  public func contains(_ time: Timestamp?) -> Bool {
    if isUnbounded { return true }
    guard let time else { return false }
    if let since, time < since { return false }
    if let until, time >= until { return false }
    return true
  }
}
