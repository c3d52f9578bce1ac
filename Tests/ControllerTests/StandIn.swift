import Controller
import World

/// A vehicle's stand-in: point mass with limited acceleration that flies or drives missions and takes commands as
/// an autopilot does. It knows nothing of the controller but what is uploaded and commanded.
struct StandIn {
    enum Task: Equatable { case idle, mission, hold, contingency(Int), landing, manoeuvre }

    let profile: VehicleProfile
    var at: Coordinate
    var altitudeMeters: Double
    var energyKilojoules: Double
    var task = Task.idle
    var mission: Mission?
    var leg = 0
    var isStarted = false
    var isCompleted = false
    var velocity = (east: 0.0, north: 0.0, up: 0.0)
    var stoodSeconds = 0.0
    var altitudeOverride: Double?
    /// The manoeuvre it flies and for how long yet.
    var ordered: OutboundCommand?
    var orderedSeconds = 0.0
    /// 0 for none.
    var speedLimit = 0.0
    /// Not yet heard by the station.
    var reports: [(kind: ProgressReport, mission: MissionID, revision: UInt16, leg: Int)] = []
    /// Metres travelled.
    var traveledMeters = 0.0

    /// Air moving, m/s; a drone keeps its speed over ground and pays for it.
    var wind = (east: 0.0, north: 0.0)
    var payloadGrams: UInt32 = 0
    /// Consumption beyond that of still air, as a share: worn cells, dirt, cold.
    var wear = 0.0
    let ground: @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    private var groundHere: Double

    init(
        _ profile: VehicleProfile, at: Coordinate,
        ground: @escaping @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    ) {
        self.profile = profile
        self.at = at
        self.ground = ground
        groundHere = ground(at).meters
        altitudeMeters = groundHere
        energyKilojoules = Double(profile.energyCapacityKilojoules)
    }

    var flies: Bool { profile.kind.flies }
    var cruise: Double { Double(profile.cruiseSpeedMillimetersPerSecond) / 1000 }
    var isOnGround: Bool { !flies || altitudeMeters <= groundHere + 0.5 }
    private var rests: Bool { velocity == (0, 0, 0) }

    var mode: VehicleMode {
        switch task {
        case .idle: mission != nil && !isStarted && !isCompleted ? .ready : .parked
        case .mission, .manoeuvre: .moving
        case .hold: .holding
        case .contingency: .returning
        case .landing: .landing
        }
    }

    // MARK: What the station sends

    mutating func take(_ new: Mission) -> UploadResult {
        if let mission, mission.id == new.id, mission.revision == new.revision { return .complete }
        guard !isStarted, task == .idle || task == .hold else { return .busy }
        guard let first = new.steps.first, first.action != .contingency, new.steps.count <= 2048,
            new.steps.allSatisfy({
                flies ? $0.action != .drive : ![.takeoff, .fly, .land].contains($0.action)
            })
        else { return .invalid }
        mission = new
        leg = 0
        isCompleted = false
        return .complete
    }

    /// Nil when it was carried out, else why not.
    mutating func obey(_ command: OutboundCommand) -> String? {
        let holdsIt = mission?.id == command.mission && mission?.revision == command.revision
        switch command.verb {
        case .start:
            guard holdsIt else { return "mission" }
            guard !isStarted, !isCompleted, task == .idle || task == .hold else { return "mode" }
            isStarted = true
            task = .mission
            stoodSeconds = 0
            report(.started)
        case .hold:
            guard task != .idle else { return nil }
            guard task != .landing else { return "mode" }
            task = .hold
        case .resume:
            guard holdsIt else { return "mission" }
            guard isStarted, task != .idle, task != .landing else { return "mode" }
            task = .mission
        case .returnHome:
            guard task != .idle, task != .landing else { return "mode" }
            beginContingency()
        case .land: if task != .idle { task = .landing }
        case .abort:
            guard holdsIt else { return "mission" }
            if isStarted { end(.aborted) }
            mission = nil
            leg = 0
            if task == .mission { task = .hold }
        case .altitude:
            guard flies, task == .mission, let mission, mission.steps[leg].action == .fly else {
                return "mode"
            }
            altitudeOverride = command.altitude?.meters
        case .speedLimit: speedLimit = Double(command.speedMillimetersPerSecond) / 1000
        case .manoeuvre:
            guard flies else { return "unsupported" }
            guard holdsIt else { return "mission" }
            guard isStarted, !isOnGround, task != .idle, task != .landing else { return "mode" }
            ordered = command
            orderedSeconds = Double(command.durationMilliseconds) / 1000
            task = .manoeuvre
        }
        return nil
    }

