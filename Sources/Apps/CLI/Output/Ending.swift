internal import ArgumentParser
internal import Foundation

/// How a command ended, as a script sees it.
enum Ending: Int32 {
    case done = 0
    /// The ledger, a check or a rule said no.
    case refused = 1
    case usage = 2
    case unreachable = 3
    case file = 4
    case other = 5

    /// Tells the user what went wrong in a command and returns the exit code for it.
    static func of(
        _ error: any Error, asJSON: Bool, in command: any ParsableCommand.Type = Custos.self
    ) -> Ending {
        if let failure = error as? Failure {
            say(failure.message, failure.ending, asJSON)
            return failure.ending
        }
        if let ending = error as? Ending { return ending }
        if let error = error as? ValidationError {
            say(asJSON ? error.message : words(error, command), .usage, asJSON)
            return .usage
        }
        switch Custos.exitCode(for: error) {
        case .success:
            // Help and completion scripts arrive as errors, and are what was asked for.
            print(Custos.fullMessage(for: error))
            return .done
        case .validationFailure:
            say(Custos.fullMessage(for: error), .usage, asJSON)
            return .usage
        default:
            say("\(error)", .other, asJSON)
            return .other
        }
    }

    /// What is wrong with a command line, and how that command is used, whoever noticed it.
    static func words(_ error: ValidationError, _ command: any ParsableCommand.Type) -> String {
        """
        Error: \(error.message)
        Usage: \(Custos.usageString(for: command))
        """
    }

    private static func say(_ message: String, _ ending: Ending, _ asJSON: Bool) {
        let text: String
        if asJSON {
            text = JSONText.of(ErrorReport(error: message, code: ending.rawValue))
        } else if ending == .usage {
            text = message
        } else {
            text = "custos: \(message)"
        }
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    private struct ErrorReport: Encodable {
        let error: String
        let code: Int32
    }
}

/// Thrown by a command that has said all it has to say, and ends with something else than 0.
extension Ending: Error {}

/// Why a command could not do what it was asked, in words for the person who asked.
struct Failure: Error {
    let ending: Ending
    let message: String

    init(_ ending: Ending, _ message: String) {
        self.ending = ending
        self.message = message
    }
}
