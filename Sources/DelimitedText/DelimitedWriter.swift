/// Writes delimited text as RFC 4180 has it, with LF at the end of a record.
///
/// A field is quoted only where it has to be; so is a lone empty one, as an empty line is no record.
public struct DelimitedWriter: Sendable {
  private let delimiter: UInt8
  private var isAtStart = true
  private var isLoneAndEmpty = false

  /// Makes a writer.
  public init(delimiter: UInt8 = 0x2C) { self.delimiter = delimiter }

  /// Appends one field of the current record.
  public mutating func append(_ field: [UInt8], to text: inout [UInt8]) {
    if !isAtStart { text.append(delimiter) }
    isLoneAndEmpty = isAtStart && field.isEmpty
    isAtStart = false
    if !needsQuotes(field) {
      text.append(contentsOf: field)
      return
    }
    text.append(0x22)
    var start = 0
    for position in 0..<field.count where field[position] == 0x22 {
      // The quote ends one run and begins the next, so it stands twice.
      text.append(contentsOf: field[start...position])
      start = position
    }
    text.append(contentsOf: field[start...])
    text.append(0x22)
  }

  /// Ends the record.
  public mutating func endRecord(_ text: inout [UInt8]) {
    if isLoneAndEmpty { text.append(contentsOf: [0x22, 0x22]) }
    isLoneAndEmpty = false
    text.append(0x0A)
    isAtStart = true
  }

  /// White space at an edge is quoted too: many readers trim it otherwise.
  private func needsQuotes(_ field: [UInt8]) -> Bool {
    guard let first = field.first, let last = field.last else { return false }
    if first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09 { return true }
    for position in 0..<field.count {
      let byte = field[position]
      if byte == delimiter || byte == 0x22 || byte == 0x0A || byte == 0x0D { return true }
    }
    return false
  }
}
