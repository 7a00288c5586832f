import DelimitedText
import FeedbackModel
import NDJSON

/// Writes interactions as CSV (RFC 4180): a header of `FlatColumn.names`, one row for each record.
public struct DelimitedExport: Sendable {
  private var row = FlatRow(.delimited)
  private var writer = DelimitedWriter()
  private var text: [UInt8] = []
  private let isSpreadsheetSafe: Bool
  /// Texts that a spreadsheet may take for a formula.
  public private(set) var formulaCount = 0

  /// Makes a writer; `isSpreadsheetSafe` puts an apostrophe before texts that a spreadsheet may take for a formula.
  public init(isSpreadsheetSafe: Bool = false) { self.isSpreadsheetSafe = isSpreadsheetSafe }

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
      // Numbers stay numbers: a negative one is none.
      if cell.kind == .string, let first = text.first, Self.beginsFormula(first) {
        formulaCount += 1
        if isSpreadsheetSafe { text.insert(0x27, at: 0) }
      }
      writer.append(text, to: &line)
    }
    writer.append(row.extra, to: &line)
    writer.endRecord(&line)
  }

  /// `=`, `+`, `-`, `@`, tab, CR and LF (OWASP, CSV injection).
  private static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x0A: true
    default: false
    }
  }
}
