import Controller
import World

/// A station with perfect vehicles on flat ground: uploads succeed, missions are flown step by step as time
/// passes. Every event is kept, so that the fold can be compared.
struct Harness {
    static let epoch = Instant(secondsSince1970: 1_800_000_000)
    static let geography = Geography(
        route: { a, b, _ in
            let length = Harness.meters(a, b) * 1.2
            return Route(points: [a, b], lengthMeters: length, seconds: length / 20)
        }, ground: { _ in Altitude(millimeters: 300_000) })

    struct Body {
        var profile: VehicleProfile
        var at: Coordinate
        var altitude = Altitude<MeanSeaLevel>(millimeters: 300_000)
        var energy: UInt32
        var mission: Mission?
        var step = 0
        var wait = 0.0
        var mode = VehicleMode.parked
        var silent = false
    }

    var controller: Controller
    var bodies: [VehicleID: Body] = [:]
    var now = Harness.epoch
    var events: [Event] = []
    var effects: [Effect] = []
    var inputs: [Input] = []

    init(_ configuration: ControllerConfiguration = ControllerConfiguration()) {
        var configuration = configuration
        configuration.telemetryPeriodSeconds = 1
        controller = Controller(configuration: configuration, geography: Harness.geography)
        give(.stationStarted(fence: 1, at: now))
    }

    static func place(_ east: Double, _ north: Double) -> Coordinate {
        Coordinate(
            latitudeE7: 430_000_000 + Int32(north * 89.8), longitudeE7: 770_000_000 + Int32(east * 122.8))
    }

    static func meters(_ a: Coordinate, _ b: Coordinate) -> Double {
        let north = Double(b.latitudeE7 - a.latitudeE7) / 89.8
        let east = Double(b.longitudeE7 - a.longitudeE7) / 122.8
        return (north * north + east * east).squareRoot()
    }

    static func stop(_ name: String, _ east: Double, _ north: Double) -> Stop {
        Stop(place: name, coordinate: place(east, north), ground: Altitude(millimeters: 300_000))
    }

    static func request(
        _ key: String, from: (Double, Double) = (2000, 0), to: (Double, Double) = (2000, 5000),
        grams: UInt32 = 2000, at: Instant = epoch
    ) -> OrderRequest {
        OrderRequest(
            key: key, company: "steppe", pickup: stop("A", from.0, from.1), delivery: stop("B", to.0, to.1),
            massGrams: grams, volumeLiters: 10, cargo: .parcel, readyAt: at, deliverBy: nil)
    }

    static func profile(_ id: UInt32, _ kind: VehicleKind = .multirotor) -> VehicleProfile {
        VehicleProfile(
            id: VehicleID(id), name: "\(kind == .truck ? "truck" : "drone")-\(id)", kind: kind,
            company: "steppe", model: "test", payloadCapacityGrams: kind == .truck ? 20_000_000 : 5000,
            cargoVolumeLiters: kind == .truck ? 80_000 : 50,
            cruiseSpeedMillimetersPerSecond: kind == .truck ? 22_000 : 15_000, energyCapacityKilojoules: 3000,
            rangeMeters: kind == .truck ? 900_000 : 30_000)
    }

    @discardableResult
    mutating func give(_ input: Input) -> [Effect] {
        var fresh: [Effect] = []
        inputs.append(input)
        controller.step(input, effects: &fresh)
        for effect in fresh {
            if case .record(let event) = effect { events.append(event) }
        }
        effects.append(contentsOf: fresh)
        for effect in fresh { obey(effect) }
        return fresh
    }

    mutating func add(_ profile: VehicleProfile, at: Coordinate) {
        bodies[profile.id] = Body(profile: profile, at: at, energy: profile.energyCapacityKilojoules)
        give(.vehicleConnected(profile, heldMission: nil, heldRevision: 0, at: now))
    }

    @discardableResult
    mutating func submit(_ request: OrderRequest) -> Answer? {
        for effect in give(.orderSubmitted(request, at: now)) {
            if case .answer(let answer) = effect { return answer }
        }
        return nil
    }

