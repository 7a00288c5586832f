import FeedbackExport
import FeedbackModel

/// What an example was made of: one record, or in a pair two answers.
struct ExampleOrigin {
  /// The kind of record that it was read from.
  var type: RecordType
  /// The numbers of two answers to one prompt that became a pair; an answer may be in several pairs.
  var answers: (good: Int, bad: Int)?
}

/// How many records are in a file, and how many are not and why: each record counts once, in however many pairs it is.
struct OriginCounts {
  private var used = 0
  private var refusals = [Int](repeating: 0, count: TargetRefusal.allCases.count)
  private var usedAnswers: Set<Int> = []
  private var refusedAnswers: [Int: TargetRefusal] = [:]

  /// Counts the records of an example that was written, or refused for a reason.
  mutating func add(_ origin: ExampleOrigin, _ refusal: TargetRefusal?) {
    guard let answers = origin.answers else {
      if let refusal { refusals[refusal.rawValue] += 1 } else { used += 1 }
      return
    }
    for answer in [answers.good, answers.bad] {
      if let refusal { refusedAnswers[answer] = refusal } else { usedAnswers.insert(answer) }
    }
  }

  /// Counts records of which no example is written after all.
  mutating func refuse(_ others: OriginCounts, _ refusal: TargetRefusal) {
    for reason in TargetRefusal.allCases { refusals[reason.rawValue] += others.refused(reason) }
    refusals[refusal.rawValue] += others.written
  }

  /// How many records are in the file.
  var written: Int { used + usedAnswers.count }

  /// How many records are not in it for a reason.
  func refused(_ refusal: TargetRefusal) -> Int {
    refusals[refusal.rawValue] + refusedAnswers.count { $0.value == refusal && !usedAnswers.contains($0.key) }
  }
}
