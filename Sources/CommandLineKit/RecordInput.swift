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
    var lines = LinePass(path, fileIndex: fileIndex, lineLengthMax: lineLengthMax)
    return try read(&reader, &lines, &scanner, body)
  }

  private func read(
    _ reader: inout BlockReader, _ lines: inout LinePass, _ scanner: inout LineScanner,
    _ body: (Span<UInt8>, borrowing LineScanner, RecordPlace) throws -> Bool
  ) throws -> Bool {
    while true {
      if reader.isIdle { try beforeWaiting() }
      let before = lines.readCount
      let next = try lines.takeBlock(
        &reader, &scanner, refuse: { try rejects.take($0.error, $0.place, $1, length: $0.length) }, body)
      readCount += lines.readCount - before
      if next == .ended { return true }
      if next == .stopped { return false }
      progress.update(records: readCount, bytes: reader.fileOffset)
    }
  }

  /// Reads a file of records that a command looks things up in; a bad record ends the command (65).
  ///
  /// `descriptor` reads what stands in the file, where it cannot be opened a second time.
  public static func readAll(
    _ path: String, from descriptor: consuming Descriptor? = nil, _ diagnostics: Diagnostics,
    _ scanner: inout LineScanner,
    _ body: (Span<UInt8>, borrowing LineScanner) throws -> Void
  ) throws {
    let rejects = try Rejects(diagnostics, budget: .count(0), path: nil)
    let input = RecordInput(paths: [path], lineLengthMax: 16_777_216, diagnostics: diagnostics, rejects: rejects)
    let source = try descriptor ?? Descriptor.reading(path)
    _ = try input.readLines(path, source, prefix: [], &scanner) { bytes, scanner, _ in
      try body(bytes, scanner)
      return true
    }
    try input.finish()
  }

  // MARK: Several threads

  /// As `forEach`, on up to `jobs` threads where a file can be read in parts: what is written, refused and counted is the
  /// same, in the same order.
  ///
  /// Besides a block for each thread, up to two parts for each may wait for their turn.
  public func forEach<Pass: RecordPass>(
    _ scanner: inout LineScanner, jobs: Int, _ pass: inout Pass, to output: OutputStream
  ) throws {
    for (index, path) in paths.enumerated() {
      fileIndex = index
      let descriptor = try Descriptor.reading(path)
      if path != "-", let status = descriptor.status(), status.isRegular,
        min(jobs, status.size / Self.partSize + 1) > 1
      {
        let threads = min(jobs, status.size / Self.partSize + 1)
        try readParts(path, descriptor, size: status.size, scanner, threads: threads, &pass, to: output)
      } else {
        let goesOn = try readLines(path, descriptor, prefix: [], &scanner) { bytes, scanner, place in
          try pass.take(bytes, scanner, place, to: output)
        }
        if !goesOn { break }
      }
    }
    try finish()
  }

  private func readParts<Pass: RecordPass>(
    _ path: String, _ descriptor: consuming Descriptor, size: Int, _ scanner: LineScanner, threads: Int,
    _ pass: inout Pass, to output: OutputStream
  ) throws {
    let job = PartJob(
      number: descriptor.number, path: path, fileIndex: fileIndex, lineLengthMax: lineLengthMax, scanner: scanner,
      pass: pass.empty)
    let parts = LineParts(descriptor, size: size, partSize: Self.partSize)
    var failure: SystemError?
    var lineCount = 0
    try OrderedWork.run(
      threads: threads,
      pieces: { () -> Range<Int>? in
        do throws(SystemError) {
          return try parts.next()
        } catch {
          failure = error
          return nil
        }
      },
      work: { job.run($0) },
      collect: { part in
        if part.isComplete && pass.accepts(part.pass) {
          try take(part, after: lineCount, to: output)
          try pass.merge(part.pass)
          lineCount += part.lineCount
        } else {
          var reader = job.reader(part.range)
          var lines = LinePass(path, fileIndex: fileIndex, lineLengthMax: lineLengthMax, after: lineCount)
          var scanner = scanner
          _ = try read(&reader, &lines, &scanner) { bytes, scanner, place in
            try pass.take(bytes, scanner, place, to: output)
          }
          lineCount = lines.lineCount
        }
      })
    if let failure { throw failure }
  }

  /// Writes what a part wrote and refuses what it refused, in the order in which both came.
  private func take<Pass: RecordPass>(_ part: Part<Pass>, after lineCount: Int, to output: OutputStream) throws {
    var written = 0
    for refused in part.refused {
      try output.write(part.output.span, written..<refused.outputCount)
      written = refused.outputCount
      var place = refused.place
      place.line += lineCount
      try rejects.take(refused.error, place, refused.bytes.span, length: refused.length)
    }
    try output.write(part.output.span, written..<part.output.count)
    readCount += part.readCount
    progress.update(records: readCount, bytes: part.range.lowerBound)
  }

  private static let partSize = 1 << 22
}
