import CommandLineKit
import FeedbackExport
import SystemIO

/// Where the files of a run stand: none may be in the place of another.
extension ExportCommand {
  /// Refuses outputs that are read too, or written twice.
  ///
  /// A training file or a database is no record, so it never takes the place of its input.
  func requireDistinctFiles() throws {
    try input.requireStandardInputOnce(besides: [preferences].compactMap { $0 })
    try SideFile.requireDistinct(
      [
        SideFile("--output", output.output), SideFile("--manifest", manifest), SideFile("--rejects", input.rejects),
      ], inputs: input.paths + [preferences].compactMap { $0 }, output: nil)
    guard let outDir else { return }
    let names = Set((format?.all ?? []).compactMap { $0.format.fileName($0.name) } + ["dataset_info.json"])
    for (option, path) in [("--manifest", manifest), ("--rejects", input.rejects)] {
      guard let path else { continue }
      guard let place = Self.place(of: path, in: outDir) else { continue }
      if option == "--rejects" || place.isEmpty || place.contains("/") || names.contains(place) {
        throw CommandError.usage("\(option) \(path) is in the way of the files of --out-dir \(outDir)")
      }
    }
  }

  /// The name of a path within a folder, empty for the folder itself; nil where it is elsewhere.
  ///
  /// Neither has to be there yet, and they may be spelled in different ways.
  static func place(of path: String, in folder: String) -> String? {
    let folder = plain(folder)
    var start = plain(path)
    var names: [Substring] = []
    while true {
      if FileStatus.isSamePlace(start, folder) { return names.reversed().joined(separator: "/") }
      guard let slash = start.utf8.lastIndex(of: 0x2F), slash > start.startIndex else { return nil }
      names.append(start[start.index(after: slash)...])
      start = String(start[..<slash])
    }
  }

  /// A path without the parts that lead nowhere.
  private static func plain(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    let plain = parts.joined(separator: "/")
    if path.hasPrefix("/") { return "/" + plain }
    return plain.isEmpty ? "." : plain
  }
}
