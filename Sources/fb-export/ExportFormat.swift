import ArgumentParser
import FeedbackExport

/// What fb-export writes.
enum ExportFormat: Sendable {
  case training(TrainingFormat)
  case json, jsonDatabase, csv, sqlite

  init?(_ name: String) {
    switch name {
    case "json": self = .json
    case "json-database": self = .jsonDatabase
    case "csv": self = .csv
    case "sqlite": self = .sqlite
    default:
      guard let format = TrainingFormat.named(name) else { return nil }
      self = .training(format)
    }
  }

  /// Whether it takes all records, rather than what is fit to train on.
  var isDatabase: Bool {
    switch self {
    case .training, .json: false
    case .jsonDatabase, .csv, .sqlite: true
    }
  }

  /// Whether it says when it was made.
  var hasCreationTime: Bool {
    switch self {
    case .training, .csv: false
    case .json, .jsonDatabase, .sqlite: true
    }
  }

  var training: TrainingFormat? {
    if case .training(let format) = self { return format }
    return nil
  }

  var isSQLite: Bool {
    if case .sqlite = self { return true }
    return false
  }

  /// What it is called, whatever alias it was asked for by.
  var name: String {
    switch self {
    case .training(let format): format.name
    case .json: "json"
    case .jsonDatabase: "json-database"
    case .csv: "csv"
    case .sqlite: "sqlite"
    }
  }

  /// What its file in a folder is called, for a format of this name; nil where it goes into none.
  func fileName(_ name: String) -> String? {
    switch self {
    case .training: "\(name).jsonl"
    case .json: nil
    case .jsonDatabase: "interactions.json"
    case .csv: "interactions.csv"
    case .sqlite: "interactions.db"
    }
  }

  /// The names of all formats, as they are listed.
  static let names = TrainingFormat.all.flatMap { [$0.name] + $0.aliases } + ["json", "json-database", "csv", "sqlite"]
}

/// One or more formats, by name with commas between.
struct FormatNames: ExpressibleByArgument {
  /// The names as they were given, and what they stand for.
  let all: [(name: String, format: ExportFormat)]

  init?(argument: String) {
    var all: [(name: String, format: ExportFormat)] = []
    for name in argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let format = ExportFormat(name) else { return nil }
      all.append((name, format))
    }
    self.all = all
  }

  static var allValueStrings: [String] { ExportFormat.names }

  /// The one format, nil for several.
  var single: (name: String, format: ExportFormat)? { all.count == 1 ? all[0] : nil }
}

/// The format of files to check.
struct CheckedFormat: ExpressibleByArgument {
  let format: TrainingFormat
  let name: String

  init?(argument: String) {
    guard let format = TrainingFormat.named(argument) else { return nil }
    self.format = format
    name = argument
  }

  static var allValueStrings: [String] { TrainingFormat.all.flatMap { [$0.name] + $0.aliases } }
}

/// What becomes of earlier turns where a format has no way to say that they are not learnt.
enum HistoryRule: String, ExpressibleByArgument, CaseIterable {
  /// They stay where every earlier answer is known to be fit to learn.
  case include
}
