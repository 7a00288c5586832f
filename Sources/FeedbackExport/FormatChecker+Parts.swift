import NDJSON

/// The members of a record, each held to its part of the layout.
extension FormatChecker {
  mutating func checkMembers(
    _ layout: [TrainingFormat.Part], _ bytes: Span<UInt8>, _ object: Field,
    others: [String: TrainingFormat.OtherMember],
    takesAny: Bool
  ) {
    if object.kind != .object { return add(.type, "not an object; write {…}") }
    var seen = Set<String>()
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      let key = JSONText.string(bytes, member.key)
      seen.insert(key)
      if let part = layout.first(where: { $0.key?.name == key }) {
        steps.append(.key(key))
        check(part, bytes, member.value)
        steps.removeLast()
      } else if let kind = others[key] {
        steps.append(.key(key))
        check(kind, bytes, member.value)
        steps.removeLast()
      } else if !takesAny {
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
    if steps.isEmpty && format.hasColumns { checkColumns(seen) }
  }

  /// A table has the columns of its first records: a member that comes later may be an error to what loads it, and one that
  /// is never there to what reads it.
  private mutating func checkColumns(_ members: Set<String>) {
    if let firstMembers, members != firstMembers {
      add(
        .missing, "other members than in the first record; give all records the same, \"\" where there is nothing",
        isWarning: true)
    }
    firstMembers = firstMembers ?? members
  }

  private mutating func check(_ part: TrainingFormat.Part, _ bytes: Span<UInt8>, _ value: Field) {
    switch part {
    case .constant(_, let text):
      if !JSONText.equals(bytes, value, Array(text.utf8)) { add(.constant, "write \"\(text)\"") }
    case .system(_, let style): checkSystem(style, bytes, value)
    case .turns(_, let turns):
      if !isText(value) { return check(turns, bytes, value) }
      // As a turn of the user.
      digest.add(mark: 1)
      check(.prompt, bytes, value)
    case .object(_, let members):
      checkMembers(
        members, bytes, value, others: ["tools": .objects, "parallel_tool_calls": .flag], takesAny: false)
    case .answers(_, let answer, let style):
      if !isText(value) { return checkAnswers(answer, style, bytes, value) }
      checkText(bytes, value)
      if answer == .better { better = value } else { worse = value }
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

  /// Whether a string stands in the place of turns, in a format that takes it.
  private mutating func isText(_ value: Field) -> Bool {
    let isText = format.takesPlainText && value.kind == .string
    if isText { forms.text = true } else if value.kind == .array { forms.turns = true }
    return isText
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
      better = value
      if value.kind != .object { return checkText(bytes, value) }
      var cursor = MemberCursor(value)
      if cursor.next(bytes) == nil { add(.empty, "nothing to compare with; leave the record out") }
    case .nothing:
      if value.kind != .string { return add(.type, "not a string; write \"\" where there is nothing") }
      textBytes += JSONText.decodedCount(bytes, value)
      // A text to work on is part of the prompt.
      if JSONText.isBlank(bytes, value) { return }
      digest.add(bytes, value)
      promptDigest = digest.value
    }
  }

  private mutating func checkSystem(_ style: TrainingFormat.SystemStyle, _ bytes: Span<UInt8>, _ value: Field) {
    hasSystem = true
    switch style {
    case .string: checkText(bytes, value)
    case .column:
      if value.kind == .string && value.end == value.start {
        hasSystem = false
        return
      }
      checkText(bytes, value)
    case .blocks: checkBlocks(bytes, value)
    case .parts:
      if value.kind != .object { return add(.type, "not an object; write {\"parts\":[{\"text\":…}]}") }
      let found = members(bytes, value, ["parts", "role"], optional: ["role"])
      if let role = found[1], role.kind != .string { add(.type, in: .key("role"), "not a string; write a role") }
      guard let parts = found[0] else { return }
      steps.append(.key("parts"))
      checkBlocks(bytes, parts)
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
      checkCompletion(bytes, element)
      steps.removeLast()
      index += 1
    }
    if better.kind == .missing || worse.kind == .missing || index != 2 {
      add(.type, "write two completions, one with score 1 and one with score 0")
    }
  }

  private mutating func checkCompletion(_ bytes: Span<UInt8>, _ element: Field) {
    if element.kind != .object { return add(.type, "not an object; write {\"score\":…,\"completion\":…}") }
    let found = members(bytes, element, ["score", "completion"])
    let score = found[0].flatMap { $0.kind == .number ? JSONNumber.integer(bytes, $0.range) : nil }
    if found[0] != nil && score != 0 && score != 1 {
      add(.label, in: .key("score"), "neither 1 nor 0; one of each is needed")
    }
    guard let completion = found[1] else { return }
    steps.append(.key("completion"))
    let (role, text) = checkTurn(.gemini, bytes, completion, takesWeight: false)
    if role != .assistant && role != .unknown { add(.role, "not the model's; an answer is one turn of the model") }
    steps.removeLast()
    if score == 1 { better = text }
    if score == 0 { worse = text }
  }

  /// The members of an object by their keys, nil for those that are not there; all others are told, and those that are
  /// missing and not optional.
  mutating func members(
    _ bytes: Span<UInt8>, _ object: Field, _ keys: [String], optional: [String] = []
  ) -> [Field?] {
    var found = [Field?](repeating: nil, count: keys.count)
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      let key = JSONText.string(bytes, member.key)
      if let index = keys.firstIndex(of: key) {
        found[index] = member.value
      } else {
        add(.extra, in: .key(key), "\(format.name) has no such member; take it out")
      }
    }
    for (key, value) in zip(keys, found) where value == nil && !optional.contains(key) {
      add(.missing, in: .key(key), "not there; \(format.name) needs it")
    }
    return found
  }

  // MARK: Texts

  /// Checks a text that has to be there.
  mutating func checkText(_ bytes: Span<UInt8>, _ value: Field) {
    if value.kind != .string { return add(.type, "not a string; write the text alone, in quotes") }
    if JSONText.isBlank(bytes, value) { add(.empty, "an empty text teaches nothing; leave the record out") }
    if let reserved = format.reserved, reserved.isIn(bytes, value) {
      add(.reserved, "\(reserved.words): the target refuses it; leave the record out")
    }
    textBytes += JSONText.decodedCount(bytes, value)
  }

  /// Checks a list of `{"text":…}`; gives the text, if it is one alone, and otherwise the list as it is spelled.
  @discardableResult
  mutating func checkBlocks(_ bytes: Span<UInt8>, _ value: Field, _ style: TurnStyle? = nil) -> Field {
    if value.kind != .array {
      add(.type, "not a list; write [{\"text\":…}]")
      return .missing
    }
    var texts: [Field] = []
    var cursor = ElementCursor(value)
    var index = 0
    while let block = cursor.next(bytes) {
      steps.append(.index(index))
      let text = checkBlock(bytes, block, style)
      if text.kind != .missing { texts.append(text) }
      steps.removeLast()
      index += 1
    }
    if index == 0 { add(.empty, "an empty list teaches nothing; leave the record out") }
    if index > 1 || texts.isEmpty && index > 0 { return Field(start: value.start, end: value.end, kind: .string) }
    return texts.first ?? .missing
  }

  /// Checks a block; gives its text.
  private mutating func checkBlock(_ bytes: Span<UInt8>, _ block: Field, _ style: TurnStyle?) -> Field {
    if block.kind != .object {
      add(.type, "not an object; write {\"text\":…}")
      return .missing
    }
    var text = Field.missing
    var others = 0
    var cursor = MemberCursor(block)
    while let member = cursor.next(bytes) {
      let key = JSONText.string(bytes, member.key)
      if key == "text" {
        text = member.value
        steps.append(.key(key))
        checkText(bytes, text)
        steps.removeLast()
      } else if style?.otherBlocks.contains(key) == true {
        others += 1
      } else if style?.blockNotes.contains(key) != true {
        add(.extra, in: .key(key), "a text of \(format.name) has no such member; take it out")
      }
    }
    if others + (text.kind == .missing ? 0 : 1) > 1 {
      add(.type, "several things in one; give each an element of its own")
    } else if others == 1 {
      add(.type, "not a text, and not looked at", isWarning: true)
    } else if text.kind == .missing {
      add(.missing, in: .key("text"), "not there; \(format.name) needs it")
    }
    return text
  }
}

extension TextDigest {
  /// Adds a value that is no string as it is spelled.
  mutating func addCompact(_ bytes: Span<UInt8>, _ value: Field) {
    add(bytes, Field(start: value.start, end: value.end, kind: .string))
  }
}
