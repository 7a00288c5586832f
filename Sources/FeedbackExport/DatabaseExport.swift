import FeedbackModel
import FeedbackStore
import NDJSON

/// Fills a SQLite database with interactions: table `prompts`, one row each, table `metadata`, and the views of
/// `DatabaseViews`.
public struct DatabaseExport: ~Copyable {
  private let database: Database
  private var insert: InsertStatement
  private var row = FlatRow(.sqlite)
  private var parameters: [InsertStatement.Parameter]
  /// The texts of the row that do not stand in the record as they are.
  private var made: [UInt8] = []

  /// Marks a file as ours: "fb01".
  static let applicationID = 0x6662_3031
  /// The version of the tables.
  static let schemaVersion = 1

  /// Makes the tables in an empty file that nobody else opens: it gets its name only when it is complete, so no journal is
  /// needed.
  public init(path: String) throws(DatabaseError) {
    let database = try Database(path: path, access: .filling)
    // Ids come in any order: where the index of them does not fit into the cache (32 MiB: about a million), every row reads
    // a page and writes another.
    try database.execute(
      """
      PRAGMA page_size = 32768; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA secure_delete = OFF;
      PRAGMA cache_size = -32768;
      PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.schemaVersion);
      """)
    // The key of a STRICT table is never NULL, and a record may have no id: so it is unique and not the key.
    let columns = FlatColumn.all.map { "\($0.field.name) \(Self.type($0.kind))" }
    try database.execute(
      """
      CREATE TABLE prompts (\(columns.joined(separator: ", ")), extra TEXT, UNIQUE (id)) STRICT;
      CREATE TABLE metadata (key TEXT PRIMARY KEY, value ANY) STRICT;
      \(DatabaseViews.sql)
      BEGIN IMMEDIATE;
      """)
    let insert = try database.prepareInsert(into: "prompts", columnCount: FlatColumn.names.count)
    self.database = database
    self.insert = insert
    parameters = Array(repeating: .null, count: FlatColumn.names.count)
  }

  private static func type(_ kind: FlatColumn.Kind) -> String {
    switch kind {
    case .text, .json: "TEXT"
    // As it came, 4 or 4.5: REAL would make 4.0 of the one.
    case .number: "ANY"
    case .integer, .boolean: "INTEGER"
    }
  }

  /// Adds the record that a scanner of records saw last.
  ///
  /// A repeated id is the record's fault.
  public mutating func append(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    row.fill(bytes, scanner)
    made.removeAll(keepingCapacity: true)
    Self.fill(&parameters, bytes, row, &made)
    do throws(DatabaseError) {
      try insert.run(parameters, bytes, made: made)
    } catch {
      if !error.isConstraint { throw error }
      throw RecordError.schema("id", "a record with this id is in the database already", at: scanner.root.start)
    }
  }

  private static func fill(
    _ array: inout [InsertStatement.Parameter], _ bytes: Span<UInt8>, _ row: FlatRow, _ made: inout [UInt8]
  ) {
    // As a span, the array is checked for being the only owner of its memory just once.
    var parameters = array.mutableSpan
    for index in 0..<row.cells.count { parameters[index] = parameter(bytes, row.cells[index], &made) }
    let ratings = row.cells[ratingsColumn]
    if ratings.kind == .array && hasEscape(bytes, ratings.range) {
      // SQLite compares keys as they are spelled.
      let start = made.count
      appendObjects(bytes, ratings, to: &made)
      parameters[ratingsColumn] = .madeText(start..<made.count)
    }
    parameters[row.cells.count] = row.extra.isEmpty ? .null : .madeText(made.count..<made.count + row.extra.count)
    made.append(contentsOf: row.extra)
  }

  private static func parameter(
    _ bytes: Span<UInt8>, _ cell: Field, _ made: inout [UInt8]
  ) -> InsertStatement.Parameter {
    switch cell.kind {
    case .missing: return .null
    case .true: return .integer(1)
    case .false: return .integer(0)
    case .number:
      if let integer = JSONNumber.integer(bytes, cell.range) { return .integer(integer) }
      return JSONNumber.double(bytes, cell.range).map { .real($0) } ?? .null
    case .string where cell.isEscaped:
      let start = made.count
      JSONText.decode(bytes, cell.range, into: &made)
      return .madeText(start..<made.count)
    default: return .text(cell.range)
    }
  }

  private static let ratingsColumn = FlatColumn.all.firstIndex { $0.field == .ratings } ?? 0

  private static func hasEscape(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where bytes[index] == 0x5C { return true }
    return false
  }

  /// A list in which the keys of objects are spelled without needless escapes, and all else as it is.
  private static func appendObjects(_ bytes: Span<UInt8>, _ list: Field, to json: inout [UInt8]) {
    json.append(0x5B)
    var elements = ElementCursor(list)
    while let element = elements.next(bytes) {
      if json.last != 0x5B { json.append(0x2C) }
      if element.kind != .object {
        JSONWalk.appendCompact(bytes, element.textRange, to: &json)
        continue
      }
      json.append(0x7B)
      var members = MemberCursor(element)
      while let member = members.next(bytes) {
        if json.last != 0x7B { json.append(0x2C) }
        JSONText.encode(JSONText.bytes(bytes, member.key), into: &json)
        json.append(0x3A)
        JSONWalk.appendCompact(bytes, member.value.textRange, to: &json)
      }
      json.append(0x7D)
    }
    json.append(0x5D)
  }

  /// Ends the transaction and closes the file; what was added is in it then.
  public func finish(createdAt: String?, count: Int) throws(DatabaseError) {
    var metadata = try database.prepareInsert(into: "metadata", columnCount: 2)
    let total = Array("total_records".utf8)
    try metadata.run([.text(0..<total.count), .integer(count)], total.span, made: [])
    if let createdAt {
      let key = Array("created_at".utf8)
      let value = Array(createdAt.utf8)
      try metadata.run([.text(0..<key.count), .madeText(0..<value.count)], key.span, made: value)
    }
    // What the cache held of the table is of no more use; the size bounds what is sorted at once, too.
    try database.execute("COMMIT; PRAGMA cache_size = -4096; CREATE INDEX prompts_category ON prompts (category);")
  }
}
