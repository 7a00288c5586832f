import TestSupport
import Testing
import TextAnalysis

@Suite struct DuplicateIndexTests {
  struct Record: Hashable {
    var id: String
    var prompt: String
    var answer = "It opens at ten."
    var rank: UInt64 = 0
  }

  /// The groups of at least two ids, each with the id that is kept in front of the sorted others.
  static func groups(_ records: [Record], rule: DuplicateRule? = .training) -> [String: [String]] {
    var index = DuplicateIndex(rule: rule)
    for (number, record) in records.enumerated() {
      let added = index.add(
        id: Array(record.id.utf8).span, prompt: Array(record.prompt.utf8).span, answer: Array(record.answer.utf8).span,
        rank: record.rank)
      #expect(added == number)
    }
    let components = index.components()
    var groups: [String: [String]] = [:]
    for number in records.indices {
      let root = components.root(of: number)
      #expect(components.root(of: root) == root)
      #expect(components.kept(of: number) == components.kept(of: root))
      groups[records[root].id, default: [records[components.kept(of: root)].id]].append(records[number].id)
    }
    return groups.filter { $0.value.count > 2 }.mapValues { [$0[0]] + $0.dropFirst().sorted() }
  }

  @Test func likeTextsAreFoundAndOthersAreNot() {
    let records = [
      Record(id: "b", prompt: "How do I reset my password for the portal of the old library in town?"),
      Record(id: "a", prompt: "how do I reset my pasword for the portal of the old library in town"),
      Record(id: "c", prompt: "How do I reset my password for the portal of the old library in town?", rank: 7),
      Record(
        id: "d", prompt: "How do I reset my password for the portal of the old library in town?",
        answer: "Ask the staff."),
      Record(id: "e", prompt: "What is C?"), Record(id: "f", prompt: "What is C++?"),
      Record(id: "g", prompt: "What is  C? "),
      Record(id: "h", prompt: "How do I reset my password for the portal 2 of the old library in town?"),
      Record(id: "i", prompt: "", answer: ""), Record(id: "j", prompt: "", answer: " "),
    ]
    #expect(Self.groups(records) == ["a": ["c", "a", "b", "c"], "e": ["e", "e", "g"], "i": ["i", "i", "j"]])
    #expect(Self.groups(records, rule: nil) == ["b": ["c", "b", "c"], "e": ["e", "e", "g"], "i": ["i", "i", "j"]])
    #expect(Self.groups([]).isEmpty)
  }

  @Test func promptAndAnswerAreKeptApart() {
    let records = [Record(id: "a", prompt: "xy", answer: "z"), Record(id: "b", prompt: "x", answer: "yz")]
    #expect(Self.groups(records, rule: nil).isEmpty)
    #expect(Self.groups(records).isEmpty)
  }

  @Test func anEmptyTextMayComeFirst() {
    var index = DuplicateIndex(rule: .clusters)
    let nothing: [UInt8] = []
    for id: [UInt8] in [[1], [2]] { index.add(id: id.span, prompt: nothing.span, answer: nothing.span) }
    let found = index.components()
    #expect(found.root(of: 1) == 0 && found.areSame(0, 1))
  }

  @Test func spellingsOfOneTextAreTheSame() {
    let records = [
      Record(id: "a", prompt: "Où est le café_1 ?"), Record(id: "b", prompt: "Ou\u{300} est  le cafe\u{301}_1 ?"),
    ]
    for rule in [nil, .training, .clusters] as [DuplicateRule?] {
      #expect(Self.groups(records, rule: rule) == ["a": ["a", "a", "b"]])
      #expect(Self.groups(records.reversed(), rule: rule) == ["a": ["a", "a", "b"]])
    }
  }

