import NDJSON
import TextAnalysis

/// Holds the records of files to the rules of a format: the same description that the renderer writes by.
///
/// Memory is about 50 bytes for each record, to find prompts that stand in two files, and as much again where answers have
/// labels, to find those that have both.
public struct FormatChecker: Sendable {
  /// The format.
  public let format: TrainingFormat
  /// What the last record breaks.
  public internal(set) var findings: [CheckFinding] = []
  /// Records of the file so far, and how many of them have a good and a bad label.
  public private(set) var recordCount = 0
  /// Records of the files before.
  private var earlierCount = 0
  private var labelCounts = (good: 0, bad: 0)
  private var fileIndex = 0
  private var prompts = PromptTable()
  /// Answers with a label, each to its prompt.
  private var labelled = PromptTable()
  /// The members of the first record of the file, where the records are read as a table.
  var firstMembers: Set<String>?
  /// Whether the first record of the file has a system prompt.
  private var firstHasSystem: Bool?
  /// Whether the first record of the first file has one.
  private var trainingHasSystem: Bool?
  /// Whether the first record of the file has strings for turns.
  private var firstIsText: Bool?

  // What is known of the record at hand.
  var steps: [PointerStep] = []
  var hasSystem = false
  var textBytes = 0
  var better = Field.missing
  var worse = Field.missing
  var prompt = Field.missing
  var label: Bool?
  /// Whether the turn at hand calls a tool.
  var callsTools = false
  /// Whether prompts and answers of the record are strings alone, or lists of turns.
  var forms: (text: Bool, turns: Bool) = (false, false)
  var digest = TextDigest()
  /// The digest of everything up to the last prompt.
  var promptDigest: UInt64 = 0

  /// Starts with no file.
  public init(_ format: TrainingFormat) { self.format = format }

  /// Begins a file.
  public mutating func beginFile() {
    fileIndex += 1
    earlierCount += recordCount
    recordCount = 0
    labelCounts = (0, 0)
    trainingHasSystem = trainingHasSystem ?? firstHasSystem
    firstHasSystem = nil
    firstIsText = nil
    firstMembers = nil
  }

  /// Checks the record that was scanned at a line; `findings` has what it breaks.
  public mutating func check(_ bytes: Span<UInt8>, _ root: Field, line: Int) {
    findings.removeAll(keepingCapacity: true)
    steps.removeAll(keepingCapacity: true)
    hasSystem = false
    textBytes = 0
    (better, worse, prompt) = (.missing, .missing, .missing)
    label = nil
    callsTools = false
    forms = (false, false)
    digest = TextDigest()
    promptDigest = 0
    recordCount += 1
    checkMembers(
      format.layout, bytes, root, others: format.otherMembers, takesAny: format.takesAnyMember)
    if findings.contains(where: { $0.rule == .missing && $0.pointer.utf8.filter { $0 == 0x2F }.count == 1 }) {
      suggestFormat(bytes, root)
    }
    checkWhole(bytes)
    if findings.contains(where: { !$0.isWarning }) { return }
    checkRepetition(bytes, line)
  }

