import FeedbackStore
import Foundation
import TestSupport
import Testing

@Suite struct DatabaseTests {
  /// An empty file in a folder of its own.
  static func emptyFile() throws -> (folder: TemporaryFolder, path: String) {
    let folder = try TemporaryFolder()
    return (folder, try folder.write("test.db", ""))
  }

  @Test func everyKindOfValueComesBack() throws {
    let (folder, path) = try Self.emptyFile()
    let text = Array("a\u{0}é'\"; DROP TABLE t; --".utf8)
    do {
      let database = try Database(path: path, access: .filling)
      try database.execute("CREATE TABLE t (a, b, c, d, e, f)")
      let insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, x'00ff')")
      try insert.bind(1, text: text.span, 0..<text.count)
      try insert.bind(2, text: text.span, 3..<3)
      try insert.bind(3, integer: .min)
      try insert.bind(4, real: 0.1)
      #expect(try !insert.step())
      try insert.reset()
      #expect(try !insert.step())
    }
    let database = try Database(path: path, access: .reading)
    let select = try database.prepare("SELECT * FROM t ORDER BY rowid")
    #expect(select.columnCount == 6 && select.columnName(1) == "b")
    #expect(try select.step())
    #expect((0..<6).map { select.kind($0) } == [.text, .text, .integer, .real, .null, .blob])
    #expect(select.text(0) == text && select.text(1).isEmpty && select.text(5) == [0, 255])
    #expect(select.integer(2) == .min && select.real(3) == 0.1)
    // Parameters are NULL again after a reset.
    #expect(try select.step())
    #expect((0..<5).allSatisfy { select.kind($0) == .null })
    #expect(try !select.step())
    withExtendedLifetime(folder) {}
  }

  @Test func errorsSayWhatTheyAre() throws {
    let (folder, path) = try Self.emptyFile()
    func error(_ body: () throws -> Void) throws -> DatabaseError {
      do { try body() } catch let error as DatabaseError { return error }
      Issue.record("nothing was thrown")
      return DatabaseError(code: 0, path: "", message: "")
    }
    let database = try Database(path: path, access: .filling)
    try database.execute("CREATE TABLE t (id TEXT PRIMARY KEY); INSERT INTO t VALUES ('secret')")
    let repeated = try error { try database.execute("INSERT INTO t VALUES ('secret')") }
    #expect(repeated.isConstraint && !repeated.isBusy && !repeated.message.contains("secret"))
    #expect(try error { _ = try database.prepare("SELEC") }.code == 1)
    let reader = try Database(path: path, access: .reading)
    #expect(try error { try reader.execute("DELETE FROM t") }.message.contains("readonly"))
    let other = try folder.write(
      "text.db", "this is no database, but long enough to look at: " + String(repeating: "x", count: 200))
    #expect(
      try error { _ = try Database(path: other, access: .reading).prepare("SELECT * FROM sqlite_master").step() }
        .isCorrupt)
    #expect(try error { _ = try Database(path: folder.url.path + "/none.db", access: .reading) }.code & 0xFF == 14)
  }
}
