import FeedbackImport
import NDJSON
import TestSupport

/// What a reader makes of a document that comes in pieces of a size: records with their places, and how it ended.
private func read(_ text: [UInt8], size: Int) -> (records: [[UInt8]], log: [String]) {
  var reader = DocumentReader(recordLengthMax: 200)
  var records: [[UInt8]] = []
  var log: [String] = []
  func note(_ what: String) { log.append("\(reader.line):\(reader.column) at \(reader.offset) \(what)") }
  do throws(RecordError) {
    for piece in pieces(of: text, size: size) {
      var start = 0
      while let next = try reader.next(piece.span, start..<piece.count) {
        start = next
        records.append(reader.record)
        note("\(shown(reader.record)) \(reader.overlongLength ?? 0)")
      }
    }
    try reader.finish()
  } catch {
    note("\(error)")
  }
  return (records, log)
}

/// The size of pieces changes nothing; of a document that the reference reads, the records are its elements.
func fuzz(_ input: [UInt8]) {
  let whole = read(input, size: 1 << 20)
  for size in [1, 2, 5] { require(read(input, size: size).log == whole.log, "pieces of \(size)") }
  guard input.count <= 200, let tree = try? ReferenceJSON.parse(input, ReferenceJSON.Rules(.grammar)) else { return }
  if tree.kind == "array" {
    let elements = tree.elements.map { Array(input[$0.range]) }
    require(whole.records == elements, "\(shown(input)): \(whole.log)")
  } else if tree.kind == "object" {
    let prompts = tree.members.first { $0.key.text == Array("prompts".utf8) && $0.value.kind == "array" }
    // A key that is spelled with escapes is not taken for the one that holds records.
    if prompts.map({ !$0.key.isEscaped }) ?? true {
      let expected = prompts?.value.elements ?? [tree]
      require(whole.records == expected.map { Array(input[$0.range]) }, "\(shown(input)): \(whole.log)")
    }
  }
}
