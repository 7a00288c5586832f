import Foundation
import TestSupport
import Testing

/// The cases of a file of vectors.
func vectorCases(_ name: String) throws -> [[String: Any]] {
  let file = try #require(sharedFolder).appendingPathComponent("vectors/\(name).json")
  let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
  return try #require(root?["cases"] as? [[String: Any]])
}

/// Whether a number is the expected one, within a relative tolerance.
func isNear(_ found: Double?, _ expected: Any?, _ tolerance: Double) -> Bool {
  guard let found, let expected = (expected as? NSNumber)?.doubleValue else { return false }
  return abs(found - expected) <= tolerance * abs(expected)
}

let hasShared = sharedFolder != nil
let sharedMissing = Comment(rawValue: sharedFolderMissing)
