import Foundation

/// The folder of conformance suites, vectors and data sets beside the checkout, or nil where it is absent.
///
/// `FB_SHARED` names another one.
public let sharedFolder: URL? = {
  let named = ProcessInfo.processInfo.environment["FB_SHARED"].map { URL(fileURLWithPath: $0) }
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let folder = named ?? root.deletingLastPathComponent().appendingPathComponent("shared")
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

/// What a skipped test says.
public let sharedFolderMissing = "the folder of suites and vectors (../shared or $FB_SHARED) is absent"

/// Numbers that look random and are the same in every run (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts a sequence.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
