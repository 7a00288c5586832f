import Digest
import FeedbackModel
import NDJSON
import TextAnalysis

/// 128 bits that stand for what a model was asked: two contexts with one key are taken to be the same.
public struct ContextKey: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let low: UInt64

  /// The first 128 bits of a SHA-256.
  init(_ digest: [UInt8]) {
    func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    high = word(0)
    low = word(8)
  }

  /// By value, the high word first.
  public static func < (left: ContextKey, right: ContextKey) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// The turns of a conversation so far, as one digest.
///
/// The one place that says when two texts are the same: here, when they are the same characters, however JSON spells them.
struct ContextDigest {
  private var hash = SHA256()

  static let system = Array("system".utf8)
  static let user = Array("user".utf8)
  static let assistant = Array("assistant".utf8)
  private static let role = Array("role".utf8)
  private static let content = Array("content".utf8)

  /// Adds a turn; one that is not there adds nothing, and neither does an empty system prompt.
  mutating func add(_ role: [UInt8], _ bytes: Span<UInt8>, _ text: Field) {
    if text.kind != .string || (role == Self.system && text.range.isEmpty) { return }
    add(role)
    add(JSONText.bytes(bytes, text))
  }

  /// Adds an answer by what can be seen of it: answers that differ in white space alone are one.
  mutating func add(visible bytes: Span<UInt8>, _ answer: Field) {
    var form: [UInt8] = []
    NormalForm.visible(JSONText.bytes(bytes, answer).span, into: &form)
    add(form)
  }

  /// Adds earlier turns, and shows the key after each answer among them.
  mutating func add(history: Field, _ bytes: Span<UInt8>, eachAnswer: (ContextKey) -> Void = { _ in }) {
    var cursor = ElementCursor(history)
    while let turn = cursor.next(bytes) {
      let role = JSONText.bytes(bytes, JSONWalk.member(bytes, turn, Self.role))
      add(role, bytes, JSONWalk.member(bytes, turn, Self.content))
      if role == Self.assistant { eachAnswer(key) }
    }
  }

  /// The key of what was added.
  var key: ContextKey {
    let copy = hash
    return ContextKey(copy.finish())
  }

  /// The length stands before the text, so that no two lists of turns are one sequence of bytes.
  private mutating func add(_ text: [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      hash.update([UInt8(truncatingIfNeeded: text.count >> shift)])
    }
    hash.update(text)
  }
}

extension LineScanner {
  /// The digest of what the model of an interaction, an example or a pair was asked.
  func context(_ bytes: Span<UInt8>) throws(RecordError) -> ContextDigest {
    var digest = ContextDigest()
    digest.add(ContextDigest.system, bytes, try text(.systemPrompt))
    digest.add(history: try history(bytes), bytes)
    digest.add(ContextDigest.user, bytes, try text(.userPrompt))
    return digest
  }
}
