import ArgumentParser
import Foundation
import Transport

/// Keys of vehicles: who may speak to the station, and as whom.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke the keys of vehicles.",
        discussion: """
            Each vehicle has one CURVE key. The allow list 'fleet.keys' holds the public halves; the secret half goes \
            to the vehicle in a file of its own, readable by its owner only.

            Examples:
              keruen key new drone-7 --kind multirotor --company CR01
              keruen key list --json
              keruen key revoke drone-7
            """,
        subcommands: [KeyNew.self, KeyList.self, KeyRevoke.self])
}

/// Where keys are kept.
struct KeyDirectory: ParsableArguments {
    @Option(name: .customLong("keys"), help: "Directory of the keys.")
    var path = "run/keys"

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

struct KeyNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a vehicle's key, or with --count keys for NAME-1, NAME-2 and so on.",
        discussion:
            "A vehicle that has a key already gets a new one; the old one stops working when the station reads the list."
    )

    @Argument(help: "Name of the vehicle: letters, digits, '-', '_', '.'; at most 32.")
    var name: String

    @Option(help: "multirotor, vtol or truck.")
    var kind = "multirotor"

    @Option(help: "The company that owns it.")
    var company = "own"

    @Option(help: "How many vehicles; above 1 they are numbered.")
    var count = 1

    @OptionGroup var directory: KeyDirectory

    func validate() throws {
        for (what, word) in [("name", name), ("company", company)] {
            guard (1...32).contains(word.utf8.count), word.utf8.allSatisfy(isWordByte), word.first != "."
            else {
                throw ValidationError("\(what) '\(word)': use 1 to 32 letters, digits, '-', '_' and '.'")
            }
        }
        guard ["multirotor", "vtol", "truck"].contains(kind) else {
            throw ValidationError("kind '\(kind)': use multirotor, vtol or truck")
        }
        guard (1...100_000).contains(count) else { throw ValidationError("count \(count): use 1 to 100000") }
    }

    func run() throws {
        try directory.changing { keyring in
            let station = try stationKeys(at: directory.station)
            var numberByName: [String: Int] = [:]
            for (index, enrolment) in keyring.enrolments.enumerated() { numberByName[enrolment.name] = index }
            var nextID = (keyring.enrolments.map(\.id).max() ?? 0) + 1
            let vehicles = (1...count).map { count == 1 ? name : "\(name)-\($0)" }
            // Every vehicle is checked before the first key is written: a refusal changes nothing.
            for vehicle in vehicles {
                guard let index = numberByName[vehicle] else { continue }
                let old = keyring.enrolments[index]
                guard old.kind == kind, old.company == company else {
                    throw KeyFileError(
                        "\(vehicle) is enrolled as \(old.kind) of \(old.company); a vehicle keeps both for life"
                    )
                }
            }
            for vehicle in vehicles {
                let keys = try CurveKeyPair.generate()
                let secret: VehicleSecret
                if let index = numberByName[vehicle] {
                    let old = keyring.enrolments[index]
                    keyring.enrolments[index].publicKey = keys.publicKey
                    keyring.enrolments[index].generation += 1
                    keyring.enrolments[index].status = .allowed
                    secret = VehicleSecret(
                        id: old.id, name: vehicle, kind: kind, company: company, keys: keys,
                        station: station.publicKey)
                } else {
                    keyring.enrolments.append(
                        Enrolment(
                            id: nextID, name: vehicle, kind: kind, company: company, publicKey: keys.publicKey
                        ))
                    secret = VehicleSecret(
                        id: nextID, name: vehicle, kind: kind, company: company, keys: keys,
                        station: station.publicKey)
                    nextID += 1
                }
                let path = "\(directory.path)/\(vehicle).secret"
                try secret.save(to: path)
                if count == 1 {
                    print("\(path): vehicle \(secret.id), carry this file to the vehicle and nowhere else")
                }
            }
            if count > 1 { print("\(count) keys made in \(directory.path)") }
        }
    }
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
    default: false
    }
}

struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the enrolled vehicles.")

    @Flag(help: "One JSON array instead of a table.")
    var json = false

    @OptionGroup var directory: KeyDirectory

    private struct Row: Encodable {
        var id: UInt32
        var name, kind, company, publicKey: String
        var generation: UInt32
        var status: String
    }

    func run() throws {
        let rows = try directory.keyring().enrolments.map {
            Row(
                id: $0.id, name: $0.name, kind: $0.kind, company: $0.company,
                publicKey: $0.publicKey.description,
                generation: $0.generation, status: $0.status.rawValue)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
            return
        }
        if rows.isEmpty {
            print("no keys in \(directory.path); make one with 'keruen key new NAME --kind KIND'")
        }
        for row in rows {
            print("\(row.id)\t\(row.name)\t\(row.kind)\t\(row.company)\tkey \(row.generation)\t\(row.status)")
        }
    }
}

struct KeyRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a vehicle's key in the allow list.")

    @Argument(help: "Name or number of the vehicle.")
    var vehicle: String

    @OptionGroup var directory: KeyDirectory

    func run() throws {
        try directory.changing { keyring in
            let index = keyring.enrolments.firstIndex { $0.name == vehicle || String($0.id) == vehicle }
            guard let index else {
                throw KeyFileError(
                    "no vehicle '\(vehicle)' in \(directory.allowList); see 'keruen key list'")
            }
            keyring.enrolments[index].status = .revoked
            print("\(keyring.enrolments[index].name) is revoked in \(directory.allowList)")
        }
    }
}
