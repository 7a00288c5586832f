import Digest
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
    try check(scanner, .userPrompt)
    try check(scanner, .feedbackText)
    try check(scanner, .suggestion)
  }

  @inline(__always)
  private static func check(_ scanner: borrowing LineScanner, _ field: RecordField) throws(RecordError) {
    let kind = scanner.fields[field.rawValue].kind
    if kind == .string || kind == .missing { return }
    _ = try scanner.text(field)
  }

  /// A hash of the id, nil without one.
  static func idHash(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) -> UInt64? {
    let id = scanner[.id]
    return id.kind == .string ? StableHash.hash(bytes, id.range) : nil
  }

  /// Takes the texts of a rated answer that is no error.
  mutating func add(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ rating: Rating, person: UInt64) {
    let prompt = scanner[.userPrompt]
    if prompt.kind == .string {
      // The same words after another conversation are another question.
      var hash = StableHash.hash(bytes, prompt.range)
      let (system, history) = (scanner[.systemPrompt], scanner[.history])
      if system.kind != .missing { hash = StableHash.hash(bytes, system.textRange, seed: hash) }
      if history.kind != .missing { hash = StableHash.hash(bytes, history.textRange, seed: hash) }
      prompts.add(hash, isPoor: rating.isPoor, isGood: rating.isGood)
    }
    let (comment, suggestion) = (scanner[.feedbackText], scanner[.suggestion])
    if comment.kind != .string && suggestion.kind != .string { return }
    let id = scanner[.id].kind == .string ? scanner[.id] : .missing
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
  static let countMax = 1 << 12
  /// Of a text so many bytes, as JSON spells them.
  static let lengthMax = 1000

  struct Comment: Sendable {
    fileprivate let key: UInt64
    /// A hash of who wrote it.
    let person: UInt64
    fileprivate var start: Int
    /// Bytes of the text, and of the id of the answer after it.
    fileprivate let length: Int
    fileprivate let idLength: Int

    fileprivate var range: Range<Int> { start..<start + length }
    fileprivate var whole: Range<Int> { start..<start + length + idLength }
  }

  private(set) var comments: [Comment] = []
  private var text: [UInt8] = []
  private var zeroBits = 0

  mutating func add(_ bytes: Span<UInt8>, _ field: Field, id: Field, person: UInt64) {
    var end = min(field.range.upperBound, field.range.lowerBound + Self.lengthMax)
    if end < field.range.upperBound { end = Self.cut(bytes, field.range.lowerBound..<end) }
    let range = field.range.lowerBound..<end
    let key = StableHash.hash(bytes, range, seed: StableHash.hash(bytes, id.range, seed: person))
    if key.leadingZeroBitCount < zeroBits { return }
    comments.append(
      Comment(key: key, person: person, start: text.count, length: range.count, idLength: id.range.count))
    text.append(bytes, range)
    text.append(bytes, id.range)
    while comments.count > Self.countMax { thin() }
  }

  /// The bytes of a comment, decoded, appended to others.
  func append(_ comment: Comment, to decoded: inout [UInt8]) {
    JSONText.decode(text.span, comment.range, into: &decoded)
  }

  /// The id of the answer that a comment is on, nil without one.
  func id(_ comment: Comment) -> [UInt8]? {
    if comment.idLength == 0 { return nil }
    var id: [UInt8] = []
    JSONText.decode(text.span, comment.range.upperBound..<comment.whole.upperBound, into: &id)
    return id
  }

  /// Up to `count` of the comments, in an order that has nothing to do with what they say or when they came.
  func first(_ count: Int) -> CommentSample {
    select(comments.sorted { ($0.key, $0.person) < ($1.key, $1.person) }.prefix(count))
  }

  /// Some of the comments.
  func select(_ some: some Sequence<Comment>) -> CommentSample {
    var selected = CommentSample()
    for comment in some { selected.copy(comment, text) }
    return selected
  }

  private mutating func copy(_ comment: Comment, _ source: [UInt8]) {
    var moved = comment
    moved.start = text.count
    comments.append(moved)
    text += source[comment.whole]
  }

  mutating func merge(_ other: CommentSample) {
    while zeroBits < other.zeroBits { thin() }
    for comment in other.comments where comment.key.leadingZeroBitCount >= zeroBits {
      copy(comment, other.text)
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
      copy(comment, oldText)
    }
  }

  /// Where a text may be cut: after a blank, so that no character and no escape is.
  private static func cut(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var end = range.upperBound
    while end > range.lowerBound && bytes[end - 1] != 0x20 { end -= 1 }
    return end
  }
}
