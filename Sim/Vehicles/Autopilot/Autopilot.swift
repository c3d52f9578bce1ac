import Wire

/// What happened in a step that the station must hear of.
public enum AutopilotReport: Equatable, Sendable {
    case progress(ProgressKind, mission: MissionReference)
    case event(EventKind, value: Int32)
}

/// Flies or drives a mission, an order of the moment, or a contingency. Knows no clock and no socket: each
/// `step` is given the seconds that passed and what the sensors say, and returns the velocity it wants.
public struct Autopilot: Sendable {
    enum Task: Equatable {
        /// On the ground or roadside, motors off.
        case idle
        /// Mission item `leg`.
        case mission
        /// Stays at a point; nil until it has come to rest.
        case hold(Waypoint?)
        /// Contingency item of this index, counted in the whole mission.
        case contingency(Int)
        /// Down here, or to a stop.
        case landing
        case goTo(Waypoint, speed: Float)
        case manoeuvre(ManoeuvreTask)
    }

    public let limits: MotionLimits
    public internal(set) var mission: HeldMission?
    /// Index of the current item.
    public internal(set) var leg = 0
    var task = Task.idle
    /// Mission was started and neither completed nor aborted.
    public internal(set) var isStarted = false
    /// The held mission was flown to its end; it never starts again.
    public internal(set) var isCompleted = false
    /// m/s; 0 none.
    var speedLimit: Float = 0
    /// Replaces the altitude of the current leg; nil none.
    var altitudeOverride: Int32?
    /// Seconds stood at a LOAD, UNLOAD or WAIT.
    var stoodSeconds = 0.0
    /// Where the last leg began, for corners.
    var legStart: Waypoint?
    var home: Waypoint?
    var positionLostSeconds: Double?
    /// Taken: low energy and propulsion fault act once until they are over.
    var energyLow = false
    var propulsionFault = false
    var payloadFault = false
    var wanted = MotionCommand(engaged: false)
    var reports: [AutopilotReport] = []

    public init(limits: MotionLimits) { self.limits = limits }

    public var mode: Mode {
        switch task {
        case .idle:
            if propulsionFault { return .fault }
            return mission != nil && !isStarted && !isCompleted ? .ready : .parked
        case .mission, .manoeuvre: return positionLostSeconds == nil ? .moving : .holding
        case .hold: return .holding
        case .contingency: return .returning
        case .landing: return .landing
        case .goTo: return .diverting
        }
    }

    /// Mission and leg as telemetry carries them; 0 without a mission.
    public var reference: MissionReference { reference(leg: leg) }

    func reference(leg: Int) -> MissionReference {
        guard let mission else { return MissionReference(packed: 0) }
        return MissionReference(
            number: mission.reference.number, revision: mission.reference.revision,
            leg: UInt16(truncatingIfNeeded: leg))
    }

    /// Whether a new mission may replace the held one: not while it is under way or anything else moves.
    public var canTakeMission: Bool {
        if isStarted { return false }
        switch task {
        case .idle, .hold: return true
        default: return false
        }
    }

    /// False changes nothing: something is under way.
    public mutating func load(_ mission: HeldMission) -> Bool {
        guard canTakeMission else { return false }
        self.mission = mission
        leg = 0
        isCompleted = false
        return true
    }

    /// Advances by `seconds` (negative counts as 0) and returns the velocity wanted now; new reports are appended.
    public mutating func step(
        seconds: Double, _ sensed: VehicleSnapshot, reports out: inout [AutopilotReport]
    ) -> MotionCommand {
        let elapsed = seconds.isFinite ? max(seconds, 0) : 0
        watchHealth(sensed, elapsed)
        countManoeuvre(elapsed)
        let goal = positionLostSeconds == nil ? pursue(sensed, elapsed) : standStill(sensed)
        out.append(contentsOf: reports)
        reports.removeAll(keepingCapacity: true)
        switch task {
        case .manoeuvre(let manoeuvre): return fly(manoeuvre, to: goal, seconds: min(elapsed, 1), sensed)
        // Others plan with the way it takes to stop.
        case .hold(nil): return slewTogether(to: goal, seconds: min(elapsed, 1))
        default:
            slew(to: goal, seconds: min(elapsed, 1))
            return wanted
        }
    }

