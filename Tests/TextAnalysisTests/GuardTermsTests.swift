import TestSupport
import Testing
import TextAnalysis

@Suite struct GuardTermsTests {
  static func fingerprint(_ text: String) -> UInt64 { GuardTerms.fingerprint(of: Array(text.utf8).span) }

  /// What must not be merged.
  @Test(arguments: [
    ("What is C?", "What is C++?"), ("It is 85%.", "It is 72%."), ("costs $5", "costs £5"), ("5 %", "no"),
    ("You can return it.", "You can not return it."), ("You can return it.", "You can't return it."),
    ("see https://a.example/x", "see https://a.example/y"), ("call foo_bar", "call foo_baz"),
    ("-5 degrees", "5 degrees"),
    ("use getName", "use getname"), ("use std::map", "use std::set"), ("run it --fast", "run it --slow"),
    ("1 and 1", "1"), ("v1.2", "v1.3"), ("我有3个", "我有4个"), ("٣ يوم", "٤ يوم"), ("don’t", "do"),
    ("node.js it is", "deno.js it is"), ("tell bob@example.com", "tell ann@example.com"), ("C# is good", "F# is good"),
    ("das ist gut", "das ist nicht gut"), ("x=1", "x=2"), ("−5", "5"),
  ])
  func differences(left: String, right: String) {
    #expect(Self.fingerprint(left) != Self.fingerprint(right))
  }

  /// What is no difference.
  @Test(arguments: [
    ("It costs $5.", "it costs (\"$5\")!"), ("one, two", "two one"), ("3 of 4", "4 of 3"), ("I don't", "I don’t"),
    ("It is not so", "It isn't so"), ("see https://a.example/x.", "look: <https://a.example/x>"),
    ("", "just words, these."),
    ("１２ km", "12 km"), ("٣ يوم", "3 يوم"), ("「12」です", "12"), ("Use `foo_bar`!", "USE foo_bar"),
    ("Well-known facts", "other: facts"), ("**1.** First", "1) first"),
  ])
  func likenesses(left: String, right: String) {
    #expect(Self.fingerprint(left) == Self.fingerprint(right))
  }

  @Test func theOrderOfTermsIsNone() {
    var random = SeededGenerator(seed: 52)
    let words = ["1", "2", "not", "a_b", "www.example.com", "plain", "C++", "1"]
    let value = Self.fingerprint(words.joined(separator: " "))
    for _ in 0..<50 {
      #expect(Self.fingerprint(words.shuffled(using: &random).joined(separator: " ")) == value)
      #expect(Self.fingerprint(words.dropFirst().joined(separator: " ")) != value)
    }
  }
}
