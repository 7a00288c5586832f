/// A moment in UTC, to the nanosecond, between the years 0000 and 9999.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
  public var seconds: Int
  /// Nanoseconds since that second, 0 to 999,999,999.
  public var nanoseconds: Int

  /// Makes a moment.
  public init(seconds: Int, nanoseconds: Int = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The first and the last second that four digits of a year can write.
  public static let secondsRange = -62_167_219_200...253_402_300_799

  /// Orders by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds != right.seconds
      ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }

  /// How much a text may leave open.
  public enum Form: Sendable {
    /// RFC 3339 with a zone: `2024-10-15T10:30:00Z`, `…+02:00`.
    case strict
    /// Also a date alone (midnight), a blank between date and time, and no zone (UTC).
    case lenient
  }

  /// Reads a moment from text; nil where it is not one (30 February is none).
  ///
  /// A leap second, which only the last minute of a day in UTC can have, counts as the second after. Digits past the
  /// nanosecond are dropped.
  public init?(_ text: Span<UInt8>, _ range: Range<Int>, form: Form = .strict) {
    if let seconds = Timestamp.plainSeconds(text, range) {
      self.init(seconds: seconds)
      return
    }
    var cursor = TimestampCursor(end: range.upperBound, position: range.lowerBound)
    guard let year = cursor.digits(text, 4), cursor.take(text, 0x2D),
      let month = cursor.digits(text, 2), cursor.take(text, 0x2D),
      let day = cursor.digits(text, 2),
      (1...12).contains(month), day >= 1, day <= Timestamp.dayCount(year: year, month: month)
    else { return nil }
    var total = Timestamp.days(year: year, month: month, day: day) * 86_400
    var nanoseconds = 0
    var isLeapSecond = false
    if cursor.isAtEnd {
      if form == .strict { return nil }
    } else {
      guard cursor.takeSeparator(text, allowsBlank: form == .lenient),
        let hour = cursor.digits(text, 2), cursor.take(text, 0x3A),
        let minute = cursor.digits(text, 2), cursor.take(text, 0x3A),
        let second = cursor.digits(text, 2),
        hour < 24, minute < 60, second <= 60
      else { return nil }
      total += hour * 3600 + minute * 60 + second
      isLeapSecond = second == 60
      if cursor.take(text, 0x2E) {
        guard let fraction = cursor.fraction(text) else { return nil }
        nanoseconds = fraction
      }
      if cursor.isAtEnd {
        if form == .strict { return nil }
      } else {
        guard let offset = cursor.zone(text), cursor.isAtEnd else { return nil }
        total -= offset
      }
    }
    if isLeapSecond && Timestamp.floorModulo(total, 86_400) != 0 { return nil }
    guard Timestamp.secondsRange.contains(total) else { return nil }
    self.init(seconds: total, nanoseconds: nanoseconds)
  }

  /// The seconds of the spelling that most logs have, `2024-10-15T10:30:00Z`; nil for any other, and for what is no time.
  private static func plainSeconds(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    let start = range.lowerBound
    guard range.count == 20, text[start + 4] == 0x2D, text[start + 7] == 0x2D, text[start + 10] == 0x54,
      text[start + 13] == 0x3A, text[start + 16] == 0x3A, text[start + 19] == 0x5A
    else { return nil }
    var isNumber = true
    func two(_ offset: Int) -> Int {
      let (tens, ones) = (text[start + offset] &- 0x30, text[start + offset + 1] &- 0x30)
      isNumber = isNumber && tens <= 9 && ones <= 9
      return Int(tens) &* 10 &+ Int(ones)
    }
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8))
    let (hour, minute, second) = (two(11), two(14), two(17))
    guard isNumber, (1...12).contains(month), hour < 24, minute < 60, second < 60, day >= 1,
      day <= 28 || day <= dayCount(year: year, month: month)
    else { return nil }
    return days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
  }

  /// Reads a moment from a string.
  public init?(_ text: String, form: Form = .strict) {
    let bytes = Array(text.utf8)
    self.init(bytes.span, 0..<bytes.count, form: form)
  }

  /// Appends RFC 3339 in UTC with as many decimals as the fraction needs: `2024-10-15T10:30:00.25Z`.
  public func append(to text: inout [UInt8]) {
    appendDay(to: &text)
    let second = Timestamp.floorModulo(seconds, 86_400)
    text.append(0x54)
    Timestamp.append(second / 3600, width: 2, to: &text)
    text.append(0x3A)
    Timestamp.append(second / 60 % 60, width: 2, to: &text)
    text.append(0x3A)
    Timestamp.append(second % 60, width: 2, to: &text)
    if nanoseconds > 0 {
      text.append(0x2E)
      Timestamp.append(nanoseconds, width: 9, to: &text)
      while text.last == 0x30 { text.removeLast() }
    }
    text.append(0x5A)
  }

  /// Appends the date: `2024-10-15`.
  public func appendDay(to text: inout [UInt8]) {
    let date = Timestamp.date(day: Timestamp.floorDivide(seconds, 86_400))
    Timestamp.append(date.year, width: 4, to: &text)
    text.append(0x2D)
    Timestamp.append(date.month, width: 2, to: &text)
    text.append(0x2D)
    Timestamp.append(date.day, width: 2, to: &text)
  }

  /// RFC 3339 in UTC.
  public var text: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Days since 1970-01-01 in a zone that is `offsetSeconds` east of UTC.
  public func day(offsetSeconds: Int = 0) -> Int {
    Timestamp.floorDivide(seconds + offsetSeconds, 86_400)
  }

  /// The moment a number of seconds later.
  public func advanced(bySeconds count: Int) -> Timestamp {
    Timestamp(seconds: seconds + count, nanoseconds: nanoseconds)
  }

  // MARK: Calendar

  static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
  static func floorModulo(_ a: Int, _ b: Int) -> Int { a - floorDivide(a, b) * b }

  static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
  ///
  /// Counts years from March, so that the leap day comes last, in eras of 400 years.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month > 2 ? year : year - 1
    let era = floorDivide(y, 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a number of days since 1970-01-01.
  static func date(day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  private static func append(_ value: Int, width: Int, to text: inout [UInt8]) {
    var unit = 1
    for _ in 1..<width { unit *= 10 }
    while unit > 0 {
      text.append(0x30 + UInt8(truncatingIfNeeded: value / unit % 10))
      unit /= 10
    }
  }
}

/// Reads the parts of a timestamp one after another.
private struct TimestampCursor {
  let end: Int
  var position: Int

  var isAtEnd: Bool { position == end }

  mutating func take(_ text: Span<UInt8>, _ byte: UInt8) -> Bool {
    if position >= end || text[position] != byte { return false }
    position += 1
    return true
  }

  mutating func takeSeparator(_ text: Span<UInt8>, allowsBlank: Bool) -> Bool {
    take(text, 0x54) || take(text, 0x74) || (allowsBlank && take(text, 0x20))
  }

  mutating func digits(_ text: Span<UInt8>, _ count: Int) -> Int? {
    if position + count > end { return nil }
    var value = 0
    for _ in 0..<count {
      let digit = text[position] &- 0x30
      if digit > 9 { return nil }
      value = value * 10 + Int(digit)
      position += 1
    }
    return value
  }

  mutating func fraction(_ text: Span<UInt8>) -> Int? {
    let start = position
    var value = 0
    var unit = 100_000_000
    while position < end, text[position] &- 0x30 <= 9 {
      value += Int(text[position] &- 0x30) * unit
      unit /= 10
      position += 1
    }
    return position == start ? nil : value
  }

  /// Seconds east of UTC: `Z` or `±HH:MM`.
  mutating func zone(_ text: Span<UInt8>) -> Int? {
    if take(text, 0x5A) || take(text, 0x7A) { return 0 }
    let sign: Int
    if take(text, 0x2B) {
      sign = 1
    } else if take(text, 0x2D) {
      sign = -1
    } else {
      return nil
    }
    guard let hour = digits(text, 2), take(text, 0x3A), let minute = digits(text, 2),
      hour < 24, minute < 60
    else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }
}
