import Foundation
import SystemIO
import TestSupport
import Testing

@Suite struct BlockReaderTests {
  static func file(_ bytes: [UInt8]) throws -> String {
    let path = NSTemporaryDirectory() + "block-\(UUID().uuidString)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Every line of a file with its offset; over-long ones as their length.
  static func lines(
    _ bytes: [UInt8], limit: Int = 1 << 20, blockSize: Int = 16
  ) throws -> [(offset: Int, text: [UInt8])] {
    let path = try file(bytes)
    defer { unlink(path) }
    var reader = BlockReader(try .reading(path), lineLengthMax: limit, blockSize: blockSize)
    var result: [(Int, [UInt8])] = []
    while true {
      switch try reader.next() {
      case .end: return result
      case .overlong(let length):
        result.append((reader.fileOffset, Array("overlong \(length)".utf8)))
      case .lines:
        #expect(reader.storage.count >= reader.lines.upperBound + BlockReader.padding)
        var start = reader.lines.lowerBound
        for index in reader.lines where reader.storage[index] == 0x0A {
          let text = Array(reader.storage[start..<index])
          let isOverlong = text.count > limit
          result.append(
            (reader.fileOffset + start, isOverlong ? Array("overlong \(text.count)".utf8) : text))
          start = index + 1
        }
        #expect(start == reader.lines.upperBound)
      }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 16, 1000])
  func linesAreTheSameForEveryBlockSize(blockSize: Int) throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<30 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<40, using: &generator) {
        bytes += [UInt8](repeating: 0x61, count: Int.random(in: 0..<50, using: &generator)) + [0x0A]
      }
      if Bool.random(using: &generator) { bytes += Array("tail".utf8) }
      let found = try Self.lines(bytes, blockSize: blockSize)
      var expected = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      if expected.last?.isEmpty == true { expected.removeLast() }
      #expect(found.map { $0.text } == expected.map(Array.init))
      for line in found { #expect(Array(bytes[line.offset...].prefix(line.text.count)) == line.text) }
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 4096, 70_000, 200_000])
  func anOverlongLineIsCountedAndTheNextOneComes(extra: Int) throws {
    let long = [UInt8](repeating: 0x78, count: 1000 + extra)
    let bytes = Array("a\n".utf8) + long + Array("\nb\nc".utf8)
    let found = try Self.lines(bytes, limit: 900, blockSize: 64)
    #expect(
      found.map { String(decoding: $0.text.prefix(20), as: UTF8.self) }
        == ["a", "overlong \(1000 + extra)", "b", "c"])
    #expect(found.map { $0.offset } == [0, 2, 2 + 1001 + extra, 2 + 1003 + extra])
  }

  @Test func aLastLineThatIsTooLongIsReported() throws {
    let found = try Self.lines(Array("a\n".utf8) + [UInt8](repeating: 0x78, count: 500), limit: 90)
    #expect(found.map { String(decoding: $0.text, as: UTF8.self) } == ["a", "overlong 500"])
  }

  @Test func aFolderIsRefused() {
    #expect(throws: SystemError(.open, "/tmp", code: EISDIR)) { try Descriptor.reading("/tmp").path }
  }
}
