import FeedbackModel
import NDJSON
import Timestamps

/// What a feedback object says of one member: a value, or that an earlier one is withdrawn.
struct Statement {
  /// The key's text.
  var key: [UInt8]
  /// The value in JSON without white space, nil where it is withdrawn.
  var json: [UInt8]?
  /// How late it counts beside other raters' statements, where that is not its object's time.
  var stamp: Stamp?
}

/// One object of statements by one person at one time: the `feedback` of an interaction, an element of its `ratings`, or
/// an event.
struct FeedbackObject {
  /// Where an object stands; it decides which members are statements.
  enum Role {
    /// The `feedback` of an interaction.
    case feedback
    /// An element of its `ratings`.
    case rating
    /// A record of its own.
    case event
  }

  var statements: [Statement] = []
  /// `timestamp` of an event, else `rated_at`; nil where neither is there.
  var time: Timestamp?
  /// The time in JSON as it is to be written.
  var timeJSON: [UInt8]?
  /// `user_id` of an event, else `rated_by`; nil where neither is there.
  var rater: [UInt8]?
  /// `id` of an event; empty where there is none.
  var id: [UInt8] = []
  /// `interaction_id` of an event.
  var interactionID: [UInt8] = []
  /// `ratings` of the feedback of an interaction.
  var ratings = Field.missing

  private let role: Role

  /// Reads and checks an object that a scanner has accepted.
  ///
  /// In an event `null` withdraws; in an interaction it says nothing, as it does in the exports of many databases.
  init(_ bytes: Span<UInt8>, _ object: Field, role: Role) throws(RecordError) {
    self.role = role
    var hasRating = false
    var hasScale = false
    var cursor = MemberCursor(object)
    while let member = cursor.next(bytes) {
      let key = JSONText.bytes(bytes, member.key)
      if try takeEnvelope(bytes, key, member.value) { continue }
      try check(bytes, key, member.value)
      let withdraws = member.value.kind == .null
      if withdraws && role != .event { continue }
      if key == FeedbackObject.ratingKey { hasRating = true }
      if key == FeedbackObject.scaleKey { hasScale = true }
      var json: [UInt8] = []
      if !withdraws { JSONWalk.appendCompact(bytes, member.value.textRange, to: &json) }
      statements.append(Statement(key: key, json: withdraws ? nil : json))
    }
    // The scale belongs to the stars: stars given anew without one are not on the old one's scale.
    if hasRating && !hasScale { statements.append(Statement(key: FeedbackObject.scaleKey)) }
    if role == .event && interactionID.isEmpty {
      throw .schema("interaction_id", "missing or empty", at: object.start)
    }
  }

  /// The key of the overall stars.
  static let ratingKey = FeedbackMember.userRating.key
  /// The key of the source's own scale.
  static let scaleKey = FeedbackMember.scale.key

  /// Takes a member that says who and when rather than what; false for the others.
  private mutating func takeEnvelope(
    _ bytes: Span<UInt8>, _ key: [UInt8], _ value: Field
  ) throws(RecordError) -> Bool {
    switch FeedbackMember(key: key) {
    case .ratedAt:
      try takeTime(bytes, value, name: path(key), replaces: false)
      return true
    case .ratedBy:
      let name = try text(bytes, value, path(key))
      if rater == nil { rater = name }
      return true
    case .ratings:
      if role != .feedback {
        throw .schema(path(key), "only the feedback of an interaction has ratings", at: value.start)
      }
      if value.hasValue && value.kind != .array { throw .schema(path(key), "not an array", at: value.start) }
      ratings = value
      return true
    default:
      return role == .event ? try takeEventEnvelope(bytes, key, value) : false
    }
  }

  private mutating func takeEventEnvelope(
    _ bytes: Span<UInt8>, _ key: [UInt8], _ value: Field
  ) throws(RecordError) -> Bool {
    switch String(decoding: key, as: UTF8.self) {
    case "type": break
    case "id": id = try text(bytes, value, "id") ?? []
    case "interaction_id": interactionID = try text(bytes, value, "interaction_id") ?? []
    case "user_id": rater = try text(bytes, value, "user_id") ?? rater
    case "timestamp": try takeTime(bytes, value, name: "timestamp", replaces: true)
    case "feedback" where value.kind == .object:
      throw .schema("feedback", "its members stand beside the others in an event", at: value.start)
    default: return false
    }
    return true
  }

  private mutating func takeTime(
    _ bytes: Span<UInt8>, _ value: Field, name: String, replaces: Bool
  ) throws(RecordError) {
    guard let moment = try Timestamp.read(bytes, value, name: name) else { return }
    if time != nil && !replaces { return }
    time = moment
    var json: [UInt8] = []
    if role == .event {
      json.append(0x22)
      moment.append(to: &json)
      json.append(0x22)
    } else {
      json.append(bytes, value.textRange)
    }
    timeJSON = json
  }

  /// A string's text; nil where it is null or empty, which names nobody and nothing.
  private func text(_ bytes: Span<UInt8>, _ value: Field, _ name: String) throws(RecordError) -> [UInt8]? {
    if !value.hasValue { return nil }
    if value.kind != .string { throw .schema(name, "not a string", at: value.start) }
    let text = JSONText.bytes(bytes, value)
    return text.isEmpty ? nil : text
  }

  /// Checks the value of a member that has a meaning here.
  private func check(_ bytes: Span<UInt8>, _ key: [UInt8], _ value: Field) throws(RecordError) {
    if value.kind == .null { return }
    switch FeedbackMember(key: key) {
    case .userRating, .accuracy, .helpfulness, .clarity:
      _ = try Rating.read(bytes, value, name: path(key))
    case .feedbackText, .suggestion, .correctedResponse:
      if value.kind != .string { throw .schema(path(key), "not a string", at: value.start) }
    case .approved:
      if value.kind != .true && value.kind != .false {
        throw .schema(path(key), "neither true nor false", at: value.start)
      }
    case .scale:
      if value.kind != .object { throw .schema(path(key), "not an object", at: value.start) }
    default: break
    }
  }

  /// The dotted path of a known key, for messages.
  private func path(_ key: [UInt8]) -> String {
    let name = String(decoding: key, as: UTF8.self)
    switch role {
    case .feedback: return "feedback." + name
    case .rating: return "feedback.ratings." + name
    case .event: return name
    }
  }
}

/// How late a statement counts: by time, then by where it came from, then by its place among the events.
struct Stamp: Comparable {
  /// Where a statement came from, in the order that decides between equal times.
  enum Source: Int {
    /// An element of `ratings` that was not the latest of them.
    case rating
    /// The feedback of the interaction.
    case feedback
    /// An event.
    case event
  }

  var time: Timestamp
  var source: Source
  var position: Int

  static func < (left: Stamp, right: Stamp) -> Bool {
    (left.time, left.source.rawValue, left.position) < (right.time, right.source.rawValue, right.position)
  }
}

extension Timestamp {
  /// Before every time that can be written: when something was said that has no time.
  static let oldest = Timestamp(seconds: .min)
}
