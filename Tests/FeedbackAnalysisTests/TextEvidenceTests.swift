import NDJSON
import TestSupport
import Testing

@testable import FeedbackAnalysis

/// Examples, prompts and words.
@Suite struct TextEvidenceTests {
  @Test func examplesAreTheLowestOfDifferentPeople() {
    typealias Example = PoorExamples.Example
    let all = [
      Example(millionths: 2_000_000, id: 1, person: 1), Example(millionths: 1_000_000, id: 9, person: 2),
      Example(millionths: 1_000_000, id: 3, person: 2), Example(millionths: 1_500_000, id: 4, person: 3),
      Example(millionths: 1_000_000, id: 5, person: 4), Example(millionths: 1_000_000, id: 8, person: 1),
    ]
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      var parts = [PoorExamples(), PoorExamples()]
      for example in all.shuffled(using: &generator) { parts[Int.random(in: 0..<2, using: &generator)].add(example) }
      parts[0].merge(parts[1])
      #expect(parts[0].all.map(\.id) == [3, 5, 8])
    }
  }

  @Test func examplesNeedFivePeople() throws {
    func ids(people: Int) throws -> [[UInt8]] {
      var feedback = Feedback { $0.peopleMin = 1 }
      try feedback.rate(poor: 40, of: 60, in: "a", days: 0..<1, people: people)
      return try #require(feedback.report.findings.first { $0.kind == .problem }).exampleIDs
    }
    #expect(try ids(people: 4).isEmpty)
    #expect(try ids(people: 5).count == 3)
  }

  @Test func promptsAreSampledTheSameHoweverTheyCome() {
    var generator = SeededGenerator(seed: 3)
    var ratings: [(hash: UInt64, isPoor: Bool)] = []
    for _ in 0..<(3 * PromptSample.countMax) {
      let hash = generator.next()
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        ratings.append((hash, Bool.random(using: &generator)))
      }
    }
    func sample(_ ratings: some Sequence<(hash: UInt64, isPoor: Bool)>) -> PromptSample {
      var sample = PromptSample()
      for rating in ratings { sample.add(rating.hash, isPoor: rating.isPoor, isGood: !rating.isPoor) }
      return sample
    }
    let whole = sample(ratings).repeats
    var merged = sample(ratings[..<20_000].reversed())
    merged.merge(sample(ratings[20_000...].shuffled(using: &generator)))
    #expect(merged.repeats == whole)
    // Two of three prompts come again; half of the pairs and three quarters of the triples contradict.
    #expect(whole.count > PromptSample.countMax / 4 && whole.count <= PromptSample.countMax)
    #expect(abs(Double(whole.contradictory) / Double(whole.count) - 0.625) < 0.02)
  }

  @Test func aPromptRatedPoorAndGoodContradicts() throws {
    var feedback = Feedback()
    for index in 0..<80 {
      // 40 prompts, each rated twice, half of them in contradiction.
      let isPoor = index >= 40 && index % 2 == 0
      try feedback.take(
        #"{"user_id":"u\#(index)","user_prompt":"p\#(index % 40)","feedback":{"user_rating":\#(isPoor ? 2 : 4)}}"#)
    }
    let finding = try #require(feedback.report.findings.first { $0.kind == .contradictoryRatings })
    #expect(
      String(decoding: finding.statement, as: UTF8.self)
        == "Of 40 prompts that were rated more than once, 20 (50 %) have both poor and good ratings: "
        + "answers to them vary, or people do.")
  }

  @Test func dimensionsThatAreAlikeAreTold() throws {
    var feedback = Feedback()
    for index in 0..<100 {
      try feedback.rate(
        4, by: "u\(index)", extra: #","accuracy":4,"helpfulness":4,"clarity":\#(index < 5 ? 3 : 4)"#)
    }
    #expect(feedback.found == ["straight_lining {}"])
  }

  static func comments(
    _ generator: inout SeededGenerator, count: Int, people: Int, _ planted: String, everyNth: Int
  ) throws -> Feedback {
    let words = ["the", "answer", "was", "long", "short", "about", "prices", "delivery", "it", "said", "and", "then"]
    var feedback = Feedback()
    for index in 0..<count {
      var text = (0..<8).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }.joined(separator: " ")
      let isPoor = index % 4 == 0
      if isPoor && index % everyNth == 0 { text += ". \(planted)!" }
      try feedback.rate(isPoor ? 1 : 5, by: "u\(index % people)", extra: #","feedback_text":"\#(text)""#)
    }
    return feedback
  }

  @Test func aPhraseOfComplaintsIsFoundAndItsPartsAreNot() throws {
    var generator = SeededGenerator(seed: 4)
    let feedback = try Self.comments(&generator, count: 800, people: 90, #"The link DOESN\u0027T work"#, everyNth: 8)
    let finding = try #require(feedback.report.findings.first { $0.kind == .complaintPhrases })
    guard case .phrases(let phrases) = finding.evidence else { throw CancellationError() }
    let texts = phrases.phrases.map { String(decoding: $0.text, as: UTF8.self) }
    #expect(texts.contains("link doesn t") && texts.contains("doesn t work"), "\(texts)")
    #expect(!texts.contains("link") && !texts.contains("doesn t"))
    #expect(phrases.textCount == 200 && phrases.otherTextCount == 600)
  }

  @Test func complaintsThatAreNearlyTheSameAreOneMatter() throws {
    var generator = SeededGenerator(seed: 6)
    var feedback = Feedback()
    for index in 0..<60 {
      let noise = (0..<4).map { _ in String(generator.next() % 100_000_000, radix: 36) }.joined(separator: " ")
      let text = index % 3 == 0 ? "The download link is broken (\(index))" : noise
      try feedback.rate(1, by: "u\(index)", extra: #","feedback_text":"\#(text)""#)
    }
    let finding = try #require(feedback.report.findings.first { $0.kind == .complaintCluster })
    guard case .cluster(let cluster) = finding.evidence else { throw CancellationError() }
    #expect(cluster.count == 20 && cluster.total == 60 && cluster.peopleCount == 20)
    #expect(String(decoding: cluster.phrases[0].text, as: UTF8.self).contains("link"))
    #expect(finding.exampleIDs.count == 3)
    #expect(
      finding.exampleIDs.allSatisfy { id in
        Int(String(decoding: id, as: UTF8.self).dropFirst()).map { ($0 - 1) % 3 == 0 } == true
      })
  }

  @Test func twoPeopleMakeNoPhraseAndChanceNone() throws {
    var generator = SeededGenerator(seed: 4)
    let two = try Self.comments(&generator, count: 800, people: 4, "broken link", everyNth: 8)
    #expect(!two.report.findings.contains { $0.kind == .complaintPhrases })
    var plain = 0
    for seed in 10..<30 {
      var generator = SeededGenerator(seed: UInt64(seed))
      let chance = try Self.comments(&generator, count: 400, people: 90, "", everyNth: 4)
      if chance.report.findings.contains(where: { $0.kind == .complaintPhrases }) { plain += 1 }
    }
    #expect(plain <= 3)
  }

  @Test func commentsAreSampledTheSameHoweverTheyCome() throws {
    var generator = SeededGenerator(seed: 8)
    let texts = (0..<(2 * CommentSample.countMax + 500)).map { _ in
      Array(#"{"a":"\#(generator.next()) says"}"#.utf8)
    }
    func sample(_ texts: some Sequence<[UInt8]>) -> CommentSample {
      var sample = CommentSample()
      for text in texts {
        sample.add(text.span, Field(start: 6, end: text.count - 2, kind: .string), id: .missing, person: 1)
      }
      return sample
    }
    func sorted(_ sample: CommentSample) -> [String] {
      sample.comments.map {
        var text: [UInt8] = []
        sample.append($0, to: &text)
        return String(decoding: text, as: UTF8.self)
      }.sorted()
    }
    let whole = sorted(sample(texts))
    var merged = sample(texts[..<5000])
    merged.merge(sample(texts[5000...].reversed()))
    #expect(sorted(merged) == whole)
    #expect(whole.count <= CommentSample.countMax && whole.count > CommentSample.countMax / 3)
  }
}
