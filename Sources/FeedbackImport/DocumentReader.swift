import NDJSON

/// Finds the records of JSON documents in bytes that come in pieces of any size, one record in memory at a time.
///
/// A document is an array of records, an object with an array of records under `prompts`, or a record itself. Several may
/// follow one another. Records are only cut out here, by counting brackets outside of strings; a scanner judges them. What
/// stands around the records of an object is kept and scanned when the object ends.
public struct DocumentReader: Sendable {
  private enum State {
    /// Between documents.
    case outside
    /// In an object of which it is not known yet whether it holds records or is one.
    case head
    /// Where a record or the end of the array has to come; `needsRecord` after a comma.
    case beforeRecord(needsRecord: Bool)
    /// In a record.
    case record
    /// Where a comma or the end of the array has to come.
    case afterRecord
    /// In the rest of an object that holds records.
    case tail
  }

  /// The bytes of the record, or of what could not be read.
  public private(set) var record: [UInt8] = []
  /// Line of the record's first byte, from 1.
  public private(set) var line = 1
  /// Column of the record's first byte in bytes, from 1.
  public private(set) var column = 1
  /// Offset of the record's first byte in the file.
  public private(set) var offset = 0
  /// The length of the record where it is longer than the limit; `record` is only its head then.
  public private(set) var overlongLength: Int?

  private let recordLengthMax: Int
  private var state = State.outside
  private var isInObject = false
  private var around: [UInt8] = []
  private var nesting = JSONNesting()
  private var prompts = PromptsKey()
  private var position = (line: 1, column: 1, offset: 0)

  /// Makes a reader; a longer record than `recordLengthMax` bytes is cut off.
  public init(recordLengthMax: Int) {
    self.recordLengthMax = recordLengthMax
  }

  /// Takes in bytes up to the end of a record; returns the offset to go on from then, and nil when all bytes are used
  /// up.
  ///
  /// A throw ends the document for good: `line` and `column` tell where.
  public mutating func next(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(RecordError) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      // The end of a bare number or word is only seen at the byte after it, which is looked at again.
      if case .record = state, nesting.isBare, JSONNesting.endsBare(byte) {
        nesting.endBare()
        state = .afterRecord
        return index
      }
      if case .record = state {
        index = takeRecord(bytes, index..<range.upperBound)
        if case .afterRecord = state { return index }
        continue
      }
      index += 1
      let isComplete = try take(byte)
      position.offset += 1
      position.column += 1
      if byte == 0x0A {
        position.line += 1
        position.column = 1
      }
      if isComplete { return index }
    }
    return nil
  }

  /// Ends the file; throws where it ends inside of a document.
  public mutating func finish() throws(RecordError) {
    if case .outside = state { return }
    throw fault(.truncated, "the file ends inside a document")
  }

  /// Takes one byte; true when it ended a record.
  private mutating func take(_ byte: UInt8) throws(RecordError) -> Bool {
    let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    switch state {
    case .outside:
      if isSpace { return false }
      try beginDocument(byte)
    case .head:
      try keepAround(byte)
      nesting.take(byte)
      if prompts.take(byte, nesting) {
        isInObject = true
        state = .beforeRecord(needsRecord: false)
      } else if nesting.depth == 0 {
        record = around
        around = []
        state = .outside
        return true
      }
    case .beforeRecord(let needsRecord):
      if isSpace { return false }
      if byte == 0x5D && !needsRecord {
        try endArray()
      } else if byte == 0x2C || byte == 0x5D || byte == 0x7D || byte == 0x3A {
        throw fault(.syntax, JSONErrorCode.syntax.message)
      } else {
        beginRecord()
        record.append(byte)
        nesting.take(byte)
        if nesting.endsValue { state = .afterRecord }
        return nesting.endsValue
      }
    case .record: break
    case .afterRecord:
      if isSpace { return false }
      if byte == 0x2C {
        state = .beforeRecord(needsRecord: true)
      } else if byte == 0x5D {
        try endArray()
      } else {
        throw fault(.syntax, JSONErrorCode.syntax.message)
      }
    case .tail:
      try keepAround(byte)
      nesting.take(byte)
      if nesting.depth == 0 { try endObject() }
    }
    return false
  }

  private mutating func beginDocument(_ byte: UInt8) throws(RecordError) {
    nesting = JSONNesting()
    if byte == 0x5B {
      isInObject = false
      state = .beforeRecord(needsRecord: false)
    } else if byte == 0x7B {
      prompts = PromptsKey()
      beginRecord()
      state = .head
      around = []
      try keepAround(byte)
      nesting.take(byte)
    } else if position.offset < 3 && byte == SourceFormat.byteOrderMark[position.offset] {
      position.column = 0
    } else {
      throw fault(.syntax, "neither a JSON array nor an object")
    }
  }

  private mutating func beginRecord() {
    record.removeAll(keepingCapacity: true)
    overlongLength = nil
    (line, column, offset) = position
    state = .record
    if !isInObject { nesting = JSONNesting() }
    nesting.beginValue()
  }

  /// Takes bytes up to the end of the record or of the range; returns the offset past them.
  private mutating func takeRecord(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    let end = nesting.takeValue(bytes, range)
    let kept = min(end - range.lowerBound, recordLengthMax - record.count)
    record.append(bytes, range.lowerBound..<range.lowerBound + kept)
    let cut = end - range.lowerBound - kept
    if cut > 0 { overlongLength = (overlongLength ?? record.count) + cut }
    position.offset += end - range.lowerBound
    var lineStart = -1
    for index in range.lowerBound..<end where bytes[index] == 0x0A {
      position.line += 1
      lineStart = index + 1
    }
    position.column = lineStart < 0 ? position.column + end - range.lowerBound : end - lineStart + 1
    if nesting.endsValue { state = .afterRecord }
    return end
  }

  private mutating func keepAround(_ byte: UInt8) throws(RecordError) {
    if around.count >= recordLengthMax {
      throw fault(.lineLength, "more than \(recordLengthMax) bytes in a record or around the records")
    }
    around.append(byte)
  }

  private mutating func endArray() throws(RecordError) {
    if !isInObject {
      state = .outside
      return
    }
    try keepAround(0x5D)
    nesting.take(0x5D)
    state = .tail
  }

  /// Judges what stood around the records, in the place of which stands an empty array.
  private mutating func endObject() throws(RecordError) {
    state = .outside
    isInObject = false
    var scanner = LineScanner(FieldSet(paths: []), rules: .document)
    _ = scanner.scan(text: around)
    around = []
    if scanner.code != .none { throw fault(scanner.code, "around the records: " + scanner.code.message) }
  }

  private mutating func fault(_ code: JSONErrorCode, _ message: String) -> RecordError {
    (line, column, offset) = position
    record = []
    return RecordError(reason: code.reason, field: "", message: message, offset: 0)
  }

  /// Whether the head of an object that is cut off somewhere has an array under `prompts`.
  static func holdsRecords(_ head: [UInt8]) -> Bool {
    var nesting = JSONNesting()
    var prompts = PromptsKey()
    for byte in head {
      nesting.take(byte)
      if prompts.take(byte, nesting) { return true }
      if nesting.depth == 0 { return false }
    }
    return false
  }
}
