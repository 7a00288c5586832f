import CommandLineKit
import FeedbackCuration
import FeedbackExport
import FeedbackModel
import NDJSON
import SystemIO
import Timestamps

/// One file of examples of which each record is one by itself, on several threads if asked.
extension ExportCommand {
  func makePolicy(_ diagnostics: Diagnostics, _ manifest: Manifest? = nil) throws -> RoutePolicy {
    var policy = RoutePolicy(
      qualityMillionths: qualityThreshold?.millionths, approvedOnly: approvedOnly, includeUnrated: includeUnrated)
    if let preferences {
      var scanner = LineScanner.records(extra: OptedOutPeople.extraPaths)
      let spool = try manifest?.addInput(preferences, use: "preferences")
      try RecordInput.readAll(preferences, from: spool?.reading(), diagnostics, &scanner) {
        try policy.optedOut.take($0, $1)
      }
    }
    return policy
  }

  /// A renderer of a format; a system prompt that it would not take in any record is a mistake.
  func makeRenderer(_ format: TrainingFormat, _ name: String) throws -> TrainingRenderer {
    let renderer = TrainingRenderer(format, systemPrompt: system)
    if let fault = renderer.systemFault { throw CommandError.usage("--system: a text \(fault), which \(name) refuses") }
    return renderer
  }

  func exportExamples(_ format: TrainingFormat, name: String, _ diagnostics: Diagnostics) throws {
    let policy = try makePolicy(diagnostics)
    let renderer = try makeRenderer(format, name)
    let records = try input.open(diagnostics, output)
    let stream = try output.open()
    let spool = format.isTrainer ? nil : try SpoolFile()
    var scanner = LineScanner.records(extra: Route.extraPaths)
    var run = ExampleRun(policy: policy, renderer: renderer)
    if !allowFew { stream.hold(format.limits) }
    if format.hasByteOrderMark {
      try stream.write(FormatFile.byteOrderMark)
      run.byteCount = FormatFile.byteOrderMark.count
    }
    defer { try? stream.flush() }
    if let spool {
      try records.forEach(&scanner) { bytes, scanner, _ in
        try run.take(bytes, scanner, to: spool)
        return true
      }
    } else {
      try records.forEach(&scanner, jobs: jobs.count, &run, to: stream)
    }
    let left = run.dropped.words + run.renderer.refusals
    do {
      if !allowFew { try FormatFile.checkEnough(run.renderer, name, written: run.written, byteCount: run.byteCount) }
      if let excess = FormatFile.excess(run.renderer, name, written: run.written, byteCount: run.byteCount) {
        try tell(excess, diagnostics)
      }
    } catch {
      if !left.isEmpty { diagnostics.note("left out: " + left.joined(separator: ", ")) }
      throw error
    }
    if let spool { try writeDocument(spool, count: run.written, run.newest, stream) }
    try stream.finish()
    report(run.written, records, left, withoutHistory: run.renderer.withoutHistoryCount, diagnostics)
  }

  /// Refuses what is more than a target takes, or only tells it if that is asked for.
  func tell(_ excess: String, _ diagnostics: Diagnostics) throws {
    if !allowMany { throw CommandError(.refused, excess) }
    diagnostics.note(excess)
  }

  private func writeDocument(
    _ spool: SpoolFile, count: Int, _ newest: Timestamp?, _ stream: OutputStream
  ) throws {
    var head = "{\"metadata\":{"
    if let created = asOf?.moment ?? newest { head += "\"created_at\":\"\(created.text)\"," }
    head += "\"total_records\":\(count),\"format\":\"fb-examples\"},\n\"examples\":[\n"
    try stream.write(head)
    try spool.forEachBlock { block throws(SystemError) in try stream.write(block, 0..<block.count) }
    try stream.write("\n]}\n")
  }

  func report(
    _ written: Int, _ records: RecordInput, _ left: [String], withoutHistory: Int, of name: String? = nil,
    _ diagnostics: Diagnostics
  ) {
    let note = withoutHistory == 0 ? nil : "\(withoutHistory) without their earlier turns"
    report(written, records, left, note: note, of: name, diagnostics)
  }

  func report(
    _ written: Int, _ records: RecordInput, _ left: [String], note: String?, of name: String? = nil,
    _ diagnostics: Diagnostics
  ) {
    var parts = left
    if records.rejects.count > 0 { parts.append("\(records.rejects.count) bad") }
    if parts.isEmpty && note == nil && !input.verbose { return }
    var message = name.map { "\($0): " } ?? ""
    message += "\(written) of \(counted(records.readCount, "record")) written"
    if let note { message += " (\(note))" }
    if !parts.isEmpty { message += "; left out: " + parts.joined(separator: ", ") }
    diagnostics.note(message)
  }

  /// Writes a record for each format, with what it takes and who says so.
  func list() throws {
    let stream = try output.open()
    for format in TrainingFormat.all { try stream.write(format.listing + "\n") }
    for (name, takes) in [("json", "sft"), ("json-database", "all"), ("csv", "all"), ("sqlite", "all")] {
      try stream.write(
        "{\"name\":\"\(name)\",\"aliases\":[],\"takes\":\"\(takes)\",\"minimum\":0,\"limits\":{},\"source\":\"fb-export(1)\",\"date\":null}\n"
      )
    }
    try stream.finish()
  }
}
