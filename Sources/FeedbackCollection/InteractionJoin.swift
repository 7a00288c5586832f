import FeedbackModel
import NDJSON

/// Joins one interaction with the events that are about it.
public enum InteractionJoin {
  /// Appends an interaction's line, without a terminator, with its events folded into its feedback.
  ///
  /// `scanner` has scanned the line with the slots of `RecordField`; `run` are the events whose interaction's id has the
  /// same hash. `repeats` is the feedback of other lines with its id, in the order in which it counts. What neither
  /// changes stays byte for byte.
  public static func append(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ scanner: borrowing LineScanner,
    _ table: inout EventTable, _ run: Range<Int>, repeats: [RepeatFeedback] = [], to output: inout [UInt8]
  ) throws(RecordError) {
    let events = try table.events(table.claim(run, of: JSONText.bytes(bytes, scanner[.id])))
    let user = scanner[.userID].kind == .string ? JSONText.bytes(bytes, scanner[.userID]) : []
    var edit = ObjectEdit()
    if !events.isEmpty || !repeats.isEmpty {
      try change(bytes, scanner[.feedback], user: user, repeats, events, &edit)
    }
    output.append(bytes, line.lowerBound..<scanner.root.start)
    if edit.isEmpty {
      output.append(bytes, scanner.root.range)
    } else {
      edit.apply(bytes, scanner.root, to: &output)
    }
    output.append(bytes, scanner.root.end..<line.upperBound)
  }

  /// Decides what becomes of the member `feedback`.
  private static func change(
    _ bytes: Span<UInt8>, _ feedback: Field, user: [UInt8], _ repeats: [RepeatFeedback], _ events: [FeedbackObject],
    _ edit: inout ObjectEdit
  ) throws(RecordError) {
    var fold = try FeedbackFold(bytes, feedback: feedback, fallback: user)
    let saidSomething = feedback.kind == .object && !fold.isEmpty
    if try !fold.add(repeats) && events.isEmpty { return }
    fold.add(events)
    let raters = fold.finish()
    if raters.isEmpty {
      // All that was said is withdrawn: who and when alone is no feedback.
      if saidSomething { edit.remove(feedback) }
      return
    }
    var members = raters[0].members
    if raters.count > 1 {
      members = FeedbackSummary.members(raters)
      members.append((FeedbackMember.ratings.key, ratings(bytes, raters)))
    }
    let base = feedback.kind == .object ? feedback : .missing
    var json: [UInt8] = []
    let isChanged = write(members, over: base, bytes, to: &json)
    if feedback.kind == .missing {
      edit.add("feedback", json)
    } else if isChanged {
      edit.replace(feedback, with: json)
    }
  }

  /// The array of one feedback object for each rater.
  private static func ratings(_ bytes: Span<UInt8>, _ raters: [RaterFeedback]) -> [UInt8] {
    var array: [UInt8] = [0x5B]
    for rater in raters {
      if array.count > 1 { array.append(0x2C) }
      var object: [UInt8] = []
      _ = write(rater.members, over: rater.base, bytes, to: &object)
      JSONWalk.appendCompact(object.span, 0..<object.count, to: &array)
    }
    array.append(0x5D)
    return array
  }

  /// Appends an object that holds just these members, made from the one that is there (`.missing`: from nothing) with as
  /// few changes as that takes; returns whether it took any.
  ///
  /// A `null` where nothing is to stand stays.
  private static func write(
    _ members: MemberList, over base: Field, _ bytes: Span<UInt8>, to json: inout [UInt8]
  ) -> Bool {
    var edit = ObjectEdit()
    var places: [[UInt8]: Int] = [:]
    for (index, member) in members.enumerated() { places[member.key] = index }
    var isThere = [Bool](repeating: false, count: members.count)
    var cursor = MemberCursor(base)
    while let member = cursor.next(bytes) {
      if let place = places[JSONText.bytes(bytes, member.key)] {
        isThere[place] = true
        var present: [UInt8] = []
        JSONWalk.appendCompact(bytes, member.value.textRange, to: &present)
        if !JSONValue.isSame(present, members[place].json) { edit.replace(member.value, with: members[place].json) }
      } else if member.value.kind != .null {
        edit.remove(member.value)
      }
    }
    for (index, member) in members.enumerated() where !isThere[index] { edit.add(key: member.key, member.json) }
    if base.kind == .object {
      edit.apply(bytes, base, to: &json)
    } else {
      edit.apply(InteractionJoin.empty.span, Field(start: 0, end: 2, kind: .object), to: &json)
    }
    return !edit.isEmpty
  }

  private static let empty = Array("{}".utf8)
}
