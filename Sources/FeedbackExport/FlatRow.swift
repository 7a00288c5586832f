import FeedbackModel
import NDJSON

/// One record laid out in the columns of `FlatColumn`: the cells as fields of the record, and the JSON object of all
/// that no cell holds.
///
/// Reused from record to record.
public struct FlatRow: Sendable {
  /// What the table can hold.
  public enum Table: Sendable {
    /// SQLite: typed values; of a number that is no double, `extra` has the exact one.
    case sqlite
    /// CSV: text; an empty cell is an absent field, so an empty string is none.
    case delimited
  }

  private let table: Table
  /// A cell for each of `FlatColumn.all`, `.missing` where it is empty.
  public private(set) var cells: [Field]
  /// The `extra` object, empty where nothing is left over.
  public private(set) var extra: [UInt8] = []

  private let kinds = FlatColumn.all.map(\.kind)
  /// The column of each slot of the scanner, -1 where it has none.
  private let columns = RecordField.allCases.map { field in
    FlatColumn.all.firstIndex { $0.field == field } ?? -1
  }
  private var lastSlot = 0

  /// Makes an empty row.
  public init(_ table: Table) {
    self.table = table
    cells = Array(repeating: .missing, count: FlatColumn.all.count)
  }

  /// Lays out the record that a scanner of records saw last.
  public mutating func fill(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) {
    var empty = cells.mutableSpan
    for index in empty.indices { empty[index] = .missing }
    extra.removeAll(keepingCapacity: true)
    extra.append(0x7B)
    _ = layOut(bytes, scanner.root, scanner.fields)
    if extra.count == 1 { extra.removeAll(keepingCapacity: true) } else { extra.append(0x7D) }
  }

  /// Lays out the members of the record or of its feedback; false if there are none.
  private mutating func layOut(_ bytes: Span<UInt8>, _ object: Field, _ located: [Field]) -> Bool {
    let first = extra.count
    var cursor = MemberCursor(object)
    var isEmpty = true
    while let (key, start) = cursor.nextKey(bytes) {
      isEmpty = false
      let slot = slot(of: start, located)
      let value = slot < 0 ? JSONWalk.value(bytes, at: start) : located[slot]
      cursor.resume(at: value.textRange.upperBound)
      if slot == RecordField.feedback.rawValue && value.kind == .object {
        layOutFeedback(bytes, value, located, isFirst: extra.count == first)
      } else if slot < 0 || !place(bytes, value, column: columns[slot]) {
        if extra.count > first { extra.append(0x2C) }
        extra.append(bytes, key.textRange)
        extra.append(0x3A)
        JSONWalk.appendCompact(bytes, value.textRange, to: &extra)
      }
    }
    return !isEmpty
  }

  private mutating func layOutFeedback(
    _ bytes: Span<UInt8>, _ feedback: Field, _ located: [Field], isFirst: Bool
  ) {
    let start = extra.count
    if !isFirst { extra.append(0x2C) }
    extra.append("\"feedback\":{")
    let first = extra.count
    let hasMembers = layOut(bytes, feedback, located)
    if hasMembers && extra.count == first {
      extra.removeLast(first - start)
    } else {
      extra.append(0x7D)
    }
  }

  /// The slot of the value that starts at an offset, -1 where the scanner has not located it.
  ///
  /// A value is known by its place, so no key is compared. Records hold their members about in the order of the slots: the
  /// search goes on from the last one found.
  private mutating func slot(of start: Int, _ located: [Field]) -> Int {
    var slot = lastSlot
    for _ in 0..<columns.count {
      slot = slot &+ 1 < columns.count ? slot &+ 1 : 0
      let field = located[slot]
      let textStart = field.kind == .string ? field.start &- 1 : field.start
      if textStart == start && field.kind != .missing {
        lastSlot = slot
        return slot
      }
    }
    return -1
  }

  /// Puts a value into a column (-1: none); false where `extra` has to hold it, for want of a column or because the column
  /// does not hold all of it.
  private mutating func place(_ bytes: Span<UInt8>, _ value: Field, column: Int) -> Bool {
    if column < 0 || !fits(bytes, value, kinds[column]) { return false }
    cells[column] = value
    // The nearest double stands in the column all the same, or an average would lack it.
    return kinds[column] != .number || table == .delimited || JSONNumber.isDouble(bytes, value.range)
  }

  private func fits(_ bytes: Span<UInt8>, _ value: Field, _ kind: FlatColumn.Kind) -> Bool {
    switch kind {
    case .text: return value.kind == .string && (table == .sqlite || value.end > value.start)
    case .integer: return value.kind == .number && JSONNumber.integer(bytes, value.range) != nil
    case .number: return value.kind == .number
    case .boolean: return value.kind == .true || value.kind == .false
    case .json: return value.kind == .object || value.kind == .array
    }
  }
}
