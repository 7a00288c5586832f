import DelimitedText

/// A record with its place, or why it is none.
private struct Entry: Equatable {
  var line: Int
  var offset: Int
  var fields: [[UInt8]] = []
  var raw: [UInt8]
  var error: DelimitedTextError?
}

/// What a reader makes of a text that comes in pieces of a size.
private func read(_ text: [UInt8], size: Int) -> [Entry] {
  var reader = DelimitedReader(recordLengthMax: 200)
  var found: [Entry] = []
  func note(_ error: DelimitedTextError? = nil) {
    let fields = error == nil ? (0..<reader.count).map { reader.field($0) } : []
    found.append(Entry(line: reader.line, offset: reader.offset, fields: fields, raw: reader.raw, error: error))
  }
  for piece in pieces(of: text, size: size) {
    var start = 0
    while start < piece.count {
      do throws(DelimitedTextError) {
        guard let next = try reader.next(piece.span, start..<piece.count) else { break }
        start = next
        note()
      } catch {
        note(error)
        start = reader.resumeOffset
      }
    }
  }
  do throws(DelimitedTextError) {
    if try reader.finish() { note() }
  } catch {
    note(error)
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
