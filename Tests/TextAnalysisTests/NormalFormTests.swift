import Digest
import Foundation
import TestSupport
import Testing
import TextAnalysis

@Suite struct NormalFormTests {
  /// Random text of the scalars that normalization is about, of a version of Unicode that all references know.
  static func text(_ random: inout SeededGenerator, isBasicPlane: Bool) -> String {
    let basic: [ClosedRange<UInt32>] = [
      0x09...0x0D, 0x20...0x7E, 0x20...0x20, 0x41...0x5A, 0x61...0x7A, 0x80...0x24F, 0x300...0x36F, 0x370...0x52F,
      0x590...0x6FF, 0x900...0xDFF, 0xE00...0xFFF, 0x1100...0x11FF, 0x1AB0...0x1AFF, 0x1DC0...0x1FFF, 0x2000...0x214F,
      0x2150...0x24FF, 0x2A00...0x2AFF, 0x3000...0x33FF, 0x3400...0xABFF, 0xAC00...0xD7FF, 0xF900...0xFFFD,
    ]
    let others: [ClosedRange<UInt32>] = [
      0x1_0000...0x1_04FF, 0x1_1000...0x1_15FF, 0x1_D100...0x1_D7FF, 0x1_EE00...0x1_F2FF, 0x2_F800...0x2_FA1F,
      0x1_F1E6...0x1_F6FF,
    ]
    let blocks = isBasicPlane ? basic : basic + others
    var scalars: [UInt32] = []
    for _ in 0..<Int.random(in: 0...24, using: &random) {
      let block = blocks[Int.random(in: 0..<blocks.count, using: &random)]
      if let scalar = known(UInt32.random(in: block, using: &random)) { scalars.append(scalar) }
    }
    return ReferenceForm.string(scalars)
  }

  static func known(_ value: UInt32) -> UInt32? {
    guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major < 14 else { return nil }
    return value
  }

  /// What Foundation 6.3 gets wrong: it does not order three marks of Tibetan, nor compose what stands beside some
  /// compatibility characters or after old letters of Hangul; beyond the basic plane it looks at 16 bits of a scalar.
  static func isFoundationRight(_ value: UInt32) -> Bool {
    switch value {
    case 0xF73, 0xF75, 0xF81, 0x1C4...0x1C6, 0x385, 0x1FC1...0x1FFE, 0xFF9E...0xFF9F, 0x1113...0x1160, 0x1_0000...:
      false
    default: true
    }
  }

  @Test func formsAreThoseOfFoundation() {
    var random = SeededGenerator(seed: 24)
    var count = 0
    for _ in 0..<4000 {
      let text = Self.text(&random, isBasicPlane: true)
      if !text.unicodeScalars.allSatisfy({ Self.isFoundationRight($0.value) }) { continue }
      let scalars = text.unicodeScalars.map { String($0.value, radix: 16) }
      #expect(Array(light(text).utf8) == Array(ReferenceForm.light(text).utf8), "\(scalars)")
      #expect(Array(heavy(text).utf8) == Array(ReferenceForm.heavy(text).utf8), "\(scalars)")
      count += 1
    }
    #expect(count > 2000)
  }

  /// Every scalar but the ideographs of one block, between letters and marks.
  @Test func everyScalarIsNormalizedAsByFoundation() {
    var count = 0
    for value in UInt32(0x80)...0xFFFF where !(0x3400..<0xA000).contains(value) && Self.isFoundationRight(value) {
      guard let scalar = Self.known(value) else { continue }
      let text = "A\u{327}" + ReferenceForm.string([scalar, 0x300, 0x323])
      #expect(Array(light(text).utf8) == Array(ReferenceForm.light(text).utf8), "\(value)")
      #expect(Array(heavy(text).utf8) == Array(ReferenceForm.heavy(text).utf8), "\(value)")
      count += 1
    }
    #expect(count > 20_000)
  }

