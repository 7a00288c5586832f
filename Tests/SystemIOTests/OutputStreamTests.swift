import Foundation
import SystemIO
import TestSupport
import Testing

@Suite struct OutputStreamTests {
  @Test func aStreamOfTheSystemIsWrittenToAndNeverReplaced() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("target", "")
    let target = open(path, O_WRONLY)
    defer { close(target) }
    let output = try OutputStream(path: "/dev/fd/\(target)")
    try output.write("one\n")
    try output.finish()
    #expect(try folder.read("target") == "one\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["target"])
  }

  @Test func nothingIsPublishedThatIsNotFinished() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("out", "old")
    do {
      let output = try OutputStream(path: path)
      try output.write("new")
      try output.flush()
      #expect(try folder.read("out") == "old")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["out"])
    let output = try OutputStream(path: path)
    try output.write([UInt8](repeating: 0x61, count: 1_000_000))
    try output.finish()
    #expect(try folder.read("out").utf8.count == 1_000_000)
  }
}
