import NDJSON

/// A hash of 64 bits that is the same in every run.
///
/// It only narrows a search: whoever finds two equal ones compares the texts.
enum StableHash {
  /// FNV-1a of a range of bytes, with its bits mixed so that all of them depend on all bytes.
  static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in range { value = (value ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    value ^= value &>> 32
    value &*= 0xd6e8_feb8_6659_fd93
    return value ^ (value &>> 32)
  }

  /// The hash of the text of a field that is a string.
  static func hash(_ bytes: Span<UInt8>, _ text: Field) -> UInt64 {
    if !text.isEscaped { return hash(bytes, text.range) }
    let decoded = JSONText.bytes(bytes, text)
    return hash(decoded.span, 0..<decoded.count)
  }
}