  /// What is wrong with a file as a whole, of so many bytes, now that its records were checked.
  public func findingsOfFile(byteCount: Int, allowFew: Bool, allowMany: Bool = false) -> [CheckFinding] {
    var findings: [CheckFinding] = []
    let limits = format.limits
    func records(_ count: Int) -> String { count == 1 ? "1 record" : "\(count) records" }
    // Of the files after the first, which are to validate with, no target wants a number.
    let isFirst = fileIndex <= 1
    let least = isFirst ? limits.recordsMin : min(1, limits.recordsMin)
    if recordCount < least && !allowFew {
      findings.append(
        CheckFinding(.minimum, "\(records(recordCount)): \(format.name) needs \(least); add examples"))
    }
    if isFirst && byteCount < limits.fileBytesMin && recordCount >= limits.recordsMin && !allowFew {
      findings.append(
        CheckFinding(.size, "\(byteCount) bytes: \(format.name) needs \(limits.fileBytesMin); add examples"))
    }
    if let most = limits.recordsMax, recordCount > most, !allowMany {
      findings.append(
        CheckFinding(.maximum, "\(records(recordCount)): \(format.name) takes at most \(most); leave some out"))
    }
    if let most = limits.recordsMax, limits.coversAllFiles, earlierCount > 0, recordCount <= most, !allowMany,
      earlierCount + recordCount > most
    {
      findings.append(
        CheckFinding(
          .maximum,
          "\(earlierCount + recordCount) records with the files before: \(format.name) takes at most \(most) of training "
            + "and validation together; leave some out"))
    }
    if let most = limits.validationMax, fileIndex > 1, recordCount > most, !allowMany {
      findings.append(
        CheckFinding(
          .maximum, "\(records(recordCount)): to validate with, \(format.name) takes at most \(most); leave some out",
          isWarning: true))
    }
    if let most = limits.fileBytesMax, byteCount > most, !allowMany {
      findings.append(CheckFinding(.size, "\(byteCount) bytes: \(format.name) takes at most \(most); leave some out"))
    }
    if format.takes == .kto && recordCount > 0 {
      let (good, bad) = labelCounts
      if (good == 0 || bad == 0) && !allowFew {
        findings.append(
          CheckFinding(.labels, "labels of one kind only: there is nothing to compare; add answers of the other kind"))
      } else if good > 0 && bad > 0 && max(good, bad) > 10 * min(good, bad) {
        findings.append(
          CheckFinding(
            .labels, "\(good) good and \(bad) bad labels, far from even; set weights that make up for it",
            isWarning: true))
      }
    }
    return findings
  }

  // MARK: The record as a whole

  private mutating func checkWhole(_ bytes: Span<UInt8>) {
    steps.removeAll(keepingCapacity: true)
    if let tokensMax = format.limits.tokensMax {
      let tokens = TrainingFormat.tokens(ofBytes: textBytes)
      if tokens > tokensMax {
        add(.length, "about \(tokens) tokens: \(format.name) takes \(tokensMax) and cuts off the answer; leave it out")
      }
    }
    if isTie(bytes, better, worse) {
      add(.tie, "both answers are the same, but for white space: there is nothing to prefer; leave the pair out")
    }
    if format.hasUniformSystem {
      if let firstHasSystem, firstHasSystem != hasSystem {
        add(.system, "a system prompt on some records only; give it to all of them, or to none")
      }
      if let trainingHasSystem, firstHasSystem == nil, trainingHasSystem != hasSystem {
        let (here, there) = hasSystem ? ("a", "none") : ("no", "one")
        add(.system, "\(here) system prompt, and \(there) in the files before; let all of them have one, or none")
      }
      if firstHasSystem == nil { firstHasSystem = hasSystem }
    }
    if format.takesPlainText { checkForm() }
    if format.hasSeam {
      if JSONText.endsInSpace(bytes, prompt) { add(.seam, "the prompt ends in white space; cut it off") }
      if JSONText.beginsWithSpace(bytes, better) { add(.seam, "the answer begins with white space; cut it off") }
    }
    if let label { if label { labelCounts.good += 1 } else { labelCounts.bad += 1 } }
  }

  /// What reads the records as a table wants strings in all of them, or lists of turns.
  private mutating func checkForm() {
    if forms.text && forms.turns {
      add(.type, "strings beside lists of turns; write one of them")
    } else if let firstIsText, forms.text != forms.turns, firstIsText != forms.text {
      add(.type, "\(forms.text ? "strings" : "lists of turns"), unlike the first record; write one of them in all")
    }
    if forms.text != forms.turns { firstIsText = firstIsText ?? forms.text }
  }

  /// Whether two answers are there of which nobody can tell the one from the other.
  func isTie(_ bytes: Span<UInt8>, _ better: Field, _ worse: Field) -> Bool {
    if better.kind != .string || worse.kind != .string { return false }
    var forms: (better: [UInt8], worse: [UInt8]) = ([], [])
    NormalForm.visible(JSONText.bytes(bytes, better).span, into: &forms.better)
    NormalForm.visible(JSONText.bytes(bytes, worse).span, into: &forms.worse)
    // Empty ones are told as such.
    return forms.better == forms.worse && !forms.better.isEmpty
  }

