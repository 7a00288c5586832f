import FeedbackModel
import NDJSON

/// A record that was scanned for a test: its bytes, and the scanner with the places of its fields.
public struct ScannedRecord {
  /// The bytes, padded as the scanner needs them.
  public let bytes: [UInt8]
  /// The scanner that saw them last.
  public let scanner: LineScanner

  /// Scans a text that has to be a record.
  ///
  /// Further paths go to the slots after those of `RecordField`.
  public init(_ text: String, extra: [[String]] = []) throws(JSONError) {
    var scanner = LineScanner.records(extra: extra)
    bytes = scanner.scan(text: Array(text.utf8))
    if let error = scanner.error { throw error }
    self.scanner = scanner
  }

  /// The text of a value as it is spelled.
  public func spelling(_ field: Field) -> String {
    String(decoding: bytes[field.textRange], as: UTF8.self)
  }
}
