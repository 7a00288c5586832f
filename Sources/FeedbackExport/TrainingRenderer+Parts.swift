import NDJSON

/// The members of a record, written in the order of the layout.
extension TrainingRenderer {
  func append(
    _ layout: [TrainingFormat.Part], _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    var isFirst = true
    for part in layout {
      if isAbsent(part, example) { continue }
      if !isFirst { line.append(0x2C) }
      isFirst = false
      append(part, example, bytes, to: &line)
    }
  }

  private func isAbsent(_ part: TrainingFormat.Part, _ example: TrainingExample) -> Bool {
    switch part {
    case .system(_, .column): false
    case .system: !hasSystemPrompt(example)
    case .text(_, .reference): example.answer.kind == .missing
    default: false
    }
  }

  private func append(
    _ part: TrainingFormat.Part, _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    if let key = part.key { line.append(contentsOf: key.spelling) }
    switch part {
    case .constant(_, let value):
      line.append(0x22)
      line.append(contentsOf: value.utf8)
      line.append(0x22)
    case .system(_, let style): appendSystem(style, example, bytes, to: &line)
    case .turns(_, let turns): append(turns, example, bytes, to: &line)
    case .object(_, let members):
      line.append(0x7B)
      append(members, example, bytes, to: &line)
      line.append(0x7D)
    case .answers(_, let answer, let style):
      line.append(0x5B)
      let text = answer == .better ? example.answer : example.rejected
      style.append(user: false, bytes, text, to: &line)
      line.append(0x5D)
    case .text(_, let text): append(text, example, bytes, to: &line)
    case .label: line.append(example.label ? "true" : "false")
    case .completions:
      line.append("[{\"score\":1,\"completion\":")
      TurnStyle.gemini.append(user: false, bytes, example.answer, to: &line)
      line.append("},{\"score\":0,\"completion\":")
      TurnStyle.gemini.append(user: false, bytes, example.rejected, to: &line)
      line.append("}]")
    case .provenance: appendProvenance(example, bytes, to: &line)
    }
  }

  private func appendSystem(
    _ style: TrainingFormat.SystemStyle, _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    switch style {
    case .string: appendSystemPrompt(example, bytes, to: &line)
    case .column:
      if hasSystemPrompt(example) { appendSystemPrompt(example, bytes, to: &line) } else { line.append("\"\"") }
    case .blocks:
      line.append("[{\"text\":")
      appendSystemPrompt(example, bytes, to: &line)
      line.append("}]")
    case .parts:
      line.append("{\"parts\":[{\"text\":")
      appendSystemPrompt(example, bytes, to: &line)
      line.append("}]}")
    }
  }

  private func append(
    _ text: TrainingFormat.Text, _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    switch text {
    case .prompt: line.append(bytes, example.userPrompt.textRange)
    case .promptAfterSystem:
      if hasSystemPrompt(example) {
        appendSystemPrompt(example, bytes, to: &line)
        line.removeLast()
        line.append("\\n\\n")
        line.append(bytes, example.userPrompt.range)
        line.append(0x22)
      } else {
        line.append(bytes, example.userPrompt.textRange)
      }
    case .answer, .reference: line.append(bytes, example.answer.textRange)
    case .nothing: line.append("\"\"")
    }
  }

  // MARK: Conversations

  private func append(
    _ turns: TrainingFormat.Turns, _ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    let style = turns.style
    line.append(0x5B)
    if let role = turns.systemRole, hasSystemPrompt(example) {
      style.appendStart(role: role.utf8, to: &line)
      appendSystemPrompt(example, bytes, to: &line)
      style.appendEnd(to: &line)
      line.append(0x2C)
    }
    appendHistory(turns, example.history, bytes, to: &line)
    style.append(user: true, bytes, example.userPrompt, to: &line)
    switch turns.end {
    case .prompt, .promptOrAnswer: break
    case .answer:
      line.append(0x2C)
      style.append(user: false, bytes, example.answer, to: &line)
    case .candidates:
      line.append(",{\"role\":\"assistant\",\"candidates\":[{\"content\":[{\"text\":")
      line.append(bytes, example.answer.textRange)
      line.append("}],\"preferenceLabel\":\"preferred\"},{\"content\":[{\"text\":")
      line.append(bytes, example.rejected.textRange)
      line.append("}],\"preferenceLabel\":\"non-preferred\"}]}")
    }
    line.append(0x5D)
  }

  private func appendHistory(
    _ turns: TrainingFormat.Turns, _ history: Field, _ bytes: Span<UInt8>, to line: inout [UInt8]
  ) {
    var cursor = ElementCursor(history)
    while let turn = cursor.next(bytes) {
      let role = JSONWalk.member(bytes, turn, Self.role)
      let content = JSONWalk.member(bytes, turn, Self.content)
      let isAssistant = JSONText.equals(bytes, role, Self.assistant)
      if isAssistant || JSONText.equals(bytes, role, Self.user) {
        turns.style.append(
          user: !isAssistant, bytes, content, isContext: isAssistant && turns.history == .weighted, to: &line)
      } else {
        var name: [UInt8] = []
        name.append(bytes, role.range)
        turns.style.appendStart(role: name, to: &line)
        line.append(bytes, content.textRange)
        turns.style.appendEnd(to: &line)
      }
      line.append(0x2C)
    }
  }

  private func appendProvenance(_ example: TrainingExample, _ bytes: Span<UInt8>, to line: inout [UInt8]) {
    if example.category.kind == .string {
      line.append("\"category\":")
      line.append(bytes, example.category.textRange)
      line.append(0x2C)
    }
    if example.userRating.kind == .number {
      line.append("\"user_rating\":")
      line.append(bytes, example.userRating.range)
      line.append(0x2C)
    }
    line.append("\"origin\":\"")
    line.append(contentsOf: example.origin.utf8)
    line.append(0x22)
  }
}
