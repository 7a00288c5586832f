import FeedbackModel
import NDJSON

/// Puts an interaction together member by member, for sources whose records are not interactions themselves.
///
/// What no field of the record knows goes to `metadata`, verbatim. A key that `metadata` holds already gets `_` at its end.
struct RecordBuilder: Sendable {
  private var root: [UInt8] = []
  private var feedback: [UInt8] = []
  private var metadata: [UInt8] = []
  /// A `metadata` that is no object, or an empty one.
  private var otherMetadata: [UInt8] = []
  private var metadataKeys: Set<[UInt8]> = []
  private var placed: Set<RecordField> = []

  mutating func reset() {
    root.removeAll(keepingCapacity: true)
    feedback.removeAll(keepingCapacity: true)
    metadata.removeAll(keepingCapacity: true)
    otherMetadata.removeAll(keepingCapacity: true)
    metadataKeys.removeAll(keepingCapacity: true)
    placed.removeAll(keepingCapacity: true)
  }

  /// Whether a field has been added.
  func has(_ field: RecordField) -> Bool { placed.contains(field) }

  /// Adds a field; the first value of a field holds.
  mutating func add(_ field: RecordField, _ json: [UInt8]) {
    if !placed.insert(field).inserted { return }
    let name = Array(field.name.utf8)
    if field == .metadata {
      otherMetadata = json
    } else if field.path.count == 2 {
      RecordBuilder.append(name, json, to: &feedback)
    } else {
      RecordBuilder.append(name, json, to: &root)
    }
  }

  /// Adds a member of the record, or of its `feedback`, that no field knows; the key is the body of a JSON string.
  mutating func addUnknown(_ key: [UInt8], _ json: [UInt8], inFeedback: Bool) {
    if inFeedback {
      RecordBuilder.append(key, json, to: &feedback)
    } else {
      RecordBuilder.append(key, json, to: &root)
    }
  }

  /// Adds a member of `metadata`; the key is the body of a JSON string.
  mutating func addMetadata(_ key: [UInt8], _ json: [UInt8]) {
    var key = key
    while !metadataKeys.insert(key).inserted { key.append(0x5F) }
    RecordBuilder.append(key, json, to: &metadata)
  }

  /// Adds all members of an object to `metadata`.
  mutating func addMetadata(_ bytes: Span<UInt8>, membersOf object: Field) {
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      addMetadata(RecordBuilder.body(bytes, member.key), RecordBuilder.compact(bytes, member.value))
    }
  }

  /// Appends the record, without a newline.
  mutating func appendRecord(to line: inout [UInt8]) {
    line.append(0x7B)
    line.append(contentsOf: root)
    if !otherMetadata.isEmpty {
      if metadata.isEmpty {
        if line.last != 0x7B { line.append(0x2C) }
        line.append("\"metadata\":")
        line.append(contentsOf: otherMetadata)
      } else {
        addMetadata(Array("metadata".utf8), otherMetadata)
      }
    }
    for (key, members) in [("feedback", feedback), ("metadata", metadata)] where !members.isEmpty {
      if line.last != 0x7B { line.append(0x2C) }
      line.append(0x22)
      line.append(contentsOf: key.utf8)
      line.append("\":{")
      line.append(contentsOf: members)
      line.append(0x7D)
    }
    line.append(0x7D)
  }

  private static func append(_ key: [UInt8], _ json: [UInt8], to members: inout [UInt8]) {
    if !members.isEmpty { members.append(0x2C) }
    members.append(0x22)
    members.append(contentsOf: key)
    members.append("\":")
    members.append(contentsOf: json)
  }

  /// The body of a key as it is spelled.
  static func body(_ bytes: Span<UInt8>, _ key: Field) -> [UInt8] {
    var body: [UInt8] = []
    body.append(bytes, key.range)
    return body
  }

  /// A value without the white space between its tokens.
  static func compact(_ bytes: Span<UInt8>, _ value: Field) -> [UInt8] {
    var json: [UInt8] = []
    JSONWalk.appendCompact(bytes, value.textRange, to: &json)
    return json
  }
}

extension RecordField {
  /// The field of an interaction that a key names: one of the record, or one of its `feedback` beside the others.
  static func ofInteraction(_ key: [UInt8]) -> RecordField? { byName[key] }

  /// All fields of an interaction that a source may hold.
  static let flat: [RecordField] = FlatColumn.all.map(\.field)

  private static let byName: [[UInt8]: RecordField] = Dictionary(
    uniqueKeysWithValues: flat.map { (Array($0.name.utf8), $0) })

  /// The field that `--map` names: `user_rating` or `feedback.user_rating`.
  static func named(_ name: String) -> RecordField? {
    flat.first { $0.name == name || $0.dotted == name }
  }
}
