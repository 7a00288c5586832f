import CSQLite

/// A compiled INSERT, run once for each row.
///
/// Texts are not copied: they are bound and written within one call, so that the bytes only have to stay where they are
/// that long. It has no other way to run, which would find parameters of a row that is gone.
@safe public struct InsertStatement: ~Copyable {
  /// A parameter of a row.
  public enum Parameter: Sendable {
    /// NULL.
    case null
    /// A 64-bit integer.
    case integer(Int)
    /// A double.
    case real(Double)
    /// A range of the record's bytes, as UTF-8 text.
    case text(Range<Int>)
    /// A range of the bytes that were made for the row, as UTF-8 text.
    case madeText(Range<Int>)
  }

  private let database: Database
  private let handle: OpaquePointer
  /// Which parameters are not NULL since the last row.
  private var isBound: [Bool]

  init(_ database: Database, table: String, columnCount: Int) throws(DatabaseError) {
    let places = repeatElement("?", count: columnCount).joined(separator: ", ")
    var prepared: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      database.handle, "INSERT INTO \(table) VALUES (\(places))", -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard let handle = unsafe prepared, code == SQLITE_OK else { throw database.error(code) }
    self.database = database
    unsafe self.handle = handle
    isBound = Array(repeating: false, count: columnCount)
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// Adds a row: a parameter for each column, in order.
  public mutating func run(
    _ row: [Parameter], _ record: Span<UInt8>, made: [UInt8]
  ) throws(DatabaseError) {
    let code = unsafe record.withUnsafeBytes { record in
      unsafe made.withUnsafeBytes { made in
        for index in 0..<isBound.count {
          let code = unsafe bind(index, row[index], record, made)
          if code != SQLITE_OK { return code }
        }
        return unsafe sqlite3_step(handle)
      }
    }
    // The message belongs to the step; what reset returns is the same failure once more.
    let failure = code == SQLITE_DONE ? nil : database.error(code)
    unsafe sqlite3_reset(handle)
    if let failure { throw failure }
  }

  private mutating func bind(
    _ index: Int, _ parameter: Parameter, _ record: UnsafeRawBufferPointer, _ made: UnsafeRawBufferPointer
  ) -> Int32 {
    let place = Int32(truncatingIfNeeded: index + 1)
    if case .null = parameter {
      if !isBound[index] { return SQLITE_OK }
      isBound[index] = false
      return unsafe sqlite3_bind_null(handle, place)
    }
    isBound[index] = true
    switch parameter {
    case .null: return SQLITE_OK
    case .integer(let value): return unsafe sqlite3_bind_int64(handle, place, Int64(value))
    case .real(let value): return unsafe sqlite3_bind_double(handle, place, value)
    case .text(let range): return unsafe bind(place, UnsafeRawBufferPointer(rebasing: record[range]))
    case .madeText(let range): return unsafe bind(place, UnsafeRawBufferPointer(rebasing: made[range]))
    }
  }

  private func bind(_ place: Int32, _ text: UnsafeRawBufferPointer) -> Int32 {
    let utf8 = UInt8(SQLITE_UTF8)
    // An empty buffer may have no address, which SQLite would take for NULL; of the literal it takes a copy.
    guard let start = text.baseAddress else {
      return unsafe sqlite3_bind_text64(handle, place, "", 0, unsafeBitCast(-1, to: sqlite3_destructor_type.self), utf8)
    }
    // Without a destructor it takes none.
    return unsafe sqlite3_bind_text64(
      handle, place, start.assumingMemoryBound(to: CChar.self), UInt64(text.count), nil, utf8)
  }
}
