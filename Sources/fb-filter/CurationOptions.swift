import ArgumentParser
import CommandLineKit
import Digest
import FeedbackCuration
import FeedbackModel
import NDJSON
import SystemIO
import TextAnalysis

/// What makes training data of good records: no duplicates, nothing private, no leaks, no one-sidedness.
struct CurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep one record of those that are the same: exact, prompt (whatever the answer) or near.", valueName: "KIND"))
  var dedup: String?
  @Option(help: ArgumentHelp("With --dedup near: how alike answers have to be, 0 to 1 (default: 0.8).", valueName: "J"))
  var threshold: ShareArgument?
  @Option(help: ArgumentHelp("With --dedup: leave out what earlier runs kept, as FILE has it.", valueName: "FILE"))
  var state: String?
  @Option(
    help: ArgumentHelp("Replace private data: any of email,iban,card,ip,phone.", valueName: "KINDS"))
  var redact: String?
  @Option(
    help: ArgumentHelp("What stands for it: placeholder (default), mask or pseudonym.", valueName: "STYLE"))
  var redactAs: String?
  @Option(help: ArgumentHelp("The key of pseudonyms, at least 16 bytes.", valueName: "FILE"))
  var keyFile: String?
  @Option(
    help: ArgumentHelp("What to do about keys, tokens and passwords: drop the record, or redact.", valueName: "HOW"))
  var secrets: String?
  @Option(
    help: ArgumentHelp("Leave out answers that break a rule: default, all, or a list of rules.", valueName: "RULES"))
  var qualityRules: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Leave out what holds a prompt of the records of FILE; may be given more than once.", valueName: "FILE"))
  var contamination: [String] = []
  @Option(
    help: ArgumentHelp("Divide conversations by hash, e.g. train=0.9,validation=0.1.", valueName: "NAME=SHARE,..."))
  var split: String?
  @Option(help: ArgumentHelp("With --split: the part to write.", valueName: "NAME"))
  var part: String?
  @Option(help: ArgumentHelp("With --split: what stays together, conversation (default) or user.", valueName: "WHAT"))
  var group: String?
  @Option(help: ArgumentHelp("At most N records a user, or a share such as 0.02.", valueName: "N|SHARE"))
  var maxPerUser: String?
  @Option(help: ArgumentHelp("At most N records a category, or a share such as 0.2.", valueName: "N|SHARE"))
  var maxPerCategory: String?
  @Option(help: ArgumentHelp("Only N records, always the same ones.", valueName: "N"))
  var sample: WholeNumber?
  @Option(help: ArgumentHelp("Write what was found and left out, as counts, to FILE.", valueName: "FILE"))
  var report: String?
  @Option(help: ArgumentHelp("Write what became of each record, and why, to FILE.", valueName: "FILE"))
  var explain: String?

  func validate() throws {
    if threshold != nil && dedup != "near" { throw ValidationError("--threshold needs --dedup near") }
    if state != nil && dedup == nil { throw ValidationError("--state needs --dedup") }
    if redactAs != nil && redact == nil && secrets != "redact" {
      throw ValidationError("--redact-as needs --redact or --secrets redact")
    }
    if (keyFile != nil) != (redactAs == "pseudonym") {
      throw ValidationError("--redact-as pseudonym and --key-file need each other")
    }
    if (part != nil) != (split != nil) { throw ValidationError("--split and --part need each other") }
    if group != nil && split == nil { throw ValidationError("--group needs --split") }
    for file in [state, report, explain] where file == "-" {
      throw ValidationError("--state, --report and --explain need a file: standard output has the records")
    }
    _ = try (duplicateKind(), sensitiveKinds(), style(key: []), quality(), splitStage(), caps())
  }

  // MARK: Files

  /// What is read besides the records.
  var others: [String] { contamination + [keyFile].compactMap { $0 } }

  /// Refuses files of which one would destroy another.
  ///
  /// `others` are files that are read besides the records; the output may not replace one of those.
  func requireDistinctFiles(
    _ input: InputOptions, _ output: OutputOptions, others: [String]
  ) throws(CommandError) {
    let others = others + self.others
    try SideFile.requireDistinct([SideFile("--output", output.output)], inputs: others, output: nil)
    try SideFile.requireDistinct(
      [
        SideFile("--rejects", input.rejects), SideFile("--state", state), SideFile("--report", report),
        SideFile("--explain", explain),
      ],
      inputs: input.paths + others, output: output.output)
  }

  /// The files that are published after the output.
  struct Files {
    let report: OutputStream?
    let state: OutputStream?

    /// Writes the report and the state, and publishes both.
    func finish(_ run: FilterRun, _ reasons: [CurationReason?], rejectedCount: Int) throws {
      if let report {
        try write(run, rejectedCount: rejectedCount, to: report)
        try report.finish()
      }
      if let state, let stage = run.curation?.duplicates {
        try DuplicateState.write(stage, reasons, to: state)
        try state.finish()
      }
    }

    private func write(_ run: FilterRun, rejectedCount: Int, to report: OutputStream) throws {
      func text(_ text: String) -> String {
        var json: [UInt8] = []
        JSONText.encode(text, into: &json)
        return String(decoding: json, as: UTF8.self)
      }
      for finding in run.curation?.findings ?? [] {
        let field = finding.field.map { ",\"field\":\(text($0))" } ?? ""
        try report.write(
          "{\"stage\":\(text(finding.stage)),\"kind\":\(text(finding.kind))\(field),\"action\":\(text(finding.action)),"
            + "\"count\":\(finding.count)}\n")
      }
      for row in run.fates.rows {
        try report.write("{\"fate\":\(text(row.fate)),\"reason\":\(text(row.reason)),\"count\":\(row.count)}\n")
      }
      if rejectedCount > 0 { try report.write("{\"fate\":\"rejected\",\"count\":\(rejectedCount)}\n") }
    }
  }

  /// Opens what is written at the end, so that a run does not find out there that it cannot.
  func openFiles() throws -> Files {
    Files(report: try report.map { try OutputStream(path: $0) }, state: try state.map { try OutputStream(path: $0) })
  }

  // MARK: Stages

  /// Whether the options ask for a stage.
  var hasStages: Bool {
    [dedup, redact, secrets, qualityRules, split, maxPerUser, maxPerCategory].contains { $0 != nil }
      || !contamination.isEmpty || sample != nil
  }

  /// The stages that the options ask for, in the order of the page; nil where they ask for none.
  func curation(_ diagnostics: Diagnostics) throws -> Curation? {
    var stages: [any CurationStage] = []
    let kinds = try sensitiveKinds()
    if !kinds.isEmpty {
      let style = try style(key: try keyFile.map { try readKey($0) } ?? [])
      stages.append(PrivacyStage(kinds, style: style, dropsSecrets: secrets == "drop"))
    }
    if let quality = try quality() { stages.append(quality) }
    if !contamination.isEmpty { stages.append(ContaminationStage(try readEvaluationPrompts(diagnostics))) }
    let duplicates = try duplicateStage(diagnostics)
    let split = try splitStage()
    if let split, !split.needsAllRecords { stages.append(split) }
    if let duplicates { stages.append(duplicates) }
    if let split, split.needsAllRecords { stages.append(split) }
    for stage in try caps() { stages.append(stage) }
    if let sample { stages.append(SampleStage(size: sample.value)) }
    return stages.isEmpty ? nil : Curation(stages)
  }

  private func duplicateKind() throws -> DuplicateKind? {
    switch dedup {
    case nil: return nil
    case "exact": return .exact
    case "prompt": return .prompt
    case "near": return .near(similarityMin: Double(threshold?.millionths ?? 800_000) / 1_000_000)
    default: throw ValidationError("--dedup is exact, prompt or near")
    }
  }

  private func duplicateStage(_ diagnostics: Diagnostics) throws -> DuplicateStage? {
    guard let kind = try duplicateKind() else { return nil }
    var stage = DuplicateStage(kind, keepsState: state != nil)
    if let state, FileStatus(path: state) != nil {
      var scanner = LineScanner(FieldSet(paths: DuplicateState.paths))
      var reader = DuplicateState()
      try RecordInput.readAll(state, diagnostics, &scanner) { try reader.take($0, $1, into: &stage) }
    }
    return stage
  }

  private func sensitiveKinds() throws -> SensitiveKinds {
    var kinds: SensitiveKinds = []
    for name in redact?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let kind = SensitiveKind.personal.first(where: { $0.code == name }) else {
        throw ValidationError("--redact takes a list of email,iban,card,ip,phone")
      }
      kinds.insert(SensitiveKinds([kind]))
    }
    if let secrets {
      if secrets != "drop" && secrets != "redact" { throw ValidationError("--secrets is drop or redact") }
      kinds.insert(.secrets)
    }
    return kinds
  }

  private func style(key: [UInt8]) throws -> RedactionStyle {
    switch redactAs {
    case nil, "placeholder": return .placeholder
    case "mask": return .mask
    case "pseudonym": return .pseudonym(HMAC(key: key))
    default: throw ValidationError("--redact-as is placeholder, mask or pseudonym")
    }
  }

  /// The bytes of a key file without the end of their line.
  private func readKey(_ path: String) throws -> [UInt8] {
    var reader = ChunkReader(try Descriptor.reading(path), size: 1 << 16)
    var key = try reader.next() ? Array(reader.storage[..<reader.count]) : []
    while key.last == 0x0A || key.last == 0x0D { key.removeLast() }
    if key.count < 16 { throw CommandError(.configuration, "--key-file \(path): a key has at least 16 bytes") }
    return key
  }

  private func quality() throws -> QualityStage? {
    guard let qualityRules else { return nil }
    let dropping = Set(QualityRule.allCases.filter { $0.action == .drop })
    switch qualityRules {
    case "default": return QualityStage(dropping: dropping, counting: Set(QualityRule.allCases).subtracting(dropping))
    case "all": return QualityStage(dropping: Set(QualityRule.allCases), counting: [])
    default:
      let rules = qualityRules.split(separator: ",", omittingEmptySubsequences: false).map {
        QualityRule(rawValue: String($0))
      }
      if rules.contains(nil) {
        let names = QualityRule.allCases.map(\.rawValue).joined(separator: ",")
        throw ValidationError("--quality-rules is default, all, or a list of \(names)")
      }
      return QualityStage(dropping: Set(rules.compactMap { $0 }), counting: [])
    }
  }

  private func readEvaluationPrompts(_ diagnostics: Diagnostics) throws -> ContaminationIndex {
    var index = ContaminationIndex()
    var scanner = LineScanner.records()
    for path in contamination {
      try RecordInput.readAll(path, diagnostics, &scanner) { try ContaminationStage.add($0, $1, to: &index) }
    }
    index.seal()
    return index
  }

  private func splitStage() throws -> SplitStage? {
    guard let split, let part else { return nil }
    var parts: [HashSplit.Part] = []
    for item in split.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = item.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, let share = ShareArgument(argument: String(sides[1])) else {
        throw ValidationError("--split is a list of NAME=SHARE, e.g. train=0.9,validation=0.1")
      }
      parts.append(HashSplit.Part(name: String(sides[0]), share: Double(share.millionths) / 1_000_000))
    }
    guard let group = group.map({ SplitStage.Group(rawValue: $0) }) ?? .conversation else {
      throw ValidationError("--group is conversation or user")
    }
    if !parts.contains(where: { $0.name == part }) { throw ValidationError("--part \(part) is no part of --split") }
    guard let stage = SplitStage(parts, part: part, by: group, afterOthers: dedup != nil) else {
      throw ValidationError("--split needs different names, and shares above 0 that are 1 together")
    }
    return stage
  }

  private func caps() throws -> [CapStage] {
    var stages: [CapStage] = []
    for (option, field, text) in [
      ("--max-per-user", RecordField.userID, maxPerUser), ("--max-per-category", .category, maxPerCategory),
    ] {
      guard let text else { continue }
      if let count = WholeNumber(argument: text), count.value > 0 {
        stages.append(CapStage(field, .count(count.value)))
      } else if text.contains("."), let share = ShareArgument(argument: text), share.millionths > 0 {
        stages.append(CapStage(field, .share(millionths: share.millionths)))
      } else {
        throw ValidationError("\(option) is a number of records, or a share such as 0.2")
      }
    }
    return stages
  }
}
