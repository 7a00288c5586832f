import NDJSON
import SystemIO

/// What a command does with each record, in a way that parts of a file can be gone over by themselves: what passes over
/// parts wrote, put together in the order of the parts, is what one pass over all of them writes; their counts add up.
public protocol RecordPass: Sendable {
  /// Takes the record that a scanner saw last; whether to go on.
  ///
  /// A `RecordError` refuses the record.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to output: OutputStream
  ) throws -> Bool
  /// The same pass, before it has taken anything.
  var empty: Self { get }
  /// Adds what a pass over the records that follow has counted; `output` has been given what that one wrote.
  mutating func merge(_ later: Self, to output: OutputStream) throws
}

/// What a part of a file brought.
struct Part<Pass: RecordPass>: Sendable {
  var pass: Pass
  var output: [UInt8] = []
  var refused: [KeptRefusal] = []
  var lineCount = 0
  var readCount = 0
  /// Where in the file it ends.
  var end = 0
  /// What ended the pass early.
  var error: (any Error)?
}

/// A refused record, kept until the parts before its own are done.
struct KeptRefusal: Sendable {
  var error: RecordError
  var place: RecordPlace
  var length: Int?
  /// The bytes of the record, or the head of an over-long one.
  var bytes: [UInt8]
  /// How much of the part's output was written before it.
  var outputCount: Int
}

/// Goes over parts of one file.
struct PartJob<Pass: RecordPass>: Sendable {
  let number: Int32
  let path: String
  let fileIndex: Int
  let lineLengthMax: Int
  let scanner: LineScanner
  let pass: Pass

  func run(_ part: Result<Range<Int>, SystemError>) -> Part<Pass> {
    var result = Part(pass: pass)
    do {
      try run(part.get(), &result)
    } catch {
      result.error = error
    }
    return result
  }

  private func run(_ range: Range<Int>, _ result: inout Part<Pass>) throws {
    var reader = BlockReader(
      Descriptor(number: number, path: path, isOwned: false), part: range, lineLengthMax: lineLengthMax)
    var lines = LinePass(path, fileIndex: fileIndex, lineLengthMax: lineLengthMax)
    var scanner = scanner
    let output = OutputStream.memory()
    var pass = pass
    var refused: [KeptRefusal] = []
    defer {
      result.pass = pass
      result.output = output.held
      result.refused = refused
      result.lineCount = lines.lineCount
      result.readCount = lines.readCount
      result.end = range.upperBound
    }
    while true {
      let block = try lines.takeBlock(
        &reader, &scanner,
        refuse: { refusal, bytes in
          var kept: [UInt8] = []
          kept.append(bytes, refusal.place.range)
          refused.append(
            KeptRefusal(
              error: refusal.error, place: refusal.place, length: refusal.length, bytes: kept,
              outputCount: output.held.count))
        },
        { try pass.take($0, $1, $2, to: output) })
      if block != .taken { return }
    }
  }
}

extension Rejects {
  /// Takes a record that was kept, of a part that begins after a number of lines.
  func take(_ kept: KeptRefusal, fromLine lineCount: Int) throws {
    var error = kept.error
    var place = kept.place
    error.offset -= place.range.lowerBound
    place.range = 0..<kept.bytes.count
    place.line += lineCount
    // A message may look at the byte after the record.
    try take(error, place, (kept.bytes + [0x0A]).span, length: kept.length)
  }
}
