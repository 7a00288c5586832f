import CSQLite

/// A compiled statement of a database.
///
/// Parameters and columns are counted as SQLite counts them: parameters from 1, columns from 0.
@safe public final class Statement {
  private let database: Database
  private let handle: OpaquePointer

  init(_ database: Database, _ sql: String) throws(DatabaseError) {
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v2(database.handle, sql, -1, &prepared, nil)
    guard let handle = unsafe prepared, code == SQLITE_OK else { throw database.error(code) }
    self.database = database
    unsafe self.handle = handle
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// What kind of value stands in a column of the current row.
  public enum ValueKind: Sendable {
    /// NULL.
    case null
    /// A 64-bit integer.
    case integer
    /// A double.
    case real
    /// UTF-8 text.
    case text
    /// Bytes.
    case blob
  }

  /// Steps to the next row; false after the last one.
  ///
  /// A statement that was stepped to its end starts anew after `reset`.
  public func step() throws(DatabaseError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw database.error(code)
  }

  /// Makes ready for another run; parameters become NULL.
  public func reset() throws(DatabaseError) {
    // What it returns is the failure of the last step once more, which `step` has thrown already.
    _ = unsafe sqlite3_reset(handle)
    try database.check(unsafe sqlite3_clear_bindings(handle))
  }

  /// Binds a range of UTF-8 bytes as text; SQLite takes a copy.
  public func bind(_ parameter: Int, text bytes: Span<UInt8>, _ range: Range<Int>) throws(DatabaseError) {
    let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    let code = unsafe bytes.extracting(range).withUnsafeBytes { buffer in
      // An empty buffer may have no address, which SQLite would take for NULL.
      if buffer.count == 0 { return unsafe sqlite3_bind_text(handle, Int32(parameter), "", 0, transient) }
      return unsafe sqlite3_bind_text(
        handle, Int32(parameter), buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(clamping: buffer.count), transient)
    }
    try database.check(code)
  }

  /// Binds an integer.
  public func bind(_ parameter: Int, integer: Int) throws(DatabaseError) {
    try database.check(unsafe sqlite3_bind_int64(handle, Int32(parameter), Int64(integer)))
  }

  /// Binds a double.
  public func bind(_ parameter: Int, real: Double) throws(DatabaseError) {
    try database.check(unsafe sqlite3_bind_double(handle, Int32(parameter), real))
  }

  /// How many columns a row has.
  public var columnCount: Int { Int(unsafe sqlite3_column_count(handle)) }

  /// The name of a column.
  public func columnName(_ column: Int) -> String {
    unsafe sqlite3_column_name(handle, Int32(column)).map { unsafe String(cString: $0) } ?? ""
  }

  /// The kind of value in a column of the current row.
  public func kind(_ column: Int) -> ValueKind {
    switch unsafe sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// An integer column of the current row.
  public func integer(_ column: Int) -> Int { Int(unsafe sqlite3_column_int64(handle, Int32(column))) }

  /// A real column of the current row.
  public func real(_ column: Int) -> Double { unsafe sqlite3_column_double(handle, Int32(column)) }

  /// A column of the current row as UTF-8 bytes (of a BLOB: its bytes).
  public func text(_ column: Int) -> [UInt8] {
    guard let bytes = unsafe sqlite3_column_blob(handle, Int32(column)) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
    return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
