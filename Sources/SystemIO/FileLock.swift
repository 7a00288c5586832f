import Glibc

/// An exclusive advisory lock on an open file, held until its owner goes away.
public struct FileLock: ~Copyable {
  private let descriptor: Descriptor

  /// Takes the lock on a file, which is made with mode 0600 if it is not there.
  ///
  /// With `waits` false a lock held by somebody else is an error at once (`isBusy`).
  public init(path: String, waits: Bool) throws(SystemError) {
    let number = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if number < 0 { throw SystemError(.lock, path, code: errno) }
    while flock(number, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
      if errno == EINTR { continue }
      let error = SystemError(.lock, path, code: errno)
      close(number)
      throw error
    }
    descriptor = Descriptor(number: number, path: path)
  }
}
