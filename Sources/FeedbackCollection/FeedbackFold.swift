import NDJSON
import Timestamps

/// A person who rated: a name, or a place among the nameless ones of `ratings`.
struct Rater: Hashable, Comparable {
  /// The text of `user_id` or `rated_by`; empty where nobody is named.
  var name: [UInt8]
  /// Tells apart nameless elements of one `ratings` array, each of which is somebody else; 0 for all others.
  var number = 0

  static func < (left: Rater, right: Rater) -> Bool {
    left.name == right.name ? left.number < right.number : left.name.lexicographicallyPrecedes(right.name)
  }
}

/// What is left of all that one person said of an interaction: the latest of each member.
struct RaterFeedback {
  let rater: Rater
  /// When the person last said something.
  var ratedAt = Timestamp.oldest
  /// That time in JSON, nil where none is known.
  var ratedAtJSON: [UInt8]?
  /// The object of the interaction that it was read from, `.missing` where all of it is from events.
  var base = Field.missing
  /// The values by key.
  var values: [[UInt8]: (json: [UInt8], stamp: Stamp)] = [:]

  mutating func apply(_ act: FeedbackFold.Act, position: Int) {
    let time = act.object.time ?? .oldest
    if let json = act.object.timeJSON, time > ratedAt || ratedAtJSON == nil {
      ratedAt = time
      ratedAtJSON = json
    }
    if act.base.kind == .object { base = act.base }
    for statement in act.object.statements {
      guard let json = statement.json else {
        values[statement.key] = nil
        continue
      }
      let stamp = statement.stamp ?? Stamp(time: time, source: act.source, position: position)
      values[statement.key] = (json, stamp)
    }
  }
}

/// Folds all that was said of one interaction into what holds: of each person and member the latest, by time and id.
///
/// Folding again what has been folded changes nothing. That is why the elements of `ratings` are taken apart into the
/// statements of their raters, and why the value at the top is remembered as the latest of them: `rated_at` says when a
/// person last said something, not when each thing was said.
struct FeedbackFold {
  /// One object of statements by one person.
  struct Act {
    var rater: Rater
    var object: FeedbackObject
    var source: Stamp.Source
    var base = Field.missing
  }

  private var acts: [Act] = []
  /// Who speaks where nobody is named.
  private let fallback: [UInt8]

  /// Starts with what an interaction says itself.
  ///
  /// `fallback` is its `user_id`, empty where it has none.
  init(_ bytes: Span<UInt8>, feedback: Field, fallback: [UInt8]) throws(RecordError) {
    self.fallback = fallback
    if feedback.kind != .object { return }
    var top = try FeedbackObject(bytes, feedback, role: .feedback)
    var elements = try InteractionFeedback.ratings(bytes, top.ratings)
    let rater = Rater(name: top.rater ?? fallback)
    if elements.isEmpty {
      acts.append(Act(rater: rater, object: top, source: .feedback, base: feedback))
      return
    }
    top.statements = FeedbackFold.settle(top.statements, &elements)
    let namelessCount = elements.count { $0.object.rater == nil }
    var number = 0
    for element in elements {
      var rater = Rater(name: element.object.rater ?? (namelessCount == 1 ? fallback : []))
      if element.object.rater == nil && namelessCount > 1 {
        rater.number = number
        number += 1
      }
      acts.append(Act(rater: rater, object: element.object, source: .rating, base: element.field))
    }
    if !top.statements.isEmpty { acts.append(Act(rater: rater, object: top, source: .feedback)) }
  }

  /// Whether nothing was said yet.
  var isEmpty: Bool { acts.allSatisfy(\.object.statements.isEmpty) }

  /// Adds what other lines with the interaction's id say, in the order in which they count: all before what it says
  /// itself, where the times do not tell.
  ///
  /// Returns whether they say anything.
  mutating func add(_ repeats: [RepeatFeedback]) throws(RecordError) -> Bool {
    var earlier: [Act] = []
    for other in repeats {
      let object = JSONWalk.record(other.json.span, 0..<other.json.count)
      earlier += try FeedbackFold(other.json.span, feedback: object, fallback: other.user).acts
    }
    // The objects stand in other bytes than those that are written.
    for index in earlier.indices { earlier[index].base = .missing }
    acts = earlier + acts
    return earlier.contains { !$0.object.statements.isEmpty }
  }

  /// Adds the events of the interaction, in the order in which they count.
  mutating func add(_ events: [FeedbackObject]) {
    for event in events where !event.statements.isEmpty {
      acts.append(Act(rater: Rater(name: event.rater ?? fallback), object: event, source: .event))
    }
  }

  /// Everybody of whom something is left, in the order of their names.
  func finish() -> [RaterFeedback] {
    var raters: [RaterFeedback] = []
    var places: [Rater: Int] = [:]
    let order = acts.indices.sorted { left, right in
      let times = (acts[left].object.time ?? .oldest, acts[right].object.time ?? .oldest)
      if times.0 != times.1 { return times.0 < times.1 }
      let areEvents = (acts[left].source == .event, acts[right].source == .event)
      return areEvents.0 != areEvents.1 ? areEvents.1 : left < right
    }
    for (position, index) in order.enumerated() {
      let rater = acts[index].rater
      let place = places[rater] ?? raters.count
      if place == raters.count {
        places[rater] = place
        raters.append(RaterFeedback(rater: rater))
      }
      raters[place].apply(acts[index], position: position)
    }
    return raters.filter { !$0.values.isEmpty }.sorted { $0.rater < $1.rater }
  }

  /// Sorts out what stands beside `ratings`: returns what is not made of them, and marks the elements that are the latest.
  ///
  /// An element that is not the latest with a member said it before the one that is.
  private static func settle(
    _ statements: [Statement], _ elements: inout [(object: FeedbackObject, field: Field)]
  ) -> [Statement] {
    var holders: [[UInt8]: [(element: Int, statement: Int)]] = [:]
    for (index, element) in elements.enumerated() {
      for (place, statement) in element.object.statements.enumerated() where statement.json != nil {
        holders[statement.key, default: []].append((index, place))
      }
    }
    return statements.filter { statement in
      guard let json = statement.json else { return false }
      let member = FeedbackMember(key: statement.key)
      guard let places = holders[statement.key] else { return true }
      if member == .scale || member?.isAveraged == true { return false }
      let isLatest = places.map { place in
        elements[place.element].object.statements[place.statement].json.map { JSONValue.isSame($0, json) } ?? false
      }
      func time(_ place: (element: Int, statement: Int)) -> Timestamp { elements[place.element].object.time ?? .oldest }
      guard let latest = zip(places, isLatest).filter(\.1).map({ time($0.0) }).max() else { return true }
      for (place, isLatest) in zip(places, isLatest) {
        elements[place.element].object.statements[place.statement].stamp =
          isLatest
          ? Stamp(time: latest, source: .feedback, position: 0)
          : Stamp(time: min(time(place), latest), source: .rating, position: 0)
      }
      return false
    }
  }
}
