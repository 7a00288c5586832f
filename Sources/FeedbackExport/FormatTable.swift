/// The formats that can be written and checked, by family.
extension TrainingFormat {
  /// All formats, in the order in which they are listed.
  public static let all: [TrainingFormat] = openAIFamily + bedrockFamily + geminiFamily + hostedFamily + openFamily

  /// The format of a name or an alias.
  public static func named(_ name: String) -> TrainingFormat? {
    all.first { $0.name == name || $0.aliases.contains(name) }
  }

  // MARK: OpenAI

  private static let openAILimits = Limits(recordsMin: 10, tokensMax: 65_536, fileBytesMax: 512_000_000)
  private static let openAISource = "openai/openai-openapi openapi.yaml f7f4b05; developers.openai.com/docs/guides"
  private static let dpoLayout: [Part] = [
    .object("input", [.turns("messages", Turns(.openAI, system: "system", .context, end: .prompt))]),
    .answers("preferred_output", .better, .messages), .answers("non_preferred_output", .worse, .messages),
  ]

  /// OpenAI supervised fine-tuning: `{"messages":[…]}`, the system prompt its first message.
  public static let openAI = TrainingFormat(
    "openai", takes: .sft, openAILimits,
    [.turns("messages", Turns(.openAI, system: "system", .weighted, end: .answer))], source: openAISource
  ).with {
    $0.alternates = false
    $0.otherMembers = ["tools": .objects, "parallel_tool_calls": .flag, "functions": .objects]
  }

  static let openAIFamily: [TrainingFormat] = [
    openAI,
    TrainingFormat("openai-dpo", takes: .pairs, openAILimits, dpoLayout, source: openAISource)
      .with { $0.alternates = false },
    TrainingFormat(
      "openai-rft", takes: .prompts, openAILimits,
      [
        .turns("messages", Turns(.openAI, system: "developer", .context, end: .prompt)),
        .text("reference_answer", .reference(isRequired: false)),
      ],
      source: "learn.microsoft.com/azure/ai-services/openai/how-to/reinforcement-fine-tuning"
    ).with {
      $0.alternates = false
      $0.otherMembers = ["tools": .objects]
      $0.takesAnyMember = true
    },
    TrainingFormat(
      "azure", takes: .sft, openAILimits, openAI.layout,
      source: "MicrosoftDocs/azure-docs, fine-tuning: JSONL in UTF-8 with a byte order mark"
    ).with {
      $0.alternates = false
      $0.otherMembers = openAI.otherMembers
      $0.hasByteOrderMark = true
    },
  ]

  // MARK: Amazon Bedrock

  private static let bedrockSource = "Amazon Bedrock User Guide, model-customization-prepare"
  private static let novaSource = "aws-samples/amazon-nova-samples nova_ft_dataset_validator.py; Bedrock User Guide"
  private static let schemaVersion = Part.constant("schemaVersion", "bedrock-conversation-2024")

  private static func converse(_ end: End, _ history: History) -> [Part] {
    [schemaVersion, .system("system", .blocks), .turns("messages", Turns(.converse, history, end: end))]
  }

  private static let llamaLimits = Limits(
    recordsMin: 100, recordsMax: 10_000, tokensMax: 16_000, coversAllFiles: true)

  private static let claudeLayout: [Part] = [
    .system("system", .string), .turns("messages", Turns(.messages, .learnt, end: .answer)),
  ]

  /// Amazon Bedrock, Claude 3 Haiku: `{"system":…,"messages":[…]}`, user and assistant only.
  public static let bedrockClaude = TrainingFormat(
    "bedrock", ["bedrock-claude"], takes: .sft,
    Limits(
      recordsMin: 32, recordsMax: 10_000, validationMax: 1_000, tokensMax: 32_000, fileBytesMax: 10_000_000_000,
      coversAllFiles: true),
    claudeLayout,
    source: bedrockSource
  ).with { $0.reserved = .claude }

  static let bedrockFamily: [TrainingFormat] = [
    bedrockClaude,
    TrainingFormat(
      "bedrock-nova", takes: .sft, Limits(recordsMin: 8, recordsMax: 20_000), converse(.answer, .learnt),
      source: novaSource
    ).with {
      $0.reserved = .nova
      $0.hasUniformSystem = true
    },
    TrainingFormat(
      "bedrock-nova-dpo", takes: .pairs, Limits(recordsMin: 8, recordsMax: 20_000), converse(.candidates, .context),
      source: "sagemaker-train schemas/dpo.json; " + novaSource
    ).with {
      $0.reserved = .nova
      $0.hasUniformSystem = true
    },
    TrainingFormat(
      "bedrock-converse", takes: .sft, llamaLimits,
      converse(.answer, .learnt), source: bedrockSource + " (Llama 3.2 and 3.3)"),
    TrainingFormat(
      "bedrock-pc", takes: .sft, llamaLimits,
      [.text("prompt", .promptAfterSystem), .text("completion", .answer)], source: bedrockSource + " (Llama 3.1)"),
    TrainingFormat(
      "bedrock-distill", takes: .prompts, Limits(recordsMin: 100, fileBytesMax: 1_000_000_000),
      converse(.promptOrAnswer, .none), source: "Amazon Bedrock User Guide, distillation-data-prep-option-1"),
    TrainingFormat(
      "bedrock-rft", takes: .prompts, Limits(recordsMin: 100, recordsMax: 20_000),
      [
        .turns("messages", Turns(.openAI, system: "system", .context, end: .prompt)),
        .text("reference_answer", .reference(isRequired: true)),
      ],
      source: "Amazon Bedrock User Guide, rft-prepare-data"
    ).with {
      $0.reserved = .nova
      $0.otherMembers = ["id": .text, "tools": .objects]
      $0.takesAnyMember = true
    },
  ]

