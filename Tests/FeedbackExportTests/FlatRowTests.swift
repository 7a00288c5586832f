import FeedbackExport
import FeedbackModel
import NDJSON
import TestSupport
import Testing

@Suite struct FlatRowTests {
  /// The cells that are not empty, by name, and `extra`.
  static func lay(_ table: FlatRow.Table, _ text: String) throws -> [String: String] {
    let record = try ScannedRecord(text)
    var row = FlatRow(table)
    row.fill(record.bytes.span, record.scanner)
    var cells: [String: String] = [:]
    for (column, cell) in zip(FlatColumn.all, row.cells) where cell.kind != .missing {
      cells[column.field.name] = record.spelling(cell)
    }
    if !row.extra.isEmpty { cells["extra"] = String(decoding: row.extra, as: UTF8.self) }
    return cells
  }

  @Test func everyColumnTakesItsField() throws {
    var root: [String] = []
    var feedback: [String] = []
    var expected: [String: String] = [:]
    for (field, kind) in FlatColumn.all {
      let value =
        switch kind {
        case .text: "\"\(field.name)\""
        case .number: "4.5"
        case .integer: "120"
        case .boolean: "true"
        case .json: "[{\"x\":1}]"
        }
      expected[field.name] = value
      if field.path.count == 2 {
        feedback.append("\"\(field.name)\":\(value)")
      } else {
        root.append("\"\(field.name)\":\(value)")
      }
    }
    root.append("\"feedback\":{\(feedback.joined(separator: ","))}")
    let text = "{\(root.joined(separator: ","))}"
    #expect(try Self.lay(.sqlite, text) == expected)
    #expect(try Self.lay(.delimited, text) == expected)
  }

  @Test func membersMayStandInAnyOrder() throws {
    var generator = SeededGenerator(seed: 17)
    var row = FlatRow(.sqlite)
    for round in 0..<200 {
      var root: [String] = ["\"x\":{\"id\":\"no\"}"]
      var feedback: [String] = []
      var expected: [String: String] = [:]
      for (index, (field, kind)) in FlatColumn.all.enumerated() where Bool.random(using: &generator) {
        let value =
          switch kind {
          case .text: "\"t\(round)-\(index)\""
          case .number, .integer: "\(index)"
          case .boolean: "false"
          case .json: "{\"id\":\(index)}"
          }
        expected[field.name] = value
        let member = "\"\(field.name)\":\(value)"
        if field.path.count == 2 { feedback.append(member) } else { root.append(member) }
      }
      if !feedback.isEmpty {
        root.append("\"feedback\":{\(feedback.shuffled(using: &generator).joined(separator: ","))}")
      }
      // One row for all, as nothing of a record may be left in the next one.
      let record = try ScannedRecord("{\(root.shuffled(using: &generator).joined(separator: ","))}")
      row.fill(record.bytes.span, record.scanner)
      var cells: [String: String] = [:]
      for (column, cell) in zip(FlatColumn.all, row.cells) where cell.kind != .missing {
        cells[column.field.name] = record.spelling(cell)
      }
      #expect(cells == expected)
      #expect(row.extra == Array(#"{"x":{"id":"no"}}"#.utf8))
    }
  }

  @Test(
    arguments: [
      // What no column knows.
      (#"{"x":1, "y" : [1, "a b"] ,"type":"interaction"}"#, [:], #"{"x":1,"y":[1,"a b"],"type":"interaction"}"#),
      (#"{"user_rating":5,"feedback":{"id":"f","new":{}}}"#, [:], #"{"user_rating":5,"feedback":{"id":"f","new":{}}}"#),
      (#"{"extra":{"a":1}}"#, [:], #"{"extra":{"a":1}}"#),
      // Nulls, and containers that are empty.
      (#"{"id":null,"feedback":null}"#, [:], #"{"id":null,"feedback":null}"#),
      (#"{"feedback":{"user_rating":null}}"#, [:], #"{"feedback":{"user_rating":null}}"#),
      (#"{"feedback":{}}"#, [:], #"{"feedback":{}}"#),
      (#"{"metadata":{},"history":[]}"#, ["metadata": "{}", "history": "[]"], nil),
      // Values of another kind.
      (
        #"{"id":5,"category":["c"],"history":"h","metadata":1}"#, [:],
        #"{"id":5,"category":["c"],"history":"h","metadata":1}"#
      ),
      (#"{"response_time_ms":1.5}"#, [:], #"{"response_time_ms":1.5}"#),
      (#"{"response_time_ms":1e400}"#, [:], #"{"response_time_ms":1e400}"#),
      (#"{"response_time_ms":12e1}"#, ["response_time_ms": "12e1"], nil),
      (#"{"feedback":{"user_rating":"5","approved":1}}"#, [:], #"{"feedback":{"user_rating":"5","approved":1}}"#),
      (#"{"feedback":[1]}"#, [:], #"{"feedback":[1]}"#), (#"{"feedback":"good"}"#, [:], #"{"feedback":"good"}"#),
      // Some of either.
      (
        #"{"id":"a","feedback":{"user_rating":4,"x":1,"approved":false}}"#,
        ["id": "\"a\"", "user_rating": "4", "approved": "false"], #"{"feedback":{"x":1}}"#
      ),
      (#"{"\u0069d":"a","f\u0065edback":{"clar\u0069ty":1}}"#, ["id": "\"a\"", "clarity": "1"], nil),
      (#"{"a\"b":1}"#, [:], #"{"a\"b":1}"#), ("{}", [:], nil), (" { } ", [:], nil),
    ] as [(String, [String: String], String?)])
  func whatGoesToExtra(text: String, cells: [String: String], extra: String?) throws {
    var expected = cells
    expected["extra"] = extra
    #expect(try Self.lay(.sqlite, text) == expected)
    #expect(try Self.lay(.delimited, text) == expected)
  }

  @Test func anEmptyTextIsACellInSQLiteOnly() throws {
    let text = #"{"category":"","feedback":{"suggestion":""}}"#
    #expect(try Self.lay(.sqlite, text) == ["category": "\"\"", "suggestion": "\"\""])
    #expect(try Self.lay(.delimited, text) == ["extra": text])
  }

  @Test(arguments: [
    ("4.5", true), ("0.1", true), ("3.6666666666666665", true), ("4", true), ("1e2", true), ("4.50", true),
    ("3.66666666666666666666", false), ("9007199254740993", false), ("1e400", false),
    ("0.1000000000000000000001", false),
  ])
  func aNumberThatIsNoDoubleStandsInBoth(number: String, isDouble: Bool) throws {
    let text = "{\"feedback\":{\"accuracy\":\(number)}}"
    #expect(try Self.lay(.delimited, text) == ["accuracy": number])
    var expected = ["accuracy": number]
    if !isDouble { expected["extra"] = text }
    #expect(try Self.lay(.sqlite, text) == expected)
  }
}
