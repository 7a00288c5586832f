import DelimitedText

/// What a reader makes of a text that comes in pieces of a size: records and errors, each with its place.
private func read(_ text: [UInt8], size: Int) -> [String] {
  var reader = DelimitedReader(recordLengthMax: 200)
  var found: [String] = []
  func note() {
    let fields = (0..<reader.count).map { shown(reader.field($0)) }
    found.append("\(reader.line) \(reader.offset) \(fields) \(shown(reader.raw))")
  }
  for piece in pieces(of: text, size: size) {
    var start = 0
    while start < piece.count {
      do throws(DelimitedTextError) {
        guard let next = try reader.next(piece.span, start..<piece.count) else { break }
        start = next
        note()
      } catch {
        found.append("\(reader.line) \(reader.offset) \(error) \(shown(reader.raw))")
        start = reader.resumeOffset
      }
    }
  }
  do throws(DelimitedTextError) {
    if try reader.finish() { note() }
  } catch {
    found.append("\(error)")
  }
  return found
}

/// The size of pieces changes nothing; fields that are written are read back.
func fuzz(_ input: [UInt8]) {
  let whole = read(input, size: 1 << 20)
  for size in [1, 3] { require(read(input, size: size) == whole, "pieces of \(size)") }

  let records = input.split(separator: 0x1E, omittingEmptySubsequences: false).map {
    $0.split(separator: 0x1F, omittingEmptySubsequences: false).map { Array($0) }
  }
  var writer = DelimitedWriter()
  var text: [UInt8] = []
  for record in records {
    for field in record { writer.append(field, to: &text) }
    writer.endRecord(&text)
  }
  var reader = DelimitedReader()
  var start = 0
  for record in records {
    guard let next = try? reader.next(text.span, start..<text.count) else {
      return require(false, "\(shown(text)) ends too soon")
    }
    start = next
    require((0..<reader.count).map { reader.field($0) } == record, "\(record.map(shown)) becomes \(shown(text))")
  }
  require(start == text.count, "more is read than was written")
}
