import Foundation
import SystemIO
import TestSupport
import Testing

@Suite struct AtomicFolderTests {
  func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test func filesAppearTogether() throws {
    let scratch = try TemporaryFolder()
    let path = scratch.url.appendingPathComponent("out").path
    let folder = try AtomicFolder(path: path + "/")
    let first = try folder.create("a")
    let second = try folder.create("b")
    try first.write("one")
    try second.write("two")
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: SystemError.self) { try folder.create("a") }
    try first.synchronize()
    try second.synchronize()
    try folder.publish()
    #expect(try names(scratch) == ["out"])
    #expect(try scratch.read("out/a") == "one" && scratch.read("out/b") == "two")
  }

  /// However a folder is spelled, it is that folder.
  @Test(arguments: ["", "/", "/.", "//./", "/./."])
  func anEmptyFolderIsReplaced(end: String) throws {
    let scratch = try TemporaryFolder()
    let path = scratch.url.appendingPathComponent("out").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let folder = try AtomicFolder(path: path + end)
    try folder.create("a").synchronize()
    try folder.publish()
    #expect(try names(scratch) == ["out"] && FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
  }

  @Test func whatIsNotPublishedDisappears() throws {
    let scratch = try TemporaryFolder()
    do {
      let folder = try AtomicFolder(path: scratch.url.appendingPathComponent("out").path)
      try folder.create("a").write("one")
      #expect(try names(scratch).count == 1)
    }
    #expect(try names(scratch).isEmpty)
  }

  @Test func whatIsThereIsNotReplaced() throws {
    let scratch = try TemporaryFolder()
    try scratch.write("file", "")
    let path = { (name: String) in scratch.url.appendingPathComponent(name).path }
    for name in ["full", "empty"] {
      try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }
    try scratch.write("full/x", "")
    #expect(throws: SystemError.self) { try AtomicFolder(path: path("file")) }
    #expect(throws: SystemError.self) { try AtomicFolder(path: path("full")) }
    #expect(throws: SystemError.self) { try AtomicFolder(path: path("missing/out")) }
    // A link is not followed, wherever it leads.
    for name in ["empty", "nowhere"] {
      try FileManager.default.createSymbolicLink(atPath: path("to-\(name)"), withDestinationPath: path(name))
      #expect(throws: SystemError.self) { try AtomicFolder(path: path("to-\(name)")) }
    }
    let folder = try AtomicFolder(path: path("empty"))
    try folder.create("a").synchronize()
    // Whoever was quicker keeps the name.
    try scratch.write("empty/other", "")
    #expect(throws: SystemError.self) { try folder.publish() }
    #expect(try scratch.read("empty/other").isEmpty)
  }
}
