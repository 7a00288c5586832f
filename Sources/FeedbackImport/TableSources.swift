import DelimitedText
import FeedbackModel
import FeedbackStore
import NDJSON

/// The interactions of delimited text: the first record names the columns.
public struct DelimitedSource: Sendable {
  private let map: FieldMap
  private let isGuess: Bool
  private var row: FlatRecord?
  private var columnCount = 0

  /// Makes a source without a header yet.
  ///
  /// Where the format is a guess, as the file is nothing else, a header without any column that is known is refused.
  public init(map: FieldMap, isGuess: Bool) {
    self.map = map
    self.isGuess = isGuess
  }

  /// Which byte separates the fields of a file with this head: tab, semicolon or comma, whichever its first line has most of.
  public static func delimiter(_ head: [UInt8]) -> UInt8 {
    let line = head.prefix { $0 != 0x0A }
    return ([0x2C, 0x09, 0x3B] as [UInt8]).max { a, b in
      line.count(where: { $0 == a }) < line.count(where: { $0 == b })
    } ?? 0x2C
  }

  /// Takes the record that a reader found; false for the header, which is none of the interactions.
  public mutating func take(
    _ reader: DelimitedReader, into normalizer: inout InteractionNormalizer
  ) throws(RecordError) -> Bool {
    guard let row else {
      var names = (0..<reader.count).map { reader.field($0) }
      if let first = names.first, first.starts(with: SourceFormat.byteOrderMark) {
        names[0] = Array(first.dropFirst(3))
      }
      if isGuess && map.isEmpty && !names.contains(where: { RecordField.ofInteraction($0) != nil }) {
        throw RecordError(
          reason: "format", field: "",
          message: "neither JSON nor CSV with a column of an interaction (--map names others)",
          offset: 0)
      }
      if FlatRecord.repeatedName(names) != nil { throw .schema("header", "a column named twice", at: 0) }
      columnCount = names.count
      self.row = FlatRecord(names: names, map: map)
      return false
    }
    if reader.count != columnCount {
      throw .schema("row", "\(reader.count) fields, but the header has \(columnCount)", at: 0)
    }
    var cells: [FlatCell] = []
    cells.reserveCapacity(columnCount)
    for index in 0..<reader.count {
      let text = reader.field(index)
      cells.append(text.isEmpty ? .absent : .text(text))
    }
    try normalizer.take { builder throws(RecordError) in try row.fill(cells, &builder) }
    return true
  }

  /// Whether the header was seen.
  public var hasHeader: Bool { row != nil }
}

/// The interactions of a SQLite database: the rows of its table `prompts`.
public final class DatabaseSource {
  private let select: Statement
  private let row: FlatRecord

  /// Opens a database to read it.
  ///
  /// Only a table is asked for: a view could run code that the file's author wrote.
  public init(path: String, map: FieldMap) throws {
    let database = try Database(path: path, access: .reading)
    let tables = try database.prepare("SELECT type FROM sqlite_master WHERE name = 'prompts'")
    guard try tables.step(), tables.text(0) == Array("table".utf8) else {
      throw RecordError(reason: "format", field: "", message: "no table 'prompts' in the database", offset: 0)
    }
    let select = try database.prepare("SELECT * FROM prompts ORDER BY rowid")
    row = FlatRecord(names: (0..<select.columnCount).map { Array(select.columnName($0).utf8) }, map: map)
    self.select = select
  }

  /// Brings the next row into a normaliser; nil after the last one.
  ///
  /// The bytes are the row's text, for messages.
  public func next(into normalizer: inout InteractionNormalizer) throws -> Result<Void, RecordError>? {
    if try !select.step() { return nil }
    var cells: [FlatCell] = []
    for column in 0..<select.columnCount {
      switch select.kind(column) {
      case .null: cells.append(.absent)
      case .integer:
        var number: [UInt8] = []
        JSONNumber.append(select.integer(column), to: &number)
        cells.append(.number(number))
      case .real:
        let value = select.real(column)
        // JSON has no infinity; a number that no double holds says so, and the rules of the record refuse it.
        cells.append(.number(Array((value.isFinite ? "\(value)" : value < 0 ? "-1e999" : "1e999").utf8)))
      case .text, .blob: cells.append(.text(select.text(column)))
      }
    }
    do throws(RecordError) {
      try normalizer.take { builder throws(RecordError) in try row.fill(cells, &builder) }
      return .success(())
    } catch {
      return .failure(error)
    }
  }
}
