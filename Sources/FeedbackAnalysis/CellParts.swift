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

  /// Each bucket that holds something: ratings and their sum in millionths of a star.
  var sums: [ExactSum] {
    stride(from: 0, to: values.count, by: 3).compactMap {
      values[$0] == 0 ? nil : ExactSum(count: values[$0], sum: Int128(values[$0 + 1]))
    }
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

  /// The table of a dimension; nil before the first pair.
  func table(of dimension: Dimension) -> ContingencyTable? {
    if counts.isEmpty { return nil }
    let start = Self.size * dimension.rawValue
    return ContingencyTable((0..<5).map { Array(counts[start + 5 * $0..<start + 5 * $0 + 5]) })
  }
}

/// The answers of which the whole and all three dimensions are rated: what correlations are made of.
struct CompleteCases: Sendable, Equatable {
  /// Overall, accuracy, helpfulness and clarity in millionths of a star; nothing until the first.
  var sums: CrossProducts?
  /// In how many all three dimensions have the same rating: a person who did not tell them apart, perhaps.
  var straightLined = 0

  /// How many.
  var count: Int { sums?.count ?? 0 }

  mutating func add(_ overall: Int, _ accuracy: Int, _ helpfulness: Int, _ clarity: Int) {
    if sums == nil { sums = CrossProducts() }
    sums?.add([overall, accuracy, helpfulness, clarity])
    if accuracy == helpfulness && helpfulness == clarity { straightLined += 1 }
  }

  mutating func merge(_ other: CompleteCases) {
    guard let others = other.sums else { return }
    if sums == nil { sums = others } else { sums?.merge(others) }
    straightLined += other.straightLined
  }
}

/// The people who gave a part of what a cell holds, where they may be fewer than rated the whole.
struct PartPeople: Sendable, Equatable {
  /// What is told of by itself, and so has to be of people enough.
  enum Part: Int, CaseIterable {
    case accuracy, helpfulness, clarity
    /// The whole and all three dimensions.
    case complete
    /// Ratings that were asked for.
    case asked

    init(_ dimension: Dimension) {
      switch dimension {
      case .accuracy: self = .accuracy
      case .helpfulness: self = .helpfulness
      case .clarity: self = .clarity
      }
    }
  }

  /// Nothing until the first.
  private var samples: [PeopleSample] = []
  /// More people than this are never asked for.
  static let limit = AnalysisOptions.signalMin

  subscript(part: Part) -> PeopleSample { samples.isEmpty ? PeopleSample() : samples[part.rawValue] }

  mutating func add(_ person: UInt64, to part: Part) {
    start()
    samples[part.rawValue].add(person, limit: Self.limit)
  }

  mutating func merge(_ other: PeopleSample, to part: Part) {
    if other.count == 0 { return }
    start()
    samples[part.rawValue].merge(other, limit: Self.limit)
  }

  mutating func merge(_ other: PartPeople) {
    for part in Part.allCases { merge(other[part], to: part) }
  }

  private mutating func start() {
    if samples.isEmpty { samples = [PeopleSample](repeating: PeopleSample(), count: Part.allCases.count) }
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

  /// How many different people there are likely to be, from the k = 10 smallest hashes: exact below 10, else (k − 1)/u,
  /// where u is the k-th of them as a part of all hashes.
  ///
  /// Unbiased, with a standard error of 1/√(k − 2), about a third (Beyer et al. 2007, On synopses for distinct-value
  /// estimation). The same however many are kept.
  var likelyCount: Double {
    let kept = AnalysisOptions.peopleKeptMin
    if hashes.count < kept { return Double(hashes.count) }
    return Double(kept - 1) * Double(Self.hashMax) / (Double(hashes[kept - 1]) + 1)
  }

  /// Whether the number of people is known: fewer than the smallest limit.
  var isExact: Bool { hashes.count < AnalysisOptions.peopleKeptMin }

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
