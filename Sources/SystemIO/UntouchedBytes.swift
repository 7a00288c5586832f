extension [UInt8] {
  /// Makes an array of bytes of any value, for a buffer to read into.
  ///
  /// What is large comes from the system as pages that exist only once they are written to; zeros would write to all of
  /// them, which is half the start-up of a command that reads a few lines. A byte is a byte whatever it holds, so nothing
  /// is undefined about reading one.
  init(untouched count: Int) {
    unsafe self.init(unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
  }
}
