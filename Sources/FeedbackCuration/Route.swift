import FeedbackModel
import NDJSON
import TextAnalysis

/// What records are wanted for.
public enum TrainingUse: String, CaseIterable, Sendable {
  /// Supervised fine-tuning: a prompt and the answer to learn.
  case sft
  /// A better and a worse answer to one prompt.
  case pairs
  /// A good or a bad answer alone.
  case kto
  /// The prompt, with the answer to learn where there is one.
  case prompts
  /// Poor answers that wait for somebody to say what they should have been.
  case review
  /// Poor answers that a better model must not give again.
  case regression

  /// Whether what comes of a record depends on the others, so that nothing is known before the last one.
  public var needsWholeInput: Bool { self == .pairs || self == .kto }
}

/// What may be trained on besides the rules that always hold.
public struct RoutePolicy: Sendable {
  /// The least quality of an answer that is learnt as it was given; without one it is the standard for interactions, and
  /// examples are believed.
  public var threshold: Quality?
  /// Only what a reviewer approved.
  public var approvedOnly = false
  /// Answers that nobody rated, too.
  public var includeUnrated = false
  /// The people whose answers are used for nothing.
  public var optedOut = OptedOutPeople()

  /// The rules that always hold, and the standard threshold.
  public init() {}

  /// The rules that options ask for; `qualityMillionths` is the least quality, if one is given.
  public init(qualityMillionths: Int?, approvedOnly: Bool, includeUnrated: Bool) {
    threshold = qualityMillionths.flatMap { Quality(millionths: $0) }
    self.approvedOnly = approvedOnly
    self.includeUnrated = includeUnrated
  }
}

/// Why a record is not trained on.
public enum DropReason: Int, CaseIterable, Sendable {
  /// It was not ingested: the feedback in it stands where nobody looks.
  case notIngested
  /// It ended in an error.
  case error
  /// The person does not want to be used for training.
  case optedOut
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
  /// Neither good nor poor: no half of a pair, and no label.
  case middling
  /// Poor, but of an accuracy of four stars or more: unwelcome, not wrong, and so not the worse answer of a pair.
  case unwelcome
  /// There is no answer of the other kind to the same prompt.
  case unpaired
  /// It is in a pair, and so no label alone.
  case paired
  /// Somebody said what the answer should have been, so there is nothing to review.
  case corrected
  /// More than two stars: nothing to review.
  case notPoor
  /// The better and the worse answer are the same, or not better and worse.
  case tie
  /// People found the same answer to the same prompt good and poor.
  case contradictory
  /// Feedback that was not put into its interaction: what it says is heeded by nobody here.
  case notJoined
  /// What a person wants, which is heeded only in a file of preferences.
  case preferences
  /// A record of a kind that is never trained on.
  case otherKind

  /// Its name in a file for programs: `below_threshold`.
  public var code: String { snakeCase("\(self)") }

  /// The words that follow a count.
  public var words: String {
    switch self {
    case .notIngested: "with feedback outside of `feedback` (fb-ingest moves it)"
    case .error: "with an error"
    case .optedOut: "of people who opted out"
    case .rejected: "rejected by a reviewer"
    case .notApproved: "not approved"
    case .unrated: "unrated"
    case .poor: "poor without a correction"
    case .belowThreshold: "below the threshold"
    case .emptyPrompt: "with an empty prompt"
    case .emptyAnswer: "with an empty answer"
    case .otherUse: "for another use"
    case .middling: "neither good nor poor"
    case .unwelcome: "poor but accurate"
    case .unpaired: "without a counterpart"
    case .paired: "in a pair"
    case .corrected: "with a correction"
    case .notPoor: "not poor"
    case .tie: "of two answers of which none is better"
    case .contradictory: "found good by some and poor by others"
    case .notJoined: "not joined (fb-rate join puts feedback into its interaction)"
    case .preferences: "preferences (heeded in --preferences FILE)"
    case .otherKind: "of other kinds"
    }
  }
}

/// What becomes of a record.
public enum Fate: Sendable, Equatable {
  /// It is trained on, with this answer as the target; in a pair, with the answer that was given as the worse one.
  case train(TrainingTarget)
  /// People found the answer good (true) or poor: half of a pair, or a label alone.
  case label(Bool)
  /// The prompt is used, with this answer if one is worth learning.
  case prompt(TrainingTarget?)
  /// The record is used as it is.
  case keep
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
/// never trained on at all, and neither is what came of people who opted out.
public enum Route {
  /// The members that decide besides those of an interaction: a scanner has to locate them in the first extra slots.
  public static let extraPaths = [["user_rating"], ["approved"], ["corrected_response"], ["corrected_by"]]

  /// `extraPaths`, and after them the members of a pair and further texts that were not ingested: what a scanner has to
  /// locate where there may be pairs.
  public static let pairPaths =
    extraPaths + [
      ["chosen"], ["rejected"], ["chosen_rating"], ["rejected_rating"], ["chosen_id"], ["rejected_id"],
      ["rejected_user_id"], ["feedback_text"], ["suggestion"],
    ]

  /// The rating of an example, which stands at its top.
  public static func exampleRating(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(0)]
  }

