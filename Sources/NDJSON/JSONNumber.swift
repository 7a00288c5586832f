/// Numbers as they are spelled: compared and converted exactly, without a detour through binary fractions.
public enum JSONNumber {
  /// Where the digits of a spelled number that count stand, and what they are worth: 0.d₁d₂d₃… × 10^point.
  struct Shape {
    var isNegative: Bool
    /// Offset of the first digit that is not 0; equal to `end` for zero.
    var start: Int
    /// Offset past the last digit that is not 0.
    var end: Int
    var point: Int

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
      var position = range.lowerBound
      isNegative = bytes[position] == 0x2D
      if isNegative { position += 1 }
      var integerDigits = 0
      var pointSeen = false
      var leadingZeros = 0
      start = range.upperBound
      end = range.upperBound
      while position < range.upperBound {
        let byte = bytes[position]
        if byte == 0x2E {
          pointSeen = true
        } else if byte &- 0x30 <= 9 {
          if !pointSeen { integerDigits += 1 }
          if byte != 0x30 {
            if start == range.upperBound { start = position }
            end = position + 1
          } else if start == range.upperBound {
            leadingZeros += 1
          }
        } else {
          break
        }
        position += 1
      }
      point = integerDigits - leadingZeros
      if start == range.upperBound {
        end = start
        point = 0
      } else if position < range.upperBound {
        point += Shape.exponent(bytes, position + 1..<range.upperBound)
      }
    }

    var isZero: Bool { start == end }

    /// How many digits count.
    func digitCount(_ bytes: Span<UInt8>) -> Int {
      var position = start
      while position < end {
        if bytes[position] == 0x2E { return end &- start &- 1 }
        position &+= 1
      }
      return end &- start
    }

