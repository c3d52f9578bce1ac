import Foundation
import Testing
import Transport

/// Runs a program of this package, built beside the tests, and gives back its exit code and output.
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

@Suite struct KeyCommandTests {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "keruen-\(UInt64.random(in: 0 ... .max))").path

    @Test func keysAreMadeRotatedListedAndRevoked() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(try run("keruen", ["key", "new", "drone", "--count", "3", "--keys", directory]).status == 0)
        let first = try VehicleSecret(contentsOf: directory + "/drone-2.secret")
        #expect(try run("keruen", ["key", "new", "drone-2", "--keys", directory]).status == 0)
        let second = try VehicleSecret(contentsOf: directory + "/drone-2.secret")
        #expect(first.id == second.id && first.keys.publicKey != second.keys.publicKey)
        #expect(try run("keruen", ["key", "revoke", "drone-3", "--keys", directory]).status == 0)

        let ring = try Keyring(contentsOf: directory + "/fleet.keys").enrolments
        #expect(ring.map(\.name) == ["drone-1", "drone-2", "drone-3"])
        #expect(ring.map(\.generation) == [1, 2, 1])
        #expect(ring.map(\.status) == [.allowed, .allowed, .revoked])
        #expect(ring[1].publicKey == second.keys.publicKey)

        let json = try run("keruen", ["key", "list", "--json", "--keys", directory])
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(rows.count == 3 && rows[2]["status"] as? String == "revoked")
        #expect(!json.output.contains(second.keys.secretZ85))
    }

    @Test func aRefusalChangesNothing() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(try run("keruen", ["key", "new", "v-2", "--kind", "truck", "--keys", directory]).status == 0)
        let before = try String(contentsOfFile: directory + "/fleet.keys", encoding: .utf8)
        let refused = try run(
            "keruen", ["key", "new", "v", "--count", "3", "--kind", "vtol", "--keys", directory])
        #expect(refused.status == 1 && refused.output.contains("v-2 is enrolled as truck"))
        #expect(try String(contentsOfFile: directory + "/fleet.keys", encoding: .utf8) == before)
        #expect(!FileManager.default.fileExists(atPath: directory + "/v-1.secret"))
        #expect(try run("keruen", ["key", "revoke", "nobody", "--keys", directory]).status == 1)
        #expect(try run("keruen", ["key", "new", "../x", "--keys", directory]).status == 64)
    }
}