  // MARK: Gemini

  static let geminiFamily: [TrainingFormat] = [
    TrainingFormat(
      "gemini", takes: .sft,
      Limits(
        recordsMin: 1, recordsMax: 1_000_000, validationMax: 5_000, tokensMax: 131_072, fileBytesMax: 1_000_000_000),
      [.system("systemInstruction", .parts), .turns("contents", Turns(.gemini, .learnt, end: .answer))],
      source: "cloud.google.com, gemini-supervised-tuning-prepare"
    ).with { $0.otherMembers = ["tools": .objects] },
    TrainingFormat(
      "gemini-dpo", takes: .pairs, Limits(recordsMin: 1, tokensMax: 131_072, fileBytesMax: 1_000_000_000),
      [
        .system("system_instruction", .parts), .turns("contents", Turns(.gemini, .context, end: .prompt)),
        .completions("completions"),
      ],
      source: "cloud.google.com, gemini-preference-tuning-prepare"),
  ]

  // MARK: Other services

  static let hostedFamily: [TrainingFormat] = [
    TrainingFormat(
      "together", takes: .sft, Limits(recordsMin: 1),
      [.turns("messages", Turns(.messages, system: "system", .weighted, end: .answer))],
      source: "together 2.14.0 lib/utils/files.py; docs.together.ai/docs/fine-tuning/data-preparation"
    ).with { $0.otherMembers = ["tools": .objects] },
    TrainingFormat(
      "together-dpo", takes: .pairs, Limits(recordsMin: 1), dpoLayout,
      source: "together 2.14.0 lib/utils/files.py"),
    TrainingFormat(
      "fireworks", takes: .sft, Limits(recordsMin: 3, recordsMax: 3_000_000),
      [.turns("messages", Turns(.messages, system: "system", .weighted, end: .answer))],
      source: "docs.fireworks.ai/fine-tuning/fine-tuning-models"
    ).with { $0.otherMembers = ["tools": .objects] },
    TrainingFormat(
      "mistral", takes: .sft, Limits(recordsMin: 10, recordsMax: 10_000_000, fileBytesMin: 1_000),
      [.turns("messages", Turns(.messages, system: "system", .weighted, end: .answer))],
      source: "mistralai/mistral-finetune utils/validate_data.py"
    ).with { $0.otherMembers = ["tools": .objects] },
    TrainingFormat(
      "anthropic", takes: .sft, Limits(recordsMin: 1), claudeLayout,
      source: "platform.claude.com/cookbook/finetuning-finetuning-on-bedrock"
    ).with { $0.reserved = .claude },
  ]

  // MARK: Open trainers

  private static let trlSource = "huggingface/trl docs/source/dataset_formats.md"
  static let llamaFactorySource = "hiyouga/LLaMA-Factory data/README.md"
  private static let conversationalPrompt = Part.turns(
    "prompt", Turns(.messages, system: "system", .context, end: .prompt))
  private static let messagesLearnt: [Part] = [
    .turns("messages", Turns(.messages, system: "system", .learnt, end: .answer))
  ]

  static let openFamily: [TrainingFormat] = [
    TrainingFormat("trl-sft", takes: .sft, Limits(recordsMin: 1), messagesLearnt, source: trlSource),
    TrainingFormat(
      "trl-prompt-completion", takes: .sft, Limits(recordsMin: 1),
      [conversationalPrompt, .answers("completion", .better, .messages)], source: trlSource
    )
    .with { $0.takesPlainText = true },
    TrainingFormat(
      "trl-dpo", takes: .pairs, Limits(recordsMin: 1),
      [conversationalPrompt, .answers("chosen", .better, .messages), .answers("rejected", .worse, .messages)],
      source: trlSource
    )
    .with { $0.takesPlainText = true },
    TrainingFormat(
      "trl-kto", takes: .kto, Limits(recordsMin: 2),
      [conversationalPrompt, .answers("completion", .better, .messages), .label("label")], source: trlSource
    )
    .with { $0.takesPlainText = true },
    TrainingFormat(
      "sharegpt", takes: .sft, Limits(recordsMin: 1),
      [.turns("conversations", Turns(.shareGPT, .learnt, end: .answer)), .system("system", .column)],
      source: llamaFactorySource
    ).with { $0.otherMembers = ["tools": .text] },
    TrainingFormat(
      "alpaca", takes: .sft, Limits(recordsMin: 1),
      [
        .text("instruction", .prompt), .text("input", .nothing), .text("output", .answer), .system("system", .column),
      ],
      source: llamaFactorySource
    ).with { $0.otherMembers = ["history": .textPairs] },
    TrainingFormat(
      "axolotl", takes: .sft, Limits(recordsMin: 1), messagesLearnt,
      source: "axolotl-ai-cloud/axolotl docs/dataset-formats/conversation.qmd"),
  ]

  /// One element of the `examples` of our own document: no target, and no limits.
  public static let document = TrainingFormat(
    "json", takes: .sft, Limits(recordsMin: 0), openAI.layout + [.provenance], source: "fb-export(1)"
  ).with {
    $0.takesAnyRole = true
  }
}
