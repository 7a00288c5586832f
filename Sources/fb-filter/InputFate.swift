import FeedbackCuration

/// What became of a record of the input, as one byte.
struct InputFate: Equatable, Sendable {
  let code: UInt8

  /// Its bytes were written as they came, or what it is good for was.
  static let written = InputFate(code: 0)
  /// It was written with something replaced in it.
  static let redacted = InputFate(code: 1)
  /// It did not pass the selection.
  static let notSelected = InputFate(code: 2)
  /// It has no time that the window could look at.
  static let withoutTime = InputFate(code: 3)
  /// Nothing is known before the end.
  static let pending = InputFate(code: 255)

  /// It is not fit for the use.
  static func routed(_ reason: DropReason) -> InputFate { InputFate(code: UInt8(4 + reason.rawValue)) }

  /// A stage of the curation left it out.
  static func curated(_ reason: CurationReason) -> InputFate {
    let index = CurationReason.allCases.firstIndex(of: reason) ?? 0
    return InputFate(code: UInt8(4 + DropReason.allCases.count + index))
  }

  /// All fates but `pending`, with `written` or `dropped` and the reason.
  static let names: [(fate: String, reason: String)] =
    [("written", "passed"), ("written", "redacted"), ("dropped", "selection"), ("dropped", "no_time")]
    + DropReason.allCases.map { ("dropped", $0.code) } + CurationReason.allCases.map { ("dropped", $0.rawValue) }

  var isWritten: Bool { code < 2 }
}

/// How many records had each fate.
struct FateCounts: Sendable {
  private var counts = [Int](repeating: 0, count: 4 + DropReason.allCases.count + CurationReason.allCases.count)

  /// All records whose fate is known.
  var total: Int { counts.reduce(0, +) }

  mutating func add(_ fate: InputFate) { counts[Int(fate.code)] += 1 }

  mutating func add(_ others: FateCounts) {
    for index in counts.indices { counts[index] += others.counts[index] }
  }

  /// Those that occurred, in a fixed order.
  var rows: [(fate: String, reason: String, count: Int)] {
    counts.indices.compactMap { index in
      let name = InputFate.names[index]
      return counts[index] == 0 ? nil : (name.fate, name.reason, counts[index])
    }
  }

  subscript(fate: InputFate) -> Int { counts[Int(fate.code)] }
}
