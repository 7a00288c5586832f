import Foundation
import TestSupport
import Testing

/// Joining compared with a fold that looks at every statement for every rater and field, on records made at random.
@Suite struct FoldPropertyTests {
  struct Event {
    var line: String
    var interaction: String
    var rater: String?
    /// Days; -1 for none.
    var time: Int
    var id: String
    /// Values by field; NSNull withdraws.
    var values: [String: Any]
  }

  struct World {
    var interactions: [String] = []
    var owners: [String?] = []
    var before: [(rater: String?, time: Int, values: [String: Any])] = []
    var events: [Event] = []
  }

  static func value(_ field: String, _ random: inout SeededGenerator) -> String {
    switch field {
    case "user_rating", "accuracy", "helpfulness", "clarity":
      ["1", "2.5", "3.0", "4", "5", "3.333333"].randomElement(using: &random) ?? ""
    case "approved": Bool.random(using: &random) ? "true" : "false"
    case "mood": ["1.0", "[1,2]", "{\"a\":null}"].randomElement(using: &random) ?? ""
    default: ["\"x\"", "\"y\"", "\"z\\n\""].randomElement(using: &random) ?? ""
    }
  }

  /// Members in JSON, and their values as Foundation reads them.
  static func members(
    _ random: inout SeededGenerator, withdraws: Bool
  ) throws -> (json: String, values: [String: Any]) {
    let fields = [
      "user_rating", "accuracy", "clarity", "feedback_text", "suggestion", "corrected_response", "approved", "mood",
    ].shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
    var parts: [String] = []
    for field in fields {
      let isNull = withdraws && Int.random(in: 0..<5, using: &random) == 0
      parts.append("\"\(field)\":\(isNull ? "null" : value(field, &random))")
      if field == "user_rating" && !isNull && Bool.random(using: &random) {
        parts.append(#""scale":{"name":"s\#(Int.random(in: 0..<3, using: &random))"}"#)
      }
    }
    let json = parts.joined(separator: ",")
    let object = try JSONSerialization.jsonObject(with: Data("{\(json)}".utf8)) as? [String: Any]
    var values = try #require(object)
    if values["user_rating"] != nil && values["scale"] == nil { values["scale"] = NSNull() }
    return (json, values)
  }

  static func make(seed: UInt64, withdraws: Bool = true) throws -> World {
    var random = SeededGenerator(seed: seed)
    var world = World()
    for index in 0..<3 {
      let owner = Bool.random(using: &random) ? "u1" : nil
      var line = #"{"id":"i\#(index)""# + (owner.map { #","user_id":"\#($0)""# } ?? "")
      var before: (rater: String?, time: Int, values: [String: Any]) = (owner, -1, [:])
      if Bool.random(using: &random) {
        let (json, values) = try members(&random, withdraws: false)
        before.values = values
        var signature = ""
        if Bool.random(using: &random) {
          before.time = Int.random(in: 1...5, using: &random)
          signature = #","rated_at":"2024-01-0\#(before.time)T00:00:00Z""#
        }
        if Bool.random(using: &random) {
          before.rater = "u2"
          signature += #","rated_by":"u2""#
        }
        line += #","feedback":{\#(json)\#(signature)}"#
      }
      world.interactions.append(line + "}")
      world.owners.append(owner)
      world.before.append(before)
    }
    for index in 0..<Int.random(in: 1...14, using: &random) {
      let place = Int.random(in: 0..<3, using: &random)
      let rater = ["u1", "u2", "u3", nil].randomElement(using: &random) ?? nil
      let time = Int.random(in: 0...6, using: &random)
      let (json, values) = try members(&random, withdraws: withdraws)
      let signature =
        (rater.map { #","user_id":"\#($0)""# } ?? "") + (time > 0 ? #","timestamp":"2024-01-0\#(time)T00:00:00Z""# : "")
      let id = "e\(index % 7)-\(index)"
      world.events.append(
        Event(
          line: #"{"type":"feedback","id":"\#(id)","interaction_id":"i\#(place)"\#(signature),\#(json)}"#,
          interaction: "i\(place)", rater: rater ?? world.owners[place], time: time > 0 ? time : -1, id: id,
          values: values))
    }
    return world
  }

  /// The feedback that an interaction has to end with, without the texts that depend on spelling.
  static func expected(_ world: World, _ place: Int) -> [String: Any] {
    struct Said {
      var rater: String
      var time: Int
      var id: String
      var values: [String: Any]
    }
    let before = world.before[place]
    var said = [Said(rater: before.rater ?? "", time: before.time, id: "", values: before.values)]
    for event in world.events where event.interaction == "i\(place)" {
      said.append(Said(rater: event.rater ?? "", time: event.time, id: event.id, values: event.values))
    }
    said.removeAll { $0.values.isEmpty }
    said.sort { ($0.time, $0.id) < ($1.time, $1.id) }
    let fields = Set(said.flatMap(\.values.keys)).sorted()
    let raters = Set(said.map(\.rater)).sorted()
    var objects: [(rater: String, time: Int, values: [String: Any])] = []
    for rater in raters {
      var values: [String: Any] = [:]
      for field in fields {
        let last = said.last { $0.rater == rater && $0.values[field] != nil }
        if let value = last?.values[field], !(value is NSNull) { values[field] = value }
      }
      let time = said.filter { $0.rater == rater }.map(\.time).max() ?? -1
      if !values.isEmpty { objects.append((rater, time, values)) }
    }
    func signed(_ object: (rater: String, time: Int, values: [String: Any])) -> [String: Any] {
      var values = object.values
      if object.time > 0 { values["rated_at"] = "2024-01-0\(object.time)T00:00:00Z" }
      if !object.rater.isEmpty { values["rated_by"] = object.rater }
      return values
    }
    if objects.count <= 1 { return objects.first.map(signed) ?? [:] }
    var top: [String: Any] = [:]
    for field in fields {
      let holders = objects.filter { $0.values[field] != nil }
      if ["user_rating", "accuracy", "clarity"].contains(field) {
        let millionths = holders.compactMap {
          ($0.values[field] as? NSNumber).map { Int(($0.doubleValue * 1e6).rounded()) }
        }
        if !millionths.isEmpty {
          let (sum, count) = (millionths.reduce(0, +), millionths.count)
          top[field] = Double(sum / count + (2 * (sum % count) >= count ? 1 : 0)) / 1e6
        }
      } else if field == "scale" {
        let starred = objects.filter { $0.values["user_rating"] != nil }
        if starred.count == 1 { top[field] = starred[0].values[field] }
      } else {
        let live = said.last { act in
          guard let value = act.values[field], !(value is NSNull) else { return false }
          let own = said.last { $0.rater == act.rater && $0.values[field] != nil }
          return own?.id == act.id && own?.time == act.time
        }
        top[field] = live?.values[field]
      }
    }
    let newest = objects.max { ($0.time, $0.rater) < ($1.time, $1.rater) }
    if let newest { top.merge(signed((newest.rater, newest.time, [:]))) { $1 } }
    top["ratings"] = objects.map(signed)
    return top
  }

  static func isSame(_ line: String, _ expected: [String: Any]) throws -> Bool {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    func spelled(_ object: [String: Any]) throws -> Data {
      try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
    }
    return try spelled(object?["feedback"] as? [String: Any] ?? [:]) == spelled(expected)
  }

  @Test func joiningIsTheFoldThatWasDefined() throws {
    var rated = 0
    var several = 0
    for seed in 0..<200 as Range<UInt64> {
      let world = try Self.make(seed: seed)
      let lines = try Joining(world.interactions + world.events.map(\.line)).lines
      for place in 0..<3 {
        let touched = world.events.contains { $0.interaction == "i\(place)" }
        if !touched {
          #expect(lines[place] == world.interactions[place])
          continue
        }
        let expected = Self.expected(world, place)
        if !expected.isEmpty { rated += 1 }
        if expected["ratings"] != nil { several += 1 }
        #expect(try Self.isSame(lines[place], expected), "seed \(seed): \(lines[place]) for \(expected)")
      }
    }
    #expect(rated > 350 && several > 180, "\(rated) \(several)")
  }

  @Test func theOrderOfArrivalAndRepetitionChangeNothing() throws {
    for seed in 0..<80 as Range<UInt64> {
      let world = try Self.make(seed: seed)
      let events = world.events.map(\.line)
      let once = try Joining(world.interactions + events).lines
      var random = SeededGenerator(seed: seed &+ 1000)
      for _ in 0..<4 {
        var records = world.interactions
        for event in (events + events).shuffled(using: &random) {
          records.insert(event, at: Int.random(in: 0...records.count, using: &random))
        }
        #expect(try Joining(records).lines == once, "seed \(seed)")
      }
    }
  }

  @Test func joiningTwiceIsJoiningOnce() throws {
    for seed in 0..<200 as Range<UInt64> {
      let world = try Self.make(seed: seed)
      let events = world.events.map(\.line)
      let once = try Joining(world.interactions + events).lines
      #expect(try Joining(once).lines == once, "seed \(seed)")
      #expect(try Joining(once + events).lines == once, "seed \(seed)")
      #expect(try Joining(events.reversed() + once + once).lines == once, "seed \(seed)")
    }
  }

  @Test func laterEventsMayBeJoinedLater() throws {
    // Of withdrawals the wire keeps no trace, so what a withdrawal uncovers may be lost between two joins.
    for seed in 0..<80 as Range<UInt64> {
      let world = try Self.make(seed: seed, withdraws: false)
      for day in 1...6 {
        let early = world.events.filter { $0.time < day }.map(\.line)
        let late = world.events.filter { $0.time >= day }.map(\.line)
        if world.before.contains(where: { $0.time >= day }) { continue }
        let lines = try Joining(try Joining(world.interactions + early).lines + late).lines
        for place in 0..<3 where world.events.contains(where: { $0.interaction == "i\(place)" }) {
          #expect(try Self.isSame(lines[place], Self.expected(world, place)), "seed \(seed) day \(day)")
        }
      }
    }
  }
}
