import Wire
import World

/// All of a vehicle that outlives its simulator: what its software remembers and where its body is.
///
/// While no simulator runs, time stands still for a vehicle: it goes on from where it was, with a new boot.
public struct VehicleRecord: Codable, Sendable, Equatable {
    public static let currentVersion = 1
    var version = VehicleRecord.currentVersion
    public var id: UInt32
    /// The boot it was written by; the next is one higher.
    public var boot: UInt32
    // Software.
    var commands: CommandMemory
    var autopilot: AutopilotMemory
    /// Four numbers each: mission with leg, kind, nanoseconds of UTC, grams aboard.
    var unacknowledged: [UInt64]
    var loadGrams: UInt32
    var carriedGrams: UInt32
    // Body.
    var latitudeDegrees: Double
    var longitudeDegrees: Double
    var upMeters: Double
    var velocity: [Float]
    var heading: Float
    var energyJoules: Double
    var onGround: Bool
    var hasPropulsionFault: Bool
    var hasPayloadFault: Bool

    /// Whether the numbers are such as a simulation writes: a file may have been changed by hand.
    var isPlausible: Bool {
        version == Self.currentVersion && (-89...89).contains(latitudeDegrees)
            && (-180...180).contains(longitudeDegrees) && (-1000...20_000).contains(upMeters)
            && velocity.count == 3 && velocity.allSatisfy { abs($0) <= 200 } && heading.isFinite
            && energyJoules.isFinite && unacknowledged.count % 4 == 0
            && unacknowledged.count / 4 <= ProgressOutbox.capacity
    }
}

/// A vehicle's record with the mission it speaks of.
public struct KeptVehicle: Sendable, Equatable {
    public var record: VehicleRecord
    public var mission: MissionMemory?
    public init(record: VehicleRecord, mission: MissionMemory?) {
        self.record = record
        self.mission = mission
    }
}

extension VehicleRecord {
    /// The body above ground at `ground` metres.
    func body(ground: Double) -> MotionState {
        MotionState(
            up: onGround ? ground : max(upMeters, ground), velocityEast: velocity[0],
            velocityNorth: velocity[1], velocityUp: velocity[2], heading: heading, energyJoules: energyJoules,
            onGround: onGround)
    }
}

extension VehicleSession {
    /// Takes over what an earlier run of the vehicle's software knew beside commands and mission.
    mutating func restore(_ record: VehicleRecord) {
        loadGrams = record.loadGrams
        carriedGrams = record.carriedGrams
        outbox = ProgressOutbox(recorded: record.unacknowledged)
    }
}

extension SimulatedVehicle {
    func record(_ state: MotionState) -> VehicleRecord {
        VehicleRecord(
            id: session.identity.vehicleID, boot: session.boot, commands: session.memory,
            autopilot: session.autopilot.memory, unacknowledged: session.outbox.recorded,
            loadGrams: session.loadGrams, carriedGrams: session.carriedGrams,
            latitudeDegrees: place.latitudeDegrees, longitudeDegrees: place.longitudeDegrees,
            upMeters: state.up, velocity: [state.velocityEast, state.velocityNorth, state.velocityUp],
            heading: state.heading, energyJoules: state.energyJoules, onGround: state.onGround,
            hasPropulsionFault: faults.propulsion, hasPayloadFault: faults.payload)
    }
}

extension ProgressOutbox {
    var recorded: [UInt64] {
        waiting.flatMap {
            [$0.mission.packed, UInt64($0.kind.number), $0.atNanoseconds, UInt64($0.payloadGrams)]
        }
    }

    init(recorded numbers: [UInt64]) {
        self.init()
        for start in stride(from: 0, to: numbers.count - 3, by: 4) {
            var progress = MissionProgress()
            progress.mission = MissionReference(packed: numbers[start])
            progress.kind = Open(number: UInt32(clamping: numbers[start + 1]))
            progress.atNanoseconds = numbers[start + 2]
            progress.payloadGrams = UInt32(clamping: numbers[start + 3])
            add(progress)
        }
    }
}
