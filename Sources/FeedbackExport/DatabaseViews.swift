/// What a database is asked for most, as views: nothing is stored twice, and nothing can fall out of step.
enum DatabaseViews {
  /// Every rating, the poor answers, and the numbers of categories and of days.
  static let sql = [feedback, poorAnswers, categories, days].joined(separator: "\n")

  /// A row for each person who said something of an answer: of an interaction with several ratings one for each of them.
  private static let feedback = """
    CREATE VIEW feedback AS
    SELECT id AS interaction_id, coalesce(rated_by, user_id) AS rated_by, rated_at, \(members.joined(separator: ", "))
    FROM prompts
    WHERE ratings IS NULL AND coalesce(\(members.joined(separator: ", "))) IS NOT NULL
    UNION ALL
    SELECT p.id, coalesce(r.value->>'rated_by', r.value->>'user_id'), r.value->>'rated_at',
      \(members.map { "r.value->>'\($0)'" }.joined(separator: ", "))
    FROM prompts AS p, json_each(p.ratings) AS r
    WHERE r.type = 'object';
    """

  private static let members = [
    "user_rating", "accuracy", "helpfulness", "clarity", "feedback_text", "suggestion", "corrected_response",
    "approved",
  ]

  private static let poorAnswers = """
    CREATE VIEW poor_answers AS
    SELECT id, timestamp, category, model, user_prompt, ai_response, user_rating, feedback_text, suggestion,
      corrected_response
    FROM prompts
    WHERE user_rating <= 2 AND status IS NOT 'error'
    ORDER BY user_rating, timestamp, id;
    """

  /// Errors count as interactions and are in no figure of ratings.
  private static let numbers = """
    count(*) AS interactions, count(*) FILTER (WHERE status = 'error') AS errors,
      count(user_rating) FILTER (WHERE status IS NOT 'error') AS rated,
      avg(user_rating) FILTER (WHERE status IS NOT 'error') AS average_rating,
      count(*) FILTER (WHERE user_rating <= 2 AND status IS NOT 'error') AS poor,
      count(*) FILTER (WHERE user_rating >= 4 AND status IS NOT 'error') AS good
    """

  private static let categories = """
    CREATE VIEW categories AS
    SELECT coalesce(category, 'uncategorized') AS category, \(numbers)
    FROM prompts GROUP BY 1 ORDER BY 1;
    """

  /// Days of UTC; an interaction without a time is of the day NULL.
  private static let days = """
    CREATE VIEW days AS
    SELECT date(timestamp) AS day, \(numbers)
    FROM prompts GROUP BY 1 ORDER BY 1;
    """
}
