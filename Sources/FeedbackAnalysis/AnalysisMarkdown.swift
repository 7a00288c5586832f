import Statistics
import Timestamps

extension AnalysisReport {
  /// The report in Markdown.
  public var markdown: String {
    var text = "# Analysis"
    if let from, let to { text += ", \(from.text) to \(to.text)" }
    text += "\n\n"
    for line in headerLines { text += line + "  \n" }
    for field in fields where !field.slices.isEmpty { text += "\n" + markdownTable(field) }
    if let line = sparkline { text += "\nMean rating, 1 to 5 stars, \(line.legend): `\(line.marks)`\n" }
    if let line = quietLine { text += "\n\(Advice.escaped(line))\n" }
    for section in sections {
      text += "\n## \(section.title)\n\n"
      for sentence in section.sentences {
        text += "- \(Advice.escaped(sentence.text))"
        if !sentence.examples.isEmpty {
          text += " For example " + sentence.examples.map(Advice.escaped).joined(separator: ", ") + "."
        }
        text += "\n"
      }
    }
    return text
  }

  private func markdownTable(_ field: SliceField) -> String {
    let table = rows(field)
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = "## By \(Advice.escaped(Array(field.name.utf8)))\n\n"
    text += line(table.header.map { Advice.escaped(Array($0.utf8)) })
    text += line(table.header.indices.map { $0 == 0 ? "---" : "---:" })
    for row in table.rows { text += line(row.map { Advice.escaped(Array($0.utf8)) }) }
    return text + table.legends.map { "\n\($0)\n" }.joined()
  }
}
