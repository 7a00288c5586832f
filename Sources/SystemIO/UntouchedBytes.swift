extension [UInt8] {
  /// Makes an array of bytes of any value, for a buffer to read into.
  ///
  /// What is large comes from the system as pages that exist only once they are written to; zeros would write to all of
  /// them, which is half the start-up of a command that reads a few lines. Whoever reads such bytes before they are written,
  /// as wide loads do behind the last newline, has to make sure that nothing depends on them.
  init(untouched count: Int) {
    unsafe self.init(unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
  }
}
