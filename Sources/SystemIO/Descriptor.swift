import Glibc

/// An open file that is closed when its owner goes away.
public struct Descriptor: ~Copyable {
  /// The number the system knows it by.
  public let number: Int32
  /// The name for messages.
  public let path: String
  private let isOwned: Bool

  /// Takes over an open descriptor; a standard stream (`isOwned` false) stays open.
  public init(number: Int32, path: String, isOwned: Bool = true) {
    self.number = number
    self.path = path
    self.isOwned = isOwned
  }

  deinit {
    if isOwned { close(number) }
  }

  /// Opens a file to read; `-` is standard input.
  ///
  /// Folders are refused.
  public static func reading(_ path: String) throws(SystemError) -> Descriptor {
    if path == "-" { return Descriptor(number: STDIN_FILENO, path: "standard input", isOwned: false) }
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if number < 0 { throw SystemError(.open, path, code: errno) }
    let descriptor = Descriptor(number: number, path: path)
    if descriptor.status()?.isFolder == true { throw SystemError(.open, path, code: EISDIR) }
    return descriptor
  }

  /// Reads up to `count` bytes to a place in a buffer; 0 at the end of the file.
  ///
  /// From a position of the file where one is given, which does not move the place where others read on. Interrupted calls
  /// are repeated.
  public func read(
    into buffer: inout [UInt8], at offset: Int, count: Int, from position: Int? = nil
  ) throws(SystemError) -> Int {
    precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count)
    while true {
      let result = unsafe buffer.withUnsafeMutableBytes { bytes in
        let target = unsafe bytes.baseAddress.map { unsafe $0 + offset }
        if let position { return unsafe pread(number, target, count, off_t(position)) }
        return unsafe Glibc.read(number, target, count)
      }
      if result >= 0 { return result }
      if errno != EINTR { throw SystemError(.read, path, code: errno) }
    }
  }

  /// Writes all of a range of bytes, however many calls that takes.
  public func write(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(SystemError) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let result = unsafe bytes.extracting(offset..<range.upperBound).withUnsafeBytes {
        unsafe Glibc.write(number, $0.baseAddress, $0.count)
      }
      if result > 0 {
        offset += result
      } else if result == 0 || errno != EINTR {
        throw SystemError(.write, path, code: result == 0 ? EIO : errno)
      }
    }
  }

  /// Makes sure that what was written survives a loss of power.
  ///
  /// Pipes and terminals have nothing to make sure of.
  public func synchronize() throws(SystemError) {
    if fsync(number) != 0 && errno != EINVAL && errno != EROFS {
      throw SystemError(.write, path, code: errno)
    }
  }

  /// Moves the place where reading goes on; only of files.
  public func seek(to offset: Int) throws(SystemError) {
    if lseek(number, off_t(offset), SEEK_SET) < 0 { throw SystemError(.read, path, code: errno) }
  }

  /// Asks for a pipe of 1 MiB where this is a pipe: four times fewer switches between the commands of a pipeline.
  ///
  /// Where the system refuses, the pipe stays as it is.
  public func widenPipe() {
    let setPipeSize: Int32 = 1031
    if status()?.isPipe == true { _ = fcntl(number, setPipeSize, Int32(1 << 20)) }
  }

  /// Whether a read would wait for more than a number of milliseconds.
  ///
  /// Never of a plain file.
  public func isIdle(milliseconds: Int32) -> Bool {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) == 0
  }

  /// What the system knows about the open file.
  public func status() -> FileStatus? { FileStatus(descriptor: number) }
}

/// What kind of file stands behind a name or a descriptor, and which file it is.
public struct FileStatus: Sendable, Equatable {
  /// Device and number: equal for two names of one file.
  public let device: UInt, inode: UInt
  /// Size in bytes.
  public let size: Int
  private let kind: mode_t

  init(_ status: stat) {
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    kind = status.st_mode & S_IFMT
  }

  init?(descriptor: Int32) {
    var status = stat()
    if unsafe fstat(descriptor, &status) != 0 { return nil }
    self.init(status)
  }

  /// Looks at a name, following symbolic links; nil where there is nothing.
  public init?(path: String) {
    var status = stat()
    if unsafe stat(path, &status) != 0 { return nil }
    self.init(status)
  }

  /// Whether two paths lead to one plain file, or would once it is there.
  ///
  /// Devices and pipes may be shared.
  public static func isSameFile(_ left: String, _ right: String) -> Bool {
    if let status = FileStatus(path: left), !status.isRegular, FileStatus(path: right) != nil { return false }
    return isSamePlace(left, right)
  }

  /// Whether two paths lead to one thing of whatever kind, or would once it is there.
  public static func isSamePlace(_ left: String, _ right: String) -> Bool {
    if let a = FileStatus(path: left), let b = FileStatus(path: right) {
      return a.device == b.device && a.inode == b.inode
    }
    let (a, b) = (AtomicFile.split(left), AtomicFile.split(right))
    guard a.name == b.name, let first = FileStatus(path: a.folder), let second = FileStatus(path: b.folder) else {
      return false
    }
    return first.device == second.device && first.inode == second.inode
  }

  /// A plain file.
  public var isRegular: Bool { kind == S_IFREG }
  /// A folder.
  public var isFolder: Bool { kind == S_IFDIR }
  /// A pipe.
  public var isPipe: Bool { kind == S_IFIFO }
}
