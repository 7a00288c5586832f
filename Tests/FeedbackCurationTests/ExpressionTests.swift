import FeedbackCuration
import NDJSON
import TestSupport
import Testing

@Suite struct ExpressionTests {
  static func holds(_ text: String, _ record: String) throws -> Bool {
    let expression = try Expression(parsing: text)
    let record = try ScannedRecord(record, extra: expression.extraPaths)
    return expression.evaluate(record.bytes.span, record.scanner)
  }

  static let record =
    #"{"model":"m2","n":3,"f":3.0,"neg":-2.5,"big":9007199254740993,"huge":1e400,"t":true,"no":false,"nothing":null,"#
    + #""e":"","s":"caf\u00e9 \"au lait\"\n","list":["a","b\u0063",3,true,null,{"x":1}],"o":{"p":{"q":"deep"},"z":null},"#
    + #""and":1,"with space":2,"a.b":4,"tags":[],"feedback":{"user_rating":4.5},"é":"nfc"}"#

  @Test(arguments: [
    // Numbers go by their exact value, however they are spelled.
    ("n == 3", true), ("n = 3", true), ("n == 3.0", true), ("n == 30e-1", true), ("f == 3", true), ("n != 3", false),
    ("n < 4", true), ("n <= 3", true), ("n < 3", false), ("n > 2.9999999999999999999", true), ("n >= 3", true),
    ("neg < 0", true), ("neg == -2.5", true), ("neg > -2.50000000000000001", true), ("big == 9007199254740993", true),
    ("big == 9007199254740992", false), ("big > 9007199254740992", true), ("huge == 10e399", true),
    ("huge > 1e399", true),
    ("n==f", true), ("n<=f and neg<n", true), ("3 == n", true), ("2 < n", true), ("4 < n", false), ("3 >= n", true),
    // Strings go by the bytes of their text.
    (#"model == "m2""#, true), ("model == 'm2'", true), (#"model < "m3""#, true), (#"model > "m10""#, true),
    (#"model >= "m2""#, true), (#"model != "M2""#, true), (#"e == """#, true), (#"e < "a""#, true),
    (#"s == "café \"au lait\"\n""#, true), (#"s == 'caf\u00e9 "au lait"\n'"#, true), (#"model == "\u006d2""#, true),
    (#"s == "cafe\u0301 \"au lait\"\n""#, false), ("`é` == 'nfc'", true), ("é == 'nfc'", true),
    ("`e\u{301}` == 'nfc'", false), (#"'it\'s' == "it's""#, true),
    // Values of two kinds are not equal and have no order.
    (#"n == "3""#, false), (#"n != "3""#, true), (#"n < "4""#, false), (#"model > 1"#, false), ("t == true", true),
    ("t != true", false), ("no == false", true), ("t == 'true'", false), ("t == 1", false), ("t > false", false),
    ("o == 1", false), ("o != 1", true), ("list == list", false), ("o == o", false), ("o != o", true), ("t == t", true),
    ("model == n", false), ("model != n", true), ("no != t", true),
    // What is missing or null makes a comparison false, unless null is asked for.
    ("x == 3", false), ("x != 3", false), ("not (x == 3)", true), ("not x == 3", true), ("nothing == 3", false),
    ("nothing != 3", false), ("x == nothing", false), ("x != n", false), ("x < 1 or x >= 1", false),
    ("x == null", true),
    ("nothing == null", true), ("n == null", false), ("x != null", false), ("nothing != null", false),
    ("n != null", true), ("null == x", true), ("null != n", true), ("o.z == null", true), ("e == null", false),
    ("exists n", true), ("exists x", false), ("exists nothing", false), ("exists e", true), ("exists no", true),
    ("exists o", true), ("not exists x", true), ("exists o.z", false), ("exists tags", true),
    // Paths.
    ("o.p.q == 'deep'", true), ("o.p == 'deep'", false), ("o.p.q.r == 'deep'", false), ("exists o.p", true),
    ("model.x == 1", false), ("list.x == 1", false), ("`with space` == 2", true), ("`a.b` == 4", true),
    ("a.b == 4", false),
    ("`and` == 1", true), ("feedback.user_rating >= 4.5", true), ("feedback.`user_rating` > 4.5", false),
    ("user_rating == 4.5", false),
    // Lists and parts.
    ("n in (1, 2, 3)", true), ("n in (1)", false), ("n not in (1, 2)", true), ("n not in (3)", false),
    ("n in ('3')", false),
    ("x in (1)", false), ("x not in (1)", false), ("nothing not in (1)", false), ("not (x in (1))", true),
    ("model in ('m1', \"m2\")", true), ("t in (true, 1)", true), ("t in (false, 1)", false),
    ("model contains 'm'", true), ("model contains '2'", true), ("model contains 'm2x'", false),
    ("model contains ''", true),
    ("e contains ''", true), ("e contains 'a'", false), ("s contains 'é \"au'", true), ("s contains '\\n'", true),
    ("list contains 'a'", true), ("list contains 'bc'", true), ("list contains 'b'", false),
    ("list contains 3.0", true),
    ("list contains true", true), ("list contains false", false), ("tags contains 'a'", false), ("n contains 3", false),
    ("n contains '3'", false), ("o contains 'p'", false), ("x contains ''", false), ("not x contains 'a'", true),
    ("model contains 2", false),
    // Precedence: not before and before or.
    ("t == false or t == true and no == false", true), ("t == true or t == true and no == true", true),
    ("(t == true or t == true) and no == true", false), ("not t == false and no == true", false),
    ("not (t == false and no == true)", true), ("not not t == true", true), ("not t == true or no == false", true),
    ("((((t == true))))", true), ("t == true and not exists x", true),
    // Constants.
    ("1 == 1.0", true), ("'a' < 'b'", true), ("true == false", false), ("null == null", true), ("null != null", false),
    ("1 != 'a'", true), ("null == 1", false),
    // White space is free.
    ("  n\n==\t3 ", true), ("n==3and t==true", true), ("n in(3)", true), ("n\u{a0}== 3", true),
  ])
  func meaning(text: String, expected: Bool) throws {
    #expect(try Self.holds(text, Self.record) == expected)
  }

  @Test(arguments: [
    ("", 1, "expected a field"), ("  ", 3, "expected a field"), ("n", 2, "expected a comparison"),
    ("n ==", 5, "expected a value"), ("n == 3 4", 8, "expected 'and', 'or' or the end"),
    ("n == 3)", 7, "expected 'and'"),
    ("(n == 3", 8, "expected ')'"), ("n == 3 and", 11, "expected a field"), ("and n == 3", 1, "expected a field"),
    ("not", 4, "expected a field"), ("exists", 7, "expected a field after 'exists'"),
    ("exists 3", 8, "expected a field"),
    ("n ! 3", 3, "expected '!='"), ("n === 3", 5, "expected a value"), ("n == -", 6, "bad number"),
    ("n == 01", 6, "bad number"), ("n == 1.2.3", 6, "bad number"), ("n == 0x10", 7, "expected 'and'"),
    ("n == +1", 6, "unexpected character"), ("n == nan or n == 1", 19, ""), ("n # 3", 3, "unexpected character"),
    ("n == 'abc", 6, "no closing quote"), ("n == 'a\\", 6, "no closing quote"), ("n == \"\\q\"", 6, "bad escape"),
    ("n == '\\ud800'", 6, "lone surrogate"), ("n. == 3", 3, "expected a key"), (".n == 3", 1, "unexpected character"),
    ("n.`a == 3", 3, "no closing backquote"), ("n in 3", 6, "expected '('"), ("n in ()", 7, "expected a value"),
    ("n in (1", 8, "expected ',' or ')'"), ("n in (1,)", 9, "expected a value"), ("n in (m)", 7, "a list holds values"),
    ("3 in (3)", 1, "'in' needs a field"), ("n not 3", 7, "expected 'in' after 'not'"),
    ("n in (null)", 7, "nothing equals"),
    ("n contains", 11, "expected a value"), ("n contains m", 12, "needs a value on its right"),
    ("'a' contains 'a'", 1, "needs a field on its left"), ("n contains null", 12, "nothing equals"),
    ("n < null", 3, "null has no order"), ("null >= n", 6, "null has no order"), ("`é` == 3 é", 10, "expected 'and'"),
    ("👍 == 3", 1, "unexpected character"), ("n && m", 3, "unexpected character"),
  ])
  func mistakesArePlaced(text: String, column: Int, message: String) throws {
    do throws(ExpressionError) {
      _ = try Expression(parsing: text)
      #expect(message.isEmpty, "no error")
    } catch {
      #expect(error.column == column && error.message.contains(message), "\(error)")
      #expect(error.rendered(in: text).hasPrefix("column \(column): "))
    }
  }

  @Test func theCaretStandsUnderTheMistake() throws {
    let text = "model == \"m2\" and feedback.user_rating <> 3"
    do throws(ExpressionError) {
      _ = try Expression(parsing: text)
      Issue.record("no error")
    } catch {
      #expect(
        error.rendered(in: text)
          == "column 41: expected a value\n  \(text)\n  \(String(repeating: " ", count: 40))^")
    }
    let long = String(repeating: "n == 1 and ", count: 40) + "\t#"
    do throws(ExpressionError) {
      _ = try Expression(parsing: long)
      Issue.record("no error")
    } catch {
      let lines = error.rendered(in: long).split(separator: "\n").map(Array.init)
      #expect(lines.count == 3 && lines[1].count <= 82)
      let caret = try #require(lines[2].firstIndex(of: "^"))
      #expect(lines[1][caret] == "#")
    }
  }

  @Test func sizeAndDepthAreLimited() throws {
    func message(_ text: String) -> String {
      do throws(ExpressionError) {
        _ = try Expression(parsing: text)
        return ""
      } catch { return error.message }
    }
    #expect(message(String(repeating: "(", count: 90) + "n==3" + String(repeating: ")", count: 90)) == "")
    #expect(message(String(repeating: "(", count: 60_000)) == "nested too deep")
    #expect(message(String(repeating: "not ", count: 10_000) + "n==3") == "nested too deep")
    #expect(message(String(repeating: " ", count: 65_536) + "n") == "the expression is longer than 65536 bytes")
    // The longest chains and paths that fit.
    let chain = Array(repeating: "n=4", count: 9_000).joined(separator: " or ")
    #expect(try !Self.holds(chain, Self.record) && Self.holds(chain + " or n=3", Self.record))
    #expect(try !Self.holds(Array(repeating: "a", count: 32_000).joined(separator: ".") + "=1", Self.record))
    let fields = (0..<1_000).map { "exists f\($0)" }.joined(separator: " or ")
    #expect(try Self.holds(fields, #"{"f999":1}"#) && !Self.holds(fields, #"{"f1000":1}"#))
  }

  /// Whatever is typed gives an expression or an error with a column inside of it.
  @Test func nothingTypedEndsTheParser() throws {
    let words = [
      "n", "feedback.user_rating", "`k`", "==", "!=", "<", ">=", "=", "!", "and", "or", "not", "in", "contains",
      "exists",
      "(", ")", ",", "'s'", "\"t\"", "'", "\"", "`", "\\", "\\u", "3", "-1.5e3", "-", ".", "true", "false", "null", " ",
      "\n",
      "é", "👍", "\u{0}", "\u{301}",
    ]
    var random = SeededGenerator(seed: 77)
    var parsed = 0
    let sound = Array(
      "not (n in (1, 'a') or `k`.x >= -2.5e1) and s contains \"\\u00e9\" or exists o.p and t != true".unicodeScalars)
    for round in 0..<20_000 {
      // Words in any order, or a sound expression with a few words put in and letters taken out.
      var scalars = round % 2 == 0 ? sound : []
      for _ in 0..<Int.random(in: 0...(round % 2 == 0 ? 2 : 9), using: &random) {
        let place = Int.random(in: 0...scalars.count, using: &random)
        let word = (words.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
        scalars.insert(contentsOf: word.unicodeScalars, at: place)
        if round % 2 == 0 { scalars.remove(at: Int.random(in: 0..<scalars.count, using: &random)) }
      }
      let text = String(String.UnicodeScalarView(scalars))
      do throws(ExpressionError) {
        let expression = try Expression(parsing: text)
        parsed += 1
        let record = try? ScannedRecord(Self.record, extra: expression.extraPaths)
        if let record { _ = expression.evaluate(record.bytes.span, record.scanner) }
      } catch {
        let isInside = (1...text.unicodeScalars.count + 1).contains(error.column)
        #expect(isInside && !error.message.isEmpty, "\(text)")
      }
    }
    #expect((2_000...18_000).contains(parsed), "\(parsed)")
  }
}
