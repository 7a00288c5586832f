/// Changes to the members of one object, carried out by splicing: what is not changed is copied byte for byte, white
/// space included.
///
/// Meant to be reused: `reset` keeps the memory.
public struct ObjectEdit: Sendable {
  private var replaced: [(start: Int, value: [UInt8])] = []
  private var removed: [Int] = []
  private var added: [UInt8] = []
  private var first: [UInt8] = []

  /// Makes an edit that changes nothing.
  public init() {}

  /// Whether the edit changes nothing.
  public var isEmpty: Bool { replaced.isEmpty && removed.isEmpty && added.isEmpty && first.isEmpty }

  /// Forgets all changes.
  public mutating func reset() {
    replaced.removeAll(keepingCapacity: true)
    removed.removeAll(keepingCapacity: true)
    added.removeAll(keepingCapacity: true)
    first.removeAll(keepingCapacity: true)
  }

  /// Puts JSON in the place of a member's value.
  public mutating func replace(_ value: Field, with json: [UInt8]) {
    replaced.append((value.textRange.lowerBound, json))
  }

  /// Takes the member out whose value this is.
  public mutating func remove(_ value: Field) {
    removed.append(value.textRange.lowerBound)
  }

  /// Adds a member at the end of the object.
  ///
  /// `key` is plain ASCII; `json` is its value.
  public mutating func add(_ key: StaticString, _ json: [UInt8]) {
    if !added.isEmpty { added.append(0x2C) }
    added.append(0x22)
    added.append(key)
    added.append("\":")
    added.append(contentsOf: json)
  }

  /// Adds a member in front of all others; at most one.
  ///
  /// `key` is plain ASCII; `json` is its value.
  public mutating func addFirst(_ key: StaticString, _ json: [UInt8]) {
    first.append(0x22)
    first.append(key)
    first.append("\":")
    first.append(contentsOf: json)
  }

  /// Adds a member at the end of the object.
  ///
  /// `text` is the text of its key, `json` its value.
  public mutating func add(key text: [UInt8], _ json: [UInt8]) {
    if !added.isEmpty { added.append(0x2C) }
    JSONText.encode(text, into: &added)
    added.append(0x3A)
    added.append(contentsOf: json)
  }

  /// Adds a member at the end of the object, its key and value as they stand in another text.
  public mutating func add(_ bytes: Span<UInt8>, _ member: MemberCursor.Member) {
    if !added.isEmpty { added.append(0x2C) }
    added.append(bytes, member.key.textRange)
    added.append(0x3A)
    JSONWalk.appendCompact(bytes, member.value.textRange, to: &added)
  }

  /// Appends the object with the changes made.
  public func apply(_ bytes: Span<UInt8>, _ object: Field, to json: inout [UInt8]) {
    json.append(0x7B)
    // In the order of the members, so that an object of many keys is walked once.
    var changes = replaced.sorted { $0.start < $1.start }[...]
    var gone = removed.sorted()[...]
    var cursor = MemberCursor(object)
    var gap = object.start + 1
    var isFirst = true
    json.append(contentsOf: first)
    while let member = cursor.next(bytes) {
      let keyStart = member.key.textRange.lowerBound
      let valueRange = member.value.textRange
      while let start = gone.first, start < valueRange.lowerBound { gone.removeFirst() }
      while let change = changes.first, change.start < valueRange.lowerBound { changes.removeFirst() }
      if gone.first != valueRange.lowerBound {
        // Every gap but the object's first one holds the one comma that is needed here.
        if isFirst {
          if !first.isEmpty { json.append(0x2C) }
          for offset in gap..<keyStart where bytes[offset] != 0x2C { json.append(bytes[offset]) }
        } else {
          json.append(bytes, gap..<keyStart)
        }
        isFirst = false
        if let change = changes.first, change.start == valueRange.lowerBound {
          json.append(bytes, keyStart..<valueRange.lowerBound)
          json.append(contentsOf: change.value)
        } else {
          json.append(bytes, keyStart..<valueRange.upperBound)
        }
      }
      gap = valueRange.upperBound
    }
    if !added.isEmpty {
      if !isFirst || !first.isEmpty { json.append(0x2C) }
      json.append(contentsOf: added)
    }
    json.append(bytes, gap..<object.end - 1)
    json.append(0x7D)
  }
}
