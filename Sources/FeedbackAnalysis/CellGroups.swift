import FeedbackModel
import NDJSON

/// A field that has too many values to be groups, or a pair of fields that has too many pairs of values.
public struct TooManyGroups: Error, Sendable {
  /// The field, dotted; of a pair both, with a `+` between them.
  public var field: String
}

/// The values of one field that occurred, each with a number from 1 on; 0 stands for interactions in which the field is
/// absent or null.
struct FieldValues: Sendable {
  let name: String
  let slot: Int
  private let isCategory: Bool
  private var table = GroupTable()

  init(name: String, slot: Int) {
    self.name = name
    self.slot = slot
    isCategory = name == RecordField.category.dotted
  }

  /// How many numbers there are.
  var count: Int { table.count + 1 }

  /// The bytes of a value, nil for 0.
  func value(_ number: Int) -> [UInt8]? { number == 0 ? nil : table.value(number - 1) }

  /// The number of a value: a field that is a string, absent or null.
  ///
  /// Interactions without a category have the value `uncategorized`.
  mutating func number(
    _ bytes: Span<UInt8>, _ field: Field, scratch: inout [UInt8]
  ) throws(TooManyGroups) -> Int {
    if field.kind == .string && !field.isEscaped { return try number(bytes, field.range) }
    if field.kind == .string {
      scratch.removeAll(keepingCapacity: true)
      JSONText.decode(bytes, field.range, into: &scratch)
      return try number(scratch.span, 0..<scratch.count)
    }
    return try isCategory ? number(of: RecordField.uncategorized) : 0
  }

  /// The number of a value, nil for one that is absent.
  mutating func number(of value: [UInt8]?) throws(TooManyGroups) -> Int {
    guard let value else { return 0 }
    return try number(value.span, 0..<value.count)
  }

  /// Whether the values of both are few enough.
  func accepts(_ other: FieldValues) -> Bool {
    if table.count + other.table.count <= AnalysisOptions.groupsMax { return true }
    let added = (0..<other.table.count).filter { number in
      let value = other.table.value(number)
      return !table.contains(value.span, 0..<value.count)
    }
    return table.count + added.count <= AnalysisOptions.groupsMax
  }

  private mutating func number(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(TooManyGroups) -> Int {
    let index = table.index(of: bytes, range)
    if index >= AnalysisOptions.groupsMax { throw TooManyGroups(field: name) }
    return index + 1
  }
}

/// The cells of the values of one field, or of the pairs of values of two.
struct CellGroups: Sendable {
  /// As it was asked for: `category`, `category+model`.
  let name: String
  /// Which of the analysis' fields; one or two.
  let fields: [Int]
  /// The pairs that occurred: both numbers, four bytes each.
  private var pairs = GroupTable()
  /// Of one field, the cell of each number; of two, of each pair.
  private(set) var cells: [Cell] = []

  init(name: String, fields: [Int]) {
    self.name = name
    self.fields = fields
  }

  /// The numbers of the values that a cell belongs to.
  func numbers(ofCell index: Int) -> [Int] {
    if fields.count == 1 { return [index] }
    let key = pairs.value(index)
    return [0, 4].map { start in (0..<4).reduce(0) { $0 | Int(key[start + $1]) << (8 * $1) } }
  }

  /// Whether the pairs of both are few enough even if none is in both: their numbers are not those of the same values.
  func accepts(_ other: CellGroups) -> Bool { pairs.count + other.pairs.count <= AnalysisOptions.groupsMax }

  /// Counts an interaction in the cell of the numbers of its fields' values.
  ///
  /// Whether it is an example of a poor answer there now.
  mutating func count(
    _ seen: borrowing Observation, _ numbers: [Int], peopleMax: Int
  ) throws(TooManyGroups) -> Bool {
    let index = try place(numbers)
    return cells[index].add(seen, peopleMax: peopleMax, countsDays: true)
  }

  /// Adds a cell to that of the numbers of its fields' values.
  mutating func merge(_ cell: Cell, _ numbers: [Int], peopleMax: Int) throws(TooManyGroups) {
    let index = try place(numbers)
    cells[index].merge(cell, peopleMax: peopleMax)
  }

  /// Where the cell for the numbers of all fields of the analysis is; a new one is empty.
  private mutating func place(_ numbers: [Int]) throws(TooManyGroups) -> Int {
    let index: Int
    if fields.count == 1 {
      index = numbers[fields[0]]
    } else {
      let (first, second) = (numbers[fields[0]], numbers[fields[1]])
      var key: InlineArray<8, UInt8> = .init(repeating: 0)
      for byte in 0..<4 {
        key[byte] = UInt8(truncatingIfNeeded: first >> (8 * byte))
        key[byte + 4] = UInt8(truncatingIfNeeded: second >> (8 * byte))
      }
      index = pairs.index(of: key.span, 0..<8)
      if index >= AnalysisOptions.groupsMax { throw TooManyGroups(field: name) }
    }
    while index >= cells.count { cells.append(Cell()) }
    return index
  }
}
