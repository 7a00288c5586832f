import Digest
import Foundation
import NDJSON
import TestSupport
import Testing

/// Spelled numbers against the doubles that others say they are, and doubles against their shortest spelling.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct NumberSuiteTests {
  /// Lines of three hexadecimal patterns (16, 32 and 64 bits) and a text; those texts that JSON spells too are read.
  @Test func doublesAreTheNearestOnes() throws {
    var counts: [String: Int] = [:]
    var wrong = Mismatches()
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    for (_, bytes) in try suiteFiles("parse-number-fxx/data") {
      for line in lines(bytes) where !line.isEmpty {
        let text = Array(line.dropFirst(31))
        _ = scanner.scan(text: text)
        if scanner.code != .none || scanner.root.kind != .number {
          counts["notJSON", default: 0] += 1
          continue
        }
        let bits = UInt64(String(decoding: line.dropFirst(14).prefix(16), as: UTF8.self), radix: 16)
        let expected = try #require(bits.map { Double(bitPattern: $0) })
        let value = double(text)
        if expected.isFinite { counts["read", default: 0] += 1 } else { counts["infinite", default: 0] += 1 }
        wrong.expect(
          value?.bitPattern == (expected.isFinite ? expected.bitPattern : nil), String(decoding: line, as: UTF8.self))
      }
    }
    #expect(wrong.isEmpty, "\(wrong)")
    #expect(counts == ["read": 52_594, "infinite": 269, "notJSON": 114])
  }

  /// The doubles that RFC 8785's suite prints, 168 chosen ones, 2,000 in a row and then bit patterns from a chain of
  /// SHA-256, against the hashes that it publishes of the first lines.
  @Test func aHundredThousandDoublesPrintAsECMAScriptPrintsThem() throws {
    let source = String(decoding: try suiteFile("jcs/testdata/numgen.js"), as: UTF8.self)
    let list = try #require(source.split(separator: "[\n").dropFirst().first?.split(separator: "])").first)
    let chosen = list.split(whereSeparator: { ", \n\t".contains($0) }).compactMap {
      UInt64($0.dropFirst(2).dropLast(), radix: 16)
    }
    let serial = (0..<2000).map { 0x0010_0000_0000_0000 + UInt64($0) }
    var numbers = CanonicalNumbers(first: chosen + serial)
    var text: [UInt8] = []
    var hashes: [Int: String] = [:]
    for count in 1...100_000 {
      let bits = numbers.next()
      text.append(contentsOf: String(bits, radix: 16).utf8)
      text.append(0x2C)
      JSONNumber.append(shortest: Double(bitPattern: bits), to: &text)
      text.append(0x0A)
      if count == 1000 || count == 10_000 || count == 100_000 { hashes[count] = hexadecimal(SHA256.digest(text)) }
    }
    #expect(chosen.count == 168)
    #expect(text.count == 4_031_728)
    #expect(
      hashes == [
        1000: "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
        10_000: "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
        100_000: "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
      ])
  }
}

/// Bit patterns of finite doubles: a list, then 32 bytes after 32 bytes, each the SHA-256 of the ones before, beginning
/// with zeros.
private struct CanonicalNumbers {
  private var waiting: [UInt64]
  private var position = 0
  private var block = [UInt8](repeating: 0, count: 32)

  init(first: [UInt64]) { waiting = first }

  mutating func next() -> UInt64 {
    while true {
      if position == waiting.count {
        block = SHA256.digest(block)
        position = 0
        waiting = stride(from: 0, to: 32, by: 8).map { start in
          block[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        continue
      }
      let bits = waiting[position]
      position += 1
      let value = Double(bitPattern: bits)
      // The list has both zeros; the chain leaves zeros and what is not finite out.
      if value.isFinite && (value != 0 || waiting.count != 4) { return bits }
    }
  }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

@Suite struct ShortestNumberTests {
  @Test(
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
      (1.2345678901234568e20, "123456789012345680000"), (0.000001, "0.000001"), (1e-7, "1e-7"),
      (1.5e-7, "1.5e-7"), (-1.25e300, "-1.25e+300"), (.leastNonzeroMagnitude, "5e-324"), (0.1, "0.1"), (100, "100"),
      (9_007_199_254_740_994, "9007199254740994"), (.infinity, "null"), (.nan, "null"),
    ] as [(Double, String)])
  func doublesAreSpelledShort(value: Double, text: String) {
    var json: [UInt8] = []
    JSONNumber.append(shortest: value, to: &json)
    #expect(String(decoding: json, as: UTF8.self) == text)
  }

  @Test func whatIsPrintedIsReadBack() {
    var generator = SeededGenerator(seed: 17)
    var wrong = Mismatches()
    for _ in 0..<5000 {
      let value = Double(bitPattern: generator.next())
      if !value.isFinite { continue }
      var json: [UInt8] = []
      JSONNumber.append(shortest: value, to: &json)
      wrong.expect(double(json) == value && refusal(json, .grammar) == nil, String(decoding: json, as: UTF8.self))
    }
    #expect(wrong.isEmpty, "\(wrong)")
  }
}
