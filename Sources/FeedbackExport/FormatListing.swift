import NDJSON

extension TrainingFormat {
  /// Whether it is a trainer's, rather than our own document.
  public var isTrainer: Bool { !takesAnyRole }

  /// Whether what becomes of a record depends on none of the others.
  public var isStateless: Bool { takes == .sft && !hasUniformSystem }

  /// Whether LLaMA-Factory reads it, which wants to be told of its columns.
  public var hasDatasetInfo: Bool { source == TrainingFormat.llamaFactorySource }

  /// A JSON object: name, aliases, what it takes, its limits, and who says so.
  public var listing: String {
    var json: [UInt8] = []
    json.append("{\"name\":")
    JSONText.encode(name, into: &json)
    json.append(",\"aliases\":[")
    for (index, alias) in aliases.enumerated() {
      if index > 0 { json.append(0x2C) }
      JSONText.encode(alias, into: &json)
    }
    json.append("],\"takes\":")
    JSONText.encode(takes.rawValue, into: &json)
    json.append(",\"minimum\":")
    JSONNumber.append(limits.recordsMin, to: &json)
    json.append(",\"limits\":{")
    var isFirst = true
    for (name, value) in [
      ("records_max", limits.recordsMax), ("validation_records_max", limits.validationMax),
      ("record_tokens_max", limits.tokensMax), ("file_bytes_max", limits.fileBytesMax),
      ("file_bytes_min", limits.fileBytesMin > 0 ? limits.fileBytesMin : nil),
    ] {
      guard let value else { continue }
      if !isFirst { json.append(0x2C) }
      isFirst = false
      JSONText.encode(name, into: &json)
      json.append(0x3A)
      JSONNumber.append(value, to: &json)
    }
    json.append("},\"source\":")
    JSONText.encode(source, into: &json)
    json.append(",\"date\":")
    JSONText.encode(date, into: &json)
    json.append(0x7D)
    return String(decoding: json, as: UTF8.self)
  }

  /// The `dataset_info.json` of LLaMA-Factory for files named after formats.
  ///
  /// It names every column and tag that the records have, and no other: a list that names some takes all the others for
  /// absent, and a column that is named has to be there (src/llamafactory/data/converter.py).
  public static func datasetInfo(_ files: [(name: String, format: TrainingFormat)]) -> String {
    let entries = files.map { name, format in
      let columns =
        format.name == "alpaca"
        ? "\"prompt\":\"instruction\",\"query\":\"input\",\"response\":\"output\",\"system\":\"system\""
        : "\"messages\":\"conversations\",\"system\":\"system\""
      let tags =
        format.name == "alpaca"
        ? ""
        : ",\n\"tags\":{\"role_tag\":\"from\",\"content_tag\":\"value\",\"user_tag\":\"human\",\"assistant_tag\":\"gpt\"}"
      return
        "\"\(name)\":{\"file_name\":\"\(name).jsonl\",\"formatting\":\"\(format.name)\",\n\"columns\":{\(columns)}\(tags)}"
    }
    return "{\n" + entries.joined(separator: ",\n") + "\n}\n"
  }
}
