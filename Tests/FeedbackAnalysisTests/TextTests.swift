import NDJSON
import TestSupport
import Testing

@testable import FeedbackAnalysis

/// What goes into a terminal, a shell and a Markdown page.
@Suite struct TextTests {
  @Test func nothingMovesTheCursorOrTurnsLettersRound() {
    let text = Array("a\u{1B}[31m\u{202E}b\n\u{85}\u{2028}\u{FEFF}é".utf8)
    #expect(DisplayText.printable(text) == "a\u{FFFD}[31m\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}é")
    #expect(DisplayText.printable(Array("abcdef".utf8), widthMax: 4) == "abc…")
    #expect(DisplayText.width("日本e\u{301}") == 5)
    #expect(DisplayText.width(DisplayText.printable(Array("日本語日本語".utf8), widthMax: 6)) <= 6)
  }

  @Test func shellWordsComeBackAsTheyWere() throws {
    for word in ["", "it's", "'", "''", "a b", "$(rm x)", "`x`", "-n", "\\", "\"", "日本", "*"] {
      let outcome = try shell("printf %s \(ShellCommand.quoted(word))")
      #expect(outcome.text == word)
    }
  }

  static func scope(_ field: String, _ value: String?) -> ReadScope {
    let scope = Scope.slice(field: field, value: value.map { Array($0.utf8) })
    return ReadScope(members: [(field, value.map { Array($0.utf8) })], json: scope.json)
  }

  @Test func whatIsNotSeenIsSpelledOut() {
    let text = Array("a\u{1B}[31m\u{202E}b\n\r\t\u{85}\u{2028}\u{E0001}\\né日\u{200D}".utf8)
    #expect(
      DisplayText.spelled(text) == #"a\u001b[31m\u202eb\n\r\t\u0085\u2028\udb40\udc01\né日"# + "\u{200D}")
  }

  @Test func namesThatHideAreSpelledOutInCommands() {
    for (name, spelled) in [
      ("a\nb", #"a\nb"#), ("a\u{1B}b", #"a\u001bb"#), ("a\u{202E}b", #"a\u202eb"#), ("\u{0}", #"\u0000"#),
      ("a\u{200B}\"b'", #"a\u200b\"b'\''"#),
    ] {
      let commands = [
        ShellCommand.selectPoor(Self.scope("category", name), id: []),
        ShellCommand.selectUnrated(Self.scope("model", name), id: []),
        ShellCommand.measure(Self.scope("category", name), show: "."),
      ]
      for command in commands { #expect(command?.contains("\"\(spelled)\"") == true, "\(command ?? "")") }
    }
    let long = String(repeating: "x", count: 1001)
    #expect(ShellCommand.selectPoor(Self.scope("category", long), id: []) == nil)
    #expect(ShellCommand.selectUnrated(Self.scope("model", long), id: []) == nil)
    #expect(ShellCommand.measure(Self.scope("category", long), show: ".") == nil)
    #expect(ShellCommand.selectPoor(Self.scope("metadata.`", "a"), id: []) == nil)
    #expect(ShellCommand.selectPoor(Self.scope("metadata.a\u{202E}", "a"), id: []) == nil)
    #expect(
      ShellCommand.selectPoor(Self.scope("category", "refunds"), id: [])
        == "fb-filter --category 'refunds' --where 'not status == \"error\"' --max-rating 2 interactions.ndjson"
        + " > refunds-review.ndjson")
  }

  @Test func filesOfDifferentScopesHaveDifferentNames() {
    let scopes =
      [ReadScope.all]
      + [
        ("category", "x"), ("model", "x"), ("category", "model-x"), ("category", "all"), ("category", nil),
        ("model", nil),
        ("category", "none"), ("category", ""), ("metadata.team", "x"), ("metadata.team", nil), ("category", "a b"),
      ].map { Self.scope($0.0, $0.1) }
    let names = scopes.map { scope in
      let command = ShellCommand.selectPoor(scope, id: Finding.id("x", scope.json)) ?? ""
      return command.split(separator: " ").last.map(String.init) ?? ""
    }
    #expect(Set(names).count == names.count, "\(names)")
    #expect(names[0...2] == ["all-review.ndjson", "x-review.ndjson", "model-x-review.ndjson"])
    #expect(names.allSatisfy { !$0.hasPrefix("-") && !$0.hasPrefix(".") })
  }

  @Test func commandsSelectJustTheirScope() throws {
    let folder = try TemporaryFolder()
    let id = Array("0123456789abcdef".utf8)
    for (field, value) in [
      ("category", "it's \"here\" \\(x) $y"), ("category", "--invert"), ("category", "日本"), ("category", ""),
      ("model", "m'2"), ("model", "a\\b"), ("metadata.in", "x"), ("metadata.2 b.not", "y"), ("model", nil),
    ] {
      let scope = Self.scope(field, value)
      var nested = "null"
      if let value {
        var literal: [UInt8] = []
        JSONText.encode(value, into: &literal)
        nested = String(decoding: literal, as: UTF8.self)
      }
      for key in field.split(separator: ".").reversed() { nested = "{\"\(key)\":\(nested)}" }
      let record = String(nested.dropLast()) + #","feedback":{"user_rating":1}}"# + "\n"
      let good = record.replacing(":1}", with: ":3}")
      let other = #"{"category":"other","model":"other","feedback":{"user_rating":1}}"# + "\n"
      let failed = #"{"status":"error","# + record.dropFirst()
      try folder.write("interactions.ndjson", record + good + other + failed)
      let select = try #require(ShellCommand.selectPoor(scope, id: id))
      let outcome = try shell(
        select + " && cat -- " + (select.split(separator: "> ").last.map(String.init) ?? ""), in: folder.url)
      #expect(outcome.text == record && outcome.errors.isEmpty, "\(select) \(outcome.errorText)")
      let measure = try #require(ShellCommand.measure(scope, show: ".rating.n"))
      let measured = try shell(measure, in: folder.url)
      #expect(measured.text == "2\n" && measured.errors.isEmpty, "\(measure) \(measured.errorText)")
    }
  }

  @Test func aLongTimeTakesNoMoreThanSixtyMarks() throws {
    let days = [0, 1, 364].map { DayCount(day: $0, interactions: 2, rated: 2, poor: 0, sum: 2_000_000 * ($0 % 7 + 1)) }
    let line = try #require(Sparkline(days))
    #expect(line.marks.count == 53 && line.legend == "a mark for 7 days, 1970-01-01 to 1970-12-31")
    #expect(line.marks.first == "▂" && line.marks.last == "▁")
    #expect(Sparkline([]) == nil)
  }

  @Test func markdownShowsNamesAsTheyAre() {
    #expect(Advice.escaped(Array("a|b*_<b>`c` [x](y)".utf8)) == "a\\|b\\*\\_\\<b\\>\\`c\\` \\[x\\](y)")
  }
}
