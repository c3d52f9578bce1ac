import Foundation
import Glibc
import Testing

/// Where the programs are that whole-system tests start: the optimised ones under `make test`, which names their
/// directory, else those built beside the tests.
enum Programs {
    private static let named = ProcessInfo.processInfo.environment["KERUEN_PROGRAMS"]
    static let directory =
        named.map { URL(filePath: $0) } ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    /// Simulated seconds for each real one that vehicles keep up with.
    static let pace = named == nil ? 40 : 200
}

/// A program of this package that runs until the test ends it.
final class Child {
    private let process = Process()
    let log: String

    init(_ program: String, _ arguments: [String], log: String) throws {
        self.log = log
        process.executableURL = Programs.directory.appending(path: program)
        process.arguments = arguments
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let output = try #require(FileHandle(forUpdatingAtPath: log))
        try output.seekToEnd()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try output.close()
    }

    var isRunning: Bool { process.isRunning }

    /// kill -9: no chance to tidy up.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM, and the exit status; killed when it does not end within `seconds`.
    func end(within seconds: Double = 20) -> Int32 {
        process.terminate()
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < deadline { usleep(10_000) }
        if process.isRunning { kill() }
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { kill() } }

    /// The last lines of what it said.
    var lastWords: String {
        let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").suffix(12).joined(separator: "\n")
    }
}

/// Three ports in a row that are free now.
func freePort() throws -> UInt16 {
    for _ in 0..<200 {
        let port = UInt16.random(in: 30_000...39_000)
        if (0..<3).allSatisfy({ isFree(port + $0) }) { return port }
    }
    throw CocoaError(.executableLoad)
}

private func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
