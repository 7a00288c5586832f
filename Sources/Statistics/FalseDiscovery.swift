/// What remains of small probabilities when many things were tested at once.
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
}
