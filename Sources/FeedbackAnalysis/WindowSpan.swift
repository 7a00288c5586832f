import Timestamps

/// From when to when a window reaches.
public struct WindowSpan: Sendable, Equatable {
  /// What was asked for, else the earliest time that occurred; nil without a time.
  public var from: Timestamp?
  /// What was asked for, else the latest time that occurred; nil without a time.
  public var to: Timestamp?
}

extension Analysis {
  /// From when to when the window reaches.
  var span: WindowSpan { WindowSpan(from: window.since ?? earliest, to: window.until ?? latest) }
}

extension TimeWindow {
  /// The window of the same length just before; nil without both bounds, and where it would begin before the year 0.
  public var prior: TimeWindow? {
    guard let since, let until else { return nil }
    let start = since.seconds - (until.seconds - since.seconds)
    // Fractions of a second carry over as the difference has them.
    let nanoseconds = 2 * since.nanoseconds - until.nanoseconds
    let carry = nanoseconds < 0 ? -1 : nanoseconds >= 1_000_000_000 ? 1 : 0
    let first = Timestamp(seconds: start + carry, nanoseconds: nanoseconds - carry * 1_000_000_000)
    return Timestamp.secondsRange.contains(first.seconds) ? TimeWindow(since: first, until: since) : nil
  }
}

/// A zone by how many seconds it is ahead of UTC.
public struct ZoneOffset: Sendable, Equatable {
  /// Seconds, −14 to 14 hours in whole minutes.
  public let seconds: Int

  /// UTC.
  public static let utc = ZoneOffset(seconds: 0)

  private init(seconds: Int) { self.seconds = seconds }

  /// Reads `Z` or `±HH:MM`; nil for anything else, and beyond 14 hours.
  public init?(_ text: String) {
    if text == "Z" {
      self = .utc
      return
    }
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[0] == 0x2B || bytes[0] == 0x2D, bytes[3] == 0x3A else { return nil }
    let digits = [1, 2, 4, 5].map { Int(bytes[$0]) - 0x30 }
    guard digits.allSatisfy({ (0...9).contains($0) }), digits[2] < 6 else { return nil }
    let minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3]
    if minutes > 14 * 60 { return nil }
    seconds = (bytes[0] == 0x2D ? -60 : 60) * minutes
  }

  /// `Z` or `±HH:MM`.
  public var text: String {
    if seconds == 0 { return "Z" }
    let minutes = abs(seconds) / 60
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return (seconds < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
  }

  /// The first moment of a day of this zone, with the zone: `2024-10-15T00:00:00+02:00`.
  func start(ofDay day: Int) -> String { Self.date(day) + "T00:00:00" + text }

  /// The date of a day since 1970-01-01.
  static func date(_ day: Int) -> String {
    var text: [UInt8] = []
    Timestamp(seconds: day * 86_400).appendDay(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
