import DelimitedText
import Foundation
import TestSupport
import Testing

@Suite struct DelimitedTextTests {
  /// All records of a text fed in pieces; a fault is one field with the message.
  static func records(_ text: [UInt8], piece: Int = .max) -> [[String]] {
    var reader = DelimitedReader()
    var result: [[String]] = []
    func take() { result.append((0..<reader.count).map { String(decoding: reader.field($0), as: UTF8.self) }) }
    var start = 0
    while start < text.count {
      let end = start + min(piece, text.count - start)
      do {
        guard let next = try reader.next(text.span, start..<end) else {
          start = end
          continue
        }
        take()
        start = next
      } catch {
        result.append(["\(error.line): \(error.message)"])
        start = reader.resumeOffset
      }
    }
    do { if try reader.finish() { take() } } catch { result.append(["\(error.line): \(error.message)"]) }
    return result
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n\r\n\n1,2", [["a", "b"], ["1", "2"]]),
    ("\"a\"\"b\",\"c\nd,e\",\n", [["a\"b", "c\nd,e", ""]]), ("\"\",x\r\n", [["", "x"]]), ("", []),
    (",\n", [["", ""]]), ("a\rb\n", [["a\rb"]]), ("\"x\"\r\ny\r\n", [["x"], ["y"]]),
    ("ok\na\"b,c\nnext\n", [["ok"], ["a\"b", "c"], ["next"]]),
    ("\"a\"b\nnext", [["1: text after a closing quote"], ["next"]]),
    ("x\n\"open\nmore", [["x"], ["3: a quote is not closed"]]),
  ])
  func recordsAreRead(text: String, expected: [[String]]) {
    for piece in [1, 2, 3, 7, 100] { #expect(Self.records(Array(text.utf8), piece: piece) == expected) }
  }

  @Test func readingUndoesWriting() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<500 {
      let width = Int.random(in: 1...3, using: &generator)
      let rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        (0..<width).map { _ in
          String(
            (0..<Int.random(in: 0...5, using: &generator)).map { _ in
              "ab,\"\n\r \té".randomElement(using: &generator) ?? "a"
            })
        }
      }
      var writer = DelimitedWriter()
      var text: [UInt8] = []
      for row in rows {
        for field in row { writer.append(Array(field.utf8), to: &text) }
        writer.endRecord(&text)
      }
      let found = Self.records(text, piece: Int.random(in: 1...9, using: &generator))
      #expect(found.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
    }
  }

  @Test(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
  func theSpectrumIsReadAsItsAuthorsSay() throws {
    let folder = try #require(sharedFolder).appendingPathComponent("data/suites/csv-spectrum")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("csvs").path)
    var cases = 0
    for name in names.sorted() {
      let csv = [UInt8](try Data(contentsOf: folder.appendingPathComponent("csvs/\(name)")))
      let stem = name.replacingOccurrences(of: ".csv", with: ".json")
      let json = try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appendingPathComponent("json/\(stem)")))
      // One of the suite's files holds its only record without the array around it. Line ends inside of quotes came to us
      // through systems that change them, so both sides are compared without their CR.
      let rows = try #require(json as? [[String: String]] ?? (json as? [String: String]).map { [$0] })
      let records = Self.records(csv).map { $0.map { $0.replacingOccurrences(of: "\r\n", with: "\n") } }
      let header = try #require(records.first)
      let expected = rows.map { $0.mapValues { $0.replacingOccurrences(of: "\r\n", with: "\n") } }
      let found = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
      if name == "location_coordinates.csv" {
        // The telephone number differs between the suite's own two files.
        let key = "Location Coordinates"
        #expect(found.map { $0[key] } == expected.map { $0[key] } && found.first?.count == 4)
      } else {
        #expect(found == expected, "\(name)")
      }
      cases += 1
    }
    #expect(cases == 12)
  }
}