  /// The better answer of a pair, seen by a scanner with `pairPaths`.
  public static func chosen(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(4)]
  }

  /// The worse answer of a pair, seen by a scanner with `pairPaths`.
  public static func rejected(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(5)]
  }

  /// Who wrote the correction that an example or a pair was made of.
  private static func corrector(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(3)]
  }

  /// The person of the worse answer of a pair, seen by a scanner with `pairPaths`.
  private static func rejectedPerson(_ scanner: borrowing LineScanner) -> Field {
    scanner.fields[LineScanner.extraSlot(10)]
  }

  /// Whether people whose texts are in an example or a pair besides its own opted out.
  private static func isOptedOut(
    _ bytes: Span<UInt8>, _ person: Field, _ name: String, _ policy: RoutePolicy
  ) throws(RecordError) -> Bool {
    if person.hasValue && person.kind != .string { throw .schema(name, "not a string", at: person.start) }
    return !policy.optedOut.isEmpty && policy.optedOut.contains(bytes, person)
  }

  /// The ids of the interactions that a record came of, in the order of its answers; `.missing` where there is none.
  ///
  /// For a scanner with `pairPaths`.
  public static func origins(
    _ scanner: borrowing LineScanner, _ type: RecordType
  ) -> (first: Field, second: Field) {
    switch type {
    case .pair: (scanner.fields[LineScanner.extraSlot(8)], scanner.fields[LineScanner.extraSlot(9)])
    case .example: (scanner[.interactionID].hasValue ? scanner[.interactionID] : scanner[.id], .missing)
    default: (scanner[.id], .missing)
    }
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
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy, for use: TrainingUse = .sft
  ) throws(RecordError) -> Fate {
    if isFlat(scanner) { return .drop(.notIngested) }
    if let reason = try exclusion(bytes, scanner, policy) { return .drop(reason) }
    let rating = try scanner.rating(bytes, .userRating)
    if JSONText.isBlank(bytes, try scanner.text(.userPrompt)) { return .drop(.emptyPrompt) }
    let answer = try scanner.text(.aiResponse)
    let isCorrected = corrects(bytes, try scanner.text(.correctedResponse), answer)
    if use == .sft { return target(bytes, rating, answer, isCorrected: isCorrected, policy) }
    if use == .prompts {
      let fate = target(bytes, rating, answer, isCorrected: isCorrected, policy)
      if case .train(let target) = fate { return .prompt(target) }
      return .prompt(nil)
    }
    if JSONText.isBlank(bytes, answer) { return .drop(.emptyAnswer) }
    switch use {
    case .pairs where isCorrected:
      return isPair(bytes, scanner[.correctedResponse], answer) ? .train(.correction) : .drop(.tie)
    case .kto where isCorrected && isPair(bytes, scanner[.correctedResponse], answer): return .drop(.paired)
    case .review, .regression:
      guard let rating else { return .drop(.unrated) }
      if !rating.isPoor { return .drop(.notPoor) }
      return isCorrected ? .drop(.corrected) : .keep
    default: return label(rating, accuracy: try scanner.rating(bytes, .accuracy), policy)
    }
  }

  /// The fate of a record that is no interaction, seen by a scanner with `pairPaths`: an example or a pair that was made for
  /// the use is judged again, and nothing else is of any use.
  public static func made(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ type: RecordType, _ policy: RoutePolicy,
    for use: TrainingUse
  ) throws(RecordError) -> Fate {
    switch type {
    case .example where use == .sft || use == .kto || use == .prompts:
      return try example(bytes, scanner, policy, for: use)
    case .pair where use == .pairs: return try pair(bytes, scanner, policy)
    case .example, .pair: return .drop(.otherUse)
    case .feedback: return .drop(.notJoined)
    case .preferences: return .drop(.preferences)
    default: return .drop(.otherKind)
    }
  }

  /// Why a record is used for nothing, whatever the use; nil if nothing forbids it.
  private static func exclusion(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) -> DropReason? {
    if try scanner.isError(bytes) { return .error }
    if !policy.optedOut.isEmpty, policy.optedOut.contains(bytes, try scanner.text(.userID)) { return .optedOut }
    // A correction is a text of whoever gave it.
    if !policy.optedOut.isEmpty, policy.optedOut.contains(bytes, try scanner.text(.ratedBy)) { return .optedOut }
    // Examples and pairs have the reviewer's decision outside of the feedback.
    let own = scanner.fields[LineScanner.extraSlot(1)]
    if own.kind == .false { return .rejected }
    switch try scanner.boolean(.approved) {
    case false?: return .rejected
    case nil: return policy.approvedOnly && own.kind != .true ? .notApproved : nil
    case true?: return nil
    }
  }

  private static func target(
    _ bytes: Span<UInt8>, _ rating: Rating?, _ answer: Field, isCorrected: Bool, _ policy: RoutePolicy
  ) -> Fate {
    if isCorrected { return .train(.correction) }
    if let rating {
      if rating.isPoor { return .drop(.poor) }
      if !rating.hasQuality(atLeast: policy.threshold ?? .standard) { return .drop(.belowThreshold) }
    } else if !policy.includeUnrated {
      return .drop(.unrated)
    }
    if JSONText.isBlank(bytes, answer) { return .drop(.emptyAnswer) }
    return .train(rating == nil ? .unrated : .rated)
  }

  /// Whether the interaction that a scanner saw last says that its answer is a poor one; one that is poor but accurate, or
  /// used for nothing, does not.
  static func findsPoor(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) -> Bool {
    guard let rating = try scanner.rating(bytes, .userRating), rating.isPoor else { return false }
    var policy = policy
    policy.approvedOnly = false
    if isFlat(scanner) { return false }
    if try exclusion(bytes, scanner, policy) != nil { return false }
    return try scanner.rating(bytes, .accuracy)?.isGood != true
  }

  private static func label(_ rating: Rating?, accuracy: Rating?, _ policy: RoutePolicy) -> Fate {
    guard let rating else { return .drop(.unrated) }
    if rating.isPoor { return accuracy?.isGood == true ? .drop(.unwelcome) : .label(false) }
    if !rating.isGood { return .drop(.middling) }
    if let threshold = policy.threshold, !rating.hasQuality(atLeast: threshold) { return .drop(.belowThreshold) }
    return .label(true)
  }

  /// The fate of an example that was made before: what is labelled bad, made for another use, an error, rejected, or poor
  /// without being a correction is no target, whoever made it and whatever it says of its origin.
  ///
  /// What else an interaction has to be was asked when the example was made; only what the policy asks for narrows it down.
  public static func example(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy, for use: TrainingUse = .sft
  ) throws(RecordError) -> Fate {
    let made = try scanner.text(.use)
    let isPrompt = use == .prompts && JSONText.equals(bytes, made, prompt)
    if !isPrompt && !JSONText.equals(bytes, made, use == .kto ? kto : sft) { return .drop(.otherUse) }
    let label = try scanner.boolean(.label)
    if label == false && use != .kto || label == nil && use == .kto { return .drop(.otherUse) }
    if let reason = try exclusion(bytes, scanner, policy) { return .drop(reason) }
    if try isOptedOut(bytes, corrector(scanner), "corrected_by", policy) { return .drop(.optedOut) }
    let stars = try Rating.read(bytes, exampleRating(scanner), name: "user_rating")
    let feedbackStars = try scanner.rating(bytes, .userRating)
    let isPoor = stars?.isPoor == true || feedbackStars?.isPoor == true
    if JSONText.isBlank(bytes, try scanner.text(.userPrompt)) { return .drop(.emptyPrompt) }
    let completion = try scanner.text(.completion)
    if isPrompt && completion.kind == .missing { return .prompt(nil) }
    if JSONText.isBlank(bytes, completion) { return .drop(.emptyAnswer) }
    if use == .kto, let label {
      if label && isPoor || !label && (stars ?? feedbackStars)?.isGood == true { return .drop(.tie) }
      return .label(label)
    }
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

  /// The fate of a pair that was made before, seen by a scanner with `pairPaths`: two answers that say the same, or of which the better one is poor and no
  /// correction, teach nothing, whoever made the pair.
  public static func pair(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, _ policy: RoutePolicy
  ) throws(RecordError) -> Fate {
    if let reason = try exclusion(bytes, scanner, policy) { return .drop(reason) }
    if try isOptedOut(bytes, corrector(scanner), "corrected_by", policy) { return .drop(.optedOut) }
    if try isOptedOut(bytes, rejectedPerson(scanner), "rejected_user_id", policy) { return .drop(.optedOut) }
    if JSONText.isBlank(bytes, try scanner.text(.userPrompt)) { return .drop(.emptyPrompt) }
    let chosen = chosen(scanner)
    let rejected = rejected(scanner)
    for (field, name) in [(chosen, "chosen"), (rejected, "rejected")] where field.hasValue && field.kind != .string {
      throw .schema(name, "not a string", at: field.start)
    }
    if JSONText.isBlank(bytes, chosen) || JSONText.isBlank(bytes, rejected) { return .drop(.emptyAnswer) }
    if !isPair(bytes, chosen, rejected) { return .drop(.tie) }
    let better = try Rating.read(bytes, scanner.fields[LineScanner.extraSlot(6)], name: "chosen_rating")
    let worse = try Rating.read(bytes, scanner.fields[LineScanner.extraSlot(7)], name: "rejected_rating")
    // Corrected is what was poor, or not good enough; its correction has no rating of its own.
    if JSONText.equals(bytes, try scanner.text(.origin), correction) {
      return better?.isPoor == true ? .drop(.tie) : .train(.correction)
    }
    guard let better, let worse else { return better == nil && worse == nil ? .train(.rated) : .drop(.tie) }
    return better.isGood && worse.isPoor ? .train(.rated) : .drop(.tie)
  }

  private static let sft = Array("sft".utf8)
  private static let kto = Array("kto".utf8)
  private static let prompt = Array("prompt".utf8)
  private static let correction = Array(TrainingTarget.correction.rawValue.utf8)
}

/// The name of a case as members of records are spelled.
private func snakeCase(_ name: String) -> String {
  name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
}
