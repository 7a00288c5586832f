import Glibc

/// What has to be settled about descriptors 0 to 2 before a command opens its first file.
public enum StandardStreams {
  /// Occupies each standard descriptor that the caller left closed, so that no file opened later takes its number and
  /// gets data meant for it.
  ///
  /// The stand-in refuses what the stream is for: reading from a closed standard input and writing to a closed standard
  /// output fail with EBADF.
  public static func occupyClosed() {
    for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) == -1 && errno == EBADF {
      _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Whether a standard stream is a terminal.
  public static func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

  /// Lets a write beyond the limit on file sizes fail with EFBIG instead of ending the process by a signal.
  public static func reportFileSizeLimit() {
    signal(SIGXFSZ, SIG_IGN)
  }

  /// The number of the first argument of the process that is no UTF-8; Swift has other characters in its place.
  public static func firstArgumentOfOtherEncoding() -> Int? {
    for number in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = unsafe CommandLine.unsafeArgv[number] else { continue }
      if unsafe String(validatingCString: argument) == nil { return number }
    }
    return nil
  }

  /// Ends the process.
  public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

  /// Writes a message to standard error as one call, so that lines of several commands do not mix.
  ///
  /// Nowhere is left to report that this failed.
  public static func writeError(_ message: String) {
    let descriptor = Descriptor(number: STDERR_FILENO, path: "standard error", isOwned: false)
    let bytes = Array(message.utf8)
    try? descriptor.write(bytes.span, 0..<bytes.count)
  }

  /// Time since an unspecified start, in milliseconds: only to pace what is shown on a terminal.
  public static func monotonicMilliseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// Seconds since 1970 by the host's clock: only for `--as-of now`.
  public static func currentSeconds() -> Int { currentMicroseconds() / 1_000_000 }

  /// Microseconds since 1970 by the host's clock: only for the time of an event being recorded, so that of two acts of one
  /// second the later one is known.
  public static func currentMicroseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }
}
