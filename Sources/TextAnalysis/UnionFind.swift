/// Disjoint sets of the numbers from 0 on; the least number of a set stands for it.
struct UnionFind: Sendable {
  private var parents: [Int32]

  /// Each number by itself.
  init(count: Int) { parents = (0..<count).map { Int32($0) } }

  /// The least number of the set of a number; shortens the way there.
  mutating func root(of number: Int) -> Int {
    var place = number
    while Int(parents[place]) != place {
      parents[place] = parents[Int(parents[place])]
      place = Int(parents[place])
    }
    return place
  }

  /// Makes one set of the sets of two numbers.
  mutating func unite(_ left: Int, _ right: Int) {
    let (a, b) = (root(of: left), root(of: right))
    parents[max(a, b)] = Int32(min(a, b))
  }
}
