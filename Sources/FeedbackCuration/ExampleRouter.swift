import FeedbackModel
import NDJSON

/// Turns interactions into records of type `example`, and counts those that are not fit by reason.
public struct ExampleRouter: Sendable {
  private let policy: RoutePolicy
  /// The line of the last example, without its newline.
  public private(set) var line: [UInt8] = []
  /// What was left out.
  public private(set) var dropped = DropCounts()

  /// Starts with nothing left out.
  public init(_ policy: RoutePolicy) { self.policy = policy }

  /// A router of the same policy with nothing left out.
  public var empty: ExampleRouter { ExampleRouter(policy) }

  /// Adds what another one has left out.
  public mutating func add(_ counts: DropCounts) { dropped.add(counts) }

  /// Decides on the interaction that a scanner with `Route.extraPaths` saw last; makes `line` of it and returns true if it may be trained on.
  ///
  /// The members of the example are copied as they were spelled, in the order of the wire.
  public mutating func makeExample(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner
  ) throws(RecordError) -> Bool {
    let target: TrainingTarget
    switch try Route.interaction(bytes, scanner, policy) {
    case .drop(let reason):
      dropped.add(reason)
      return false
    case .train(let answer): target = answer
    }
    line.removeAll(keepingCapacity: true)
    line.append("{\"type\":\"example\",\"use\":\"sft\"")
    let id = try scanner.text(.id)
    if id.kind == .string {
      line.append(",\"id\":\"")
      line.append(bytes, id.range)
      line.append("#sft\",\"interaction_id\":")
      line.append(bytes, id.textRange)
    }
    copy(",\"session_id\":", bytes, try scanner.text(.sessionID))
    copy(",\"user_id\":", bytes, try scanner.text(.userID))
    copy(",\"category\":", bytes, try scanner.text(.category))
    copy(",\"user_rating\":", bytes, scanner[.userRating])
    copy(",\"system_prompt\":", bytes, try scanner.text(.systemPrompt))
    copy(",\"history\":", bytes, try scanner.history(bytes))
    copy(",\"user_prompt\":", bytes, scanner[.userPrompt])
    let answer = target == .correction ? scanner[.correctedResponse] : scanner[.aiResponse]
    copy(",\"completion\":", bytes, answer)
    line.append(",\"label\":true,\"origin\":\"")
    line.append(contentsOf: target.rawValue.utf8)
    line.append("\"}")
    return true
  }

  private mutating func copy(_ key: StaticString, _ bytes: Span<UInt8>, _ field: Field) {
    if !field.hasValue { return }
    line.append(key)
    line.append(bytes, field.textRange)
  }
}

/// How many records were left out, by reason.
public struct DropCounts: Sendable {
  private var counts = [Int](repeating: 0, count: DropReason.allCases.count)

  /// Starts with none.
  public init() {}

  /// Counts one.
  public mutating func add(_ reason: DropReason) { counts[reason.rawValue] += 1 }

  /// Adds others.
  public mutating func add(_ others: DropCounts) {
    for index in counts.indices { counts[index] += others.counts[index] }
  }

  /// How many for a reason.
  public subscript(reason: DropReason) -> Int { counts[reason.rawValue] }

  /// How many in all.
  public var total: Int { counts.reduce(0, +) }

  /// `12 unrated`, `3 poor without a correction` …: each reason that occurred, in a fixed order.
  public var words: [String] {
    DropReason.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.words)" }
  }
}
