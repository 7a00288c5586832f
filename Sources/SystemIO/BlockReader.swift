/// Reads a file in large blocks of whole lines.
///
/// `storage[lines]` holds the lines of the block, each with its `\n`; the last line of the file is given one if it lacks
/// it. At least `padding` readable bytes follow. Memory is one block, or the longest line accepted and a block (while it
/// grows to that, half as much again). A line over the limit that fits into a block all the same may come among `lines`:
/// whoever looks at lines compares their length.
public struct BlockReader: ~Copyable {
  /// What a call to `next` brought.
  public enum Block: Sendable, Equatable {
    /// Whole lines, in `storage[lines]`.
    case lines
    /// The head of a line that is longer than the limit, in `storage[lines]`, and the length of all of it in bytes. The
    /// rest of it was read and thrown away.
    case overlong(length: Int)
    /// Nothing: the file has ended.
    case end
  }

  /// How many readable bytes follow the lines of a block.
  public static let padding = 64
  /// How much of an over-long line is kept.
  public static let overlongHeadMax = 65_536

  /// The memory that the lines stand in.
  public private(set) var storage: [UInt8]
  /// Where in `storage` the lines of this block stand.
  public private(set) var lines = 0..<0
  /// Offset in the file of the first byte of `lines`.
  public private(set) var fileOffset = 0
  /// Whether the file's last line lacked its newline.
  public private(set) var endsWithoutNewline = false

  private let descriptor: Descriptor
  /// Where in the file to read on; nil reads the descriptor from where it is.
  private var position: Int?
  /// How many bytes are still to be read.
  private var rest = Int.max
  private let lineLengthMax: Int
  private let capacityMax: Int
  private var filled = 0
  private var hasEnded = false
  /// Bytes of `storage` that the last block used up, and how many bytes of the file they stood for.
  private var used = 0
  private var usedFileBytes = 0
  /// Where the search for a newline goes on among the bytes that are kept.
  private var searched = 0

  /// Starts reading.
  ///
  /// `lineLengthMax` bounds a line in bytes without its terminator. `prefix` was read from the descriptor before, to see
  /// what kind of file it is.
  public init(
    _ descriptor: consuming Descriptor, lineLengthMax: Int, prefix: [UInt8] = [], blockSize: Int = 1 << 20
  ) {
    self.descriptor = descriptor
    self.lineLengthMax = min(lineLengthMax, Int.max / 2)
    capacityMax = self.lineLengthMax + 2 + blockSize
    self.descriptor.widenPipe()
    filled = prefix.count
    storage = [UInt8](untouched: max(blockSize, prefix.count) + BlockReader.padding)
    storage.replaceSubrange(0..<prefix.count, with: prefix)
  }

  /// Starts reading a part of a file that can be sought, however many read other parts of it by the same descriptor.
  ///
  /// The part begins at the start of a line; one that ends at `Int.max` ends where the file does.
  public init(
    _ descriptor: consuming Descriptor, part: Range<Int>, lineLengthMax: Int, blockSize: Int = 1 << 20
  ) {
    self.init(descriptor, lineLengthMax: lineLengthMax, blockSize: blockSize)
    position = part.lowerBound
    rest = part.count
    fileOffset = part.lowerBound
  }

  private var capacity: Int { storage.count - BlockReader.padding }

  /// Whether the next block will be a while in coming, because whoever writes it pauses.
  public var isIdle: Bool { !hasEnded && descriptor.isIdle(milliseconds: 20) }

  /// Brings the next block.
  public mutating func next() throws(SystemError) -> Block {
    dropUsed()
    while true {
      let end = lastNewline(in: searched..<filled)
      searched = filled
      if end > 0 { return hand(0..<end, fileBytes: end) }
      if hasEnded { return lastLine() }
      if filled > lineLengthMax + 1 { return try overlong() }
      if filled > capacity / 2 && capacity < capacityMax { grow() }
      let count = try read(at: filled, count: capacity - filled)
      filled += count
      hasEnded = count == 0
    }
  }

