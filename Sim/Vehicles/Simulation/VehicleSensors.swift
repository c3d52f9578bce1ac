import World

/// The sensors of one vehicle: what they make of the truth is all that its autopilot and the station ever see.
struct VehicleSensors: Sendable {
    private var gnss: GNSS
    private let attitude: AttitudeSensor
    private let gauge: EnergyGauge

    init(_ scenario: Scenario, random: inout SplitMix64) {
        let faults = scenario.faults
        gnss = GNSS(
            noiseMeters: scenario.sensors.gnssNoiseMeters, biasMeters: scenario.sensors.gnssBiasMeters,
            dropoutEverySeconds: faults.gnssPerHour > 0 ? 3600 / faults.gnssPerHour : .infinity,
            dropoutSeconds: faults.gnssSeconds)
        attitude = AttitudeSensor(random: &random)
        gauge = EnergyGauge(deviation: scenario.sensors.energyGaugeError, random: &random)
    }

    /// Brings `snapshot` up to date. `state.east` and `.north` must be 0 at `place`; `state.up` is above mean sea
    /// level and `ground` the ground's height there. While satellites are lost the last position stays.
    mutating func measure(
        _ state: MotionState, at place: Whereabouts, ground: Double, capacityJoules: Double, seconds: Double,
        into snapshot: inout VehicleSnapshot, random: inout SplitMix64
    ) {
        snapshot.onGround = state.onGround
        // A short-range altimeter, good where it matters.
        snapshot.heightMeters = Float(state.up - ground)
        let lean = attitude.measure(true: state, random: &random)
        (snapshot.roll, snapshot.pitch, snapshot.heading) = lean
        snapshot.yawRate = state.yawRate
        let joules = min(max(gauge.measure(true: state), 0), capacityJoules)
        snapshot.energyKilojoules = UInt32(clamping: Int(joules / 1000))
        guard let fix = gnss.measure(true: state, dt: seconds, random: &random) else {
            (snapshot.velocityEast, snapshot.velocityNorth, snapshot.velocityUp) =
                (state.velocityEast, state.velocityNorth, state.velocityUp)
            snapshot.fix = 0
            snapshot.health |= VehicleSnapshot.HealthBit.position
            snapshot.horizontalAccuracyCentimeters = .max
            snapshot.verticalAccuracyCentimeters = .max
            return
        }
        let measured = place.moved(east: fix.east, north: fix.north, height: state.up).coordinate
        (snapshot.latitudeE7, snapshot.longitudeE7) = (measured.latitudeE7, measured.longitudeE7)
        snapshot.altitudeMillimeters = Altitude<MeanSeaLevel>(meters: fix.up).millimeters
        // Standing still is known from wheels and skids, not from satellites.
        let rests = state.onGround && state.velocityEast == 0 && state.velocityNorth == 0
        snapshot.velocityEast = rests ? 0 : fix.velocityEast
        snapshot.velocityNorth = rests ? 0 : fix.velocityNorth
        snapshot.velocityUp = state.onGround ? 0 : fix.velocityUp
        snapshot.fix = 3
        snapshot.health &= ~VehicleSnapshot.HealthBit.position
        // Two deviations hold about 95 %.
        snapshot.horizontalAccuracyCentimeters = UInt16(clamping: Int(fix.horizontalAccuracy * 200))
        snapshot.verticalAccuracyCentimeters = UInt16(clamping: Int(fix.verticalAccuracy * 200))
    }
}
