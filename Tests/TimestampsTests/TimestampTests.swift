import Foundation
import TestSupport
import Testing
import Timestamps

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0, 0), ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
    ("0000-01-01T00:00:00Z", -62_167_219_200, 0), ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
    ("2024-10-15T10:30:00Z", 1_728_988_200, 0), ("2024-10-15t10:30:00z", 1_728_988_200, 0),
    ("2024-10-15T12:30:00+02:00", 1_728_988_200, 0), ("2024-10-15T04:45:00-05:45", 1_728_988_200, 0),
    ("2024-10-15T10:30:00-00:00", 1_728_988_200, 0), ("2024-10-16T10:29:00+23:59", 1_728_988_200, 0),
    ("2024-10-15T10:30:00.123456789Z", 1_728_988_200, 123_456_789),
    ("2024-10-15T10:30:00.1234567899Z", 1_728_988_200, 123_456_789),
    ("2024-10-15T10:30:00.000Z", 1_728_988_200, 0), ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
    // The leap second at the end of 2016, in UTC and elsewhere.
    ("2016-12-31T23:59:60Z", 1_483_228_800, 0), ("2017-01-01T05:29:60.25+05:30", 1_483_228_800, 250_000_000),
  ])
  func timesAreRead(text: String, seconds: Int, nanoseconds: Int) {
    #expect(Timestamp(text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", "2024", "2024-10-15", "2024-10-15T10:30Z", "2024-10-15T10:30:00", "2024-10-15 10:30:00Z",
    "2026-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-00-10T00:00:00Z", "2024-13-10T00:00:00Z",
    "2024-04-31T00:00:00Z", "2024-10-00T00:00:00Z", "2024-10-15T24:00:00Z", "2024-10-15T10:60:00Z",
    "2024-10-15T10:30:61Z", "2024-10-15T10:30:60Z", "2024-10-15T10:30:00.Z", "2024-10-15T10:30:00,5Z",
    "2024-10-15T10:30:00+2", "2024-10-15T10:30:00+0200", "2024-10-15T10:30:00+24:00", "2024-10-15T10:30:00+02:60",
    "2024-10-15T10:30:00ZZ", "2024-10-15T10:30:00Z ", " 2024-10-15T10:30:00Z", "24-10-15T10:30:00Z",
    "+2024-10-15T10:30:00Z", "2024-1-15T10:30:00Z", "２０24-10-15T10:30:00Z", "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "-001-01-01T00:00:00Z", "20x4-10-15T10:30:00Z",
  ])
  func otherTextsAreNone(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    ("2024-10-15", 1_728_950_400), ("2024-10-15 10:30:00", 1_728_988_200), ("2024-10-15T10:30:00", 1_728_988_200),
    ("2024-10-15 10:30:00+02:00", 1_728_981_000),
  ])
  func theLenientFormLeavesMoreOpen(text: String, seconds: Int) {
    #expect(Timestamp(text, form: .lenient) == Timestamp(seconds: seconds))
    #expect(Timestamp(text) == nil)
    #expect(Timestamp("2026-02-30", form: .lenient) == nil)
  }

  @Test func writingIsUndoneByReading() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      let seconds = Int.random(in: Timestamp.secondsRange, using: &random)
      var unit = 1
      for _ in 0..<Int.random(in: 0...9, using: &random) { unit *= 10 }
      let fraction = Int.random(in: 0..<1_000_000_000 / unit, using: &random) * unit
      let time = Timestamp(seconds: seconds, nanoseconds: fraction)
      #expect(Timestamp(time.text) == time)
    }
    #expect(Timestamp(seconds: 1_728_988_200, nanoseconds: 250_000_000).text == "2024-10-15T10:30:00.25Z")
    #expect(Timestamp(seconds: -62_167_219_200).text == "0000-01-01T00:00:00Z")
  }

  @Test func orderIsThatOfSecondsThenNanoseconds() {
    var random = SeededGenerator(seed: 12)
    let times = (0..<500).map { _ in
      Timestamp(seconds: Int.random(in: -3...3, using: &random), nanoseconds: Int.random(in: 0...2, using: &random))
    }
    for (left, right) in zip(times, times.dropFirst()) {
      #expect((left < right) == ((left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)))
    }
  }

  @Test func daysFollowTheZone() {
    #expect(Timestamp(seconds: -1).day() == -1)
    #expect(Timestamp(seconds: 0).day() == 0)
    #expect(Timestamp(seconds: 86_399).day() == 0)
    #expect(Timestamp(seconds: 86_399).day(offsetSeconds: 1) == 1)
    #expect(Timestamp(seconds: 3_600).day(offsetSeconds: -3_601) == -1)
  }

  @Test func windowsAreHalfOpen() throws {
    let end = try #require(Timestamp("2024-10-31T00:00:00Z"))
    let week = TimeWindow(daysBack: 7, asOf: end)
    #expect(week.contains(Timestamp("2024-10-24T00:00:00Z")))
    #expect(!week.contains(Timestamp("2024-10-23T23:59:59.999999999Z")))
    #expect(week.contains(Timestamp("2024-10-30T23:59:59.999999999Z")))
    #expect(!week.contains(end) && !week.contains(nil))
    #expect(TimeWindow().isUnbounded && TimeWindow().contains(nil))
    #expect(TimeWindow(since: end).contains(end) && !TimeWindow(until: end).contains(end))
    #expect(!TimeWindow(since: end, until: end).contains(end))
  }
}
