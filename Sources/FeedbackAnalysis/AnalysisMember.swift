extension AnalysisInput {
  /// The members that are read besides those of every record.
  enum Member: Int, CaseIterable {
    case schema, scope, kind, statement, evidence, impact, confidence, from, to, fromAsked, toAsked, timeField
    case interactions, errors, rated
    case ratingCount, mean, meanLow, meanHigh, poorCount, poorShare, poorLow, poorHigh, p95, designEffect
    case slowPoor, slowOf, slowZ, slowQ, slowFrom
    case accuracy, helpfulness, clarity, checked, checkedBy, ratingsMin, undated, fdr, bin, points
    case count, total, at, share, beforeShare, restShare, target, weakest, qualityEffect, mixEffect, excess,
      excessExpected
    case origin
    case priority, action, nextCommand, measure, verifyScope, since, baseline, baselineCount, verifyTarget, limit,
      countMin
    case verifyTimeField, verifyDesignEffect, verifyCommand, verifyCohorts, looks, judgedFrom, through, judgedCount,
      judgedTotal,
      leftOut,
      isClosed, judgedCohorts, windows

    var path: [String] {
      switch self {
      case .schema: ["schema"]
      case .scope: ["scope"]
      case .kind: ["kind"]
      case .statement: ["statement"]
      case .evidence: ["evidence"]
      case .impact: ["impact"]
      case .confidence: ["confidence"]
      case .from: ["window", "from"]
      case .to: ["window", "to"]
      case .fromAsked: ["window", "from_asked"]
      case .toAsked: ["window", "to_asked"]
      case .timeField: ["window", "time_field"]
      case .interactions: ["interactions"]
      case .errors: ["errors"]
      case .rated: ["rated"]
      case .ratingCount: ["rating", "n"]
      case .mean: ["rating", "mean"]
      case .meanLow: ["rating", "mean_low"]
      case .meanHigh: ["rating", "mean_high"]
      case .poorCount: ["rating", "poor", "k"]
      case .poorShare: ["rating", "poor", "share"]
      case .poorLow: ["rating", "poor", "low"]
      case .poorHigh: ["rating", "poor", "high"]
      case .p95: ["response_time_ms", "p95"]
      case .designEffect: ["rating", "poor", "design_effect"]
      case .slowPoor: ["slowness", "poor"]
      case .slowOf: ["slowness", "of"]
      case .slowZ: ["slowness", "z"]
      case .slowQ: ["slowness", "q"]
      case .slowFrom: ["slowness", "slowest_from_ms"]
      case .accuracy: ["dimensions", "accuracy"]
      case .helpfulness: ["dimensions", "helpfulness"]
      case .clarity: ["dimensions", "clarity"]
      case .checked: ["checked"]
      case .checkedBy: ["checked", "by"]
      case .ratingsMin: ["checked", "min_ratings"]
      case .undated: ["checked", "undated"]
      case .fdr: ["checked", "q"]
      case .bin: ["bin"]
      case .points: ["points"]
      case .origin: ["origin"]
      default: findingPath ?? recommendationPath
      }
    }

    /// What a finding has of its own.
    private var findingPath: [String]? {
      switch self {
      case .count: ["evidence", "k"]
      case .total: ["evidence", "n"]
      case .at: ["evidence", "at"]
      case .share: ["evidence", "share"]
      case .beforeShare: ["evidence", "before_share"]
      case .restShare: ["evidence", "rest_share"]
      case .target: ["evidence", "target"]
      case .weakest: ["evidence", "weakest"]
      case .qualityEffect: ["evidence", "split", "quality"]
      case .mixEffect: ["evidence", "split", "mix"]
      case .excess: ["impact", "excess_poor"]
      case .excessExpected: ["impact", "excess_poor_expected"]
      default: nil
      }
    }

    /// What an earlier recommendation has of its own.
    private var recommendationPath: [String] {
      switch self {
      case .priority: ["priority"]
      case .action: ["action"]
      case .nextCommand: ["next_command"]
      case .measure: ["verify", "metric"]
      case .verifyScope: ["verify", "scope"]
      case .since: ["verify", "since"]
      case .baseline: ["verify", "baseline"]
      case .baselineCount: ["verify", "baseline_n"]
      case .verifyTarget: ["verify", "target"]
      case .limit: ["verify", "limit"]
      case .countMin: ["verify", "min_n"]
      case .verifyTimeField: ["verify", "time_field"]
      case .verifyDesignEffect: ["verify", "design_effect"]
      case .verifyCommand: ["verify", "command"]
      case .verifyCohorts: ["verify", "cohorts"]
      case .looks: ["outcome", "looks"]
      case .judgedFrom: ["outcome", "from"]
      case .through: ["outcome", "through"]
      case .judgedCount: ["outcome", "k"]
      case .judgedTotal: ["outcome", "n"]
      case .leftOut: ["outcome", "left_out"]
      case .isClosed: ["outcome", "closed"]
      case .windows: ["outcome", "windows"]
      default: ["outcome", "cohorts"]
      }
    }
  }

  /// The paths that the scanner has to locate besides the fields it always does.
  public static let extraPaths = Member.allCases.map(\.path)
}
