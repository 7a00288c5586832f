import Glibc

/// A temporary file without a name, for what does not fit in memory and is needed twice.
///
/// It takes its room in `$TMPDIR` (else `/tmp`), has mode 0600 and is gone when the command ends, however it ends.
public final class SpoolFile {
  private let number: Int32
  private let output: OutputStream
  /// How many bytes were written.
  public private(set) var count = 0
  /// How many of them the system has.
  private var flushedCount = 0

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

  /// Appends bytes and a newline.
  public func writeLine(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(SystemError) {
    try output.writeLine(bytes, range)
    count += range.count + 1
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
    try flush()
    let copy = dup(number)
    if copy < 0 { throw SystemError(.open, "temporary file", code: errno) }
    let input = Descriptor(number: copy, path: "temporary file")
    try input.seek(to: 0)
    return input
  }

  /// The line that begins at an offset, with its newline, followed by `BlockReader.padding` zeros.
  ///
  /// Leaves alone where `reading` goes on. The bytes from the offset on have to hold a newline.
  public func line(at offset: Int) throws(SystemError) -> [UInt8] {
    try flush()
    var line = [UInt8](repeating: 0, count: 1024 + BlockReader.padding)
    var filled = 0
    while true {
      let start = filled
      let room = line.count - BlockReader.padding - filled
      let result = unsafe line.withUnsafeMutableBytes { bytes in
        unsafe pread(number, bytes.baseAddress.map { unsafe $0 + start }, room, off_t(offset + start))
      }
      if result < 0 && errno == EINTR { continue }
      if result <= 0 { throw SystemError(.read, "temporary file", code: result < 0 ? errno : EIO) }
      filled += result
      var end = start
      while end < filled && line[end] != 0x0A { end += 1 }
      if end < filled {
        // What follows the line becomes the zeros after it.
        for index in end + 1..<min(filled, end + 1 + BlockReader.padding) { line[index] = 0 }
        line.removeLast(line.count - end - 1 - BlockReader.padding)
        return line
      }
      if filled == line.count - BlockReader.padding { line += [UInt8](repeating: 0, count: filled) }
    }
  }

  private func flush() throws(SystemError) {
    if flushedCount == count { return }
    try output.flush()
    flushedCount = count
  }
}