  /// Python's database, which the table was made of, with its own normalization; all planes.
  @Test func formsAreThoseOfPython() throws {
    let script = """
      import re, sys, unicodedata as u
      def light(t):
          t = re.sub("\\r\\n?", "\\n", u.normalize("NFC", t))
          return re.sub("[ \\t]+", " ", t).strip(" \\n")
      def heavy(t):
          t = "".join(c.lower() for c in u.normalize("NFKC", t))
          t = "".join(" " if u.category(c)[0] in "PSZC" else c for c in t if u.category(c) != "Cf")
          return u.normalize("NFC", " ".join(w for w in t.split(" ") if w))
      for line in sys.stdin:
          t = "".join(chr(int(x, 16)) for x in line.split())
          for form in (light(t), heavy(t)):
              print(" ".join("%x" % ord(c) for c in form))
      """
    func hexadecimal(_ text: String) -> String {
      text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
    }
    var random = SeededGenerator(seed: 27)
    var texts = (0..<3000).map { _ in Self.text(&random, isBasicPlane: false) }
    for value in UInt32(0xA0)...0x2_FA1D
    where !(0x3400..<0xF900).contains(value) && !(0x1_3000..<0x1_D000).contains(value) {
      if value >= 0x2_0000 && value < 0x2_F800 { continue }
      if let scalar = Self.known(value) {
        texts += [[0x41, 0x327, scalar, 0x300, 0x323], [0x61, scalar, 0x62]].map(ReferenceForm.string)
      }
    }
    let folder = try TemporaryFolder()
    try Data(script.utf8).write(to: folder.url.appendingPathComponent("forms.py"))
    let lines = texts.map { hexadecimal($0) + "\n" }.joined()
    try Data(lines.utf8).write(to: folder.url.appendingPathComponent("texts"))
    let outcome = try shell("python3 forms.py < texts", in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errorText)")
    let expected = outcome.text.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(expected.count == texts.count * 2 + 1)
    for (index, text) in texts.enumerated() {
      #expect(hexadecimal(light(text)) == expected[index * 2], "\(hexadecimal(text))")
      #expect(hexadecimal(heavy(text)) == expected[index * 2 + 1], "\(hexadecimal(text))")
    }
    #expect(texts.count > 15_000)
  }

