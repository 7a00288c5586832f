import FeedbackCuration
import TestSupport
import Testing

/// What is found, and what only looks like it.
@Suite struct SensitiveScannerTests {
  static let all = SensitiveScanner(SensitiveKinds(SensitiveKind.allCases))

  static func find(_ text: String, _ scanner: SensitiveScanner = all) -> [String] {
    let bytes = Array(text.utf8)
    var spans: [SensitiveSpan] = []
    scanner.find(in: bytes.span, into: &spans)
    return spans.map { "\($0.kind.code) \(String(decoding: bytes[$0.range], as: UTF8.self))" }
  }

  @Test(
    arguments: [
      ("mail ann.lee+x@mail.example.co.uk.", ["email ann.lee+x@mail.example.co.uk"]),
      ("<o'neil@example.com>, 'bo@example.org'", ["email o'neil@example.com", "email bo@example.org"]),
      ("jürgen@müller.example", ["email jürgen@müller.example"]),
      ("an 邮箱bob@example.com", ["email bob@example.com"]),
      ("a@b.xn--p1ai", ["email a@b.xn--p1ai"]),
      ("DE89 3704 0044 0532 0130 00", ["iban DE89 3704 0044 0532 0130 00"]),
      ("(gb82west12345698765432)", ["iban gb82west12345698765432"]),
      ("Visa 4111-1111-1111-1111, exp", ["card 4111-1111-1111-1111"]),
      ("378282246310005 3782 822463 10005", ["card 378282246310005", "card 3782 822463 10005"]),
      ("4111 1111 1111 1111 2026", ["card 4111 1111 1111 1111"]),
      ("from 203.0.113.9:443", ["ip 203.0.113.9"]),
      ("http://10.0.0.7/x", ["ip 10.0.0.7"]),
      ("[2001:db8:85a3::8a2e:370:7334]", ["ip 2001:db8:85a3::8a2e:370:7334"]),
      ("at fe80::1ff:fe23:4567:890a.", ["ip fe80::1ff:fe23:4567:890a"]),
      ("2001:0db8:0000:0000:0000:ff00:0042:8329", ["ip 2001:0db8:0000:0000:0000:ff00:0042:8329"]),
      ("+49 30 901820, +1 (415) 555-2671", ["phone +49 30 901820", "phone +1 (415) 555-2671"]),
      ("(415) 555-2671 or 415-555-2671", ["phone (415) 555-2671", "phone 415-555-2671"]),
      ("my phone is 030 901820 00", ["phone 030 901820 00"]),
      ("AKIAIOSFODNN7QWERTYZ AKIAABCDEFGHIJKLMNOP", ["aws_key AKIAIOSFODNN7QWERTYZ", "aws_key AKIAABCDEFGHIJKLMNOP"]),
      ("token ghp_abcdefghij0123456789ABCDEFGHIJ012345.", ["token ghp_abcdefghij0123456789ABCDEFGHIJ012345"]),
      (
        "k=SG.abcdefghij0123456789AB.abcdefghij0123456789ABCDEFGHIJ0123456789abc",
        ["token SG.abcdefghij0123456789AB.abcdefghij0123456789ABCDEFGHIJ0123456789abc"]
      ),
      ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"]),
      ("password = \"xK9#mQ2$vL8p!z\"", ["credential xK9#mQ2$vL8p!z"]),
      ("\"client_secret\": \"a8Gq2Lw0Zr5TnB7y\"", ["credential a8Gq2Lw0Zr5TnB7y"]),
      ("Authorization: Bearer a8Gq2Lw0Zr5TnB7yQe", ["credential a8Gq2Lw0Zr5TnB7yQe"]),
      ("api_key=sk-a8Gq2Lw0Zr5TnB7yQe31", ["token sk-a8Gq2Lw0Zr5TnB7yQe31"]),
      ("postgres://bob:hunter2x@db.example/x", ["url_password hunter2x"]),
    ] as [(String, [String])])
  func whatIsSensitiveIsFound(text: String, found: [String]) { #expect(Self.find(text) == found) }

  @Test(arguments: [
    "@app.route('/x')", "user@host", "lodash@4.17.21", "icon@2x.png", "git@github.com:o/r.git", "@media (x)", "a @ b.c",
    "DE88 3704 0044 0532 0130 00", "XX82WEST12345698765432", "AB12", "xDE89370400440532013000",
    "4111 1111 1111 1112", "1234567812345670", "0.4111111111111111", "4111111111111111111111", "x4111111111111111",
    "5510 5553 5563 5584 5584 5599", "4444 4444 4444 4 4 4 8",
    "version 10.2.3.4", "v1.20.30.40", "Chrome/120.0.0.0", "127.0.0.1", "0.0.0.0", "1.2.3.4", "256.1.1.1",
    "10.20.30.40.50",
    "OID 2.5.29.19", "10.02.3.4",
    "12:30:45", "std::vector", "dead::beef", "a[1::2]", "00:1b:44:11:3a:b7", "2001:db8::/32", "2024::",
    "2024-10-15", "call on 2024-10-15 please", "1,234,567,890", "$4155552671", "in 2019 2020 2021",
    "800 555 1234 items",
    "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-learn-pipeline-with-many-words-2",
    "snake_case_name_that_is_long_2", "eyJhbGciOiJIUzI1NiJ9", "-----BEGIN PUBLIC KEY-----", "----------",
    "BEGIN = \"-----BEGIN RSA PRIVATE KEY-----\"; END = \"-----END RSA PRIVATE KEY-----\"",
    "password = get_password(user_id_1)", "token = tokenizer.encode1(text2)", "password: your_password_1234!",
    "secret_key = my_secret_key_22", "token: <your-token-here-1234>", "password=password",
    "https://example.com:8080/@user", "http://user:password@host",
  ])
  func whatOnlyLooksLikeItIsNot(text: String) { #expect(Self.find(text).isEmpty) }

  @Test func aKeyInSeveralLinesIsOne() {
    let body = (0..<4).map { _ in "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" }.joined(separator: "\n")
    let key = "-----BEGIN RSA PRIVATE KEY-----\n\(body)\n-----END RSA PRIVATE KEY-----"
    #expect(Self.find("a\n\(key)\nb") == ["private_key \(key)"])
    // Cut off, it is one to the end.
    #expect(Self.find("x -----BEGIN PRIVATE KEY-----\n\(body)") == ["private_key -----BEGIN PRIVATE KEY-----\n\(body)"])
  }

  @Test func onlyTheKindsAskedForAreFound() {
    let text = "a@example.com 203.0.113.9 AKIAIOSFODNN7QWERTYZ +49 30 901820 4111111111111111 DE89370400440532013000"
    for kind in SensitiveKind.personal {
      let found = Self.find(text, SensitiveScanner(SensitiveKinds([kind])))
      #expect(found.count == 1 && found[0].hasPrefix(kind.code), "\(found)")
    }
    #expect(Self.find(text).count == 6)
  }

  @Test func findingsAreWithinTheTextAndDoNotOverlap() {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "@", ".", ":", "::", "-", "_", "=", " ", "a", "9", "12", "example.com", "4111 1111 ", "AKIA", "eyJ", "sk-", "+1",
      "password=", "-----BEGIN PRIVATE KEY-----", "2001:", "é", "界", "\u{0}",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int(generator.next() % 24)).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }
        .joined()
      let bytes = Array(text.utf8)
      var spans: [SensitiveSpan] = []
      Self.all.find(in: bytes.span, into: &spans)
      var low = 0
      for span in spans {
        #expect(span.range.lowerBound >= low && span.range.upperBound <= bytes.count && !span.range.isEmpty, "\(text)")
        low = span.range.upperBound
      }
    }
  }
}
