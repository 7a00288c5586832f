import Glibc

/// A file under a temporary name in the folder of its final one; it takes the final name in one step, or disappears:
/// when its owner goes away, and when a signal ends the command.
public final class AtomicFile {
  /// The final name.
  public let path: String
  /// The name until it is published.
  public let temporaryPath: String
  private var isPending = true

  /// Chooses a temporary name and makes an empty file of mode 0600 under it.
  ///
  /// Fails with EISDIR where `path` is a folder.
  public init(path: String) throws(SystemError) {
    if FileStatus(path: path)?.isFolder == true { throw SystemError(.create, path, code: EISDIR) }
    let (folder, name) = AtomicFile.split(path)
    var attempt: UInt32 = 0
    while true {
      let suffix = String(UInt32.random(in: .min ... .max), radix: 36)
      let candidate = "\(folder)/.\(name).\(getpid()).\(suffix)"
      let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let number = unsafe Glibc.open(candidate, flags, 0o600)
      if number >= 0 {
        close(number)
        self.path = path
        temporaryPath = candidate
        PendingFiles.add(candidate)
        return
      }
      attempt += 1
      if errno != EEXIST || attempt > 16 { throw SystemError(.create, path, code: errno) }
    }
  }

  deinit {
    if !isPending { return }
    unsafe unlink(temporaryPath)
    PendingFiles.remove(temporaryPath)
  }

  /// Opens the temporary file to read and write.
  public func open() throws(SystemError) -> Descriptor {
    let number = unsafe Glibc.open(temporaryPath, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    if number < 0 { throw SystemError(.create, path, code: errno) }
    return Descriptor(number: number, path: path)
  }

  /// Gives the file its final name.
  ///
  /// What was written to it has to be synchronised before; the folder is here.
  public func publish() throws(SystemError) {
    if unsafe rename(temporaryPath, path) != 0 { throw SystemError(.create, path, code: errno) }
    isPending = false
    PendingFiles.remove(temporaryPath)
    try AtomicFile.synchronizeFolder(of: path)
  }

  /// Makes sure that the name of a file survives a loss of power.
  static func synchronizeFolder(of path: String) throws(SystemError) {
    let folder = unsafe Glibc.open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder < 0 { throw SystemError(.write, path, code: errno) }
    try Descriptor(number: folder, path: path).synchronize()
  }

  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return (".", path) }
    let folder = String(path[..<slash])
    return (folder.isEmpty ? "/" : folder, String(path[path.utf8.index(after: slash)...]))
  }
}
