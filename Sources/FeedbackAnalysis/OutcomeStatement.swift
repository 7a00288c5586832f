import FeedbackModel
import NDJSON
import Statistics
import Timestamps

extension Outcome {
  /// The verdict with its numbers, for a person.
  func statement(_ verification: Recommendation.Verification) -> String {
    let unit = verification.measure.unit
    let title = verdict.title(isToFall: verification.measure.isToFall)
    guard verification.measure != .corrections else {
      return "\(title): \(decisive.count) of \(Statement.counted(need ?? 0, unit))."
    }
    let (count, total) = (decisive.count, decisive.total)
    let since = " since \(decisive.from.text.prefix(10))"
    let against =
      verification.limitText.map { "the limit is \($0)" } ?? "from \(verification.percent(verification.baseline)) %"
    let now = "\(verification.percent(count, of: total)) % (\(count) of \(total))"
    var text = "\(title): "
    if verdict == .notEnoughData {
      text +=
        (need.map { "\(total) of about \(Statement.counted($0, unit))" }
          ?? Statement.counted(total, unit)) + since
      if total > 0 { text += "; so far \(now), \(against)" }
      text += "."
    } else {
      text += "\(now)\(since), \(against)"
      if let change { text += "; \(likely(change, verification.limit))" }
      text += "."
    }
    switch verdict {
    case .worse: text += " Undo what was changed, or find out why."
    case .worseThanLimit: text += " What was done does not do: try something else."
    default: break
    }
    return text + notes + gaps(verification)
  }

  /// What a reader has to know about the comparison.
  private var notes: String {
    var text = isWithinModels ? " Compared within the same models." : ""
    for field in newFields {
      text += " Part of it is of a new \(field == Cohorts.fields[0] ? "model" : "prompt version")"
      let isLeftOut = isWithinModels && field == Cohorts.fields[0]
      text += isLeftOut ? ", which the comparison leaves out." : ": the verdict is on that too."
    }
    return text
  }

  /// What is not in the numbers.
  private func gaps(_ verification: Recommendation.Verification) -> String {
    var text = ""
    if counts.leftOut > 0 {
      text +=
        " Left out: up to \(Statement.counted(counts.leftOut, "rating")) of days or weeks that begin before what is counted."
    }
    let uncovered = counts.uncovered
    if !uncovered.isEmpty {
      let times = uncovered.prefix(3).map { Self.span($0.from, $0.to) }
      text += " Nothing is counted of \(times.joined(separator: ", "))\(uncovered.count > 3 ? " and more" : "")."
    }
    switch gap {
    case .waiting(let count):
      text +=
        " \(Statement.counted(count, "rating")) of a week or day that is not over \(count == 1 ? "waits" : "wait")."
    case .overlap:
      text +=
        " This analysis adds nothing: it begins before \(counts.through.text), up to which all is counted, and has "
        + "no trend of this."
    case .otherTime(let field):
      text += " This analysis adds nothing: it is not by --time-field \(field.rawValue)."
    case .undated(let count):
      text +=
        " This analysis adds nothing: \(Statement.counted(count, "interaction")) of it \(count == 1 ? "has" : "have") no time, "
        + "and it has no trend of this."
    case .otherFields(let fields):
      text += " This analysis adds nothing: it is not by \(fields.joined(separator: "+"))."
    case nil: break
    }
    return text
  }

  /// `−18 points, likely −27 to −9`; against a limit the share itself, `likely 2 to 9 %`.
  private func likely(_ change: ChangeSequence, _ limit: Double?) -> String {
    if let limit {
      let ends = [change.low, change.high].map { Statement.percent(min(1, max(0, limit + $0)), besides: limit) }
      return "likely \(ends[0]) to \(ends[1]) %"
    }
    func signed(_ share: Double) -> String {
      let sign = share > 0 ? "+" : "−"
      let points = Int((abs(share) * 100).rounded())
      if points > 0 { return "\(sign)\(points)" }
      // Which side of no change an end is on decides the verdict.
      let tenths = Int((abs(share) * 1000).rounded(.up))
      return share == 0 ? "0" : "\(sign)0.\(tenths)"
    }
    return "\(signed(change.difference)) points, likely \(signed(change.low)) to \(signed(change.high))"
  }

  /// From one day to another, or one time to another where it is the same day.
  private static func span(_ start: Timestamp, _ end: Timestamp) -> String {
    let days = [start, end].map { $0.text.prefix(10) }
    return days[0] == days[1] ? "\(start.text) to \(end.text)" : "\(days[0]) to \(days[1])"
  }

  func append(_ verification: Recommendation.Verification, to line: inout RecordLine) {
    line.open("outcome")
    line.text("statement", statement(verification))
    line.integer("looks", counts.lookCount)
    line.text("from", counts.from.text)
    line.text("through", counts.through.text)
    line.text("verdict_from", decisive.from.text)
    line.integer("k", decisive.count)
    line.integer("n", decisive.total)
    line.integer("left_out", counts.leftOut)
    line.real("need", need.map(Double.init))
    line.real("difference", change?.difference)
    line.real("low", change?.low)
    line.real("high", change?.high)
    line.text("within", isWithinModels ? "model" : nil)
    line.real("rate_effect", effects?.rate)
    line.real("mix_effect", effects?.mix)
    line.flag("closed", isClosed)
    line.key("windows")
    line.rawValue([0x5B])
    for look in counts.looks {
      line.begin()
      line.text("from", look.from.text)
      line.text("through", look.through?.text)
      line.integer("k", look.count)
      line.integer("n", look.total)
      if !look.cohorts.isEmpty { Cohorts.append(look.cohorts, to: &line) }
      line.close()
    }
    line.rawValue([0x5D])
    line.close()
  }
}
