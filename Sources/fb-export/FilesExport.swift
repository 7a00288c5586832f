import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO

/// Several training files, or one that needs the whole input or a manifest.
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
    try read(records, sources, files, manifest)
    for file in files { try file.settle() }
    try check(files, sources, diagnostics)
    try publish(files, folder, manifest, records, sources)
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
  }

  private func read(
    _ records: RecordInput, _ sources: [ExampleSource], _ files: [FormatFile], _ manifest: Manifest?
  ) throws {
    var scanner = LineScanner.records(extra: Route.pairPaths)
    try records.forEachFile { path in
      let spool = try manifest?.addInput(path)
      let descriptor = try spool?.reading() ?? Descriptor.reading(path)
      _ = try records.readLines(path, descriptor, prefix: [], &scanner) { bytes, scanner, _ in
        let category = try scanner.text(.category)
        if sources.count > 1 || history == .include { for source in sources { try source.examine(bytes, scanner) } }
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

  private func publish(
    _ files: [FormatFile], _ folder: AtomicFolder?, _ manifest: Manifest?, _ records: RecordInput,
    _ sources: [ExampleSource]
  ) throws {
    if let manifest {
      let entries = files.map { file in
        (
          file: file, path: folder.map { "\($0.path)/\(file.name).jsonl" } ?? output.output,
          dropped: dropped(file, sources)
        )
      }
      try manifest.write(
        options: Array(CommandLine.arguments.dropFirst()), read: records.readCount, rejected: records.rejects.count,
        entries)
    }
    if let folder {
      let names = files.filter { $0.renderer.format.hasDatasetInfo }
      if !names.isEmpty {
        let info = try folder.create("dataset_info.json")
        try info.write(TrainingFormat.datasetInfo(names.map { ($0.name, $0.renderer.format) }))
        try info.synchronize()
      }
      for file in files { try file.output.synchronize() }
      try manifest?.output.synchronize()
      try folder.publish()
    } else {
      for file in files { try file.output.finish() }
    }
    try manifest?.output.finish()
  }
}
