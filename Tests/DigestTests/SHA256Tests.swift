import Digest
import Foundation
import TestSupport
import Testing

@Suite struct SHA256Tests {
  static func hexadecimal(_ bytes: [UInt8]) -> String {
    String(decoding: SHA256.hexadecimal(bytes.span, 0..<bytes.count), as: UTF8.self)
  }

  /// The examples of FIPS 180-2, appendix B, and the empty text.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func publishedVectors(text: String, digest: String) {
    #expect(Self.hexadecimal(Array(text.utf8)) == digest)
  }

  @Test func aMillionLetters() {
    var hash = SHA256()
    let piece = [UInt8](repeating: 0x61, count: 1000)
    for _ in 0..<1000 { hash.update(piece) }
    let text = hash.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(text == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func anotherImplementationAgreesWhateverThePieces() throws {
    var random = SeededGenerator(seed: 256)
    let folder = try TemporaryFolder()
    // Every length around the edges of a block, and some long ones.
    let lengths = Array(0...200) + (0..<20).map { _ in Int.random(in: 201...20_000, using: &random) }
    var digests: [String] = []
    for (index, length) in lengths.enumerated() {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      try Data(bytes).write(to: folder.url.appendingPathComponent("\(1000 + index)"))
      var hash = SHA256()
      var start = 0
      while start < length {
        let end = min(length, start + Int.random(in: 0...130, using: &random))
        hash.update(bytes.span, start..<end)
        start = end
      }
      digests.append(hash.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
    let expected = try shell("sha256sum * | cut -d' ' -f1", in: folder.url)
    #expect(expected.status == 0 && expected.lines.count == 221)
    #expect(digests == expected.lines)
  }
}
