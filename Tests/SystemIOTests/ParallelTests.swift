import Foundation
import SystemIO
import TestSupport
import Testing

/// Parts of files and work on threads.
@Suite struct ParallelTests {
  @Test func partsMakeUpTheFileAndEndWithLines() throws {
    var generator = SeededGenerator(seed: 11)
    for round in 0..<60 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<60, using: &generator) {
        let isLong = Int.random(in: 0..<20, using: &generator) == 0
        let length = Int.random(in: 0..<(isLong ? 90_000 : 50), using: &generator)
        bytes += [UInt8](repeating: 0x61, count: length) + [0x0A]
      }
      if round % 2 == 0 { bytes += Array("tail".utf8) }
      let path = try BlockReaderTests.file(bytes)
      defer { unlink(path) }
      let parts = LineParts(
        try .reading(path), size: bytes.count, partSize: Int.random(in: 1...200, using: &generator))
      var made: [UInt8] = []
      var blocks: [UInt8] = []
      while let part = try parts.next() {
        #expect(part.lowerBound == made.count)
        made += bytes[part.lowerBound..<min(part.upperBound, bytes.count)]
        #expect(made.last == 0x0A || made.count == bytes.count)
        var reader = BlockReader(try .reading(path), part: part, lineLengthMax: 1 << 20, blockSize: 64)
        while try reader.next() == .lines {
          #expect(reader.fileOffset == blocks.count)
          blocks += reader.storage[reader.lines]
        }
      }
      #expect(made == bytes)
      #expect(blocks == (round % 2 == 0 ? bytes + [0x0A] : bytes))
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func resultsComeInTheOrderOfThePieces(threads: Int) throws {
    var next = 0
    var found: [Int] = []
    try OrderedWork.run(
      threads: threads,
      pieces: {
        next += 1
        return next <= 500 ? next : nil
      },
      work: { piece in
        // Later pieces are often done before earlier ones.
        if piece % 7 == 0 { usleep(300) }
        return piece * piece
      }, collect: { found.append($0) })
    #expect(found == (1...500).map { $0 * $0 })
  }

  @Test func whatCollectThrowsEndsTheWork() {
    struct Stop: Error {}
    var next = 0
    var found: [Int] = []
    #expect(throws: Stop.self) {
      try OrderedWork.run(
        threads: 4,
        pieces: {
          next += 1; return next
        }, work: { $0 },
        collect: { result in
          found.append(result)
          if result == 20 { throw Stop() }
        })
    }
    #expect(found == Array(1...20))
    // No more is begun than may wait.
    #expect(next <= 20 + 2 * 4 + 4)
  }
}
