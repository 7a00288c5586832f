import Glibc

/// The temporary names that have to go when a signal ends the command, which runs no `deinit`.
///
/// A signal handler may neither allocate nor lock, so they stand in a fixed table of C strings. A name that finds no
/// place in it is left behind by a signal, and nothing worse. A folder goes after the files.
enum PendingFiles {
  private static let capacity = 64
  nonisolated(unsafe) private static let names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
    let table = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
    unsafe table.initialize(repeating: nil, count: capacity)
    for number in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { handle(number) }
    return unsafe table
  }()

  /// Takes note of a name.
  static func add(_ path: String) {
    for index in 0..<capacity where unsafe names[index] == nil {
      unsafe names[index] = strdup(path)
      return
    }
  }

  /// Forgets a name that is gone or final.
  static func remove(_ path: String) {
    for index in 0..<capacity {
      guard let name = unsafe names[index], unsafe strcmp(name, path) == 0 else { continue }
      unsafe names[index] = nil
      unsafe free(name)
      return
    }
  }

  /// Removes the files, and lets the signal do what it does by default; a signal that is ignored stays so.
  private static func handle(_ number: Int32) {
    var action = sigaction()
    if unsafe sigaction(number, nil, &action) != 0 { return }
    if unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 0 { return }
    signal(number) { number in
      for index in 0..<PendingFiles.capacity {
        if let name = unsafe PendingFiles.names[index] { unsafe unlink(name) }
      }
      for index in 0..<PendingFiles.capacity {
        if let name = unsafe PendingFiles.names[index] { unsafe rmdir(name) }
      }
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
