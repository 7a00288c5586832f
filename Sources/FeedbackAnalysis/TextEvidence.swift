import FeedbackModel
import NDJSON

/// What is kept of the texts of rated answers: the ids of examples, whether prompts were rated in contradiction, and
/// samples of what people said.
///
/// All of it is of bounded size, whatever the length of the input, and does not depend on the order.
struct TextEvidence: Sendable {
  /// The ids of answers that were an example of some cell, by their hash.
  private var ids: [UInt64: [UInt8]] = [:]
  private(set) var prompts = PromptSample()
  /// What was said of poor answers, and of the others.
  private(set) var poorComments = CommentSample()
  private(set) var otherComments = CommentSample()
  /// What people would improve, whatever the rating.
  private(set) var suggestions = CommentSample()

  /// Checks the texts that are looked at.
  static func check(_ scanner: borrowing LineScanner) throws(RecordError) {
    for field in [RecordField.id, .userPrompt, .systemPrompt, .feedbackText, .suggestion] {
      _ = try scanner.text(field)
    }
  }

  /// A hash of the id, nil without one.
  static func idHash(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) -> UInt64? {
    let id = scanner[.id]
    return id.kind == .string ? bytes.wordHash(id.range) : nil
  }

  /// Takes the texts of a rated answer that is no error.
  mutating func add(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ rating: Rating, person: UInt64) {
    let prompt = scanner[.userPrompt]
    if prompt.kind == .string {
      // The same words after another conversation are another question.
      var hash = bytes.wordHash(prompt.range)
      for field in [scanner[.systemPrompt], scanner[.history]] where field.hasValue {
        hash = bytes.wordHash(field.textRange, seed: hash)
      }
      prompts.add(hash, isPoor: rating.isPoor, isGood: rating.isGood)
    }
    let (comment, suggestion) = (scanner[.feedbackText], scanner[.suggestion])
    if comment.kind != .string && suggestion.kind != .string { return }
    let id = Self.idHash(bytes, scanner) ?? person
    if comment.kind == .string {
      if rating.isPoor {
        poorComments.add(bytes, comment, id: id, person: person)
      } else {
        otherComments.add(bytes, comment, id: id, person: person)
      }
    }
    if suggestion.kind == .string { suggestions.add(bytes, suggestion, id: id, person: person) }
  }

  /// Keeps the id of an example.
  mutating func keepID(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ hash: UInt64) {
    ids[hash] = JSONText.bytes(bytes, scanner[.id])
  }

  mutating func merge(_ other: TextEvidence) {
    ids.merge(other.ids) { min($0, $1) { $0.lexicographicallyPrecedes($1) } }
    prompts.merge(other.prompts)
    poorComments.merge(other.poorComments)
    otherComments.merge(other.otherComments)
    suggestions.merge(other.suggestions)
  }

  /// The ids of examples, best first; of none where states were read.
  func ids(of examples: PoorExamples) -> [[UInt8]] { examples.all.compactMap { ids[$0.id] } }
}

/// The smaller of two by an order of their own.
private func min(_ a: [UInt8], _ b: [UInt8], _ precedes: ([UInt8], [UInt8]) -> Bool) -> [UInt8] {
  precedes(b, a) ? b : a
}

/// Texts that people wrote: all while they are few, else those whose hash begins with as many zeros as it takes.
struct CommentSample: Sendable {
  /// At most so many texts.
  static let countMax = 1 << 13
  /// Of a text so many bytes, as JSON spells them.
  static let lengthMax = 1000

  struct Comment: Sendable {
    fileprivate let key: UInt64
    /// A hash of who wrote it.
    let person: UInt64
    /// A hash of the id of the answer.
    let id: UInt64
    fileprivate var start: Int
    fileprivate let length: Int
    fileprivate let isEscaped: Bool
  }

  private(set) var comments: [Comment] = []
  private var text: [UInt8] = []
  private var zeroBits = 0

  mutating func add(_ bytes: Span<UInt8>, _ field: Field, id: UInt64, person: UInt64) {
    var end = min(field.range.upperBound, field.range.lowerBound + Self.lengthMax)
    if end < field.range.upperBound { end = Self.cut(bytes, field.range.lowerBound..<end) }
    let range = field.range.lowerBound..<end
    let key = bytes.wordHash(range, seed: id ^ person)
    if key.leadingZeroBitCount < zeroBits { return }
    comments.append(
      Comment(
        key: key, person: person, id: id, start: text.count, length: range.count, isEscaped: field.isEscaped))
    text.append(bytes, range)
    while comments.count > Self.countMax { thin() }
  }

  /// The bytes of a comment, decoded, appended to others.
  func append(_ comment: Comment, to decoded: inout [UInt8]) {
    let range = comment.start..<comment.start + comment.length
    if comment.isEscaped { JSONText.decode(text.span, range, into: &decoded) } else { decoded += text[range] }
  }

  mutating func merge(_ other: CommentSample) {
    while zeroBits < other.zeroBits { thin() }
    for comment in other.comments where comment.key.leadingZeroBitCount >= zeroBits {
      var moved = comment
      moved.start = text.count
      comments.append(moved)
      text += other.text[comment.start..<comment.start + comment.length]
    }
    while comments.count > Self.countMax { thin() }
  }

  /// Demands one zero more.
  private mutating func thin() {
    zeroBits += 1
    let (old, oldText) = (comments, text)
    comments = []
    text = []
    for comment in old where comment.key.leadingZeroBitCount >= zeroBits {
      var moved = comment
      moved.start = text.count
      comments.append(moved)
      text += oldText[comment.start..<comment.start + comment.length]
    }
  }

  /// Where a text may be cut: after a blank, so that no character and no escape is.
  private static func cut(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var end = range.upperBound
    while end > range.lowerBound && bytes[end - 1] != 0x20 { end -= 1 }
    return end
  }
}
