import NDJSON
import TestSupport

/// Changes to an object: the result scans again, and is what the reference makes of it, spelling included.
func fuzz(_ input: [UInt8]) {
  var choices = FuzzChoices(input)
  let operations = (0..<8).map { _ in choices.next(below: 3) }
  let additions = choices.next(below: 4)
  let text = choices.remainder.filter { $0 != 0x0A }
  var scanner = LineScanner(FieldSet(paths: []))
  let bytes = scanner.scan(text: text)
  guard scanner.code == .none, let tree = try? ReferenceJSON.parse(text, ReferenceJSON.Rules(.record)) else { return }
  let added = Array("0.10".utf8)
  if tree.members.contains(where: { $0.key.text == Array("first".utf8) || $0.key.text == Array("last".utf8) }) {
    return
  }

  var edit = ObjectEdit()
  var expected: [(key: [UInt8], value: [UInt8])] = []
  var cursor = MemberCursor(scanner.root)
  for (index, member) in tree.members.enumerated() {
    guard let found = cursor.next(bytes.span) else { return require(false, "member \(index) is not found") }
    let spelled = Array(text[member.value.range])
    switch operations[index % operations.count] {
    case 0: expected.append((member.key.text, spelled))
    case 1:
      edit.replace(found.value, with: Array("[true]".utf8))
      expected.append((member.key.text, Array("[true]".utf8)))
    default: edit.remove(found.value)
    }
  }
  if additions & 1 != 0 {
    edit.addFirst("first", added)
    expected.insert((Array("first".utf8), added), at: 0)
  }
  if additions & 2 != 0 {
    edit.add("last", added)
    expected.append((Array("last".utf8), added))
  }
  var result: [UInt8] = []
  edit.apply(bytes.span, scanner.root, to: &result)
  if edit.isEmpty { require(result == Array(text[scanner.root.range]), "an empty edit changes \(shown(text))") }
  guard let again = try? ReferenceJSON.parse(result, ReferenceJSON.Rules(.record)) else {
    return require(false, "\(shown(text)) becomes \(shown(result))")
  }
  _ = scanner.scan(text: result)
  require(scanner.code == .none, "the scanner refuses \(shown(result))")
  let members = again.members.map { (key: $0.key.text, value: Array(result[$0.value.range])) }
  require(members.elementsEqual(expected, by: ==), "\(shown(text)) becomes \(shown(result))")
}
