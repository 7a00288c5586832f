import Glibc

/// A system call that failed: what was tried, on what, and the reason the system gave.
public struct SystemError: Error, Equatable, Sendable {
  /// What a command was doing when a call failed; it decides the exit status.
  public enum Operation: Sendable, Equatable {
    /// Opening a file to read it.
    case open
    /// Reading from an open file.
    case read
    /// Making a file to write to.
    case create
    /// Writing, flushing or publishing what was written.
    case write
    /// Taking a lock.
    case lock
  }

  /// What was tried.
  public var operation: Operation
  /// The file or stream, as a person would name it.
  public var path: String
  /// The value of `errno`.
  public var code: Int32

  /// Makes an error from a value of `errno`.
  public init(_ operation: Operation, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The system's words for the reason, in the C locale.
  public var reason: String { unsafe String(cString: strerror(code)) }

  /// A sentence for a person: `cannot open chat.ndjson: No such file or directory`.
  public var message: String {
    switch operation {
    case .open: "cannot open \(path): \(reason)"
    case .read: "cannot read \(path): \(reason)"
    case .create: "cannot create \(path): \(reason)"
    case .write: "write error: \(path): \(reason)"
    case .lock: "cannot lock \(path): \(reason)"
    }
  }

  /// Whether permission was refused.
  public var isPermission: Bool { code == EACCES || code == EPERM }
  /// Whether somebody else holds the lock.
  public var isBusy: Bool { code == EWOULDBLOCK }
}
