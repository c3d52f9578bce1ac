import ArgumentParser
import Foundation
import Station
import World

/// Which station is asked, and how its answer is shown.
struct StationOptions: ParsableArguments {
    @Option(
        name: .customLong("directory"),
        help: "Run directory of the station (default: KERUEN_DIRECTORY, or else 'run').",
        completion: .directory)
    var givenDirectory: String?

    @Option(help: ArgumentHelp("How long to wait for the station's answer.", valueName: "seconds"))
    var timeout = 5.0

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    var directory: String { givenDirectory ?? Self.usualDirectory }

    static var usualDirectory: String {
        ProcessInfo.processInfo.environment["KERUEN_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 } ?? "run"
    }

    func validate() throws {
        guard (0.05...600).contains(timeout) else {
            throw ValidationError("--timeout \(timeout): use 0.05 to 600 seconds")
        }
    }

    /// Runs `body` with a line to the station. A problem is told and becomes the exit code: 2 when no station is
    /// there or answers, otherwise 1.
    func talk(_ body: (Conversation) throws -> Void) throws {
        do {
            try body(Conversation(directory: directory, timeoutMilliseconds: Int(timeout * 1000)))
        } catch {
            throw told(error)
        }
    }

    /// Tells a problem; gives the exit to throw.
    func told(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError || error is CleanExit { return error }
        let problem = error as? ControlProblem ?? ControlProblem(error)
        if json {
            try? printJSON(["problem": problem])
        } else {
            printError("error: " + Terminal.clean("\(problem)"))
        }
        return problem.exitCode
    }
}

extension ControlProblem {
    var exitCode: ExitCode { code == .unreachable || code == .unanswered ? ExitCode(2) : ExitCode(1) }

    /// Of an error that came up on this side.
    init(_ error: any Error) {
        if let data = error as? DataError {
            let place =
                (data.line > 0 ? "\(data.file):\(data.line)" : data.file)
                + (data.column.isEmpty ? "" : ", column \(data.column)")
            self.init(.invalid, what: data.problem, where: place, todo: "Correct it and try again")
        } else {
            self.init(.invalid, what: "\(error)", where: "keruen", todo: "Correct it and try again")
        }
    }
}

/// Who gives a command, for the record.
struct PersonOptions: ParsableArguments {
    @Option(
        name: .customLong("operator"),
        help: ArgumentHelp(
            "Who commands, for the record (default: KERUEN_OPERATOR, or else the login name).",
            valueName: "name"))
    var given: String?

    var name: String {
        let environment = ProcessInfo.processInfo.environment
        return given ?? environment["KERUEN_OPERATOR"] ?? environment["USER"] ?? "user \(getuid())"
    }

    func validate() throws {
        guard (1...ControlLimits.textMax).contains(name.utf8.count) else {
            throw ValidationError("--operator: use 1 to \(ControlLimits.textMax) bytes")
        }
    }
}
