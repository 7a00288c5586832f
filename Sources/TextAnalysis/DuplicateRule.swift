/// When two records count as near-duplicates.
public struct DuplicateRule: Sendable {
  /// How candidates are found, over the shingles of prompt and answer together.
  public var banding: Banding
  /// How texts are cut.
  public var shingles: Shingles
  /// The least Jaccard similarity of the prompts.
  public var promptSimilarityMin: Double
  /// The least Jaccard similarity of the answers.
  public var answerSimilarityMin: Double
  /// Whether the `GuardTerms` of prompts and of answers have to be the same.
  public var comparesGuards: Bool

  /// Makes a rule.
  public init(
    banding: Banding, shingles: Shingles, promptSimilarityMin: Double, answerSimilarityMin: Double,
    comparesGuards: Bool
  ) {
    self.banding = banding
    self.shingles = shingles
    self.promptSimilarityMin = promptSimilarityMin
    self.answerSimilarityMin = answerSimilarityMin
    self.comparesGuards = comparesGuards
  }

  /// For training data: prompts alike to 0.85 and answers to 0.80, and the same guarded terms.
  public static let training = DuplicateRule(
    banding: .near, shingles: Shingles(), promptSimilarityMin: 0.85, answerSimilarityMin: 0.80, comparesGuards: true)

  /// For groups of texts on one matter: alike to 0.5 in pieces of characters, whatever numbers they hold.
  public static let clusters = DuplicateRule(
    banding: .loose, shingles: Shingles(wordsFrom: .max), promptSimilarityMin: 0.5, answerSimilarityMin: 0.5,
    comparesGuards: false)
}
