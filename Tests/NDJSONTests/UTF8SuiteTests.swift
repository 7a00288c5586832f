import NDJSON
import TestSupport
import Testing

/// Where the codec stops in bytes that stand in a string, nil where they are UTF-8.
///
/// ASCII that JSON gives a meaning is replaced before: it has no part in the question.
private func offsetOfBadUTF8(_ bytes: some Sequence<UInt8>) -> Int? {
  let body = bytes.map { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C ? 0x78 : $0 }
  var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
  _ = scanner.scan(text: [0x22] + body + [0x22])
  if scanner.code == .none { return nil }
  return scanner.code == .utf8 ? scanner.errorOffset - 1 : -1
}

/// Whether the standard library agrees with a verdict and with the offset: what stands before it is UTF-8, and nothing
/// that begins there is.
private func isConfirmed(_ bytes: [UInt8], _ offset: Int?) -> Bool {
  func isValid(_ range: Range<Int>) -> Bool { String(validating: bytes[range], as: UTF8.self) != nil }
  guard let offset else { return isValid(0..<bytes.count) }
  if offset < 0 || offset >= bytes.count || !isValid(0..<offset) { return false }
  return (offset + 1...max(offset + 1, min(bytes.count, offset + 4))).allSatisfy { !isValid(offset..<$0) }
}

@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct UTF8SuiteTests {
  /// Lines `number:valid:text`, `number:valid hex:bytes` and `number:invalid hex:bytes:…`.
  @Test func listedSequencesGetTheirVerdict() throws {
    var counts: [String: Int] = [:]
    var wrong = Mismatches()
    for line in lines(try suiteFile("utf8tests/utf8tests.txt")) where !line.isEmpty && line.first != 0x23 {
      let text = String(decoding: line, as: UTF8.self)
      let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      let bytes =
        parts[1] == "valid"
        ? Array(parts[2].utf8) : Self.hexadecimal(parts[2])
      let isValid = !parts[1].contains("invalid")
      let offset = offsetOfBadUTF8(bytes)
      wrong.expect((offset == nil) == isValid && isConfirmed(bytes, offset), text)
      if isValid { counts["valid", default: 0] += 1 } else { counts["invalid", default: 0] += 1 }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["valid": 77, "invalid": 145])
  }

  /// Bytes of two digits each, with or without blanks between them.
  private static func hexadecimal(_ text: Substring) -> [UInt8] {
    let digits = text.filter { $0 != " " }.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// The sections of Kuhn's stress test whose lines are UTF-8; noncharacters are.
  static let validSections: Set<String> = [
    "1", "2.1.2", "2.1.3", "2.1.4", "2.2.2", "2.2.3", "2.3.1", "2.3.2", "2.3.3", "2.3.4", "5.3.1", "5.3.2", "5.3.3",
    "5.3.4",
  ]

  @Test func theStressTestGetsTheVerdictsOfItsSections() throws {
    var section = ""
    var counts: [String: Int] = [:]
    var wrong = Mismatches()
    for (index, line) in lines(try suiteFile("nlohmann/markus_kuhn/UTF-8-test.txt")).enumerated() {
      let number = line.prefix { $0 &- 0x30 <= 9 || $0 == 0x2E }
      if !number.isEmpty { section = String(decoding: number, as: UTF8.self) }
      let offset = offsetOfBadUTF8(line)
      wrong.expect(isConfirmed(Array(line), offset), "line \(index + 1)")
      if line.allSatisfy({ $0 < 0x80 }) {
        counts["plain", default: 0] += 1
        wrong.expect(offset == nil, "line \(index + 1)")
        continue
      }
      let isValid = Self.validSections.contains(section)
      wrong.expect((offset == nil) == isValid, "line \(index + 1) of section \(section)")
      if isValid { counts["valid", default: 0] += 1 } else { counts["invalid", default: 0] += 1 }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["valid": 15, "invalid": 68, "plain": 218])
  }

  /// One document in ten encodings: only UTF-8 is JSON; its byte order mark is taken off by whoever reads files.
  @Test(arguments: ["rapidjson/encodings", "yyjson/data/json/test_encoding"])
  func onlyUTF8IsRead(folder: String) throws {
    var accepted: [String] = []
    var cases = 0
    for (name, bytes) in try suiteFiles(folder) {
      cases += 1
      if refusal(bytes, .grammar) == nil { accepted.append(name) }
      if name == "utf8bom.json" {
        #expect(refusal(bytes, .grammar) == JSONError(.syntax, at: 0))
        #expect(refusal(Array(bytes.dropFirst(3)), .grammar) == nil)
      }
    }
    #expect(accepted == ["utf8.json"])
    #expect(cases == 10)
  }
}

@Suite struct UTF8BoundaryTests {
  /// Bytes on both sides of every boundary of Unicode's table 3-7.
  static let edges: [UInt8] = [
    0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
    0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test func everySequenceAtABoundaryIsJudgedAsTheStandardLibraryDoes() {
    var wrong = Mismatches()
    var cases = 0
    func check(_ bytes: [UInt8]) {
      cases += 1
      wrong.expect(isConfirmed(bytes, offsetOfBadUTF8(bytes)), "\(bytes.map { String($0, radix: 16) })")
    }
    for first in Self.edges {
      check([first])
      for second in Self.edges {
        check([first, second])
        for third in Self.edges where second >= 0x80 && first >= 0x80 {
          check([first, second, third])
          if first >= 0xF0 && second < 0xC0 && third < 0xC2 {
            for fourth in Self.edges { check([first, second, third, fourth]) }
          }
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(cases == 20_856)
  }
}
