import Wire
import World

/// One vehicle of the simulation: its place, its sensors, its faults, and the session that flies it.
struct SimulatedVehicle: Sendable {
    /// Share of thrust a failing motor keeps, and of energy that a failing cell takes along.
    static let failingMotorEfficiency: Float = 0.7
    static let failingCellShare = 0.1
    /// How far a vehicle moves before the ground below it is looked up again, metres.
    static let groundEveryMeters = 40.0

    let model: Int
    let row: Motion.Row
    var session: VehicleSession
    var place: Whereabouts
    var groundMeters: Double
    /// When it is to be stepped next, nanoseconds of simulated time.
    var nextStepAt = Int64.min
    private(set) var faults = VehicleFaults()
    private(set) var moves = false

    private var sensors: VehicleSensors
    private var snapshot: VehicleSnapshot
    private var random: SplitMix64
    private var steppedAt: Int64
    private var metersSinceGround = 0.0
    private var loadedKilograms = 0.0
    /// Whether it may charge where it stands; nil while it moves.
    private var charges: Bool?
    private var swapSeconds = 0.0

    init(
        model: Int, row: Motion.Row, session: VehicleSession, place: Whereabouts, groundMeters: Double,
        sensors: VehicleSensors, snapshot: VehicleSnapshot, random: SplitMix64, now: Int64
    ) {
        self.model = model
        self.row = row
        self.session = session
        self.place = place
        self.groundMeters = groundMeters
        self.sensors = sensors
        self.snapshot = snapshot
        self.random = random
        steppedAt = now
    }

    /// Takes over what an earlier run left: faults that were not repaired, freight aboard.
    mutating func restore(_ record: VehicleRecord, _ motion: inout Motion) {
        loadedKilograms = Double(record.carriedGrams) / 1000
        faults.restore(propulsion: record.hasPropulsionFault, payload: record.hasPayloadFault)
        if record.hasPropulsionFault {
            motion.setFault(row, motor: 0, efficiency: Self.failingMotorEfficiency)
        }
    }

    /// Nothing of it reaches the station now, nor the other way.
    func isCutOff(at now: Int64) -> Bool { now < faults.linkCutUntil }

    /// Senses, decides and commands at `now`; what it has to say is in `out`.
    mutating func step(
        at now: Int64, _ motion: inout Motion, _ surroundings: Surroundings, idleNanoseconds: Int64,
        controlNanoseconds: Int64, out: inout SessionOutput
    ) {
        let seconds = Double(now - steppedAt) * 1e-9
        steppedAt = now
        var state = follow(&motion, surroundings)
        let rests = state.onGround && state.velocityEast == 0 && state.velocityNorth == 0
        if rests {
            serve(&state, &motion, surroundings, seconds)
        } else {
            charges = nil
            swapSeconds = 0
        }
        suffer(now, seconds, rests: rests, state, &motion, surroundings)
        sensors.measure(
            state, at: place, ground: groundMeters, capacityJoules: surroundings.models[model].energyJoules,
            seconds: seconds, into: &snapshot, random: &random)
        snapshot.health =
            snapshot.health & VehicleSnapshot.HealthBit.position | faults.health
            | (motion.isWrecked(row) ? VehicleSnapshot.HealthBit.propulsion : 0)
        snapshot.payloadGrams = session.carriedGrams

        let time = VehicleTime(wallNanoseconds: now, monotonicNanoseconds: now)
        let command = session.step(at: time, snapshot, out: &out)
        weigh(&motion, surroundings)
        moves = command.engaged || !rests
        if moves { motion.command(row, command) }
        nextStepAt =
            moves
            ? now + controlNanoseconds
            : max(now + controlNanoseconds, min(now + idleNanoseconds, session.nextTelemetryAt))
    }

    /// Carries the metres of physics over to the place on the ellipsoid, and looks at the ground there.
    private mutating func follow(_ motion: inout Motion, _ surroundings: Surroundings) -> MotionState {
        var state = motion.state(row)
        guard state.east != 0 || state.north != 0 else { return state }
        place.move(east: state.east, north: state.north, height: state.up)
        motion.rebase(row, east: state.east, north: state.north)
        metersSinceGround += abs(state.east) + abs(state.north)
        (state.east, state.north) = (0, 0)
        if metersSinceGround >= Self.groundEveryMeters {
            let speed = (state.velocityEast * state.velocityEast + state.velocityNorth * state.velocityNorth)
                .squareRoot()
            let ahead = 200 / Double(max(speed, 1))
            let there = place.moved(
                east: Double(state.velocityEast) * ahead, north: Double(state.velocityNorth) * ahead,
                height: state.up)
            groundMeters = surroundings.groundMeters(at: place)
            let rise = speed > 1 ? (surroundings.groundMeters(at: there) - groundMeters) / 200 : 0
            motion.setGround(row, up: groundMeters, rise: Float(rise))
            motion.setAirDensity(row, Surroundings.airDensity(altitudeMeters: state.up))
            metersSinceGround = 0
            if state.onGround { state.up = groundMeters }
        }
        return state
    }

    /// Charges, or waits for a fresh battery, while it stands at a charging place.
    private mutating func serve(
        _ state: inout MotionState, _ motion: inout Motion, _ surroundings: Surroundings, _ seconds: Double
    ) {
        let model = surroundings.models[model]
        if charges == nil {
            charges = surroundings.canCharge(at: place.coordinate, flies: model.kind.flies)
        }
        guard charges == true, state.energyJoules < model.energyJoules else {
            swapSeconds = 0
            return
        }
        let fleet = surroundings.scenario.fleets[self.model]
        if let minutes = fleet.swapMinutes {
            swapSeconds += seconds
            guard swapSeconds >= minutes * 60 else { return }
            swapSeconds = 0
            state.energyJoules = model.energyJoules
        } else {
            state.energyJoules = min(
                state.energyJoules + fleet.chargeKilowatts * 1000 * seconds, model.energyJoules)
        }
        motion.setEnergy(row, joules: state.energyJoules)
    }

    private mutating func suffer(
        _ now: Int64, _ seconds: Double, rests: Bool, _ state: MotionState, _ motion: inout Motion,
        _ surroundings: Surroundings
    ) {
        switch faults.step(
            now: now, seconds: seconds, rests: rests, surroundings.scenario.faults, random: &random)
        {
        case .motor(let motor):
            motion.setFault(row, motor: motor, efficiency: Self.failingMotorEfficiency)
        case .repaired: motion.setFault(row, motor: nil, efficiency: 1)
        case .energyLoss:
            let lost = surroundings.models[model].energyJoules * Self.failingCellShare
            motion.setEnergy(row, joules: state.energyJoules - lost)
        case nil: break
        }
    }

    /// What a LOAD brings aboard is drawn anew after each UNLOAD; the physics carries what the session says.
    private mutating func weigh(_ motion: inout Motion, _ surroundings: Surroundings) {
        let kilograms = Double(session.carriedGrams) / 1000
        guard kilograms != loadedKilograms else { return }
        loadedKilograms = kilograms
        motion.setPayload(row, kilograms: kilograms)
        guard kilograms == 0 else { return }
        session.loadGrams = Self.load(surroundings.models[model], surroundings.scenario, &random)
    }

    static func load(_ model: VehicleModel, _ scenario: Scenario, _ random: inout SplitMix64) -> UInt32 {
        let range = scenario.loadShare
        let share = range.lowerBound + (range.upperBound - range.lowerBound) * random.unit()
        return UInt32(clamping: Int(model.payloadKilograms * share * 1000))
    }
}
