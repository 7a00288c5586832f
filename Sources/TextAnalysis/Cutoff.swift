/// Whether a text ends within something that it opened.
struct Cutoff {
  /// An odd number of lines begin with three backticks.
  private(set) var isInFence = false
  /// A bracket is open that was opened among the last bytes; brackets in code and smileys do not count.
  private(set) var isInBracket = false

  /// How far from the end, in bytes, a bracket may have been opened to be taken for the mark of a text that was cut
  /// off.
  ///
  /// People forget to close one far from it as well.
  private static let reach = 200

  init(_ text: Span<UInt8>) {
    var isLineStart = true
    var isInCode = false
    var open: [Int] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == 0x60 {
        var end = index
        while end < text.count && text[end] == 0x60 { end += 1 }
        if isLineStart && end - index >= 3 {
          isInFence.toggle()
          isInCode = false
        } else if !isInFence {
          isInCode.toggle()
        }
        index = end
        isLineStart = false
        continue
      }
      if byte == 0x0A {
        isLineStart = true
        isInCode = false
      } else if byte != 0x20 && byte != 0x09 {
        isLineStart = false
        if !isInFence && !isInCode { Self.note(byte, at: index, in: text, &open) }
      }
      index += 1
    }
    isInBracket = (open.last ?? 0) + Self.reach >= text.count && !open.isEmpty
  }

  private static func note(_ byte: UInt8, at index: Int, in text: Span<UInt8>, _ open: inout [Int]) {
    switch byte {
    case 0x28, 0x5B, 0x7B:  // ( [ {
      let before = index > 0 ? text[index - 1] : 0
      // :( ;( =(
      if before != 0x3A && before != 0x3B && before != 0x3D { open.append(index) }
    case 0x29, 0x5D, 0x7D: _ = open.popLast()  // ) ] }
    default: break
    }
  }
}
