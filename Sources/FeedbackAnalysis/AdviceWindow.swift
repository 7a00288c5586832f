import FeedbackModel
import Timestamps

/// Where the window of an analysis begins and ends, as far as its records tell.
extension AnalysisInput {
  /// The first moment that is not in the analysis; nil without a time.
  ///
  /// An end that was asked for (`--until`, `--as-of`) is that moment. Without one the window ends with the newest record,
  /// which is in it, and the next moment is the first.
  var end: Timestamp? { whole?.window.to.map { isEndAsked ? $0 : $0.next } }

  /// Whether the end was asked for.
  ///
  /// Records of before they said so are gone by what ends look like that are: a midnight, or whole days after the start,
  /// and no day or week that begins there, which would have a record in it.
  private var isEndAsked: Bool {
    guard let window = whole?.window, let to = window.to else { return false }
    if let isAsked = window.isToAsked { return isAsked }
    var isWholeDays = false
    if let from = window.from, from < to {
      isWholeDays = from.nanoseconds == to.nanoseconds && (to.seconds - from.seconds) % 86_400 == 0
    }
    guard to.isMidnight || isWholeDays else { return false }
    return !(trend(.all)?.bins.contains { $0.start == to } ?? false)
  }

  /// Whether the beginning was asked for, so that there may be more before it.
  var isBeginningAsked: Bool { whole?.window.isFromAsked ?? (whole?.window.from?.isMidnight ?? false) }

  /// The options with which another command looks at the same records, as far as a window was asked for.
  var windowOptions: ShellCommand.Window {
    guard let window = whole?.window else { return ShellCommand.Window() }
    return ShellCommand.Window(
      since: isBeginningAsked ? window.from : nil, until: isEndAsked ? window.to : nil, timeField: window.timeField)
  }

  /// How many weeks the window is long; nil without a length.
  var weeks: Double? {
    guard let from = whole?.window.from, let to = whole?.window.to, to.seconds > from.seconds else { return nil }
    return Double(to.seconds - from.seconds) / 604_800
  }
}

extension Timestamp {
  /// Whether it is 00:00 UTC, which is what people ask for.
  fileprivate var isMidnight: Bool { nanoseconds == 0 && seconds % 86_400 == 0 }

  /// The next moment that can be told from this one.
  var next: Timestamp {
    if nanoseconds < 999_999_999 { return Timestamp(seconds: seconds, nanoseconds: nanoseconds + 1) }
    return seconds < Self.secondsRange.upperBound ? Timestamp(seconds: seconds + 1) : self
  }
}
