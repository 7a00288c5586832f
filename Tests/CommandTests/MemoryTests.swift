import Foundation
import TestSupport
import Testing

/// One line that no machine should have to hold: it is refused, the next one is processed, and memory stays small.
///
/// `FB_LONG=1` makes the long line 1 GB instead of 100 MB.
@Suite(.serialized) struct MemoryTests {
  static let longMegabytes = ProcessInfo.processInfo.environment["FB_LONG"] == nil ? 100 : 1000

  /// Runs fb-filter on a bad line, made while it is written, and a good one; prints exit status and peak memory in KiB.
  static let script = #"""
    import resource, subprocess, sys
    count = int(sys.argv[2])
    def pieces():
        if sys.argv[1] == "long":
            yield b'{"user_prompt":"'
            for _ in range(count):
                yield b"x" * 1000000
            yield b'"}'
        elif sys.argv[1] == "deep":
            yield b'{"a":' + b"[" * count + b"]" * count + b"}"
        elif sys.argv[1] == "keys":
            yield b"{" + b",".join(b'"k%d":0' % index for index in range(count)) + b"}"
        elif sys.argv[1] == "nested":
            yield b'{"a":[' + b",".join(b'{"k":0}' for index in range(count)) + b"]}"
        elif sys.argv[1] == "words":
            yield b"x" * count
        yield b'\n{"id":"a","user_prompt":"p","ai_response":"r"}\n'
    process = subprocess.Popen(
        ["fb-filter", "--max-rejects", "1", "--rejects", "rejects.ndjson", "-o", "out.ndjson"], stdin=subprocess.PIPE)
    for piece in pieces():
        process.stdin.write(piece)
    process.stdin.close()
    status = process.wait()
    print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    """#

  @Test(arguments: [
    ("long", longMegabytes, "line"), ("deep", 1_000_000, "depth"), ("keys", 1_000_000, "keys"),
    ("nested", 1_000_000, "keys"), ("words", 16_000_000, "not-object"),
  ])
  func aMonstrousLineIsRefusedInLittleMemory(shape: String, count: Int, reason: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("run.py", Self.script)
    let outcome = try shell("python3 run.py \(shape) \(count)", in: folder.url)
    let numbers = outcome.text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    try #require(numbers.count == 2, "\(outcome.errorText)")
    #expect(numbers[0] == 0, "\(outcome.errorText)")
    #expect(numbers[1] < 65_536, "\(numbers[1]) KiB")
    #expect(outcome.errorText.contains("fb-filter: 1 of 2 records written; left out: 1 bad"))
    #expect(try folder.read("out.ndjson") == "{\"id\":\"a\",\"user_prompt\":\"p\",\"ai_response\":\"r\"}\n")
    let reject = try folder.read("rejects.ndjson")
    #expect(reject.contains("\"reason\":\"\(reason)\"") && reject.hasSuffix("\"}\n"))
    #expect(reject.utf8.filter { $0 == 0x0A }.count == 1)
  }
}
