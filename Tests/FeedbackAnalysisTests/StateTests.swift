import FeedbackModel
import NDJSON
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// States: what was counted of parts of the data adds up to what was counted of all of it.
@Suite struct StateTests {
  static let options: AnalysisOptions = {
    var options = AnalysisOptions()
    options.fields = ["category", "model", "category+model", "metadata.plan"]
    options.ratingsMin = 5
    options.peopleMin = 3
    options.isAskedKnown = true
    return options
  }()

  // Made once: a scanner's tables cost more than the few records that one of many parts has.
  static let recordScanner = LineScanner.records(extra: Analysis(options).extraPaths)
  static let askScanner = LineScanner.records(extra: AskTable.extraPaths)
  static let stateScanner = LineScanner.records(extra: StateMerge.extraPaths)

  /// Interactions of every shape, and records of what people were asked.
  static func records(seed: UInt64, count: Int) -> (lines: [String], asks: AskTable) {
    var generator = SeededGenerator(seed: seed)
    func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &generator)] }
    // Far times make long tables; some seeds have them.
    let slow = seed % 20 == 0 ? 9_000_000_000_000 : 700
    func isHit(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &generator) == 0 }
    var asks = AskTable()
    var askScanner = askScanner
    let lines = (0..<count).map { index in
      var members = [#""id":"i\#(index)""#]
      if !isHit(5) { members.append(#""category":\#(pick([#""a""#, #""\u0061""#, #""b""#, #""日\"""#, "null"]))"#) }
      if !isHit(3) { members.append(#""model":\#(pick([#""m1""#, #""m2""#, #""a""#, "null"]))"#) }
      if isHit(4) { members.append(#""metadata":{"plan":"\#(pick(["free", "paid"]))"}"#) }
      if !isHit(3) { members.append(#""user_id":"u\#(Int.random(in: 0..<12, using: &generator))""#) }
      if !isHit(4) {
        members.append(#""timestamp":"2024-10-0\#(pick([1, 2, 3, 4]))T00:\#(pick(["30:00+02:00", "59:59.25Z"]))""#)
      }
      if isHit(6) { members.append(#""status":"\#(pick(["ok", "error"]))""#) }
      if !isHit(3) { members.append(#""response_time_ms":\#(pick([0, 90, 255, 256, 431, slow]))"#) }
      if !isHit(3) {
        var feedback: [String] = []
        for name in ["user_rating", "accuracy", "helpfulness", "clarity"] where !isHit(6) {
          feedback.append(#""\#(name)":\#(pick(["1", "2", "2.0000001", "2.5", "3.333333", "4", "4.6", "5"]))"#)
        }
        members.append(#""feedback":{\#(feedback.joined(separator: ","))}"#)
      }
      if isHit(2) {
        let probability = pick(["0.05", "0.5", "1", "null"])
        let bytes = askScanner.scan(
          text: Array(
            #"{"type":"ask","interaction_id":"i\#(index)","asked":\#(!isHit(3)),"probability":\#(probability)}"#.utf8))
        #expect(throws: Never.self) { try asks.take(bytes.span, askScanner) }
      }
      return "{\(members.joined(separator: ","))}"
    }
    return (lines, asks)
  }

  static func counted(_ lines: [String], _ asks: AskTable?, _ options: AnalysisOptions = options) throws -> Analysis {
    var analysis = Analysis(options, asks: asks)
    var scanner = recordScanner
    for line in lines {
      let bytes = scanner.scan(text: Array(line.utf8))
      _ = try analysis.take(bytes.span, scanner)
    }
    return analysis
  }

  static func states(_ analysis: Analysis) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    analysis.forEachState { lines.append($0) }
    return lines
  }

  static func report(_ analysis: Analysis) -> [UInt8] {
    var bytes: [UInt8] = []
    // What needs the records is in no state.
    AnalysisReport(analysis.withoutTexts).forEachRecord { bytes += $0 }
    return bytes
  }

  /// What the states of several analyses add up to.
  static func merged(_ states: [[[UInt8]]]) throws -> Analysis {
    var merge = StateMerge(options)
    var scanner = stateScanner
    for line in states.joined() {
      let bytes = scanner.scan(text: Array(line.dropLast()))
      #expect(scanner.error == nil)
      #expect(try merge.take(bytes.span, scanner))
    }
    return try merge.merged()
  }

  @Test(arguments: 0..<8)
  func partsInAnyTreeAddUpToTheWhole(block: Int) throws {
    var rounds = 0
    for seed in UInt64(block * 25)..<UInt64(block * 25 + 25) {
      var generator = SeededGenerator(seed: seed &+ 1000)
      let (lines, asks) = Self.records(seed: seed, count: Int.random(in: 0...30, using: &generator))
      let whole = try Self.counted(lines, asks)
      let (states, report) = (Self.states(whole), Self.report(whole))
      for shards in [1, 2, 7, 100] {
        var parts = [[String]](repeating: [], count: shards)
        for line in lines.shuffled(using: &generator) {
          parts[Int.random(in: 0..<shards, using: &generator)].append(line)
        }
        var analyses = try parts.map { try Self.counted($0, asks) }
        // Of a hundred parts most are empty; reading all of their states every time would take long.
        let throughText = shards < 100 || seed % 10 == 0
        while analyses.count > 1 {
          var first = analyses.remove(at: Int.random(in: 0..<analyses.count, using: &generator))
          let place = Int.random(in: 0..<analyses.count, using: &generator)
          if throughText && Bool.random(using: &generator) {
            first = try Self.merged([Self.states(first), Self.states(analyses[place])])
          } else {
            try first.merge(analyses[place])
          }
          analyses[place] = first
        }
        if throughText { analyses[0] = try Self.merged([Self.states(analyses[0])]) }
        #expect(Self.states(analyses[0]) == states, "seed \(seed), \(shards) parts")
        // A report is made of what states hold, and takes long: of each seed one number of parts, of each tenth all.
        if seed % 10 == 0 || shards == [1, 2, 7, 100][Int(seed % 4)] {
          #expect(Self.report(analyses[0]) == report, "seed \(seed), \(shards) parts")
        }
        rounds += 1
      }
    }
    #expect(rounds == 100)
  }

  @Test func windowsOfPartsMakeOneWindow() throws {
    func day(_ number: Int) throws -> TimeWindow {
      let start = try #require(Timestamp("2024-10-0\(number)T00:00:00Z"))
      return TimeWindow(since: start, until: start.advanced(bySeconds: 86_400))
    }
    let (lines, _) = Self.records(seed: 5, count: 200)
    var options = Self.options
    options.isAskedKnown = false
    let days = try (1...4).map { number in
      options.window = try day(number)
      return try Self.counted(lines, nil, options)
    }
    options.window = TimeWindow(since: try day(1).since, until: try day(4).until)
    let whole = try Self.counted(lines, nil, options)
    let merged = try Self.merged([days[2], days[0], days[3], days[1]].map(Self.states))
    #expect(Self.states(merged) == Self.states(whole) && Self.report(merged) == Self.report(whole))
    #expect(whole.total.interactions > 50)
    options.window = TimeWindow(since: try day(1).since)
    let open = try Self.merged([Self.states(days[0]), Self.states(Self.counted(lines, nil, options))])
    #expect(open.window == options.window)
  }

  @Test func numbersBeyondWhatReadersKeepAreWrittenAsTwo() {
    for value in [0, 1, WideInteger.base - 1, WideInteger.base, 25_000_000_000_000 * 100_000_000_000] as [Int128] {
      let parts = WideInteger.parts(value)
      #expect(WideInteger.value(parts[0], parts[1]) == value && parts.allSatisfy { $0 < 1 << 53 })
    }
  }

  @Test func whatIsMissingIsFound() throws {
    let (lines, asks) = Self.records(seed: 3, count: 60)
    let states = Self.states(try Self.counted(lines, asks))
    #expect(states.count > 10)
    for index in 1..<states.count {
      var some = states
      some.remove(at: index)
      #expect(throws: StateMerge.Incomplete.self) { try Self.merged([some]) }
    }
    #expect(throws: RecordError.self) { try Self.merged([Array(states.dropFirst())]) }
    // A head for each part, in any order after the first, and cells in any order.
    var generator = SeededGenerator(seed: 1)
    let shuffled = [states[0]] + states.dropFirst().shuffled(using: &generator)
    #expect(try Self.states(Self.merged([shuffled])) == states)
  }

  @Test func damagedNumbersAreRefusedOrAddUpSafely() throws {
    let (lines, asks) = Self.records(seed: 8, count: 60)
    let states = Self.states(try Self.counted(lines, asks))
    var generator = SeededGenerator(seed: 4)
    var refused = 0
    for _ in 0..<200 {
      var damaged = states
      let line = Int.random(in: 0..<states.count, using: &generator)
      let digits = states[line].indices.filter { (0x30...0x39).contains(states[line][$0]) }
      let place = digits[Int.random(in: 0..<digits.count, using: &generator)]
      let many = Bool.random(using: &generator) ? 1 : 17
      damaged[line].replaceSubrange(
        place...place, with: (0..<many).map { _ in UInt8.random(in: 0x31...0x39, using: &generator) })
      do {
        _ = Self.report(try Self.merged([damaged, states]))
      } catch {
        refused += 1
      }
    }
    #expect(refused > 50, "\(refused)")
  }
}
