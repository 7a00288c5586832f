import NDJSON
import SystemIO

/// Where a record stood that was refused.
public struct RecordPlace: Sendable {
  /// The file as it was named, `-` for standard input.
  public var file: String
  /// Index of the file among those of the input, counted from 0.
  public var fileIndex: Int
  /// Line in the file, counted from 1.
  public var line: Int
  /// Offset of the record's first byte from the start of the file.
  public var fileOffset: Int
  /// Column of the record's first byte, counted in bytes from 1: other than 1 for an element of a JSON document.
  public var column: Int
  /// The record's bytes among those that were scanned, without the line terminator.
  public var range: Range<Int>

  /// Makes a place.
  public init(
    file: String, fileIndex: Int = 0, line: Int, column: Int = 1, fileOffset: Int, range: Range<Int>
  ) {
    self.file = file
    self.fileIndex = fileIndex
    self.line = line
    self.column = column
    self.fileOffset = fileOffset
    self.range = range
  }

  /// The place of a byte of the record; a record of a document may stand on several lines.
  func position(of offset: Int, in bytes: Span<UInt8>) -> (line: Int, column: Int, fileOffset: Int) {
    let distance = max(0, min(offset, range.upperBound) - range.lowerBound)
    var found = (line: line, column: column, fileOffset: fileOffset + distance)
    for index in range.lowerBound..<range.lowerBound + distance {
      found.column += 1
      if bytes[index] == 0x0A {
        found.line += 1
        found.column = 1
      }
    }
    return found
  }
}

/// How many refused records a run survives.
public enum RejectBudget: Sendable, Equatable {
  /// At most a number of records.
  case count(Int)
  /// At most a share of all records read, in millionths of a percent.
  case percent(micros: Int)
}

/// Takes refused records: says where each was, keeps it in the rejects file, and ends the run when they are too many.
public final class Rejects {
  private let diagnostics: Diagnostics
  private let budget: RejectBudget
  private let output: OutputStream?
  /// How many records were refused.
  public private(set) var count = 0
  /// Who else is told of each refused record, before it may end the run.
  public var observer: (RecordError, RecordPlace) throws -> Void = { _, _ in }
  /// At most this many messages are printed; the rejects file has them all.
  private static let messageMax = 20
  /// Bytes of a record that are encoded at once; three make four letters.
  private static let pieceSize = 3 << 14

  /// Starts with none; makes the rejects file at once, so that a run does not find out at its first bad record that it
  /// cannot.
  public init(_ diagnostics: Diagnostics, budget: RejectBudget, path: String?) throws(SystemError) {
    self.diagnostics = diagnostics
    self.budget = budget
    if let path { output = try OutputStream(path: path) } else { output = nil }
  }

  /// Takes one refused record.
  ///
  /// Throws (65) when the budget is used up. `length` is that of an over-long line, of which the bytes are only the
  /// head.
  public func take(
    _ error: RecordError, _ place: RecordPlace, _ bytes: Span<UInt8>, length: Int? = nil
  ) throws {
    count += 1
    try observer(error, place)
    let position = place.position(of: error.offset, in: bytes)
    if count <= Rejects.messageMax {
      diagnostics.error(
        "\(place.file):\(position.line):\(position.column): \(error.message) (\(error.reason))")
    } else if count == Rejects.messageMax + 1 {
      diagnostics.note("further messages about bad records are left out")
    }
    if let output {
      try write(error, place, bytes, position, length: length, to: output)
    }
    if case .count(let most) = budget, count > most {
      try finish()
      if most == 0 { throw CommandError(.data, "") }
      throw CommandError(.data, "more than \(counted(most, "bad record")): stopped")
    }
  }

  /// Ends the input: checks a budget in percent and publishes the rejects file.
  public func close(read: Int) throws {
    try finish()
    if case .percent(let micros) = budget, count > 0,
      Int128(count) * 100_000_000 > Int128(micros) * Int128(read)
    {
      throw CommandError(.data, "\(count) of \(counted(read, "record")) are bad: too many")
    }
  }

  private func finish() throws(SystemError) {
    try output?.finish()
  }

  /// Writes one line of the rejects file, the record in pieces: an encoded copy of a long one would be twice its size.
  private func write(
    _ error: RecordError, _ place: RecordPlace, _ bytes: Span<UInt8>,
    _ position: (line: Int, column: Int, fileOffset: Int), length: Int?, to output: OutputStream
  ) throws(SystemError) {
    var json: [UInt8] = []
    json.append("{\"file\":")
    JSONText.encode(place.file, into: &json)
    json.append(",\"line\":")
    JSONNumber.append(position.line, to: &json)
    json.append(",\"column\":")
    JSONNumber.append(position.column, to: &json)
    json.append(",\"byte_offset\":")
    JSONNumber.append(position.fileOffset, to: &json)
    json.append(",\"reason\":")
    JSONText.encode(error.reason, into: &json)
    json.append(",\"field\":")
    JSONText.encode(error.field, into: &json)
    json.append(",\"message\":")
    JSONText.encode(error.message, into: &json)
    if let length {
      json.append(",\"length\":")
      JSONNumber.append(length, to: &json)
      json.append(",\"truncated\":true")
    }
    json.append(",\"raw_b64\":\"")
    var start = place.range.lowerBound
    let end =
      length == nil ? place.range.upperBound : min(place.range.upperBound, start + BlockReader.overlongHeadMax)
    while start < end {
      let next = min(end, start + Rejects.pieceSize)
      Base64.append(bytes, start..<next, to: &json)
      try output.write(json)
      json.removeAll(keepingCapacity: true)
      start = next
    }
    json.append("\"}\n")
    try output.write(json)
  }
}
