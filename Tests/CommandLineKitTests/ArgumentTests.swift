import ArgumentParser
import Testing
import Timestamps

@testable import CommandLineKit

@Suite struct ArgumentTests {
  struct Probe: Tool {
    static let configuration = CommandConfiguration(commandName: "fb-probe")
    static let flags: Set<String> = ["--bare"]
    static let repeatable: Set<String> = ["--many"]
    @Flag var bare = false
    @Option var one: String?
    @Option var many: [String] = []
    @OptionGroup var output: OutputOptions
    @Argument var files: [String] = []
    func run() {}
  }

  @Test(
    arguments: [
      ([], nil), (["--one", "1", "--bare", "a", "b"], nil), (["--one", "1", "--one", "2"], "--one"),
      (["--one=1", "--one", "2"], "--one"), (["--one=1", "--one=1"], "--one"), (["--bare", "--bare"], "--bare"),
      (["--many", "1", "--many=2", "--many", "3"], nil), (["-o", "x", "--output", "y"], "--output"),
      (["--output=x", "-o", "y"], "--output"), (["-o", "-o"], nil), (["--one", "--one"], nil),
      (["--one", "--bare", "--bare"], nil), (["--bare", "--", "--bare", "--bare"], nil), (["-", "-"], nil),
      (["a", "a"], nil), (["--help", "--help"], "--help"), (["--verbose", "--verbose"], "--verbose"),
      (["--unknown", "1", "--unknown", "2"], "--unknown"), (["--one"], nil),
    ] as [([String], String?)])
  func theRepeatedOptionIsFound(arguments: [String], repeated: String?) {
    #expect(Probe.firstRepeatedOption(arguments) == repeated)
  }

  @Test(arguments: [
    ("0", 0), ("1", 1_000_000), ("0.7", 700_000), ("0.000001", 1), ("7e-1", 700_000), ("12.5", 12_500_000),
    ("0.70000000", 700_000), ("-0", 0), ("1e4", 10_000_000_000),
  ])
  func decimalsAreReadExactly(text: String, millionths: Int) {
    #expect(DecimalArgument(argument: text)?.millionths == millionths)
  }

  @Test(arguments: [
    "", " ", "nan", "inf", "-inf", "infinity", "0x10", "1e400", "-1", "+1", "1,5", ".5", "5.", "01", "0.0000001", "1 ",
    " 1",
    "1\n", "\t1", "1e", "1_000", "true", "[1]", "１", "0.7 0.8",
  ])
  func otherTextsAreNoDecimals(text: String) {
    #expect(DecimalArgument(argument: text) == nil)
    #expect(StarsArgument(argument: text) == nil && ShareArgument(argument: text) == nil)
  }

  @Test func starsAndSharesHaveBounds() {
    #expect(StarsArgument(argument: "1")?.millionths == 1_000_000 && StarsArgument(argument: "5") != nil)
    #expect(StarsArgument(argument: "0.999999") == nil && StarsArgument(argument: "5.000001") == nil)
    #expect(ShareArgument(argument: "0") != nil && ShareArgument(argument: "1")?.millionths == 1_000_000)
    #expect(ShareArgument(argument: "1.000001") == nil)
  }

  @Test(
    arguments: [
      ("0", RejectBudget.count(0)), ("10", .count(10)), ("1%", .percent(micros: 1_000_000)),
      ("0.5%", .percent(micros: 500_000)),
      ("100%", .percent(micros: 100_000_000)), ("0%", .percent(micros: 0)), ("%", nil), ("100.1%", nil), ("-1", nil),
      ("1.5", nil), ("1 %", nil), ("nan%", nil), ("1%%", nil), ("", nil), ("1e3", nil), ("9999999999999999", nil),
    ] as [(String, RejectBudget?)])
  func budgetsAreCountsOrShares(text: String, budget: RejectBudget?) {
    #expect(RejectBudget(argument: text) == budget)
  }

  @Test(
    arguments: [
      ("0", 0), ("007", 7), ("999999999999999", 999_999_999_999_999), ("1000000000000000", nil), ("-1", nil),
      ("+1", nil),
      ("", nil), ("1.0", nil), ("١", nil), (" 1", nil),
    ] as [(String, Int?)])
  func wholeNumbersAreDigits(text: String, value: Int?) {
    #expect(WholeNumber(argument: text)?.value == value)
  }

  @Test func momentsHaveAZone() {
    #expect(MomentArgument(argument: "2024-10-31T00:00:00+02:00")?.moment.text == "2024-10-30T22:00:00Z")
    #expect(MomentArgument(argument: "2024-10-31") == nil && MomentArgument(argument: "Now") == nil)
    #expect(MomentArgument(argument: "now") != nil)
  }
}
