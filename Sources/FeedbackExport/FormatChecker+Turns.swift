import NDJSON

/// Conversations.
extension FormatChecker {
  enum Role { case system, user, assistant, tool, unknown }

  mutating func check(_ turns: TrainingFormat.Turns, _ bytes: Span<UInt8>, _ value: Field) {
    if value.kind != .array { return add(.type, "not a list; write the turns of a conversation") }
    var cursor = ElementCursor(value)
    var index = 0
    var last: Role?
    var weights = (zero: 0, other: 0)
    var hasUnknown = false
    var userCount = 0
    var element = cursor.next(bytes)
    while let turn = element {
      element = cursor.next(bytes)
      steps.append(.index(index))
      if element == nil && turns.end == .candidates {
        let role = checkCandidates(turns.style, bytes, turn)
        check(role, after: last, index, turns)
        last = role
        hasUnknown = hasUnknown || role == .unknown
      } else {
        let isCalled = callsTools
        let (role, text) = checkTurn(turns.style, bytes, turn, takesWeight: turns.history == .weighted)
        check(role, after: last, index, turns)
        if role == .tool {
          if !isCalled { add(.role, "nothing was called before this answer of a tool; add the call, or take it out") }
          // Several calls have several answers.
          callsTools = isCalled
        }
        if role == .assistant {
          let weight = JSONWalk.member(bytes, turn, Array("weight".utf8))
          let isZero = weight.kind == .number && JSONNumber.integer(bytes, weight.range) == 0
          if isZero { weights.zero += 1 } else { weights.other += 1 }
          if element == nil && (turns.end == .answer || turns.end == .promptOrAnswer) { better = text }
        }
        if role == .user || role == .system {
          digest.add(mark: role == .user ? 1 : 0)
          digest.add(bytes, text)
          if role == .user {
            userCount += 1
            promptDigest = digest.value
            prompt = text
          }
        } else if element != nil {
          digest.add(mark: 2)
          digest.add(bytes, text)
        }
        last = role
        hasUnknown = hasUnknown || role == .unknown
      }
      steps.removeLast()
      index += 1
    }
    if index == 0 { return add(.empty, "no turns; leave the record out") }
    // Without its roles nothing can be said of how a conversation goes.
    if hasUnknown { return }
    checkEnd(turns, last, weights)
    if turns.end == .promptOrAnswer && userCount > 1 {
      add(
        .alternation, "several prompts, which only models of Nova are taught by distillation; keep the last one",
        isWarning: true)
    }
  }

  private mutating func checkEnd(
    _ turns: TrainingFormat.Turns, _ last: Role?, _ weights: (zero: Int, other: Int)
  ) {
    if prompt.kind == .missing { add(.role, "no turn of the user; a conversation needs one") }
    switch turns.end {
    case .answer:
      if last != .assistant {
        add(.alternation, "the last turn is not the assistant's: there is nothing to learn; end with the answer")
      }
      if weights.zero > 0 && weights.other == 0 {
        add(.weight, "every answer has weight 0: there is nothing to learn; give the last one weight 1")
      }
    case .promptOrAnswer:
      if last != .user && last != .assistant { add(.alternation, "the last turn is no prompt; end with the prompt") }
    case .prompt:
      // What a tool said may be answered, but an answer that is graded is one to a prompt.
      if last != .user && (last != .tool || format.takes == .prompts) {
        add(.alternation, "the last turn is not the user's; end with the prompt")
      }
    case .candidates: break
    }
  }

  private mutating func check(_ role: Role, after last: Role?, _ index: Int, _ turns: TrainingFormat.Turns) {
    switch role {
    case .system:
      hasSystem = true
      if turns.systemRole == nil {
        add(.system, "\(format.name) has no turn of the system; give the record a member for it")
      } else if index > 0 {
        add(.system, "the system prompt is not the first turn; put it there", isWarning: !format.alternates)
      }
    case .user, .assistant:
      if last == role {
        let who = role == .user ? "user" : "assistant"
        add(
          .alternation, "two turns of the \(who) one after another; make one of them, or add what was said between",
          isWarning: !format.alternates)
      } else if role == .assistant && (last == nil || last == .system && index == 1) {
        add(.alternation, "the conversation begins with an answer; begin with a prompt", isWarning: !format.alternates)
      }
    case .tool, .unknown: break
    }
  }

