/// The columns of a flat interaction: of the `prompts` table of a SQLite database and of a CSV file.
///
/// Field names are those of the record; the members of `feedback` stand beside the others.
///
/// What a column cannot hold goes to `extra`, a JSON object of the record's shape, so that nothing is lost: members that
/// no column knows (of the record and of its `feedback`), `null`s, values of another kind than the column's, and empty
/// strings in CSV; in SQLite also numbers that a double does not hold exactly, of which the column has the nearest double.
/// Reading back, `extra` is merged over the columns.
public enum FlatColumn {
  /// What a column holds.
  public enum Kind: Sendable {
    /// A JSON string, as its text.
    case text
    /// A number.
    case number
    /// A whole number.
    case integer
    /// `true` or `false`: 1 or 0.
    case boolean
    /// Any JSON, as its text.
    case json
  }

  /// The columns in order, without `extra`, which is the last one.
  public static let all: [(field: RecordField, kind: Kind)] = [
    (.id, .text), (.timestamp, .text), (.sessionID, .text), (.userID, .text),
    (.systemPrompt, .text), (.history, .json), (.userPrompt, .text), (.aiResponse, .text),
    (.category, .text), (.model, .text), (.promptVersion, .text), (.language, .text),
    (.source, .text), (.responseTimeMilliseconds, .integer), (.status, .text),
    (.userRating, .number), (.accuracy, .number), (.helpfulness, .number), (.clarity, .number),
    (.feedbackText, .text), (.suggestion, .text), (.correctedResponse, .text),
    (.approved, .boolean), (.ratedAt, .text), (.ratedBy, .text), (.scale, .json),
    (.ratings, .json), (.metadata, .json),
  ]

  /// The name of the last column.
  public static let extra = "extra"

  /// The names of all columns.
  public static var names: [String] { all.map(\.field.name) + [extra] }
}
