import Foundation
import Testing

/// The rules of the house that a machine can check, so that no reviewer has to.
@Suite struct TidyTests {
    struct SourceFile: Sendable {
        /// Path from the top of the project.
        var path: String
        var text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(below folders: [String]) throws -> [SourceFile] {
        var files: [SourceFile] = []
        for folder in folders {
            let root = top.appending(path: folder)
            let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
            for path in paths.sorted() where path.hasSuffix(".swift") {
                let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
                files.append(SourceFile(path: "\(folder)/\(path)", text: text))
            }
        }
        return files
    }

    @Test func filesAreOneIdeaLong() throws {
        for file in try Self.swiftFiles(below: ["Sources", "Sim", "Tests"]) {
            #expect(file.lines.count <= 500, "\(file.path) has \(file.lines.count) lines")
        }
    }

    /// Nothing that came from outside may bring the program down, and no work is left for later in silence.
    @Test func nothingTrapsOnOutsideDataNorWaitsUnfinished() throws {
        let banned = ["try!", "fatalError(", " as!", "TODO", "FIXME", "ZMQ_HEARTBEAT_IVL", "ZMQ_HEARTBEAT_T"]
        for file in try Self.swiftFiles(below: ["Sources", "Sim"]) {
            for (index, line) in file.lines.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) has '\(word)'")
                }
            }
        }
    }

    /// Which of our modules each module may import. `Package.swift` says what is linked; this says what is meant.
    static let floors: [String: Set<String>] = [
        "Sources/World": [],
        "Sources/Wire": ["CKeruenProto", "CProtobufC"],
        "Sources/Transport": ["CZeroMQ", "CLinux"],
        "Sources/TrafficKernels": [],
        "Sources/Traffic": ["World", "CLinux", "TrafficKernels", "TrafficKernelsWide"],
        "Sources/Controller": ["World", "Traffic"],
        "Sources/Station": ["Controller", "World", "Wire", "Transport", "CLinux", "CZeroMQ"],
        "Sim/Vehicles": ["World", "Wire", "Transport", "CLinux", "CZeroMQ"],
        "Sim/Airspace": ["World", "Traffic", "CLinux"],
    ]

    @Test func importsPointDown() throws {
        let ours = Set(Self.floors.keys.compactMap { $0.split(separator: "/").last.map(String.init) })
            .union(["CKeruenProto", "CProtobufC", "CZeroMQ", "CLinux"])
        for (folder, allowed) in Self.floors.sorted(by: { $0.key < $1.key }) {
            for file in try Self.swiftFiles(below: [folder]) {
                for line in file.lines where line.contains("import ") && !line.hasPrefix("//") {
                    guard let name = line.split(separator: " ").last.map(String.init), ours.contains(name)
                    else { continue }
                    #expect(allowed.contains(name), "\(file.path): \(line)")
                }
            }
        }
    }

    /// The floors that decide see no clock, no file and no randomness that is not seeded.
    @Test func whatDecidesIsPure() throws {
        let banned = [
            "import Foundation", "clock_gettime", "drand48", "import Synchronization", "Date(",
            "ContinuousClock",
            "SystemRandomNumberGenerator", ".shuffled()", ".randomElement()", "Hasher()",
        ]
        for file in try Self.swiftFiles(below: ["Sources/Traffic", "Sources/Controller"]) {
            for (index, line) in file.lines.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) has '\(word)'")
                }
            }
        }
    }
}
