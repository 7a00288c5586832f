import Digest
import NDJSON

/// What stands in the place of private data.
public enum RedactionStyle: Sendable {
  /// `[EMAIL_1]`: the same number for the same value within a record.
  case placeholder
  /// Each letter and digit is a star.
  case mask
  /// `[EMAIL_` and 16 hexadecimal digits of the HMAC-SHA-256 of the value `]`: the same in every record for who has one
  /// key.
  case pseudonym(HMAC)
}

/// Replaces private data in the texts of records, and replaces secrets or leaves out the records that hold one.
///
/// What a record is rewritten to is looked at again: what is found then is replaced as well, three times at most.
public struct PrivacyStage: CurationStage {
  private let scanner: SensitiveScanner
  private let style: RedactionStyle
  private let dropsSecrets: Bool
  private var counts: [Int]
  private var passes = 0
  private static let passesMax = 3

  private var texts: [PlacedText] = []
  private var buffer: [UInt8] = []
  private var spans: [SensitiveSpan] = []
  private var hits: [(field: Field, spans: [SensitiveSpan])] = []
  /// The values of the record so far, each with its kind.
  private var values: [(label: String, value: [UInt8])] = []

  /// Makes a stage that looks for some kinds; secrets are left out with their records, or replaced.
  public init(_ kinds: SensitiveKinds, style: RedactionStyle, dropsSecrets: Bool) {
    scanner = SensitiveScanner(kinds)
    self.style = style
    self.dropsSecrets = dropsSecrets
    counts = Array(repeating: 0, count: SensitiveKind.allCases.count * RecordText.allCases.count)
  }

  /// Looks at a record; throws where it has a text of another shape, which would be overlooked.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    if passes == 0 { values.removeAll(keepingCapacity: true) }
    hits.removeAll(keepingCapacity: true)
    try scanner.checkTexts(bytes)
    scanner.findTexts(bytes, into: &texts)
    var hasSecret = false
    for placed in texts {
      scanner.withText(bytes, placed.field, &buffer) { self.scanner.find(in: $0, into: &spans) }
      if spans.isEmpty { continue }
      for span in spans {
        counts[span.kind.rawValue * RecordText.allCases.count + placed.text.rawValue] += 1
        if SensitiveKinds.secrets.contains(span.kind) { hasSecret = true }
      }
      hits.append((placed.field, spans))
    }
    if hits.isEmpty {
      passes = 0
      return .keep
    }
    passes += 1
    if (hasSecret && dropsSecrets) || passes > Self.passesMax {
      let reason: CurationReason = hasSecret && dropsSecrets ? .secret : .unredacted
      passes = 0
      return .drop(reason)
    }
    var written: [UInt8] = []
    rewrite(bytes, range, into: &written)
    line = written
    return .rewrite
  }

  private mutating func rewrite(_ bytes: Span<UInt8>, _ range: Range<Int>, into line: inout [UInt8]) {
    line.reserveCapacity(range.count + 64)
    var copied = range.lowerBound
    for (field, spans) in hits {
      var cursor = BodyCursor(field)
      let text = JSONText.bytes(bytes, field)
      for span in spans {
        cursor.advance(to: span.range.lowerBound, in: bytes)
        line.append(bytes, copied..<cursor.position)
        let replacement = replacement(for: Array(text[span.range]), span.kind)
        JSONText.encodeBody(replacement.span, 0..<replacement.count, into: &line)
        cursor.advance(to: span.range.upperBound, in: bytes)
        copied = cursor.position
      }
    }
    line.append(bytes, copied..<range.upperBound)
  }

  private mutating func replacement(for text: [UInt8], _ kind: SensitiveKind) -> [UInt8] {
    if case .mask = style { return text.map { $0.isLetter || $0.isDigit || $0 >= 0x80 ? 0x2A : $0 } }
    let value = Self.normalized(text, kind)
    let label = kind.label
    if case .pseudonym(let hmac) = style {
      var code = "[\(label)_"
      for byte in hmac.code(of: Array(label.utf8) + [0x1F] + value).prefix(8) {
        code += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
      return Array((code + "]").utf8)
    }
    let known = values.firstIndex { $0.label == label && $0.value == value }
    if known == nil { values.append((label, value)) }
    let number = values[...(known ?? values.count - 1)].count { $0.label == label }
    return Array("[\(label)_\(number)]".utf8)
  }

  /// What is the same of two spellings of one value: case does not count in an address, nor spaces and the like in a
  /// number.
  private static func normalized(_ text: [UInt8], _ kind: SensitiveKind) -> [UInt8] {
    switch kind {
    case .email, .ip: text.map(\.lowercase)
    case .iban, .card, .phone: text.filter { $0.isLetter || $0.isDigit }.map(\.lowercase)
    default: text
    }
  }

  /// The same stage before it has seen anything.
  public var empty: PrivacyStage { PrivacyStage(scanner.kinds, style: style, dropsSecrets: dropsSecrets) }

  /// Adds what the same stage has counted in records that follow.
  public mutating func merge(_ later: PrivacyStage) {
    for index in counts.indices { counts[index] += later.counts[index] }
  }

  /// What the stage found, for a report.
  public var findings: [StageFinding] {
    var findings: [StageFinding] = []
    for kind in SensitiveKind.allCases {
      let isSecret = SensitiveKinds.secrets.contains(kind)
      for text in RecordText.allCases {
        let count = counts[kind.rawValue * RecordText.allCases.count + text.rawValue]
        if count == 0 { continue }
        findings.append(
          StageFinding(
            stage: isSecret ? "secrets" : "redact", kind: kind.code, field: text.name,
            action: isSecret && dropsSecrets ? "drop" : "redact", count: count))
      }
    }
    return findings
  }
}
