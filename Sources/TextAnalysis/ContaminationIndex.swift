import Digest

/// Finds evaluation prompts in training texts.
///
/// A text is contaminated where it shares any 13 words in a row with an evaluation prompt (as for GPT-3: Brown et al.
/// 2020, appendix C), or where the runs of 8 words that it shares cover half of the prompt's words. Prompts of less
/// than 13 words are known by their whole heavy form.
public struct ContaminationIndex: Sendable {
  /// How a training text was found to hold an evaluation prompt.
  public enum Match: String, Sendable, CaseIterable {
    /// It is a short evaluation prompt.
    case samePrompt = "same_prompt"
    /// It shares 13 words in a row.
    case sharedRun = "shared_run"
    /// Its runs of 8 words cover half of a prompt.
    case coverage
  }

  /// Words in a run of which one is enough, and in a prompt that is not short.
  public static let longLength = 13
  /// Words in a run whose coverage is measured.
  public static let shortLength = 8
  /// The coverage from which on a text is contaminated.
  public static let coverageMin = 0.5

  private var longRuns = GramIndex(length: longLength)
  private var shortRuns = GramIndex(length: shortLength)
  private var shortPrompts: Set<UInt64> = []

  /// Makes an empty index.
  public init() {}

  /// Takes in an evaluation prompt; one without letters and digits is left out.
  public mutating func add(_ prompt: Span<UInt8>) {
    var heavy: [UInt8] = []
    NormalForm.heavy(prompt, into: &heavy)
    if heavy.isEmpty { return }
    var wordCount = 1
    for byte in heavy where byte == 0x20 { wordCount += 1 }
    if wordCount < Self.longLength {
      shortPrompts.insert(StableHash.hash(heavy.span, 0..<heavy.count))
    } else {
      longRuns.add(heavy.span)
      shortRuns.add(heavy.span)
    }
  }

  /// Ends the taking in; nothing is found before.
  public mutating func seal() {
    longRuns.seal()
    shortRuns.seal()
  }

  /// How a training text holds an evaluation prompt, nil where it does not.
  public func match(_ text: Span<UInt8>) -> Match? {
    var heavy: [UInt8] = []
    NormalForm.heavy(text, into: &heavy)
    if heavy.isEmpty { return nil }
    if shortPrompts.contains(StableHash.hash(heavy.span, 0..<heavy.count)) { return .samePrompt }
    if !longRuns.overlaps(with: heavy.span).isEmpty { return .sharedRun }
    let isCovered = shortRuns.overlaps(with: heavy.span).contains { $0.coverage >= Self.coverageMin }
    return isCovered ? .coverage : nil
  }
}