  private mutating func read(at offset: Int, count: Int) throws(SystemError) -> Int {
    let count = try descriptor.read(into: &storage, at: offset, count: min(count, rest), from: position)
    rest -= count
    if let start = position { position = start + count }
    return count
  }

  /// Makes room for a line that is longer than what there is: twice as much, or what the longest line needs.
  private mutating func grow() { grow(to: min(2 * capacity, capacityMax)) }

  private mutating func grow(to size: Int) {
    var wider = [UInt8](untouched: size + BlockReader.padding)
    unsafe wider.withUnsafeMutableBytes { target in
      unsafe storage.withUnsafeBytes { source in
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<filled]))
      }
    }
    storage = wider
  }

  private mutating func hand(_ range: Range<Int>, fileBytes: Int) -> Block {
    lines = range
    used = range.upperBound
    usedFileBytes = fileBytes
    return .lines
  }

  /// Moves what follows the last block to the front.
  private mutating func dropUsed() {
    let rest = filled - used
    if used > 0 && rest > 0 {
      let range = used..<filled
      unsafe storage.withUnsafeMutableBytes { bytes in
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
    fileOffset += usedFileBytes
    filled = rest
    searched = 0
    used = 0
    usedFileBytes = 0
    lines = 0..<0
  }

  /// Offset past the last newline in a range, or 0.
  private func lastNewline(in range: Range<Int>) -> Int {
    var end = range.upperBound
    while end > range.lowerBound {
      if storage[end - 1] == 0x0A { return end }
      end -= 1
    }
    return 0
  }

  /// The bytes after the last newline of the file.
  private mutating func lastLine() -> Block {
    if filled == 0 { return .end }
    endsWithoutNewline = true
    if filled == capacity { storage.append(contentsOf: repeatElement(0, count: BlockReader.padding)) }
    storage[filled] = 0x0A
    filled += 1
    return hand(0..<filled, fileBytes: filled - 1)
  }

  /// Reads to the end of a line that is too long and keeps only its head: the same one however the reads fall.
  private mutating func overlong() throws(SystemError) -> Block {
    let headMax = BlockReader.overlongHeadMax
    if capacity < 2 * headMax { grow(to: 2 * headMax) }
    while filled < headMax {
      let start = filled
      let count = try read(at: start, count: capacity - start)
      filled += count
      if count == 0 { return endOverlong(length: filled, last: storage[filled - 1], isEnd: true) }
      if let newline = newline(in: start..<filled) {
        let block = endOverlong(length: newline, last: storage[newline - 1])
        used = newline + 1
        return block
      }
    }
    var length = filled
    var last = storage[filled - 1]
    while true {
      let count = try read(at: headMax, count: capacity - headMax)
      filled = headMax + count
      if count == 0 { return endOverlong(length: length, last: last, isEnd: true) }
      if let newline = newline(in: headMax..<filled) {
        if newline > headMax { last = storage[newline - 1] }
        let block = endOverlong(length: length + newline - headMax, last: last)
        used = newline + 1
        return block
      }
      length += count
      last = storage[filled - 1]
    }
  }

  /// Hands over the head of a line of so many bytes, the last of which may be the first half of its terminator.
  private mutating func endOverlong(length: Int, last: UInt8, isEnd: Bool = false) -> Block {
    hasEnded = isEnd
    endsWithoutNewline = isEnd
    let own = last == 0x0D ? length - 1 : length
    _ = hand(0..<min(own, BlockReader.overlongHeadMax), fileBytes: isEnd ? length : length + 1)
    if isEnd { used = filled }
    return .overlong(length: own)
  }

  private func newline(in range: Range<Int>) -> Int? {
    for index in range where storage[index] == 0x0A { return index }
    return nil
  }
}
