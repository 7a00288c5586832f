import CommandLineKit
import FeedbackCuration
import FeedbackModel
import NDJSON
import SystemIO

/// One pass over the records.
struct FilterRun: RecordPass {
  let selection: Selection
  let limit: Int
  let countsOnly: Bool
  var router: ExampleRouter?
  var curation: Curation?
  private let isRouted: Bool
  private let isCurated: Bool
  /// Whether the stages looked at the last record.
  private var wasJudged = false
  /// Scans the lines that a router makes, for the curation.
  private var lineScanner: LineScanner?
  /// Records that passed, and examples made of them.
  var written = 0
  /// Of these the interactions, or the examples made of interactions: what is counted.
  var made = 0
  /// What became of the records of the input.
  var fates = FateCounts()

  init(selection: Selection, limit: Int, countsOnly: Bool, router: ExampleRouter?, curation: Curation?) {
    self.selection = selection
    self.limit = limit
    self.countsOnly = countsOnly
    self.router = router
    self.curation = curation
    isRouted = router != nil
    isCurated = curation != nil
    if isCurated { lineScanner = LineScanner.records(extra: Route.pairPaths) }
  }

  /// Judges one record and writes it, or what becomes of it; false when the limit is reached.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace,
    to stream: OutputStream
  ) throws -> Bool {
    try take(bytes, scanner, place, to: stream, nil)
  }

  /// As `take`, with a place for what waits for the end.
  mutating func take(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to stream: OutputStream,
    _ gathering: Gathering?
  ) throws -> Bool {
    let fate = try judge(bytes, scanner, place, to: stream, gathering)
    if fate != .pending { fates.add(fate) }
    if let gathering {
      let flags = wasJudged ? curation?.flags ?? [] : []
      wasJudged = false
      try gathering.explanation?.add(fate, flags: flags, bytes, scanner, place)
    }
    return isBelowLimit
  }

  @inline(__always)
  private mutating func judge(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ place: RecordPlace, to stream: OutputStream,
    _ gathering: Gathering?
  ) throws -> InputFate {
    let type = try scanner.recordType(bytes)
    let isInteraction = type == .interaction
    if isInteraction {
      switch try selection.judge(bytes, scanner) {
      case .drop: return .notSelected
      case .dropWithoutTime: return .withoutTime
      case .pass: break
      }
    } else if !selection.letsThrough(bytes, scanner) {
      return .notSelected
    }
    if isRouted { return try route(bytes, scanner, type, place, to: stream, gathering) }
    if !isCurated { return try writeWithinLimit(bytes, place.range, isMade: isInteraction, .written, to: stream) }
    let isText = isInteraction || type == .example || type == .pair
    let line = OutputLine(isCurated: isText, isMade: isInteraction, place: place)
    return try emit(bytes, place.range, scanner, line, to: stream, gathering)
  }

  private mutating func route(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ type: RecordType, _ place: RecordPlace,
    to stream: OutputStream, _ gathering: Gathering?
  ) throws -> InputFate {
    guard var router = self.router.take() else { return .notSelected }
    defer { self.router = router }
    if type == .interaction { try gathering?.agreed?.note(bytes, scanner, router.policy) }
    switch type == .interaction ? try router.take(bytes, scanner) : try router.take(bytes, scanner, made: type) {
    case .dropped(let reason): return .routed(reason)
    case .kept:
      let line = OutputLine(isCurated: true, isMade: true, place: place)
      return try emit(bytes, place.range, scanner, line, to: stream, gathering)
    case .made:
      guard let gathering, let agreed = gathering.agreed else {
        return try emit(router.line, to: stream, gathering, of: nil)
      }
      try agreed.add(router.line, router.target, bytes, scanner)
      gathering.addAnswer()
      return .pending
    case .labelled(let isGood):
      try gathering?.labelled?.add(router.line, isGood: isGood, bytes, scanner)
      gathering?.addAnswer()
      return .pending
    }
  }

  // MARK: What comes out

  /// What is known of a line that is to be written.
  private struct OutputLine {
    /// Whether the stages look at it.
    var isCurated: Bool
    /// Whether it is counted.
    var isMade: Bool
    /// The inputs that it came of, if they wait already.
    var origin: (Int32, Int32)?
    /// Where it stands, if it is a record of the input.
    var place: RecordPlace?
  }

  /// Takes a line that a router made through the stages, and writes it or lets it wait.
  private mutating func emit(
    _ line: [UInt8], to stream: OutputStream, _ gathering: Gathering?, of origin: (Int32, Int32)?
  ) throws -> InputFate {
    guard isCurated, var scanner = lineScanner.take() else {
      return try writeWithinLimit(line.span, 0..<line.count, isMade: true, .written, to: stream)
    }
    defer { lineScanner = scanner }
    let padded = line + [0x0A] + [UInt8](repeating: 0, count: scanPadding)
    _ = scanner.scan(padded.span, from: 0)
    let traits = OutputLine(isCurated: true, isMade: true, origin: origin)
    return try emit(padded.span, 0..<line.count, scanner, traits, to: stream, gathering)
  }

  /// Takes the record that a scanner saw last through the stages, and writes it or lets it wait.
  private mutating func emit(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, _ traits: OutputLine,
    to stream: OutputStream, _ gathering: Gathering?
  ) throws -> InputFate {
    guard var curation = self.curation.take() else {
      return try writeWithinLimit(bytes, range, isMade: traits.isMade, .written, to: stream)
    }
    defer { self.curation = curation }
    var isRedacted = false
    if traits.isCurated {
      wasJudged = true
      if let reason = try curation.judge(bytes, range, scanner) { return .curated(reason) }
      isRedacted = !curation.line.isEmpty
    }
    let line = isRedacted ? curation.line : []
    if curation.needsAllRecords, let gathering {
      let own = traits.origin == nil ? gathering.addInput() : 0
      let origin = traits.origin ?? (own, own)
      try gathering.hold(
        isRedacted ? line.span : bytes, isRedacted ? 0..<line.count : range, isCurated: traits.isCurated,
        isMade: traits.isMade, isRedacted: isRedacted, of: origin, at: isRedacted ? nil : traits.place)
      return .pending
    }
    return try writeWithinLimit(
      isRedacted ? line.span : bytes, isRedacted ? 0..<line.count : range, isMade: traits.isMade,
      isRedacted ? .redacted : .written, to: stream)
  }

  /// Writes a line unless enough was written; says which.
  @inline(__always)
  private mutating func writeWithinLimit(
    _ bytes: Span<UInt8>, _ range: Range<Int>, isMade: Bool, _ fate: InputFate, to stream: OutputStream
  ) throws -> InputFate {
    if !isBelowLimit { return .curated(.limit) }
    written += 1
    if isMade { made += 1 }
    if !countsOnly { try stream.writeLine(bytes, range) }
    return fate
  }

  /// A limit of a count or of examples is one of what is counted; otherwise it is one of all that is written.
  private var isBelowLimit: Bool { (countsOnly || isRouted ? made : written) < limit }

  // MARK: Parts and the end

  var empty: FilterRun {
    FilterRun(
      selection: selection, limit: limit, countsOnly: countsOnly, router: router?.empty, curation: curation?.empty)
  }

  mutating func merge(_ later: FilterRun) {
    written += later.written
    made += later.made
    fates.add(later.fates)
    if let dropped = later.router?.dropped { router?.add(dropped) }
    if let curated = later.curation { curation?.merge(curated) }
  }

  /// Writes what waited, and settles what was pending; why the stages left out records that waited, in their order.
  mutating func finish(_ gathering: Gathering, to stream: OutputStream) throws -> [CurationReason?] {
    if let labelled = gathering.labelled { try pair(labelled, gathering, to: stream) }
    if let agreed = gathering.agreed { try write(agreed, gathering, to: stream) }
    var reasons: [CurationReason?] = []
    if var curation = self.curation.take() {
      defer { self.curation = curation }
      if curation.needsAllRecords {
        reasons = try curation.decide(count: gathering.curatedCount)
        try gathering.release(to: countsOnly ? nil : stream) { number, isMade in
          if let number, let reason = reasons[number] { return .curated(reason) }
          if !isBelowLimit {
            if let number { reasons[number] = .limit }
            return .curated(.limit)
          }
          written += 1
          if isMade { made += 1 }
          return .written
        }
      }
    }
    for fate in gathering.inputs { fates.add(fate) }
    try gathering.explanation?.finish(gathering.inputs)
    return reasons
  }

  /// Writes the examples of which nobody found the answer poor.
  private mutating func write(_ agreed: AgreedAnswers, _ gathering: Gathering, to stream: OutputStream) throws {
    try agreed.forEach { number, line in
      let input = gathering.answerInputs[number]
      guard let line else {
        router?.add(.contradictory, count: 1)
        return gathering.settle(input, .routed(.contradictory))
      }
      let fate = try emit(line, to: stream, gathering, of: (input, input))
      if fate != .pending { gathering.settle(input, fate) }
    }
  }

  /// Makes pairs of the answers that waited for one, or labels of those that found none.
  private mutating func pair(_ labelled: LabelledAnswers, _ gathering: Gathering, to stream: OutputStream) throws {
    func settle(_ answer: Int32, _ fate: InputFate) { if fate != .pending { gathering.settle(answer, fate) } }
    var inPairs = [Bool](repeating: false, count: labelled.count)
    let contradictory = labelled.contradictory
    router?.add(.contradictory, count: contradictory.count)
    for answer in contradictory {
      inPairs[answer] = true
      settle(gathering.answerInputs[answer], .routed(.contradictory))
    }
    if router?.use == .pairs {
      let unpaired = try labelled.forEachPair { line, good, bad in
        (inPairs[good], inPairs[bad]) = (true, true)
        let origin = (gathering.answerInputs[good], gathering.answerInputs[bad])
        let fate = try emit(line, to: stream, gathering, of: origin)
        settle(origin.0, fate)
        settle(origin.1, fate)
      }
      router?.add(.unpaired, count: unpaired)
      for answer in inPairs.indices where !inPairs[answer] {
        settle(gathering.answerInputs[answer], .routed(.unpaired))
      }
    } else {
      let paired = try labelled.forEachUnpaired { line, answer in
        inPairs[answer] = true
        let input = gathering.answerInputs[answer]
        settle(input, try emit(line, to: stream, gathering, of: (input, input)))
      }
      router?.add(.paired, count: paired)
      for answer in inPairs.indices where !inPairs[answer] { settle(gathering.answerInputs[answer], .routed(.paired)) }
    }
  }
}
