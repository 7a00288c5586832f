/// An expression that cannot be understood.
public struct ExpressionError: Error, Sendable, Equatable {
  /// What was expected or is wrong.
  public var message: String
  /// Where, counted in characters (Unicode scalars) from 1.
  public var column: Int

  /// The message with its column, and the expression with a caret under the place.
  public func rendered(in text: String) -> String {
    let shown = text.unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }
    let from = max(0, column - 41)
    let part = shown[min(from, shown.count)..<min(shown.count, from + 80)].joined()
    let caret = String(repeating: " ", count: max(0, column - 1 - from)) + "^"
    return "column \(column): \(message)\n  \(part)\n  \(caret)"
  }
}
