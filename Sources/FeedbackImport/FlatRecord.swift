import FeedbackModel
import NDJSON

/// A cell of a table.
enum FlatCell {
  /// Nothing: NULL, or an empty field of delimited text.
  case absent
  /// Text, as UTF-8.
  case text([UInt8])
  /// A number as JSON spells it.
  case number([UInt8])
}

/// Turns rows of a table into interactions, by the names of its columns (`FlatColumn`).
///
/// Columns of other names go to `metadata`; `extra` is an object whose members are merged into the record.
struct FlatRecord: Sendable {
  private let names: [[UInt8]]
  private let fields: [(field: RecordField, kind: FlatColumn.Kind)?]
  private let map: FieldMap
  private static let extra = Array(FlatColumn.extra.utf8)
  private static let metadata = Array("metadata".utf8)

  /// Makes a reader of rows with columns of these names.
  init(names: [[UInt8]], map: FieldMap) {
    self.names = names
    self.map = map
    fields = names.map { name in FlatColumn.all.first { Array($0.field.name.utf8) == name } }
  }

  /// The first name that occurs twice, if any.
  static func repeatedName(_ names: [[UInt8]]) -> [UInt8]? {
    var seen: Set<[UInt8]> = []
    return names.first { !seen.insert($0).inserted }
  }

  /// Fills a builder from the cells of a row.
  func fill(_ cells: [FlatCell], _ builder: inout RecordBuilder) throws(RecordError) {
    if !map.isEmpty { return try fillMapped(cells, &builder) }
    // What `extra` holds goes before the columns: a column may have the nearest that it can hold of the same field.
    let extraIndex = names.firstIndex(of: Self.extra)
    var hasExtra = false
    if let extraIndex, case .text(let text) = cells[extraIndex], text.first == 0x7B {
      hasExtra = true
      try merge(text, into: &builder)
    }
    for (index, cell) in cells.enumerated() where !(hasExtra && index == extraIndex) {
      guard let json = FlatRecord.json(cell, fields[index]?.kind) else { continue }
      if let column = fields[index] {
        if column.field != .metadata || !FlatRecord.addObject(json, to: &builder) { builder.add(column.field, json) }
      } else {
        let name = names[index]
        var key: [UInt8] = []
        JSONText.encodeBody(name.span, 0..<name.count, into: &key)
        builder.addMetadata(key, json)
      }
    }
  }

  /// With a map, a row is an object of strings and numbers like any other foreign record.
  private func fillMapped(_ cells: [FlatCell], _ builder: inout RecordBuilder) throws(RecordError) {
    var object: [UInt8] = [0x7B]
    for (index, cell) in cells.enumerated() {
      guard let json = FlatRecord.json(cell, nil) else { continue }
      if object.count > 1 { object.append(0x2C) }
      JSONText.encode(names[index], into: &object)
      object.append(0x3A)
      object.append(contentsOf: json)
    }
    object.append(0x7D)
    var scanner = LineScanner(FieldSet(paths: []))
    let bytes = scanner.scan(text: object)
    if let error = scanner.error { throw RecordError(error) }
    map.convert(bytes.span, scanner.root, into: &builder)
  }

  /// The JSON of a cell in a column of a kind; nil where it is absent.
  ///
  /// What does not fit stays a string, for the rules of the record to refuse.
  private static func json(_ cell: FlatCell, _ kind: FlatColumn.Kind?) -> [UInt8]? {
    switch cell {
    case .absent: return nil
    case .number(let number):
      return kind == .text ? [0x22] + number + [0x22] : number
    case .text(let text):
      switch kind {
      case .number?, .integer?: if let number = NumberText.trimmed(text) { return number }
      case .json?: if let json = value(text) { return json }
      default: break
      }
      var json: [UInt8] = []
      JSONText.encode(text, into: &json)
      return json
    }
  }

  /// JSON in a cell, without white space; nil where it is none.
  private static func value(_ text: [UInt8]) -> [UInt8]? {
    var scanner = LineScanner(FieldSet(paths: []), rules: .document)
    let bytes = scanner.scan(text: text)
    if scanner.code != .none { return nil }
    return RecordBuilder.compact(bytes.span, scanner.root)
  }

  private static func addObject(_ json: [UInt8], to builder: inout RecordBuilder) -> Bool {
    var scanner = LineScanner(FieldSet(paths: []))
    let bytes = scanner.scan(text: json)
    if scanner.code != .none || scanner.root.end - scanner.root.start <= 2 { return false }
    builder.addMetadata(bytes.span, membersOf: scanner.root)
    return true
  }

  /// Merges what no column could hold.
  private func merge(_ extra: [UInt8], into builder: inout RecordBuilder) throws(RecordError) {
    var scanner = LineScanner(FieldSet(paths: []), rules: .record)
    let bytes = scanner.scan(text: extra)
    if let error = scanner.error {
      throw .schema(FlatColumn.extra, error.code.message, at: 0)
    }
    var cursor = MemberCursor(scanner.root)
    while let member = cursor.next(bytes.span) {
      let key = JSONText.bytes(bytes.span, member.key)
      if key == Array("feedback".utf8) && member.value.kind == .object {
        if member.value.end - member.value.start <= 2 { builder.addUnknown(key, [0x7B, 0x7D], inFeedback: false) }
        SourceRecord.addUnknown(bytes.span, member, key: key, to: &builder)
      } else {
        let json = RecordBuilder.compact(bytes.span, member.value)
        if let field = RecordField.ofInteraction(key), field.path.count == 1 {
          builder.add(field, json)
        } else {
          builder.addUnknown(RecordBuilder.body(bytes.span, member.key), json, inFeedback: false)
        }
      }
    }
  }
}
