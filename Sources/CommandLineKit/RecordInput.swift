import NDJSON
import SystemIO

/// Reads the records of files, one after another, line by line.
public final class RecordInput {
  private let paths: [String]
  /// The longest line or record accepted, in bytes.
  public let lineLengthMax: Int
  private let diagnostics: Diagnostics
  /// Where refused records go.
  public let rejects: Rejects
  /// How many records were read, refused ones included.
  ///
  /// Blank lines are none.
  public private(set) var readCount = 0
  /// What is done before the input is waited for: to hand on what is written, so that `tail -f log | fb-filter` shows
  /// a record when it comes.
  public var beforeWaiting: () throws -> Void = {}
  private var progress: Progress
  private var fileIndex = 0
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Makes an input; no path is standard input.
  public init(
    paths: [String], lineLengthMax: Int, diagnostics: Diagnostics, rejects: Rejects
  ) {
    self.paths = paths.isEmpty ? ["-"] : paths
    self.lineLengthMax = lineLengthMax
    self.diagnostics = diagnostics
    self.rejects = rejects
    progress = Progress(diagnostics.name)
  }

  /// Scans every record of every file and hands it over: the bytes, the scanner with the record's fields, and its
  /// place.
  ///
  /// `body` returns whether to go on; a `RecordError` that it throws refuses the record.
  public func forEach(
    _ scanner: inout LineScanner,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws {
    for (index, path) in paths.enumerated() {
      fileIndex = index
      if try !readLines(path, try Descriptor.reading(path), prefix: [], &scanner, body) { break }
    }
    try finish()
  }

  /// Hands over every file, for a command that reads other things than lines too; `finish` follows.
  public func forEachFile(_ body: (String) throws -> Void) throws {
    for path in paths { try body(path) }
  }

  /// Ends the input: publishes the rejects file and checks a budget in percent.
  public func finish() throws {
    progress.finish()
    try rejects.close(read: readCount)
  }

  /// Counts one record that came from something other than a line, and hands it to `body`; a `RecordError` that it throws
  /// refuses the record.
  public func take(_ place: RecordPlace, _ bytes: Span<UInt8>, _ body: () throws -> Void) throws {
    readCount += 1
    progress.update(records: readCount, bytes: place.fileOffset)
    do {
      try body()
    } catch let error as RecordError {
      try rejects.take(error, place, bytes)
    }
  }

  /// As `forEach`, for one open file of which `prefix` was read before; whether to go on.
  public func readLines(
    _ path: String, _ descriptor: consuming Descriptor, prefix: [UInt8], _ scanner: inout LineScanner,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Bool {
    var reader = BlockReader(descriptor, lineLengthMax: lineLengthMax, prefix: prefix)
    var lineNumber = 0
    while true {
      if reader.isIdle { try beforeWaiting() }
      switch try reader.next() {
      case .end: return true
      case .overlong(let length):
        lineNumber += 1
        try refuseOverlong(path, lineNumber, reader.fileOffset, reader.storage, reader.lines, length)
      case .lines:
        let goesOn = try readBlock(
          path, reader.storage, reader.lines, reader.fileOffset, &lineNumber,
          reader.endsWithoutNewline, &scanner, body)
        if !goesOn { return false }
      }
      progress.update(records: readCount, bytes: reader.fileOffset)
    }
  }

  private func readBlock(
    _ path: String, _ storage: [UInt8], _ lines: Range<Int>, _ fileOffset: Int,
    _ lineNumber: inout Int, _ isCutOff: Bool, _ scanner: inout LineScanner,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Bool {
    let bytes = storage.span
    var start = lines.lowerBound
    if fileOffset == 0 && RecordInput.byteOrderMark.matches(bytes, start..<start + 3) { start += 3 }
    var place = RecordPlace(file: path, fileIndex: fileIndex, line: 0, fileOffset: 0, range: 0..<0)
    while start < lines.upperBound {
      let next = scanner.scan(bytes, from: start)
      lineNumber += 1
      if scanner.code != .blank {
        readCount += 1
        var end = next - 1
        if end > start && bytes[end - 1] == 0x0D { end -= 1 }
        place.line = lineNumber
        place.fileOffset = fileOffset + start
        place.range = start..<end
        if end - start > lineLengthMax {
          readCount -= 1
          try refuseOverlong(path, lineNumber, place.fileOffset, storage, start..<end, end - start)
        } else if let error = scanner.error {
          var refusal = RecordError(error)
          if isCutOff && error.code == .truncated { refusal.message = "the file ends inside a record" }
          try rejects.take(refusal, place, bytes)
        } else {
          do {
            if try !body(bytes, scanner, place) { return false }
          } catch let error as RecordError {
            try rejects.take(error, place, bytes)
          }
        }
      }
      start = next
    }
    return true
  }

  private func refuseOverlong(
    _ path: String, _ line: Int, _ fileOffset: Int, _ storage: [UInt8], _ range: Range<Int>, _ length: Int
  ) throws {
    readCount += 1
    let place = RecordPlace(
      file: path, fileIndex: fileIndex, line: line, fileOffset: fileOffset, range: range)
    let error = RecordError(
      reason: JSONErrorCode.lineLength.reason, field: "",
      message: "line of \(length) bytes: longer than --max-line \(lineLengthMax)",
      offset: range.lowerBound)
    try rejects.take(error, place, storage.span, length: length)
  }
}
