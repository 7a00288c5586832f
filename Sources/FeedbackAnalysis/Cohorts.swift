import NDJSON
import Statistics

/// A share by the values of one field: how many of how many for each model, or each version of the prompt.
struct Cohorts: Sendable, Equatable {
  /// One value, nil where the field is absent, and its counts.
  struct Cohort: Sendable, Equatable {
    var value: [UInt8]?
    var count: Int
    var total: Int
  }

  /// The fields that tell what gave an answer.
  static let fields = ["model", "prompt_version"]
  /// More values of a field than this tell nothing.
  static let valuesMax = 50

  /// The field.
  let field: String
  private(set) var cohorts: [Cohort] = []

  init(field: String, cohorts: [Cohort] = []) {
    self.field = field
    self.cohorts = cohorts
  }

  /// How many observations are known by value.
  var total: Int { cohorts.reduce(0) { $0 + $1.total } }

  /// The counts of several looks, field by field.
  static func sum(of looks: [Outcome.Look]) -> [Cohorts] {
    var known: [Cohorts] = []
    for later in looks.flatMap(\.cohorts) {
      if let place = known.firstIndex(where: { $0.field == later.field }) {
        known[place].add(later)
      } else {
        known.append(later)
      }
    }
    return known
  }

  /// Adds the counts of the same field from later.
  mutating func add(_ other: Cohorts) {
    for cohort in other.cohorts {
      if let place = cohorts.firstIndex(where: { $0.value == cohort.value }) {
        cohorts[place].count += cohort.count
        cohorts[place].total += cohort.total
      } else {
        cohorts.append(cohort)
      }
    }
  }

  /// The counts less earlier ones of the same field that are in them; nil where they cannot be.
  func without(_ earlier: Cohorts?) -> Cohorts? {
    var rest = self
    for cohort in earlier?.cohorts ?? [] {
      guard let place = rest.cohorts.firstIndex(where: { $0.value == cohort.value }) else { return nil }
      rest.cohorts[place].count -= cohort.count
      rest.cohorts[place].total -= cohort.total
      let left = rest.cohorts[place]
      guard left.total >= 0, (0...left.total).contains(left.count) else { return nil }
    }
    rest.cohorts.removeAll { $0.total == 0 }
    return rest
  }

  /// Before and after, value by value.
  static func strata(_ before: Cohorts, _ after: Cohorts) -> [StratifiedComparison.Stratum] {
    var strata: [StratifiedComparison.Stratum] = []
    for cohort in before.cohorts {
      let later = after.cohorts.first { $0.value == cohort.value }
      strata.append(
        .init(
          count: cohort.count, total: cohort.total, laterCount: later?.count ?? 0, laterTotal: later?.total ?? 0))
    }
    for cohort in after.cohorts where !before.cohorts.contains(where: { $0.value == cohort.value }) {
      strata.append(.init(count: 0, total: 0, laterCount: cohort.count, laterTotal: cohort.total))
    }
    return strata
  }

  /// Writes `"model":[{"value":"m1","k":3,"n":40}]` for each field.
  static func append(_ all: [Cohorts], to line: inout RecordLine) {
    line.open("cohorts")
    for cohorts in all {
      var name: [UInt8] = []
      JSONText.encode(cohorts.field, into: &name)
      line.separate()
      line.rawValue(name + Array(":[".utf8))
      for cohort in cohorts.cohorts {
        line.begin()
        line.key("value")
        var value: [UInt8] = []
        if let text = cohort.value { JSONText.encode(text, into: &value) } else { value.append("null") }
        line.rawValue(value)
        line.integer("k", cohort.count)
        line.integer("n", cohort.total)
        line.close()
      }
      line.rawValue([0x5D])
    }
    line.close()
  }
}
