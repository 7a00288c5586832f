import FeedbackModel
import NDJSON
import TestSupport
import Testing

@Suite struct RatingTests {
  static func rating(_ text: String) -> Rating? {
    let bytes = Array(text.utf8)
    return Rating(bytes.span, 0..<bytes.count)
  }

  @Test(arguments: [
    ("1", 1_000_000), ("5", 5_000_000), ("1.0", 1_000_000), ("5.000000000000000000000", 5_000_000),
    ("1e0", 1_000_000), ("50e-1", 5_000_000), ("0.03e2", 3_000_000), ("3.5", 3_500_000), ("3.3333333", 3_333_333),
    ("3.6666666666666665", 3_666_667), ("3.4999995", 3_500_000), ("3.4999994999", 3_499_999),
    ("0.0000000000000000000000000000004e31", 4_000_000), ("40000000000000000000000000000000e-31", 4_000_000),
  ])
  func starsAreReadInMillionths(text: String, millionths: Int) {
    #expect(Self.rating(text)?.millionths == millionths)
  }

  @Test(arguments: [
    "0", "0.99", "0.9999999999999", "5.0000001", "5.00000000000000000001", "6", "-1", "-3", "-0", "1e1", "1e400",
    "1e-400", "1e99999999999999999999", "3e-99999999999999999999", "10", "100000000000", "5e11", "0.0",
  ])
  func whatIsNotOneToFiveIsNone(text: String) {
    #expect(Self.rating(text) == nil)
  }

  @Test(arguments: [
    ("1", true, false), ("2", true, false), ("2.0", true, false), ("2.0000000001", false, false),
    ("1.9999999999", true, false), ("3", false, false), ("3.9999999999", false, false), ("4", false, true),
    ("4.0000000000", false, true), ("400e-2", false, true), ("5", false, true),
  ])
  func poorAndGoodGoByTheExactValue(text: String, isPoor: Bool, isGood: Bool) {
    #expect(Self.rating(text)?.isPoor == isPoor)
    #expect(Self.rating(text)?.isGood == isGood)
  }

  @Test(arguments: [
    ("3.5", 700_000, true), ("3.4999999999", 700_000, false), ("3.4999999", 700_000, false),
    ("3.50000000001", 700_000, true), ("3", 700_000, false), ("1", 0, true), ("1", 200_000, true),
    ("1", 200_001, false), ("5", 1_000_000, true), ("4.9999999999", 1_000_000, false), ("4.999995", 999_999, true),
    ("4.9999949999", 999_999, false),
  ])
  func qualityIsInclusive(text: String, threshold: Int, passes: Bool) throws {
    let quality = try #require(Quality(millionths: threshold))
    #expect(Self.rating(text)?.hasQuality(atLeast: quality) == passes)
  }

  @Test func thresholdsLieBetweenNoneAndAll() {
    #expect(Quality(millionths: -1) == nil && Quality(millionths: 1_000_001) == nil)
    #expect(Quality.standard == Quality(millionths: 700_000))
    #expect(Rating(millionths: 999_999) == nil && Rating(millionths: 5_000_001) == nil)
    #expect(Rating(millionths: 3_500_000) == Self.rating("3.5"))
  }

  @Test func boundsGoByTheExactValue() {
    #expect(Self.rating("2.5")?.isAtMost(millionths: 2_500_000) == true)
    #expect(Self.rating("2.5000000001")?.isAtMost(millionths: 2_500_000) == false)
    #expect(Self.rating("2.5000000001")?.isAtLeast(millionths: 2_500_000) == true)
    #expect(Self.rating("2.4999999999")?.isAtLeast(millionths: 2_500_000) == false)
  }

  /// Against decimal arithmetic on the digits themselves.
  @Test func randomSpellingsDecideAsTheirDigitsDo() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<5_000 {
      let scaled = Int.random(in: 900_000_000...5_100_000_000, using: &random)
      let digits = "\(scaled)"
      let point = digits.index(digits.endIndex, offsetBy: -9)
      let text = digits[..<point] + "." + digits[point...]
      let found = Self.rating(String(text))
      #expect((found != nil) == (1_000_000_000...5_000_000_000).contains(scaled))
      guard let found else { continue }
      #expect(found.millionths == (scaled + 500) / 1000)
      #expect(found.isPoor == (scaled <= 2_000_000_000) && found.isGood == (scaled >= 4_000_000_000))
      #expect(found.hasQuality(atLeast: .standard) == (scaled >= 3_500_000_000))
    }
  }
}
