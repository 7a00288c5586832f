import FeedbackModel
import FeedbackStore
import NDJSON

/// Fills a SQLite database with interactions: table `prompts`, one row each, and table `metadata`.
public final class DatabaseExport {
  private let database: Database
  private let insert: Statement
  private var row = FlatRow(.sqlite)

  /// Marks a file as ours: "fb01".
  static let applicationID = 0x6662_3031
  /// The version of the tables.
  static let schemaVersion = 1

  /// Makes the tables in an empty file that nobody else opens: it gets its name only when it is complete, so no journal is
  /// needed.
  public init(path: String) throws(DatabaseError) {
    database = try Database(path: path, access: .filling)
    try database.execute(
      """
      PRAGMA page_size = 32768; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.schemaVersion);
      """)
    let columns = FlatColumn.all.map { "\($0.field.name) \(Self.type($0.kind))" }
    try database.execute(
      """
      CREATE TABLE prompts (\(columns.joined(separator: ", ")), extra TEXT, PRIMARY KEY (id));
      CREATE TABLE metadata (key TEXT PRIMARY KEY, value);
      BEGIN IMMEDIATE;
      """)
    let places = Array(repeating: "?", count: FlatColumn.names.count).joined(separator: ", ")
    insert = try database.prepare("INSERT INTO prompts VALUES (\(places))")
  }

  private static func type(_ kind: FlatColumn.Kind) -> String {
    switch kind {
    case .text, .json: "TEXT"
    case .number: "NUMERIC"
    case .integer, .boolean: "INTEGER"
    }
  }

  /// Adds the record that stands at a place.
  ///
  /// A repeated id is the record's fault.
  public func append(_ bytes: Span<UInt8>, _ record: Field) throws {
    row.fill(bytes, record)
    try insert.reset()
    for (index, column) in FlatColumn.all.enumerated() {
      try bind(index + 1, bytes, row.cells[index], column.kind)
    }
    let extra = row.extra
    if !extra.isEmpty {
      try insert.bind(FlatColumn.all.count + 1, text: extra.span, 0..<extra.count)
    }
    do throws(DatabaseError) {
      _ = try insert.step()
    } catch {
      if !error.isConstraint { throw error }
      throw RecordError.schema("id", "a record with this id is in the database already", at: record.start)
    }
  }

  private func bind(
    _ parameter: Int, _ bytes: Span<UInt8>, _ cell: Field, _ kind: FlatColumn.Kind
  ) throws(DatabaseError) {
    switch cell.kind {
    case .missing: return
    case .true, .false: try insert.bind(parameter, integer: cell.kind == .true ? 1 : 0)
    case .number:
      if let integer = JSONNumber.integer(bytes, cell.range) {
        try insert.bind(parameter, integer: integer)
      } else if let real = JSONNumber.double(bytes, cell.range) {
        try insert.bind(parameter, real: real)
      }
    case .string where cell.isEscaped:
      let text = JSONText.bytes(bytes, cell)
      try insert.bind(parameter, text: text.span, 0..<text.count)
    default: try insert.bind(parameter, text: bytes, cell.range)
    }
  }

  /// Ends the transaction and closes the file; what was added is in it then.
  public func finish(createdAt: String?, count: Int) throws(DatabaseError) {
    let metadata = try database.prepare("INSERT INTO metadata VALUES (?, ?)")
    let total = Array("total_records".utf8)
    try metadata.bind(1, text: total.span, 0..<total.count)
    try metadata.bind(2, integer: count)
    _ = try metadata.step()
    if let createdAt {
      try metadata.reset()
      let key = Array("created_at".utf8)
      let value = Array(createdAt.utf8)
      try metadata.bind(1, text: key.span, 0..<key.count)
      try metadata.bind(2, text: value.span, 0..<value.count)
      _ = try metadata.step()
    }
    try insert.reset()
    try metadata.reset()
    try database.execute("COMMIT; CREATE INDEX prompts_category ON prompts (category);")
  }
}
