/// Unicode normalization forms C and KC (UAX 15) of scalars.
enum ScalarNormalizer {
  /// Brings scalars into NFC, or with `isCompatible` into NFKC.
  static func normalize(_ scalars: inout [UInt32], isCompatible: Bool) {
    let table = Decompositions.shared
    if !scalars.contains(where: { mayChange($0, table, isCompatible) }) { return }
    var classes: [UInt8] = []
    var decomposed: [UInt32] = []
    decomposed.reserveCapacity(scalars.count + 16)
    classes.reserveCapacity(scalars.count + 16)
    for scalar in scalars { decompose(scalar, table, isCompatible, &decomposed, &classes) }
    compose(&decomposed, classes, table)
    scalars = decomposed
  }

  /// Whether a scalar is not one that stays as it is whatever stands beside it.
  ///
  /// Below U+0300 all canonical mappings compose again to what they came from, and nothing composes with what precedes.
  @inline(__always)
  private static func mayChange(_ scalar: UInt32, _ table: Decompositions, _ isCompatible: Bool) -> Bool {
    if scalar < 0xA0 { return false }
    if isCompatible && table.isCompatible(scalar) { return true }
    if scalar < 0x300 { return false }
    return table.mapping(of: scalar) != nil && !table.isCompatible(scalar) || table.isStarterSecond(scalar)
      || Decompositions.combiningClass(scalar) != 0
  }

  /// Appends the full decomposition of a scalar, its marks in canonical order with those before (D68, D109).
  private static func decompose(
    _ scalar: UInt32, _ table: Decompositions, _ isCompatible: Bool, _ scalars: inout [UInt32],
    _ classes: inout [UInt8]
  ) {
    if scalar >= 0xA0, let mapping = table.mapping(of: scalar), isCompatible || !table.isCompatible(scalar) {
      for place in mapping { decompose(table[place], table, isCompatible, &scalars, &classes) }
      return
    }
    if Hangul.isSyllable(scalar) {
      let parts = Hangul.parts(of: scalar)
      scalars += [parts.leading, parts.vowel]
      classes += [0, 0]
      if let trailing = parts.trailing {
        scalars.append(trailing)
        classes.append(0)
      }
      return
    }
    let combiningClass = Decompositions.combiningClass(scalar)
    var place = scalars.count
    scalars.append(scalar)
    classes.append(combiningClass)
    if combiningClass == 0 { return }
    while place > 0 && classes[place - 1] > combiningClass {
      scalars.swapAt(place, place - 1)
      classes.swapAt(place, place - 1)
      place -= 1
    }
  }

  /// Composes what is not blocked from the last starter (D115, D117).
  private static func compose(_ scalars: inout [UInt32], _ classes: [UInt8], _ table: Decompositions) {
    var end = 0
    var starter = -1
    // The class of the last scalar that was kept after the starter; 0 where there is none.
    var lastClass: UInt8 = 0
    for place in scalars.indices {
      let scalar = scalars[place]
      let combiningClass = classes[place]
      let isAdjacent = starter == end - 1
      if starter >= 0 && (isAdjacent || lastClass != 0 && lastClass < combiningClass) {
        if combiningClass != 0 || table.isStarterSecond(scalar) {
          let first = scalars[starter]
          if let composite = Hangul.composite(first, scalar) ?? table.composite(first, scalar) {
            scalars[starter] = composite
            continue
          }
        }
      }
      if combiningClass == 0 { starter = end }
      lastClass = combiningClass
      scalars[end] = scalar
      end += 1
    }
    scalars.removeLast(scalars.count - end)
  }
}
