import Digest

/// 128 bits that stand for a list of texts in light form: lists with one key are taken to be the same.
public struct LightKey: Sendable {
  /// How the bits are made.
  public enum Kind: Sendable {
    /// With a fast hash of secret seeds, for keys that nobody keeps: who plants texts cannot aim at them without
    /// knowing the seeds, and what is equal is equal whatever they are.
    case seeded(UInt64, UInt64)
    /// With SHA-256, for keys that are kept in a file and are to be found again.
    case digest
  }

  private let kind: Kind
  private var form: [UInt8] = []
  private var halves: (UInt64, UInt64) = (0, 0)
  private var hash = SHA256()

  /// Makes a maker of keys; `start` has to come before each key.
  public init(_ kind: Kind) { self.kind = kind }

  /// Forgets all texts.
  public mutating func start() {
    switch kind {
    case .seeded(let first, let second): halves = (first, second)
    case .digest: hash = SHA256()
    }
  }

  /// Takes in one text more.
  public mutating func add(_ text: Span<UInt8>) {
    if NormalForm.isLight(text) { return addForm(text) }
    var form: [UInt8] = []
    swap(&form, &self.form)
    NormalForm.light(text, into: &form)
    addForm(form.span)
    swap(&form, &self.form)
  }

  /// The length counts, so that no two lists of texts are one sequence of bytes.
  private mutating func addForm(_ text: Span<UInt8>) {
    switch kind {
    case .seeded:
      halves.0 = StableHash.hash(text, 0..<text.count, seed: halves.0)
      halves.1 = StableHash.hash(text, 0..<text.count, seed: halves.1)
    case .digest:
      hash.update((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
      hash.update(text, 0..<text.count)
    }
  }

  /// The key of the texts since `start`.
  public var value: UInt128 {
    switch kind {
    case .seeded: UInt128(halves.0) << 64 | UInt128(halves.1)
    case .digest:
      hash.finish().prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
  }
}
