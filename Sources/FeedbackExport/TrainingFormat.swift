/// What a format is made of.
public enum ExampleKind: String, Sendable {
  /// A prompt and the answer to learn.
  case sft
  /// A better and a worse answer to one prompt.
  case pairs
  /// A good or a bad answer alone.
  case kto
  /// A prompt, with the answer to learn where there is one.
  case prompts
}

/// A file that a trainer takes: one entry of the table of formats.
///
/// One description of a record serves both the renderer and the checker, so that what is written is what is checked.
public struct TrainingFormat: Sendable {
  /// Its name.
  public let name: String
  /// Other names of the same.
  public let aliases: [String]
  /// What it is made of.
  public let takes: ExampleKind
  /// What a target refuses more or fewer of.
  public let limits: Limits
  /// The document that says so.
  public let source: String
  /// When that was read, as a date.
  public let date: String
  /// The members of a record, in order.
  let layout: [Part]
  /// What texts may not hold.
  var reserved: ReservedWords?
  /// Whether turns of user and assistant have to follow one another by turns.
  var alternates = true
  /// Whether all records have a system prompt, or none.
  public internal(set) var hasUniformSystem = false
  /// Whether a file begins with a byte order mark.
  public var hasByteOrderMark = false
  /// Members that a record may have besides, of which no more than their kind is looked at.
  var otherMembers: [String: OtherMember] = [:]
  /// Whether a record may have any further member.
  var takesAnyMember = false
  /// Whether strings may stand in the place of turns, in all records of a file; none are written.
  var takesPlainText = false
  /// Whether it is no trainer's, so that nothing is refused.
  var takesAnyRole = false

  /// The kind of a member that a record may have besides.
  enum OtherMember: Sendable {
    /// A list of objects.
    case objects
    /// True or false.
    case flag
    /// A string.
    case text
    /// A list of pairs of strings.
    case textPairs
  }

  /// How many and how large.
  public struct Limits: Sendable {
    /// The fewest records of a file.
    public var recordsMin: Int
    /// The most records of a file.
    public var recordsMax: Int?
    /// The most records of a file to validate with.
    public var validationMax: Int?
    /// The most tokens of a record; without a tokenizer they are counted as a third of the bytes of its texts, which is
    /// more than there are in nearly every language.
    public var tokensMax: Int?
    /// The most bytes of a file.
    public var fileBytesMax: Int?
    /// The fewest bytes of a file.
    public var fileBytesMin = 0
    /// Whether `recordsMax` is of training and validation together.
    public var coversAllFiles = false
  }

  init(
    _ name: String, _ aliases: [String] = [], takes: ExampleKind, _ limits: Limits, _ layout: [Part], source: String,
    date: String = "2026-11-25"
  ) {
    self.name = name
    self.aliases = aliases
    self.takes = takes
    self.limits = limits
    self.layout = layout
    self.source = source
    self.date = date
  }

  /// The same format with something changed.
  func with(_ change: (inout TrainingFormat) -> Void) -> TrainingFormat {
    var copy = self
    change(&copy)
    return copy
  }

  /// Tokens of texts of so many bytes, rounded up; never fewer than there are, as far as can be told without a tokenizer.
  static func tokens(ofBytes count: Int) -> Int { (count + 2) / 3 }
}

extension TrainingFormat {
  /// The key of a member, and how it stands in a record.
  struct Key: Sendable, ExpressibleByStringLiteral {
    let name: String
    /// The key in quotes, and the colon.
    let spelling: [UInt8]

    init(stringLiteral name: String) {
      self.name = name
      spelling = Array("\"\(name)\":".utf8)
    }
  }

  /// A member of a record.
  indirect enum Part: Sendable {
    /// Always the same string.
    case constant(Key, String)
    /// The system prompt, if there is one.
    case system(Key, SystemStyle)
    /// The conversation.
    case turns(Key, Turns)
    /// An object with members of its own.
    case object(Key, [Part])
    /// A list of one turn: the answer, or the worse one.
    case answers(Key, Answer, TurnStyle)
    /// A text.
    case text(Key, Text)
    /// Whether the answer is a good one.
    case label(Key)
    /// Both answers of a pair with the scores 1 and 0.
    case completions(Key)
    /// Category, rating and origin, in the document of examples.
    case provenance

    /// The key, nil for several.
    var key: Key? {
      switch self {
      case .constant(let key, _), .system(let key, _), .turns(let key, _), .object(let key, _), .answers(let key, _, _),
        .text(let key, _), .label(let key), .completions(let key):
        key
      case .provenance: nil
      }
    }

    /// Whether a record may do without it.
    var isOptional: Bool {
      switch self {
      case .system, .provenance, .text(_, .reference(isRequired: false)), .text(_, .nothing): true
      default: false
      }
    }
  }

  /// Which of two answers.
  enum Answer: Sendable { case better, worse }

  /// A system prompt with a member of its own.
  enum SystemStyle: Sendable {
    /// `"…"`
    case string
    /// `"…"`, and `""` where there is none: what reads the records as a table wants the same members in all of them.
    case column
    /// `[{"text":"…"}]`
    case blocks
    /// `{"parts":[{"text":"…"}]}`
    case parts
  }

  /// What a text member holds.
  enum Text: Sendable, Equatable {
    /// The prompt.
    case prompt
    /// The prompt, after the system prompt and an empty line.
    case promptAfterSystem
    /// The answer.
    case answer
    /// The answer that others are compared with.
    case reference(isRequired: Bool)
    /// Nothing: an empty string.
    case nothing
  }

  /// A conversation.
  struct Turns: Sendable {
    var style: TurnStyle
    /// The role of a first turn with the system prompt, where that has no member of its own.
    var systemRole: String?
    var history: History
    var end: End

    init(_ style: TurnStyle, system: String? = nil, _ history: History, end: End) {
      self.style = style
      self.systemRole = system
      self.history = history
      self.end = end
    }
  }

  /// What becomes of the earlier turns.
  enum History: Sendable {
    /// They are there, earlier answers with weight 0.
    case weighted
    /// They are there: nothing but the last answer is learnt.
    case context
    /// All answers are learnt, so earlier turns are there only where each of them may be.
    case learnt
    /// There is no place for them.
    case none
  }

  /// How a conversation ends.
  enum End: Sendable {
    /// With the prompt.
    case prompt
    /// With the answer.
    case answer
    /// With the two answers of a pair in one turn.
    case candidates
    /// With the prompt, or with an answer that somebody added; one prompt is all that most models take.
    case promptOrAnswer
  }

  /// The one conversation that a record has, if it has one.
  var conversation: Turns? {
    func find(_ parts: [Part]) -> Turns? {
      for part in parts {
        if case .turns(_, let turns) = part { return turns }
        if case .object(_, let members) = part { return find(members) }
      }
      return nil
    }
    return find(layout)
  }

  /// Whether the records are read as a table.
  var hasColumns: Bool { layout.contains { if case .system(_, .column) = $0 { true } else { false } } }

  /// Whether prompt and answer are put together without a mark.
  var hasSeam: Bool { layout.contains { if case .text(_, .promptAfterSystem) = $0 { true } else { false } } }

  /// Whether there has to be an answer to compare others with.
  var needsReference: Bool {
    layout.contains { if case .text(_, .reference(isRequired: true)) = $0 { true } else { false } }
  }
}
