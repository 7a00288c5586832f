import ArgumentParser
import NDJSON
import SystemIO
import Timestamps

/// A whole number from 0 on, in decimal digits.
public struct WholeNumber: ExpressibleByArgument, Sendable {
  /// The number.
  public let value: Int

  /// Reads digits; at most 15 of them.
  public init?(argument: String) {
    let digits = argument.utf8
    guard (1...15).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 <= 9 }),
      let value = Int(argument)
    else { return nil }
    self.value = value
  }
}

/// A decimal number spelled as JSON spells it, from 0 on, with at most six decimals; so not `nan`, `inf`, `0x10`.
public struct DecimalArgument: ExpressibleByArgument, Sendable {
  /// The number in millionths.
  public let millionths: Int

  /// Reads a number.
  public init?(argument: String) {
    let bytes = Array(argument.utf8)
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    let padded = scanner.scan(text: bytes)
    guard scanner.code == .none, scanner.root.kind == .number,
      scanner.root.range == 0..<bytes.count,
      let (value, isExact) = JSONNumber.fixed(padded.span, 0..<bytes.count, decimals: 6), isExact
    else { return nil }
    millionths = value
  }
}

/// A time in RFC 3339 with a zone, or `now`: the host's clock, the only place where a command looks at it.
public struct MomentArgument: ExpressibleByArgument, Sendable {
  /// The moment.
  public let moment: Timestamp

  /// Reads a time.
  public init?(argument: String) {
    if argument == "now" {
      moment = Timestamp(seconds: StandardStreams.currentSeconds())
    } else if let moment = Timestamp(argument) {
      self.moment = moment
    } else {
      return nil
    }
  }
}

extension RejectBudget: ExpressibleByArgument {
  /// Reads `N` or `P%`.
  public init?(argument: String) {
    if argument.utf8.last == 0x25 {
      guard let percent = DecimalArgument(argument: String(argument.dropLast())),
        percent.millionths <= 100_000_000
      else { return nil }
      self = .percent(micros: percent.millionths)
    } else {
      guard let number = WholeNumber(argument: argument) else { return nil }
      self = .count(number.value)
    }
  }
}
