/// What remains of small probabilities when many things were tested at once.
///
/// Probabilities are of 0 to 1, and all tests that one report prints belong in one list; of none nothing remains.
public enum FalseDiscovery {
  /// The adjusted probabilities of Benjamini and Hochberg (1995): q₍ᵢ₎ = min over j ≥ i of m · p₍ⱼ₎ / j, at most 1, in the
  /// order of the input.
  ///
  /// Of what is flagged at q ≤ 0.10, no more than a tenth is expected to be chance.
  public static func adjusted(_ probabilities: [Double]) -> [Double] {
    let count = probabilities.count
    let order = probabilities.indices.sorted {
      (probabilities[$0], $0) < (probabilities[$1], $1)
    }
    var adjusted = probabilities
    var least = 1.0
    for rank in stride(from: count, through: 1, by: -1) {
      let index = order[rank - 1]
      least = min(least, probabilities[index] * Double(count) / Double(rank))
      adjusted[index] = least
    }
    return adjusted
  }

  /// The adjusted probabilities of Benjamini and Yekutieli (2001): those of Benjamini and Hochberg times Σ 1/i, i = 1 … m,
  /// at most 1, in the order of the input.
  ///
  /// Holds however the tests depend on each other, and is stricter for it.
  public static func adjustedUnderDependence(_ probabilities: [Double]) -> [Double] {
    let factor = (1...max(1, probabilities.count)).reduce(0.0) { $0 + 1 / Double($1) }
    return adjusted(probabilities).enumerated().map { min(1, $0.element * factor) }
  }

  /// The adjusted probabilities of Holm (1979): max over j ≤ i of (m − j + 1) · p₍ⱼ₎, at most 1, in the order of the
  /// input.
  ///
  /// Flagging at 0.05 makes a single false alarm among all tests no likelier than 5 %.
  public static func familywise(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var adjusted = probabilities
    var most = 0.0
    for (rank, index) in order.enumerated() {
      most = max(most, min(1, probabilities[index] * Double(order.count - rank)))
      adjusted[index] = most
    }
    return adjusted
  }
}
