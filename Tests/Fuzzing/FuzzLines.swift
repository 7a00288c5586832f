import Glibc
import NDJSON
import SystemIO

/// A file in memory that is filled anew for each input.
private let file: CInt = {
  var path = Array("/dev/shm/fuzz-lines-XXXXXX".utf8CString)
  let number = mkstemp(&path)
  unlink(path)
  return number
}()

private let fields = FieldSet(paths: [["a"]])

/// Lines through blocks of any size against lines split in one go, each scanned in its block and alone.
func fuzz(_ input: [UInt8]) {
  var choices = FuzzChoices(input)
  let blockSize = 1 + choices.next(below: 70)
  let limit = 2 + choices.next(below: 70)
  let text = choices.remainder
  ftruncate(file, 0)
  pwrite(file, text, text.count, 0)
  lseek(file, 0, SEEK_SET)

  var expected = text.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
  if expected.last?.isEmpty == true { expected.removeLast() }
  var reader = BlockReader(
    Descriptor(number: file, path: "-", isOwned: false), lineLengthMax: limit, blockSize: blockSize)
  var scanner = LineScanner(fields)
  var offset = 0
  var index = 0
  while let block = try? reader.next(), block != .end {
    require(reader.fileOffset == offset, "offset \(reader.fileOffset), not \(offset)")
    require(index < expected.count, "a line too many")
    if case .overlong(let length) = block {
      let line = expected[index].last == 0x0D ? expected[index].dropLast() : expected[index][...]
      require(length == line.count && length > limit, "\(length) bytes for \(line.count)")
      require(line.starts(with: reader.storage[reader.lines]), "the head of an over-long line is another")
      offset += expected[index].count + 1
      index += 1
      continue
    }
    require(reader.storage.count >= reader.lines.upperBound + BlockReader.padding, "no padding")
    var start = reader.lines.lowerBound
    while start < reader.lines.upperBound {
      require(index < expected.count, "a line too many")
      let next = scanner.scan(reader.storage.span, from: start)
      let line = expected[index]
      require(Array(reader.storage[start..<next - 1]) == line, "line \(index) is \(shown(line))")
      var alone = LineScanner(fields)
      _ = alone.scan(text: line)
      require(alone.code == scanner.code, "line \(index): \(scanner.code), alone \(alone.code)")
      offset += next - start
      index += 1
      start = next
    }
  }
  require(index == expected.count, "\(index) lines of \(expected.count)")
  cutIntoParts(text, partSize: blockSize, expected)
}

/// The parts of the file against its lines: none is lost, none comes twice, none is torn.
private func cutIntoParts(_ text: [UInt8], partSize: Int, _ expected: [[UInt8]]) {
  let parts = LineParts(Descriptor(number: file, path: "-", isOwned: false), size: text.count, partSize: partSize)
  var index = 0
  var offset = 0
  while let part = try? parts.next() {
    require(part.lowerBound == offset, "a part at \(part) after \(offset)")
    offset = min(part.upperBound, text.count)
    var reader = BlockReader(
      Descriptor(number: file, path: "-", isOwned: false), part: part, lineLengthMax: 1 << 20, blockSize: 8)
    while let block = try? reader.next(), block == .lines {
      for line in reader.storage[reader.lines].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        require(index < expected.count && Array(line) == expected[index], "line \(index) in a part")
        index += 1
      }
    }
  }
  require(index == expected.count && offset == text.count, "\(index) lines of \(expected.count) in parts")
}
