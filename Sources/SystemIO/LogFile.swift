import Glibc

/// A file of lines that only grows and that several processes may append to at once.
public enum LogFile {
  /// Appends one line, given with its newline, and returns once it survives a loss of power.
  ///
  /// Writers wait for each other (`flock`), and the line goes out in one `write`, so none is ever torn by another. A last
  /// line that lacks its newline, as a killed writer leaves it, is ended first; what cannot be written whole is taken back.
  /// The file is made with mode 0600 if it is not there.
  public static func append(_ line: [UInt8], to path: String) throws(SystemError) {
    let number = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if number < 0 { throw SystemError(.create, path, code: errno) }
    let descriptor = Descriptor(number: number, path: path)
    while flock(number, LOCK_EX) != 0 {
      if errno != EINTR { throw SystemError(.lock, path, code: errno) }
    }
    guard let status = descriptor.status(), status.isRegular else {
      return try descriptor.write(line.span, 0..<line.count)
    }
    let isTorn = try lastByte(of: descriptor, size: status.size).map { $0 != 0x0A } ?? false
    try write(isTorn ? [0x0A] + line : line, to: descriptor, size: status.size)
    try descriptor.synchronize()
    if status.size == 0 { try AtomicFile.synchronizeFolder(of: path) }
  }

  private static func lastByte(of descriptor: borrowing Descriptor, size: Int) throws(SystemError) -> UInt8? {
    if size == 0 { return nil }
    var byte: UInt8 = 0
    while true {
      let count = unsafe pread(descriptor.number, &byte, 1, off_t(size - 1))
      if count >= 0 { return count == 0 ? nil : byte }
      if errno != EINTR { throw SystemError(.read, descriptor.path, code: errno) }
    }
  }

  /// Writes all bytes; where that fails half-way, cuts the file back to the size it had.
  private static func write(
    _ bytes: [UInt8], to descriptor: borrowing Descriptor, size: Int
  ) throws(SystemError) {
    do {
      try descriptor.write(bytes.span, 0..<bytes.count)
    } catch {
      // Not where somebody without the lock appended meanwhile: their bytes are not ours to take back.
      if let grown = descriptor.status()?.size, grown > size, grown < size + bytes.count {
        _ = ftruncate(descriptor.number, off_t(size))
      }
      throw error
    }
  }
}