  private mutating func checkRepetition(_ bytes: Span<UInt8>, _ line: Int) {
    var answer = TextDigest()
    answer.add(bytes, better)
    answer.add(bytes, worse)
    if let label {
      checkLabel(label, of: answer.value ^ (promptDigest &* 0x9E37_79B9_7F4A_7C15), line)
      answer.add(mark: label ? 1 : 0)
    }
    // What stands between the last prompt and the answer, calls of tools say, is part of what is compared.
    let place = PromptTable.Place(
      file: fileIndex, line: line, answer: answer.value ^ (digest.value &* 0x9E37_79B9_7F4A_7C15))
    guard let first = prompts.insert(promptDigest, place) else { return }
    if first.file != fileIndex {
      add(
        .overlap,
        "the prompt is in file \(first.file), line \(first.line), too: a model would be tested with what it learnt; "
          + "keep it in one of the files")
    } else if first.answer == place.answer {
      add(.duplicate, "the same as line \(first.line); keep one of them", isWarning: true)
    }
  }

  /// An answer that is good in one line and bad in another teaches nothing.
  private mutating func checkLabel(_ label: Bool, of answer: UInt64, _ line: Int) {
    let place = PromptTable.Place(file: fileIndex, line: line, answer: label ? 1 : 0)
    guard let first = labelled.insert(answer, place), first.file == fileIndex, first.answer != place.answer else {
      return
    }
    add(
      .label, "the same answer to the same prompt has the other label in line \(first.line); leave both out",
      isWarning: true)
  }

  /// If the members are just those of another format, somebody took the one for the other.
  private mutating func suggestFormat(_ bytes: Span<UInt8>, _ root: Field) {
    let own = Set(format.layout.compactMap(\.key?.name))
    var members = MemberCursor(root)
    var isForeign = false
    while let member = members.next(bytes) {
      isForeign = isForeign || !own.contains(JSONText.string(bytes, member.key))
    }
    if !isForeign { return }
    for other in TrainingFormat.all where other.name != format.name {
      var keys = Set(other.layout.filter { !$0.isOptional }.compactMap(\.key?.name))
      let optional = Set(other.layout.compactMap(\.key?.name)).subtracting(keys)
      var cursor = MemberCursor(root)
      var isOther = true
      while let member = cursor.next(bytes) {
        let key = JSONText.string(bytes, member.key)
        if keys.remove(key) == nil && !optional.contains(key) { isOther = false }
      }
      if isOther && keys.isEmpty {
        add(.missing, "the members are those of \(other.name); export it as \(format.name)")
        return
      }
    }
  }

  mutating func add(_ rule: CheckRule, _ message: String, isWarning: Bool = false) {
    findings.append(CheckFinding(rule, at: PointerStep.pointer(steps), message, isWarning: isWarning))
  }

  /// Adds a finding about a value inside.
  mutating func add(_ rule: CheckRule, in step: PointerStep, _ message: String, isWarning: Bool = false) {
    steps.append(step)
    add(rule, message, isWarning: isWarning)
    steps.removeLast()
  }
}

/// Where each prompt was seen first.
struct PromptTable: Sendable {
  struct Place: Sendable {
    var file: Int
    var line: Int
    var answer: UInt64
  }

  private var places: [UInt64: Place] = [:]

  /// Takes note of a prompt; returns where it was seen before.
  mutating func insert(_ prompt: UInt64, _ place: Place) -> Place? {
    if let first = places[prompt] { return first }
    places[prompt] = place
    return nil
  }
}

/// 64 bits that stand for texts, with runs of white space taken for one space: what differs in more is another prompt.
struct TextDigest: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Adds a text; one that is not there counts, too.
  mutating func add(_ bytes: Span<UInt8>, _ field: Field) {
    if field.kind == .string {
      var isPending = false
      var hasText = false
      for byte in JSONText.bytes(bytes, field) {
        if byte <= 0x20 {
          isPending = hasText
        } else {
          if isPending { mix(0x20) }
          mix(byte)
          hasText = true
          isPending = false
        }
      }
    }
    mix(0xFF)
  }

  /// Adds a mark that no text holds.
  mutating func add(mark: UInt8) {
    mix(0xFE)
    mix(mark)
  }

  /// FNV-1a, with its bits mixed so that all of them depend on all bytes.
  var value: UInt64 {
    let half = (state ^ (state &>> 32)) &* 0xd6e8_feb8_6659_fd93
    return half ^ (half &>> 32)
  }

  private mutating func mix(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
