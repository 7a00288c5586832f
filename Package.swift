// swift-tools-version: 6.2
import PackageDescription

let common: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]
let strict = common + [.strictMemorySafety()]
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func command(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name,
    dependencies: ["NDJSON", "SystemIO", "Timestamps", "FeedbackModel", "CommandLineKit", arguments]
      + dependencies,
    swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: common)
}

// Targets by floor. Dependencies point only downward, and never to a neighbour on the same floor.
let package = Package(
  name: "fb",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // 0: the system, digests, SQLite
    library("SystemIO"),
    library("Digest"),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

    // 1: codecs and mathematics; NDJSON imports nothing
    library("NDJSON"),
    library("DelimitedText"),
    library("Statistics"),
    library("TextAnalysis", ["Digest"]),
    library("Timestamps"),

    // 2: the record, the command line, the store
    library("FeedbackModel", ["NDJSON", "Timestamps", "Digest"]),
    library("CommandLineKit", ["NDJSON", "SystemIO", "Timestamps", arguments]),
    library("FeedbackStore", ["CSQLite"]),

    // 3: what each command knows
    library(
      "FeedbackImport",
      ["FeedbackModel", "FeedbackStore", "NDJSON", "Timestamps", "DelimitedText", "Digest"]),
    library("FeedbackCollection", ["FeedbackModel", "NDJSON", "Timestamps", "Digest"]),
    library(
      "FeedbackAnalysis", ["FeedbackModel", "NDJSON", "Timestamps", "Statistics", "Digest", "TextAnalysis"]),
    library(
      "FeedbackCuration", ["FeedbackModel", "NDJSON", "Timestamps", "Digest", "SystemIO", "TextAnalysis"]),
    library(
      "FeedbackExport", ["FeedbackModel", "FeedbackStore", "NDJSON", "Timestamps", "DelimitedText", "TextAnalysis"]),

    // 4: the commands
    command("fb-ingest", ["FeedbackImport", "DelimitedText"]),
    command("fb-rate", ["FeedbackCollection"]),
    command("fb-analyze", ["FeedbackAnalysis"]),
    command("fb-filter", ["FeedbackCuration", "TextAnalysis", "Digest"]),
    command("fb-export", ["FeedbackExport", "FeedbackCuration", "FeedbackStore"]),
    command("fb-recommend", ["FeedbackAnalysis"]),

    // Tests, one target a library; CommandTests runs the built executables
    .target(
      name: "TestSupport", dependencies: ["NDJSON", "FeedbackModel"], path: "Tests/TestSupport",
      swiftSettings: common),
    tests(
      "CommandTests",
      ["fb-ingest", "fb-rate", "fb-analyze", "fb-filter", "fb-export", "fb-recommend"]),
    tests("SystemIOTests", ["SystemIO"]),
    tests("DelimitedTextTests", ["DelimitedText"]),
    tests("FeedbackStoreTests", ["FeedbackStore"]),
    tests("StatisticsTests", ["Statistics", "Digest"]),
    tests(
      "FeedbackAnalysisTests", ["FeedbackAnalysis", "Digest", "FeedbackModel", "NDJSON", "Statistics", "Timestamps"]),
    tests("TextAnalysisTests", ["TextAnalysis", "Digest"]),
    tests("NDJSONTests", ["NDJSON", "Digest"]),
    tests("FeedbackImportTests", ["FeedbackImport", "FeedbackModel", "NDJSON"]),
    tests("TimestampsTests", ["Timestamps"]),
    tests("DigestTests", ["Digest"]),
    tests("FeedbackModelTests", ["FeedbackModel", "NDJSON", "Timestamps"]),
    tests("FeedbackCollectionTests", ["FeedbackCollection", "FeedbackModel", "NDJSON", "Timestamps", "Digest"]),
    tests("FeedbackCurationTests", ["FeedbackCuration", "FeedbackModel", "NDJSON", "Timestamps", "TextAnalysis"]),
    tests("FeedbackExportTests", ["FeedbackExport", "FeedbackModel", "FeedbackStore", "NDJSON"]),
    tests("CommandLineKitTests", ["CommandLineKit", "Timestamps", arguments]),
  ]
)
