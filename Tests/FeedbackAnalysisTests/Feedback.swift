import FeedbackModel
import NDJSON
import TestSupport
import Testing
import Timestamps

@testable import FeedbackAnalysis

/// Ratings to be analysed, made one by one.
struct Feedback {
  private(set) var analysis: ComparedAnalysis
  private var scanner: LineScanner
  private var count = 0

  init(prior: TimeWindow? = nil, _ change: (inout AnalysisOptions) -> Void = { _ in }) {
    var options = AnalysisOptions()
    change(&options)
    analysis = ComparedAnalysis(options, prior: prior)
    scanner = LineScanner.records(extra: analysis.analysis.extraPaths)
  }

  /// Takes a record as it is.
  mutating func take(_ json: String) throws {
    let bytes = scanner.scan(text: Array(json.utf8))
    _ = try analysis.take(bytes.span, scanner)
  }

  /// A rating on a day since 1970-01-01, at an hour.
  mutating func rate(
    _ rating: Int, by person: String, in category: String = "a", day: Int? = nil, hour: Int = 12, extra: String = ""
  ) throws {
    count += 1
    let time = day.map { #""timestamp":"\#(Timestamp(seconds: $0 * 86_400 + hour * 3600).text)","# } ?? ""
    try take(
      #"{"id":"r\#(count)",\#(time)"user_id":"\#(person)","category":"\#(category)","feedback":{"user_rating":\#(rating)\#(extra)}}"#
    )
  }

  /// `total` ratings of 1 and 5, `poor` of them 1, spread over days and people.
  mutating func rate(
    poor: Int, of total: Int, in category: String, days: Range<Int>, people: Int = 1000
  ) throws {
    for index in 0..<total {
      // The poor ones are spread evenly over the others.
      let isPoor = index * poor / total != (index + 1) * poor / total
      // People in an order that has nothing to do with it.
      let person = ((UInt64(index) &* 0x9E37_79B9_7F4A_7C15) >> 33) % UInt64(people)
      try rate(
        isPoor ? 1 : 5, by: "\(category)\(person)", in: category,
        day: days.lowerBound + index * days.count / total)
    }
  }

  var report: AnalysisReport { analysis.report }

  /// Kinds and scopes of what is found.
  var found: [String] { FindingTests.flagged(report) }
}

/// Days 100 to 127, compared with 72 to 99.
let laterWindow = TimeWindow(since: Timestamp(seconds: 100 * 86_400), until: Timestamp(seconds: 128 * 86_400))
