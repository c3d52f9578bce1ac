import Wire

/// What an autopilot must not lose when its software restarts: the mission it holds and how far it is.
public struct AutopilotMemory: Codable, Equatable, Sendable {
    /// Of the mission held; 0 none. The items are kept beside, see `MissionMemory`.
    var mission: UInt64 = 0
    var digest: UInt32 = 0
    var leg = 0
    var isStarted = false
    var isCompleted = false
    var task = Task.idle
    var speedLimit: Float = 0
    var altitudeOverride: Int32?
    var stoodSeconds = 0.0
    var legStart: Waypoint?
    var home: Waypoint?

    enum Task: Codable, Equatable, Sendable {
        case idle, mission, landing
        case hold(Waypoint?)
        case contingency(Int)
        case goTo(Waypoint, speed: Float)
    }
}

/// A held mission as it is kept on disk: seven numbers an item.
public struct MissionMemory: Codable, Equatable, Sendable {
    var mission: UInt64
    var digest: UInt32
    var items: [Int64]

    init(_ held: HeldMission) {
        mission = held.reference.packed
        digest = held.digest
        items = held.items.flatMap { item in
            [
                Int64(item.action.number), Int64(item.latitudeE7), Int64(item.longitudeE7),
                Int64(item.altitudeMillimeters), Int64(item.speedMillimetersPerSecond),
                Int64(item.durationMilliseconds), Int64(item.radiusMillimeters),
            ]
        }
    }

    /// Nil unless the items are whole, agree with the digest and can be flown or driven.
    func held(flies: Bool) -> HeldMission? {
        guard items.count % 7 == 0, items.count / 7 <= MissionPart.missionItemsMax else { return nil }
        var missionItems: [MissionItem] = []
        for start in stride(from: 0, to: items.count, by: 7) {
            var item = MissionItem()
            item.action = Open(number: UInt32(clamping: items[start]))
            item.latitudeE7 = Int32(clamping: items[start + 1])
            item.longitudeE7 = Int32(clamping: items[start + 2])
            item.altitudeMillimeters = Int32(clamping: items[start + 3])
            item.speedMillimetersPerSecond = UInt32(clamping: items[start + 4])
            item.durationMilliseconds = UInt32(clamping: items[start + 5])
            item.radiusMillimeters = UInt32(clamping: items[start + 6])
            missionItems.append(item)
        }
        guard MissionDigest.of(missionItems) == digest else { return nil }
        return HeldMission(
            reference: MissionReference(packed: mission), digest: digest, items: missionItems, flies: flies)
    }
}

extension Autopilot {
    public var memory: AutopilotMemory {
        var memory = AutopilotMemory()
        memory.mission = mission?.reference.packed ?? 0
        memory.digest = mission?.digest ?? 0
        memory.leg = leg
        memory.isStarted = isStarted
        memory.isCompleted = isCompleted
        memory.speedLimit = speedLimit
        memory.altitudeOverride = altitudeOverride
        memory.stoodSeconds = stoodSeconds
        memory.legStart = legStart
        memory.home = home
        memory.task =
            switch task {
            case .idle: .idle
            case .mission: .mission
            case .landing: .landing
            case .hold(let point): .hold(point)
            case .contingency(let index): .contingency(index)
            case .goTo(let point, let speed): .goTo(point, speed: speed)
            // Nobody knows how long the restart takes: what was seconds long is over.
            case .manoeuvre: .hold(nil)
            }
        return memory
    }

    public var missionMemory: MissionMemory? { mission.map { MissionMemory($0) } }

    /// An autopilot whose software has restarted. Without the mission that `memory` speaks of, what was under way
    /// ends as far as that is safe: in the air it goes home or lands, on the ground it stands.
    public init(limits: MotionLimits, memory: AutopilotMemory, mission kept: MissionMemory?, isAirborne: Bool)
    {
        self.init(limits: limits)
        home = memory.home
        speedLimit = memory.speedLimit.isFinite ? memory.speedLimit : 0
        let held = kept.flatMap { $0.held(flies: limits.flies) }
        guard memory.mission == (held?.reference.packed ?? 0), memory.digest == (held?.digest ?? 0),
            (0...max(held?.ordinaryCount ?? 0, 1)).contains(memory.leg)
        else {
            task = isAirborne ? (home == nil ? .landing : .contingency(.max)) : .idle
            return
        }
        mission = held
        leg = memory.leg
        isStarted = memory.isStarted && held != nil
        isCompleted = memory.isCompleted
        altitudeOverride = memory.altitudeOverride
        stoodSeconds = memory.stoodSeconds.isFinite ? max(memory.stoodSeconds, 0) : 0
        legStart = memory.legStart
        switch memory.task {
        case .idle: task = isAirborne ? .landing : .idle
        case .mission: task = isStarted ? .mission : isAirborne ? .hold(nil) : .idle
        case .landing: task = .landing
        case .hold(let point): task = .hold(point)
        case .contingency(let index): task = .contingency(max(index, 0))
        case .goTo(let point, let speed): task = .goTo(point, speed: speed.isFinite ? speed : 0)
        }
    }
}