  @Test func sameTextsAreToldFromLikeOnes() {
    var index = DuplicateIndex()
    for text in ["Where is the library?", "Where is  the library?", "where is the library", "Where is the station?"] {
      index.add(id: Array(text.utf8).span, prompt: Array(text.utf8).span, answer: Array("There.".utf8).span)
    }
    let components = index.components()
    #expect(components.count == 4)
    #expect(components.areSame(0, 1) && !components.areSame(0, 2))
    #expect(components.root(of: 0) == components.root(of: 2) && components.root(of: 3) == 3)
  }

  /// Texts with changes of one another, in chains.
  static func records(_ random: inout SeededGenerator, count: Int) -> [Record] {
    let words = (0..<60).map {
      "word\(Character(Unicode.Scalar(UInt8(97 + $0 % 26))))\(Character(Unicode.Scalar(UInt8(97 + $0 / 26))))"
    }
    var texts: [[String]] = []
    return (0..<count).map { number in
      var text = texts.randomElement(using: &random) ?? []
      if text.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
        text = (0..<Int.random(in: 3...60, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
      } else {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
          text[Int.random(in: 0..<text.count, using: &random)] = words.randomElement(using: &random) ?? ""
        }
      }
      texts.append(text)
      return Record(
        id: "r\(number)", prompt: text.joined(separator: " "), answer: text.reversed().joined(separator: ", "),
        rank: UInt64.random(in: 0...2, using: &random))
    }
  }

  @Test func componentsDoNotDependOnTheOrder() {
    var random = SeededGenerator(seed: 1997)
    for _ in 0..<6 {
      let records = Self.records(&random, count: 40)
      let groups = Self.groups(records)
      let clusters = Self.groups(records, rule: .clusters)
      #expect(!groups.isEmpty)
      for _ in 0..<3 {
        let shuffled = records.shuffled(using: &random)
        #expect(Self.groups(shuffled) == groups)
        #expect(Self.groups(shuffled, rule: .clusters) == clusters)
      }
    }
  }

  /// Comparing each text with each finds the same groups, but for candidates that banding misses.
  @Test func groupsAreThoseOfAllPairs() {
    var random = SeededGenerator(seed: 1998)
    var (found, missed) = (0, 0)
    for _ in 0..<10 {
      let records = Self.records(&random, count: 50)
      let groupOf = Dictionary(
        uniqueKeysWithValues: Self.groups(records).flatMap { root, ids in ids.dropFirst().map { ($0, root) } })
      var parents = Array(records.indices)
      let prompts = records.map { shingles($0.prompt) }
      let answers = records.map { shingles($0.answer) }
      func root(_ number: Int) -> Int { parents[number] == number ? number : root(parents[number]) }
      for left in records.indices {
        for right in 0..<left {
          let isNear =
            similarity(prompts[left], prompts[right]) >= 0.85 && similarity(answers[left], answers[right]) >= 0.80
          if isNear { parents[root(left)] = root(right) }
          let isOne = groupOf[records[left].id] != nil && groupOf[records[left].id] == groupOf[records[right].id]
          if isNear && isOne { found += 1 }
          if isNear && !isOne { missed += 1 }
        }
      }
      for left in records.indices {
        for right in 0..<left where groupOf[records[left].id] != nil {
          if groupOf[records[left].id] == groupOf[records[right].id] { #expect(root(left) == root(right)) }
        }
      }
    }
    #expect(found > 200)
    // Of those of the least similarity.
    let share = 1 - Banding.near.candidateProbability(similarity: 0.80)
    #expect(Double(missed) <= share * Double(found + missed), "\(missed) of \(found)")
  }

  /// Many that are alike, and many that share all but a number: neither takes the time of all pairs.
  @Test func largeGroupsAreFound() {
    var records: [Record] = []
    for number in 0..<400 {
      let marks = String(repeating: "!", count: number + 1)
      records.append(Record(id: "same \(number)", prompt: "Where is the library of the old town\(marks)"))
      records.append(Record(id: "order \(number)", prompt: "Where is my order with the long number \(number)?"))
    }
    let groups = Self.groups(records)
    #expect(groups.count == 1 && groups["same 0"]?.count == 401)
  }
}
