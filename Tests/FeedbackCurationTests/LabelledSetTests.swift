import FeedbackCuration
import FeedbackModel
import Foundation
import NDJSON
import TestSupport
import Testing

/// How much of what is planted in real sentences is found, and how much is found in real text that is nothing.
///
/// What is planted is made by rules of its own: check digits by trial, keys of random letters, addresses of random
/// parts. With `FB_LABELLED` the set is written to that folder, so that others can be held to it
/// (Tests/acceptance/private_data.py).
@Suite struct LabelledSetTests {
  static let kinds = [
    "email", "iban", "card", "ip4", "ip6", "aws", "github", "openai", "slack", "google", "jwt", "pem",
  ]

  struct Maker {
    var random: SeededGenerator

    mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &random)] }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func letters(_ count: Int, _ alphabet: String) -> String {
      let all = Array(alphabet)
      return String((0..<count).map { _ in pick(all) })
    }

    static let lower = "abcdefghijklmnopqrstuvwxyz"
    static let digits = "0123456789"
    static let mixed = lower + lower.uppercased() + digits
    static let url = mixed + "-_"

    /// The remainder of a number by 97, digit by digit, with letters as 10 to 35.
    static func remainder(_ text: String) -> Int {
      var value = 0
      for letter in text {
        for digit in String(Int(String(letter), radix: 36) ?? 0) {
          value = (value * 10 + (digit.wholeNumberValue ?? 0)) % 97
        }
      }
      return value
    }

    mutating func iban() -> String {
      let (country, length, bank) = pick([
        ("DE", 22, ""), ("FR", 27, ""), ("GB", 22, "NWBK"), ("NL", 18, "ABNA"), ("ES", 24, ""), ("NO", 15, ""),
      ])
      let account = bank + letters(length - 4 - bank.count, Self.digits)
      let check = (2...98).first { Self.remainder(account + country + ($0 < 10 ? "0" : "") + "\($0)") == 1 } ?? 0
      let text = country + (check < 10 ? "0" : "") + "\(check)" + account
      if number(0...1) == 0 { return text }
      return stride(from: 0, to: text.count, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: " ")
    }

    mutating func card() -> String {
      let (prefix, length) = pick([("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("2221", 16)])
      let body = prefix + letters(length - 1 - prefix.count, Self.digits)
      // The tenth that makes the sum of single and doubled digits a multiple of ten.
      let text = (0...9).map { body + "\($0)" }.first { candidate in
        let sum = candidate.reversed().enumerated().reduce(0) { sum, item in
          let digit = item.element.wholeNumberValue ?? 0
          return sum + (item.offset % 2 == 0 ? digit : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][digit])
        }
        return sum % 10 == 0
      }
      guard let text else { return body }
      if length == 15 || number(0...1) == 0 { return text }
      let separator = pick([" ", "-"])
      return stride(from: 0, to: 16, by: 4).map { String(text.dropFirst($0).prefix(4)) }.joined(separator: separator)
    }

    mutating func value(_ kind: String) -> String {
      switch kind {
      case "email":
        let name =
          letters(number(2...9), Self.lower) + pick(["", ".", "_", "+", "-"]) + letters(number(1...6), Self.mixed)
        return name + "@" + letters(number(3...10), Self.lower)
          + pick([".com", ".co.uk", ".de", ".org", ".io", ".museum"])
      case "iban": return iban()
      case "card": return card()
      case "ip4": return "\(number(11...126)).\(number(0...255)).\(number(0...255)).\(number(10...254))"
      case "ip6":
        let groups = (0..<7).map { _ in String(number(0...65_535), radix: 16) }
        let lead = pick(["2a02", "2001", "fe80", "fd12"])
        return number(0...1) == 0 ? ([lead] + groups).joined(separator: ":") : "\(lead):\(groups[0])::\(groups[1])"
      case "aws": return pick(["AKIA", "ASIA"]) + letters(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
      case "github": return pick(["ghp_", "gho_", "ghs_"]) + letters(36, Self.mixed)
      case "openai": return pick(["sk-", "sk-proj-"]) + letters(48, Self.mixed)
      case "slack": return "xoxb-\(letters(11, Self.digits))-\(letters(12, Self.digits))-\(letters(24, Self.mixed))"
      case "google": return "AIza" + letters(35, Self.url)
      case "jwt":
        func part(_ json: String) -> String {
          Data(json.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }
        let claims = part("{\"sub\":\"\(number(1...99_999))\",\"name\":\"\(letters(5, Self.lower))\"}")
        return part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + claims + "." + letters(43, Self.url)
      default:
        let kind = pick(["", "RSA ", "EC ", "OPENSSH "])
        let lines = (0..<number(3...6)).map { _ in letters(64, Self.mixed + "+/") }.joined(separator: "\n")
        return "-----BEGIN \(kind)PRIVATE KEY-----\n\(lines)\n-----END \(kind)PRIVATE KEY-----"
      }
    }

    /// A JSON string; one in three has letters of the value spelled as escapes.
    mutating func spell(_ before: String, _ value: String, _ after: String) -> String {
      func encode(_ text: String) -> String {
        var json: [UInt8] = []
        JSONText.encode(text, into: &json)
        return String(decoding: json.dropFirst().dropLast(), as: UTF8.self)
      }
      var spelled = encode(value)
      if number(0...2) == 0 {
        spelled = value.unicodeScalars.map { scalar in
          number(0...3) == 0 || scalar == "@"
            ? "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
              + String(scalar.value, radix: 16)
            : encode(String(scalar))
        }.joined()
      }
      return "\"" + encode(before) + spelled + encode(after) + "\""
    }
  }

  /// Real text: messages, questions and passages, and code in pieces of ten lines.
  static func realTexts() throws -> [String] {
    let sets = try #require(sharedFolder).appendingPathComponent("data/sets")
    var texts: [String] = []
    let messages = try String(
      contentsOf: sets.appendingPathComponent("oasst1-en-val/en-validation.jsonl"), encoding: .utf8)
    for line in messages.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let text = object?["text"] as? String { texts.append(text) }
    }
    for name in ["CDC", "UK"] {
      let data = try Data(contentsOf: sets.appendingPathComponent("feedbackqa/\(name)-feedback_valid.json"))
      for item in try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? [] {
        if let question = item["question"] as? String { texts.append(question) }
        let passage = (item["passage"] as? [String: Any])?["reference"] as? [String: Any]
        if let text = passage?["section_content"] as? String { texts.append(text) }
        texts += item["feedback"] as? [String] ?? []
      }
    }
    for folder in ["Sources", "Tests"] {
      let root = projectRoot.appendingPathComponent(folder)
      let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
      // The tests of the detectors are full of what they find.
      for name in names.sorted()
      where name.hasSuffix(".swift") && !name.contains("Privacy") && !name.contains("Curation") {
        let lines = try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8).components(
          separatedBy: "\n")
        for start in stride(from: 0, to: lines.count, by: 10) {
          texts.append(lines[start..<min(lines.count, start + 10)].joined(separator: "\n"))
        }
      }
    }
    return texts
  }

  @Test(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
  func nearlyAllOfClassAIsFoundAndLittleElse() throws {
    let texts = try Self.realTexts()
    // Who has an e-mail address in it is no negative.
    let negatives = texts.filter { $0.firstMatch(of: /[A-Za-z0-9.]@[a-z]+\.[a-z]/) == nil }
    try #require(negatives.count >= 5000, "\(negatives.count)")
    let classA: [SensitiveKind] = [.email, .iban, .card, .ip, .awsKey, .token, .privateKey, .jwt]
    var stage = PrivacyStage(SensitiveKinds(classA), style: .placeholder, dropsSecrets: false)
    var maker = Maker(random: SeededGenerator(seed: 5))
    let sentences = negatives.filter { $0.utf8.count > 20 && $0.utf8.count < 300 && !$0.contains("\n") }
    try #require(sentences.count >= 500)
    var found: [String: Int] = [:]
    var labelled = ""
    let each = 50
    for kind in Self.kinds {
      for _ in 0..<each {
        let value = maker.value(kind)
        let body = maker.spell(
          maker.pick(sentences) + maker.pick([" ", ": ", "\n", " (", " \""]), value,
          maker.pick([".", "", ", ", ")\n", "\" "]) + maker.pick(["", " ok", "\n"]))
        var planted: [UInt8] = []
        JSONText.encode(value, into: &planted)
        let members = "\"user_prompt\":\"p\",\"ai_response\":\(body)"
        labelled += "{\"kind\":\"\(kind)\",\"value\":\(String(decoding: planted, as: UTF8.self)),\(members)}\n"
        let record = try ScannedRecord("{\"id\":\"a\",\(members)}")
        let text = try Self.redacted(record, &stage)
        if text.contains("_1]") && !text.contains(value) { found[kind, default: 0] += 1 }
      }
    }
    var falseCount = 0
    for text in negatives {
      var json: [UInt8] = []
      JSONText.encode(text, into: &json)
      let members = "\"ai_response\":\(String(decoding: json, as: UTF8.self))"
      labelled += "{\"kind\":null,\"user_prompt\":\"p\",\(members)}\n"
      let record = try ScannedRecord("{\(members)}")
      let redacted = try Self.redacted(record, &stage)
      if redacted != text { falseCount += 1 }
    }
    if let folder = ProcessInfo.processInfo.environment["FB_LABELLED"] {
      try labelled.write(toFile: folder + "/labelled.ndjson", atomically: true, encoding: .utf8)
    }
    let positives = Self.kinds.count * each
    let trueCount = found.values.reduce(0, +)
    try #require(positives >= 500)
    #expect(Double(trueCount) >= 0.98 * Double(positives), "\(found)")
    #expect(Double(trueCount) >= 0.95 * Double(trueCount + falseCount), "\(falseCount) of \(negatives.count)")
    for kind in Self.kinds { #expect((found[kind] ?? 0) >= each * 9 / 10, "\(kind): \(found[kind] ?? 0)") }
  }

  /// The answer of a record after the stage has gone over it.
  static func redacted(_ record: ScannedRecord, _ stage: inout PrivacyStage) throws -> String {
    var scanned = try ScannedRecord(
      String(decoding: record.bytes[record.scanner.root.range], as: UTF8.self), extra: Route.pairPaths)
    for _ in 0..<5 {
      var line: [UInt8] = []
      let verdict = try stage.judge(scanned.bytes.span, scanned.scanner.root.range, scanned.scanner, rewritten: &line)
      if verdict != .rewrite { break }
      scanned = try ScannedRecord(String(decoding: line, as: UTF8.self), extra: Route.pairPaths)
    }
    return JSONText.string(scanned.bytes.span, scanned.scanner[.aiResponse])
  }
}
