import Foundation
import Glibc

/// Another process of this same program, asked by lines and answering by lines of `name=number`.
///
/// It ends when its input ends, so none outlives the bench.
final class BenchProcess {
    typealias Answer = [String: String]
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending: [UInt8] = []
    /// What it said first.
    private(set) var ready: Answer = [:]

    init(_ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["bench"] + arguments
        process.standardInput = input
        process.standardOutput = output
        // Else the next process would hold this one's input open for ever.
        for end in [input.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        try process.run()
        ready = try answer(within: 60)
    }

    var isRunning: Bool { process.isRunning }
    var identifier: Int32 { process.processIdentifier }

    /// Sends a line and waits for the answer.
    @discardableResult
    func ask(_ line: String, within seconds: Double = 60) throws -> Answer {
        try tell(line)
        return try answer(within: seconds)
    }

    func tell(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    func answer(within seconds: Double) throws -> Answer {
        let descriptor = output.fileHandleForReading.fileDescriptor
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return Self.parse(line)
            }
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline.timeIntervalSinceNow
            guard left > 0, poll(&item, 1, Int32(left * 1000) + 1) >= 0 else {
                throw BenchError("\(process.arguments ?? []): no answer in \(Int(seconds)) s")
            }
            guard item.revents != 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { throw BenchError("\(process.arguments ?? []): ended") }
            pending += buffer[..<count]
        }
    }

    /// Lets it end by itself.
    func end() {
        try? input.fileHandleForWriting.close()
        for _ in 0..<100 where process.isRunning { usleep(50_000) }
        if process.isRunning { kill() }
    }

    /// Ends it at once, as a crash or the kernel would.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func parse(_ line: String) -> Answer {
        var answer: Answer = [:]
        for word in line.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { answer[String(parts[0])] = String(parts[1]) }
        }
        return answer
    }
}

extension BenchProcess.Answer {
    /// A number of the answer, 0 when it is not there.
    subscript(number name: String) -> Double { self[name].flatMap(Double.init) ?? 0 }
}

/// The other end: lines from the standard input, answers to the standard output.
struct BenchConversation {
    private var pending: [UInt8] = []
    private(set) var hasEnded = false

    /// The next line, waiting at most so long; nil when there is none yet.
    mutating func line(milliseconds: Int32) -> [Substring]? {
        if let line = takeLine() { return line }
        var item = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        guard !hasEnded, poll(&item, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(0, &buffer, buffer.count)
        guard count > 0 else {
            hasEnded = true
            return nil
        }
        pending += buffer[..<count]
        return takeLine()
    }

    private mutating func takeLine() -> [Substring]? {
        guard let end = pending.firstIndex(of: 10) else { return nil }
        defer { pending.removeSubrange(...end) }
        return String(decoding: pending[..<end], as: UTF8.self).split(separator: " ")
    }

    func answer(_ pairs: KeyValuePairs<String, any CustomStringConvertible>) {
        let line = pairs.map { "\($0.key)=\($0.value)" }.joined(separator: " ") + "\n"
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }
}

/// Resident memory of this process, bytes.
func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
}
