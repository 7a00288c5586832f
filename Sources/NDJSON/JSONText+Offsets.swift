/// Steps through the body of a string beside its text, to find where in the one stands what was found in the other.
public struct BodyCursor: Sendable {
  /// Offset of a byte of the body in the bytes that were scanned.
  public private(set) var position: Int
  private var textOffset = 0
  private let isEscaped: Bool

  /// Starts at the first byte of a field that is a string.
  public init(_ field: Field) {
    position = field.start
    isEscaped = field.isEscaped
  }

  /// Goes on to where the byte of the text at an offset begins in the body; offsets have to ascend, and to be those of
  /// whole characters.
  public mutating func advance(to offset: Int, in bytes: Span<UInt8>) {
    if !isEscaped {
      position += offset - textOffset
      textOffset = offset
      return
    }
    while textOffset < offset {
      if bytes[position] != 0x5C {
        position += 1
        textOffset += 1
      } else if bytes[position + 1] != 0x75 {
        position += 2
        textOffset += 1
      } else {
        let unit = hexUnit(bytes, position + 2)
        let isPair = unit & 0xFC00 == 0xD800
        position += isPair ? 12 : 6
        textOffset += isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
      }
    }
  }
}
