import NDJSON
import SystemIO

/// A record that is refused, and why.
struct Refusal {
  var error: RecordError
  var place: RecordPlace
  /// The length of an over-long line, of which the bytes are only the head.
  var length: Int?
}

/// One pass over the lines of a file or of a part of one.
struct LinePass {
  /// What a block brought.
  enum Block {
    case taken, stopped, ended
  }

  /// Lines of the file so far, and how many of those of the pass were records, refused ones included; blank lines are none.
  private(set) var lineCount = 0
  private(set) var readCount = 0
  private var place: RecordPlace
  private let lineLengthMax: Int
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ path: String, fileIndex: Int, lineLengthMax: Int, after lineCount: Int = 0) {
    self.lineCount = lineCount
    place = RecordPlace(file: path, fileIndex: fileIndex, line: 0, fileOffset: 0, range: 0..<0)
    self.lineLengthMax = lineLengthMax
  }

  /// Reads a block and hands each record of it to `body`, which returns whether to go on; what is refused, also by a
  /// `RecordError` that `body` throws, goes to `refuse` with the bytes it stands in.
  mutating func takeBlock(
    _ reader: inout BlockReader, _ scanner: inout LineScanner, refuse: (Refusal, Span<UInt8>) throws -> Void,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Block {
    switch try reader.next() {
    case .end: return .ended
    case .overlong(let length):
      lineCount += 1
      readCount += 1
      place.line = lineCount
      place.fileOffset = reader.fileOffset
      place.range = reader.lines
      try refuse(overlong(length), reader.storage.span)
      return .taken
    case .lines:
      let goesOn = try takeLines(
        reader.storage.span, reader.lines, reader.fileOffset, isCutOff: reader.endsWithoutNewline, &scanner, refuse,
        body)
      return goesOn ? .taken : .stopped
    }
  }

  private mutating func takeLines(
    _ bytes: Span<UInt8>, _ lines: Range<Int>, _ fileOffset: Int, isCutOff: Bool, _ scanner: inout LineScanner,
    _ refuse: (Refusal, Span<UInt8>) throws -> Void,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Bool {
    var start = lines.lowerBound
    if fileOffset == 0 && Self.byteOrderMark.matches(bytes, start..<start + 3) { start += 3 }
    while start < lines.upperBound {
      let next = scanner.scan(bytes, from: start)
      lineCount += 1
      var end = next - 1
      if end > start && bytes[end - 1] == 0x0D { end -= 1 }
      // White space, too, is a line that can be too long: in a block or beyond it.
      if scanner.code != .blank || end - start > lineLengthMax {
        readCount += 1
        place.line = lineCount
        place.fileOffset = fileOffset + start
        place.range = start..<end
        if try !takeLine(bytes, scanner, isCutOff: isCutOff, refuse, body) { return false }
      }
      start = next
    }
    return true
  }

  /// Hands over the line at `place`, or refuses it.
  @inline(__always)
  private func takeLine(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, isCutOff: Bool,
    _ refuse: (Refusal, Span<UInt8>) throws -> Void,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Bool {
    if place.range.count > lineLengthMax {
      try refuse(overlong(place.range.count), bytes)
    } else if let error = scanner.error {
      var refusal = Refusal(error: RecordError(error), place: place)
      if isCutOff && error.code == .truncated { refusal.error.message = "the file ends inside a record" }
      try refuse(refusal, bytes)
    } else {
      do {
        return try body(bytes, scanner, place)
      } catch let error as RecordError {
        try refuse(Refusal(error: error, place: place), bytes)
      }
    }
    return true
  }

  private func overlong(_ length: Int) -> Refusal {
    let error = RecordError(
      reason: JSONErrorCode.lineLength.reason, field: "",
      message: "line of \(length) bytes: longer than --max-line \(lineLengthMax)", offset: place.range.lowerBound)
    return Refusal(error: error, place: place, length: length)
  }
}
