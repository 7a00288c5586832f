import CommandLineKit
import FeedbackExport
import NDJSON
import SystemIO

/// Holds files to the rules of a format and says where they break them.
extension ExportCommand {
  func checkFiles(_ check: CheckedFormat, _ diagnostics: Diagnostics) throws {
    try input.requireInput()
    let stream = try output.open()
    var run = CheckRun(
      check.format, allowFew: allowFew, allowMany: allowMany, lineLengthMax: input.lineLengthMax, stream)
    let paths = input.files.isEmpty ? ["-"] : input.files
    for path in paths { try run.check(path) }
    try stream.finish()
    if run.refusedCount > 0 { throw CommandError(.refused, "") }
    if input.verbose {
      diagnostics.note(
        "\(counted(run.recordCount, "record")) of \(counted(paths.count, "file")): \(check.name) takes them")
    }
  }
}

/// One run over the files.
private struct CheckRun: ~Copyable {
  private var checker: FormatChecker
  private let allowFew: Bool
  private let allowMany: Bool
  private let lineLengthMax: Int
  private let output: OutputStream
  private var scanner = LineScanner(FieldSet(paths: []))
  private var path = ""
  private var line = 0
  /// Findings that are no warnings, and records, of all files.
  private(set) var refusedCount = 0
  private(set) var recordCount = 0

  init(_ format: TrainingFormat, allowFew: Bool, allowMany: Bool, lineLengthMax: Int, _ output: OutputStream) {
    checker = FormatChecker(format)
    self.allowFew = allowFew
    self.allowMany = allowMany
    self.lineLengthMax = lineLengthMax
    self.output = output
  }

  mutating func check(_ path: String) throws {
    self.path = path
    line = 0
    checker.beginFile()
    var reader = BlockReader(try Descriptor.reading(path), lineLengthMax: lineLengthMax)
    var isFirst = true
    reading: while true {
      switch try reader.next() {
      case .end: break reading
      case .overlong(let length):
        line += 1
        isFirst = false
        try report(overlong(length))
      case .lines:
        let length = reader.endsWithoutNewline ? reader.lines.count - 1 : reader.lines.count
        let goesOn = try checkLines(reader.storage.span, reader.lines, isFirst: isFirst, length: length)
        isFirst = false
        if !goesOn { return }
      }
    }
    if isFirst && checker.format.hasByteOrderMark { try report(markFinding(isThere: false)) }
    recordCount += checker.recordCount
    for finding in checker.findingsOfFile(byteCount: reader.fileOffset, allowFew: allowFew, allowMany: allowMany) {
      try report(finding)
    }
  }

  /// Checks lines that take so many bytes of the file; false where the rest of it is of no use.
  private mutating func checkLines(
    _ bytes: Span<UInt8>, _ lines: Range<Int>, isFirst: Bool, length: Int
  ) throws -> Bool {
    var start = lines.lowerBound
    if isFirst {
      if bytes[start] >= 0xFE || bytes[start] == 0 || (lines.count > 1 && bytes[start + 1] == 0) {
        line = 1
        try report(CheckFinding(.encoding, "not UTF-8 but UTF-16 or UTF-32; convert it: iconv -f UTF-16 -t UTF-8"))
        return false
      }
      let hasMark = FormatFile.byteOrderMark.matches(bytes, start..<min(start + 3, bytes.count))
      if hasMark { start += 3 }
      line = 1
      if hasMark != checker.format.hasByteOrderMark { try report(markFinding(isThere: hasMark)) }
      line = 0
      // A mark and nothing else is a file without records.
      if hasMark && length == FormatFile.byteOrderMark.count { return true }
    }
    while start < lines.upperBound {
      let next = scanner.scan(bytes, from: start)
      line += 1
      if next - 1 - start > lineLengthMax {
        try report(overlong(next - 1 - start))
      } else if try !checkLine(bytes, start..<next - 1) {
        return false
      }
      start = next
    }
    return true
  }

  private func overlong(_ length: Int) -> CheckFinding {
    CheckFinding(.length, "a line of \(length) bytes: longer than --max-line \(lineLengthMax)")
  }

  private func markFinding(isThere: Bool) -> CheckFinding {
    isThere
      ? CheckFinding(.bom, "a byte order mark, which JSON has not; cut it off: tail -c +4")
      : CheckFinding(.bom, "no byte order mark, which \(checker.format.name) asks for; put EF BB BF before the file")
  }

  /// Checks one line; false where the rest of the file is of no use.
  private mutating func checkLine(_ bytes: Span<UInt8>, _ range: Range<Int>) throws -> Bool {
    if scanner.code == .blank {
      try report(CheckFinding(.blankLine, "no record; take the line out"))
      return true
    }
    guard let error = scanner.error else {
      checker.check(bytes, scanner.root, line: line)
      for finding in checker.findings { try report(finding) }
      return true
    }
    var first = range.lowerBound
    while first < range.upperBound && bytes[first] <= 0x20 { first += 1 }
    if first < range.upperBound && bytes[first] == 0x5B {
      try report(CheckFinding(.jsonl, "an array; write one object a line: jq -c '.[]'"))
      return false
    }
    if FormatFile.byteOrderMark.matches(bytes, first..<min(first + 3, range.upperBound)) {
      try report(CheckFinding(.bom, "a byte order mark before a record, as where files were put together; take it out"))
      return true
    }
    if error.code == .truncated && line == 1 {
      try report(CheckFinding(.jsonl, "a record that does not end on its line; write one object a line: jq -c ."))
      return false
    }
    if error.code == .utf8 {
      try report(CheckFinding(.encoding, "column \(error.offset - range.lowerBound + 1): not UTF-8; convert the file"))
    } else {
      let column = error.offset - range.lowerBound + 1
      try report(
        CheckFinding(
          .syntax, "column \(column): \(error.code.message); let a JSON library write it (quotes in texts are escaped)")
      )
    }
    return true
  }

  private mutating func report(_ finding: CheckFinding) throws {
    if !finding.isWarning { refusedCount += 1 }
    try output.write("\(path):\(max(line, 1)): \(finding.text)\n")
  }
}
