import FeedbackModel
import NDJSON
import TextAnalysis

/// Leaves out records in whose prompt, history or answer a prompt of an evaluation set stands.
public struct ContaminationStage: CurationStage {
  private let index: ContaminationIndex
  private var texts: [PlacedText] = []
  private var buffer: [UInt8] = []

  /// Makes a stage of an index that is sealed.
  public init(_ index: ContaminationIndex) { self.index = index }

  /// Takes the prompt of the record that a scanner saw last into an index; throws where it has none.
  public static func add(
    _ bytes: Span<UInt8>, _ scanner: borrowing LineScanner, to index: inout ContaminationIndex
  ) throws(RecordError) {
    let prompt = try scanner.text(.userPrompt)
    if prompt.kind != .string { throw .schema("user_prompt", "missing", at: scanner.root.start) }
    index.add(JSONText.bytes(bytes, prompt).span)
  }

  /// Looks at a record.
  public mutating func judge(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ scanner: borrowing LineScanner, rewritten line: inout [UInt8]
  ) throws -> StageVerdict {
    scanner.findTexts(bytes, into: &texts)
    for placed in texts {
      switch placed.text {
      case .systemPrompt, .feedbackText, .suggestion: continue
      default: break
      }
      if scanner.withText(bytes, placed.field, &buffer, { index.match($0) }) != nil { return .drop(.contaminated) }
    }
    return .keep
  }
}
