import Digest
import NDJSON
import Timestamps

/// One act of feedback to be recorded in a log.
public struct EventLine: Sendable {
  /// What may be said of an answer, in the order in which it is written.
  public enum Member: String, CaseIterable, Sendable {
    /// Overall stars.
    case userRating = "user_rating"
    /// Stars for being right.
    case accuracy
    /// Stars for being of use.
    case helpfulness
    /// Stars for being clear.
    case clarity
    /// What the person said.
    case feedbackText = "feedback_text"
    /// What the person would improve.
    case suggestion
    /// The answer that should have been given.
    case correctedResponse = "corrected_response"
    /// A reviewer's decision.
    case approved
  }

  /// A value of a member.
  public enum Value: Sendable, Equatable {
    /// A rating in millionths of a star.
    case stars(millionths: Int)
    /// A text.
    case text(String)
    /// A yes or no.
    case decision(Bool)
    /// What the same person said before is taken back.
    case withdrawn
  }

  /// The interaction that it is about.
  public var interactionID: String
  /// Who gave it.
  public var userID: String?
  /// When.
  public var timestamp: Timestamp
  /// What was said.
  public var values: [Member: Value] = [:]

  /// Makes an act that says nothing yet.
  public init(interactionID: String, userID: String?, timestamp: Timestamp) {
    self.interactionID = interactionID
    self.userID = userID
    self.timestamp = timestamp
  }

  /// The record in JSON, with a newline.
  ///
  /// Its `id` is the first 32 hexadecimal digits of the SHA-256 of the same record without `id`: the same act recorded
  /// twice is one.
  public var line: [UInt8] {
    var record: [UInt8] = []
    record.append("{\"type\":\"feedback\"")
    let idPlace = record.count
    append("interaction_id", .text(interactionID), to: &record)
    if let userID { append("user_id", .text(userID), to: &record) }
    append("timestamp", .text(timestamp.text), to: &record)
    for member in Member.allCases {
      if let value = values[member] { append(member.rawValue, value, to: &record) }
    }
    record.append(0x7D)
    var id: [UInt8] = []
    append("id", .text(String(decoding: digest(record), as: UTF8.self)), to: &id)
    record.insert(contentsOf: id, at: idPlace)
    record.append(0x0A)
    return record
  }

  private func digest(_ record: [UInt8]) -> ArraySlice<UInt8> {
    SHA256.hexadecimal(record.span, 0..<record.count).prefix(32)
  }

  private func append(_ key: String, _ value: Value, to record: inout [UInt8]) {
    record.append(0x2C)
    JSONText.encode(key, into: &record)
    record.append(0x3A)
    switch value {
    case .stars(let millionths): JSONNumber.append(millionths: millionths, to: &record)
    case .text(let text): JSONText.encode(text, into: &record)
    case .decision(let isYes): record.append(isYes ? "true" : "false")
    case .withdrawn: record.append("null")
    }
  }
}
