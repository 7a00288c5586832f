import NDJSON

extension ReferenceJSON.Rules {
  /// The codec's rules in the terms of the reference.
  public init(_ rules: JSONRules) {
    self.init(
      depthMax: rules.depthMax, keyCountMax: rules.keyCountMax, refusesDuplicateKeys: rules.refusesDuplicateKeys,
      refusesLoneSurrogates: rules.refusesLoneSurrogates, requiresObject: rules.requiresObject,
      isDocument: rules.isDocument)
  }
}

/// Compares the codec with the reference on one text, nil where they agree.
///
/// Compared are verdict, reason and offset, the located fields, and what the walker finds in the tree. The text of a line must hold no newline.
public func disagreement(_ text: [UInt8], _ rules: JSONRules, _ paths: [[String]]) -> String? {
  var scanner = LineScanner(FieldSet(paths: paths), rules: rules)
  // A scanner expects the keys in the order of the text before: so it sees this one twice.
  return disagreement(text, &scanner, paths) ?? disagreement(text, &scanner, paths)
}

/// As above, with a scanner that has seen other texts.
public func disagreement(_ text: [UInt8], _ scanner: inout LineScanner, _ paths: [[String]]) -> String? {
  let rules = scanner.rules
  let bytes = scanner.scan(text: text)
  let root: ReferenceJSON.Value
  do throws(ReferenceJSON.Refusal) {
    root = try ReferenceJSON.parse(text, ReferenceJSON.Rules(rules))
  } catch {
    let code = String(describing: scanner.code)
    if code == "blank" && error.code == "blank" { return nil }
    if code == error.code && scanner.errorOffset == error.offset { return nil }
    return "\(code) at \(scanner.errorOffset), the reference: \(error.code) at \(error.offset)"
  }
  if scanner.code != .none {
    return "\(scanner.code) at \(scanner.errorOffset), the reference accepts"
  }
  var expected = [Field](repeating: .missing, count: paths.count)
  locate(root, [], paths.map { $0.map { Array($0.utf8) } }, &expected)
  for (index, field) in expected.enumerated() {
    let found = scanner.fields[index]
    if field.kind == .missing ? found.kind != .missing : found != field {
      return "\(paths[index]): \(found), the reference: \(field)"
    }
  }
  if scanner.root != place(root) { return "root \(scanner.root), the reference: \(place(root))" }
  return differenceInWalk(bytes.span, scanner.root, root)
}

/// Notes where the members at the wanted paths stand, in the order of the text.
private func locate(
  _ object: ReferenceJSON.Value, _ path: [[UInt8]], _ paths: [[[UInt8]]], _ fields: inout [Field]
) {
  for (key, value) in object.members {
    let member = path + [key.text]
    if !paths.contains(where: { $0.starts(with: member) }) { continue }
    locate(value, member, paths, &fields)
    for (index, wanted) in paths.enumerated() where wanted == member { fields[index] = place(value) }
  }
}

/// A value's place as the codec gives it: without the quotes of a string.
private func place(_ value: ReferenceJSON.Value) -> Field {
  let kinds: [String: JSONKind] = [
    "string": .string, "number": .number, "true": .true, "false": .false, "null": .null, "object": .object,
    "array": .array,
  ]
  let quotes = value.kind == "string" ? 1 : 0
  return Field(
    start: value.range.lowerBound + quotes, end: value.range.upperBound - quotes, kind: kinds[value.kind] ?? .missing,
    isEscaped: value.isEscaped)
}

/// Walks codec and tree side by side.
private func differenceInWalk(_ bytes: Span<UInt8>, _ field: Field, _ value: ReferenceJSON.Value) -> String? {
  if field != place(value) { return "walk: \(field), the reference: \(place(value))" }
  if field.kind == .string {
    if JSONText.bytes(bytes, field) != value.text { return "text of \(field)" }
    var json: [UInt8] = []
    JSONText.encode(value.text, into: &json)
    let again = try? ReferenceJSON.parse(json, ReferenceJSON.Rules(.grammar))
    if again?.text != value.text { return "encoded text of \(field)" }
  }
  var members = MemberCursor(field)
  for (key, inner) in value.members {
    guard let member = members.next(bytes) else { return "a member of \(field) is not found" }
    if let difference = differenceInWalk(bytes, member.key, key) { return difference }
    if let difference = differenceInWalk(bytes, member.value, inner) { return difference }
  }
  if members.next(bytes) != nil { return "too many members of \(field)" }
  var elements = ElementCursor(field)
  for inner in value.elements {
    guard let element = elements.next(bytes) else { return "an element of \(field) is not found" }
    if let difference = differenceInWalk(bytes, element, inner) { return difference }
  }
  return elements.next(bytes) == nil ? nil : "too many elements of \(field)"
}
