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
    /// So few answers are rated that the ratings may not stand for them.
    case lowFeedback = "low_feedback"
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

  /// The numbers behind a finding.
  public enum Evidence: Sendable {
    /// About poor answers.
    case poor(PoorEvidence)
    /// About missing feedback.
    case feedback(rated: Int, answered: Int)
  }

  /// The same for the same kind of thing in the same scope: the first 16 hexadecimal digits of the SHA-256 of both.
  public var id: [UInt8] { Self.id(kind.rawValue, scope.json) }

  /// The id of a kind and a scope as records write it.
  public static func id(_ kind: String, _ scope: [UInt8]) -> [UInt8] {
    let bytes = Array(kind.utf8) + scope
    return Array(SHA256.hexadecimal(bytes.span, 0..<bytes.count).prefix(16))
  }

  /// What order findings are in: problems before signals before the rest, then by the size of the matter.
  var rank: (Int, Double) {
    switch (kind, evidence) {
    case (.problem, .poor(let poor)): (0, -poor.excess.conservative)
    case (.earlySignal, .poor(let poor)): (1, -poor.excess.conservative)
    case (_, .feedback(let rated, let answered)): (2, -Double(answered - rated))
    case (_, .poor(let poor)): (2, -poor.excess.conservative)
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
