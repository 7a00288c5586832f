import FeedbackModel
import NDJSON
import SystemIO

/// Answers that people found good or poor: pairs of those to one prompt, or those that are in no pair.
///
/// Who is in a pair is known only at the end, so the examples wait in a spool file; memory is 48 bytes for each answer that
/// is good or poor, and as much again while they are sorted.
public final class LabelledAnswers {
  private struct Entry {
    var context: ContextKey
    var answer: ContextKey
    var offset: Int
    /// Millionths of a star; good answers are those of four stars or more.
    var rating: Int32
    var isGood: Bool
  }

  private struct Pair {
    var good: Int
    var bad: Int
    /// The first answer to the prompt, which says where the pair stands among the others.
    var first: Int
    var number: Int
  }

  /// At most so many pairs come of one prompt.
  public static let pairsOfPromptMax = 3

  private let spool: SpoolFile
  private var entries: [Entry] = []
  private var scanner = LineScanner.records(extra: Route.extraPaths)

  /// The pairs, and for each answer whether others said the opposite of it; once all answers are there.
  private lazy var outcome = decide()

  /// Starts with none.
  public init() throws(SystemError) { spool = try SpoolFile() }

  /// Takes the example that a router made of the interaction that a scanner saw last.
  public func add(
    _ line: [UInt8], isGood: Bool, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws {
    var answer = ContextDigest()
    answer.add(visible: bytes, scanner[.aiResponse])
    let stars = try scanner.rating(bytes, .userRating)?.millionths ?? 0
    entries.append(
      Entry(
        context: try scanner.context(bytes).key, answer: answer.key, offset: spool.count, rating: Int32(stars),
        isGood: isGood))
    try spool.writeLine(line.span, 0..<line.count)
  }

  /// How many answers were taken; they are numbered as they came.
  public var count: Int { entries.count }

  /// The answers that were found good and, the same answer to the same prompt but for white space, poor: they are in no pair
  /// and have no label, as it is not known which of the two holds.
  public var contradictory: [Int] { entries.indices.filter { outcome.isContradictory[$0] } }

  /// Hands over a line for each pair, with the numbers of its answers, in the order in which the prompts came; returns how
  /// many other answers are in none.
  ///
  /// The best answers stand beside the worst, and each answer stands in as few pairs as possible.
  public func forEachPair(_ body: (_ line: [UInt8], _ good: Int, _ bad: Int) throws -> Void) throws -> Int {
    for pair in outcome.pairs { try body(try line(of: pair), pair.good, pair.bad) }
    return entries.count - contradictory.count - Set(outcome.pairs.flatMap { [$0.good, $0.bad] }).count
  }

  /// Hands over the example of each answer that is in no pair, with its number, in the order in which they came; returns how
  /// many are in one.
  public func forEachUnpaired(_ body: (_ line: [UInt8], _ answer: Int) throws -> Void) throws -> Int {
    let paired = Set(outcome.pairs.flatMap { [$0.good, $0.bad] })
    for index in entries.indices where !paired.contains(index) && !outcome.isContradictory[index] {
      var line = try spool.line(at: entries[index].offset)
      line.removeLast(BlockReader.padding + 1)
      try body(line, index)
    }
    return paired.count
  }

  // MARK: Pairs

  private func decide() -> (pairs: [Pair], isContradictory: [Bool]) {
    var isContradictory = [Bool](repeating: false, count: entries.count)
    let order = entries.indices.sorted { (entries[$0].context, $0) < (entries[$1].context, $1) }
    var pairs: [Pair] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && entries[order[end]].context == entries[order[start]].context { end += 1 }
      if end - start > 1 {
        let group = order[start..<end]
        let good = Set(group.filter { entries[$0].isGood }.map { entries[$0].answer })
        let both = good.intersection(group.filter { !entries[$0].isGood }.map { entries[$0].answer })
        for index in group where both.contains(entries[index].answer) { isContradictory[index] = true }
        appendPairs(of: group.filter { !isContradictory[$0] }, to: &pairs)
      }
      start = end
    }
    return (pairs.sorted { ($0.first, $0.number) < ($1.first, $1.number) }, isContradictory)
  }

  /// Pairs of the answers to one prompt: the n-th best one and the n-th worst one, from the start again on the shorter side.
  private func appendPairs(of group: [Int], to pairs: inout [Pair]) {
    let good = group.filter { entries[$0].isGood }.sorted { (-entries[$0].rating, $0) < (-entries[$1].rating, $1) }
    let bad = group.filter { !entries[$0].isGood }.sorted { (entries[$0].rating, $0) < (entries[$1].rating, $1) }
    if good.isEmpty || bad.isEmpty { return }
    var number = 0
    for index in 0..<max(good.count, bad.count) where number < Self.pairsOfPromptMax {
      let pair = Pair(
        good: good[index % good.count], bad: bad[index % bad.count], first: group[0], number: number)
      pairs.append(pair)
      number += 1
    }
  }

  /// Everything but the worse answer, and whose it is, is of the record of the better one.
  private func line(of pair: Pair) throws -> [UInt8] {
    let good = try spool.line(at: entries[pair.good].offset)
    let bad = try spool.line(at: entries[pair.bad].offset)
    var line: [UInt8] = []
    _ = scanner.scan(bad.span, from: 0)
    let worse = (id: scanner[.interactionID], answer: scanner[.completion], rating: Route.exampleRating(scanner))
    var person: [UInt8] = []
    person.append(",\"rejected_user_id\":", bad.span, try scanner.text(.userID))
    _ = scanner.scan(good.span, from: 0)
    let id = scanner[.interactionID]
    line.append("{\"type\":\"pair\"")
    if id.kind == .string && worse.id.kind == .string {
      line.append(",\"id\":\"")
      line.append(good.span, id.range)
      line.append(0x2B)
      line.append(bad.span, worse.id.range)
      line.append("#pair\"")
    }
    try line.appendOwner(good.span, scanner, rejected: person)
    try line.appendPromptSide(good.span, scanner)
    line.append(",\"chosen\":", good.span, scanner[.completion])
    line.append(",\"rejected\":", bad.span, worse.answer)
    line.append(",\"chosen_id\":", good.span, id)
    line.append(",\"rejected_id\":", bad.span, worse.id)
    line.append(",\"chosen_rating\":", good.span, Route.exampleRating(scanner))
    line.append(",\"rejected_rating\":", bad.span, worse.rating)
    line.appendLengthRatio(
      JSONText.bytes(good.span, scanner[.completion]).count, JSONText.bytes(bad.span, worse.answer).count)
    line.appendOrigin(TrainingTarget.rated.rawValue)
    line.append(0x7D)
    return line
  }
}
