import NDJSON
import Timestamps

/// Writes one record, member by member; commas are its own business.
struct RecordLine {
  private(set) var bytes: [UInt8] = []

  /// Begins a member.
  mutating func key(_ name: StaticString) {
    separate()
    bytes.append("\"")
    bytes.append(name)
    bytes.append("\":")
  }

  mutating func separate() {
    if let last = bytes.last, last != 0x7B, last != 0x5B { bytes.append(",") }
  }

  mutating func open(_ name: StaticString) {
    key(name)
    bytes.append("{")
  }

  mutating func begin() {
    if !bytes.isEmpty { separate() }
    bytes.append("{")
  }

  mutating func close() { bytes.append("}") }

  mutating func integer(_ name: StaticString, _ value: Int) {
    key(name)
    JSONNumber.append(value, to: &bytes)
  }

  /// An array of integers; without any the member is left out.
  mutating func integers(_ name: StaticString, _ values: [Int]) {
    if values.isEmpty { return }
    key(name)
    for (index, value) in values.enumerated() {
      bytes.append(index == 0 ? "[" : ",")
      JSONNumber.append(value, to: &bytes)
    }
    bytes.append("]")
  }

  /// A number of at most six decimals; nil is null.
  mutating func real(_ name: StaticString, _ value: Double?) {
    key(name)
    JSONNumber.append(rounded: value ?? .nan, to: &bytes)
  }

  /// A number of 0 or more that is whole or a half, exactly; nil is null.
  mutating func half(_ name: StaticString, _ value: Double?) {
    key(name)
    guard let value, let whole = Int(exactly: value.rounded(.down)) else { return bytes.append("null") }
    JSONNumber.append(whole, to: &bytes)
    if value > value.rounded(.down) { bytes.append(".5") }
  }

  mutating func text(_ name: StaticString, _ value: [UInt8]) {
    key(name)
    JSONText.encode(value, into: &bytes)
  }

  mutating func text(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { JSONText.encode(value, into: &bytes) } else { bytes.append("null") }
  }

  mutating func flag(_ name: StaticString, _ value: Bool) {
    key(name)
    bytes.append(value ? "true" : "false")
  }

  /// JSON as it is.
  mutating func raw(_ name: StaticString, _ json: [UInt8]) {
    key(name)
    bytes.append(contentsOf: json)
  }

  /// JSON as it is, after a key.
  mutating func rawValue(_ json: [UInt8]) { bytes.append(contentsOf: json) }

  /// Ends the record and its line.
  mutating func end() {
    close()
    bytes.append("\n")
  }
}
