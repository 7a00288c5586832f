import FeedbackModel
import NDJSON

/// What may be trained on besides the rules that always hold.
public struct RoutePolicy: Sendable {
  /// The least quality of an answer that is learnt as it was given; without one it is the standard for interactions, and
  /// examples are believed.
  public var threshold: Quality?
  /// Only what a reviewer approved.
  public var approvedOnly = false
  /// Answers that nobody rated, too.
  public var includeUnrated = false

  /// The rules that always hold, and the standard threshold.
  public init() {}
}

/// Why a record is not trained on.
public enum DropReason: Int, CaseIterable, Sendable {
  /// It was not ingested: the feedback in it stands where nobody looks.
  case notIngested
  /// It ended in an error.
  case error
  /// A reviewer said no.
  case rejected
  /// No reviewer said yes, and only approved ones were asked for.
  case notApproved
  /// Nobody rated it.
  case unrated
  /// At most two stars, and nobody said what the answer should have been.
  case poor
  /// Less than the threshold.
  case belowThreshold
  /// The prompt is empty.
  case emptyPrompt
  /// The answer to learn is empty.
  case emptyAnswer
  /// It was made for another use: a pair, a negative label, a prompt alone.
  case otherUse

  /// The words that follow a count.
  public var words: String {
    switch self {
    case .notIngested: "with feedback outside of `feedback` (fb-ingest moves it)"
    case .error: "with an error"
    case .rejected: "rejected by a reviewer"
    case .notApproved: "not approved"
    case .unrated: "unrated"
    case .poor: "poor without a correction"
    case .belowThreshold: "below the threshold"
    case .emptyPrompt: "with an empty prompt"
    case .emptyAnswer: "with an empty answer"
    case .otherUse: "for another use"
    }
  }
}

/// What becomes of a record.
public enum Fate: Sendable, Equatable {
  /// It is trained on, with this answer as the target.
  case train(TrainingTarget)
  /// It is left out.
  case drop(DropReason)
}

/// The answer that is learnt.
public enum TrainingTarget: String, Sendable {
  /// What a person said the answer should have been.
  case correction
  /// The answer as it was given and rated.
  case rated
  /// The answer as it was given, which nobody rated.
  case unrated
}

/// The one place that decides what may be trained on.
///
/// A correction is learnt whatever the rating; one that says what the answer said corrects nothing and is none. Without
/// one, an answer of at most two stars is never a target, whatever the threshold; errors and what a reviewer rejected are
/// never trained on at all.
public enum Route {
  /// The members outside of `feedback` that decide, too: a scanner has to locate them in the first extra slots.
  public static let extraPaths = [["user_rating"], ["approved"], ["corrected_response"]]

  /// The rating of an example, which stands at its top.
  public static func exampleRating(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(0)]
  }

  /// Whether an interaction is flat, as logs have it: what people said about it was not moved into `feedback` yet.
  ///
  /// What stands in `feedback` too was heeded, whatever is left outside.
  private static func isFlat(_ scanner: borrowing LineScanner) -> Bool {
    func isOutside(_ index: Int, _ inside: Field) -> Bool {
      scanner.fields[LineScanner.extraSlot(index)].hasValue && !inside.hasValue
    }
    return isOutside(0, scanner[.userRating]) || isOutside(1, scanner[.approved])
      || isOutside(2, scanner[.correctedResponse])
  }

  /// The fate of the interaction that a scanner with `extraPaths` saw last.
  public static func interaction(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) -> Fate {
    if isFlat(scanner) { return .drop(.notIngested) }
    if try scanner.isError(bytes) { return .drop(.error) }
    switch try scanner.boolean(.approved) {
    case false?: return .drop(.rejected)
    case nil: if policy.approvedOnly { return .drop(.notApproved) }
    case true?: break
    }
    let rating = try scanner.rating(bytes, .userRating)
    if isBlank(bytes, try scanner.text(.userPrompt)) { return .drop(.emptyPrompt) }
    let answer = try scanner.text(.aiResponse)
    if corrects(bytes, try scanner.text(.correctedResponse), answer) { return .train(.correction) }
    if let rating {
      if rating.isPoor { return .drop(.poor) }
      if !rating.hasQuality(atLeast: policy.threshold ?? .standard) { return .drop(.belowThreshold) }
    } else if !policy.includeUnrated {
      return .drop(.unrated)
    }
    if isBlank(bytes, answer) { return .drop(.emptyAnswer) }
    return .train(rating == nil ? .unrated : .rated)
  }

  /// The fate of an example that was made before: what is labelled bad, made for another use, an error, rejected, or poor
  /// without being a correction is no target, whoever made it and whatever it says of its origin.
  ///
  /// What else an interaction has to be was asked when the example was made; only what the policy asks for narrows it down.
  public static func example(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) -> Fate {
    if !JSONText.equals(bytes, try scanner.text(.use), sft) { return .drop(.otherUse) }
    if try scanner.boolean(.label) == false { return .drop(.otherUse) }
    if try scanner.isError(bytes) { return .drop(.error) }
    let isApproved = try scanner.boolean(.approved)
    if isApproved == false { return .drop(.rejected) }
    if policy.approvedOnly && isApproved != true { return .drop(.notApproved) }
    let stars = try Rating.read(bytes, exampleRating(scanner), name: "user_rating")
    let feedbackStars = try scanner.rating(bytes, .userRating)
    let isPoor = stars?.isPoor == true || feedbackStars?.isPoor == true
    if isBlank(bytes, try scanner.text(.userPrompt)) { return .drop(.emptyPrompt) }
    let completion = try scanner.text(.completion)
    if isBlank(bytes, completion) { return .drop(.emptyAnswer) }
    let answer = try scanner.text(.aiResponse)
    let isCorrection =
      JSONText.equals(bytes, try scanner.text(.origin), correction) && corrects(bytes, completion, answer)
    if isCorrection { return .train(.correction) }
    if isPoor { return .drop(.poor) }
    guard let rating = stars ?? feedbackStars else {
      return policy.threshold == nil || policy.includeUnrated ? .train(.unrated) : .drop(.unrated)
    }
    if let threshold = policy.threshold, !rating.hasQuality(atLeast: threshold) { return .drop(.belowThreshold) }
    return .train(.rated)
  }

  private static let sft = Array("sft".utf8)
  private static let correction = Array(TrainingTarget.correction.rawValue.utf8)

  /// Whether a text is there and says something else than the answer that was given.
  private static func corrects(_ bytes: Span<UInt8>, _ correction: Field, _ answer: Field) -> Bool {
    if isBlank(bytes, correction) { return false }
    if answer.kind != .string { return true }
    return !JSONText.equals(bytes, answer, JSONText.bytes(bytes, correction))
  }

  /// Whether a string is missing or holds nothing but ASCII white space, escaped or not.
  static func isBlank(_ bytes: Span<UInt8>, _ field: Field) -> Bool {
    if field.kind != .string { return true }
    var position = field.start
    while position < field.end {
      switch bytes[position] {
      case 0x20: position += 1
      case 0x5C:
        let next = bytes[position + 1]
        if next == 0x75 { return JSONText.bytes(bytes, field).allSatisfy { $0 <= 0x20 } }
        if next != 0x6E && next != 0x72 && next != 0x74 && next != 0x66 { return false }
        position += 2
      default: return false
      }
    }
    return true
  }
}
