import FeedbackModel
import NDJSON

/// The members of a feedback object that is to be written, in the order in which new ones are added.
typealias MemberList = [(key: [UInt8], json: [UInt8])]

extension RaterFeedback {
  /// What one person's feedback object holds.
  var members: MemberList { FeedbackSummary.order(values.mapValues(\.json)) + signature }

  /// When and by whom.
  var signature: MemberList {
    var members: MemberList = []
    if let ratedAtJSON { members.append((FeedbackMember.ratedAt.key, ratedAtJSON)) }
    if !rater.name.isEmpty {
      var name: [UInt8] = []
      JSONText.encode(rater.name, into: &name)
      members.append((FeedbackMember.ratedBy.key, name))
    }
    return members
  }
}

/// What several people's feedback comes to.
enum FeedbackSummary {
  /// The members of the feedback of an interaction that several people rated, except `ratings`.
  ///
  /// Ratings are means; where only one person gave one it is that number as it was spelled, and `scale` is that person's.
  /// Of everything else it is the latest. `rated_at` and `rated_by` are of who spoke last.
  static func members(_ raters: [RaterFeedback]) -> MemberList {
    var values: [[UInt8]: (json: [UInt8], stamp: Stamp)] = [:]
    var newest = 0
    for (index, rater) in raters.enumerated() {
      if rater.ratedAt >= raters[newest].ratedAt { newest = index }
      values.merge(rater.values) { $1.stamp >= $0.stamp ? $1 : $0 }
    }
    var summary = values.mapValues(\.json)
    for member in FeedbackMember.averaged {
      let given = raters.compactMap { $0.values[member.key]?.json }
      if given.count > 1 { summary[member.key] = mean(given) }
    }
    let starred = raters.filter { $0.values[FeedbackObject.ratingKey] != nil }
    if !starred.isEmpty {
      summary[FeedbackObject.scaleKey] = starred.count == 1 ? starred[0].values[FeedbackObject.scaleKey]?.json : nil
    }
    return order(summary) + raters[newest].signature
  }

  /// The mean of spelled ratings: (r₁ + … + rₙ) / n in millionths, halves up.
  static func mean(_ ratings: [[UInt8]]) -> [UInt8] {
    var sum = 0
    for json in ratings { sum += Rating(json.span, 0..<json.count)?.millionths ?? 0 }
    var mean: [UInt8] = []
    JSONNumber.append(millionths: (2 * sum + ratings.count) / (2 * ratings.count), to: &mean)
    return mean
  }

  /// Known members in their fixed order, then the others by the bytes of their keys.
  static func order(_ values: [[UInt8]: [UInt8]]) -> MemberList {
    var members: MemberList = []
    for member in FeedbackMember.allCases {
      if let json = values[member.key] { members.append((member.key, json)) }
    }
    let others = values.keys.filter { FeedbackMember(key: $0) == nil }
    for key in others.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      if let json = values[key] { members.append((key, json)) }
    }
    return members
  }
}

/// Values in JSON without white space.
enum JSONValue {
  /// Whether two values are the same, byte for byte, or as strings in their text.
  static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    if left == right { return true }
    if left.first != 0x22 || right.first != 0x22 { return false }
    return text(left) == text(right)
  }

  private static func text(_ json: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    JSONText.decode(json.span, 1..<json.count - 1, into: &text)
    return text
  }
}