  /// Checks one turn; gives its role and its text.
  mutating func checkTurn(
    _ style: TurnStyle, _ bytes: Span<UInt8>, _ turn: Field, takesWeight: Bool
  ) -> (role: Role, text: Field) {
    if turn.kind != .object {
      add(.type, "not an object; write {\"\(style.roleKey)\":…,\"\(style.contentKey)\":…}")
      return (.unknown, .missing)
    }
    var role = Role.unknown
    var text = Field.missing
    var hasRole = false
    var hasContent = false
    callsTools = false
    var names: Set<String> = []
    var weight = Field.missing
    var cursor = MemberCursor(turn)
    while let member = cursor.next(bytes) {
      let key = JSONText.string(bytes, member.key)
      steps.append(.key(key))
      if key == style.roleKey {
        hasRole = true
        role = checkRole(style, bytes, member.value)
      } else if key == style.contentKey {
        hasContent = true
        text = member.value
      } else if key == "weight" && takesWeight {
        weight = member.value
      } else if style.otherMembers.contains(key) {
        if key == "tool_calls" || key == "function_call" { checkCall(key, bytes, member.value) }
        names.insert(key)
        if (key == "name" || key == "tool_call_id") && member.value.kind != .string {
          add(.type, "not a string; write one")
        }
      } else {
        add(.extra, "a turn of \(format.name) has no such member; take it out")
      }
      steps.removeLast()
    }
    if !hasRole { add(.missing, in: .key(style.roleKey), "not there; every turn needs it") }
    if callsTools && role != .assistant && role != .unknown {
      add(.role, "a call of a tool in a turn that is not the assistant's; take it out")
    }
    if hasContent {
      steps.append(.key(style.contentKey))
      // What calls a tool, or comes of it, may say nothing.
      let isBlank = text.kind == .string && text.end == text.start
      let isSilent = callsTools && (isBlank || text.kind == .null) || role == .tool && isBlank
      if style.isBlocks { text = checkBlocks(bytes, text, style) } else if !isSilent { checkText(bytes, text) }
      steps.removeLast()
    } else if !callsTools {
      add(.missing, in: .key(style.contentKey), "not there; every turn needs it")
    }
    if weight.kind != .missing { check(weight: weight, of: role, bytes) }
    if role != .tool && role != .unknown && names.contains("tool_call_id") {
      add(.extra, in: .key("tool_call_id"), "only what a tool says answers a call; take it out")
    }
    if role == .tool {
      let isFunction = JSONText.equals(
        bytes, JSONWalk.member(bytes, turn, Array(style.roleKey.utf8)), Array("function".utf8))
      let key = isFunction ? "name" : "tool_call_id"
      if !names.contains(key) { add(.missing, in: .key(key), "not there; what a tool says answers a call") }
    }
    // Calls are part of what is said.
    if callsTools { text = Field(start: turn.start, end: turn.end, kind: .string) }
    return (role, text)
  }

  /// Checks what a turn calls: a list of calls, or the one function of before; null is none.
  private mutating func checkCall(_ key: String, _ bytes: Span<UInt8>, _ value: Field) {
    if !value.hasValue { return }
    if key == "function_call" {
      callsTools = true
      if value.kind != .object { add(.type, "not an object; write {\"name\":…,\"arguments\":…}") }
      return
    }
    var cursor = ElementCursor(value)
    if value.kind == .array && cursor.next(bytes) == nil {
      return add(.empty, "an empty list calls nothing; take it out")
    }
    callsTools = true
    check(.objects, bytes, value)
  }

  private mutating func check(weight: Field, of role: Role, _ bytes: Span<UInt8>) {
    // Spelled as whole numbers: a weight of 1.0 is none to programs that tell it from 1.
    if weight.kind != .number || ![[0x30], [0x31]].contains(where: { $0.matches(bytes, weight.range) }) {
      add(.weight, in: .key("weight"), "neither 0 nor 1; write one of them")
    } else if role == .user || role == .system {
      add(.weight, in: .key("weight"), "only answers have a weight; take it out")
    }
  }

