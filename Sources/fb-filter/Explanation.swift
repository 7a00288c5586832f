import CommandLineKit
import FeedbackModel
import NDJSON
import SystemIO

/// The file that says of each record of the input what became of it, in the order of the input.
///
/// Where that is known only at the end, the beginnings of the lines wait in a spool file, and memory is one byte a
/// record.
final class Explanation {
  private let output: OutputStream
  private let spool: SpoolFile?
  /// The fate of each line of the spool file; `told` where the line says it.
  private var fates: [UInt8] = []
  private static let told: UInt8 = 254

  init(path: String, waits: Bool) throws {
    output = try OutputStream(path: path)
    spool = waits ? try SpoolFile() : nil
  }

  /// Takes the record that a scanner saw last, with what the stages only noted; those that are pending are settled in
  /// this order by `finish`.
  func add(
    _ fate: InputFate, flags: [String], _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace
  ) throws {
    var line: [UInt8] = []
    let id = scanner[.id]
    if id.kind == .string {
      line.append("{\"id\":")
      line.append(bytes, id.textRange)
    } else {
      Self.appendPlace(place, to: &line)
    }
    for (index, flag) in flags.enumerated() {
      line.append(index == 0 ? ",\"flags\":[" : ",")
      JSONText.encode(flag, into: &line)
    }
    if !flags.isEmpty { line.append(0x5D) }
    if spool == nil { Self.append(fate, to: &line) }
    try take(line, fate.code)
  }

  /// Takes a record that was refused.
  func addRejected(_ error: RecordError, _ place: RecordPlace) throws {
    var line: [UInt8] = []
    Self.appendPlace(place, to: &line)
    line.append(",\"fate\":\"rejected\",\"reason\":")
    JSONText.encode(error.reason, into: &line)
    line.append(0x7D)
    try take(line, Self.told)
  }

  private func take(_ line: [UInt8], _ code: UInt8) throws {
    if let spool {
      fates.append(code)
      try spool.writeLine(line.span, 0..<line.count)
    } else {
      try output.writeLine(line.span, 0..<line.count)
    }
  }

  /// Without an id, a record is known by its line.
  private static func appendPlace(_ place: RecordPlace, to line: inout [UInt8]) {
    line.append("{\"id\":null,\"file\":")
    JSONText.encode(place.file, into: &line)
    line.append(",\"line\":")
    JSONNumber.append(place.line, to: &line)
  }

  private static func append(_ fate: InputFate, to line: inout [UInt8]) {
    let name = InputFate.names[Int(fate.code)]
    line.append(",\"fate\":\"")
    line.append(contentsOf: name.fate.utf8)
    line.append("\",\"reason\":\"")
    line.append(contentsOf: name.reason.utf8)
    line.append("\"}")
  }

  /// Settles what was pending, and publishes the file.
  func finish(_ settled: [InputFate]) throws {
    if let spool {
      var reader = BlockReader(try spool.reading(), lineLengthMax: Int.max)
      var (number, waiting) = (0, 0)
      while try reader.next() == .lines {
        let bytes = reader.storage.span
        var start = reader.lines.lowerBound
        while start < reader.lines.upperBound {
          var end = start
          while bytes[end] != 0x0A { end += 1 }
          var line: [UInt8] = []
          line.append(bytes, start..<end)
          var fate = InputFate(code: fates[number])
          if fate == .pending {
            fate = settled[waiting]
            waiting += 1
          }
          if fate.code != Self.told { Self.append(fate, to: &line) }
          try output.writeLine(line.span, 0..<line.count)
          number += 1
          start = end + 1
        }
      }
    }
    try output.finish()
  }
}
