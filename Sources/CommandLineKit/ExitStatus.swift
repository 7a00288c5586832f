import ArgumentParser
import NDJSON
import SystemIO

/// How a command ends: the values of sysexits.h, and 1 for a gate that says no.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Done; an empty input is done too.
  case done = 0
  /// A gate said no.
  case refused = 1
  /// The command line is wrong.
  case usage = 64
  /// The data is wrong.
  case data = 65
  /// An input is not there or cannot be opened.
  case noInput = 66
  /// Something the command needs is missing.
  case unavailable = 69
  /// A bug of ours.
  case software = 70
  /// An output cannot be made.
  case cannotCreate = 73
  /// Reading or writing failed.
  case inputOutput = 74
  /// Somebody else is at it; try again later.
  case busy = 75
  /// Permission was refused.
  case permission = 77
  /// The configuration is wrong.
  case configuration = 78
}

/// An error that says itself how the command ends.
///
/// The message is for a person and holds no text of a record.
public struct CommandError: Error, Sendable, Equatable {
  /// How the command ends.
  public var status: ExitStatus
  /// What is printed; empty where it was printed before.
  public var message: String

  /// Makes an error.
  public init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// A mistake on the command line.
  public static func usage(_ message: String) -> CommandError { CommandError(.usage, message) }
}

extension ExitStatus {
  /// The one place that maps the errors of the libraries to exit statuses.
  init(_ error: any Error) {
    switch error {
    case let error as CommandError: self = error.status
    case let error as SystemError: self = ExitStatus(error)
    case is RecordError, is JSONError: self = .data
    default: self = .software
    }
  }

  private init(_ error: SystemError) {
    switch error.operation {
    case .open: self = error.isPermission ? .permission : .noInput
    case .read, .write: self = .inputOutput
    case .create: self = .cannotCreate
    case .lock: self = error.isBusy ? .busy : .cannotCreate
    }
  }
}