  /// White space of all kinds in texts of many blocks.
  @Test func whiteSpaceIsTheSameInBlocks() {
    var random = SeededGenerator(seed: 28)
    let parts = [
      "a", "bcdefghijklmnopqrstuvwxyz", " ", "  ", "\t", "\r\n", "\r", "\n", "é", "שלום", "\u{200D}", "\u{0}",
    ]
    for _ in 0..<3000 {
      let rare = Int.random(in: 1...12, using: &random)
      let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Int.random(in: 0..<rare, using: &random) == 0
          ? parts[Int.random(in: 0..<parts.count, using: &random)] : "word and "
      }.joined()
      #expect(Array(light(text).utf8) == Array(ReferenceForm.light(text).utf8), "\(text.debugDescription)")
    }
  }

  @Test func formsAreIdempotent() {
    var random = SeededGenerator(seed: 25)
    for _ in 0..<2000 {
      let text = Self.text(&random, isBasicPlane: false)
      let (once, heavyOnce) = (light(text), heavy(text))
      #expect(Array(light(once).utf8) == Array(once.utf8))
      #expect(Array(heavy(heavyOnce).utf8) == Array(heavyOnce.utf8))
      // Texts that are the same lightly are so heavily.
      #expect(Array(heavy(once).utf8) == Array(heavyOnce.utf8))
    }
  }

  @Test(arguments: [
    ("  a \t b\r\nc\rd\r\n\n ", "a b\nc\nd"), ("e\u{301}", "é"), ("A  B!", "A B!"), (" \r\n\t", ""), ("\u{212B}", "Å"),
    ("ﬁ", "ﬁ"), ("x = 'a'", "x = 'a'"),
  ])
  func lightKeepsCaseAndPunctuation(text: String, form: String) {
    #expect(Array(light(text).utf8) == Array(form.utf8))
  }

  /// Marks that meet a letter only when its case or what stood between is gone.
  @Test(arguments: [
    ("H\u{331}", "\u{1E96}"), ("e\u{200D}\u{301}", "é"), ("ﬁ ⅓ ①", "fi 1 3 1"), ("C++ & C#", "c c"), ("85%", "85"),
    ("İ", "i\u{307}"), ("ΟΔΟΣ", "οδοσ"), ("\u{1100}\u{200B}\u{1161}", "가"), ("ＡＢ　１", "ab 1"), ("…!", ""),
  ])
  func heavyKeepsWords(text: String, form: String) {
    #expect(Array(heavy(text).utf8) == Array(form.utf8))
  }

  @Test func whatIsNoTextIsReplaced() {
    var random = SeededGenerator(seed: 26)
    for _ in 0..<5000 {
      let bytes: [UInt8] = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        [0x61, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0xED, 0xA0, 0xFF, 0x80].randomElement(using: &random)
          ?? 0
      }
      let form = light(bytes)
      // As many as the standard library puts may differ; that there are some may not.
      #expect(form.unicodeScalars.contains("\u{FFFD}") == String(decoding: bytes, as: UTF8.self).contains("\u{FFFD}"))
    }
  }

  @Test(.enabled(if: hasShared, sharedMissing)) func vectors() throws {
    let cases = try vectorCases("24_normalise_and_shingle")
    var texts: [String] = []
    for item in cases {
      if let text = item["text"] as? String {
        texts.append(text)
        let form = heavy(text)
        #expect(Array(form.utf8) == Array((item["normalised"] as? String ?? "?").utf8))
        let bytes = Array(form.utf8)
        let digest = SHA256.hexadecimal(bytes.span, 0..<bytes.count)
        #expect(String(decoding: digest, as: UTF8.self) == item["sha256_of_normalised"] as? String)
        #expect(shingles(text).count == item["n_shingles"] as? Int)
        let pieces = try #require(item["first_sorted_shingles"] as? [String])
        for piece in pieces {
          let hash = UInt32(truncatingIfNeeded: StableHash.hash(Array(piece.utf8).span, 0..<piece.utf8.count))
          #expect(shingles(text).contains(hash), "\(text): \(piece)")
        }
      } else {
        let matrix = try #require(item["true_jaccard_char5_matrix"] as? [[NSNumber]])
        #expect(matrix.count == 10 && texts.count == 10)
        for (row, line) in matrix.enumerated() {
          for (column, value) in line.enumerated() {
            #expect(isNear(similarity(texts[row], texts[column]), value, 1e-12), "\(row) \(column)")
          }
        }
        #expect(isNear(similarity(texts[2], texts[4], wordsFrom: 0), item["word5_jaccard_2_vs_4"], 1e-12))
      }
    }
    #expect(cases.count == 11)
  }

  @Test(arguments: [
    ("a  b\n", "a b"), ("a\r\n\n\tb", "a b"), ("\u{A0}a\u{3000}b\u{2028}", "a b"), ("a\u{200B}b\u{FEFF}", "ab"),
    ("cafe\u{301}", "caf\u{E9}"), ("", ""), (" \u{200B}\u{2003}\n", ""), ("a \u{200B} b", "a b"), ("A.b", "A.b"),
  ])
  func theVisibleFormIsWhatOneSees(text: String, expected: String) {
    var form: [UInt8] = []
    NormalForm.visible(Array(text.utf8).span, into: &form)
    #expect(String(decoding: form, as: UTF8.self) == expected)
    var again: [UInt8] = []
    NormalForm.visible(form.span, into: &again)
    #expect(again == form)
  }
}
