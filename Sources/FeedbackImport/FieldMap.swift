import FeedbackModel
import NDJSON

/// Where a foreign source keeps the fields of an interaction: `--map user_prompt=input.question`.
public struct FieldMap: Sendable {
  private struct Entry: Sendable {
    var field: RecordField
    /// Keys and array indices from the record inward.
    var path: [[UInt8]]
    /// The path in one piece: the name of a column may hold dots.
    var name: [UInt8]
  }

  private var entries: [Entry] = []

  /// Makes a map without entries, which leaves records as they are.
  public init() {}

  /// Whether there are no entries.
  public var isEmpty: Bool { entries.isEmpty }

  /// Reads `FIELD=PATH`; returns what is wrong with it, or nil.
  public mutating func add(_ text: String) -> String? {
    guard let equals = text.firstIndex(of: "=") else { return "'\(text)' is not FIELD=PATH" }
    let name = String(text[..<equals])
    let path = String(text[text.index(after: equals)...])
    guard let field = RecordField.named(name) else { return "'\(name)' is no field of an interaction" }
    if entries.contains(where: { $0.field == field }) { return "'\(name)' is mapped twice" }
    let keys = path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map { Array($0) }
    if keys.contains(where: \.isEmpty) { return "'\(path)' has an empty key" }
    entries.append(Entry(field: field, path: keys, name: Array(path.utf8)))
    return nil
  }

  /// Fills a builder from the record at a place.
  ///
  /// Mapped fields come first; top-level members that an interaction knows keep their meaning; the rest goes to
  /// `metadata`, without the values that were mapped.
  func convert(_ bytes: Span<UInt8>, _ record: Field, into builder: inout RecordBuilder) {
    var taken: [Int] = []
    for entry in entries {
      var value = JSONWalk.member(bytes, record, entry.name)
      if value.kind == .missing { value = JSONWalk.value(bytes, record, path: entry.path) }
      if value.kind == .missing { continue }
      taken.append(value.start)
      builder.add(entry.field, RecordBuilder.compact(bytes, value))
    }
    var cursor = MemberCursor(record)
    while let member = cursor.next(bytes) {
      if taken.contains(member.value.start) { continue }
      let key = JSONText.bytes(bytes, member.key)
      if let field = RecordField.ofInteraction(key), !entries.contains(where: { $0.field == field }) {
        if field == .metadata, member.value.kind == .object {
          builder.addMetadata(bytes, membersOf: member.value)
        } else {
          builder.add(field, RecordBuilder.compact(bytes, member.value))
        }
        continue
      }
      var rest: [UInt8] = []
      if FieldMap.append(bytes, member.value, without: taken, to: &rest) {
        builder.addMetadata(RecordBuilder.body(bytes, member.key), rest)
      }
    }
    if !builder.has(.id) { builder.add(.id, SourceRecord.identity(bytes, record.range)) }
  }

  /// Appends a value without the values that start at some offsets; false, with nothing appended, where nothing is left.
  private static func append(
    _ bytes: Span<UInt8>, _ value: Field, without taken: [Int], to json: inout [UInt8]
  ) -> Bool {
    if taken.contains(value.start) { return false }
    if !taken.contains(where: { value.start < $0 && $0 < value.end }) {
      JSONWalk.appendCompact(bytes, value.textRange, to: &json)
      return true
    }
    let start = json.count
    if value.kind == .object {
      json.append(0x7B)
      var cursor = MemberCursor(value)
      while let member = cursor.next(bytes) {
        let before = json.count
        if before > start + 1 { json.append(0x2C) }
        json.append(bytes, member.key.textRange)
        json.append(0x3A)
        if !append(bytes, member.value, without: taken, to: &json) { json.removeSubrange(before...) }
      }
      json.append(0x7D)
    } else {
      json.append(0x5B)
      var cursor = ElementCursor(value)
      while let element = cursor.next(bytes) {
        let before = json.count
        if before > start + 1 { json.append(0x2C) }
        if !append(bytes, element, without: taken, to: &json) { json.removeSubrange(before...) }
      }
      json.append(0x5D)
    }
    if json.count == start + 2 { json.removeSubrange(start...) }
    return json.count > start
  }
}
