import Foundation
import SystemIO
import TestSupport
import Testing

@Suite struct LogFileTests {
  @Test func aNewLogIsPrivateAndATornTailIsEndedFirst() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appendingPathComponent("log").path
    try LogFile.append(Array("one\n".utf8), to: path)
    #expect(try folder.read("log") == "one\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    try folder.write("log", "one\nto")
    try LogFile.append(Array("three\n".utf8), to: path)
    try LogFile.append(Array("four\n".utf8), to: path)
    #expect(try folder.read("log") == "one\nto\nthree\nfour\n")
  }

  @Test func aLogMayBeALinkAndADeviceButNotAFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write("log", "")
    let link = folder.url.appendingPathComponent("link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "log")
    try LogFile.append(Array("one\n".utf8), to: link)
    #expect(try folder.read("log") == "one\n")
    try LogFile.append(Array("one\n".utf8), to: "/dev/null")
    #expect { try LogFile.append(Array("one\n".utf8), to: "/dev/full") } throws: { error in
      (error as? SystemError)?.operation == .write
    }
    #expect { try LogFile.append(Array("one\n".utf8), to: folder.url.path) } throws: { error in
      (error as? SystemError)?.operation == .create
    }
  }
}

@Suite struct SpoolFileTests {
  @Test func linesAreFoundAtTheirOffsetsWhileTheSpoolIsRead() throws {
    let spool = try SpoolFile()
    var lines: [(offset: Int, text: [UInt8])] = []
    for length in [0, 1, 4094, 4095, 4096, 4097, 8191, 8192, 300_000, 5] {
      let text = [UInt8](repeating: 0x61 + UInt8(lines.count), count: length)
      lines.append((spool.count, text))
      try spool.writeLine(text.span, 0..<text.count)
      // Seen at once, though still in the buffer.
      let line = try spool.line(at: lines[lines.count - 1].offset)
      #expect(line == text + [0x0A] + [UInt8](repeating: 0, count: BlockReader.padding))
    }
    var reader = BlockReader(try spool.reading(), lineLengthMax: 1 << 20, blockSize: 1 << 12)
    var whole: [UInt8] = []
    while try reader.next() == .lines {
      whole += reader.storage[reader.lines]
      #expect(try spool.line(at: lines[6].offset).count == 8191 + 1 + BlockReader.padding)
    }
    #expect(whole == lines.flatMap { $0.text + [0x0A] })
    #expect(throws: SystemError.self) { try spool.line(at: spool.count) }
  }
}
