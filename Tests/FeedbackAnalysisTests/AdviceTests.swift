import FeedbackModel
import NDJSON
import Statistics
import TestSupport
import Testing

@testable import FeedbackAnalysis

/// Records of an analysis as `AnalysisInput` reads them.
enum AnalysisLines {
  static func input(_ lines: [String], earlier: [String] = []) throws -> AnalysisInput {
    var input = AnalysisInput()
    var scanner = LineScanner.records(extra: AnalysisInput.extraPaths)
    for line in earlier {
      let bytes = scanner.scan(text: Array(line.utf8))
      _ = try input.takeEarlier(bytes.span, scanner)
    }
    for line in lines {
      let bytes = scanner.scan(text: Array(line.utf8))
      _ = try input.take(bytes.span, scanner)
    }
    return input
  }

  static func metric(
    _ scope: String, _ poor: Int, _ rated: Int, from: String = "2024-10-01", to: String = "2024-10-08",
    interactions: Int? = nil, asked: String? = nil
  ) -> String {
    let asked = asked.map { ",\($0)" } ?? ""
    return
      #"{"type":"metric","schema":1,"scope":\#(scope),"window":{"from":"\#(from)T00:00:00Z","to":"\#(to)T00:00:00Z"\#(asked)},"#
      + #""interactions":\#(interactions ?? rated),"errors":0,"rated":\#(rated),"rating":{"n":\#(rated),"#
      + #""poor":{"k":\#(poor),"share":0.5}}}"#
  }

  static func finding(
    _ scope: String, _ poor: Int, _ rated: Int, rest: Double = 0.1, kind: String = "problem", weakest: String? = nil,
    confidence: String = "high", more: String = ""
  ) -> String {
    #"{"type":"finding","schema":1,"id":"f1","kind":"\#(kind)","scope":\#(scope),"statement":"Poor answers.","#
      + #""evidence":{"k":\#(poor),"n":\#(rated),"share":\#(Double(poor) / Double(rated)),"rest_share":\#(rest),"#
      + #""target":0.15,"weakest":\#(weakest.map { "\"\($0)\"" } ?? "null")\#(more)},"#
      + #""impact":{"excess_poor":14,"excess_poor_expected":21},"confidence":"\#(confidence)"}"#
  }

  static let example = #"{"type":"example","use":"sft","origin":"rated"}"#
  static let correction = #"{"type":"example","use":"sft","origin":"correction"}"#
  static let pair = #"{"type":"pair","origin":"correction"}"#
}

/// The rules: what is advised about which findings.
@Suite struct AdviceTests {
  typealias Lines = AnalysisLines

  static func kinds(_ lines: [String]) throws -> [String] {
    Advice(try Lines.input(lines)).recommendations.map {
      "\($0.kind.rawValue) \(String(decoding: $0.scope.json, as: UTF8.self))"
    }
  }

  @Test(arguments: [
    ("accuracy", "review_knowledge"), ("clarity", "revise_prompt"), ("helpfulness", "complete_answers"),
    (nil, "review_answers"),
  ])
  func theWeakestDimensionDecides(_ weakest: String?, _ kind: String) throws {
    let scope = #"{"category":"a"}"#
    #expect(try Self.kinds([Lines.finding(scope, 50, 100, weakest: weakest)]) == ["\(kind) \(scope)"])
  }

