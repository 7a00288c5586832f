import FeedbackModel
import Statistics
import TestSupport
import Testing

@testable import FeedbackAnalysis

@Suite struct CellTests {
  static func observation(_ generator: inout SeededGenerator) -> Observation {
    var seen = Observation()
    seen.isError = Int.random(in: 0..<20, using: &generator) == 0
    func rating() -> Rating? {
      Bool.random(using: &generator)
        ? nil : Rating(millionths: Int.random(in: 1_000_000...5_000_000, using: &generator))
    }
    seen.rating = rating()
    seen.accuracy = rating()
    seen.helpfulness = rating()
    seen.clarity = rating()
    seen.milliseconds = Int.random(in: 0..<100_000, using: &generator)
    seen.person = UInt64(Int.random(in: 0..<40, using: &generator)) &* 0x9E37_79B9_7F4A_7C15
    seen.day = Int.random(in: -3..<30, using: &generator)
    return seen
  }

  @Test func cellsOfPartsAddUpToTheCellOfTheWhole() {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<40 {
      var whole = Cell()
      var parts = [Cell(), Cell(), Cell()]
      for _ in 0..<round * 7 {
        let seen = Self.observation(&generator)
        whole.add(seen, peopleMax: 10, countsDays: true)
        parts[Int.random(in: 0..<3, using: &generator)].add(seen, peopleMax: 10, countsDays: true)
      }
      for order in [[0, 1, 2], [2, 0, 1]] {
        var merged = Cell()
        for part in order { merged.merge(parts[part], peopleMax: 10) }
        #expect(merged.interactions == whole.interactions && merged.errors == whole.errors)
        #expect(merged.rating == whole.rating && merged.people == whole.people && merged.days == whole.days)
        for dimension in Dimension.allCases {
          #expect(merged.ratings(of: dimension) == whole.ratings(of: dimension))
        }
        #expect(merged == whole)
      }
    }
  }

  @Test func errorsAreInNoFigure() {
    var cell = Cell()
    var seen = Observation()
    seen.isError = true
    seen.rating = Rating(millionths: 1_000_000)
    seen.milliseconds = 9
    seen.day = 1
    cell.add(seen, peopleMax: 10, countsDays: true)
    #expect(cell.interactions == 1 && cell.errors == 1 && cell.answered == 0)
    #expect(cell.rating.count == 0 && cell.responseTimes.all.count == 0 && cell.people.count == 0)
    #expect(cell.days.all.map(\.interactions) == [1] && cell.days.all.map(\.rated) == [0])
  }

  @Test func peopleAreCountedExactlyUpToTheLimit() {
    var people = PeopleSample()
    for hash in [5, 3, 5, 9, 3, 1] as [UInt64] { people.add(hash << 11, limit: 4) }
    #expect(people.count == 4)
    for hash in 0..<100 as Range<UInt64> { people.add(hash << 11, limit: 4) }
    #expect(people.count == 4)
    var one = PeopleSample()
    for _ in 0..<100 { one.add(77 << 11, limit: 4) }
    #expect(one.count == 1)
  }

  @Test func daysComeInOrder() {
    var days = DayCounts()
    for day in [7, 3, 7, -2, 5, 3] { days.add(day: day, rating: nil) }
    #expect(days.all.map(\.day) == [-2, 3, 5, 7])
    #expect(days.all.map(\.interactions) == [1, 2, 1, 2])
  }

  @Test func valuesKeepTheirNumbersWhileTheTableGrows() {
    var table = GroupTable()
    for round in 0..<2 {
      for number in 0..<5000 {
        let bytes = Array("value \(number)".utf8)
        #expect(table.index(of: bytes.span, 0..<bytes.count) == number, "\(round)")
      }
    }
    #expect(table.count == 5000 && table.value(4321) == Array("value 4321".utf8))
    let empty: [UInt8] = []
    #expect(table.index(of: empty.span, 0..<0) == 5000 && table.value(5000).isEmpty)
  }
}
