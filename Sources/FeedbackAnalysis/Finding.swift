import Digest
import NDJSON
import Statistics

/// Something worth knowing in the numbers.
public struct Finding: Sendable {
  /// What kind of thing.
  public enum Kind: String, Sendable {
    /// Poor answers are more frequent here, by evidence that clears every guard.
    case problem
    /// It looks like a problem, on too little evidence.
    case earlySignal = "early_signal"
    /// It looks as if it had changed against the earlier window, which may be chance.
    case changeSignal = "change_signal"
    /// So few answers are rated that the ratings may not stand for them.
    case lowFeedback = "low_feedback"
    /// Answers are rated worse than in the earlier window.
    case regression
    /// They are rated better.
    case improvement
    /// The share of poor answers changed on some day.
    case changePoint = "change_point"
    /// The mean rises or falls over the bins.
    case drift
    /// Hardly anybody tells the three dimensions apart.
    case straightLining = "straight_lining"
    /// Many prompts have poor and good answers.
    case contradictoryRatings = "contradictory_ratings"
    /// Many people say nearly the same of poor answers.
    case complaintCluster = "complaint_cluster"
    /// What people say of poor answers more than of others.
    case complaintPhrases = "complaint_phrases"
    /// What people ask for.
    case suggestionPhrases = "suggestion_phrases"
  }

  /// How sure it is.
  public enum Confidence: String, Sendable {
    /// q ≤ 0.01 on 100 ratings at least.
    case high
    /// q ≤ 0.10.
    case medium
    /// An early signal.
    case low
  }

  /// What kind of thing.
  public var kind: Kind
  /// Where.
  public var scope: Scope
  /// One or two sentences for a person, as UTF-8.
  public var statement: [UInt8]
  /// The numbers behind it.
  public var evidence: Evidence
  /// How sure it is.
  public var confidence: Confidence
  /// A few poor answers that stand for it.
  var examples = PoorExamples()
  /// Their ids, best first; none below five people.
  public internal(set) var exampleIDs: [[UInt8]] = []

  /// The numbers behind a finding.
  public enum Evidence: Sendable {
    /// About poor answers.
    case poor(PoorEvidence)
    /// About missing feedback.
    case feedback(rated: Int, answered: Int)
    /// About two windows.
    case windows(WindowEvidence)
    /// About a day on which something changed.
    case change(SliceTrend.Change)
    /// About a drift.
    case drift(SliceTrend.Drift)
    /// About how ratings are given: `count` of `total`, where more than `limit` is a matter.
    case collection(count: Int, total: Int, limit: Double)
    /// About words.
    case phrases(KeyPhrases)
    /// About comments that are alike.
    case cluster(ComplaintCluster)
  }

  /// The same for the same kind of thing in the same scope: the first 16 hexadecimal digits of the SHA-256 of both, and of
  /// the words of a cluster, of which there may be several.
  public var id: [UInt8] {
    guard case .cluster(let cluster) = evidence else { return Self.id(kind.rawValue, scope.json) }
    return Self.id(kind.rawValue, scope.json + Array(cluster.phrases.map(\.text).joined(separator: [0x20])))
  }

  /// The id of a kind and a scope as records write it.
  public static func id(_ kind: String, _ scope: [UInt8]) -> [UInt8] {
    let bytes = Array(kind.utf8) + scope
    return Array(SHA256.hexadecimal(bytes.span, 0..<bytes.count).prefix(16))
  }

  /// What order findings are in: what is poor, what became worse, signals of it, what is wrong with the ratings, what
  /// people say, what became better; then by the size of the matter.
  var rank: (Int, Double) {
    let place =
      switch kind {
      case .problem: 0
      case .regression: 1
      case .changePoint: 2
      case .drift: 3
      case .earlySignal, .changeSignal: 4
      case .lowFeedback: 5
      case .straightLining, .contradictoryRatings: 6
      case .complaintCluster: 7
      case .complaintPhrases: 8
      case .suggestionPhrases: 9
      case .improvement: 10
      }
    return (place, -size)
  }

  /// How large the matter is, in answers as far as it can be.
  private var size: Double {
    switch evidence {
    case .poor(let poor): poor.excess.conservative
    case .feedback(let rated, let answered): Double(answered - rated)
    case .windows(let evidence): evidence.conservativeExcess
    case .change(let change): abs(change.since.value - change.before.value) * Double(change.since.rated)
    case .drift(let drift): abs(drift.starsPerWeek)
    case .collection(let count, _, _): Double(count)
    case .phrases(let phrases): Double(phrases.textCount)
    case .cluster(let cluster): Double(cluster.count)
    }
  }
}

/// Why a slice is said to have more poor answers.
public struct PoorEvidence: Sendable {
  /// Poor ratings.
  public var poor: Int
  /// All ratings.
  public var rated: Int
  /// The share with its 95 % interval.
  public var interval: ProportionInterval
  /// Ratings outside of the slice, 0 for everything.
  public var restRated: Int
  /// The poor answers too many, against the rest or, for everything, against the target.
  public var excess: SliceExcess
  /// The target.
  public var target: Double
  /// The least of the adjusted probabilities that led here, nil where nothing was tested.
  public var q: Double?
  /// People who rated; a lower bound.
  public var peopleAtLeast: Int
  /// Mean stars of each dimension, nil where it is not rated.
  public var dimensionMeans: [Double?]
  /// The dimension with the lowest mean among those with 5 ratings or more.
  public var weakest: Dimension?
}

/// Why a slice is said to have changed against an earlier window.
public struct WindowEvidence: Sendable {
  /// Both windows.
  public var comparison: SliceTrend.Comparison
  /// From when to when this one is.
  public var span: WindowSpan
  /// The same of the earlier one.
  public var before: WindowSpan
  /// People who rated in this one; a lower bound.
  public var peopleAtLeast: Int

  /// Poor answers more, or less, by the end of the interval that is nearer to none.
  public var conservativeExcess: Double {
    let interval = comparison.windows.interval
    return max(0, interval.low, -interval.high) * Double(comparison.windows.now.rated)
  }
}
