/// Reads a file in pieces of any length, with a look at its beginning first.
public struct ChunkReader: ~Copyable {
  private let descriptor: Descriptor
  /// The bytes of the current piece stand at its front.
  public private(set) var storage: [UInt8]
  /// How many bytes the current piece has.
  public private(set) var count = 0
  private var isPeeked = false

  /// Starts reading.
  public init(_ descriptor: consuming Descriptor, size: Int = 1 << 18) {
    self.descriptor = descriptor
    self.descriptor.widenPipe()
    storage = [UInt8](untouched: size)
  }

  /// The first piece, with the whole of the first line if that fits; `next` brings it again.
  ///
  /// No more is waited for, as the writer of a pipe may be slow.
  public mutating func peek() throws(SystemError) -> [UInt8] {
    while count < storage.count {
      let read = try descriptor.read(into: &storage, at: count, count: storage.count - count)
      if read == 0 { break }
      count += read
      if storage[count - read..<count].contains(0x0A) { break }
    }
    isPeeked = true
    return Array(storage[..<count])
  }

  /// Brings the next piece; false at the end of the file.
  public mutating func next() throws(SystemError) -> Bool {
    if isPeeked {
      isPeeked = false
      return count > 0
    }
    count = try descriptor.read(into: &storage, at: 0, count: storage.count)
    return count > 0
  }

  /// Gives the file away, for somebody else to go on with after the piece that was looked at.
  public consuming func descriptorAfterPeek() -> Descriptor { descriptor }
}
