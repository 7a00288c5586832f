/// A text that is not delimited text as RFC 4180 has it.
public struct DelimitedTextError: Error, Equatable, Sendable {
  /// What was wrong.
  public var message: String
  /// Offset in bytes from the start of the text.
  public var offset: Int
  /// Line of the text, from 1.
  public var line: Int
}

/// Reads delimited text record by record from bytes that come in pieces of any size.
///
/// A record ends at LF or CRLF outside of quotes. Lines that are empty are skipped. After a record, `fields` holds its
/// fields without quotes, as ranges of `text`; both are reused from record to record.
public struct DelimitedReader: Sendable {
  private enum State { case fieldStart, plain, quoted, quoteInQuoted, skipping }

  /// The bytes of the record's fields, one after another.
  public private(set) var text: [UInt8] = []
  /// Offset in `text` past each field.
  public private(set) var fieldEnds: [Int] = []
  /// The bytes of the record as they came, without its line end.
  public private(set) var raw: [UInt8] = []
  /// The line that the record begins on, from 1.
  public private(set) var line = 1
  /// Offset in bytes of the record from the start of the text.
  public private(set) var offset = 0

  private let delimiter: UInt8
  private let recordLengthMax: Int
  private var state = State.fieldStart
  private var currentLine = 1
  private var currentOffset = 0
  private var isComplete = true
  private var pending: DelimitedTextError?

  /// Makes a reader.
  ///
  /// A longer record than `recordLengthMax` bytes is an error.
  public init(delimiter: UInt8 = 0x2C, recordLengthMax: Int = 16_777_216) {
    self.delimiter = delimiter
    self.recordLengthMax = recordLengthMax
  }

  /// How many fields the record has.
  public var count: Int { fieldEnds.count }

  /// The place of a field in `text`.
  public func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : fieldEnds[index - 1])..<fieldEnds[index]
  }

  /// A field as bytes.
  public func field(_ index: Int) -> [UInt8] { Array(text[range(index)]) }

  /// Takes in bytes up to the end of a record.
  ///
  /// Returns the offset to go on from when a record is complete, nil when all bytes are used up before. A faulty record
  /// is thrown when its line has ended; `raw` then holds it, and reading goes on from `resumeOffset`.
  public mutating func next(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) throws(DelimitedTextError) -> Int? {
    var position = range.lowerBound
    while position < range.upperBound {
      if isComplete { begin() }
      let stop = plainEnd(bytes, position, range.upperBound)
      if stop > position {
        for index in position..<stop {
          raw.append(bytes[index])
          text.append(bytes[index])
        }
        currentOffset += stop - position
        position = stop
        continue
      }
      let byte = bytes[position]
      position += 1
      currentOffset += 1
      if byte == 0x0A { currentLine += 1 }
      resumeOffset = position
      if try take(byte) { return position }
    }
    return nil
  }

  /// Offset past the bytes that stand for themselves in the field that is open: the bulk of a file, copied at once.
  private func plainEnd(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    let limit = min(end, start + max(0, recordLengthMax - raw.count))
    var stop = start
    switch state {
    case .quoted: while stop < limit, bytes[stop] != 0x22, bytes[stop] != 0x0A { stop &+= 1 }
    case .plain: while stop < limit, bytes[stop] != delimiter, bytes[stop] != 0x0A { stop &+= 1 }
    default: break
    }
    return stop
  }

  /// Where to go on after a record that was thrown.
  public private(set) var resumeOffset = 0

  /// Ends the text: whether a last record without a line end is complete.
  public mutating func finish() throws(DelimitedTextError) -> Bool {
    if isComplete || (raw.isEmpty && fieldEnds.isEmpty) { return false }
    if state == .quoted { fail("a quote is not closed") }
    if state == .skipping && pending == nil { return false }
    return try endRecord()
  }

  private mutating func begin() {
    text.removeAll(keepingCapacity: true)
    fieldEnds.removeAll(keepingCapacity: true)
    raw.removeAll(keepingCapacity: true)
    line = currentLine
    offset = currentOffset
    state = .fieldStart
    pending = nil
    isComplete = false
  }

  private mutating func fail(_ message: String) {
    if pending == nil {
      pending = DelimitedTextError(message: message, offset: currentOffset - 1, line: currentLine)
    }
    state = .skipping
  }

  /// Takes one byte; true when it ended a record.
  private mutating func take(_ byte: UInt8) throws(DelimitedTextError) -> Bool {
    if byte == 0x0A && state != .quoted {
      if raw.isEmpty || (raw.count == 1 && raw[0] == 0x0D && state != .skipping) {
        isComplete = true
        return false
      }
      return try endRecord()
    }
    if raw.count >= recordLengthMax {
      if pending == nil { fail("record longer than \(recordLengthMax) bytes") }
      return false
    }
    raw.append(byte)
    switch state {
    case .skipping: break
    case .fieldStart:
      if byte == 0x22 {
        state = .quoted
      } else if byte == delimiter {
        fieldEnds.append(text.count)
      } else {
        text.append(byte)
        state = .plain
      }
    case .plain:
      if byte == delimiter {
        fieldEnds.append(text.count)
        state = .fieldStart
      } else {
        // A quote here opens nothing: 37°36'37.8"N. RFC 4180 forbids it, but data has it, and it can mean one thing only.
        text.append(byte)
      }
    case .quoted:
      if byte == 0x22 { state = .quoteInQuoted } else { text.append(byte) }
    case .quoteInQuoted:
      if byte == 0x22 {
        text.append(byte)
        state = .quoted
      } else if byte == delimiter {
        fieldEnds.append(text.count)
        state = .fieldStart
      } else if byte != 0x0D {
        fail("text after a closing quote")
      }
    }
    return false
  }

  private mutating func endRecord() throws(DelimitedTextError) -> Bool {
    // A carriage return before the line end belongs to it.
    if raw.last == 0x0D {
      raw.removeLast()
      if state == .plain { text.removeLast() }
    }
    isComplete = true
    if let pending { throw pending }
    fieldEnds.append(text.count)
    return true
  }
}