  @Test(arguments: ["model", "prompt_version"])
  func theOneThatDoesWorseIsRolledBack(_ field: String) throws {
    let (new, old) = (#"{"\#(field)":"new"}"#, #"{"\#(field)":"old"}"#)
    let lines = [
      Lines.metric("{}", 60, 400), Lines.metric(new, 40, 100), Lines.finding(new, 40, 100, weakest: "clarity"),
    ]
    let item = try #require(Advice(try Lines.input(lines + [Lines.metric(old, 20, 300)])).recommendations.first)
    #expect(item.kind == .rollBack && item.priority == 1)
    // The new one has no ratings when it is gone: all answers are measured.
    let check = try #require(item.verification)
    #expect(check.scope == .all && check.baseline == 0.15 && check.baselineCount == 400 && check.target == 0.1)
    // Nothing to go back to: too few ratings, no better, or no other at all.
    for other in [Lines.metric(old, 2, 29), Lines.metric(old, 40, 100), Lines.metric(#"{"language":"en"}"#, 0, 300)] {
      #expect(try Self.kinds(lines + [other]) == ["revise_prompt \(new)"])
    }
  }

  @Test func aPairRollsBackWithinItsCategory() throws {
    let new = #"{"category":"a","model":"new"}"#
    let lines = [
      Lines.metric("{}", 60, 900), Lines.metric(#"{"category":"a"}"#, 50, 200), Lines.metric(new, 40, 100),
      Lines.metric(#"{"category":"a","model":"old"}"#, 10, 100), Lines.finding(new, 40, 100),
    ]
    let item = try #require(Advice(try Lines.input(lines)).recommendations.first)
    #expect(item.kind == .rollBack)
    #expect(item.verification?.scope.json == Array(#"{"category":"a"}"#.utf8))
    #expect(item.verification?.baselineCount == 200)
    // A better model in another category is not one to go back to.
    let elsewhere = lines.map { $0.replacing(#""model":"old""#, with: #""model":"old","x":"y""#) }
    #expect(try Self.kinds(elsewhere) == ["review_answers \(new)"])
  }

  @Test func oneLanguageWantsItsOwnAnswers() throws {
    #expect(
      try Self.kinds([Lines.finding(#"{"language":"fi"}"#, 50, 100, weakest: "clarity")]) == [
        #"cover_language {"language":"fi"}"#
      ])
    #expect(try Self.kinds([Lines.finding(#"{"language":null}"#, 50, 100)]) == [#"review_answers {"language":null}"#])
  }

  @Test func littleFeedbackIsAskedFor() throws {
    let item = try #require(
      Advice(try Lines.input([Lines.finding("{}", 2, 400, kind: "low_feedback")])).recommendations.first)
    #expect(item.kind == .askMore && item.priority == 2 && item.verification?.measure == .feedbackRate)
    #expect(item.verification?.target == 0.05 && item.verification?.baselineCount == 400)
  }

  @Test func slownessIsAMatterOfPerformance() throws {
    func whole(z: Double, q: Double) -> String {
      Lines.metric("{}", 60, 500).dropLast()
        + #","slowness":{"n":500,"poor":[6,8,8,8,30],"of":[100,100,100,100,100],"z":\#(z),"q":\#(q)}}"#
    }
    let item = try #require(Advice(try Lines.input([whole(z: 4, q: 0.001)])).recommendations.first)
    #expect(item.kind == .speedUp && item.priority == 1 && item.confidence == "high")
    #expect(
      String(decoding: item.statement, as: UTF8.self)
        == "Slow answers are poor more often: 30 % (30 of 100) of the slowest fifth, 6 % (6 of 100) of the fastest.")
    #expect(item.verification?.target == 0.075 && item.verification?.baseline == 0.12)
    #expect(String(decoding: item.impactJSON, as: UTF8.self).hasPrefix(#"{"excess_poor_per_week":22.5,"#))
    #expect(Advice(try Lines.input([whole(z: 2, q: 0.1)])).recommendations.first?.confidence == "medium")
    #expect(try Self.kinds([whole(z: 2, q: 0.11)]) == ["none {}"])
    #expect(try Self.kinds([whole(z: -4, q: 0.001)]) == ["none {}"], "fast answers are the poor ones")
  }

  @Test func peopleWhoRateOftenMakeItTakeMoreRatings() throws {
    let scope = #"{"category":"a"}"#
    func check(_ effect: String) throws -> Recommendation.Verification {
      let metric = Lines.metric(scope, 160, 400).replacing(
        #""share":0.5}"#, with: #""share":0.5,"design_effect":\#(effect)}"#)
      let items = Advice(try Lines.input([metric, Lines.finding(scope, 160, 400)])).recommendations
      return try #require(items.first?.verification)
    }
    let (one, two) = (try check("1.3"), try check("2"))
    #expect(one.designEffect == 1 && two.designEffect == 2)
    #expect(try #require(two.countMin) > 2 * (try #require(one.countMin)))
    #expect(try check("null").countMin == one.countMin)
  }

  @Test func aRegressionIsActedUponAndAChangeOfMixIsNot() throws {
    let scope = #"{"category":"a"}"#
    let fall = Lines.finding(scope, 60, 200, kind: "regression", weakest: "accuracy", more: #","before_share":0.2"#)
    let item = try #require(Advice(try Lines.input([fall])).recommendations.first)
    #expect(item.kind == .reviewKnowledge && item.verification?.target == 0.2)
    func withEffects(_ quality: Double, _ mix: Double) -> String {
      Lines.finding(
        "{}", 60, 200, kind: "regression", more: #","before_share":0.2,"split":{"quality":\#(quality),"mix":\#(mix)}"#)
    }
    #expect(try Self.kinds([withEffects(0.07, 0.03)]) == ["review_answers {}"])
    #expect(try Self.kinds([withEffects(0.03, 0.07)]) == ["none {}"])
    #expect(try Self.kinds([Lines.finding(scope, 60, 200, kind: "regression", confidence: "low")]) == ["none {}"])
    #expect(try Self.kinds([Lines.finding(scope, 60, 200, kind: "improvement")]) == ["none {}"])
    // Within the window it is no other matter, unless it fell.
    let point = Lines.finding(scope, 60, 200, kind: "change_point", more: #","before_share":0.2"#)
    #expect(try Self.kinds([point]) == ["review_answers \(scope)"])
    #expect(try Self.kinds([point.replacing(#"share":0.2"#, with: #"share":0.5"#)]) == ["none {}"])
    // A problem that is a regression too is one matter.
    #expect(
      try Self.kinds([Lines.finding(scope, 60, 200, weakest: "accuracy"), fall]) == ["review_knowledge \(scope)"])
    let both = Advice(try Lines.input([Lines.finding(scope, 60, 200, weakest: "accuracy"), fall])).recommendations
    #expect(both[0].findingIDs.count == 2)
  }

  @Test func fiftyCorrectionsAndAHundredPairsAreEnoughToTrainOn() throws {
    let whole = Lines.metric("{}", 40, 200)
    let few = [whole] + Array(repeating: Lines.correction, count: 49) + Array(repeating: Lines.pair, count: 99)
    #expect(try Self.kinds(few) == ["none {}"])
    let enough = Advice(try Lines.input(few + [Lines.correction, Lines.pair])).recommendations
    #expect(enough.map(\.kind) == [.trainOnCorrections, .trainOnPairs])
    #expect(String(decoding: enough[0].evidenceJSON, as: UTF8.self) == #"{"corrections":50,"pairs":100,"poor":40}"#)
    let check = try #require(enough[0].verification)
    #expect(check.baseline == 0.2 && abs(check.target - 0.15) < 1e-12)
    // What comes of it is another model, so models are not compared with themselves.
    let models = [Lines.metric(#"{"model":"m"}"#, 40, 200), Lines.metric(#"{"prompt_version":"7"}"#, 40, 200)]
    let fields = Advice(try Lines.input(few + [Lines.correction, Lines.pair] + models)).recommendations.map {
      $0.verification?.cohorts.map(\.field)
    }
    #expect(fields == [["prompt_version"], ["prompt_version"]])
  }

  @Test func poorAnswersThatNobodyCorrectsWaitForSomebody() throws {
    let lines = [Lines.metric("{}", 30, 200), Lines.example]
    #expect(try Self.kinds(lines) == ["correct_answers {}"])
    #expect(try Self.kinds([lines[0]]) == ["none {}"], "nothing is known about corrections")
    #expect(try Self.kinds(lines + [Lines.correction]) == ["none {}"])
    #expect(try Self.kinds([Lines.metric("{}", 29, 200), Lines.example]) == ["none {}"])
  }

  @Test func nothingToDoIsSaidOnce() throws {
    #expect(try Self.kinds([Lines.metric("{}", 2, 200)]) == ["none {}"])
    #expect(try Self.kinds([Lines.finding("{}", 2, 200, kind: "early_signal", confidence: "low")]) == ["none {}"])
    #expect(try Self.kinds([]).isEmpty)
  }

  @Test func theImpactIsThatOfAWeek() throws {
    let scope = #"{"category":"a"}"#
    let metric = Lines.metric("{}", 60, 400, to: "2024-10-15")
    let item = try #require(Advice(try Lines.input([metric, Lines.finding(scope, 40, 100)])).recommendations.first)
    #expect(String(decoding: item.impactJSON, as: UTF8.self) == #"{"excess_poor_per_week":10.5,"conservative":7}"#)
    #expect(String(decoding: item.line, as: UTF8.self).contains(#""evidence":{"findings":["f1"],"k":40,"n":100"#))
    let bare = try #require(Advice(try Lines.input([Lines.finding(scope, 40, 100)])).recommendations.first)
    #expect(String(decoding: bare.impactJSON, as: UTF8.self) == #"{"excess_poor_per_week":null,"conservative":null}"#)
  }

  @Test func theBaselineIsDrawnTowardsTheOthers() throws {
    let counts = [(count: 40, total: 100), (count: 20, total: 200), (count: 9, total: 100)]
    let scopes = ["a", "b", "c"].map { #"{"category":"\#($0)"}"# }
    let metrics = zip(scopes, counts).map { Lines.metric($0, $1.count, $1.total) }
    let item = try #require(
      Advice(try Lines.input(metrics + [Lines.finding(scopes[0], 40, 100)])).recommendations.first)
    let check = try #require(item.verification)
    #expect(check.baseline == ShrunkenShares(counts)?.groups[0].mean && check.baselineCount == 100)
    #expect(check.baseline < 0.4 && check.baseline > 0.3)
  }

  @Test func bothReportsSayThatThereIsNoCommand() throws {
    let scope = #"{"metadata.a`b":"x"}"#
    let advice = Advice(try Lines.input([Lines.metric(scope, 50, 100), Lines.finding(scope, 50, 100)]))
    #expect(advice.terminalText.contains("   next:  No command line can name these records safely, "))
    #expect(advice.markdown.contains("\nNo command line can name these records safely, "))
    #expect(!advice.terminalText.contains("check:") && !advice.markdown.contains("```"))
    let none = Advice(try Lines.input([Lines.metric("{}", 2, 200)]))
    #expect(!none.terminalText.contains("next:"))
  }

  @Test func theGoalSaysWhatHasToHappen() throws {
    let scope = #"{"category":"a","model":"m2"}"#
    func goal(_ lines: [String]) throws -> String? {
      try #require(Advice(try Lines.input(lines)).recommendations.first).goal.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(
      try goal([Lines.metric("{}", 260, 1400), Lines.metric(scope, 160, 400), Lines.finding(scope, 160, 400)])
        == "poor answers in a and with model m2: from 40 % to 10 %. It counts as improved when below 40 % from "
        + "2024-10-08T00:00:00Z on, by more than chance explains; if 10 % is reached, about 55 ratings show it.")
    #expect(
      try goal([Lines.metric("{}", 38, 320), Lines.metric(scope, 8, 20), Lines.finding(scope, 8, 20)])
        == "poor answers in a and with model m2: below 25 % (half way from 40 % to 10 %) from 2024-10-08T00:00:00Z on, "
        + "by more than chance explains. It takes about 182 ratings to tell.")
    #expect(
      try goal([Lines.metric("{}", 2, 10, interactions: 1000), Lines.finding("{}", 10, 1000, kind: "low_feedback")])
        == "rated answers over all: from 1 % to 5 %. It counts as improved when above 1 % from 2024-10-08T00:00:00Z on, "
        + "by more than chance explains; if 5 % is reached, about 382 answers show it.")
    #expect(try goal([Lines.metric("{}", 60, 200), Lines.example]) == "50 poor answers or more are corrected.")
    #expect(try goal([Lines.metric("{}", 2, 200)]) == nil)
    // At the 20 ratings of this week, the thin one takes half a year, and with fewer it is more than that.
    func advice(_ poor: Int, _ rated: Int) throws -> Advice {
      Advice(
        try Lines.input([
          Lines.metric("{}", 38, 320), Lines.metric(scope, poor, rated), Lines.finding(scope, poor, rated),
        ]))
    }
    for (poor, rated, isEnough) in [(8, 20, true), (2, 5, false)] {
      let advice = try advice(poor, rated)
      let goal = String(decoding: try #require(advice.goal(advice.recommendations[0])), as: UTF8.self)
      #expect(goal.hasSuffix(" to tell.") == isEnough, "\(goal)")
      #expect(goal.hasSuffix(" At 5 ratings a week as now, half a year is not enough for that.") != isEnough, "\(goal)")
    }
    // Both reports have it.
    let advice = Advice(try Lines.input([Lines.metric("{}", 60, 200), Lines.example]))
    #expect(advice.terminalText.contains("   goal:  50 poor answers or more are corrected.\n"))
    #expect(advice.markdown.contains("\nGoal: 50 poor answers or more are corrected.\n"))
  }
}
