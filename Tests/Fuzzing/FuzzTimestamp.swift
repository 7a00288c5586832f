import Timestamps

/// What is read is printed and read as the same moment, and printed the same again.
func fuzz(_ input: [UInt8]) {
  for form in [Timestamp.Form.strict, .lenient] {
    guard let time = Timestamp(input.span, 0..<input.count, form: form) else { continue }
    require(Timestamp.secondsRange.contains(time.seconds), "out of range: \(shown(input))")
    require((0..<1_000_000_000).contains(time.nanoseconds), "nanoseconds: \(shown(input))")
    let again = Timestamp(time.text)
    require(again == time && again?.text == time.text, "\(shown(input)) is \(time.text)")
  }
  // Any moment, whatever the text.
  let bits = input.prefix(12).reduce(Int128(0)) { $0 << 8 | Int128($1) }
  let range = Timestamp.secondsRange
  let seconds = range.lowerBound + Int(bits % Int128(range.count))
  let time = Timestamp(seconds: seconds, nanoseconds: Int((bits >> 40) % 1_000_000_000))
  require(Timestamp(time.text) == time, "\(time) is \(time.text)")
}
