/// What a database is asked for most, as views: nothing is stored twice, and nothing can fall out of step.
enum DatabaseViews {
  /// Every rating, the poor answers, and the numbers of categories and of days.
  static let sql = [feedback, poorAnswers, categories, days].joined(separator: "\n")

  /// A row for each person who said something of an answer: of an interaction with several ratings one for each of them.
  ///
  /// What `ratings` holds besides objects that say something is no rating; where none is left, the feedback stands for
  /// itself.
  private static let feedback = """
    CREATE VIEW feedback AS
    WITH given AS (
      SELECT p.rowid AS prompt, p.id AS interaction_id,
        coalesce(\(given("rated_by", .name)), \(given("user_id", .name))) AS rated_by,
        \(given("rated_at", .text)) AS rated_at, \(members.map { "\(given($0, $1)) AS \($0)" }.joined(separator: ", "))
      FROM prompts AS p, json_each(p.ratings) AS r
      WHERE json_type(p.ratings) = 'array' AND r.type = 'object'
        AND coalesce(\(members.map { given($0, $1) }.joined(separator: ", "))) IS NOT NULL
    )
    SELECT id AS interaction_id, coalesce(rated_by, user_id) AS rated_by, rated_at, \(names)
    FROM prompts
    WHERE coalesce(\(names)) IS NOT NULL
      AND (ratings IS NULL OR rowid NOT IN (SELECT prompt FROM given))
    UNION ALL
    SELECT interaction_id, rated_by, rated_at, \(names) FROM given;
    """

  /// A member of an element of `ratings` where it is of its kind: json_extract rather than the arrow, which came with SQLite
  /// 3.38.
  private static func given(_ member: String, _ kind: Kind) -> String {
    "CASE WHEN json_type(r.value, '$.\(member)') IN (\(kind.rawValue)) THEN json_extract(r.value, '$.\(member)') END"
  }

  /// What SQLite calls the kinds of JSON.
  private enum Kind: String {
    case number = "'integer', 'real'"
    case text = "'text'"
    /// A text, or a number as sources have them.
    case name = "'text', 'integer', 'real'"
    case boolean = "'true', 'false'"
  }

  private static let members: [(name: String, kind: Kind)] = [
    ("user_rating", .number), ("accuracy", .number), ("helpfulness", .number), ("clarity", .number),
    ("feedback_text", .text), ("suggestion", .text), ("corrected_response", .text), ("approved", .boolean),
  ]
  private static let names = members.map(\.name).joined(separator: ", ")

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
  ///
  /// SQLite reads fewer spellings of a time than RFC 3339 has: no lower case, no leap second and no zone beyond 14 hours. So
  /// only the date is left to it, and the minutes since its midnight in UTC; a leap second counts as the second after, as
  /// in `Timestamp`.
  private static let days = """
    CREATE VIEW days AS
    SELECT date(substr(timestamp, 1, 10),
        (substr(timestamp, 12, 2) * 60 + substr(timestamp, 15, 2) + (substr(timestamp, 18, 2) = '60')
          - CASE WHEN substr(timestamp, -1) IN ('Z', 'z') THEN 0
            ELSE (substr(timestamp, -6, 1) || '1') * (substr(timestamp, -5, 2) * 60 + substr(timestamp, -2)) END)
          || ' minutes') AS day, \(numbers)
    FROM prompts GROUP BY 1 ORDER BY 1;
    """
}
