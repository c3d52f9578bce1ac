import Wire

/// Commands of the station, as the autopilot takes them.
extension Autopilot {
    /// Nil when the command is accepted and in force, otherwise why not; then nothing has changed.
    public mutating func apply(_ command: Command, _ sensed: VehicleSnapshot) -> Rejection? {
        guard let kind = command.kind.known, kind != .unspecified else { return .unsupported }
        switch kind {
        case .unspecified: return .unsupported
        case .start: return start(command, sensed)
        case .hold:
            guard task != .idle else { return nil }
            guard task != .landing else { return .mode }
            if !isHolding { task = .hold(nil) }
        case .resume: return resume(command, sensed)
        case .returnHome:
            guard task != .idle else { return .mode }
            if case .contingency = task { return nil }
            guard task != .landing else { return propulsionFault ? .fault : .mode }
            returnHome(sensed)
        case .land:
            if task != .idle { startLanding() }
        case .abort:
            guard holds(command) else { return .mission }
            if isStarted { endMission(.aborted) }
            mission = nil
            leg = 0
            switch task {
            case .mission, .manoeuvre: task = .hold(nil)
            default: break
            }
        case .goTo: return goTo(command, sensed)
        case .speedLimit:
            speedLimit = Float(command.speedMillimetersPerSecond) * 1e-3
        case .altitude:
            guard limits.flies else { return .unsupported }
            guard MissionCheck.altitudeMillimeters.contains(command.altitudeMillimeters) else {
                return .invalid
            }
            guard let mission, leg < mission.ordinaryCount, mission.items[leg].action.known == .fly else {
                return .mode
            }
            switch task {
            case .mission: break
            case .manoeuvre:
                task = .mission
                legStart = here(sensed)
            default: return .mode
            }
            altitudeOverride = command.altitudeMillimeters
        case .manoeuvre: return manoeuvre(command, sensed)
        }
        return nil
    }

    /// Whether what the command asked for has come about: nil not yet, false not any more to be expected.
    public func outcome(of kind: CommandKind, _ sensed: VehicleSnapshot) -> Bool? {
        switch kind {
        case .hold:
            if task == .idle { return true }
            return isHolding ? (sensed.groundSpeed < 0.5 ? true : nil) : false
        case .returnHome:
            if case .contingency = task { return nil }
            return task == .idle ? true : task == .landing ? nil : false
        case .land:
            return task == .idle ? true : task == .landing ? nil : false
        case .goTo:
            if case .goTo = task { return nil }
            return isHolding
        default: return true
        }
    }

    private var isHolding: Bool { if case .hold = task { true } else { false } }

    func holds(_ command: Command) -> Bool {
        mission.map { $0.reference == command.mission.withoutLeg } ?? false
    }

    private mutating func start(_ command: Command, _ sensed: VehicleSnapshot) -> Rejection? {
        guard holds(command) else { return .mission }
        guard !isStarted, !isCompleted else { return .mode }
        guard task == .idle || isHolding else { return .mode }
        if let obstacle = obstacle(sensed) { return obstacle }
        isStarted = true
        task = .mission
        stoodSeconds = 0
        legStart = here(sensed)
        if home == nil || sensed.onGround { home = here(sensed) }
        reports.append(.progress(.started, mission: reference))
        return nil
    }

    private mutating func resume(_ command: Command, _ sensed: VehicleSnapshot) -> Rejection? {
        guard holds(command) else { return .mission }
        guard isStarted else { return .mode }
        switch task {
        case .mission: return nil
        case .hold, .goTo, .contingency, .manoeuvre: break
        case .idle, .landing: return .mode
        }
        if let obstacle = obstacle(sensed) { return obstacle }
        task = .mission
        legStart = here(sensed)
        return nil
    }

    private mutating func goTo(_ command: Command, _ sensed: VehicleSnapshot) -> Rejection? {
        guard (-900_000_000...900_000_000).contains(command.latitudeE7),
            (-1_800_000_000...1_800_000_000).contains(command.longitudeE7),
            !limits.flies || MissionCheck.altitudeMillimeters.contains(command.altitudeMillimeters)
        else { return .invalid }
        switch task {
        case .mission, .hold, .goTo, .manoeuvre: break
        case .idle, .landing, .contingency: return .mode
        }
        if let obstacle = obstacle(sensed) { return obstacle }
        let target = Waypoint(
            latitudeE7: command.latitudeE7, longitudeE7: command.longitudeE7,
            altitudeMillimeters: command.altitudeMillimeters)
        task = .goTo(target, speed: Float(command.speedMillimetersPerSecond) * 1e-3)
        return nil
    }

    /// What forbids to set out.
    func obstacle(_ sensed: VehicleSnapshot) -> Rejection? {
        if propulsionFault || sensed.hasPropulsionFault || !sensed.hasPosition { return .fault }
        return energyLow || sensed.energyKilojoules <= limits.lowEnergyKilojoules ? .energy : nil
    }
}
