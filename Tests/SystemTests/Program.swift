import Foundation
import Station
import Synchronization
import Testing
import Transport

/// What a program of this package said, each stream for itself.
struct Said {
    var status: Int32
    var output: String
    var errors: String

    /// Lines of the output, each cut at its tabs.
    var table: [[String]] {
        output.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    var json: Any? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) }
}

/// A place of its own for one test: a directory that goes away, and programs that run in it.
final class Workplace: Sendable {
    let directory: String
    /// Of the built programs.
    static let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
    static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL.path

    init() throws {
        // Short, since the control socket's path must fit its limit.
        directory = "/tmp/keruen-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: directory + "/" + name, atomically: true, encoding: .utf8)
    }

    /// Begins `keruen` or another program of ours; output goes to files named for `tag`.
    func begin(
        _ program: String = "keruen", _ arguments: [String], input: String = "", tag: String = "said",
        environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        let path = program.hasPrefix("/") ? program : Self.products + "/" + program
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = [
            "PATH": Self.products + ":/usr/bin:/bin", "KERUEN_DATA": Self.package + "/Data/world",
            "USER": "aigul",
            "TERM": "xterm",
        ].merging(environment) { $1 }
        try write(input, to: tag + ".in")
        process.standardInput = FileHandle(forReadingAtPath: directory + "/\(tag).in")
        for (name, isOutput) in [("out", true), ("err", false)] {
            let path = directory + "/\(tag).\(name)"
            try Data().write(to: URL(filePath: path))
            let file = FileHandle(forWritingAtPath: path)
            if isOutput { process.standardOutput = file } else { process.standardError = file }
        }
        try process.run()
        return process
    }

    func end(_ process: Process, tag: String = "said") throws -> Said {
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: directory + "/\(tag).\(name)", encoding: .utf8)
        }
        return Said(status: process.terminationStatus, output: try text("out"), errors: try text("err"))
    }

    func keruen(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws
        -> Said
    {
        try end(try begin("keruen", arguments, input: input, environment: environment))
    }

    /// A command line as a person types it.
    func shell(_ line: String) throws -> Said { try end(try begin("/bin/bash", ["-c", line])) }
}

/// A station that answers as a test tells it to, on a real socket in the workplace's `run`.
final class ScriptedStation: Sendable {
    private let server: ControlServer
    private let heard: Heard

    private final class Heard: Sendable { let requests = Mutex<[ControlRequest]>([]) }

    init(_ workplace: Workplace, _ answer: @escaping @Sendable (ControlRequest) -> ControlResponse) throws {
        let heard = Heard()
        server = try ControlServer(context: try Context(), directory: workplace.directory + "/run") {
            request in
            heard.requests.withLock { $0.append(request) }
            return answer(request)
        }
        self.heard = heard
    }

    deinit { server.stop() }

    /// In order.
    var requests: [ControlRequest] { heard.requests.withLock { $0 } }
}

/// The answers of `Golden/control-v1.jsonl`, by name.
struct GoldenAnswers {
    /// As JSON.
    let texts: [String: String]

    init() throws {
        let path = Workplace.package + "/Tests/StationTests/Golden/control-v1.jsonl"
        var texts: [String: String] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            // Requests and answers share names; the answers come later.
            if let name = object?.keys.first { texts[name] = String(line) }
        }
        self.texts = texts
    }

    func response(_ name: String) throws -> ControlResponse {
        try JSONDecoder().decode(ControlResponse.self, from: Data(try #require(texts[name]).utf8))
    }

    /// What is under the answer's name, and below `member` of it.
    func value(_ name: String, _ member: String? = nil) throws -> NSObject {
        let whole = try JSONSerialization.jsonObject(with: Data(try #require(texts[name]).utf8))
        let inner = try #require((whole as? [String: Any])?[name])
        guard let member else { return try #require(inner as? NSObject) }
        return try #require((inner as? [String: Any])?[member] as? NSObject)
    }
}
