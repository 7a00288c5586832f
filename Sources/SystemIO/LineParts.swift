/// Cuts a file that can be sought into parts of whole lines, one after another.
///
/// A part ends with the first line that reaches its least size, so that its end alone has to be looked for, and however
/// long lines are, never twice. The last part ends where the file does, which may have grown since its size was asked
/// for, or not have told it.
public final class LineParts {
  private let descriptor: Descriptor
  private let size: Int
  private let partSize: Int
  private var start = 0
  private var piece = [UInt8](untouched: 1 << 16)

  /// Starts at the beginning of a file that is `size` bytes long.
  public init(_ descriptor: consuming Descriptor, size: Int, partSize: Int) {
    self.descriptor = descriptor
    self.size = size
    self.partSize = partSize
  }

  /// Where the next part stands in the file; nil after the last one, which ends at `Int.max`.
  public func next() throws(SystemError) -> Range<Int>? {
    if start == Int.max { return nil }
    let found = try lineEnd(from: start + partSize - 1)
    let end = found < size ? found : Int.max
    defer { start = end }
    return start..<end
  }

  /// The offset past the first newline at or after a position, at most the size of the file.
  private func lineEnd(from position: Int) throws(SystemError) -> Int {
    var position = position
    while position < size {
      let count = try descriptor.read(
        into: &piece, at: 0, count: min(piece.count, size - position), from: position)
      if count == 0 { return size }
      for index in 0..<count where piece[index] == 0x0A { return position + index + 1 }
      position += count
    }
    return size
  }
}
