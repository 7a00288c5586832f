import CSQLite

/// What SQLite said when it refused something.
public struct DatabaseError: Error, Sendable, Equatable {
  /// The extended result code.
  public var code: Int32
  /// The file, as a person would name it.
  public var path: String
  /// SQLite's words; they hold no values of records.
  public var message: String

  /// Makes an error.
  public init(code: Int32, path: String, message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// Whether somebody else holds a lock on the database.
  public var isBusy: Bool { code & 0xFF == SQLITE_BUSY || code & 0xFF == SQLITE_LOCKED }
  /// Whether the file is not a database, or a damaged one.
  public var isCorrupt: Bool { code & 0xFF == SQLITE_NOTADB || code & 0xFF == SQLITE_CORRUPT }
  /// Whether a row breaks a rule of its table: a key that is there already.
  public var isConstraint: Bool { code & 0xFF == SQLITE_CONSTRAINT }
}

/// An open SQLite database; closed when its owner goes away.
@safe public final class Database {
  /// The file.
  public let path: String
  let handle: OpaquePointer

  /// How a database is opened.
  public enum Access: Sendable {
    /// Only to read it; the file has to be there.
    case reading
    /// To fill a file that is there and empty.
    case filling
  }

  /// Opens a database.
  public init(path: String, access: Access) throws(DatabaseError) {
    var opened: OpaquePointer?
    let flags = access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let handle = unsafe opened, code == SQLITE_OK else {
      let message = unsafe opened.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      unsafe sqlite3_close_v2(opened)
      throw DatabaseError(code: code, path: path, message: message)
    }
    self.path = path
    unsafe self.handle = handle
    unsafe sqlite3_extended_result_codes(handle, 1)
    unsafe sqlite3_busy_timeout(handle, 5000)
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
  }

  /// Runs statements that return nothing.
  public func execute(_ sql: String) throws(DatabaseError) {
    try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
  }

  /// Compiles a statement.
  public func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    try Statement(self, sql)
  }

  /// Compiles an INSERT of whole rows into a table.
  public func prepareInsert(into table: String, columnCount: Int) throws(DatabaseError) -> InsertStatement {
    try InsertStatement(self, table: table, columnCount: columnCount)
  }

  func check(_ code: Int32) throws(DatabaseError) {
    if code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW { throw error(code) }
  }

  func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      code: code, path: path, message: unsafe String(cString: sqlite3_errmsg(handle)))
  }
}
