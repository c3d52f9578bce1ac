import Wire
import World

/// A model of vehicle as a fleet of a scenario uses it: physics, what its autopilot may ask for, and how it
/// introduces itself.
struct VehicleModel: Sendable {
    enum Physics: Sendable, Equatable {
        case multirotor(MultirotorParameters)
        case vtol(VtolParameters)
        case truck(TruckParameters)
    }

    let kind: VehicleKind
    let physics: Physics
    let payloadKilograms: Double
    let energyJoules: Double
    let limits: MotionLimits
    /// Full energy, full payload, still air, no reserve.
    let rangeMeters: Double

    /// What a scenario may set. Batteries are exchangeable up to the model's own, so mass stays as it is.
    static func payloadKilograms(_ kind: VehicleKind) -> ClosedRange<Double> {
        switch kind {
        case .multirotor: 0.1...10
        case .vtol: 0.1...5
        case .truck: 100...24_000
        }
    }

    static func energyKilowattHours(_ kind: VehicleKind) -> ClosedRange<Double> {
        switch kind {
        case .multirotor: 0.5...2.6
        case .vtol: 0.5...2.6
        case .truck: 50...1200
        }
    }

    /// `like`: models measured already.
    init(_ fleet: Scenario.Fleet, like known: [VehicleModel] = []) {
        kind = fleet.kind
        let joules = fleet.energyKilowattHours.map { $0 * 3.6e6 }
        let cruise: Float
        switch fleet.kind {
        case .multirotor:
            var p = MultirotorParameters()
            if let joules { p.batteryJoules = joules }
            if let payload = fleet.payloadKilograms { p.maximumPayloadKilograms = Float(payload) }
            cruise = 20
            (physics, energyJoules) = (.multirotor(p), p.batteryJoules)
            payloadKilograms = Double(p.maximumPayloadKilograms)
        case .vtol:
            var p = VtolParameters()
            if let joules { p.hover.batteryJoules = joules }
            if let payload = fleet.payloadKilograms { p.hover.maximumPayloadKilograms = Float(payload) }
            cruise = 26
            (physics, energyJoules) = (.vtol(p), p.hover.batteryJoules)
            payloadKilograms = Double(p.hover.maximumPayloadKilograms)
        case .truck:
            var p = TruckParameters()
            if let joules { p.batteryJoules = joules }
            if let payload = fleet.payloadKilograms { p.maximumPayloadKilograms = Float(payload) }
            cruise = 22
            (physics, energyJoules) = (.truck(p), p.batteryJoules)
            payloadKilograms = Double(p.maximumPayloadKilograms)
        }
        let low = UInt32(clamping: Int(energyJoules / 1000 * 0.1))
        limits =
            fleet.kind.flies
            ? MotionLimits(
                flies: true, cruiseSpeed: cruise, climbSpeed: 3, descentSpeed: 2, acceleration: 2,
                responseSeconds: 1 / VelocityLoop.referenceGain, reachedRadius: fleet.kind == .vtol ? 6 : 4,
                lowEnergyKilojoules: low)
            : MotionLimits(
                flies: false, cruiseSpeed: cruise, acceleration: 1, reachedRadius: 20,
                lowEnergyKilojoules: low)
        let physics = physics
        rangeMeters =
            known.first { $0.physics == physics }?.rangeMeters
            ?? Self.measuredRange(physics, payload: payloadKilograms, cruise: cruise, energyJoules)
    }

    /// Flies or drives a loaded vehicle level through still air and reads what it takes: the range that Hello
    /// claims is then the range that the physics gives.
    private static func measuredRange(
        _ physics: Physics, payload: Double, cruise: Float, _ energy: Double
    ) -> Double {
        var motion = Motion()
        let row = motion.add(
            physics, wind: .calm, seed: 1,
            at: MotionState(
                up: 100, velocityEast: cruise, heading: .pi / 2, energyJoules: energy, onGround: false),
            ground: 0)
        motion.setPayload(row, kilograms: payload)
        motion.command(row, MotionCommand(velocityEast: cruise))
        motion.advance(milliseconds: 12_000, threads: 1)
        let before = motion.state(row)
        motion.advance(milliseconds: 12_000, threads: 1)
        let after = motion.state(row)
        let used = before.energyJoules - after.energyJoules
        return used > 0 ? (after.east - before.east) / used * energy : 0
    }

    /// All but boot and mission, which the session fills in.
    func hello(vehicle: UInt32) -> Hello {
        var hello = Hello()
        hello.vehicleID = vehicle
        hello.kind = Open(
            kind == .multirotor ? .multirotor : kind == .vtol ? .vtol : WireVehicleKind.truck)
        // Hold, return, go to, speed limit, resume; flying ones also land anywhere, change altitude and manoeuvre.
        hello.capabilities = kind.flies ? 0b1_0111_1111 : 0b101_1011
        hello.model = "keruen-\(kind.rawValue)"
        hello.software = "keruen-sim 0.1"
        hello.payloadCapacityGrams = UInt32(clamping: Int(payloadKilograms * 1000))
        hello.cargoVolumeLiters = kind == .truck ? 86_000 : kind == .vtol ? 25 : 60
        hello.cruiseSpeedMillimetersPerSecond = UInt32(clamping: Int(limits.cruiseSpeed * 1000))
        hello.energyCapacityKilojoules = UInt32(clamping: Int(energyJoules / 1000))
        hello.rangeMeters = UInt32(clamping: Int(rangeMeters))
        return hello
    }
}
