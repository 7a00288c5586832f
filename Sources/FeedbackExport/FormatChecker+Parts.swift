import NDJSON

/// The members of a record, each held to its part of the layout.
extension FormatChecker {
  mutating func checkMembers(
    _ layout: [TrainingFormat.Part], _ bytes: Span<UInt8>, _ object: Field, others: [String], takesAny: Bool
  ) {
    if object.kind != .object { return add(.type, "not an object; write {…}") }
    var seen = Set<String>()
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      let key = JSONText.string(bytes, member.key)
      if let part = layout.first(where: { $0.key?.name == key }) {
        seen.insert(key)
        steps.append(.key(key))
        check(part, bytes, member.value)
        steps.removeLast()
      } else if !takesAny && !others.contains(key) {
        add(
          .extra, in: .key(key),
          "\(format.name) has no such member; take it out (what a record came of belongs in a manifest)")
      }
    }
    for part in layout where !part.isOptional {
      if let key = part.key?.name, !seen.contains(key) {
        add(.missing, in: .key(key), "not there; \(format.name) needs it")
      }
    }
  }

  private mutating func check(_ part: TrainingFormat.Part, _ bytes: Span<UInt8>, _ value: Field) {
    switch part {
    case .constant(_, let text):
      if !JSONText.equals(bytes, value, Array(text.utf8)) { add(.constant, "write \"\(text)\"") }
    case .system(_, let style): checkSystem(style, bytes, value)
    case .turns(_, let turns): check(turns, bytes, value)
    case .object(_, let members):
      checkMembers(members, bytes, value, others: ["tools", "parallel_tool_calls"], takesAny: false)
    case .answers(_, let answer, let style): checkAnswers(answer, style, bytes, value)
    case .text(_, let text): check(text, bytes, value)
    case .label:
      switch value.kind {
      case .true: label = true
      case .false: label = false
      default: add(.label, "neither true nor false: the record would be learnt as good; write it without quotes")
      }
    case .completions: checkCompletions(bytes, value)
    case .provenance: break
    }
  }

  private mutating func check(_ text: TrainingFormat.Text, _ bytes: Span<UInt8>, _ value: Field) {
    switch text {
    case .prompt, .promptAfterSystem:
      checkText(bytes, value)
      prompt = value
      digest.add(bytes, value)
      promptDigest = digest.value
    case .answer:
      checkText(bytes, value)
      better = value
    case .reference:
      if value.kind != .object { checkText(bytes, value) }
      better = value
    case .nothing:
      if value.kind != .string { add(.type, "not a string; write \"\" where there is nothing") }
    }
  }

  private mutating func checkSystem(_ style: TrainingFormat.SystemStyle, _ bytes: Span<UInt8>, _ value: Field) {
    hasSystem = true
    switch style {
    case .string: checkText(bytes, value)
    case .blocks: checkBlocks(bytes, value)
    case .parts:
      if value.kind != .object { return add(.type, "not an object; write {\"parts\":[{\"text\":…}]}") }
      steps.append(.key("parts"))
      checkBlocks(bytes, JSONWalk.member(bytes, value, Array("parts".utf8)))
      steps.removeLast()
    }
    digest.add(bytes, value)
    if value.kind != .string { digest.addCompact(bytes, value) }
  }

  private mutating func checkAnswers(
    _ answer: TrainingFormat.Answer, _ style: TurnStyle, _ bytes: Span<UInt8>, _ value: Field
  ) {
    if value.kind != .array { return add(.type, "not a list; write a list of one message of the assistant") }
    var cursor = ElementCursor(value)
    var count = 0
    while let turn = cursor.next(bytes) {
      steps.append(.index(count))
      let (role, text) = checkTurn(style, bytes, turn, takesWeight: false)
      if role != .assistant && role != .unknown {
        add(.role, "not the assistant's; an answer is one message of the assistant")
      }
      if answer == .better { better = text } else { worse = text }
      steps.removeLast()
      count += 1
    }
    if count != 1 { add(.type, "\(count) messages; write just one, of the assistant") }
  }

  private mutating func checkCompletions(_ bytes: Span<UInt8>, _ value: Field) {
    if value.kind != .array { return add(.type, "not a list; write two completions with the scores 1 and 0") }
    var cursor = ElementCursor(value)
    var index = 0
    while let element = cursor.next(bytes) {
      steps.append(.index(index))
      let score = JSONWalk.member(bytes, element, Array("score".utf8))
      let isBetter = score.kind == .number && JSONNumber.integer(bytes, score.range) == 1
      let isWorse = score.kind == .number && JSONNumber.integer(bytes, score.range) == 0
      if !isBetter && !isWorse { add(.label, in: .key("score"), "neither 1 nor 0; one of each is needed") }
      steps.append(.key("completion"))
      let text = checkTurn(
        .gemini, bytes, JSONWalk.member(bytes, element, Array("completion".utf8)), takesWeight: false
      ).text
      if isBetter { better = text }
      if isWorse { worse = text }
      steps.removeLast(2)
      index += 1
    }
    if better.kind == .missing || worse.kind == .missing || index != 2 {
      add(.type, "write two completions, one with score 1 and one with score 0")
    }
  }

  // MARK: Texts

  /// Checks a text that has to be there.
  mutating func checkText(_ bytes: Span<UInt8>, _ value: Field) {
    if value.kind != .string { return add(.type, "not a string; write the text alone, in quotes") }
    if JSONText.isBlank(bytes, value) { add(.empty, "an empty text teaches nothing; leave the record out") }
    if let reserved = format.reserved, reserved.isIn(bytes, value) {
      add(.reserved, "\(reserved.words): the target refuses it; leave the record out")
    }
    textBytes += value.end - value.start
  }

  /// Checks a list of `{"text":…}`; gives the text, if it is one.
  @discardableResult
  mutating func checkBlocks(_ bytes: Span<UInt8>, _ value: Field) -> Field {
    if value.kind != .array {
      add(.type, "not a list; write [{\"text\":…}]")
      return .missing
    }
    var found = Field.missing
    var cursor = ElementCursor(value)
    var index = 0
    while let block = cursor.next(bytes) {
      let text = JSONWalk.member(bytes, block, Array("text".utf8))
      if text.kind == .missing {
        add(.type, in: .index(index), "not a text, and not looked at", isWarning: true)
      } else {
        steps += [.index(index), .key("text")]
        checkText(bytes, text)
        steps.removeLast(2)
        if found.kind == .missing { found = text }
      }
      index += 1
    }
    if index == 0 { add(.empty, "an empty list teaches nothing; leave the record out") }
    return found
  }
}

extension TextDigest {
  /// Adds a value that is no string as it is spelled.
  mutating func addCompact(_ bytes: Span<UInt8>, _ value: Field) {
    add(bytes, Field(start: value.start, end: value.end, kind: .string))
  }
}
