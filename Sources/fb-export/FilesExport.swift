import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO

/// Several files, or a training file that needs the whole input or a manifest.
extension ExportCommand {
  func exportFiles(_ diagnostics: Diagnostics) throws {
    let formats = (format?.all ?? []).compactMap { name, format in format.training.map { (name: name, format: $0) } }
    let folder = try outDir.map { path throws(SystemError) in try AtomicFolder(path: path) }
    let manifest = try openManifest(in: folder)
    let policy = try makePolicy(diagnostics, manifest)
    let records = try input.open(diagnostics, output)
    let files = try formats.map { name, format in
      try FormatFile(
        name, try makeRenderer(format, name), allowFew: allowFew,
        try folder?.create("\(name).jsonl") ?? output.open(), isRecorded: manifest != nil)
    }
    var kinds: [ExampleKind] = []
    for (_, format) in formats where !kinds.contains(format.takes) { kinds.append(format.takes) }
    let sources = try kinds.map { kind throws(SystemError) in
      try ExampleSource(kind, policy, includesHistory: history == .include)
    }
    let rows = try openDatabases(in: folder)
    let databases = Databases(rows.map { ($0.name, $0.file) }, after: Route.pairPaths)
    try read(records, sources, files, databases, manifest)
    for file in files { try file.settle() }
    try check(files, sources, diagnostics)
    try databases.finish(createdAt: asOf?.moment)
    let entries = files.map { file in
      (
        file: file, path: folder.map { "\($0.path)/\(file.name).jsonl" } ?? output.output,
        dropped: dropped(file, sources)
      )
    }
    try manifest?.begin(
      options: Array(CommandLine.arguments.dropFirst()), read: records.readCount, rejected: records.rejects.count)
    for entry in entries { try manifest?.write(entry.file, entry.path, entry.dropped) }
    for row in rows {
      try row.stream.synchronize()
      if let folder { try manifest?.write(row.name, row.fileName, databases, in: folder) }
    }
    if let folder { try writeDatasetInfo(files, folder, manifest) }
    try manifest?.end()
    try publish(files, folder, manifest)
    for file in files {
      let left = dropped(file, sources).words + file.refusals
      let name = folder == nil ? nil : file.name
      if file.renderer.format.takes == .pairs {
        // A pair may be of two records, and no pair is without its earlier turns.
        let isTold = !left.isEmpty || records.rejects.count > 0 || input.verbose
        let note = isTold && file.written > 0 ? counted(file.written, "pair") : nil
        report(file.origins.written, records, left, note: note, of: name, diagnostics)
      } else {
        let withoutHistory = file.renderer.withoutHistoryCount
        report(file.written, records, left, withoutHistory: withoutHistory, of: name, diagnostics)
      }
    }
    for (name, note) in zip(databases.names, databases.notes) {
      report(databases.written, records, databases.leftOut, note: note, of: name, diagnostics)
    }
  }

  private func read(
    _ records: RecordInput, _ sources: [ExampleSource], _ files: [FormatFile], _ databases: Databases,
    _ manifest: Manifest?
  ) throws {
    var scanner = LineScanner.records(extra: databases.paths)
    try records.forEachFile { path in
      let spool = try manifest?.addInput(path)
      let descriptor = try spool?.reading() ?? Descriptor.reading(path)
      _ = try records.readLines(path, descriptor, prefix: [], &scanner) { bytes, scanner, _ in
        let category = try scanner.text(.category)
        // What is bad for one of the files is in none of them, so all are asked before one of them takes it.
        try databases.examine(bytes, scanner)
        if sources.count > 1 || history == .include || !databases.names.isEmpty {
          for source in sources { try source.examine(bytes, scanner) }
        }
        try databases.take(bytes, scanner)
        for source in sources {
          try source.take(bytes, scanner) { try hand($0, $1, $2, $3, source.kind, files) }
        }
        manifest?.categories.add(bytes, category)
        return true
      }
    }
    try records.finish()
    for source in sources { try source.finish { try hand($0, $1, $2, $3, source.kind, files) } }
  }

  private func hand(
    _ example: TrainingExample, _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ origin: ExampleOrigin,
    _ kind: ExampleKind, _ files: [FormatFile]
  ) throws {
    for file in files where file.renderer.format.takes == kind { try file.take(example, bytes, scanner, origin) }
  }

  private func dropped(_ file: FormatFile, _ sources: [ExampleSource]) -> DropCounts {
    sources.first { $0.kind == file.renderer.format.takes }?.dropped ?? DropCounts()
  }

  /// Nothing is published if one of the files would be refused.
  private func check(_ files: [FormatFile], _ sources: [ExampleSource], _ diagnostics: Diagnostics) throws {
    for file in files {
      do {
        if !allowFew { try file.checkEnough() }
        if let excess = file.excess { try tell(excess, diagnostics) }
      } catch {
        let left = dropped(file, sources).words + file.refusals
        if !left.isEmpty { diagnostics.note("left out: " + left.joined(separator: ", ")) }
        throw error
      }
    }
  }

  /// A manifest in the folder of the files is one of them; elsewhere it follows them.
  private func openManifest(in folder: AtomicFolder?) throws -> Manifest? {
    guard let manifest else { return nil }
    if let folder, let name = Self.place(of: manifest, in: folder.path) { return Manifest(try folder.create(name)) }
    return Manifest(try OutputStream(path: manifest))
  }

  /// The databases among the formats; the one that may refuse a record comes first.
  private func openDatabases(
    in folder: AtomicFolder?
  ) throws -> [(name: String, fileName: String, stream: OutputStream, file: any DatabaseFile)] {
    guard let folder else { return [] }
    let formats = (format?.all ?? []).filter(\.format.isDatabase)
    return try (formats.filter(\.format.isSQLite) + formats.filter { !$0.format.isSQLite }).map { name, format in
      let fileName = format.fileName(name) ?? name
      let stream = try folder.create(fileName)
      let file: any DatabaseFile =
        switch format {
        case .sqlite: try SQLiteFile(folder.temporaryPath(of: fileName), path: "\(folder.path)/\(fileName)")
        case .csv: try RowsFile(stream, isSpreadsheetSafe: spreadsheetSafe)
        default: try DocumentFile(stream)
        }
      return (name, fileName, stream, file)
    }
  }

  /// Says how to read the files of those formats that LLaMA-Factory does not know by itself.
  private func writeDatasetInfo(_ files: [FormatFile], _ folder: AtomicFolder, _ manifest: Manifest?) throws {
    let told = files.filter { $0.renderer.format.hasDatasetInfo }
    if told.isEmpty { return }
    let info = try folder.create("dataset_info.json")
    try info.write(TrainingFormat.datasetInfo(told.map { ($0.name, $0.renderer.format) }))
    try info.synchronize()
    try manifest?.addOther("dataset_info.json", in: folder)
  }

  private func publish(_ files: [FormatFile], _ folder: AtomicFolder?, _ manifest: Manifest?) throws {
    if let folder {
      for file in files { try file.output.synchronize() }
      try manifest?.output.synchronize()
      try folder.publish()
    } else {
      for file in files { try file.output.finish() }
    }
    try manifest?.output.finish()
  }
}
