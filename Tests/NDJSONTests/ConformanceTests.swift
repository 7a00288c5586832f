import Foundation
import NDJSON
import TestSupport
import Testing

/// JSONTestSuite against both layers: the bare grammar and the record line.
@Suite(.enabled(if: sharedFolder != nil, Comment(rawValue: sharedFolderMissing)))
struct ConformanceTests {
  static func suite() throws -> [(name: String, bytes: [UInt8])] {
    let folder = try #require(sharedFolder)
      .appendingPathComponent("data/suites/JSONTestSuite/test_parsing")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))))
    }
  }

  static func verdict(_ bytes: [UInt8], _ rules: JSONRules) -> JSONErrorCode {
    var scanner = LineScanner(FieldSet(paths: []), rules: rules)
    _ = scanner.scan(text: bytes)
    return scanner.code
  }

  @Test func theGrammarLayerGivesTheSuitesVerdict() throws {
    var counts = ["y": 0, "n": 0, "i": 0]
    var accepted: Set<String> = []
    for (name, bytes) in try Self.suite() {
      let kind = String(name.prefix(1))
      counts[kind, default: 0] += 1
      let isAccepted = Self.verdict(bytes, .grammar) == .none
      if kind == "y" { #expect(isAccepted, "\(name) has to be accepted") }
      if kind == "n" { #expect(!isAccepted, "\(name) has to be refused") }
      if kind == "i" && isAccepted { accepted.insert(name) }
    }
    #expect(counts == ["y": 95, "n": 188, "i": 35])
    #expect(accepted == Self.implementationDefinedAccepted)
  }

  /// The `i_` files the grammar accepts: numbers of any size and halves of surrogate pairs.
  ///
  /// It refuses what is not UTF-8, a byte order mark (the block reader's business) and nesting over 512.
  static let implementationDefinedAccepted: Set<String> = [
    "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json",
    "i_number_neg_int_huge_exp.json", "i_number_pos_double_huge_exp.json",
    "i_number_real_neg_overflow.json", "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json", "i_number_very_big_negative_int.json",
    "i_object_key_lone_2nd_surrogate.json", "i_string_1st_surrogate_but_2nd_missing.json",
    "i_string_1st_valid_surrogate_2nd_invalid.json", "i_string_incomplete_surrogate_and_escape_valid.json",
    "i_string_incomplete_surrogate_pair.json", "i_string_incomplete_surrogates_escape_valid.json",
    "i_string_invalid_lonely_surrogate.json", "i_string_invalid_surrogate.json",
    "i_string_inverted_surrogates_U+1D11E.json", "i_string_lone_second_surrogate.json",
    "i_structure_500_nested_arrays.json",
  ]

  /// What the record line does with each file that the grammar accepts: every one that is an object on one line without a
  /// repeated key is a record; the others are refused for the reason given here.
  @Test func theLineLayerGivesItsOwnTable() throws {
    var table: [String: Int] = [:]
    var reasons: [String: JSONErrorCode] = [:]
    var cases = 0
    for (name, bytes) in try Self.suite() {
      cases += 1
      let code = Self.verdict(bytes, .record)
      if name.hasPrefix("n_") { #expect(code != .none, "\(name) has to be refused") }
      if name.hasPrefix("n_") { continue }
      table[code.reason, default: 0] += 1
      if code != .notObject { reasons[name] = code }
    }
    #expect(cases == 318)
    #expect(reasons == Self.lineVerdicts)
    #expect(table["not-object"] == 130 - Self.lineVerdicts.count)
  }

  static let lineVerdicts: [String: JSONErrorCode] = [
    "i_object_key_lone_2nd_surrogate.json": .surrogate,
    "y_object.json": .none,
    "y_object_basic.json": .none,
    "y_object_duplicated_key.json": .duplicateKey,
    "y_object_duplicated_key_and_value.json": .duplicateKey,
    "y_object_empty.json": .none,
    "y_object_empty_key.json": .none,
    "y_object_escaped_null_in_key.json": .none,
    "y_object_extreme_numbers.json": .none,
    "y_object_long_strings.json": .none,
    "y_object_simple.json": .none,
    "y_object_string_unicode.json": .none,
    "y_object_with_newlines.json": .truncated,
  ]
}
