import NDJSON

/// What a file holds its records in.
public enum SourceFormat: String, Sendable, CaseIterable {
  /// One JSON object a line.
  case ndjson
  /// JSON documents: an array of records, an object that holds them in `prompts`, or one record.
  case json
  /// Delimited text with a header.
  case csv
  /// A SQLite database with a table `prompts`.
  case database

  /// Tells the format of a file from its first bytes; nil for an empty file.
  ///
  /// Throws for what is recognised but not read.
  public static func sniff(_ head: [UInt8]) throws(RecordError) -> SourceFormat? {
    if head.isEmpty { return nil }
    if starts(head, "SQLite format 3\0") { return .database }
    for (magic, advice) in foreign where head.starts(with: magic) {
      throw RecordError(reason: "format", field: "", message: advice, offset: 0)
    }
    var start = head.starts(with: byteOrderMark) ? 3 : 0
    while start < head.count, [0x20, 0x09, 0x0A, 0x0D].contains(head[start]) { start += 1 }
    if start == head.count { return .ndjson }
    if head[start] == 0x5B { return .json }
    if head[start] != 0x7B { return hasRecordLine(head, from: start) ? .ndjson : .csv }
    return isDocument(head, from: start) ? .json : .ndjson
  }

  /// Whether a line after the first one is a record by itself: then the first is a bad line of a log, however it looks.
  private static func hasRecordLine(_ head: [UInt8], from start: Int) -> Bool {
    var scanner = LineScanner(FieldSet(paths: []))
    for line in head[start...].split(separator: 0x0A).dropFirst().prefix(100) where line.first == 0x7B {
      _ = scanner.scan(text: Array(line))
      if scanner.code == .none { return true }
    }
    return false
  }

  /// Whether the object that starts at a byte is a document over several lines, or one that holds records in `prompts`.
  private static func isDocument(_ head: [UInt8], from start: Int) -> Bool {
    let line = head[start...].prefix { $0 != 0x0A }
    var rules = JSONRules.record
    rules.keyCountMax = .max
    var scanner = LineScanner(FieldSet(paths: [["prompts"]]), rules: rules)
    _ = scanner.scan(text: Array(line))
    if scanner.code == .none { return scanner.fields[0].kind == .array }
    // A first line that ends inside of a value goes on in the next, unless that is a record by itself: then it was cut
    // off, as rotated logs are. One with another fault is a bad line. Where the head has no newline at all it is a long
    // line, of records or of a document.
    if start + line.count == head.count { return DocumentReader.holdsRecords(Array(line)) }
    if scanner.code != .truncated { return false }
    return DocumentReader.holdsRecords(Array(head[start...])) || !hasRecordLine(head, from: start)
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private static let foreign: [(magic: [UInt8], advice: String)] = [
    ([0xFF, 0xFE], "UTF-16 text (iconv -f UTF-16 -t UTF-8 makes it readable)"),
    ([0xFE, 0xFF], "UTF-16 text (iconv -f UTF-16 -t UTF-8 makes it readable)"),
    ([0x1F, 0x8B], "compressed with gzip (zcat FILE | fb-ingest)"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd (zstdcat FILE | fb-ingest)"),
    ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive (unzip -p FILE NAME | fb-ingest)"),
    (Array("PAR1".utf8), "a Parquet file, which is not read"),
  ]

  private static func starts(_ head: [UInt8], _ text: StaticString) -> Bool {
    var magic: [UInt8] = []
    magic.append(text)
    return head.starts(with: magic)
  }
}

/// What a source calls a record.
public enum RecordShape: Sendable {
  /// Told from the members of each record.
  case any
  /// Conversations: `{"messages":[{"role","content"}…]}`.
  case conversation
  /// Interactions, with `feedback` inside or its members beside the others.
  case interaction
}