    /// An exponent, held within ±10¹⁷: numbers beyond that differ from every number that can be written out.
    private static func exponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
      var position = range.lowerBound
      let isNegative = bytes[position] == 0x2D
      if isNegative || bytes[position] == 0x2B { position += 1 }
      var value = 0
      while position < range.upperBound {
        value = min(value * 10 + Int(bytes[position] &- 0x30), 100_000_000_000_000_000)
        position += 1
      }
      return isNegative ? -value : value
    }
  }

  /// Compares two spelled numbers exactly: -1, 0 or 1.
  ///
  /// `1.0`, `1` and `10e-1` are equal; so are `0` and `-0`.
  public static func compare(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Int {
    let a = Shape(left, leftRange)
    let b = Shape(right, rightRange)
    if a.isZero || b.isZero {
      if a.isZero && b.isZero { return 0 }
      return a.isZero ? (b.isNegative ? 1 : -1) : (a.isNegative ? -1 : 1)
    }
    if a.isNegative != b.isNegative { return a.isNegative ? -1 : 1 }
    let sign = a.isNegative ? -1 : 1
    if a.point != b.point { return a.point < b.point ? -sign : sign }
    var i = a.start
    var j = b.start
    while i < a.end && j < b.end {
      if left[i] == 0x2E { i += 1; continue }
      if right[j] == 0x2E { j += 1; continue }
      if left[i] != right[j] { return left[i] < right[j] ? -sign : sign }
      i += 1
      j += 1
    }
    if i < a.end { return sign }
    return j < b.end ? -sign : 0
  }

  /// A number times 10^decimals (at most 7), rounded down, and whether nothing was lost; nil below 0 or from 10¹¹ on.
  public static func fixed(
    _ bytes: Span<UInt8>, _ range: Range<Int>, decimals: Int
  ) -> (floor: Int, isExact: Bool)? {
    if let plain = plain(bytes, range), plain < 100_000_000_000 {
      return (plain * scales[min(max(decimals, 0), 7)], true)
    }
    let shape = Shape(bytes, range)
    if shape.isZero { return (0, true) }
    if shape.isNegative || shape.point > 11 { return nil }
    return scaled(bytes, shape, digits: shape.point + min(decimals, 7))
  }

  /// A number that is whole and fits Int, however it is spelled (`1200`, `1.2e3`), or nil.
  public static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if let plain = plain(bytes, range) { return plain }
    let shape = Shape(bytes, range)
    if shape.isZero { return 0 }
    if shape.point > 18 || shape.point < 1 { return nil }
    guard let (magnitude, isExact) = scaled(bytes, shape, digits: shape.point), isExact else {
      return nil
    }
    return shape.isNegative ? -magnitude : magnitude
  }

  private static let scales = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]

  /// What most numbers are: up to 18 digits and nothing else; nil for any other spelling.
  @inline(__always)
  private static func plain(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if range.count > 18 { return nil }
    var value = 0
    for index in range {
      let digit = bytes[index] &- 0x30
      if digit > 9 { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  /// The nearest double, or nil where it is not finite.
  public static func double(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
    if let value = shortDouble(bytes, Shape(bytes, range)) { return value }
    var text: [UInt8] = []
    text.append(bytes, range)
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// Whether a double holds just this number: whether the shortest decimal number that reads back as the nearest double
  /// is this one.
  public static func isDouble(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    // Every decimal number of 15 digits survives the way into a double and back (DBL_DIG).
    let shape = Shape(bytes, range)
    if shape.digitCount(bytes) <= 15 && abs(shape.point) <= 300 { return true }
    guard let double = double(bytes, range) else { return false }
    let text = Array("\(double)".utf8)
    return compare(bytes, range, text.span, 0..<text.count) == 0
  }

  /// The nearest double of a number of few digits, nil of others.
  ///
  /// An integer and a power of ten that doubles hold exactly: one operation rounds just once (Clinger, How to read floating
  /// point numbers accurately, 1990).
  private static func shortDouble(_ bytes: Span<UInt8>, _ shape: Shape) -> Double? {
    let count = shape.digitCount(bytes)
    let exponent = shape.point - count
    if count > 15 || abs(exponent) >= powersOfTen.count { return nil }
    guard let integer = scaled(bytes, shape, digits: count)?.floor else { return nil }
    let digits = Double(integer)
    let value = exponent < 0 ? digits / powersOfTen[-exponent] : digits * powersOfTen[exponent]
    return shape.isNegative ? -value : value
  }

  /// The powers of ten that a double holds exactly: 10⁰ to 10²².
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The first `digits` digits of a number as an integer (at most 18 of them), and whether no other followed.
  private static func scaled(
    _ bytes: Span<UInt8>, _ shape: Shape, digits: Int
  ) -> (floor: Int, isExact: Bool)? {
    var value = 0
    var taken = 0
    var position = shape.start
    while position < shape.end && taken < digits {
      if bytes[position] != 0x2E {
        value = value * 10 + Int(bytes[position] &- 0x30)
        taken += 1
      }
      position += 1
    }
    let isExact = position >= shape.end || (position == shape.end - 1 && bytes[position] == 0x2E)
    while taken < digits {
      value *= 10
      taken += 1
    }
    return (value, isExact)
  }

  /// Appends an integer.
  public static func append(_ value: Int, to json: inout [UInt8]) {
    if value < 0 { json.append(0x2D) }
    appendMagnitude(value.magnitude, to: &json)
  }

  private static func appendMagnitude(_ value: UInt, to json: inout [UInt8]) {
    var rest = value
    let first = json.count
    repeat {
      json.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    json[first...].reverse()
  }

  /// Appends a count of millionths as a decimal number without needless zeros: 3500000 is `3.5`.
  public static func append(millionths value: Int, to json: inout [UInt8]) {
    if value < 0 { json.append(0x2D) }
    appendMagnitude(value.magnitude / 1_000_000, to: &json)
    var fraction = value.magnitude % 1_000_000
    if fraction == 0 { return }
    json.append(0x2E)
    var unit: UInt = 100_000
    while fraction > 0 {
      json.append(0x30 + UInt8(truncatingIfNeeded: fraction / unit))
      fraction %= unit
      unit /= 10
    }
  }

  /// Appends a double rounded to six decimals, ties away from zero; `null` where it is not finite or beyond ±10¹².
  public static func append(rounded value: Double, to json: inout [UInt8]) {
    if !value.isFinite || abs(value) > 1e12 {
      json.append("null")
    } else {
      append(millionths: Int((value * 1e6).rounded()), to: &json)
    }
  }
}
