import Glibc

/// Buffered, checked output: to a descriptor, or to a file that appears under its name only when it is complete.
///
/// Every byte is either written or the failure is thrown by `write`, `flush` or `finish`; what was not finished is never
/// published. The buffer is written out in blocks of 256 KiB, unless it is held back.
public final class OutputStream {
  private let descriptor: Descriptor
  private let publication: AtomicFile?
  private var buffer: [UInt8] = []
  /// How many more lines and bytes have to be written before anything is handed on.
  private var linesToHold = 0
  private var bytesToHold = 0
  /// Whether each line is written at once, for whoever waits for it.
  public var flushesLines = false
  private static let blockSize = 1 << 18

  /// Writes to an open descriptor.
  public init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
    publication = nil
    self.descriptor.widenPipe()
    buffer.reserveCapacity(OutputStream.blockSize)
  }

  /// Standard output.
  public static func standardOutput() -> OutputStream {
    OutputStream(Descriptor(number: STDOUT_FILENO, path: "standard output", isOwned: false))
  }

  /// Memory: what is written is `held` and goes nowhere else.
  public static func memory() -> OutputStream {
    let stream = OutputStream(Descriptor(number: -1, path: "memory", isOwned: false))
    stream.hold(lines: .max)
    return stream
  }

  /// Holds back what is written from here on until it is so many lines, and so many bytes; if they never come, it goes
  /// nowhere.
  public func hold(lines: Int, bytes: Int = 0) {
    linesToHold = lines
    bytesToHold = bytes
  }

  /// Whether what is written is held back.
  public var isHeld: Bool { linesToHold > 0 || bytesToHold > 0 }

  /// What is written and not handed to the system yet.
  public var held: [UInt8] { buffer }

  /// Makes a file that replaces `path` when `finish` is called; `-` is standard output.
  ///
  /// A device or a pipe of that name is written to as it is. The mode is 0600.
  public init(path: String) throws(SystemError) {
    buffer.reserveCapacity(OutputStream.blockSize)
    if path == "-" {
      descriptor = Descriptor(number: STDOUT_FILENO, path: "standard output", isOwned: false)
      publication = nil
    } else if let stream = OutputStream.openStream(path) {
      let number = dup(stream)
      if number < 0 { throw SystemError(.create, path, code: errno) }
      descriptor = Descriptor(number: number, path: path)
      publication = nil
    } else if let status = FileStatus(path: path), !status.isRegular {
      let number = unsafe open(path, O_WRONLY | O_CLOEXEC)
      if number < 0 { throw SystemError(.create, path, code: errno) }
      descriptor = Descriptor(number: number, path: path)
      publication = nil
    } else {
      let file = try AtomicFile(path: path)
      descriptor = try file.open()
      publication = file
    }
  }

  /// The descriptor that a name of the system stands for (`/dev/stdout`, `/dev/fd/3`).
  ///
  /// A file may stand behind it, but what is meant is the stream, with the place it is at; and the name is not ours to replace.
  private static func openStream(_ path: String) -> Int32? {
    if path == "/dev/stdout" { return STDOUT_FILENO }
    if path == "/dev/stderr" { return STDERR_FILENO }
    for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  /// Writes a range of bytes.
  @inline(__always)
  public func write(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(SystemError) {
    if buffer.count + range.count > OutputStream.blockSize { try flush() }
    if range.count > OutputStream.blockSize && !isHeld {
      try descriptor.write(bytes, range)
    } else {
      unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
    }
    if isHeld && linesToHold < .max { countHeld(bytes, range) }
  }

  private func countHeld(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    bytesToHold -= range.count
    for index in range where bytes[index] == 0x0A && linesToHold > 0 { linesToHold -= 1 }
  }

  /// Writes a range of bytes and a newline.
  @inline(__always)
  public func writeLine(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(SystemError) {
    try write(bytes, range)
    buffer.append(0x0A)
    if isHeld && linesToHold < .max {
      linesToHold -= 1
      bytesToHold -= 1
    }
    if flushesLines { try flush() }
  }

  /// Writes bytes.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    try write(bytes.span, 0..<bytes.count)
  }

  /// Writes a text.
  public func write(_ text: String) throws(SystemError) {
    try write(Array(text.utf8))
  }

  /// Hands everything written so far to the system, unless it is held.
  @inline(never)
  public func flush() throws(SystemError) {
    if isHeld { return }
    // Moved out and back, so that the span does not hold the object while a call is made on it, and nothing is copied.
    var pending: [UInt8] = []
    swap(&pending, &buffer)
    try descriptor.write(pending.span, 0..<pending.count)
    pending.removeAll(keepingCapacity: true)
    swap(&pending, &buffer)
  }

  /// Flushes and makes sure the bytes survive a loss of power.
  public func synchronize() throws(SystemError) {
    try flush()
    try descriptor.synchronize()
  }

  /// Writes what is left and, for a file, publishes it under its name.
  ///
  /// A stream that is not finished publishes nothing; one that is held back must not be.
  public func finish() throws(SystemError) {
    precondition(!isHeld)
    try flush()
    guard let publication else { return }
    try descriptor.synchronize()
    try publication.publish()
  }
}