    private mutating func obey(_ effect: Effect) {
        switch effect {
        case .upload(let mission, _):
            guard bodies[mission.vehicle]?.silent == false else { return }
            bodies[mission.vehicle]?.mission = mission
            bodies[mission.vehicle]?.step = 0
            bodies[mission.vehicle]?.mode = .ready
            give(.uploadFinished(mission.vehicle, mission.id, revision: mission.revision, .complete, at: now))
        case .command(let command, _):
            guard let body = bodies[command.vehicle], !body.silent else { return }
            switch command.verb {
            case .start where command.mission == body.mission?.id && body.mode == .ready:
                bodies[command.vehicle]?.mode = .moving
                report(body, .started)
            case .resume where body.mode == .holding: bodies[command.vehicle]?.mode = .moving
            case .hold where body.mode == .moving: bodies[command.vehicle]?.mode = .holding
            case .returnHome, .land:
                bodies[command.vehicle]?.mode = .parked
                bodies[command.vehicle]?.mission = nil
            case .abort:
                bodies[command.vehicle]?.mode = body.mode == .moving ? .holding : .parked
                bodies[command.vehicle]?.mission = nil
            default: break
            }
        default: break
        }
    }

    private mutating func report(_ body: Body, _ kind: ProgressReport) {
        guard let mission = body.mission else { return }
        give(
            .progress(body.profile.id, mission.id, revision: mission.revision, leg: body.step, kind, at: now))
    }

    /// One second passes.
    mutating func second() {
        now = now.advanced(bySeconds: 1)
        for id in bodies.keys.sorted() where bodies[id]?.mode == .moving && bodies[id]?.silent == false {
            move(id)
        }
        tick()
    }

    mutating func tick() {
        var reports: [TrackReport] = []
        for id in bodies.keys.sorted() {
            guard let b = bodies[id], !b.silent else { continue }
            reports.append(
                TrackReport(
                    vehicle: id, measuredAt: now, position: Position(b.at, altitude: b.altitude),
                    velocityEastMillimetersPerSecond: 0, velocityNorthMillimetersPerSecond: 0,
                    velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: 100,
                    verticalAccuracyCentimeters: 100, headingCentidegrees: 0, mode: b.mode, health: 0,
                    energyKilojoules: b.energy, payloadGrams: 0, missionNumber: b.mission?.id.number ?? 0,
                    missionRevision: b.mission?.revision ?? 0, leg: UInt16(b.step)))
        }
        give(.tick(at: now, reports: reports))
    }

    private mutating func move(_ id: VehicleID) {
        guard var b = bodies[id], let mission = b.mission, b.step < mission.steps.count else { return }
        let step = mission.steps[b.step]
        let far = Harness.meters(b.at, step.target.coordinate)
        let stride = Double(b.profile.cruiseSpeedMillimetersPerSecond) / 1000
        var done = true
        switch step.action {
        case .load, .unload, .wait:
            b.wait += 1
            done = b.wait * 1000 >= Double(step.durationMilliseconds)
        case .contingency:
            b.mode = .parked
            bodies[id] = b
            report(b, .completed)
            bodies[id]?.mission = nil
            return
        default:
            b.altitude = step.target.altitude
            if far > stride {
                let share = stride / far
                let east = Double(step.target.coordinate.longitudeE7 - b.at.longitudeE7) * share
                let north = Double(step.target.coordinate.latitudeE7 - b.at.latitudeE7) * share
                b.at.longitudeE7 += Int32(east)
                b.at.latitudeE7 += Int32(north)
                done = false
            } else {
                b.at = step.target.coordinate
            }
        }
        bodies[id] = b
        guard done else { return }
        if step.action == .load { report(b, .loaded) }
        if step.action == .unload { report(b, .unloaded) }
        report(b, .legDone)
        if bodies[id]?.mission?.id == mission.id {
            bodies[id]?.step += 1
            bodies[id]?.wait = 0
        }
    }

    mutating func run(_ seconds: Int) {
        for _ in 0..<seconds { second() }
    }
}
