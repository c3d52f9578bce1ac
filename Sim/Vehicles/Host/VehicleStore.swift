import FoundationEssentials
import Glibc
import Wire

/// The records of a simulator's vehicles as files of a directory, `NAME.vehicle.json` and `NAME.mission.json`, each
/// replaced as a whole. They outlive the process, killed or not; they are not forced to the disk one by one.
public struct VehicleStore {
    /// Largest file read back, bytes.
    static let sizeMax = 4 << 20
    /// Records written in a second of real time without need, only to keep them fresh.
    static let freshenPerSecond = 200

    private let directory: String
    private var savedRevision: [Int?]
    private var savedMission: [UInt32?]
    private var next = 0
    private var freshenedUntil: Int64 = 0
    /// Files that could not be written.
    public private(set) var failures: UInt64 = 0

    /// Makes the directory when it is missing.
    public init(directory: String, vehicles: Int) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        self.directory = directory
        savedRevision = Array(repeating: nil, count: vehicles)
        savedMission = Array(repeating: nil, count: vehicles)
    }

    private func path(_ name: String, _ what: String) -> String { "\(directory)/\(name).\(what).json" }

    /// What was kept of a vehicle; nil when nothing was. Throws when there is a file that cannot be used.
    public func load(_ name: String) throws -> KeptVehicle? {
        guard let record: VehicleRecord = try read(path(name, "vehicle")) else { return nil }
        guard record.isPlausible else {
            throw StoreError(
                "\(path(name, "vehicle")): is of another version or damaged; move it away to let "
                    + "the vehicle start anew")
        }
        return KeptVehicle(record: record, mission: try read(path(name, "mission")))
    }

    private func read<Value: Decodable>(_ path: String) throws -> Value? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard data.count <= Self.sizeMax else {
            throw StoreError("\(path): is larger than \(Self.sizeMax) bytes; move it away")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw StoreError("\(path): cannot be read back; move it away (\(error))")
        }
    }

    /// Writes a vehicle's record when a command or mission has changed what it must never forget. To be called
    /// before anything that vehicle says is sent.
    mutating func saveIfNeeded(_ vehicle: Int, _ name: String, _ simulation: FleetSimulation) {
        let session = simulation.session(vehicle)
        guard
            savedRevision[vehicle] != session.memoryRevision
                || savedMission[vehicle] != (session.autopilot.mission?.digest ?? 0)
        else { return }
        save(vehicle, name, simulation)
    }

    mutating func save(_ vehicle: Int, _ name: String, _ simulation: FleetSimulation) {
        let session = simulation.session(vehicle)
        let digest = session.autopilot.mission?.digest ?? 0
        if savedMission[vehicle] != digest {
            // The mission first: a record that speaks of a mission finds it.
            guard write(session.autopilot.missionMemory, path(name, "mission")) else { return }
            savedMission[vehicle] = digest
        }
        guard write(simulation.record(vehicle), path(name, "vehicle")) else { return }
        savedRevision[vehicle] = session.memoryRevision
    }

    /// Writes some records in turn, so that none gets old.
    mutating func freshen(_ names: (Int) -> String, _ simulation: FleetSimulation, at real: Int64) {
        let pause = 1_000_000_000 / Int64(Self.freshenPerSecond)
        freshenedUntil = max(freshenedUntil, real - 20 * pause)
        while freshenedUntil + pause <= real, simulation.count > 0 {
            freshenedUntil += pause
            next = (next + 1) % simulation.count
            save(next, names(next), simulation)
        }
    }

    private mutating func write(_ value: (some Encodable)?, _ path: String) -> Bool {
        guard let value else {
            unlink(path)
            return true
        }
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            let data = try encoder.encode(value)
            if data.withUnsafeBytes({ Self.replace(path, by: $0) }) { return true }
        } catch {
            // Counted below; a vehicle goes on without its record.
        }
        failures += 1
        return false
    }

    /// Writes beside the target and renames: a reader sees the old file or the new one, never a part.
    private static func replace(_ path: String, by bytes: UnsafeRawBufferPointer) -> Bool {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let written = Glibc.write(file, bytes.baseAddress, bytes.count)
        close(file)
        guard written == bytes.count, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }
}

/// A record that cannot be used: which file, why, what to do.
public struct StoreError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
