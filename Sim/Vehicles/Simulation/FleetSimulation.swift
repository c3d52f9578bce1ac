import Wire
import World

/// Who a simulated vehicle is: from its key.
public struct CrewMember: Sendable, Equatable {
    public var id: UInt32
    /// Index into the scenario's fleets.
    public var fleet: Int
    /// Random, never 0, another one at every start.
    public var boot: UInt32
    /// What an earlier run left of it.
    public var kept: KeptVehicle?
    public init(id: UInt32, fleet: Int, boot: UInt32, kept: KeptVehicle? = nil) {
        self.id = id
        self.fleet = fleet
        self.boot = boot
        self.kept = kept
    }
}

/// Vehicles in a world, without sockets and clocks: told time and messages, it says what they send. The same
/// scenario, crew, seed and messages give the same bytes, whatever the number of threads.
public struct FleetSimulation: Sendable {
    /// Simulated up to here, nanoseconds UTC.
    public private(set) var now: Int64
    /// From one decision of a moving vehicle to the next.
    public let controlNanoseconds: Int64
    /// A standing vehicle looks up at least so often.
    public let idleNanoseconds: Int64 = 1_000_000_000
    /// Distance between two vehicles at a base, metres.
    static let padSpacingMeters = 60.0
    static let padColumns = 16

    private let surroundings: Surroundings
    private var motion = Motion()
    private var vehicles: [SimulatedVehicle] = []
    private var out = SessionOutput()
    private let threads: Int

    /// - Parameters:
    ///   - controlMilliseconds: rounded up to a multiple of 20.
    ///   - file: name of the scenario's file, for errors.
    public init(
        _ scenario: Scenario, file: String = "scenario", crew: [CrewMember], world: WorldData, seed: UInt64,
        start: Int64, controlMilliseconds: Int = 40, threads: Int = 1
    ) throws(ScenarioError) {
        surroundings = try Surroundings(scenario, world: world, file: file)
        let grain = Motion.granularityMilliseconds
        controlNanoseconds = Int64(max((controlMilliseconds + grain - 1) / grain, 1) * grain) * 1_000_000
        now = start
        self.threads = threads
        var standing: [String: Int] = [:]
        for member in crew {
            let fleet = scenario.fleets[member.fleet]
            let index = standing[fleet.base, default: 0]
            standing[fleet.base] = index + 1
            guard let base = world.place(fleet.base) else { continue }
            add(member, fleet, at: base.coordinate, pad: index, seed: seed)
        }
    }

    public var count: Int { vehicles.count }
    /// How long a message travels, one way; the host holds it back.
    public var latencySeconds: Double { surroundings.scenario.link.latencySeconds }
    public func session(_ vehicle: Int) -> VehicleSession { vehicles[vehicle].session }
    public func coordinate(_ vehicle: Int) -> Coordinate { vehicles[vehicle].place.coordinate }
    public func motionState(_ vehicle: Int) -> MotionState { motion.state(vehicles[vehicle].row) }
    public func isWrecked(_ vehicle: Int) -> Bool { motion.isWrecked(vehicles[vehicle].row) }
    /// Its radio is silent now, in both directions.
    public func isCutOff(_ vehicle: Int) -> Bool { vehicles[vehicle].isCutOff(at: now) }

    /// How a vehicle is, for those who watch.
    public struct Condition: Sendable, Equatable {
        /// It has a session with the station.
        public var isOpen: Bool
        public var moves: Bool
        public var isWrecked: Bool
    }

    public func condition(_ vehicle: Int) -> Condition {
        Condition(
            isOpen: vehicles[vehicle].session.state == .open, moves: vehicles[vehicle].moves,
            isWrecked: motion.isWrecked(vehicles[vehicle].row))
    }

    /// Whether a vehicle with a session misses the station's heartbeats, or has no session.
    public enum Quietness: Sendable { case no, silent, greeting }

    public func quietness(_ vehicle: Int) -> Quietness { vehicles[vehicle].session.quietness(at: now) }

