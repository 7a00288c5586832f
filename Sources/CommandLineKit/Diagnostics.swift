import SystemIO

/// Messages of one command on standard error, each `NAME: message`.
public struct Diagnostics: Sendable {
  /// The name of the command.
  public let name: String

  /// Makes diagnostics for a command.
  public init(_ name: String) { self.name = name }

  /// Prints a message about something that ends the command or refuses a record: at most 300 characters.
  public func error(_ message: String) {
    StandardStreams.writeError("\(name): \(printable(message, lengthMax: 300))\n")
  }

  /// Prints a message about something that was left out or is worth knowing: at most 600 characters.
  public func note(_ message: String) {
    StandardStreams.writeError("\(name): \(printable(message, lengthMax: 600))\n")
  }
}

/// A text that is fit for a terminal and a log: controls and marks of direction, which a file name may hold, become
/// U+FFFD, and what is too long loses its middle.
///
/// A newline stays only before two blanks, as it stands in the excerpt of an expression: so nothing that is quoted can
/// make a line that looks like one of ours.
func printable(_ text: String, lengthMax: Int) -> String {
  var scalars = Array(text.unicodeScalars)
  if scalars.count > lengthMax {
    let kept = (lengthMax - 1) / 2
    scalars = Array(scalars.prefix(kept)) + ["…"] + Array(scalars.suffix(kept))
  }
  var result = String.UnicodeScalarView()
  for (index, scalar) in scalars.enumerated() {
    let isDetail = scalar == "\n" && scalars[index...].prefix(3).elementsEqual(["\n", " ", " "])
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    let isDirection = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    let isSeparator = scalar.value == 0x2028 || scalar.value == 0x2029
    let isHarmful = isControl || isDirection || isSeparator
    result.append(isHarmful && !isDetail ? "\u{FFFD}" : scalar)
  }
  return String(result)
}

/// "1 record", "2 records".
public func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