    mutating func beginContingency() {
        altitudeOverride = nil
        let first = mission?.steps.firstIndex { $0.action == .contingency }
        task = flies ? first.map { .contingency($0) } ?? .landing : .landing
    }

    /// There is nothing to load: it says so by dropping the mission. Takes back what it was about to report.
    mutating func findNothing(said before: Int) {
        reports.removeSubrange(before...)
        end(.aborted)
        task = .hold
    }

    /// Power fails: what it held in memory is gone; in the air it comes down where it is.
    mutating func reboot() {
        mission = nil
        isStarted = false
        isCompleted = false
        leg = 0
        task = isOnGround && rests ? .idle : .landing
        reports = []
    }

    // MARK: Moving

    mutating func step(_ seconds: Double) {
        if task != .idle || !rests { groundHere = ground(at).meters }
        switch task {
        case .idle: velocity = (0, 0, 0)
        case .hold: steer(nil, nil, seconds)
        case .landing:
            steer(nil, groundHere, seconds)
            if isOnGround, rests { arrive() }
        case .contingency(let i): followContingency(i, seconds)
        case .mission: followMission(seconds)
        case .manoeuvre: manoeuvre(seconds)
        }
        consume(seconds)
    }

    private mutating func manoeuvre(_ seconds: Double) {
        orderedSeconds -= seconds
        guard orderedSeconds > 0, let ordered else { return task = .hold }
        move(
            (
                Double(ordered.velocityEastMillimetersPerSecond) / 1000,
                Double(ordered.velocityNorthMillimetersPerSecond) / 1000
            ), ordered.altitude?.meters, seconds,
            climb: Double(ordered.climbMillimetersPerSecond) / 1000)
    }

    private mutating func followContingency(_ i: Int, _ seconds: Double) {
        guard let mission, i < mission.steps.count else { return task = .landing }
        let target = mission.steps[i].target
        let far = at.meters(to: target.coordinate)
        if i < mission.steps.count - 1 {
            steer(isOnGround ? nil : target.coordinate, target.altitude.meters, seconds)
            if far < 5 { task = .contingency(i + 1) }
        } else if far > 3 {
            steer(target.coordinate, max(altitudeMeters, target.altitude.meters), seconds)
        } else {
            steer(nil, groundHere, seconds)
            if isOnGround, rests { arrive() }
        }
    }

    private mutating func followMission(_ seconds: Double) {
        guard let mission, leg < mission.steps.count, mission.steps[leg].action != .contingency else {
            return task = .hold
        }
        let step = mission.steps[leg]
        switch step.action {
        case .takeoff:
            steer(nil, step.target.altitude.meters, seconds)
            if abs(altitudeMeters - step.target.altitude.meters) < 1 { finishLeg(.legDone) }
        case .fly:
            let level = altitudeOverride ?? step.target.altitude.meters
            steer(step.target.coordinate, level, seconds)
            if at.meters(to: step.target.coordinate) < 3, abs(altitudeMeters - level) < 3 {
                finishLeg(.legDone)
            }
        case .drive:
            var left = seconds
            // A truck passes shape points without stopping, several in one step if need be.
            while left > 0, task == .mission, let now = self.mission?.steps[leg], now.action == .drive {
                left = drive(to: now.target.coordinate, left)
                if left > 0 { finishLeg(.legDone) }
            }
        case .land:
            if at.meters(to: step.target.coordinate) > 3 {
                steer(step.target.coordinate, altitudeMeters, seconds)
            } else {
                steer(nil, groundHere, seconds)
                if isOnGround, rests { finishLeg(.legDone) }
            }
        case .load, .unload, .wait:
            steer(nil, nil, seconds)
            stoodSeconds += seconds
            guard stoodSeconds * 1000 >= Double(step.durationMilliseconds) else { return }
            finishLeg(step.action == .load ? .loaded : step.action == .unload ? .unloaded : .legDone)
        case .contingency: break
        }
    }

    private mutating func finishLeg(_ kind: ProgressReport) {
        guard let mission else { return }
        if kind != .legDone { report(kind) }
        report(.legDone)
        stoodSeconds = 0
        altitudeOverride = nil
        if leg + 1 < mission.steps.count, mission.steps[leg + 1].action != .contingency {
            leg += 1
        } else {
            end(.completed)
            task = isOnGround ? .idle : .hold
        }
    }

    private mutating func arrive() {
        task = .idle
        if isStarted { end(.aborted) }
    }

    private mutating func end(_ kind: ProgressReport) {
        report(kind)
        isStarted = false
        isCompleted = kind == .completed
        if kind == .aborted {
            mission = nil
            leg = 0
        }
    }

