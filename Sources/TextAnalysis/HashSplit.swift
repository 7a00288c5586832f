import Digest

/// Sends each conversation to a part of a data set by the hash of its id, so that it stays there in every later run.
///
/// u is the first 8 bytes, big-endian, of SHA-256(salt, 0x1F, id). The first part takes u below its share of 2⁶⁴, the
/// next one what lies above that, up to the sum of both shares, and so on; so what is in the first part stays there
/// when the others change.
public struct HashSplit: Sendable {
  /// A part with the share of the conversations that it gets, in 0 to 1.
  public struct Part: Sendable, Hashable {
    /// What it is called.
    public var name: String
    /// Its share.
    public var share: Double

    /// Makes a part.
    public init(name: String, share: Double) {
      self.name = name
      self.share = share
    }
  }

  /// The parts in their order.
  public let parts: [Part]
  /// The end of each part but the last.
  private let ends: [UInt64]
  private let salt: [UInt8]

  /// Makes a split; nil unless each share is above 0, and all together are 1 within 10⁻⁹.
  public init?(_ parts: [Part], salt: String = "fb-split-v1") {
    var sum = 0.0
    var ends: [UInt64] = []
    for part in parts {
      if !(part.share > 0 && part.share <= 1) { return nil }
      sum += part.share
      ends.append(UInt64(exactly: (sum * 0x1p64).rounded(.up)) ?? .max)
    }
    if !(abs(sum - 1) <= 1e-9) { return nil }
    self.parts = parts
    self.ends = ends.dropLast()
    self.salt = Array(salt.utf8) + [0x1F]
  }

  /// The place of a conversation on the line from 0 to 2⁶⁴.
  public func place(of conversationID: Span<UInt8>) -> UInt64 {
    var digest = SHA256()
    digest.update(salt)
    digest.update(conversationID, 0..<conversationID.count)
    return digest.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The part that a conversation belongs to, as an index into `parts`.
  public func part(of conversationID: Span<UInt8>) -> Int {
    let place = place(of: conversationID)
    return ends.firstIndex { place < $0 } ?? parts.count - 1
  }
}
