import Digest
import FeedbackModel
import Statistics
import TestSupport
import Testing

@testable import FeedbackAnalysis

/// Which interval a mean gets, how slices stand among each other, and what is said of those that were not rated.
@Suite struct EstimateTests {
  /// Ratings of people: `each` of one person, the stars of a person all the same or spread alike.
  static func cell(people: Int, each: Int, alike: Bool) -> Cell {
    var cell = Cell()
    for person in 0..<people {
      for index in 0..<each {
        var seen = Observation()
        seen.rating = Rating(millionths: ((alike ? person : index) % 5 + 1) * 1_000_000)
        let bytes = Array("u\(person)".utf8)
        seen.person = StableHash.hash(bytes.span, 0..<bytes.count, seed: 1)
        cell.add(seen, peopleMax: 10, countsDays: false)
      }
    }
    return cell
  }

  @Test func ratersWhoRepeatThemselvesWidenTheInterval() throws {
    let alike = try #require(Self.cell(people: 1000, each: 5, alike: true).meanEstimate)
    let spread = try #require(Self.cell(people: 1000, each: 5, alike: false).meanEstimate)
    #expect(alike.method == .clustered && spread.method == .dirichlet)
    // Five ratings that are one: the variance is about five times that of as many that are not.
    let effect = try #require(alike.designEffect)
    #expect((2.5...8).contains(effect), "\(effect)")
  }

  @Test func fewRatingsOrFewPeopleGetThePosterior() throws {
    #expect(Self.cell(people: 29, each: 1, alike: true).meanEstimate?.method == .dirichlet)
    // Advice on few people who rate often takes the effect from here.
    let few = try #require(Self.cell(people: 4, each: 20, alike: true).meanEstimate)
    #expect(few.method == .dirichlet && abs((few.designEffect ?? 0) - (1 + 0.3 * 19)) < 1e-9)
    #expect(Self.cell(people: 60, each: 1, alike: true).meanEstimate?.method == .clustered)
    #expect(Cell().meanEstimate == nil)
    let equal = Self.cell(people: 60, each: 1, alike: false)
    let width = try #require(equal.meanEstimate)
    #expect(equal.rating.variance == 0 && width.method == .dirichlet && width.high > width.low)
  }

