import NDJSON

/// Where the parts of one training example stand in a record: ranges, nothing is copied.
public struct TrainingExample: Sendable {
  /// The system prompt, `.missing` if there is none.
  public var systemPrompt: Field
  /// Earlier turns, an array of `{role, content}` of strings, `.missing` if there are none.
  public var history: Field
  /// What the person asked.
  public var userPrompt: Field
  /// The answer to learn, the better one of a pair, the one with a label; `.missing` for a prompt alone.
  public var answer: Field
  /// The worse answer of a pair.
  public var rejected = Field.missing
  /// Whether the answer is a good one.
  public var label = true
  /// Whether all answers in `history` may be learnt, too.
  public var isHistoryEligible = false
  /// The category, `.missing` if there is none.
  public var category: Field
  /// The overall rating, `.missing` if there is none.
  public var userRating: Field
  /// Why it is trained on: `correction`, `rated` or `unrated`.
  public var origin: String

  /// Makes an example of its parts.
  public init(
    systemPrompt: Field, history: Field, userPrompt: Field, answer: Field, category: Field,
    userRating: Field, origin: String
  ) {
    self.systemPrompt = systemPrompt
    self.history = history
    self.userPrompt = userPrompt
    self.answer = answer
    self.category = category
    self.userRating = userRating
    self.origin = origin
  }
}
