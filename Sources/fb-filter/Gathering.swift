import CommandLineKit
import Digest
import FeedbackCuration
import NDJSON
import SystemIO

/// What waits for the end of the input: answers for their counterparts, lines for the decision of the stages that need
/// all records; and who is told of the fates.
///
/// A record that stands unchanged in a plain file waits there, and is checked to be the same when it is read again;
/// others wait in a spool file. Memory is 29 bytes for each line, and what the stages know.
final class Gathering {
  /// What is known of a line that waits.
  private struct Traits: OptionSet {
    var rawValue: UInt8
    /// The stages saw it.
    static let curated = Traits(rawValue: 1)
    /// It is counted among what was made.
    static let made = Traits(rawValue: 2)
    /// A stage rewrote it.
    static let redacted = Traits(rawValue: 4)
    /// It stands in an input.
    static let inFile = Traits(rawValue: 8)
  }

  /// A line that waits.
  private struct Line {
    var start: Int
    var count: UInt32
    /// A part of the hash of its end.
    var check: UInt32
    /// The inputs that it came of.
    var origin: (Int32, Int32)
  }

  let labelled: LabelledAnswers?
  let agreed: AgreedAnswers?
  let explanation: Explanation?
  private let spool: SpoolFile?
  private let files: [String]
  /// Whether each file is a plain one, as far as that was asked.
  private var arePlain: [Bool] = []
  private var lines: [Line] = []
  private var traits: [Traits] = []
  /// Where the lines of each file begin among those that wait in files.
  private var fileStarts: [Int] = []
  /// The fates of the inputs that wait, in their order.
  private(set) var inputs: [InputFate] = []
  /// The input of each answer that waits for what others say: for its counterpart, or for whoever found it poor.
  private(set) var answerInputs: [Int32] = []

  init(
    labelled: LabelledAnswers?, agreed: AgreedAnswers?, explanation: Explanation?, holdsLines: Bool, files: [String]
  ) throws {
    self.labelled = labelled
    self.agreed = agreed
    self.explanation = explanation
    spool = holdsLines ? try SpoolFile() : nil
    self.files = files
  }

  /// An input that waits; its number among those.
  func addInput() -> Int32 {
    inputs.append(.pending)
    return Int32(inputs.count - 1)
  }

  /// An answer that waits, as `labelled` or `agreed` has taken it.
  func addAnswer() { answerInputs.append(addInput()) }

  /// A line that waits, and the inputs that it came of, one or two; `place` is that of a record of the input that is
  /// written as it is.
  func hold(
    _ bytes: Span<UInt8>, _ range: Range<Int>, isCurated: Bool, isMade: Bool, isRedacted: Bool,
    of origin: (Int32, Int32),
    at place: RecordPlace?
  ) throws {
    var traits: Traits = []
    if isCurated { traits.insert(.curated) }
    if isMade { traits.insert(.made) }
    if isRedacted { traits.insert(.redacted) }
    var line = Line(start: 0, count: UInt32(range.count), check: 0, origin: origin)
    if let place, isPlain(place.fileIndex) {
      traits.insert(.inFile)
      line.start = place.fileOffset
      while fileStarts.count <= place.fileIndex { fileStarts.append(lines.count) }
      line.check = Self.check(bytes, range)
    } else {
      line.start = spool?.count ?? 0
      try spool?.write(bytes, range)
    }
    lines.append(line)
    self.traits.append(traits)
  }

  /// The end of a record tells whether its place has moved.
  private static func check(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    UInt32(truncatingIfNeeded: StableHash.hash(bytes, max(range.lowerBound, range.upperBound - 64)..<range.upperBound))
  }

  private func isPlain(_ file: Int) -> Bool {
    while arePlain.count <= file {
      let path = arePlain.count < files.count ? files[arePlain.count] : "-"
      arePlain.append(path != "-" && FileStatus(path: path)?.isRegular == true)
    }
    return arePlain[file]
  }

  /// Notes what became of a line for an input that it came of: of several lines, one that was written counts.
  func settle(_ input: Int32, _ fate: InputFate) {
    if inputs[Int(input)].isWritten { return }
    inputs[Int(input)] = fate
  }

  /// How many lines the stages saw.
  var curatedCount: Int { traits.count { $0.contains(.curated) } }

  /// Goes over the lines: `decide` is told the number of a line among those that the stages saw, if it is one, and
  /// whether it counts as made, and says the fate; those that are written are copied to a stream.
  func release(to stream: OutputStream?, _ decide: (_ curated: Int?, _ isMade: Bool) -> InputFate) throws {
    var source: LineSource?
    if let spool { source = LineSource(try spool.reading(), from: 0) }
    var file: LineSource?
    var fileIndex = -1
    var curated = 0
    for number in lines.indices {
      let isCurated = traits[number].contains(.curated)
      var fate = decide(isCurated ? curated : nil, traits[number].contains(.made))
      if isCurated { curated += 1 }
      if traits[number].contains(.inFile) {
        let before = fileIndex
        while fileIndex + 1 < fileStarts.count && fileStarts[fileIndex + 1] <= number { fileIndex += 1 }
        if fileIndex != before { file = nil }
      }
      if fate.isWritten {
        if traits[number].contains(.redacted) { fate = .redacted }
        if let stream {
          if traits[number].contains(.inFile) {
            if file == nil { file = LineSource(try Descriptor.reading(files[fileIndex]), from: 0) }
            try copy(number, from: &file, files[fileIndex], to: stream)
          } else {
            try copy(number, from: &source, "temporary file", to: stream)
          }
        }
      }
      let origin = lines[number].origin
      settle(origin.0, fate)
      if origin.1 != origin.0 { settle(origin.1, fate) }
    }
  }

  private func copy(_ number: Int, from source: inout LineSource?, _ path: String, to stream: OutputStream) throws {
    let line = lines[number]
    let found = try source?.read(line.start, Int(line.count)) { bytes, range in
      if traits[number].contains(.inFile) && Self.check(bytes, range) != line.check { return false }
      try stream.writeLine(bytes, range)
      return true
    }
    if found != true { throw CommandError(.inputOutput, "\(path) was changed while it was read") }
  }
}

/// Reads lines of a file again, by their places.
private struct LineSource: ~Copyable {
  private let descriptor: Descriptor
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)
  /// The bytes of the file that the buffer has.
  private var held: Range<Int>

  init(_ descriptor: consuming Descriptor, from start: Int) {
    self.descriptor = descriptor
    held = start..<start
  }

  /// Hands a line over; false where the file ends before it does.
  mutating func read(_ start: Int, _ count: Int, _ body: (Span<UInt8>, Range<Int>) throws -> Bool) throws -> Bool {
    if start < held.lowerBound || start + count > held.upperBound {
      if count > buffer.count { buffer = [UInt8](repeating: 0, count: count) }
      var filled = 0
      while filled < buffer.count {
        let read = try descriptor.read(into: &buffer, at: filled, count: buffer.count - filled, from: start + filled)
        if read == 0 { break }
        filled += read
      }
      held = start..<start + filled
      if filled < count { return false }
    }
    return try body(buffer.span, start - held.lowerBound..<start - held.lowerBound + count)
  }
}
