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
  /// Whether a pass over the records that follow can be added; if not, they are taken one by one, to find which of them is
  /// too much.
  func accepts(_ later: Self) -> Bool
  /// Adds what a pass over the records that follow has counted; what that one wrote has been written.
  mutating func merge(_ later: Self) throws
}

extension RecordPass {
  /// Everything can be added.
  public func accepts(_ later: Self) -> Bool { true }
}

/// What a part of a file brought.
struct Part<Pass: RecordPass>: Sendable {
  let range: Range<Int>
  var pass: Pass
  var output: [UInt8] = []
  var refused: [KeptRefusal] = []
  var lineCount = 0
  var readCount = 0
  /// Whether all of it was gone over.
  ///
  /// A part that holds an error, or too many bad records to keep, is gone over again when
  /// its turn has come.
  var isComplete = false
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

  /// So many refused records, of so many bytes together, are kept of a part.
  private static var refusedMax: Int { 100 }
  private static var refusedBytesMax: Int { 1 << 18 }

  private struct TooManyRefused: Error {}

  func run(_ range: Range<Int>) -> Part<Pass> {
    var part = Part(range: range, pass: pass)
    do {
      try goOver(&part)
    } catch {
      // Whatever it was, it comes again; what was written before it would come twice.
      part = Part(range: range, pass: pass)
    }
    return part
  }

  /// A reader of a part.
  func reader(_ range: Range<Int>) -> BlockReader {
    BlockReader(Descriptor(number: number, path: path, isOwned: false), part: range, lineLengthMax: lineLengthMax)
  }

  private func goOver(_ part: inout Part<Pass>) throws {
    var reader = reader(part.range)
    var lines = LinePass(path, fileIndex: fileIndex, lineLengthMax: lineLengthMax)
    var scanner = scanner
    let output = OutputStream.memory()
    var pass = pass
    var refused: [KeptRefusal] = []
    var refusedBytes = 0
    while true {
      let block = try lines.takeBlock(
        &reader, &scanner,
        refuse: { refusal, bytes in
          let kept = KeptRefusal(refusal, bytes, outputCount: output.held.count)
          refusedBytes += kept.bytes.count
          refused.append(kept)
          if refused.count > Self.refusedMax || refusedBytes > Self.refusedBytesMax { throw TooManyRefused() }
        },
        { try pass.take($0, $1, $2, to: output) })
      if block != .taken { break }
    }
    part.pass = pass
    part.output = output.held
    part.refused = refused
    part.lineCount = lines.lineCount
    part.readCount = lines.readCount
    part.isComplete = true
  }
}

extension KeptRefusal {
  /// Keeps a refused record, with its place within its own bytes.
  init(_ refusal: Refusal, _ bytes: Span<UInt8>, outputCount: Int) {
    error = refusal.error
    place = refusal.place
    length = refusal.length
    self.bytes = []
    self.outputCount = outputCount
    let start = place.range.lowerBound
    let end = length == nil ? place.range.upperBound : min(place.range.upperBound, start + BlockReader.overlongHeadMax)
    self.bytes.append(bytes, start..<end)
    error.offset -= start
    place.range = 0..<end - start
  }
}