  @Test func aTinyGroupDoesNotLeadTheList() throws {
    let report = try FindingTests.report([
      ("good", 300, 15, 60), ("bad", 300, 90, 60), ("fair", 300, 30, 60), ("tiny", 2, 2, 2),
    ])
    let standings = SliceStanding.standings(of: report.fields[0], in: report)
    #expect(standings.map(\.rank) == [1, 2, 3, nil])
    let (bad, tiny) = (try #require(standings[0].mean), try #require(standings[3].mean))
    #expect(report.fields[0].slices[3].cell.rating.mean == 1 && tiny > bad - 1.5)
    #expect(abs(standings.reduce(0) { $0 + ($1.mix ?? 0) } - 1) < 1e-12)
  }

  @Test func silenceLeavesTheShareOpen() throws {
    // 120 answers of 1000, of which 30 are poor: from 3 to 91 %.
    let report = try FindingTests.report([("a", 120, 30, 120)], unrated: 880)
    let bounds = Nonresponse(report.total)
    #expect(!bounds.isAskedKnown && bounds.asked == 1000 && bounds.answered == 120)
    let poor = try #require(bounds.poor)
    #expect(abs(poor.low - 0.03) < 1e-12 && abs(poor.high - 0.91) < 1e-12)
  }

  @Test func slowAnswersThatArePoorAreTold() throws {
    var times = ResponseTimes()
    for index in 0..<1000 { times.add(index * 10, isPoor: index % 10 < index / 200 + 1) }
    let slow = try #require(Slowness(times, ratingsMin: 30))
    #expect(slow.parts.map(\.total).reduce(0, +) == 1000 && slow.trend.z > 5 && (slow.superiority ?? 0) > 0.6)
    #expect(slow.parts.map(\.count) == slow.parts.map(\.count).sorted())
    #expect(Slowness(times, ratingsMin: 1001) == nil && Slowness(ResponseTimes(), ratingsMin: 0) == nil)
  }

  @Test func dimensionsThatMoveTogetherAreNotToldApart() {
    var (apart, together) = (CompleteCases(), CompleteCases())
    var generator = SeededGenerator(seed: 12)
    func level() -> Int { Int.random(in: 1...5, using: &generator) }
    for _ in 0..<200 {
      let (a, b, c) = (level(), level(), level())
      apart.add((2 * a + b) * 1_000_000 / 3, a * 1_000_000, b * 1_000_000, c * 1_000_000)
      together.add(a * 1_000_000, b * 1_000_000, b * 1_000_000 - c % 2, c * 1_000_000)
    }
    let drivers = Drivers(apart.sums ?? CrossProducts())
    #expect((drivers.importance?[0] ?? 0) > (drivers.importance?[1] ?? 1) && drivers.importance?.count == 3)
    #expect(Drivers(together.sums ?? CrossProducts()).importance == nil)
    #expect(Drivers(CrossProducts()).analysis == nil)
  }

  @Test func weightsOfFewAnswersSayNothing() {
    var cell = Cell()
    func ask(_ count: Int, rating: Int?, probability: Int, people: Int = 1000) {
      for index in 0..<count {
        var seen = Observation()
        seen.rating = rating.flatMap { Rating(millionths: $0 * 1_000_000) }
        let bytes = Array("u\(index % people)".utf8)
        seen.person = StableHash.hash(bytes.span, 0..<bytes.count, seed: 1)
        seen.askProbability = probability
        cell.add(seen, peopleMax: 10, countsDays: false)
      }
    }
    ask(9, rating: 3, probability: 500_000)
    ask(11, rating: nil, probability: 500_000)
    #expect(WeightedRatings(cell).mean == nil && WeightedRatings(cell).count == 9)
    ask(9, rating: 3, probability: 500_000)
    let weighted = WeightedRatings(cell)
    #expect(weighted.mean?.value == 3 && weighted.poorShare?.value == 0 && weighted.effectiveCount == 18)
    // What was asked for without a known probability has no weight.
    ask(9, rating: nil, probability: 0)
    #expect(WeightedRatings(cell).count == 18 && cell.asked.asked == 38)
    // Equal ratings are not certain ones.
    let (low, high) = (weighted.mean?.low ?? 3, weighted.mean?.high ?? 3)
    #expect(high - low > 0.3 && (weighted.poorShare?.high ?? 0) > 0.1)
  }

  /// With one probability for all the weights say nothing, so both intervals are the same.
  @Test(arguments: [(20, 40), (200, 1), (12, 1)]) func equalWeightsChangeNothing(people: Int, each: Int) throws {
    var cell = Cell()
    for person in 0..<people {
      for _ in 0..<each {
        var seen = Observation()
        seen.rating = Rating(millionths: (person % 4 == 0 ? 1 : 5) * 1_000_000)
        let bytes = Array("u\(person)".utf8)
        seen.person = StableHash.hash(bytes.span, 0..<bytes.count, seed: 1)
        seen.askProbability = 250_000
        cell.add(seen, peopleMax: 10, countsDays: false)
      }
    }
    let weighted = WeightedRatings(cell)
    let (share, mean) = (try #require(weighted.poorShare), try #require(weighted.mean))
    let (poor, stars) = (try #require(cell.poorInterval), try #require(cell.meanEstimate))
    #expect(abs(share.value - poor.share) < 1e-12 && abs((share.high - share.low) / (poor.high - poor.low) - 1) < 0.1)
    #expect(abs((mean.high - mean.low) / (stars.high - stars.low) - 1) < 0.15)
  }

  /// Where nobody's answer is poor nothing shows whether ratings of one person are alike: it takes how many people there
  /// are, which is more than are told apart.
  @Test(arguments: [60, 400, 2000, 20_000]) func equalRatingsOfManyPeopleAreNarrow(people: Int) throws {
    func interval(each: Int) throws -> ProportionInterval {
      var cell = Cell()
      for person in 0..<people {
        for _ in 0..<each {
          var seen = Observation()
          seen.rating = Rating(millionths: 5_000_000)
          let bytes = Array("u\(person)".utf8)
          seen.person = StableHash.hash(bytes.span, 0..<bytes.count, seed: 1)
          cell.add(seen, peopleMax: 10, countsDays: false)
        }
      }
      let mean = try #require(cell.meanEstimate)
      let (poor, good) = (try #require(cell.poorInterval), try #require(cell.goodInterval))
      #expect(mean.high == 5 && 5 - mean.low < 6 * poor.high)
      #expect(abs(good.low - (1 - poor.high)) < 1e-12)
      return poor
    }
    let wilson = try #require(ProportionInterval(count: 0, total: people))
    #expect(try interval(each: 1).high <= 1.5 * wilson.high)
    // Ten of each of them say more than one, and less than ten times as many people.
    let often = try #require(ProportionInterval(count: 0, total: 10 * people))
    #expect(try (2 * often.high...1.1 * wilson.high).contains(interval(each: 10).high))
  }
}
