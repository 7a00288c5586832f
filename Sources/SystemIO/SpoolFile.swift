import Glibc

/// A temporary file without a name, for what does not fit in memory and is needed twice.
///
/// It takes its room in `$TMPDIR` (else `/tmp`), has mode 0600 and is gone when the command ends, however it ends.
public final class SpoolFile {
  private let number: Int32
  private let output: OutputStream
  /// How many bytes were written.
  public private(set) var count = 0

  /// Makes an empty spool file.
  public init() throws(SystemError) {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    let file = try AtomicFile(path: "\(folder.isEmpty ? "/tmp" : folder)/fb-spool")
    let descriptor = try file.open()
    number = dup(descriptor.number)
    if number < 0 { throw SystemError(.create, "temporary file", code: errno) }
    output = OutputStream(descriptor)
    // The name goes when `file` does, right here; the open descriptors keep the content.
  }

  deinit { close(number) }

  /// Appends bytes.
  public func write(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(SystemError) {
    try output.write(bytes, range)
    count += range.count
  }

  /// Reads everything written so far from the start, block by block.
  public func forEachBlock(
    _ body: (Span<UInt8>) throws(SystemError) -> Void
  ) throws(SystemError) {
    let input = try reading()
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try input.read(into: &block, at: 0, count: block.count)
      if count == 0 { return }
      try body(block.span.extracting(0..<count))
    }
  }

  /// A descriptor that reads everything written so far from the start.
  ///
  /// Only one at a time.
  public func reading() throws(SystemError) -> Descriptor {
    try output.flush()
    let copy = dup(number)
    if copy < 0 { throw SystemError(.open, "temporary file", code: errno) }
    let input = Descriptor(number: copy, path: "temporary file")
    try input.seek(to: 0)
    return input
  }
}
