import Digest
import FeedbackModel
import NDJSON

/// Turns conversations, `{"messages":[{"role","content"}…]}`, into interactions: the last answer with the question it
/// answers, earlier turns as `history`.
///
/// The first `system` or `developer` message is the system prompt. Earlier messages without a text (calls of tools) go to
/// `metadata` as `messages_without_text`; what stands between question and answer (calls of tools
/// and their results) and after the answer goes to `metadata` as `messages_between` and `messages_after`. Members of the
/// conversation that an interaction knows keep their meaning; others go to `metadata`.
struct Conversation {
  private struct Message {
    var role: [UInt8]
    var value: Field
    var content: Field
  }

  private static let role = Array("role".utf8)
  private static let content = Array("content".utf8)
  private static let text = Array("text".utf8)
  private static let messages = Array("messages".utf8)
  private static let system: [[UInt8]] = [Array("system".utf8), Array("developer".utf8)]
  private static let user: [[UInt8]] = [Array("user".utf8), Array("human".utf8)]
  private static let assistant: [[UInt8]] = [Array("assistant".utf8), Array("model".utf8)]

  /// Fills a builder from the conversation at a place.
  static func convert(
    _ bytes: Span<UInt8>, _ record: Field, _ list: Field, into builder: inout RecordBuilder
  ) throws(RecordError) {
    let messages = try read(bytes, list)
    guard let answer = messages.lastIndex(where: { assistant.contains($0.role) && hasText(bytes, $0.content) }),
      let question = messages[..<answer].lastIndex(where: { user.contains($0.role) })
    else {
      throw .schema("messages", "no question of a user with an answer of the assistant", at: list.start)
    }
    addMembers(bytes, record, to: &builder)
    let prompt = messages[..<question].firstIndex { system.contains($0.role) }
    if let prompt { builder.add(.systemPrompt, try textJSON(bytes, messages[prompt].content)) }
    var history: [UInt8] = []
    for index in 0..<question where index != prompt && hasText(bytes, messages[index].content) {
      history.append(history.isEmpty ? 0x5B : 0x2C)
      try append(bytes, messages[index], to: &history)
    }
    if !history.isEmpty { builder.add(.history, history + [0x5D]) }
    let silent = messages[..<question].filter { !hasText(bytes, $0.content) }
    keep(bytes, silent[...], as: "messages_without_text", in: &builder)
    builder.add(.userPrompt, try textJSON(bytes, messages[question].content))
    builder.add(.aiResponse, try textJSON(bytes, messages[answer].content))
    keep(bytes, messages[(question + 1)..<answer], as: "messages_between", in: &builder)
    keep(bytes, messages[(answer + 1)...], as: "messages_after", in: &builder)
  }

  private static func read(_ bytes: Span<UInt8>, _ list: Field) throws(RecordError) -> [Message] {
    if list.kind != .array { throw .schema("messages", "not an array", at: list.start) }
    var result: [Message] = []
    var cursor = ElementCursor(list)
    while let element = cursor.next(bytes) {
      let name = JSONWalk.member(bytes, element, role)
      if name.kind != .string { throw .schema("messages", "a message without a role", at: element.start) }
      result.append(
        Message(role: JSONText.bytes(bytes, name), value: element, content: JSONWalk.member(bytes, element, content)))
    }
    return result
  }

  /// The members of the conversation besides its messages.
  private static func addMembers(_ bytes: Span<UInt8>, _ record: Field, to builder: inout RecordBuilder) {
    var id: Field?
    var cursor = MemberCursor(record)
    while let member = cursor.next(bytes) {
      let key = JSONText.bytes(bytes, member.key)
      if key == messages { continue }
      switch RecordField.ofInteraction(key) {
      case .metadata? where member.value.kind == .object: builder.addMetadata(bytes, membersOf: member.value)
      case let field?:
        if field == .id, member.value.hasValue { id = member.value }
        builder.add(field, RecordBuilder.compact(bytes, member.value))
      case nil: SourceRecord.addUnknown(bytes, member, key: key, to: &builder)
      }
    }
    if id == nil { builder.add(.id, SourceRecord.identity(bytes, record.range)) }
  }

  private static func hasText(_ bytes: Span<UInt8>, _ content: Field) -> Bool {
    switch content.kind {
    case .string: return content.end > content.start
    case .array:
      var cursor = ElementCursor(content)
      while let part = cursor.next(bytes) {
        if JSONWalk.member(bytes, part, text).kind == .string || part.kind == .string { return true }
      }
      return false
    default: return false
    }
  }

  /// The text of a content as JSON: a string, or the texts of the parts of an array one after another.
  private static func textJSON(_ bytes: Span<UInt8>, _ content: Field) throws(RecordError) -> [UInt8] {
    if content.kind == .string { return RecordBuilder.compact(bytes, content) }
    guard content.kind == .array else {
      throw .schema("messages", "the content of a message is no text", at: content.start)
    }
    var json: [UInt8] = [0x22]
    var cursor = ElementCursor(content)
    while let part = cursor.next(bytes) {
      let found = part.kind == .string ? part : JSONWalk.member(bytes, part, text)
      guard found.kind == .string else {
        throw .schema("messages", "a part of a content is no text", at: part.start)
      }
      json.append(bytes, found.range)
    }
    return json + [0x22]
  }

  /// A turn of the history: as it is where its content is a string, else with its text as the content.
  private static func append(
    _ bytes: Span<UInt8>, _ message: Message, to history: inout [UInt8]
  ) throws(RecordError) {
    if message.content.kind == .array {
      var edit = ObjectEdit()
      edit.replace(message.content, with: try textJSON(bytes, message.content))
      var json: [UInt8] = []
      edit.apply(bytes, message.value, to: &json)
      JSONWalk.appendCompact(json.span, 0..<json.count, to: &history)
    } else {
      JSONWalk.appendCompact(bytes, message.value.range, to: &history)
    }
  }

  private static func keep(
    _ bytes: Span<UInt8>, _ messages: ArraySlice<Message>, as key: String, in builder: inout RecordBuilder
  ) {
    if messages.isEmpty { return }
    var json: [UInt8] = []
    for message in messages {
      json.append(json.isEmpty ? 0x5B : 0x2C)
      JSONWalk.appendCompact(bytes, message.value.range, to: &json)
    }
    builder.addMetadata(Array(key.utf8), json + [0x5D])
  }
}

/// What records of all sources that are not interactions share.
enum SourceRecord {
  /// The identity of a record whose source gives it none: the SHA-256 of its bytes, as a JSON string.
  static func identity(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    [0x22] + SHA256.hexadecimal(bytes, range) + [0x22]
  }

  /// Adds a member that an interaction does not know; `feedback` is one that it knows as a whole.
  static func addUnknown(
    _ bytes: Span<UInt8>, _ member: MemberCursor.Member, key: [UInt8], to builder: inout RecordBuilder
  ) {
    let json = RecordBuilder.compact(bytes, member.value)
    if key != feedback || member.value.kind != .object {
      builder.addMetadata(RecordBuilder.body(bytes, member.key), json)
      return
    }
    var cursor = MemberCursor(member.value)
    while let inner = cursor.next(bytes) {
      let value = RecordBuilder.compact(bytes, inner.value)
      let name = JSONText.bytes(bytes, inner.key)
      if let field = RecordField.ofInteraction(name), field.path.count == 2, !builder.has(field) {
        builder.add(field, value)
      } else {
        builder.addUnknown(RecordBuilder.body(bytes, inner.key), value, inFeedback: true)
      }
    }
  }

  private static let feedback = Array("feedback".utf8)
}
