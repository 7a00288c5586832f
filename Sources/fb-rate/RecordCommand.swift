import ArgumentParser
import CommandLineKit
import FeedbackCollection
import SystemIO
import Timestamps

struct RecordCommand: OptionKinds {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Append one feedback event to a log.",
    discussion: """
      At least one of the fields is needed. The line is on disk when the command ends; several writers at once do not \
      disturb each other.
      """)

  static let flags: Set<String> = ["--approved", "--rejected"]
  static let repeatable: Set<String> = ["--withdraw"]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The interaction that the feedback is about.", valueName: "ID"))
  var interaction: String
  @Option(parsing: .unconditional, help: ArgumentHelp("The person who gives it.", valueName: "ID"))
  var user: String?
  @Option(help: ArgumentHelp("Overall stars, 1 to 5.", valueName: "N"))
  var rating: StarsArgument?
  @Option(help: ArgumentHelp("Stars for accuracy, 1 to 5.", valueName: "N"))
  var accuracy: StarsArgument?
  @Option(help: ArgumentHelp("Stars for helpfulness, 1 to 5.", valueName: "N"))
  var helpfulness: StarsArgument?
  @Option(help: ArgumentHelp("Stars for clarity, 1 to 5.", valueName: "N"))
  var clarity: StarsArgument?
  @Option(parsing: .unconditional, help: ArgumentHelp("What the person said.", valueName: "T"))
  var text: String?
  @Option(parsing: .unconditional, help: ArgumentHelp("What the person would improve.", valueName: "T"))
  var suggestion: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The answer that should have been given.", valueName: "T"))
  var correction: String?
  @Flag(exclusivity: .exclusive)
  var decision: ReviewDecision?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Take back what the person said in FIELD, user_rating for one; may be given more than once.",
      valueName: "FIELD"))
  var withdraw: [EventLine.Member] = []
  @Option(
    help: ArgumentHelp("When it was given, an RFC 3339 time (default: now, by the host's clock).", valueName: "TIME"))
  var asOf: MomentArgument?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The log; made with mode 0600 if it is not there.", valueName: "FILE"))
  var log: String

  func validate() throws {
    if interaction.isEmpty { throw ValidationError("--interaction is empty") }
    if user?.isEmpty == true { throw ValidationError("--user is empty") }
    let values = event(at: Timestamp(seconds: 0)).values
    let given =
      [rating, accuracy, helpfulness, clarity].count { $0 != nil }
      + [text, suggestion, correction].count { $0 != nil } + (decision == nil ? 0 : 1)
    if values.count < given + withdraw.count {
      throw ValidationError("--withdraw names a field that is given, or one twice")
    }
    if values.isEmpty {
      throw ValidationError("Nothing to record: give --rating, --text or another field")
    }
  }

  func run() throws {
    let moment = asOf?.moment ?? Timestamp(microseconds: StandardStreams.currentMicroseconds())
    try LogFile.append(event(at: moment).line, to: log)
  }

  private func event(at moment: Timestamp) -> EventLine {
    var event = EventLine(interactionID: interaction, userID: user, timestamp: moment)
    event.values[.userRating] = rating.map { .stars(millionths: $0.millionths) }
    event.values[.accuracy] = accuracy.map { .stars(millionths: $0.millionths) }
    event.values[.helpfulness] = helpfulness.map { .stars(millionths: $0.millionths) }
    event.values[.clarity] = clarity.map { .stars(millionths: $0.millionths) }
    event.values[.feedbackText] = text.map { .text($0) }
    event.values[.suggestion] = suggestion.map { .text($0) }
    event.values[.correctedResponse] = correction.map { .text($0) }
    event.values[.approved] = decision.map { .decision($0 == .approved) }
    for member in withdraw { event.values[member] = .withdrawn }
    return event
  }
}

extension Timestamp {
  /// A moment from 1970 on.
  fileprivate init(microseconds count: Int) {
    self.init(seconds: count / 1_000_000, nanoseconds: count % 1_000_000 * 1000)
  }
}

extension EventLine.Member: ExpressibleByArgument {}

/// A reviewer's decision.
enum ReviewDecision: String, EnumerableFlag {
  /// The answer may be trained on.
  case approved
  /// The answer is never trained on.
  case rejected

  static func help(for value: ReviewDecision) -> ArgumentHelp? {
    switch value {
    case .approved: "A reviewer's decision: the answer is fit to train on."
    case .rejected: "A reviewer's decision: the answer is never trained on."
    }
  }
}
