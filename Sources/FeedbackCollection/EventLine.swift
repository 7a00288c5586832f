import Digest
import NDJSON
import Timestamps

/// One act of feedback to be recorded in a log.
public struct EventLine: Sendable {
  /// The interaction that it is about.
  public var interactionID: String
  /// Who gave it.
  public var userID: String?
  /// When.
  public var timestamp: Timestamp
  /// Stars in millionths: `user_rating`, `accuracy`, `helpfulness`, `clarity`.
  public var rating: Int?, accuracy: Int?, helpfulness: Int?, clarity: Int?
  /// `feedback_text`: what the person said.
  public var text: String?
  /// What the person would improve.
  public var suggestion: String?
  /// `corrected_response`: the answer that should have been given.
  public var correction: String?
  /// A reviewer's decision.
  public var approved: Bool?

  /// Makes an act that says nothing yet.
  public init(interactionID: String, userID: String?, timestamp: Timestamp) {
    self.interactionID = interactionID
    self.userID = userID
    self.timestamp = timestamp
  }

  /// Whether it says nothing.
  public var isEmpty: Bool {
    rating == nil && accuracy == nil && helpfulness == nil && clarity == nil && text == nil && suggestion == nil
      && correction == nil && approved == nil
  }

  /// The record in JSON, with a newline.
  ///
  /// Its `id` is the first 32 hexadecimal digits of the SHA-256 of the same record without `id`: the same act recorded
  /// twice is one.
  public var line: [UInt8] {
    var record: [UInt8] = []
    record.append("{\"type\":\"feedback\"")
    let idPlace = record.count
    append("interaction_id", interactionID, to: &record)
    append("user_id", userID, to: &record)
    append("timestamp", timestamp.text, to: &record)
    append("user_rating", rating, to: &record)
    append("accuracy", accuracy, to: &record)
    append("helpfulness", helpfulness, to: &record)
    append("clarity", clarity, to: &record)
    append("feedback_text", text, to: &record)
    append("suggestion", suggestion, to: &record)
    append("corrected_response", correction, to: &record)
    if let approved { record.append(approved ? ",\"approved\":true" : ",\"approved\":false") }
    record.append(0x7D)
    var id: [UInt8] = []
    id.append(",\"id\":\"")
    id.append(contentsOf: SHA256.hexadecimal(record.span, 0..<record.count).prefix(32))
    id.append(0x22)
    record.insert(contentsOf: id, at: idPlace)
    record.append(0x0A)
    return record
  }

  private func append(_ key: StaticString, _ text: String?, to record: inout [UInt8]) {
    guard let text else { return }
    append(key, to: &record)
    JSONText.encode(text, into: &record)
  }

  private func append(_ key: StaticString, _ millionths: Int?, to record: inout [UInt8]) {
    guard let millionths else { return }
    append(key, to: &record)
    JSONNumber.append(millionths: millionths, to: &record)
  }

  private func append(_ key: StaticString, to record: inout [UInt8]) {
    record.append(",\"")
    record.append(key)
    record.append("\":")
  }
}
