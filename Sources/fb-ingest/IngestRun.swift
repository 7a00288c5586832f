import CommandLineKit
import DelimitedText
import FeedbackImport
import FeedbackStore
import NDJSON
import SystemIO

/// One run over files of any format.
struct IngestRun {
  private let source: SourceName
  private let map: FieldMap
  private let records: RecordInput
  private let stream: OutputStream
  private var normalizer: InteractionNormalizer
  private var compact: [UInt8] = []
  /// How many records were written.
  private(set) var written = 0

  init(source: SourceName, map: FieldMap, records: RecordInput, stream: OutputStream) {
    self.source = source
    self.map = map
    self.records = records
    self.stream = stream
    normalizer = InteractionNormalizer(shape: source.shape, map: map)
  }

  /// Reads one file.
  mutating func read(_ path: String) throws {
    var chunks = ChunkReader(try Descriptor.reading(path))
    let head = try chunks.peek()
    let sniffed: SourceFormat?
    do throws(RecordError) {
      sniffed = source.format == nil ? try SourceFormat.sniff(head) : source.format
    } catch {
      throw CommandError(.data, "\(path): \(error.message)")
    }
    guard let format = sniffed else { return }
    switch format {
    case .ndjson: try readLines(path, chunks.descriptorAfterPeek(), prefix: head)
    case .json: try readDocument(path, chunks)
    case .csv: try readTable(path, chunks, delimiter: DelimitedSource.delimiter(head))
    case .database: try readDatabase(path)
    }
  }

  // MARK: Lines

  private mutating func readLines(_ path: String, _ descriptor: consuming Descriptor, prefix: [UInt8]) throws {
    var scanner = InteractionNormalizer.scanner()
    _ = try records.readLines(path, descriptor, prefix: prefix, &scanner) { bytes, scanner, place in
      try normalizer.take(bytes, scanner)
      if normalizer.line.isEmpty {
        try stream.writeLine(bytes, place.range)
      } else {
        try writeNormalized()
      }
      written += 1
      return true
    }
  }

  private func writeNormalized() throws(SystemError) {
    let line = normalizer.line
    try stream.writeLine(line.span, 0..<line.count)
  }

  // MARK: Documents

  private mutating func readDocument(_ path: String, _ chunks: consuming ChunkReader) throws {
    var chunks = chunks
    var reader = DocumentReader(recordLengthMax: records.lineLengthMax)
    var rules = JSONRules.record
    rules.isDocument = true
    var scanner = InteractionNormalizer.scanner(rules: rules)
    do {
      while try chunks.next() {
        var start = 0
        while let next = try reader.next(chunks.storage.span, start..<chunks.count) {
          try take(reader, path, &scanner)
          start = next
        }
      }
      try reader.finish()
    } catch let error as RecordError {
      // Where one record ends and the next begins is lost, so no budget can help.
      throw CommandError(
        .data,
        "\(path):\(reader.line):\(reader.column): \(error.message) (\(error.reason)); the rest of the file cannot be read"
      )
    }
  }

  private mutating func take(_ reader: DocumentReader, _ path: String, _ scanner: inout LineScanner) throws {
    let place = RecordPlace(
      file: path, line: reader.line, column: reader.column, fileOffset: reader.offset, range: 0..<reader.record.count)
    let bytes = scanner.scan(text: reader.record)
    try records.take(place, bytes.span) {
      if let length = reader.overlongLength {
        throw RecordError(
          reason: JSONErrorCode.lineLength.reason, field: "",
          message: "record of \(length) bytes: longer than --max-line \(records.lineLengthMax)", offset: 0)
      }
      if let error = scanner.error { throw RecordError(error) }
      try normalizer.take(bytes.span, scanner)
      compact.removeAll(keepingCapacity: true)
      if normalizer.line.isEmpty {
        JSONWalk.appendCompact(bytes.span, scanner.root.range, to: &compact)
      } else {
        let line = normalizer.line
        JSONWalk.appendCompact(line.span, 0..<line.count, to: &compact)
      }
      try stream.writeLine(compact.span, 0..<compact.count)
      written += 1
    }
  }

  // MARK: Tables

  private mutating func readTable(_ path: String, _ chunks: consuming ChunkReader, delimiter: UInt8) throws {
    var chunks = chunks
    var reader = DelimitedReader(delimiter: delimiter, recordLengthMax: records.lineLengthMax)
    var table = DelimitedSource(map: map, isGuess: source.format == nil)
    while try chunks.next() {
      var start = 0
      while start < chunks.count {
        var fault: DelimitedTextError?
        do throws(DelimitedTextError) {
          guard let next = try reader.next(chunks.storage.span, start..<chunks.count) else { break }
          start = next
        } catch {
          fault = error
          start = reader.resumeOffset
        }
        try takeRow(reader, fault, path, &table)
      }
    }
    var fault: DelimitedTextError?
    do throws(DelimitedTextError) {
      if try !reader.finish() { return }
    } catch {
      fault = error
    }
    try takeRow(reader, fault, path, &table)
  }

  private mutating func takeRow(
    _ reader: DelimitedReader, _ fault: DelimitedTextError?, _ path: String, _ table: inout DelimitedSource
  ) throws {
    let raw = reader.raw
    let place = RecordPlace(file: path, line: reader.line, fileOffset: reader.offset, range: 0..<raw.count)
    if !table.hasHeader {
      do throws(RecordError) {
        if let fault { throw .schema("header", fault.message, at: 0) }
        _ = try table.take(reader, into: &normalizer)
      } catch {
        throw CommandError(.data, "\(path):\(reader.line):1: \(error.message) (\(error.reason))")
      }
      return
    }
    try records.take(place, raw.span) {
      if let fault {
        throw RecordError(reason: "csv", field: "", message: fault.message, offset: fault.offset - reader.offset)
      }
      _ = try table.take(reader, into: &normalizer)
      try writeNormalized()
      written += 1
    }
  }

  private mutating func readDatabase(_ path: String) throws {
    if path == "-" { throw CommandError.usage("a SQLite database cannot be read from standard input; name the file") }
    do {
      let database = try DatabaseSource(path: path, map: map)
      var row = 0
      while let result = try database.next(into: &normalizer) {
        row += 1
        // A row has no bytes in a file; what a reject keeps of it is nothing but its number.
        let empty: [UInt8] = []
        try records.take(RecordPlace(file: path, line: row, fileOffset: 0, range: 0..<0), empty.span) {
          try result.get()
          try writeNormalized()
          written += 1
        }
      }
    } catch let error as RecordError {
      throw CommandError(.data, "\(path): \(error.message)")
    } catch let error as DatabaseError {
      let status: ExitStatus = error.isBusy ? .busy : error.isCorrupt ? .data : .inputOutput
      throw CommandError(status, "\(path): \(error.message)")
    }
  }
}
