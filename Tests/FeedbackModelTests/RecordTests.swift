import FeedbackModel
import NDJSON
import TestSupport
import Testing
import Timestamps

@Suite struct RecordTests {
  @Test func everyFieldIsFoundInItsPlace() throws {
    // Each field holds its own path; objects hold their members.
    var root: [String] = []
    var feedback: [String] = []
    for field in RecordField.allCases where field != .feedback {
      let member = "\"\(field.name)\":\"\(field.dotted)\""
      if field.path.count == 2 { feedback.append(member) } else { root.append(member) }
    }
    root.append("\"feedback\":{\(feedback.joined(separator: ","))}")
    let record = try ScannedRecord("{\(root.joined(separator: ","))}")
    for field in RecordField.allCases where field != .feedback {
      #expect(record.spelling(record.scanner[field]) == "\"\(field.dotted)\"")
      #expect(RecordField(dotted: field.dotted) == field)
    }
    #expect(record.scanner[.feedback].kind == .object)
    #expect(RecordField(dotted: "user_rating") == nil && RecordField(dotted: "") == nil)
    #expect(Set(RecordField.allCases.map(\.dotted)).count == RecordField.allCases.count)
  }

  @Test func fieldsElsewhereAreNotTaken() throws {
    let record = try ScannedRecord(
      #"{"user_rating":5,"metadata":{"id":"x","feedback":{"user_rating":1}},"feedback":[{"user_rating":2}]}"#)
    #expect(record.scanner[.userRating].kind == .missing && record.scanner[.id].kind == .missing)
  }

  @Test(arguments: [
    ("{}", RecordType.interaction), (#"{"type":"interaction"}"#, .interaction), (#"{"type":"feedback"}"#, .feedback),
    (#"{"type":"preferences"}"#, .preferences), (#"{"type":"ask"}"#, .ask), (#"{"type":"example"}"#, .example),
    (#"{"type":"pair"}"#, .pair), (#"{"type":"metric"}"#, .metric), (#"{"type":"trend"}"#, .trend),
    (#"{"type":"finding"}"#, .finding), (#"{"type":"recommendation"}"#, .recommendation),
    (#"{"type":"state"}"#, .state), (#"{"type":"Example"}"#, .unknown), (#"{"type":""}"#, .unknown),
    (#"{"\u0074ype":"\u0065xample"}"#, .example),
  ])
  func kindsOfRecord(text: String, type: RecordType) throws {
    let record = try ScannedRecord(text)
    #expect(try record.scanner.recordType(record.bytes.span) == type)
  }

  /// What a getter says of a record: its value, nil, or the reason and the field of the error.
  static func verdict<Value>(_ read: () throws(RecordError) -> Value?) -> String {
    do throws(RecordError) {
      guard let value = try read() else { return "none" }
      return "\(value)"
    } catch {
      return "\(error.reason) \(error.field)"
    }
  }

  @Test(arguments: [
    ("{}", "none"), (#"{"status":null}"#, "false"), (#"{"status":"ok"}"#, "false"), (#"{"status":"error"}"#, "true"),
    (#"{"status":"err\u006fr"}"#, "true"), (#"{"status":"OK"}"#, "schema status"), (#"{"status":""}"#, "schema status"),
    (#"{"status":true}"#, "schema status"), (#"{"status":200}"#, "schema status"),
  ])
  func statusIsOneOfTwo(text: String, expected: String) throws {
    let record = try ScannedRecord(text)
    let found = Self.verdict { () throws(RecordError) in try record.scanner.isError(record.bytes.span) }
    #expect(found == (expected == "none" ? "false" : expected))
  }

  @Test(arguments: [
    ("true", "true"), ("false", "false"), ("null", "none"), ("1", "schema feedback.approved"),
    ("\"true\"", "schema feedback.approved"), ("[]", "schema feedback.approved"),
  ])
  func approvedIsTrueOrFalse(value: String, expected: String) throws {
    let record = try ScannedRecord("{\"feedback\":{\"approved\":\(value)}}")
    #expect(Self.verdict { () throws(RecordError) in try record.scanner.boolean(.approved) } == expected)
  }

  @Test(arguments: [
    ("0", "0"), ("120", "120"), ("1.2e3", "1200"), ("1200.0", "1200"), ("null", "none"), ("-0", "0"),
    ("999999999999999999", "999999999999999999"), ("-1", "schema response_time_ms"), ("1.5", "schema response_time_ms"),
    ("1e400", "schema response_time_ms"), ("\"120\"", "schema response_time_ms"), ("1e-1", "schema response_time_ms"),
  ])
  func millisecondsAreWhole(value: String, expected: String) throws {
    let record = try ScannedRecord("{\"response_time_ms\":\(value)}")
    let found = Self.verdict { () throws(RecordError) in try record.scanner.milliseconds(record.bytes.span) }
    #expect(found == expected)
  }

  @Test(arguments: [
    ("4", "4000000"), ("4.5", "4500000"), ("null", "none"), ("0", "number-range feedback.clarity"),
    ("5.5", "number-range feedback.clarity"), ("\"4\"", "schema feedback.clarity"), ("true", "schema feedback.clarity"),
  ])
  func dimensionsAreRatings(value: String, expected: String) throws {
    let record = try ScannedRecord("{\"feedback\":{\"clarity\":\(value)}}")
    let found = Self.verdict { () throws(RecordError) in
      try record.scanner.rating(record.bytes.span, .clarity)?.millionths
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    (#""2024-10-15T10:30:00Z""#, "2024-10-15T10:30:00Z"), (#""2024-10-15T12:30:00+02:00""#, "2024-10-15T10:30:00Z"),
    (#""2024-10-15T12:30:00\u002b02:00""#, "2024-10-15T10:30:00Z"), ("null", "none"),
    (#""2026-02-30T00:00:00Z""#, "schema timestamp"), (#""2024-10-15""#, "schema timestamp"),
    (#""2024-10-15T10:30:00""#, "schema timestamp"), ("1728988200", "schema timestamp"), (#""""#, "schema timestamp"),
    (#""2024-10-15T10:30:00\u005a\u005a""#, "schema timestamp"),
  ])
  func timesHaveAZone(value: String, expected: String) throws {
    let record = try ScannedRecord("{\"timestamp\":\(value)}")
    let found = Self.verdict { () throws(RecordError) in
      try record.scanner.timestamp(record.bytes.span, .timestamp)?.text
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    (#""timestamp":"2024-10-01T00:00:00Z""#, "", "2024-10-01T00:00:00Z", "2024-10-01T00:00:00Z"),
    (
      #""timestamp":"2024-10-01T00:00:00Z""#, #""rated_at":"2024-10-09T00:00:00Z""#, "2024-10-01T00:00:00Z",
      "2024-10-09T00:00:00Z"
    ),
    (
      #""timestamp":"2024-10-10T00:00:00Z""#, #""rated_at":"2024-10-09T00:00:00Z""#, "2024-10-10T00:00:00Z",
      "2024-10-10T00:00:00Z"
    ),
    (#""a":1"#, #""rated_at":"2024-10-09T00:00:00Z""#, "none", "2024-10-09T00:00:00Z"), (#""a":1"#, "", "none", "none"),
  ])
  func activityIsTheLaterTime(time: String, feedback: String, given: String, active: String) throws {
    let record = try ScannedRecord("{\(time),\"feedback\":{\(feedback)}}")
    for (field, expected) in [(TimeField.timestamp, given), (.activity, active)] {
      let found = Self.verdict { () throws(RecordError) in try record.scanner.time(record.bytes.span, field)?.text }
      #expect(found == expected)
    }
  }

  @Test func textsAreStrings() throws {
    let record = try ScannedRecord(#"{"id":"a","category":null,"model":5}"#)
    #expect(try record.scanner.text(.id).kind == .string)
    #expect(try record.scanner.text(.category).kind == .missing && record.scanner.text(.userID).kind == .missing)
    #expect(throws: RecordError.schema("model", "not a string", at: 34)) { try record.scanner.text(.model) }
  }

  @Test func flatColumnsAreFieldsOfARecord() {
    #expect(FlatColumn.names.count == Set(FlatColumn.names).count)
    #expect(FlatColumn.names.last == FlatColumn.extra)
    #expect(FlatColumn.all.allSatisfy { $0.field != .feedback && $0.field != .type })
  }
}
