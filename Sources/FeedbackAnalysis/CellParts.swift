import Statistics

/// Ratings added up by 20 groups of people: whether the ratings of one person resemble each other shows in how these
/// differ, without keeping each person.
///
/// A person's bucket is the high word of 20 times their hash, so the same in every run and on every machine.
struct UserBuckets: Sendable, Equatable {
  static let count = 20
  /// For each bucket ratings, their sum in millionths of a star, and how many are poor; nothing until the first rating.
  private(set) var values: [Int] = []

  /// The bucket of the hash of a person.
  static func bucket(of person: UInt64) -> Int {
    Int(truncatingIfNeeded: person.multipliedFullWidth(by: UInt64(count)).high)
  }

  mutating func add(_ millionths: Int, isPoor: Bool, person: UInt64) {
    if values.isEmpty { values = [Int](repeating: 0, count: 3 * Self.count) }
    let start = 3 * Self.bucket(of: person)
    values[start] += 1
    values[start + 1] += millionths
    if isPoor { values[start + 2] += 1 }
  }

  mutating func add(_ count: Int, sum: Int, poor: Int, toBucket bucket: Int) {
    if values.isEmpty { values = [Int](repeating: 0, count: 3 * Self.count) }
    values[3 * bucket] += count
    values[3 * bucket + 1] += sum
    values[3 * bucket + 2] += poor
  }

  mutating func merge(_ other: UserBuckets) {
    if values.isEmpty { return values = other.values }
    for index in other.values.indices { values[index] += other.values[index] }
  }
}

/// How often which overall rating came with which rating of a dimension: a table of 5 × 5 levels for each dimension.
struct LevelTables: Sendable, Equatable {
  /// Tables one after another, rows by the overall rating; nothing until the first pair.
  private(set) var counts: [Int] = []
  static let size = 25

  mutating func add(_ overall: Int, _ dimension: Dimension, _ level: Int) {
    add(1, at: Self.size * dimension.rawValue + 5 * (overall - 1) + level - 1)
  }

  mutating func add(_ count: Int, at index: Int) {
    if counts.isEmpty { counts = [Int](repeating: 0, count: Self.size * Dimension.allCases.count) }
    counts[index] += count
  }

  mutating func merge(_ other: LevelTables) {
    if counts.isEmpty { return counts = other.counts }
    for index in other.counts.indices { counts[index] += other.counts[index] }
  }

  /// The rows of a dimension's table; nil where nobody rated both.
  func rows(of dimension: Dimension) -> [[Int]]? {
    if counts.isEmpty { return nil }
    let start = Self.size * dimension.rawValue
    let rows = (0..<5).map { Array(counts[start + 5 * $0..<start + 5 * $0 + 5]) }
    return rows.allSatisfy { $0.allSatisfy { $0 == 0 } } ? nil : rows
  }
}

/// Sums over the answers of which the whole and all three dimensions are rated: what correlations are made of.
struct CompleteCases: Sendable, Equatable {
  /// How many.
  var count = 0
  /// In how many all three dimensions have the same rating: a person who did not tell them apart, perhaps.
  var straightLined = 0
  /// Sums of overall, accuracy, helpfulness and clarity, in millionths of a star.
  var sums = [0, 0, 0, 0]
  /// Sums of the products of each with itself and those after it, in that order, in millionths²; nothing until the first.
  var products: [Int128] = []
  static let productCount = 10

  mutating func add(_ overall: Int, _ accuracy: Int, _ helpfulness: Int, _ clarity: Int) {
    if products.isEmpty { products = [Int128](repeating: 0, count: Self.productCount) }
    count += 1
    if accuracy == helpfulness && helpfulness == clarity { straightLined += 1 }
    sums[0] += overall
    sums[1] += accuracy
    sums[2] += helpfulness
    sums[3] += clarity
    products[0] += Int128(overall * overall)
    products[1] += Int128(overall * accuracy)
    products[2] += Int128(overall * helpfulness)
    products[3] += Int128(overall * clarity)
    products[4] += Int128(accuracy * accuracy)
    products[5] += Int128(accuracy * helpfulness)
    products[6] += Int128(accuracy * clarity)
    products[7] += Int128(helpfulness * helpfulness)
    products[8] += Int128(helpfulness * clarity)
    products[9] += Int128(clarity * clarity)
  }

  mutating func merge(_ other: CompleteCases) {
    if other.count == 0 { return }
    if products.isEmpty { products = [Int128](repeating: 0, count: Self.productCount) }
    count += other.count
    straightLined += other.straightLined
    for index in sums.indices { sums[index] += other.sums[index] }
    for index in products.indices { products[index] += other.products[index] }
  }
}

/// Times to respond, by what became of the answer: whether slow answers are poor ones more often.
struct ResponseTimes: Sendable, Equatable {
  var poor = LatencyHistogram()
  var notPoor = LatencyHistogram()
  var unrated = LatencyHistogram()

  mutating func add(_ milliseconds: Int, isPoor: Bool?) {
    switch isPoor {
    case true?: poor.add(milliseconds)
    case false?: notPoor.add(milliseconds)
    case nil: unrated.add(milliseconds)
    }
  }

  mutating func merge(_ other: ResponseTimes) {
    poor.merge(other.poor)
    notPoor.merge(other.notPoor)
    unrated.merge(other.unrated)
  }

  /// All of them.
  var all: LatencyHistogram {
    var all = poor
    all.merge(notPoor)
    all.merge(unrated)
    return all
  }
}

/// Whether there are enough different people, without keeping all of them: the smallest hashes, up to a limit.
///
/// Which ones are kept does not depend on the order, so samples of parts merge to the sample of the whole. Up to the limit
/// the count is exact.
public struct PeopleSample: Sendable, Equatable {
  /// In ascending order, below 2⁵³, so that every JSON reader keeps them.
  private(set) var hashes: [UInt64] = []
  static let hashMax: UInt64 = 1 << 53

  /// How many different people, at most the limit.
  public var count: Int { hashes.count }

  /// Adds the hash of a person, of which the upper 53 bits count.
  mutating func add(_ person: UInt64, limit: Int) { add(short: person >> 11, limit: limit) }

  mutating func add(short hash: UInt64, limit: Int) {
    if hashes.count >= limit, let last = hashes.last, hash >= last { return }
    var place = hashes.count
    while place > 0 && hashes[place - 1] > hash { place -= 1 }
    if place > 0 && hashes[place - 1] == hash { return }
    if hashes.count >= limit { hashes.removeLast() }
    hashes.insert(hash, at: place)
  }

  mutating func merge(_ other: PeopleSample, limit: Int) {
    for hash in other.hashes { add(short: hash, limit: limit) }
  }
}
