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
      var insert = try database.prepareInsert(into: "t", columnCount: 6)
      let row: [InsertStatement.Parameter] = [.text(0..<text.count), .text(3..<3), .integer(.min), .real(0.1), .null]
      let none: [UInt8] = []
      try insert.run(row + [.madeText(1..<3)], text.span, made: [1, 2, 3])
      try insert.run(Array(repeating: .null, count: 6), none.span, made: [])
      try insert.run([.null, .null, .null, .null, .text(0..<0), .madeText(0..<0)], none.span, made: [])
    }
    let database = try Database(path: path, access: .reading)
    let select = try database.prepare("SELECT * FROM t ORDER BY rowid")
    #expect(select.columnCount == 6 && select.columnName(1) == "b")
    #expect(try select.step())
    #expect((0..<6).map { select.kind($0) } == [.text, .text, .integer, .real, .null, .text])
    #expect(select.text(0) == text && select.text(1).isEmpty && select.text(5) == [2, 3])
    #expect(select.integer(2) == .min && select.real(3) == 0.1)
    // Nothing of a row is left in the next one, and an empty text is not NULL.
    #expect(try select.step())
    #expect((0..<6).allSatisfy { select.kind($0) == .null })
    #expect(try select.step())
    #expect((0..<6).map { select.kind($0) } == [.null, .null, .null, .null, .text, .text])
    #expect(try !select.step())
    withExtendedLifetime(folder) {}
  }

  @Test func aBlobComesBackAsItsBytes() throws {
    let (folder, path) = try Self.emptyFile()
    let database = try Database(path: path, access: .filling)
    try database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (x'00ff')")
    let select = try database.prepare("SELECT * FROM t")
    #expect(try select.step())
    #expect(select.kind(0) == .blob && select.text(0) == [0, 255])
    withExtendedLifetime(folder) {}
  }

  @Test func aRowThatIsRefusedLeavesTheNextOnesAlone() throws {
    let (folder, path) = try Self.emptyFile()
    let database = try Database(path: path, access: .filling)
    try database.execute("CREATE TABLE t (id TEXT PRIMARY KEY, n)")
    var insert = try database.prepareInsert(into: "t", columnCount: 2)
    let ids = Array("abab".utf8)
    var refused: [Int] = []
    for index in 0..<4 {
      do throws(DatabaseError) {
        try insert.run([.text(index..<index + 1), .integer(index)], ids.span, made: [])
      } catch {
        #expect(error.isConstraint && !error.message.isEmpty)
        refused.append(index)
      }
    }
    #expect(refused == [2, 3])
    let select = try database.prepare("SELECT id, n FROM t ORDER BY n")
    for index in 0..<2 {
      #expect(try select.step())
      #expect(select.text(0) == [ids[index]] && select.integer(1) == index)
    }
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
