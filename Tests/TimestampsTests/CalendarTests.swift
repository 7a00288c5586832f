import Foundation
import TestSupport
import Testing

@testable import Timestamps

@Suite struct CalendarTests {
  static let firstDay = -719_528
  static let lastDay = 2_932_896

  static let calendar: Calendar = {
    var calendar = Calendar(identifier: .iso8601)
    if let zone = TimeZone(identifier: "UTC") { calendar.timeZone = zone }
    return calendar
  }()

  @Test func daysAreThoseOfFoundation() {
    var count = 0
    // A step without a common factor with 7, 400 years or a month, so that every kind of day comes.
    for day in stride(from: Self.firstDay, through: Self.lastDay, by: 89) {
      // Before 1582 Foundation counts in the Julian calendar, RFC 3339 does not: there the same day 2000 years later
      // is asked for, five full rounds of the Gregorian one.
      let rounds = day < -141_427 ? 5 : 0
      let date = Date(timeIntervalSince1970: Double(day + rounds * 146_097) * 86_400)
      let expected = Self.calendar.dateComponents([.year, .month, .day], from: date)
      let found = Timestamp.date(day: day)
      guard found.year + rounds * 400 == expected.year, found.month == expected.month, found.day == expected.day else {
        Issue.record("day \(day) is \(found), not \(expected)")
        return
      }
      count += 1
    }
    #expect(count == 41_039)
  }

  @Test func everyDayComesAfterTheOneBefore() {
    var day = Self.firstDay
    for year in 0...9999 {
      for month in 1...12 {
        let length = Timestamp.dayCount(year: year, month: month)
        for (offset, date) in [(0, 1), (length - 1, length)] {
          let found = Timestamp.date(day: day + offset)
          guard Timestamp.days(year: year, month: month, day: date) == day + offset,
            found == (year, month, date)
          else {
            Issue.record("\(year)-\(month)-\(date) is not day \(day + offset)")
            return
          }
        }
        day += length
      }
    }
    #expect(day == Self.lastDay + 1)
  }

  @Test(arguments: [
    (2024, true), (2023, false), (2000, true), (1900, false), (2100, false), (2400, true), (0, true),
    (4, true), (9996, true), (9999, false),
  ])
  func leapDays(year: Int, isLeap: Bool) {
    let text = String(repeating: "0", count: 4 - "\(year)".count) + "\(year)-02-29T12:00:00Z"
    #expect((Timestamp(text) != nil) == isLeap)
    #expect(Timestamp.dayCount(year: year, month: 2) == (isLeap ? 29 : 28))
  }
}
