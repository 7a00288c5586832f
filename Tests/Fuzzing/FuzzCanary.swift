/// Writes past its memory for one input of 16 million: that it is found proves that coverage guides the fuzzer, and that the
/// address sanitizer watches.
func fuzz(_ input: [UInt8]) {
  let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: 4)
  defer { memory.deallocate() }
  if input.count > 2, input[0] == 0x62, input[1] == 0x61, input[2] == 0x64 {
    memory[4 + input.count % 2] = input[2]
  }
}