    private mutating func report(_ kind: ProgressReport) {
        guard let mission else { return }
        reports.append((kind, mission.id, mission.revision, leg))
    }

    /// Towards a place (nil: stop) and height (nil: keep), with 2.5 m/s2 and honest stopping distances.
    private mutating func steer(_ target: Coordinate?, _ height: Double?, _ seconds: Double) {
        var goal = (east: 0.0, north: 0.0)
        if let target {
            let d = at.displacement(to: target)
            let far = (d.east * d.east + d.north * d.north).squareRoot()
            let speed = min(cruise, (2 * 2.5 * far).squareRoot(), far / seconds)
            if far > 0.01 { goal = (d.east / far * speed, d.north / far * speed) }
        }
        move(goal, height, seconds, climb: 3)
    }

    private mutating func move(
        _ goal: (east: Double, north: Double), _ height: Double?, _ seconds: Double, climb: Double
    ) {
        let change = (east: goal.east - velocity.east, north: goal.north - velocity.north)
        let size = (change.east * change.east + change.north * change.north).squareRoot()
        let share = size > 2.5 * seconds ? 2.5 * seconds / size : 1
        velocity.east += change.east * share
        velocity.north += change.north * share
        velocity.up = 0
        if let height, flies {
            velocity.up = ((height - altitudeMeters) / seconds).clamped(to: -min(climb, 2)...min(climb, 3))
        }
        let (east, north) = (velocity.east * seconds, velocity.north * seconds)
        if east != 0 || north != 0 { at = at.moved(east: east, north: north) }
        altitudeMeters += velocity.up * seconds
        traveledMeters += (east * east + north * north).squareRoot()
        if !flies || height == groundHere && altitudeMeters - groundHere < 0.05 {
            altitudeMeters = groundHere
            velocity.up = 0
        }
    }

    /// Seconds left over when the point is reached.
    private mutating func drive(to target: Coordinate, _ seconds: Double) -> Double {
        let d = at.displacement(to: target)
        let far = (d.east * d.east + d.north * d.north).squareRoot()
        let needed = far / (speedLimit > 0 ? min(cruise, speedLimit) : cruise)
        altitudeMeters = groundHere
        if needed <= seconds {
            at = target
            traveledMeters += far
            velocity = (0, 0, 0)
            return seconds - needed
        }
        let share = seconds / needed
        at = at.moved(east: d.east * share, north: d.north * share)
        velocity = (d.east / needed, d.north / needed, 0)
        traveledMeters += far * share
        return 0
    }

    private mutating func consume(_ seconds: Double) {
        let perMeter = Double(profile.energyCapacityKilojoules) / Double(max(profile.rangeMeters, 1))
        if !flies {
            let speed = (velocity.east * velocity.east + velocity.north * velocity.north).squareRoot()
            energyKilojoules -= perMeter * speed * seconds * (1 + wear)
        } else if !isOnGround {
            let (e, n) = (velocity.east - wind.east, velocity.north - wind.north)
            let air = (e * e + n * n).squareRoot() / cruise
            // About the power of cruise at any slow speed; the square of the air speed above it.
            energyKilojoules -=
                perMeter * cruise * seconds * max(0.95, air * air) * (1 + wear)
                * (0.65 + 0.35 * Double(payloadGrams) / Double(max(profile.payloadCapacityGrams, 1)))
        }
        energyKilojoules = max(energyKilojoules, 0)
    }

    mutating func charge(_ seconds: Double, kilowatts: Double) {
        energyKilojoules = min(
            energyKilojoules + seconds * kilowatts, Double(profile.energyCapacityKilojoules))
    }

    /// Stands with its motors off.
    var isStanding: Bool {
        guard isOnGround, rests else { return false }
        guard task == .mission, let mission else { return true }
        return [.wait, .load, .unload].contains(mission.steps[leg].action)
    }

    func telemetry(_ now: Instant) -> TrackReport {
        TrackReport(
            vehicle: profile.id, measuredAt: now,
            position: Position(at, altitude: Altitude(meters: altitudeMeters)),
            velocityEastMillimetersPerSecond: Int32(velocity.east * 1000),
            velocityNorthMillimetersPerSecond: Int32(velocity.north * 1000),
            velocityUpMillimetersPerSecond: Int32(velocity.up * 1000),
            horizontalAccuracyCentimeters: 100, verticalAccuracyCentimeters: 100, headingCentidegrees: 0,
            mode: mode, health: 0, energyKilojoules: UInt32(energyKilojoules), payloadGrams: 0,
            missionNumber: mission?.id.number ?? 0, missionRevision: mission?.revision ?? 0, leg: UInt16(leg))
    }
}
