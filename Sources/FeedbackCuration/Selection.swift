import FeedbackModel
import NDJSON
import Timestamps

/// Which records pass: all criteria that are given have to hold.
///
/// A record without the field that a criterion looks at does not pass it.
public struct Selection: Sendable {
  /// At least so many stars, in millionths.
  public var ratingMin: Int?
  /// At most so many stars, in millionths.
  public var ratingMax: Int?
  /// At least this quality.
  public var quality: Quality?
  /// Only what a reviewer approved.
  public var approvedOnly = false
  /// One of these categories, as UTF-8; none is all of them.
  public var categories: [[UInt8]] = []
  /// Inside this window.
  public var window = TimeWindow()
  /// The time that the window looks at.
  public var timeField = TimeField.timestamp
  /// For which this holds.
  public var expression: Expression?
  /// Turns the selection round: what would pass does not, and the other way.
  public var isInverted = false

  /// Makes a selection that everything passes.
  public init() {}

  /// Whether a record passed, and whether it fell out only because it has no time to be looked at.
  public enum Verdict: Sendable {
    /// It passes.
    case pass
    /// It does not.
    case drop
    /// It does not, as it has no time and the window has a bound.
    case dropWithoutTime
  }

  /// Judges the record that a scanner made with `LineScanner.records` saw last.
  public func judge(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Verdict {
    let verdict = try judgeUpright(bytes, scanner)
    if !isInverted { return verdict }
    return verdict == .pass ? .drop : .pass
  }

  /// Whether a record that is no interaction passes.
  ///
  /// It has no rating, category or time of the kind that the other criteria look at, and passes them, so that several
  /// kinds can travel in one stream; an expression holds for any record.
  public func letsThrough(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) -> Bool {
    guard let expression else { return true }
    return expression.evaluate(bytes, scanner) != isInverted
  }

  private func judgeUpright(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Verdict {
    if !window.isUnbounded {
      guard let time = try scanner.time(bytes, timeField) else { return .dropWithoutTime }
      if !window.contains(time) { return .drop }
    }
    if ratingMin != nil || ratingMax != nil || quality != nil {
      guard let rating = try scanner.rating(bytes, .userRating) else { return .drop }
      if let ratingMin, !rating.isAtLeast(millionths: ratingMin) { return .drop }
      if let ratingMax, !rating.isAtMost(millionths: ratingMax) { return .drop }
      if let quality, !rating.hasQuality(atLeast: quality) { return .drop }
    }
    if approvedOnly, try scanner.boolean(.approved) != true { return .drop }
    if !categories.isEmpty, try !hasCategory(bytes, scanner) { return .drop }
    if let expression, !expression.evaluate(bytes, scanner) { return .drop }
    return .pass
  }

  private func hasCategory(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Bool {
    let field = try scanner.text(.category)
    for category in categories {
      if field.kind == .missing {
        if category == RecordField.uncategorized { return true }
      } else if JSONText.equals(bytes, field, category) {
        return true
      }
    }
    return false
  }
}
