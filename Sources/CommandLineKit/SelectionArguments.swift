import ArgumentParser
import NDJSON

/// A number of stars between 1 and 5, in millionths.
public struct StarsArgument: ExpressibleByArgument, Sendable {
  /// Millionths of a star.
  public let millionths: Int

  /// Reads a number of at most six decimals.
  public init?(argument: String) {
    guard let number = DecimalArgument(argument: argument),
      (1_000_000...5_000_000).contains(number.millionths)
    else { return nil }
    millionths = number.millionths
  }
}

/// A share between 0 and 1, in millionths.
public struct ShareArgument: ExpressibleByArgument, Sendable {
  /// Millionths.
  public let millionths: Int

  /// Reads a number of at most six decimals.
  public init?(argument: String) {
    guard let number = DecimalArgument(argument: argument), number.millionths <= 1_000_000 else {
      return nil
    }
    millionths = number.millionths
  }
}
