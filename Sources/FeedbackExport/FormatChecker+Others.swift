import NDJSON

/// Members that a record may have besides, of which no more than their kind is looked at.
extension FormatChecker {
  mutating func check(_ kind: TrainingFormat.OtherMember, _ bytes: Span<UInt8>, _ value: Field) {
    switch kind {
    case .text: if value.kind != .string { add(.type, "not a string; write one") }
    case .flag:
      if value.kind != .true && value.kind != .false { add(.type, "neither true nor false; write it without quotes") }
    case .objects:
      checkElements(bytes, value, "not a list; write a list of objects") { checker, element in
        if element.kind != .object { checker.add(.type, "not an object; write {…}") }
      }
    case .textPairs:
      checkElements(bytes, value, "not a list; write [[\"prompt\",\"answer\"],…]") { checker, element in
        if !Self.isPairOfTexts(bytes, element) {
          checker.add(.type, "not a prompt and an answer; write [\"prompt\",\"answer\"]")
        }
      }
    }
  }

  private mutating func checkElements(
    _ bytes: Span<UInt8>, _ list: Field, _ message: String, _ check: (inout FormatChecker, Field) -> Void
  ) {
    if list.kind != .array { return add(.type, message) }
    var cursor = ElementCursor(list)
    var index = 0
    while let element = cursor.next(bytes) {
      steps.append(.index(index))
      check(&self, element)
      steps.removeLast()
      index += 1
    }
  }

  private static func isPairOfTexts(_ bytes: Span<UInt8>, _ value: Field) -> Bool {
    if value.kind != .array { return false }
    var cursor = ElementCursor(value)
    var count = 0
    while let element = cursor.next(bytes) {
      if element.kind != .string { return false }
      count += 1
    }
    return count == 2
  }
}
