import Foundation
import TestSupport
import Testing
import TextAnalysis

@Suite struct ChecksumTests {
  static func isLuhn(_ text: [UInt8]) -> Bool { Checksums.isLuhn(text.span) }
  static func isIBAN(_ text: [UInt8]) -> Bool { Checksums.isIBAN(text.span) }
  static func isVerhoeff(_ text: [UInt8]) -> Bool { Checksums.isVerhoeff(text.span) }
  static func isABARouting(_ text: [UInt8]) -> Bool { Checksums.isABARouting(text.span) }
  static func entropy(_ text: [UInt8]) -> Double { ShannonEntropy.bitsPerByte(text.span) }

  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("29_checksums_entropy")
    for item in cases {
      let text = Array((item["x"] as? String ?? "").utf8)
      switch item["f"] as? String {
      case "luhn": #expect(Self.isLuhn(text) == (item["valid"] as? Bool), "\(item)")
      case "iban": #expect(Self.isIBAN(text) == (item["valid"] as? Bool), "\(item)")
      case "verhoeff_aadhaar": #expect(Self.isVerhoeff(text) == (item["valid"] as? Bool), "\(item)")
      case "aba_routing": #expect(Self.isABARouting(text) == (item["valid"] as? Bool), "\(item)")
      case "iban_mod97":
        let remainder = Checksums.remainder97(text.span)
        #expect(remainder == item["y"] as? Int)
      case "shannon_entropy_bits_per_char_gitleaks":
        #expect(isNear(Self.entropy(text), item["y"], 1e-12), "\(item)")
      case "luhn_pass_rate_on_random_16_digits":
        var random = SeededGenerator(seed: 29)
        let passed = (0..<20_000).count { _ in
          Self.isLuhn((0..<16).map { _ in UInt8.random(in: 0x30...0x39, using: &random) })
        }
        // Ours and theirs are two samples of 0.1.
        #expect(abs(Double(passed) / 20_000 - 0.1) < 0.01 && abs((item["y"] as? Double ?? 0) - 0.1) < 0.01)
      default: Issue.record("\(item)")
      }
    }
    #expect(cases.count == 24)
  }

  /// A change of one digit is found by all, and the swap of two neighbours by Verhoeff and MOD 97-10.
  @Test func errorsAreFound() {
    let checks: [(String, Bool, ([UInt8]) -> Bool)] = [
      ("4111111111111111", false, Self.isLuhn), ("021000021", false, Self.isABARouting),
      ("123451", true, Self.isVerhoeff), ("DE89370400440532013000", true, Self.isIBAN),
    ]
    for (text, findsSwaps, isValid) in checks {
      let bytes = Array(text.utf8)
      #expect(isValid(bytes))
      for index in bytes.indices where bytes[index] < 0x3A {
        for digit in UInt8(0x30)...0x39 where digit != bytes[index] {
          var changed = bytes
          changed[index] = digit
          #expect(!isValid(changed), "\(text) \(index) \(digit)")
        }
        if findsSwaps && index + 1 < bytes.count && bytes[index] != bytes[index + 1] {
          var changed = bytes
          changed.swapAt(index, index + 1)
          #expect(!isValid(changed), "\(text) \(index)")
        }
      }
    }
  }

  @Test(arguments: [
    "", "0", "7", "12345678a", "4111-1111-1111-1111", "DE", "GB82WEST1234569876543", "gb82WEST12345698765432",
  ])
  func otherTextIsNone(text: String) {
    let bytes = Array(text.utf8)
    #expect(!Self.isLuhn(bytes) && !Self.isABARouting(bytes))
    #expect(!Self.isVerhoeff(bytes) && !Self.isIBAN(bytes))
  }

  @Test func entropyIsOfTheFrequencies() {
    #expect(Self.entropy([UInt8]()) == 0)
    #expect(Self.entropy(Array(UInt8.min ... .max)) == 8)
    #expect(Self.entropy(Array("abab".utf8)) == 1)
  }
}
