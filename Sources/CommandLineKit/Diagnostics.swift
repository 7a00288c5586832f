import SystemIO

/// Messages of one command on standard error, each `NAME: message`.
public struct Diagnostics: Sendable {
  /// The name of the command.
  public let name: String

  /// Makes diagnostics for a command.
  public init(_ name: String) { self.name = name }

  /// Prints a message about something that ends the command.
  public func error(_ message: String) {
    StandardStreams.writeError("\(name): \(printable(message))\n")
  }

  /// Prints a message about something that was left out or is worth knowing.
  public func note(_ message: String) {
    error(message)
  }

  /// A text without control characters, which a file name or a category may hold, and of bounded length.
  private func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(600) {
      let isControl = scalar.value < 0x20 && scalar != "\n" || (0x7F...0x9F).contains(scalar.value)
      let isBidirectional = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      result.append(isControl || isBidirectional ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }
}

/// "1 record", "2 records".
public func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
