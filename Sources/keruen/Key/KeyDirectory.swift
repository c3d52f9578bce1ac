import ArgumentParser
import Foundation
import Transport

/// Where keys are kept.
struct KeyDirectory: ParsableArguments {
    @Option(
        name: .customLong("keys"),
        help: "Directory of the keys (default: 'keys' in KERUEN_DIRECTORY, or else in 'run').",
        completion: .directory)
    var given: String?

    var path: String { given ?? StationOptions.usualDirectory + "/keys" }

    var allowList: String { path + "/fleet.keys" }
    var station: String { path + "/station.secret" }

    func makeDirectory() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// The allow list, empty when there is no file yet.
    func keyring() throws -> Keyring {
        FileManager.default.fileExists(atPath: allowList) ? try Keyring(contentsOf: allowList) : Keyring()
    }

    /// Runs `body` while no other `keruen key` changes the allow list.
    func changing<Result>(_ body: (inout Keyring) throws -> Result) throws -> Result {
        try makeDirectory()
        let lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            throw KeyFileError("\(path)/lock: \(String(cString: strerror(errno)))")
        }
        defer { close(lock) }
        var keyring = try keyring()
        let result = try body(&keyring)
        try keyring.save(to: allowList)
        return result
    }
}
