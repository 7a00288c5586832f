/// The members of a feedback object that have a meaning of their own when feedback is joined, in the order in which they
/// are written.
///
/// Every other member is treated as `feedback_text` is: nothing that somebody said is dropped for being unknown.
enum FeedbackMember: String, CaseIterable, Sendable {
  case userRating = "user_rating"
  case accuracy
  case helpfulness
  case clarity
  case feedbackText = "feedback_text"
  case suggestion
  case correctedResponse = "corrected_response"
  case approved
  case scale
  case ratedAt = "rated_at"
  case ratedBy = "rated_by"
  case ratings

  /// The key as bytes.
  var key: [UInt8] { Array(rawValue.utf8) }

  /// Ratings, of which several people's give a mean.
  static let averaged: [FeedbackMember] = [.userRating, .accuracy, .helpfulness, .clarity]

  /// Whether the member is a rating.
  var isAveraged: Bool { FeedbackMember.averaged.contains(self) }

  /// The member of a key, nil for one without a meaning here.
  init?(key: [UInt8]) {
    guard let member = FeedbackMember.byKey[key] else { return nil }
    self = member
  }

  private static let byKey = Dictionary(uniqueKeysWithValues: allCases.map { ($0.key, $0) })
}