  private mutating func checkRole(_ style: TurnStyle, _ bytes: Span<UInt8>, _ value: Field) -> Role {
    if value.kind != .string {
      add(.type, "not a string; write a role")
      return .unknown
    }
    let name = JSONText.string(bytes, value)
    if name == style.user { return .user }
    if name == style.assistant { return .assistant }
    let systemRole = format.systemRole
    if name == "system" || name == systemRole {
      if let systemRole, name != systemRole {
        add(.system, "\(format.name) calls the system prompt \(systemRole); rename the role")
      }
      return .system
    }
    if !style.otherMembers.isEmpty && (name == "tool" || name == "function") { return .tool }
    add(.role, "no role of \(format.name), which has \(style.user) and \(style.assistant); rename it")
    return .unknown
  }

  /// Checks the last turn of a preference record, with answers of which some are preferred; gives its role.
  private mutating func checkCandidates(_ style: TurnStyle, _ bytes: Span<UInt8>, _ turn: Field) -> Role {
    if turn.kind != .object {
      add(.type, "not an object; write {\"role\":…,\"candidates\":…}")
      return .unknown
    }
    let found = members(bytes, turn, [style.roleKey, "candidates"])
    var role = Role.unknown
    if let name = found[0] {
      steps.append(.key(style.roleKey))
      role = checkRole(style, bytes, name)
      steps.removeLast()
      if role != .assistant && role != .unknown {
        add(.role, "not the assistant's; the last turn has the answers of the assistant")
      }
    }
    guard let candidates = found[1] else { return role }
    steps.append(.key("candidates"))
    defer { steps.removeLast() }
    if candidates.kind != .array {
      add(.type, "not a list; write two candidates")
      return role
    }
    var answers: (better: [Field], worse: [Field]) = ([], [])
    var cursor = ElementCursor(candidates)
    var index = 0
    while let candidate = cursor.next(bytes) {
      steps.append(.index(index))
      let (isBetter, text) = checkCandidate(style, bytes, candidate)
      if isBetter == true { answers.better.append(text) }
      if isBetter == false { answers.worse.append(text) }
      steps.removeLast()
      index += 1
    }
    if answers.better.isEmpty || answers.worse.isEmpty {
      add(.label, "write one candidate that is preferred and one that is not")
    }
    better = answers.better.first ?? .missing
    worse = answers.worse.first ?? .missing
    for one in answers.better {
      for other in answers.worse where isTie(bytes, one, other) { (better, worse) = (one, other) }
    }
    return role
  }

  /// Checks one answer; gives whether it is preferred, if it says so, and its text.
  private mutating func checkCandidate(
    _ style: TurnStyle, _ bytes: Span<UInt8>, _ candidate: Field
  ) -> (isBetter: Bool?, text: Field) {
    if candidate.kind != .object {
      add(.type, "not an object; write {\"content\":…,\"preferenceLabel\":…}")
      return (nil, .missing)
    }
    let found = members(bytes, candidate, ["content", "preferenceLabel"])
    var text = Field.missing
    if let content = found[0] {
      steps.append(.key("content"))
      text = checkBlocks(bytes, content, style)
      steps.removeLast()
    }
    guard let label = found[1] else { return (nil, text) }
    if JSONText.equals(bytes, label, Array("preferred".utf8)) { return (true, text) }
    if JSONText.equals(bytes, label, Array("non-preferred".utf8)) { return (false, text) }
    add(.label, in: .key("preferenceLabel"), "neither \"preferred\" nor \"non-preferred\"; write one of them")
    return (nil, text)
  }
}

extension TrainingFormat {
  /// The role of a turn with the system prompt, if the format has such turns.
  var systemRole: String? {
    func find(_ parts: [Part]) -> String? {
      for part in parts {
        if case .turns(_, let turns) = part { return turns.systemRole }
        if case .object(_, let members) = part { return find(members) }
      }
      return nil
    }
    return find(layout)
  }
}
