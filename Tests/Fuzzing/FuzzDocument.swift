import FeedbackImport
import NDJSON
import TestSupport

/// A record with its place, or how the document ended.
private struct Entry: Equatable {
  var place: [Int]
  var record: [UInt8] = []
  var overlongLength: Int?
  var error: RecordError?
}

/// What a reader makes of a document that comes in pieces of a size.
private func read(_ text: [UInt8], size: Int) -> [Entry] {
  var reader = DocumentReader(recordLengthMax: 200)
  var found: [Entry] = []
  do throws(RecordError) {
    for piece in pieces(of: text, size: size) {
      var start = 0
      while let next = try reader.next(piece.span, start..<piece.count) {
        start = next
        let place = [reader.line, reader.column, reader.offset]
        found.append(Entry(place: place, record: reader.record, overlongLength: reader.overlongLength))
      }
    }
    try reader.finish()
  } catch {
    found.append(Entry(place: [reader.line, reader.column, reader.offset], error: error))
  }
  return found
}

/// The size of pieces changes nothing; of a document that the reference reads, the records are its elements.
func fuzz(_ input: [UInt8]) {
  let whole = read(input, size: 1 << 20)
  for size in [1, 2, 5] { require(read(input, size: size) == whole, "pieces of \(size)") }
  guard input.count <= 200, let tree = try? ReferenceJSON.parse(input, ReferenceJSON.Rules(.grammar)) else { return }
  let records = whole.filter { $0.error == nil }.map(\.record)
  if tree.kind == "array" {
    let elements = tree.elements.map { Array(input[$0.range]) }
    require(records == elements, "\(shown(input)): \(whole)")
  } else if tree.kind == "object" {
    let prompts = tree.members.first { $0.key.text == Array("prompts".utf8) && $0.value.kind == "array" }
    // A key that is spelled with escapes is not taken for the one that holds records.
    if prompts.map({ !$0.key.isEscaped }) ?? true {
      let expected = prompts?.value.elements ?? [tree]
      require(records == expected.map { Array(input[$0.range]) }, "\(shown(input)): \(whole)")
    }
  }
}
