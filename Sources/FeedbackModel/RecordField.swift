import NDJSON

/// The fields of an interaction that commands locate while they scan.
///
/// The raw value is the field's slot in a scanner made with `LineScanner.records`.
public enum RecordField: Int, CaseIterable, Sendable {
  case type, id, timestamp, sessionID, userID, systemPrompt, history, userPrompt, aiResponse, category
  case model, promptVersion, language, source, responseTimeMilliseconds, status, feedback, metadata
  case userRating, accuracy, helpfulness, clarity, feedbackText, suggestion, correctedResponse
  case approved, ratedAt, ratedBy, scale, ratings
  case messages, interactionID, use, completion, label, origin

  /// The keys from the record inward.
  public var path: [String] {
    switch self {
    case .type: ["type"]
    case .id: ["id"]
    case .timestamp: ["timestamp"]
    case .sessionID: ["session_id"]
    case .userID: ["user_id"]
    case .systemPrompt: ["system_prompt"]
    case .history: ["history"]
    case .userPrompt: ["user_prompt"]
    case .aiResponse: ["ai_response"]
    case .category: ["category"]
    case .model: ["model"]
    case .promptVersion: ["prompt_version"]
    case .language: ["language"]
    case .source: ["source"]
    case .responseTimeMilliseconds: ["response_time_ms"]
    case .status: ["status"]
    case .feedback: ["feedback"]
    case .metadata: ["metadata"]
    case .userRating: ["feedback", "user_rating"]
    case .accuracy: ["feedback", "accuracy"]
    case .helpfulness: ["feedback", "helpfulness"]
    case .clarity: ["feedback", "clarity"]
    case .feedbackText: ["feedback", "feedback_text"]
    case .suggestion: ["feedback", "suggestion"]
    case .correctedResponse: ["feedback", "corrected_response"]
    case .approved: ["feedback", "approved"]
    case .ratedAt: ["feedback", "rated_at"]
    case .ratedBy: ["feedback", "rated_by"]
    case .scale: ["feedback", "scale"]
    case .ratings: ["feedback", "ratings"]
    case .messages: ["messages"]
    case .interactionID: ["interaction_id"]
    case .use: ["use"]
    case .completion: ["completion"]
    case .label: ["label"]
    case .origin: ["origin"]
    }
  }

  /// The path with dots, as messages and expressions write it.
  public var dotted: String { path.joined(separator: ".") }

  /// The last key of the path: the name of the column in a flat file.
  public var name: String { path[path.count - 1] }

  /// The field of a dotted path, if it is one that commands know.
  public init?(dotted: String) {
    guard let field = RecordField.allCases.first(where: { $0.dotted == dotted }) else { return nil }
    self = field
  }
}

extension RecordField {
  /// The members of `feedback`, which sources may hold beside the others, in the order of their slots.
  public static let ofFeedback = allCases.filter { $0.path.count == 2 }

  /// The category of interactions that have none, as UTF-8.
  public static let uncategorized = Array("uncategorized".utf8)
}

/// The kinds of record that streams hold; `nil` members are unknown kinds, which pass through map commands.
public enum RecordType: String, Sendable {
  /// An answer that was given, with the feedback on it. The kind of a record without `type`.
  case interaction
  /// One act of feedback.
  case feedback
  /// What a person wants to be asked and used for.
  case preferences
  /// One decision to ask or not.
  case ask
  /// An answer to train on.
  case example
  /// A better and a worse answer to one prompt.
  case pair
  /// Numbers about a slice.
  case metric
  /// Numbers over time.
  case trend
  /// Something worth knowing in the numbers.
  case finding
  /// What to do about it.
  case recommendation
  /// Mergeable state of an analysis.
  case state
  /// A kind that this version does not know.
  case unknown
}