    private mutating func add(
        _ member: CrewMember, _ fleet: Scenario.Fleet, at base: Coordinate, pad: Int, seed: UInt64
    ) {
        let scenario = surroundings.scenario
        let model = surroundings.models[member.fleet]
        var random = SplitMix64(seed: seed ^ UInt64(member.id) &* 0x9E37_79B9_7F4A_7C15)
        let column = pad % Self.padColumns - Self.padColumns / 2
        let pad = Whereabouts(base).moved(
            east: Double(column) * Self.padSpacingMeters,
            north: Double(pad / Self.padColumns) * Self.padSpacingMeters, height: 0)
        let kept = member.kept?.record
        let place =
            kept.map {
                Whereabouts(latitudeDegrees: $0.latitudeDegrees, longitudeDegrees: $0.longitudeDegrees)
            } ?? pad
        let ground = surroundings.groundMeters(at: place)
        let body = kept?.body(ground: ground) ?? MotionState(up: ground, energyJoules: model.energyJoules)
        let row = motion.add(
            model.physics, wind: surroundings.wind, seed: seed, at: body, ground: ground)
        motion.setAirDensity(row, Surroundings.airDensity(altitudeMeters: body.up))
        let coordinate = place.coordinate
        var snapshot = VehicleSnapshot(
            latitudeE7: coordinate.latitudeE7, longitudeE7: coordinate.longitudeE7,
            altitudeMillimeters: Altitude<MeanSeaLevel>(meters: body.up).millimeters,
            energyKilojoules: UInt32(clamping: Int(body.energyJoules / 1000)))
        snapshot.onGround = body.onGround
        var session = VehicleSession(
            identity: model.hello(vehicle: member.id), boot: member.boot,
            autopilot: kept.map {
                Autopilot(
                    limits: model.limits, memory: $0.autopilot, mission: member.kept?.mission,
                    isAirborne: !body.onGround)
            } ?? Autopilot(limits: model.limits), snapshot: snapshot,
            memory: kept?.commands ?? CommandMemory())
        session.loadGrams = SimulatedVehicle.load(model, scenario, &random)
        if let kept { session.restore(kept) }
        let sensors = VehicleSensors(scenario, random: &random)
        var vehicle = SimulatedVehicle(
            model: member.fleet, row: row, session: session, place: place, groundMeters: ground,
            sensors: sensors, snapshot: snapshot, random: random, now: now)
        if let kept {
            motion.setPayload(row, kilograms: Double(kept.carriedGrams) / 1000)
            vehicle.restore(kept, &motion)
        }
        vehicles.append(vehicle)
    }

    /// All that must outlive this process, of one vehicle.
    public func record(_ vehicle: Int) -> VehicleRecord {
        vehicles[vehicle].record(motion.state(vehicles[vehicle].row))
    }

    /// Hands a message of the station to a vehicle; what it answers goes to `emit`.
    public mutating func receive(
        _ message: Downlink, vehicle: Int, emit: (Int, SessionOutput) -> Void
    ) {
        let time = VehicleTime(wallNanoseconds: now, monotonicNanoseconds: now)
        vehicles[vehicle].session.receive(message, at: time, out: &out)
        if case .command = message { vehicles[vehicle].nextStepAt = now }
        if !out.isEmpty {
            emit(vehicle, out)
            out.removeAll()
        }
    }

    /// Lets one control period pass: first every vehicle whose turn it is decides, then physics moves all.
    public mutating func step(emit: (Int, SessionOutput) -> Void) {
        for index in vehicles.indices where vehicles[index].nextStepAt <= now {
            vehicles[index].step(
                at: now, &motion, surroundings, idleNanoseconds: idleNanoseconds,
                controlNanoseconds: controlNanoseconds, out: &out)
            if !out.isEmpty {
                emit(index, out)
                out.removeAll()
            }
        }
        motion.advance(milliseconds: Int(controlNanoseconds / 1_000_000), threads: threads)
        now += controlNanoseconds
    }

    /// Leaves every vehicle this much energy.
    mutating func drain(to joules: Double) {
        for vehicle in vehicles { motion.setEnergy(vehicle.row, joules: joules) }
    }

    /// The connection of a vehicle was made anew.
    public mutating func reconnected(_ vehicle: Int) { vehicles[vehicle].session.reconnected() }

    /// Every vehicle says goodbye.
    public mutating func goodbye(_ reason: GoodbyeReason, emit: (Int, SessionOutput) -> Void) {
        for index in vehicles.indices {
            vehicles[index].session.goodbye(reason, out: &out)
            if !out.isEmpty { emit(index, out) }
            out.removeAll()
        }
    }
}
