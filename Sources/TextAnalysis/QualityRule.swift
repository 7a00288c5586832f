/// What an answer may have wrong with it, whoever rated it.
///
/// The rules that drop hit under 5 % of answers that people wrote, all together. Rules for web pages (at least 50
/// words, a full stop on each line, no braces) reject 47 to 85 % of them, and are none of these.
public enum QualityRule: String, Sendable, CaseIterable {
  /// There is nothing but white space.
  case empty
  /// It says the prompt again: equal heavy forms.
  case echo
  /// It repeats itself: `Repetition.isExcessive`.
  case repetition
  /// A fence of three backticks opens and does not close.
  case openFence = "open_fence"
  /// A bracket opens near the end and does not close: the answer was cut off.
  case openBracket = "open_bracket"
  /// It has U+FFFD, which stands for bytes that could not be read.
  case replacementCharacter = "replacement_character"
  /// It has UTF-8 that was read as Windows-1252, as "Ã©" for "é".
  case mojibake
  /// It has control characters besides tab and line ends.
  case controlCharacter = "control_character"
  /// It has marks of a chat template, as `<|im_start|>` or `[INST]`, and the prompt has none.
  case templateLeak = "template_leak"
  /// It has a gap to be filled in, as "[Your Name]", or "lorem ipsum", and the prompt has none.
  case placeholder
  /// It refuses within its first 200 bytes. One that is rated well is right to.
  case refusal
  /// Most of its letters are of another script than most of the prompt's. A translation is right to.
  case script

  /// What is done about a hit.
  public enum Action: Sendable {
    /// The answer is no training target.
    case drop
    /// The answer is counted, and left to people.
    case flag
  }

  /// What is done about a hit of this rule.
  public var action: Action {
    switch self {
    case .refusal, .script: .flag
    default: .drop
    }
  }

  /// The rules that an answer to a prompt breaks, in the order of the cases.
  ///
  /// That an answer was cut off by its length (`finish_reason`) or is over a limit of tokens its text does not say.
  public static func hits(prompt: Span<UInt8>, answer: Span<UInt8>) -> [QualityRule] {
    var form: [UInt8] = []
    NormalForm.light(answer, into: &form)
    if form.isEmpty { return [.empty] }
    var hits: [QualityRule] = []
    if isEcho(prompt, answer) { hits.append(.echo) }
    if Repetition(answer).isExcessive { hits.append(.repetition) }
    let end = Cutoff(answer)
    if end.isInFence { hits.append(.openFence) }
    if !end.isInFence && end.isInBracket { hits.append(.openBracket) }
    let damage = Damage(answer)
    if damage.hasReplacement { hits.append(.replacementCharacter) }
    if damage.isMojibake { hits.append(.mojibake) }
    if damage.hasControl { hits.append(.controlCharacter) }
    let (found, given) = (QualityPhrase.find(in: answer), QualityPhrase.find(in: prompt))
    if found.hasTemplate && !given.hasTemplate { hits.append(.templateLeak) }
    if found.hasPlaceholder && !given.hasPlaceholder { hits.append(.placeholder) }
    if QualityPhrase.isRefusal(answer) { hits.append(.refusal) }
    if let asked = Script.main(of: prompt), let used = Script.main(of: answer), asked != used { hits.append(.script) }
    return hits
  }

  private static func isEcho(_ prompt: Span<UInt8>, _ answer: Span<UInt8>) -> Bool {
    // Letters that compose may make a text up to three times as long in bytes.
    if answer.count > 4 * prompt.count { return false }
    var (asked, said): ([UInt8], [UInt8]) = ([], [])
    NormalForm.heavy(prompt, into: &asked)
    NormalForm.heavy(answer, into: &said)
    return !said.isEmpty && asked == said
  }
}
