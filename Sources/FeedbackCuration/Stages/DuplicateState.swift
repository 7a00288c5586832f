import NDJSON
import SystemIO
import TextAnalysis

/// The file in which a stage that drops duplicates keeps what was written, for the runs that follow.
///
/// A line of JSON says what it is; each line after it has the hashes of one record: `key`, and for near-duplicates
/// `guards`, `prompt` and `answer`, all as hexadecimal digits. Short texts can be guessed from them.
public struct DuplicateState: Sendable {
  /// What a scanner of the file has to locate.
  public static let paths = [["type"], ["schema"], ["of"], ["kind"], ["key"], ["guards"], ["prompt"], ["answer"]]
  private static let schema = 1

  private var hasHead = false

  /// Starts before the first line.
  public init() {}

  /// Takes the line that a scanner of `paths` saw last into a stage.
  ///
  /// Throws where the file is no state, of another version, or of another kind of duplicates.
  public mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, into stage: inout DuplicateStage
  ) throws(RecordError) {
    if !hasHead {
      hasHead = true
      return try checkHead(bytes, scanner, stage)
    }
    var entry = DuplicateIndex.Entry(key: 0, guards: 0, prompt: [], answer: [])
    for number in try Self.numbers(bytes, scanner.fields[4], "key", digits: 8) {
      entry.key = entry.key << 32 | UInt128(number)
    }
    if stage.near != nil {
      for number in try Self.numbers(bytes, scanner.fields[5], "guards", digits: 8) {
        entry.guards = entry.guards << 32 | UInt64(number)
      }
      entry.prompt = try Self.numbers(bytes, scanner.fields[6], "prompt", digits: 8)
      entry.answer = try Self.numbers(bytes, scanner.fields[7], "answer", digits: 8)
    }
    stage.addKnown(entry)
  }

  private func checkHead(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ stage: DuplicateStage
  ) throws(RecordError) {
    func holds(_ index: Int, _ text: String) -> Bool {
      JSONText.equals(bytes, scanner.fields[index], Array(text.utf8))
    }
    let start = scanner.root.start
    if !holds(0, "state") || !holds(2, "duplicates") { throw .schema("type", "not a state of duplicates", at: start) }
    let version = scanner.fields[1]
    if version.kind != .number || JSONNumber.integer(bytes, version.range) != Self.schema {
      throw .schema("schema", "of another version", at: start)
    }
    if !holds(3, stage.kind.name) { throw .schema("kind", "made with another --dedup", at: start) }
  }

  private static func numbers(
    _ bytes: Span<UInt8>, _ field: Field, _ name: String, digits: Int
  ) throws(RecordError) -> [UInt32] {
    if field.kind != .string || field.range.count % digits != 0 {
      throw .schema(name, "not hexadecimal digits", at: field.start)
    }
    var numbers: [UInt32] = []
    for start in stride(from: field.start, to: field.end, by: digits) {
      var number: UInt32 = 0
      for index in start..<start + digits {
        guard bytes[index].isHexadecimal else { throw .schema(name, "not hexadecimal digits", at: index) }
        number = number << 4 | UInt32(bytes[index].isDigit ? bytes[index] & 15 : (bytes[index] & 7) + 9)
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Writes what a stage knew before, and the records that were written after it.
  public static func write(_ stage: DuplicateStage, _ reasons: [CurationReason?], to output: OutputStream) throws {
    let kind = stage.kind.name
    try output.write("{\"type\":\"state\",\"schema\":\(schema),\"of\":\"duplicates\",\"kind\":\"\(kind)\"}\n")
    var line: [UInt8] = []
    for record in 0..<stage.knownCount + reasons.count {
      if record >= stage.knownCount && reasons[record - stage.knownCount] != nil { continue }
      line.removeAll(keepingCapacity: true)
      let entry = stage.near?.entry(of: record)
      let key = entry?.key ?? stage.exact.key(of: record)
      line.append("{\"key\":\"")
      for shift in [96, 64, 32, 0] { append(UInt32(truncatingIfNeeded: key >> UInt128(shift)), to: &line) }
      if let entry {
        line.append("\",\"guards\":\"")
        for shift in [32, 0] { append(UInt32(truncatingIfNeeded: entry.guards >> UInt64(shift)), to: &line) }
        line.append("\",\"prompt\":\"")
        for number in entry.prompt { append(number, to: &line) }
        line.append("\",\"answer\":\"")
        for number in entry.answer { append(number, to: &line) }
      }
      line.append("\"}")
      try output.writeLine(line.span, 0..<line.count)
    }
  }

  private static func append(_ number: UInt32, to line: inout [UInt8]) {
    for shift in stride(from: UInt32(28), through: 0, by: -4) {
      let digit = UInt8(number >> shift & 15)
      line.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }
}
