import TextAnalysis

/// Groups of comments on poor answers that say nearly the same: alike to 0.5 in pieces of five characters, found by MinHash
/// and verified.
public struct ComplaintCluster: Sendable {
  /// How many comments, of those that were looked at.
  public let count: Int
  /// How many were looked at.
  public let total: Int
  /// Different people who wrote them.
  public let peopleCount: Int
  /// The words that set them apart from the other comments, most telling first.
  public let phrases: [KeyPhrases.Phrase]
  /// Ids of up to three of the answers, of different people.
  let ids: [[UInt8]]

  /// More comments than this are not compared with each other; which ones are is by hash.
  static let commentsMax = 1 << 9
  static let clustersMax = 3

  /// The largest groups that five people or more wrote, largest first.
  static func find(_ comments: CommentSample) -> [ComplaintCluster] {
    let sample = comments.first(commentsMax)
    var index = DuplicateIndex(rule: .clusters)
    var text: [UInt8] = []
    let nothing: [UInt8] = []
    for (number, comment) in sample.comments.enumerated() {
      text.removeAll(keepingCapacity: true)
      sample.append(comment, to: &text)
      // Numbers in the order of the sample stand for ids: that order does not depend on that of the input.
      let id = (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      index.add(id: id.span, prompt: nothing.span, answer: text.span)
    }
    let found = index.components()
    var groups: [Int: [Int]] = [:]
    for number in sample.comments.indices { groups[found.root(of: number), default: []].append(number) }
    let large = groups.filter { $0.value.count >= AnalysisOptions.signalMin }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    return large.compactMap { ComplaintCluster($0.value, of: sample) }.prefix(clustersMax).map(\.self)
  }

  /// nil for fewer than five people.
  private init?(_ members: [Int], of sample: CommentSample) {
    let isMember = Set(members)
    let inside = sample.select(members.map { sample.comments[$0] })
    let outside = sample.select(
      sample.comments.indices.lazy.filter { !isMember.contains($0) }.map { sample.comments[$0] })
    var people: Set<UInt64> = []
    var ids: [[UInt8]] = []
    for comment in inside.comments where people.insert(comment.person).inserted {
      if ids.count < PoorExamples.countMax, let id = inside.id(comment) { ids.append(id) }
    }
    if people.count < AnalysisOptions.signalMin { return nil }
    count = members.count
    total = sample.comments.count
    peopleCount = people.count
    // What names them has to be true of most of them.
    let telling = KeyPhrases([inside], against: [outside], fdr: 1, isStrict: false, zMin: 0, phrasesMax: .max).phrases
    phrases = Array(telling.filter { 2 * $0.count > members.count }.prefix(3))
    self.ids = ids
    if phrases.isEmpty { return nil }
  }
}
