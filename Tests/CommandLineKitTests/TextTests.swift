import Foundation
import TestSupport
import Testing

@testable import CommandLineKit

@Suite struct TextTests {
  @Test func base64IsThatOfFoundation() {
    var random = SeededGenerator(seed: 64)
    for length in Array(0...100) + [1000, 1001, 1002] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      var text: [UInt8] = []
      Base64.append(bytes.span, 0..<length, to: &text)
      #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
      if length > 2 {
        text.removeAll()
        Base64.append(bytes.span, 1..<length - 1, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == Data(bytes[1..<length - 1]).base64EncodedString())
      }
    }
  }

  @Test func nounsAgreeWithTheirCount() {
    #expect(counted(0, "record") == "0 records")
    #expect(counted(1, "record") == "1 record")
    #expect(counted(2, "record") == "2 records")
  }

  @Test(arguments: [
    ("plain text: 100 %", "plain text: 100 %"), ("a\u{1B}[31mb", "a\u{FFFD}[31mb"), ("a\nb", "a\u{FFFD}b"),
    ("a\rb\tc\u{7F}\u{9B}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}"), ("a\u{202E}b\u{2066}", "a\u{FFFD}b\u{FFFD}"),
    ("a\u{2028}b\u{2029}", "a\u{FFFD}b\u{FFFD}"), ("é 👍", "é 👍"),
    // The excerpt of an expression keeps its lines; no other text can begin one.
    ("column 1: x\n  abc\n  ^", "column 1: x\n  abc\n  ^"), ("a\nfb-filter: b", "a\u{FFFD}fb-filter: b"),
    ("a\n b", "a\u{FFFD} b"),
    ("a\n", "a\u{FFFD}"),
  ])
  func messagesAreFitForATerminal(text: String, shown: String) {
    // Compared as bytes: equality of strings would take different texts for the same.
    #expect(Array(printable(text, lengthMax: 300).utf8) == Array(shown.utf8))
  }

  @Test func aLongMessageLosesItsMiddle() {
    let text = String(repeating: "a", count: 5000) + ":7:12: bad escape in string (syntax)"
    let shown = printable(text, lengthMax: 300)
    #expect(shown.count == 299 && shown.hasPrefix("aaaa") && shown.hasSuffix("a:7:12: bad escape in string (syntax)"))
    #expect(shown.contains("a…a"))
    #expect(printable(String(repeating: "b", count: 300), lengthMax: 300).count == 300)
  }
}
