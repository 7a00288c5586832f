import FeedbackModel
import NDJSON
import Timestamps

/// What to do next, why, and how to see whether it helped: a claim that can be tested.
public struct Recommendation: Sendable {
  /// What kind of thing to do.
  public enum Kind: String, Sendable {
    /// Go back from a model or a version of the prompt.
    case rollBack = "roll_back"
    /// Collect answers in a language, and test on them.
    case coverLanguage = "cover_language"
    /// Make answers come sooner.
    case speedUp = "speed_up"
    /// What the answers are based on.
    case reviewKnowledge = "review_knowledge"
    /// How they are asked for and laid out.
    case revisePrompt = "revise_prompt"
    /// What they leave out.
    case completeAnswers = "complete_answers"
    /// Read them: what is wrong is not known.
    case reviewAnswers = "review_answers"
    /// Get more of them rated.
    case askMore = "ask_more"
    /// Have poor answers corrected.
    case correctAnswers = "correct_answers"
    /// Fine-tune on corrections.
    case trainOnCorrections = "train_on_corrections"
    /// Tune on preferences.
    case trainOnPairs = "train_on_pairs"
    /// Nothing.
    case none

    /// What shows whether it helped.
    var measure: Measure? {
      switch self {
      case .none: nil
      case .askMore: .feedbackRate
      case .correctAnswers: .corrections
      default: .poorShare
      }
    }
  }

  /// What is measured again.
  enum Measure: String, Sendable {
    case poorShare = "rating.poor.share"
    case feedbackRate = "feedback_rate"
    /// A number of examples, no share.
    case corrections

    /// What a count of it counts.
    var unit: String {
      switch self {
      case .poorShare: "rating"
      case .feedbackRate: "answer"
      case .corrections: "correction"
      }
    }

    /// Whether it is to fall.
    var isToFall: Bool { self == .poorShare }
  }

  /// How to see whether it helped.
  struct Verification: Sendable {
    var measure: Measure
    /// Where it is measured, which is not where the advice is about if that is to go.
    var scope: ReadScope
    /// The first moment after the analysis: what comes from here on is after the advice.
    var since: Timestamp?
    /// The time that its windows look at.
    var timeField = TimeField.timestamp
    var baseline: Double
    /// Observations that the baseline rests on.
    var baselineCount: Int?
    var target: Double
    /// What the share is held against where the baseline is too thin to be; nil where it is held against the baseline.
    var limit: Double?
    /// Observations that are needed after the change.
    var countMin: Int?
    /// How many times the variance is that of independent observations, 1 or more.
    var designEffect = 1.0
    var command: String?
    /// The baseline by model and by version of the prompt, where the analysis has that.
    var cohorts: [Cohorts] = []
  }

  let kind: Kind
  let scope: ReadScope
  let statement: [UInt8]
  /// The ids of the findings that call for it; empty where it was read, with `evidenceJSON` naming them.
  var findingIDs: [[UInt8]] = []
  let evidenceJSON: [UInt8]
  let impactJSON: [UInt8]
  var priority: Int
  let confidence: String
  let action: String
  let nextCommand: String?
  var verification: Verification?
  /// What came of it; nil where it is new.
  var outcome: Outcome?
  /// What recommendations of one priority are ranked by.
  var weight = 0.0

  /// The same for the same measure and kind of advice in the same scope.
  var id: [UInt8] { Finding.id((kind.measure.map { $0.rawValue + " " } ?? "") + kind.rawValue, scope.json) }

  /// Where the matter stands: open, or the verdict.
  var status: String { outcome?.verdict.rawValue ?? "open" }

  /// The record on a line.
  public var line: [UInt8] {
    var line = RecordLine()
    line.begin()
    line.text("type", "recommendation")
    line.integer("schema", 1)
    line.text("id", id)
    line.text("kind", kind.rawValue)
    line.raw("scope", scope.json)
    line.text("status", status)
    line.text("statement", statement)
    append(evidenceTo: &line)
    line.raw("impact", impactJSON.isEmpty ? Array("{}".utf8) : impactJSON)
    line.integer("priority", priority)
    line.text("confidence", confidence)
    line.text("action", action)
    line.text("next_command", nextCommand)
    if let verification { verification.append(to: &line) } else { line.text("verify", nil) }
    if let verification, let outcome {
      outcome.append(verification, to: &line)
    } else {
      line.text("outcome", nil)
    }
    line.end()
    return line.bytes
  }

  /// The evidence of the finding, with the ids in front.
  private func append(evidenceTo line: inout RecordLine) {
    line.open("evidence")
    if !findingIDs.isEmpty {
      line.key("findings")
      line.rawValue([0x5B])
      for id in findingIDs {
        line.separate()
        var text: [UInt8] = []
        JSONText.encode(id, into: &text)
        line.rawValue(text)
      }
      line.rawValue([0x5D])
    }
    // The members between the braces of an object.
    let rest = evidenceJSON.dropFirst().dropLast()
    if !rest.isEmpty {
      line.separate()
      line.rawValue(Array(rest))
    }
    line.close()
  }
}

extension Recommendation.Verification {
  func append(to line: inout RecordLine) {
    line.open("verify")
    line.text("metric", measure.rawValue)
    line.raw("scope", scope.json)
    line.text("since", since?.text)
    line.text("time_field", timeField.rawValue)
    line.real("baseline", baseline)
    line.real("baseline_n", baselineCount.map(Double.init))
    line.real("target", target)
    line.real("limit", limit)
    line.real("min_n", countMin.map(Double.init))
    line.real("design_effect", designEffect)
    line.text("command", command)
    if !cohorts.isEmpty { Cohorts.append(cohorts, to: &line) }
    line.close()
  }
}
