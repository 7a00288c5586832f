import DelimitedText
import FeedbackModel
import NDJSON

/// Writes interactions as CSV (RFC 4180): a header of `FlatColumn.names`, one row for each record.
public struct DelimitedExport: Sendable {
  private var row = FlatRow(.delimited)
  private var writer = DelimitedWriter()
  private var text: [UInt8] = []

  /// Makes a writer.
  public init() {}

  /// Appends the header.
  public mutating func appendHeader(to line: inout [UInt8]) {
    for name in FlatColumn.names { writer.append(Array(name.utf8), to: &line) }
    writer.endRecord(&line)
  }

  /// Appends the record that a scanner of records saw last.
  public mutating func append(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to line: inout [UInt8]) {
    row.fill(bytes, scanner)
    for cell in row.cells {
      text.removeAll(keepingCapacity: true)
      switch cell.kind {
      case .missing: break
      case .true: text.append(0x31)
      case .false: text.append(0x30)
      case .string where cell.isEscaped: JSONText.decode(bytes, cell.range, into: &text)
      case .string, .number: text.append(bytes, cell.range)
      default: JSONWalk.appendCompact(bytes, cell.range, to: &text)
      }
      writer.append(text, to: &line)
    }
    writer.append(row.extra, to: &line)
    writer.endRecord(&line)
  }
}
