import FeedbackModel
import Foundation
import Statistics
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// What the numbers promise, on data of which the truth is known: `make bench-statistics`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["FB_SIMULATE"] != nil, "FB_SIMULATE is not set"), .serialized)
struct Simulations {
  /// Shares of 1 to 5 stars, as people give them.
  static let shapes: [(name: String, shares: [Double])] = [
    ("mostly happy", [0.08, 0.04, 0.08, 0.20, 0.60]), ("two camps", [0.30, 0.08, 0.07, 0.15, 0.40]),
    ("mild", [0.05, 0.10, 0.20, 0.35, 0.30]),
  ]

  static func draw(_ shares: [Double], _ generator: inout SeededGenerator) -> Int {
    var left = Double.random(in: 0..<1, using: &generator)
    for (index, share) in shares.enumerated() {
      left -= share
      if left < 0 { return index + 1 }
    }
    return 5
  }

  /// Ratings of people who give about `each` of them and, as often as `likeness` says, repeat their first one.
  static func ratings(
    _ count: Int, _ shares: [Double], each: Int, likeness: Double, _ generator: inout SeededGenerator
  ) -> Cell {
    var cell = Cell()
    var person = generator.next()
    var first = draw(shares, &generator)
    for index in 0..<count {
      if index % each == 0 {
        person = generator.next()
        first = draw(shares, &generator)
      }
      let isSame = Double.random(in: 0..<1, using: &generator) < likeness
      var seen = Observation()
      seen.rating = Rating(millionths: (isSame ? first : draw(shares, &generator)) * 1_000_000)
      seen.person = person
      cell.add(seen, peopleMax: 10, countsDays: false)
    }
    return cell
  }

  static func row(_ cells: [String]) {
    print(
      cells.enumerated().map { index, cell in
        let blanks = String(repeating: " ", count: max(0, (index == 0 ? 42 : 10) - cell.count))
        return index == 0 ? cell + blanks : blanks + cell
      }.joined())
  }

  static func percent(_ count: Int, _ total: Int) -> String {
    String(format: "%.1f %%", 100 * Double(count) / Double(total))
  }

  // MARK: Coverage

  @Test func intervalsCoverTheTruth() {
    Self.row(["coverage of 95 % intervals", "n", "mean", "poor", "clustered", "its poor"])
    for (number, shape) in Self.shapes.enumerated() {
      let mean = shape.shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
      let poor = shape.shares[0] + shape.shares[1]
      for count in [5, 10, 30, 60, 100, 200, 400] {
        var generator = SeededGenerator(seed: UInt64(1000 * number + count))
        let runs = 4000
        var covered = (mean: 0, poor: 0, clustered: 0, clusteredPoor: 0)
        for _ in 0..<runs {
          let cell = Self.ratings(count, shape.shares, each: 1, likeness: 0, &generator)
          if let ends = cell.meanEstimate, ends.low <= mean, mean <= ends.high { covered.mean += 1 }
          if let ends = cell.poorInterval, ends.low <= poor, poor <= ends.high { covered.poor += 1 }
        }
        for _ in 0..<runs {
          // People of five ratings, of which four of ten repeat the first one.
          let cell = Self.ratings(count, shape.shares, each: 5, likeness: 0.4, &generator)
          if let ends = cell.meanEstimate, ends.low <= mean, mean <= ends.high { covered.clustered += 1 }
          if let ends = cell.poorInterval, ends.low <= poor, poor <= ends.high { covered.clusteredPoor += 1 }
        }
        Self.row(
          [shape.name, "\(count)"]
            + [covered.mean, covered.poor, covered.clustered, covered.clusteredPoor].map { Self.percent($0, runs) })
        let share = Double(covered.mean) / Double(runs)
        // 90 to 98 % up to 10 ratings and 93 to 97 % above; with so many runs chance moves it by 0.7 points.
        let bounds = count <= 10 ? 0.89...0.99 : 0.923...0.985
        #expect(bounds.contains(share), "\(shape.name) \(count)")
        let clustered = Double(covered.clustered) / Double(runs)
        #expect(bounds.contains(clustered), "\(shape.name) \(count), clustered")
        // Wilson's interval of few ratings covers more than it says: a share of 5 has six values.
        for poor in [covered.poor, covered.clusteredPoor].map({ Double($0) / Double(runs) }) {
          #expect(poor >= bounds.lowerBound, "\(shape.name) \(count), poor")
        }
      }
    }
  }

