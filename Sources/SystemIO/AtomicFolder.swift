import Glibc

/// A new folder under a temporary name beside its final one: it takes the final name, with all its files, in one step, or
/// disappears, when its owner goes away and when a signal ends the command.
public final class AtomicFolder {
  /// The final name.
  public let path: String
  private let temporaryPath: String
  private var files: [String] = []
  private var isPending = true

  /// Makes an empty folder of mode 0700 under a temporary name.
  ///
  /// Fails with ENOTEMPTY where `path` is a folder with something in it, with EEXIST where it is no folder, and with ENOTDIR
  /// where it is a symbolic link: what is there is never replaced.
  public init(path: String) throws(SystemError) {
    var trimmed = path
    while trimmed.utf8.count > 1 && (trimmed.hasSuffix("/") || trimmed.hasSuffix("/.")) { trimmed.removeLast() }
    self.path = trimmed
    let (folder, name) = AtomicFile.split(trimmed)
    temporaryPath = "\(folder)/.\(name).\(getpid())"
    if AtomicFolder.isLink(trimmed) { throw SystemError(.create, trimmed, code: ENOTDIR) }
    if let status = FileStatus(path: trimmed) {
      if !status.isFolder { throw SystemError(.create, trimmed, code: EEXIST) }
      if !AtomicFolder.isEmpty(trimmed) { throw SystemError(.create, trimmed, code: ENOTEMPTY) }
    }
    if unsafe mkdir(temporaryPath, 0o700) != 0 { throw SystemError(.create, trimmed, code: errno) }
    PendingFiles.add(temporaryPath)
  }

  deinit {
    if !isPending { return }
    for file in files { unsafe unlink("\(temporaryPath)/\(file)") }
    unsafe rmdir(temporaryPath)
    forget()
  }

  /// Makes a file of mode 0600 in it; it has to be synchronised before the folder is published.
  public func create(_ name: String) throws(SystemError) -> OutputStream {
    let file = "\(temporaryPath)/\(name)"
    let number = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if number < 0 { throw SystemError(.create, "\(path)/\(name)", code: errno) }
    files.append(name)
    PendingFiles.add(file)
    return OutputStream(Descriptor(number: number, path: "\(path)/\(name)"))
  }

  /// Where a file of it stands until then.
  public func temporaryPath(of name: String) -> String { "\(temporaryPath)/\(name)" }

  /// Gives the folder its final name.
  public func publish() throws(SystemError) {
    try AtomicFile.synchronizeFolder(of: "\(temporaryPath)/.")
    if unsafe rename(temporaryPath, path) != 0 { throw SystemError(.create, path, code: errno) }
    isPending = false
    forget()
    try AtomicFile.synchronizeFolder(of: path)
  }

  private func forget() {
    for file in files { PendingFiles.remove("\(temporaryPath)/\(file)") }
    PendingFiles.remove(temporaryPath)
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// A folder that cannot be looked into is taken for one with something in it.
  private static func isEmpty(_ path: String) -> Bool {
    guard let folder = unsafe opendir(path) else { return false }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    return count <= 2
  }
}
