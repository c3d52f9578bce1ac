import Foundation
import Testing

/// What the .proto files promise: a flat telemetry message, nothing recursive, no number used twice.
@Suite struct SchemaTests {
    struct Field {
        let type: String
        let number: Int
    }

    static func messages() throws -> [String: [Field]] {
        var messages: [String: [Field]] = [:]
        let folder = GoldenTests.root.appending(path: "Proto/keruen/v1")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            var name: String?
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                if let match = line.firstMatch(of: /^message (\w+) \{/) {
                    name = String(match.1)
                    messages[String(match.1)] = []
                } else if line.hasPrefix("}") {
                    name = nil
                } else if let name,
                    let match = line.firstMatch(of: /^\s+(?:optional |repeated )?(\w+) \w+ = (\d+);/)
                {
                    messages[name]?.append(Field(type: String(match.1), number: Int(match.2) ?? 0))
                }
            }
        }
        return messages
    }

    @Test func schemaKeepsItsPromises() throws {
        let messages = try Self.messages()
        #expect(messages.count == 16)
        for (name, fields) in messages {
            #expect(!fields.isEmpty)
            #expect(Set(fields.map(\.number)).count == fields.count, "\(name) uses a number twice")
            // Nothing contains itself, however deep: follow the types; a cycle would outlast every message.
            var reached = Set(fields.map(\.type))
            for _ in messages { for type in reached { reached.formUnion(messages[type]?.map(\.type) ?? []) } }
            #expect(!reached.contains(name), "\(name) is recursive")
        }
        let telemetry = try #require(messages["Telemetry"])
        #expect(telemetry.count <= 16)
        #expect(telemetry.allSatisfy { ["fixed32", "fixed64", "sfixed32", "sfixed64"].contains($0.type) })
    }

    static let generatorIsInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/protoc-c")

    @Test(.enabled(if: generatorIsInstalled, "protoc-c is not installed (apt install protobuf-c-compiler)"))
    func generatedCIsCurrent() throws {
        let process = Process()
        process.executableURL = GoldenTests.root.appending(path: "Proto/generate")
        process.arguments = ["--check"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
