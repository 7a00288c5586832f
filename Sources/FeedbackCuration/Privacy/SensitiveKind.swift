/// A kind of private data, or of secret.
public enum SensitiveKind: Int, CaseIterable, Sendable {
  /// An e-mail address.
  case email
  /// An account number with its check digits (ISO 13616).
  case iban
  /// A payment card number: issuer, length and check digit.
  case card
  /// An address of the Internet, version 4 or 6.
  case ip
  /// A telephone number, in a form or beside a word that says so.
  case phone
  /// An access key of Amazon Web Services.
  case awsKey
  /// A token with the prefix that its issuer gives it.
  case token
  /// A private key in PEM.
  case privateKey
  /// A JSON Web Token.
  case jwt
  /// What is assigned to a password, secret, token or key, and looks random.
  case credential
  /// The password in a URL.
  case urlPassword

  /// What people have of their own, in the order of the cases.
  public static let personal: [SensitiveKind] = [.email, .iban, .card, .ip, .phone]
  /// What opens doors.
  public static let secrets: [SensitiveKind] = [.awsKey, .token, .privateKey, .jwt, .credential, .urlPassword]

  /// The name in options and reports.
  public var code: String {
    switch self {
    case .awsKey: "aws_key"
    case .privateKey: "private_key"
    case .urlPassword: "url_password"
    default: "\(self)"
    }
  }

  /// The word of a placeholder; one for all secrets, as their kind is nobody's business.
  var label: String {
    switch self {
    case .email: "EMAIL"
    case .iban: "IBAN"
    case .card: "CARD"
    case .ip: "IP"
    case .phone: "PHONE"
    default: "SECRET"
    }
  }
}

/// Where a text holds something sensitive.
public struct SensitiveSpan: Sendable, Equatable {
  /// Bytes of the text.
  public var range: Range<Int>
  /// What stands there.
  public var kind: SensitiveKind

  /// Makes one.
  public init(_ range: Range<Int>, _ kind: SensitiveKind) {
    self.range = range
    self.kind = kind
  }
}

/// A set of kinds.
public struct SensitiveKinds: OptionSet, Sendable {
  /// One bit for each kind.
  public let rawValue: UInt16

  /// Makes a set of bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Makes a set of kinds.
  public init(_ kinds: [SensitiveKind]) { self.init(rawValue: kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue) }) }

  /// Whether a kind is in the set.
  public func contains(_ kind: SensitiveKind) -> Bool { rawValue >> UInt16(kind.rawValue) & 1 == 1 }

  /// All secrets.
  public static let secrets = SensitiveKinds(SensitiveKind.secrets)
}
