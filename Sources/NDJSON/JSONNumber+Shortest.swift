extension JSONNumber {
  /// Appends the shortest decimal number that reads back as the same double, spelled as ECMAScript spells it.
  ///
  /// That is the form RFC 8785 (canonical JSON) asks for: no fraction where none is needed, an exponent below 10⁻⁶ and
  /// from 10²¹ on (`1e+21`, `1e-7`), `0` for both zeros. Of several shortest decimals the one nearest to the double is
  /// taken. `null` where the value is not finite.
  public static func append(shortest value: Double, to json: inout [UInt8]) {
    if !value.isFinite {
      json.append("null")
      return
    }
    // The digits are those of the standard library, which promises the same choice; only their layout differs.
    let spelled = Array(value.magnitude.description.utf8)
    let shape = Shape(spelled.span, 0..<spelled.count)
    if shape.isZero {
      json.append(0x30)
      return
    }
    var digits: [UInt8] = []
    for offset in shape.start..<shape.end where spelled[offset] != 0x2E { digits.append(spelled[offset]) }
    if value < 0 { json.append(0x2D) }
    layOut(digits, point: shape.point, to: &json)
  }

  /// Lays out 0.d₁d₂d₃… × 10^point as `Number::toString` of ECMAScript does (its k is the number of digits, its n is
  /// `point`).
  private static func layOut(_ digits: [UInt8], point: Int, to json: inout [UInt8]) {
    switch point {
    case digits.count...21:
      json.append(contentsOf: digits)
      json.append(contentsOf: repeatElement(0x30, count: point - digits.count))
    case 1...21:
      json.append(contentsOf: digits[..<point])
      json.append(0x2E)
      json.append(contentsOf: digits[point...])
    case -5...0:
      json.append("0.")
      json.append(contentsOf: repeatElement(0x30, count: -point))
      json.append(contentsOf: digits)
    default:
      json.append(digits[0])
      if digits.count > 1 {
        json.append(0x2E)
        json.append(contentsOf: digits[1...])
      }
      json.append(point > 0 ? "e+" : "e-")
      append(abs(point - 1), to: &json)
    }
  }
}