  @Test func differencesOfWindowsAreCovered() {
    Self.row(["coverage of differences of windows", "n", "apart", "clustered"])
    for (number, shape) in Self.shapes.enumerated() {
      for count in [100, 400] {
        var generator = SeededGenerator(seed: UInt64(77_000 * (number + 1) + count))
        let runs = 1500
        var covered = [0, 0]
        for _ in 0..<runs {
          for (place, likeness) in [0, 0.5].enumerated() {
            let each = place == 0 ? 1 : 5
            let cells = (0..<2).map { _ in Self.ratings(count, shape.shares, each: each, likeness: likeness, &generator)
            }
            if let windows = WindowComparison(cells[0], before: cells[1]), windows.interval.low <= 0,
              windows.interval.high >= 0
            {
              covered[place] += 1
            }
          }
        }
        Self.row([shape.name, "\(count)"] + covered.map { Self.percent($0, runs) })
        for share in covered.map({ Double($0) / Double(runs) }) {
          #expect((0.93...0.985).contains(share), "\(shape.name) \(count)")
        }
      }
    }
  }

  // MARK: Alarms

  /// A report of two windows of four weeks, with `count` ratings of each category in each.
  ///
  /// `share` gives the share of poor answers of a category in a window. People give `each` in a window, of one category
  /// where that is more than one, and repeat their first one as often as `likeness` says.
  static func report(
    categories: Int, count: Int, each: Int = 1, likeness: Double = 0, _ generator: inout SeededGenerator,
    share: (_ category: Int, _ isLater: Bool) -> Double
  ) throws -> AnalysisReport {
    var feedback = Feedback(prior: laterWindow.prior) { $0.window = laterWindow }
    for isLater in [false, true] {
      for category in 0..<categories {
        let poor = share(category, isLater)
        var first = 5
        for index in 0..<count {
          let isPoor = Double.random(in: 0..<1, using: &generator) < poor
          var level = isPoor ? Int.random(in: 1...2, using: &generator) : draw([0, 0, 0.1, 0.25, 0.65], &generator)
          if index % each == 0 {
            first = level
          } else if Double.random(in: 0..<1, using: &generator) < likeness {
            level = first
          }
          let person =
            each == 1 ? "u\(Int.random(in: 0..<5000, using: &generator))" : "\(category) \(index / each) \(isLater)"
          try feedback.rate(
            level, by: person, in: "c\(category)",
            day: Int.random(in: 72..<100, using: &generator) + (isLater ? 28 : 0))
        }
      }
    }
    return feedback.report
  }

  static let alarms: Set<Finding.Kind> = [.problem, .regression, .improvement, .changePoint, .drift]

  /// A world without a change or a difference.
  struct Unchanged {
    /// The share of poor answers, and the ratings of each category in each window.
    var share: Double
    var count: Int
    /// How many ratings a person gives, and how often one of them repeats the first.
    var each = 1
    var likeness = 0.0
    var runs = 300
  }

  @Test(arguments: [
    Unchanged(share: 0.15, count: 60), Unchanged(share: 0.10, count: 60),
    Unchanged(share: 0.15, count: 60, each: 5, likeness: 0.4),
    Unchanged(share: 0.10, count: 200, each: 10, likeness: 0.4, runs: 150),
  ])
  func chanceIsRarelyFlagged(world: Unchanged) throws {
    var generator = SeededGenerator(seed: UInt64(world.share * 1000) + UInt64(world.each) - 1)
    var alarmed = 0
    var kinds: [String: Int] = [:]
    for _ in 0..<world.runs {
      let report = try Self.report(
        categories: 30, count: world.count, each: world.each, likeness: world.likeness, &generator
      ) { _, _ in world.share }
      let found = report.findings.filter { Self.alarms.contains($0.kind) }
      if !found.isEmpty { alarmed += 1 }
      for finding in found { kinds[finding.kind.rawValue, default: 0] += 1 }
    }
    Self.row([
      "reports with a false alarm, 30 categories", "\(world.share)", "\(world.count)", "\(world.each) each",
      Self.percent(alarmed, world.runs),
    ])
    print("  of kinds: \(kinds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
    // Ten of a hundred are allowed; more than this would be by chance in fewer than 5 % of such simulations.
    #expect(alarmed <= (world.runs == 300 ? 38 : 21))
  }

  @Test func aPlantedRegressionIsFoundAndNamedFirst() throws {
    var generator = SeededGenerator(seed: 42)
    let runs = 50
    var (found, first) = (0, 0)
    for run in 0..<runs {
      let planted = run % 20
      let findings = try Self.report(categories: 20, count: 400, &generator) { category, isLater in
        category == planted && isLater ? 0.15 : 0.05
      }.findings
      let scope = Scope.slice(field: "category", value: Array("c\(planted)".utf8))
      if findings.contains(where: { $0.kind == .regression && $0.scope == scope }) { found += 1 }
      if findings.first?.scope == scope && findings.first(where: { $0.kind == .regression })?.scope == scope {
        first += 1
      }
    }
    Self.row(["planted regression of 10 points, 1 of 20", "found", Self.percent(found, runs)])
    Self.row(["", "first", Self.percent(first, runs)])
    #expect(Double(found) >= 0.8 * Double(runs) && first == found)
  }
}