    /// The link has been silent too long: whatever is under way ends in the contingency. On the ground nothing
    /// starts. Returns whether a contingency began.
    public mutating func linkLost(_ sensed: VehicleSnapshot) -> Bool {
        beginContingency(cause: .linkLost, sensed)
    }

    private mutating func watchHealth(_ sensed: VehicleSnapshot, _ elapsed: Double) {
        if sensed.hasPropulsionFault != propulsionFault {
            propulsionFault = sensed.hasPropulsionFault
            if propulsionFault {
                report(.propulsionFault, 0)
                if task != .idle { startLanding() }
            } else {
                report(.recovered, Int32(EventKind.propulsionFault.rawValue))
            }
        }
        let payloadIsFaulty = sensed.health & VehicleSnapshot.HealthBit.payload != 0
        if payloadIsFaulty != payloadFault {
            payloadFault = payloadIsFaulty
            payloadFault
                ? report(.payloadFault, 0) : report(.recovered, Int32(EventKind.payloadFault.rawValue))
        }
        let low =
            sensed.energyKilojoules <= limits.lowEnergyKilojoules
            || sensed.health & VehicleSnapshot.HealthBit.energy != 0
        if low && !energyLow {
            report(.energyLow, Int32(clamping: sensed.energyKilojoules))
            _ = beginContingency(cause: .energyLow, sensed)
        }
        energyLow = low
        if sensed.hasPosition {
            if positionLostSeconds != nil { report(.recovered, Int32(EventKind.positionLost.rawValue)) }
            positionLostSeconds = nil
        } else if let lost = positionLostSeconds {
            positionLostSeconds = lost + elapsed
            // A truck stands safely for as long as it takes; what flies cannot wait for ever.
            if limits.flies, lost + elapsed >= limits.positionLostHoldSeconds, task != .idle, task != .landing
            {
                report(.contingency, Int32(EventKind.positionLost.rawValue))
                startLanding()
            }
        } else {
            positionLostSeconds = 0
            report(.positionLost, 0)
        }
    }

    mutating func beginContingency(cause: EventKind, _ sensed: VehicleSnapshot) -> Bool {
        switch task {
        case .mission, .hold, .goTo, .manoeuvre: break
        case .idle, .landing, .contingency: return false
        }
        report(.contingency, Int32(cause.rawValue))
        returnHome(sensed)
        return true
    }

    /// Flies the mission's contingency; without one goes home; without a home lands here. A truck stops at the road
    /// side: the straight way home is not a road.
    mutating func returnHome(_ sensed: VehicleSnapshot) {
        altitudeOverride = nil
        if propulsionFault || !limits.flies {
            startLanding()
        } else if let mission, mission.ordinaryCount < mission.items.count {
            task = .contingency(mission.ordinaryCount)
        } else if home != nil {
            task = .contingency(Int.max)
        } else {
            startLanding()
        }
    }

    mutating func startLanding() {
        task = .landing
        altitudeOverride = nil
    }

    /// The vehicle is down or stands. A mission still under way will not be taken up again.
    mutating func arrive() {
        task = .idle
        altitudeOverride = nil
        if isStarted { endMission(.aborted) }
    }

    mutating func endMission(_ kind: ProgressKind) {
        reports.append(.progress(kind, mission: reference))
        isStarted = false
        isCompleted = kind == .completed
        if kind == .aborted {
            mission = nil
            leg = 0
        }
    }

    mutating func report(_ kind: EventKind, _ value: Int32) { reports.append(.event(kind, value: value)) }

    /// Moves the wanted velocity towards the goal no faster than the vehicle can follow.
    private mutating func slew(to goal: MotionCommand, seconds: Double) {
        let step = limits.acceleration * Float(seconds)
        let east = goal.velocityEast - wanted.velocityEast
        let north = goal.velocityNorth - wanted.velocityNorth
        let size = (east * east + north * north).squareRoot()
        let share = size > step ? step / size : 1
        wanted.velocityEast += east * share
        wanted.velocityNorth += north * share
        wanted.velocityUp += (goal.velocityUp - wanted.velocityUp).limited(-step / 2...step / 2)
        wanted.heading = goal.heading
        wanted.engaged = goal.engaged
        if !goal.engaged { wanted = goal }
    }
}
