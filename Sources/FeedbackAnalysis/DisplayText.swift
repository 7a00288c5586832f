/// Text of records as a terminal may show it.
enum DisplayText {
  /// A text in which control, bidirectional and invisible characters are replaced, so that none of them moves the cursor,
  /// colours the screen or turns the order of letters round; with "…" where it is wider than `widthMax` columns.
  static func printable(_ text: [UInt8], widthMax: Int = .max) -> String {
    var result = String.UnicodeScalarView()
    var width = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      let shown = isUnsafe(scalar) ? "\u{FFFD}" : scalar
      width += columns(shown)
      if width > widthMax {
        while !result.isEmpty && self.width(String(result)) > widthMax - 1 { result.removeLast() }
        result.append("…")
        break
      }
      result.append(shown)
    }
    return String(result)
  }

  /// The same for a string.
  static func printable(_ text: String) -> String { printable(Array(text.utf8)) }

  /// A text in which such characters are spelled out as JSON escapes them: `\n`, `\u001b`, and `\udb40\udc01` beyond U+FFFF.
  ///
  /// So two names that differ look different, and as in a command line.
  static func spelled(_ text: [UInt8]) -> String {
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case _ where !isUnsafe(scalar): result.append(scalar)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\r": result.append(contentsOf: "\\r".unicodeScalars)
      case "\t": result.append(contentsOf: "\\t".unicodeScalars)
      default:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
        }
      }
    }
    return String(result)
  }

  /// Whether a character does something else than being seen.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    // Joiners make letters and emoji out of several characters; the other format characters hide or reorder.
    case .format: scalar.value != 0x200C && scalar.value != 0x200D
    default: false
    }
  }

  /// The columns a text takes in a terminal.
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

/// Rows of cells under each other: the first column to the left, the others to the right.
struct TextTable {
  private var rows: [[String]] = []

  init(header: [String]) { rows.append(header) }

  mutating func add(_ row: [String]) { rows.append(row) }

  /// The rows with two blanks between the columns, none at the end of a line.
  var text: String {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? DisplayText.width($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let blanks = String(repeating: " ", count: widths[column] - DisplayText.width(cell))
        line += column == 0 ? cell + blanks : "  " + blanks + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
