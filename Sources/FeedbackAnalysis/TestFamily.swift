import Statistics

/// The tests of one report, which are corrected for together: of what is flagged, only so much is expected to be chance.
struct TestFamily: Sendable {
  private var probabilities: [Double] = []
  private var adjusted: [Double] = []

  /// How many tests there are.
  var count: Int { probabilities.count }

  /// Adds a test by its probability of chance; what comes back asks for its adjusted one after `correct`.
  mutating func add(_ probability: Double) -> Test {
    probabilities.append(probability)
    return Test(place: probabilities.count - 1, p: probability)
  }

  /// Corrects all tests: by Benjamini and Hochberg, or, if strict, by Benjamini and Yekutieli.
  mutating func correct(isStrict: Bool) {
    adjusted =
      isStrict
      ? FalseDiscovery.adjustedUnderDependence(probabilities) : FalseDiscovery.adjusted(probabilities)
  }

  /// The adjusted probability of a test.
  func q(_ test: Test) -> Double { adjusted[test.place] }

  /// One test.
  struct Test: Sendable {
    fileprivate let place: Int
    /// The probability of chance before correction.
    let p: Double
  }
}
