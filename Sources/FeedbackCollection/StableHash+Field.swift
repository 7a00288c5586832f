import Digest
import NDJSON

extension StableHash {
  /// The hash of the text of a field that is a string.
  ///
  /// It only narrows a search: whoever finds two equal ones compares the texts.
  static func hash(_ bytes: Span<UInt8>, _ text: Field) -> UInt64 {
    if !text.isEscaped { return hash(bytes, text.range) }
    let decoded = JSONText.bytes(bytes, text)
    return hash(decoded.span, 0..<decoded.count)
  }
}
