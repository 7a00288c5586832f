import Glibc

/// Where libFuzzer comes in; each target defines `fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  fuzz(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// Ends the run where a property does not hold; libFuzzer then keeps the input.
func require(_ holds: Bool, _ what: @autoclosure () -> String) {
  if holds { return }
  let message = Array("property broken: \(what())\n".utf8)
  _ = write(STDERR_FILENO, message, message.count)
  abort()
}

/// Choices at the front of an input: letters and digits there are small numbers, so that seeds can be written by hand.
struct FuzzChoices {
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) { rest = input[...] }

  /// A number below `limit`.
  mutating func next(below limit: Int) -> Int {
    guard let byte = rest.popFirst() else { return 0 }
    return Int(byte &- 0x30) % limit
  }

  /// What follows the choices.
  var remainder: [UInt8] { Array(rest) }
}

/// Cuts bytes into pieces whose sizes a number determines.
func pieces(of bytes: [UInt8], size: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min(bytes.count, $0 + size)]) }
}

/// Bytes for a message.
func shown(_ bytes: [UInt8]) -> String { String(reflecting: String(decoding: bytes, as: UTF8.self)) }
