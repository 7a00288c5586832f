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

  private static let rootNames: [[UInt8]] = FlatColumn.all.map { column in
    column.field.path.count == 1 ? Array(column.field.name.utf8) : []
  }
  private static let feedbackNames: [[UInt8]] = FlatColumn.all.map { column in
    column.field.path.count == 2 ? Array(column.field.name.utf8) : []
  }
  private static let feedback = Array("feedback".utf8)

  /// Makes an empty row.
  public init(_ table: Table) {
    self.table = table
    cells = Array(repeating: .missing, count: FlatColumn.all.count)
  }

  /// Lays out a record.
  public mutating func fill(_ bytes: Span<UInt8>, _ record: Field) {
    for index in 0..<cells.count { cells[index] = .missing }
    extra.removeAll(keepingCapacity: true)
    var cursor = MemberCursor(record)
    while let member = cursor.next(bytes) {
      if member.value.kind == .object, JSONText.equals(bytes, member.key, Self.feedback) {
        fillFeedback(bytes, member)
      } else if !place(bytes, member, among: Self.rootNames) {
        append(bytes, member)
      }
    }
    if !extra.isEmpty { extra.append(0x7D) }
  }

  private mutating func fillFeedback(_ bytes: Span<UInt8>, _ feedback: MemberCursor.Member) {
    var rest: [UInt8] = []
    var cursor = MemberCursor(feedback.value)
    var isEmpty = true
    while let member = cursor.next(bytes) {
      isEmpty = false
      if place(bytes, member, among: Self.feedbackNames) { continue }
      rest.append(rest.isEmpty ? 0x7B : 0x2C)
      rest.append(bytes, member.key.textRange)
      rest.append(0x3A)
      JSONWalk.appendCompact(bytes, member.value.textRange, to: &rest)
    }
    if rest.isEmpty && !isEmpty { return }
    extra.append(extra.isEmpty ? 0x7B : 0x2C)
    extra.append("\"feedback\":")
    extra.append(contentsOf: rest.isEmpty ? [0x7B] : rest)
    extra.append(0x7D)
  }

  private mutating func append(_ bytes: Span<UInt8>, _ member: MemberCursor.Member) {
    extra.append(extra.isEmpty ? 0x7B : 0x2C)
    extra.append(bytes, member.key.textRange)
    extra.append(0x3A)
    JSONWalk.appendCompact(bytes, member.value.textRange, to: &extra)
  }

  /// Puts a member into its column; false where `extra` has to hold it, for want of a column or because the column does
  /// not hold all of it.
  private mutating func place(
    _ bytes: Span<UInt8>, _ member: MemberCursor.Member, among names: [[UInt8]]
  ) -> Bool {
    for index in 0..<names.count where !names[index].isEmpty {
      if JSONText.equals(bytes, member.key, names[index]) {
        let kind = FlatColumn.all[index].kind
        if !fits(bytes, member.value, kind) { return false }
        cells[index] = member.value
        // The nearest double stands in the column all the same, or an average would lack it.
        return kind != .number || table == .delimited || isDouble(bytes, member.value)
      }
    }
    return false
  }

  private func fits(_ bytes: Span<UInt8>, _ value: Field, _ kind: FlatColumn.Kind) -> Bool {
    switch kind {
    case .text: return value.kind == .string && (table == .sqlite || value.end > value.start)
    case .integer: return value.kind == .number && isPlainInteger(bytes, value)
    case .number: return value.kind == .number
    case .boolean: return value.kind == .true || value.kind == .false
    case .json: return value.kind == .object || value.kind == .array
    }
  }

  private func isPlainInteger(_ bytes: Span<UInt8>, _ value: Field) -> Bool {
    JSONNumber.integer(bytes, value.range) != nil
  }

  /// Whether a double holds just this number.
  private func isDouble(_ bytes: Span<UInt8>, _ value: Field) -> Bool {
    guard let double = JSONNumber.double(bytes, value.range) else { return false }
    let text = Array("\(double)".utf8)
    return JSONNumber.compare(bytes, value.range, text.span, 0..<text.count) == 0
  }
}
