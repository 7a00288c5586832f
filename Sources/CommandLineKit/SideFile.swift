import SystemIO

/// A file that a command writes beside its output: rejects, events that fit nowhere.
public struct SideFile: Sendable {
  /// The option that names it.
  public let option: String
  /// Its path.
  public let path: String

  /// Makes one; nil where the option is not given.
  public init?(_ option: String, _ path: String?) {
    guard let path else { return nil }
    self.option = option
    self.path = path
  }

  /// The plain file that a shell may have opened as standard input.
  private static let standardInput = "/dev/stdin"

  /// Refuses a side file that is also read, or that something else is written to: one of the two would be lost.
  ///
  /// The output itself may be an input, which it replaces when it is complete; where it may not, it is one of `files`.
  public static func requireDistinct(_ files: [SideFile?], inputs: [String], output: String?) throws(CommandError) {
    let files = files.compactMap { $0 }
    for (index, file) in files.enumerated() {
      let others =
        inputs.map { $0 == "-" ? standardInput : $0 } + [output].compactMap { $0 } + files.prefix(index).map(\.path)
      if let other = others.first(where: { FileStatus.isSameFile($0, file.path) }) {
        throw .usage("\(file.option) \(file.path) is the file \(other) that is read or written already")
      }
    }
  }
}
