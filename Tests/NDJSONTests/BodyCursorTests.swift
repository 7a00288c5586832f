import NDJSON
import Testing

@Suite struct BodyCursorTests {
  @Test(arguments: [
    #""plain text""#, #""a\nb\"c\\d\/e""#, #""\u0041\u00e9\u65e5x\ud83d\ude00y é日😀\t""#, #""\u0061@\u0062""#,
  ])
  func eachCharacterOfTheTextIsWhereItsSpellingBegins(json: String) {
    var scanner = LineScanner(FieldSet(paths: []), rules: .grammar)
    let bytes = scanner.scan(text: Array(json.utf8))
    let field = scanner.root
    let text = JSONText.bytes(bytes.span, field)
    var cursor = BodyCursor(field)
    var start = cursor.position
    var offset = 0
    for character in String(decoding: text, as: UTF8.self).unicodeScalars {
      let next = offset + String(character).utf8.count
      cursor.advance(to: next, in: bytes.span)
      var decoded: [UInt8] = []
      JSONText.decode(bytes.span, start..<cursor.position, into: &decoded)
      #expect(decoded == Array(text[offset..<next]))
      (start, offset) = (cursor.position, next)
    }
    #expect(start == field.end && offset == text.count)
  }
}
