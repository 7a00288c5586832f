import NDJSON

/// How a format spells one turn of a conversation: shared by all records, so of reference kind.
final class TurnStyle: Sendable {
  /// The key of the role, and the name of each role that is not its own.
  let roleKey: String
  let user: String
  let assistant: String
  /// The key of the content.
  let contentKey: String
  /// Whether the content is a list of `{"text":…}` rather than a string.
  let isBlocks: Bool
  /// Members of a turn that are not looked at.
  let otherMembers: [String]
  /// What a block may hold in place of a text, and what it may say of it; neither is looked at.
  let otherBlocks: [String]
  let blockNotes: [String]

  /// A turn up to its text, of the user and of the assistant.
  private let userStart: [UInt8]
  private let assistantStart: [UInt8]
  private let open: [UInt8]
  private let middle: [UInt8]
  private let close: [UInt8]

  init(
    role roleKey: String = "role", user: String = "user", assistant: String = "assistant",
    content contentKey: String = "content", isBlocks: Bool = false, otherMembers: [String] = [],
    otherBlocks: [String] = [], blockNotes: [String] = []
  ) {
    self.roleKey = roleKey
    self.user = user
    self.assistant = assistant
    self.contentKey = contentKey
    self.isBlocks = isBlocks
    self.otherMembers = otherMembers
    self.otherBlocks = otherBlocks
    self.blockNotes = blockNotes
    open = Array("{\"\(roleKey)\":\"".utf8)
    middle = Array("\",\"\(contentKey)\":\(isBlocks ? "[{\"text\":" : "")".utf8)
    close = Array((isBlocks ? "}]" : "").utf8)
    userStart = open + Array(user.utf8) + middle
    assistantStart = open + Array(assistant.utf8) + middle
  }

  /// A turn as `{"role":…,"content":"…"}`.
  static let messages = TurnStyle()
  /// As `messages`, with the tools of OpenAI.
  static let openAI = TurnStyle(otherMembers: ["name", "tool_calls", "tool_call_id", "function_call"])
  /// A turn as `{"role":…,"content":[{"text":"…"}]}`.
  static let converse = TurnStyle(
    isBlocks: true,
    otherBlocks: ["image", "video", "document", "audio", "reasoningContent", "toolUse", "toolResult", "cachePoint"])
  /// A turn as `{"role":…,"parts":[{"text":"…"}]}`, of user and model.
  static let gemini = TurnStyle(
    assistant: "model", content: "parts", isBlocks: true,
    otherBlocks: [
      "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
    ], blockNotes: ["thought", "thoughtSignature", "videoMetadata"])
  /// A turn as `{"from":…,"value":"…"}`, of human and gpt.
  static let shareGPT = TurnStyle(role: "from", user: "human", assistant: "gpt", content: "value")

  /// Appends a turn with a text that stands in a record; with weight 0 if asked.
  func append(user isUser: Bool, _ bytes: Span<UInt8>, _ text: Field, isContext: Bool = false, to line: inout [UInt8]) {
    line.append(contentsOf: isUser ? userStart : assistantStart)
    line.append(bytes, text.textRange)
    if isBlocks { line.append(contentsOf: close) }
    if isContext { line.append(",\"weight\":0") }
    line.append(0x7D)
  }

  /// Appends the start of a turn of another role, up to its text.
  func appendStart(role: some Sequence<UInt8>, to line: inout [UInt8]) {
    line.append(contentsOf: open)
    line.append(contentsOf: role)
    line.append(contentsOf: middle)
  }

  /// Appends the end of a turn, after its text.
  func appendEnd(to line: inout [UInt8]) {
    line.append(contentsOf: close)
    line.append(0x7D)
  }
}
