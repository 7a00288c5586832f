/// A list of short byte strings in one piece of memory.
struct ByteList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  mutating func append(_ text: Span<UInt8>) {
    bytes.append(addingCapacity: text.count) { output in
      for index in 0..<text.count { output.append(text[index]) }
    }
    ends.append(bytes.count)
  }

  /// Whether one stands before another in the order of their bytes.
  func precedes(_ left: Int, _ right: Int) -> Bool {
    bytes[range(left)].lexicographicallyPrecedes(bytes[range(right)])
  }

  private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}
