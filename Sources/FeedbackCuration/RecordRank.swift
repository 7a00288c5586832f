import Digest
import FeedbackModel
import NDJSON
import Timestamps

/// Which of several records is the better one, and who they are.
enum RecordRank {
  /// A total order but for ties, as a number: those with a correction first, then by rating, then the newest.
  ///
  /// One bit, 23 bits of millionths of a star (0 where nobody rated), 40 bits of seconds since the year 0.
  static func rank(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> UInt64 {
    let quality = try self.quality(bytes, scanner)
    var seconds = 0
    if let time = try scanner.timestamp(bytes, .timestamp) {
      seconds = time.seconds - Timestamp.secondsRange.lowerBound + 1
    }
    return quality << 40 | UInt64(max(0, seconds)) & (1 << 40 - 1)
  }

  /// The part of the rank that time has no say in.
  static func quality(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) -> UInt64 {
    let isExample = scanner[.completion].kind == .string || Route.chosen(scanner).kind == .string
    let isCorrected =
      isExample
      ? JSONText.equals(bytes, try scanner.text(.origin), correction)
      : Route.corrects(bytes, try scanner.text(.correctedResponse), try scanner.text(.aiResponse))
    let inside = try scanner.rating(bytes, .userRating)
    var rating = inside
    if rating == nil { rating = try Rating.read(bytes, Route.exampleRating(scanner), name: "user_rating") }
    return (isCorrected ? 1 << 23 : 0) | UInt64(rating?.millionths ?? 0)
  }

  private static let correction = Array(TrainingTarget.correction.rawValue.utf8)
}

/// What records are known by in a hash: the same in every run.
enum RecordIdentity {
  /// The place of a record on the line from 0 to 2⁶⁴ by its id, or by all of its bytes where it has none.
  ///
  /// The first eight bytes, big-endian, of SHA-256(salt, 0x1F, id).
  static func place(
    _ salt: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner
  ) -> UInt64 {
    var digest = SHA256()
    digest.update(salt)
    if scanner[.id].kind == .string {
      digest.update(JSONText.bytes(bytes, scanner[.id]))
    } else {
      digest.update(bytes, range)
    }
    return digest.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
