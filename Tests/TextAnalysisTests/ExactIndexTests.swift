import TestSupport
import TextAnalysis
import Testing

@Suite struct ExactIndexTests {
  static func key(_ texts: [String], _ kind: LightKey.Kind) -> UInt128 {
    var key = LightKey(kind)
    key.start()
    for text in texts { key.add(Array(text.utf8).span) }
    return key.value
  }

  @Test(arguments: [LightKey.Kind.seeded(1, 2), .digest])
  func keysAreOfTheLightForms(kind: LightKey.Kind) {
    let same = [["a b", "c"], [" a  b ", "c\n"], ["a\tb", "\r\nc"]]
    #expect(Set(same.map { Self.key($0, kind) }).count == 1)
    #expect(Self.key(["e\u{301}"], kind) == Self.key(["é"], kind))
    let other = [["a b", "c"], ["A b", "c"], ["a b c"], ["a", "b c"], ["a b", "c", ""], ["85%"], ["72%"], []]
    #expect(Set(other.map { Self.key($0, kind) }).count == other.count)
    #expect(Self.key(["a"], .seeded(1, 2)) != Self.key(["a"], .seeded(1, 3)))
  }

  @Test func whatIsSaidToBeLightIs() {
    var random = SeededGenerator(seed: 3)
    let pieces = [
      "a", " ", "\n", "\t", "\r", "B.", "é", "\u{7F}", "12", "\u{301}", "日", "“", "…", "👍", "\u{212B}", "が", "\u{3099}",
      "ﬁ", "\u{345}", "й", "\u{306}", "ώ", "\u{387}", "한", "\u{1100}", "\u{1161}", "\u{11A8}", "가", "\u{302A}",
    ]
    var said = 0
    for _ in 0..<8000 {
      let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let bytes = Array(text.utf8)
      var form: [UInt8] = []
      NormalForm.light(bytes.span, into: &form)
      if NormalForm.isLight(bytes.span) {
        said += 1
        #expect(form == bytes, "\(text)")
      }
    }
    #expect(said > 400)
  }

  @Test func oneOfTheSameKeyIsKeptWhateverTheOrder() {
    var records: [(id: String, key: UInt128, rank: UInt64)] = [
      ("b", 1, 5), ("a", 1, 5), ("c", 1, 4), ("d", 2, 0), ("e", 3, 1), ("f", 3, 9),
    ]
    var random = SeededGenerator(seed: 1)
    for _ in 0..<20 {
      records.shuffle(using: &random)
      var index = ExactIndex()
      for record in records { index.add(id: Array(record.id.utf8).span, key: record.key, rank: record.rank) }
      #expect(index.key(of: 0) == records[0].key)
      let components = index.components()
      let kept = records.indices.filter { components.kept(of: $0) == $0 }.map { records[$0].id }
      #expect(Set(kept) == ["a", "d", "f"])
    }
  }
}
