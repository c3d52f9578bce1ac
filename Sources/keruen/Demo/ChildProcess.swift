import Foundation
import Glibc

/// A program of ours that runs beside this one and ends with it.
final class ChildProcess {
    let name: String
    let log: String
    private let process = Process()

    /// Starts `program`, which lies beside this executable, with output and errors going to the file `log`.
    init(_ program: String, _ arguments: [String], log: String) throws {
        name = program
        self.log = log
        let path = try Self.path(of: program)
        guard FileManager.default.createFile(atPath: log, contents: nil),
            let output = FileHandle(forWritingAtPath: log)
        else { throw DemoError("\(log): cannot be written; choose another --directory") }
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try output.close()
    }

    /// Nil while it runs.
    var exitStatus: Int32? { process.isRunning ? nil : process.terminationStatus }

    /// Asks it to end and waits; after ten seconds it is killed.
    func end() {
        guard process.isRunning else { return }
        process.terminate()
        for _ in 0..<500 where process.isRunning { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// What it said last, for an error message.
    var lastWords: String {
        guard let data = FileManager.default.contents(atPath: log) else { return "" }
        let lines = String(decoding: data.suffix(4096), as: UTF8.self).split(separator: "\n")
        return lines.suffix(5).joined(separator: "\n")
    }

    private static func path(of program: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(program).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw DemoError("\(path) is missing; build it with 'make build'")
        }
        return path
    }
}

/// Why the demonstration cannot go on, and what to do.
struct DemoError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
