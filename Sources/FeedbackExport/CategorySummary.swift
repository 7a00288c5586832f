import FeedbackModel
import NDJSON

/// What the head of a JSON database says of its prompts: how many there are and how they were rated, by category.
public struct CategorySummary: Sendable {
  private struct Count {
    var prompts = 0
    var rated = 0
    var millionths = 0
  }
  private var total = Count()
  private var categories: [[UInt8]: Count] = [:]
  /// The category of the record, reused: to look it up makes nothing.
  private var name: [UInt8] = []

  /// Starts with nothing.
  public init() {}

  /// Counts the interaction that a scanner saw last.
  public mutating func add(_ bytes: Span<UInt8>, _ scanner: borrowing LineScanner) throws(RecordError) {
    let rating = try scanner.rating(bytes, .userRating)
    let field = try scanner.text(.category)
    name.removeAll(keepingCapacity: true)
    if field.kind == .string {
      JSONText.decode(bytes, field.range, into: &name)
    } else {
      name.append(contentsOf: RecordField.uncategorized)
    }
    Self.add(rating, to: &total)
    Self.add(rating, to: &categories[name, default: Count()])
  }

  private static func add(_ rating: Rating?, to count: inout Count) {
    count.prompts += 1
    if let rating {
      count.rated += 1
      count.millionths += rating.millionths
    }
  }

  /// The document up to and including the `[` of its prompts; categories in the order of their bytes.
  public func head(createdAt: String?) -> [UInt8] {
    var json: [UInt8] = []
    json.append("{\"metadata\":{")
    if let createdAt {
      json.append("\"created_at\":")
      JSONText.encode(createdAt, into: &json)
      json.append(0x2C)
    }
    json.append("\"total_records\":")
    append(total, to: &json)
    json.append("},\n\"categories\":{")
    var isFirst = true
    for (name, count) in categories.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      if !isFirst { json.append(0x2C) }
      isFirst = false
      json.append(0x0A)
      JSONText.encode(name, into: &json)
      json.append(":{\"total_prompts\":")
      append(count, to: &json)
      json.append(0x7D)
    }
    json.append("},\n\"prompts\":[\n")
    return json
  }

  private func append(_ count: Count, to json: inout [UInt8]) {
    JSONNumber.append(count.prompts, to: &json)
    if count.rated > 0 {
      json.append(",\"average_rating\":")
      let mean = (2 * count.millionths + count.rated) / (2 * count.rated)
      JSONNumber.append(millionths: mean, to: &json)
    }
  }
}
