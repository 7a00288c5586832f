import Foundation

/// How a command ended and what it printed.
public struct Outcome: Sendable {
  /// The exit status; for a signal, 128 and its number.
  public var status: Int32
  /// What it wrote on standard output.
  public var output: Data
  /// What it wrote on standard error.
  public var errors: Data

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }
  /// Standard output, line by line.
  public var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// The root of the checkout.
public let projectRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// The folder of the built commands: beside the test bundle, or `$FB_BIN`.
public let commandFolder: URL = {
  if let named = ProcessInfo.processInfo.environment["FB_BIN"] { return URL(fileURLWithPath: named) }
  let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  let hasCommands = FileManager.default.fileExists(atPath: beside.appendingPathComponent("fb-filter").path)
  return hasCommands ? beside : projectRoot.appendingPathComponent(".build/debug")
}()

/// The commands of the project.
public let toolNames = ["fb-ingest", "fb-rate", "fb-analyze", "fb-filter", "fb-export", "fb-recommend"]

/// Runs a bash script with the built commands first on the PATH.
///
/// Standard input is empty, or the bytes given.
public func shell(
  _ script: String, input: Data? = nil, in folder: URL? = nil, environment: [String: String] = [:]
) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/bash")
  process.arguments = ["-c", script]
  process.currentDirectoryURL = folder
  var variables = ProcessInfo.processInfo.environment
  variables["PATH"] = commandFolder.path + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
  variables["LC_ALL"] = "C.UTF-8"
  variables["SWIFT_BACKTRACE"] = "enable=no"
  for (name, value) in environment { variables[name] = value }
  process.environment = variables
  // Files rather than pipes: nothing has to be drained while the command runs.
  let scratch = try TemporaryFolder()
  let output = scratch.url.appendingPathComponent("out")
  let errors = scratch.url.appendingPathComponent("err")
  let source = scratch.url.appendingPathComponent("in")
  try (input ?? Data()).write(to: source)
  for file in [output, errors] { try Data().write(to: file) }
  process.standardInput = try FileHandle(forReadingFrom: source)
  process.standardOutput = try FileHandle(forWritingTo: output)
  process.standardError = try FileHandle(forWritingTo: errors)
  try withAllSignals { try process.run() }
  process.waitUntilExit()
  let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
  return Outcome(
    status: signal + process.terminationStatus, output: try Data(contentsOf: output),
    errors: try Data(contentsOf: errors))
}

/// Does something with no signal blocked: tests run on threads that block most of them, and a command would inherit that
/// and not end when it is told to.
private func withAllSignals(_ body: () throws -> Void) throws {
  var none = sigset_t()
  var before = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  try body()
}

/// A folder that is removed when its owner goes away.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Makes an empty folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("fb-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file into the folder and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Reads a file of the folder.
  public func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }
}
