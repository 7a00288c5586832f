import FeedbackCuration
import FeedbackModel
import NDJSON

private let records = [
  #"{"id":"a","user_prompt":"p \u0041","ai_response":"r","feedback":{"user_rating":4.5},"n":null,"tags":["x",1,true],"é":2}"#,
  #"{"model":"m","x":{"y":{"z":"text"}},"a":1e400,"b":"","type":"pair"}"#, "{}",
].map { Array($0.utf8) }

/// Whether an expression holds for each of the records, one after another in the same scanner.
private func verdicts(_ expression: Expression) -> [Bool] {
  var scanner = LineScanner.records(extra: expression.extraPaths)
  return records.map { record in
    let bytes = scanner.scan(text: record)
    return expression.evaluate(bytes.span, scanner)
  }
}

private func verdicts(_ text: String) -> [Bool]? {
  guard let expression = try? Expression(parsing: text) else { return nil }
  return verdicts(expression)
}

/// Any text is an expression or is refused with a place in it; and the laws of `not`, `and` and `or` hold.
func fuzz(_ input: [UInt8]) {
  let text = String(decoding: input, as: UTF8.self)
  let plain: [Bool]
  do throws(ExpressionError) {
    plain = verdicts(try Expression(parsing: text))
  } catch {
    require(error.column >= 1 && error.column <= text.unicodeScalars.count + 1, "column \(error.column)")
    require(!error.rendered(in: text).isEmpty, "nothing said")
    return
  }
  // Deeper nesting may be refused; what is not refused has to agree.
  if let negated = verdicts("not (\(text))") { require(negated == plain.map { !$0 }, "not: \(text)") }
  if let twice = verdicts("(\(text)) and (\(text))") { require(twice == plain, "and: \(text)") }
  if let either = verdicts("(\(text)) or not (\(text))") { require(either.allSatisfy { $0 }, "or: \(text)") }
}
