import Foundation
import NDJSON
import TestSupport
import Testing

/// The files of a folder of the conformance suites, by name.
func suiteFiles(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
  let url = try #require(sharedFolder).appendingPathComponent("data/suites").appendingPathComponent(folder)
  return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().map {
    ($0, [UInt8](try Data(contentsOf: url.appendingPathComponent($0))))
  }
}

/// One file of the conformance suites.
func suiteFile(_ path: String) throws -> [UInt8] {
  let url = try #require(sharedFolder).appendingPathComponent("data/suites").appendingPathComponent(path)
  return [UInt8](try Data(contentsOf: url))
}

/// The lines of a text, without their ends.
func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
}

/// Whether, and why not, a text is accepted as one value.
func refusal(_ bytes: [UInt8], _ rules: JSONRules) -> JSONError? {
  var scanner = LineScanner(FieldSet(paths: []), rules: rules)
  _ = scanner.scan(text: bytes)
  return scanner.error
}

/// A JSON number's double as the codec reads it, nil where it is not finite.
func double(_ text: [UInt8]) -> Double? { JSONNumber.double(text.span, 0..<text.count) }

/// What differs between what was expected and what came, counted in plain code: an `#expect` for each of 10⁵ cases would
/// take minutes.
struct Mismatches: CustomStringConvertible {
  private(set) var count = 0
  private var first: [String] = []

  /// Counts a case where it does not hold.
  mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
    if holds { return }
    count += 1
    if first.count < 10 { first.append(what()) }
  }

  var isEmpty: Bool { count == 0 }
  var description: String { "\(count): \(first.joined(separator: "; "))" }
}
