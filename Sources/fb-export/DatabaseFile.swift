import CommandLineKit
import FeedbackExport
import FeedbackModel
import FeedbackStore
import NDJSON
import SystemIO
import Timestamps

/// A database that is filled with interactions; its owner publishes it.
protocol DatabaseFile: AnyObject {
  /// Adds the interaction that a scanner of records saw last.
  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws
  /// Writes what is known only at the end, for so many interactions.
  func finish(createdAt: String?, count: Int) throws
  /// What a person should know of it.
  var note: String? { get }
}

extension DatabaseFile {
  var note: String? { nil }
}

/// A CSV file.
final class RowsFile: DatabaseFile {
  private let stream: OutputStream
  private var export: DelimitedExport
  private let isSpreadsheetSafe: Bool
  private var line: [UInt8] = []

  init(_ stream: OutputStream, isSpreadsheetSafe: Bool) throws {
    self.stream = stream
    self.isSpreadsheetSafe = isSpreadsheetSafe
    export = DelimitedExport(isSpreadsheetSafe: isSpreadsheetSafe)
    var header: [UInt8] = []
    export.appendHeader(to: &header)
    try stream.write(header)
  }

  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    line.removeAll(keepingCapacity: true)
    export.append(bytes, scanner, to: &line)
    try stream.write(line)
  }

  func finish(createdAt: String?, count: Int) throws {}

  var note: String? {
    if export.formulaCount == 0 || isSpreadsheetSafe { return nil }
    return "a spreadsheet may run \(counted(export.formulaCount, "text")) as a formula: --spreadsheet-safe"
  }
}

/// A JSON document, whose head counts what stands behind it.
final class DocumentFile: DatabaseFile {
  private let stream: OutputStream
  private let spool: SpoolFile
  private var summary = CategorySummary()
  private var isEmpty = true

  init(_ stream: OutputStream) throws(SystemError) {
    self.stream = stream
    spool = try SpoolFile()
  }

  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    try summary.add(bytes, scanner)
    if !isEmpty {
      let separator: [UInt8] = [0x2C, 0x0A]
      try spool.write(separator.span, 0..<2)
    }
    isEmpty = false
    try spool.write(bytes, scanner.root.range)
  }

  func finish(createdAt: String?, count: Int) throws {
    try stream.write(summary.head(createdAt: createdAt))
    try spool.forEachBlock { block throws(SystemError) in try stream.write(block, 0..<block.count) }
    try stream.write("\n]}\n")
  }
}

/// A SQLite database, in an empty file.
final class SQLiteFile: DatabaseFile {
  private var export: DatabaseExport
  /// The name that it will have.
  private let path: String

  init(_ temporaryPath: String, path: String) throws {
    self.path = path
    do throws(DatabaseError) { export = try DatabaseExport(path: temporaryPath) } catch {
      throw SQLiteFile.failure(error, path)
    }
  }

  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    do { try export.append(bytes, scanner) } catch let error as DatabaseError {
      throw SQLiteFile.failure(error, path)
    }
  }

  func finish(createdAt: String?, count: Int) throws {
    do throws(DatabaseError) { try export.finish(createdAt: createdAt, count: count) } catch {
      throw SQLiteFile.failure(error, path)
    }
  }

  /// Whether a file may be replaced by a database: it is one, by how it begins, or there is nothing in it.
  static func isDatabase(_ path: String) throws(SystemError) -> Bool {
    var reader = ChunkReader(try Descriptor.reading(path))
    if try !reader.next() { return true }
    let magic = Array("SQLite format 3\0".utf8)
    return reader.count >= magic.count && magic.matches(reader.storage.span, 0..<magic.count)
  }

  /// Refuses a name beside which a log of changes lies: whatever opened the new database would take them for its own.
  static func requireNoLog(_ path: String) throws(CommandError) {
    for log in ["\(path)-wal", "\(path)-journal"] where (FileStatus(path: log)?.size ?? 0) > 0 {
      throw CommandError(.busy, "\(log) is there: a database of this name is in use, or was not closed")
    }
  }

  private static func failure(_ error: DatabaseError, _ path: String) -> CommandError {
    CommandError(error.isBusy ? .busy : .inputOutput, "write error: \(path): \(error.message)")
  }
}

/// The databases of a run: all of them have the same interactions.
final class Databases {
  /// What each of them is called.
  let names: [String]
  /// What a scanner of records has to locate.
  var paths: [[String]] { rules.paths }
  private let rules: InteractionRules
  private let files: [any DatabaseFile]
  private(set) var written = 0
  /// Records of other kinds, which are in no database.
  private(set) var other = 0
  private var newest: Timestamp?
  /// What `examine` found of the record at hand.
  private var examined: (isInteraction: Bool, time: Timestamp?) = (false, nil)

  /// Takes the files in the order in which they are filled.
  ///
  /// One that may refuse a record has to be the first: then it is in none of them. `paths` are what a scanner locates besides.
  init(_ files: [(name: String, file: any DatabaseFile)], after paths: [[String]] = []) {
    names = files.map(\.name)
    rules = InteractionRules(after: paths)
    self.files = files.map(\.file)
  }

  /// What is to be said of each.
  var notes: [String?] { files.map(\.note) }

  /// Throws what makes a record a bad one for a database, and counts nothing.
  ///
  /// All that fb-ingest looks at has to be right: a database that it refuses would be of no use.
  func examine(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    if files.isEmpty { return }
    examined = (try scanner.recordType(bytes) == .interaction, nil)
    if !examined.isInteraction { return }
    try rules.check(bytes, scanner)
    examined.time = try scanner.timestamp(bytes, .timestamp)
  }

  /// Adds the record that was examined last to each; other kinds of record are counted and left.
  func take(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws {
    if files.isEmpty { return }
    if !examined.isInteraction {
      other += 1
      return
    }
    for file in files { try file.take(bytes, scanner) }
    written += 1
    if let time = examined.time { newest = max(newest ?? time, time) }
  }

  /// Writes what is known only at the end; without `createdAt` that is the newest time of the records.
  func finish(createdAt: Timestamp?) throws {
    for file in files { try file.finish(createdAt: (createdAt ?? newest)?.text, count: written) }
  }

  /// What was left out, in words.
  var leftOut: [String] { other > 0 ? ["\(other) of other kinds"] : [] }
}
