import Wire

/// Both of a vehicle's clocks. `wall` may be wrong and may jump; `monotonic` only measures time passed.
public struct VehicleTime: Sendable, Equatable {
    /// Nanoseconds since 1970 UTC as the vehicle believes without the station's correction.
    public var wallNanoseconds: Int64
    /// Nanoseconds since any fixed moment, not below 0.
    public var monotonicNanoseconds: Int64
    public init(wallNanoseconds: Int64, monotonicNanoseconds: Int64) {
        self.wallNanoseconds = wallNanoseconds
        self.monotonicNanoseconds = monotonicNanoseconds
    }
}

/// What a session wants sent, in order. The host sends it and empties it.
public struct SessionOutput: Sendable {
    public var uplinks: [Uplink] = []
    public var telemetry: [Telemetry] = []
    public init() {}
    public var isEmpty: Bool { uplinks.isEmpty && telemetry.isEmpty }
    public mutating func removeAll() {
        uplinks.removeAll(keepingCapacity: true)
        telemetry.removeAll(keepingCapacity: true)
    }
}

/// A vehicle's side of the protocol with its autopilot behind it: told messages and time, it says what to send
/// and which velocity to fly. No sockets, no clock.
public struct VehicleSession: Sendable {
    public enum State: Equatable, Sendable {
        /// Says Hello until the station answers.
        case greeting
        case open
        /// Says Hello every 30 seconds.
        case refused(Open<Refusal>)
        /// Said goodbye; sends nothing more.
        case closed
    }

    /// Why a message was not acted upon; counted, never logged one by one.
    public enum Ignored: Int, Sendable, CaseIterable {
        case bootMismatch, oldFence, implausibleClock, noSession, unknownProgress, duplicateCommand,
            expiredCommand
    }

    public internal(set) var state = State.greeting
    public internal(set) var autopilot: Autopilot
    /// To be kept on disk whenever `memoryRevision` has changed, before the output is sent.
    public internal(set) var memory: CommandMemory
    public internal(set) var memoryRevision = 0
    /// What the vehicle is; session fields are filled in.
    public let identity: Hello
    public let boot: UInt32
    public internal(set) var ignored = [Int](repeating: 0, count: Ignored.allCases.count)
    /// The newest word of the sensors.
    var snapshot: VehicleSnapshot

    /// What the next LOAD brings aboard (0: only the load cell tells), and what is on board now, grams.
    public var loadGrams: UInt32 = 0
    public internal(set) var carriedGrams: UInt32 = 0

    var sequence: UInt32 = 0
    var telemetrySequence: UInt32 = 0
    var now = VehicleTime(wallNanoseconds: 0, monotonicNanoseconds: 0)
    var steppedAt: Int64?
    /// A station has welcomed this boot.
    var isWelcomed = false
    var nextHelloAt = Int64.min
    var nextTelemetryAt = Int64.min
    /// Station minus vehicle; the first guess comes with Welcome.
    public internal(set) var clockOffsetNanoseconds: Int64 = 0
    var clockIsCorrected = false
    var telemetryInterval: Int64 = 100_000_000
    var beatInterval: Int64 = 1_000_000_000
    var lostAfter: Int64 = 3_000_000_000
    var link = LinkWatch()
    public internal(set) var linkState = LinkState.never
    var outbox = ProgressOutbox()
    var assembly = MissionAssembly()
    var pending: [PendingCommand] = []
    var running: (id: UInt64, kind: CommandKind)?
    var reports: [AutopilotReport] = []

    /// `boot` must be random and is made 1 if it is 0.
    public init(
        identity: Hello, boot: UInt32, autopilot: Autopilot, snapshot: VehicleSnapshot,
        memory: CommandMemory = CommandMemory()
    ) {
        self.identity = identity
        self.boot = max(boot, 1)
        self.autopilot = autopilot
        self.snapshot = snapshot
        self.memory = memory
        // What an interrupted run of the software left undecided will not happen any more.
        self.memory.failUndecided()
    }

    /// Progress not acknowledged yet.
    public var unacknowledgedProgress: Int { outbox.count }

    /// Advances everything that happens by itself and returns the velocity wanted now.
    public mutating func step(
        at time: VehicleTime, _ sensed: VehicleSnapshot, out: inout SessionOutput
    ) -> MotionCommand {
        observe(time)
        snapshot = sensed
        watchLink(&out)
        startPending(&out)
        let passed = steppedAt.map { now.monotonicNanoseconds.saturatingSubtract($0) } ?? 0
        steppedAt = now.monotonicNanoseconds
        let command = autopilot.step(seconds: Double(passed) * 1e-9, sensed, reports: &reports)
        publishReports(&out)
        finishRunning(&out)
        greet(&out)
        if state == .open {
            for progress in outbox.takeDue(at: now.monotonicNanoseconds) {
                out.uplinks.append(.progress(nextStamp(), progress))
            }
            publishTelemetry(&out)
        }
        return command
    }

    /// Whether heartbeats that should have come by now have not: soon the link will count as lost.
    func quietness(at monotonic: Int64) -> FleetSimulation.Quietness {
        switch state {
        case .open:
            let due = min(beatInterval * 2, lostAfter / 4 * 3)
            return link.ageNanoseconds(at: monotonic) > due ? .silent : .no
        case .greeting: return .greeting
        case .refused, .closed: return .no
        }
    }

    /// The connection was made anew: the station behind it may know nothing of this vehicle.
    public mutating func reconnected() {
        guard state != .closed else { return }
        state = .greeting
        nextHelloAt = .min
    }

    public mutating func goodbye(_ reason: GoodbyeReason, out: inout SessionOutput) {
        guard state != .closed else { return }
        out.uplinks.append(.goodbye(nextStamp(), Open(reason)))
        state = .closed
    }

    // MARK: Time

    /// Corrected clock, nanoseconds since 1970.
    var correctedNanoseconds: UInt64 {
        UInt64(clamping: now.wallNanoseconds.saturatingAdd(clockOffsetNanoseconds))
    }

    /// Takes the newer of both; a monotonic clock that goes back stands still instead.
    mutating func observe(_ time: VehicleTime) {
        now.wallNanoseconds = time.wallNanoseconds
        now.monotonicNanoseconds = max(now.monotonicNanoseconds, time.monotonicNanoseconds)
    }

    mutating func nextStamp() -> UplinkStamp {
        sequence &+= 1
        return UplinkStamp(boot: boot, sequence: sequence)
    }

    mutating func ignore(_ cause: Ignored) { ignored[cause.rawValue] &+= 1 }

    // MARK: What happens by itself

    private mutating func greet(_ out: inout SessionOutput) {
        let pause: Int64
        switch state {
        case .greeting: pause = WireLimits.helloMilliseconds * 1_000_000
        case .refused: pause = WireLimits.refusedHelloMilliseconds * 1_000_000
        case .open, .closed: return
        }
        guard now.monotonicNanoseconds >= nextHelloAt else { return }
        nextHelloAt = now.monotonicNanoseconds.saturatingAdd(pause)
        var hello = identity
        hello.mission = autopilot.reference
        hello.missionDigest = autopilot.mission?.digest ?? 0
        hello.lastCommandID = memory.lastExecuted
        hello.fence = memory.fence
        out.uplinks.append(.hello(nextStamp(), hello))
    }

    private mutating func watchLink(_ out: inout SessionOutput) {
        let newest = link.state(
            at: now.monotonicNanoseconds, beatInterval: beatInterval, lostAfter: lostAfter)
        guard newest != linkState else { return }
        let old = linkState
        linkState = newest
        if newest == .lost {
            let silence = link.ageNanoseconds(at: now.monotonicNanoseconds) / 1_000_000_000
            send(.linkLost, Int32(clamping: silence), &out)
            _ = autopilot.linkLost(snapshot)
            if state == .open { reconnected() }
        } else if old == .lost {
            send(.recovered, Int32(EventKind.linkLost.rawValue), &out)
        }
    }

    private mutating func publishReports(_ out: inout SessionOutput) {
        for report in reports {
            switch report {
            case .progress(let kind, let mission):
                if kind == .loaded { carriedGrams = loadGrams }
                if kind == .unloaded { carriedGrams = 0 }
                if loadGrams > 0 { snapshot.payloadGrams = carriedGrams }
                var progress = MissionProgress()
                progress.mission = mission
                progress.kind = Open(kind)
                progress.atNanoseconds = correctedNanoseconds
                progress.payloadGrams = snapshot.payloadGrams
                outbox.add(progress)
            case .event(let kind, let value):
                send(kind, value, &out)
            }
        }
        reports.removeAll(keepingCapacity: true)
    }

    private mutating func send(_ kind: EventKind, _ value: Int32, _ out: inout SessionOutput) {
        guard state != .closed else { return }
        var event = VehicleEvent()
        event.kind = Open(kind)
        event.atNanoseconds = correctedNanoseconds
        event.value = value
        out.uplinks.append(.event(nextStamp(), event))
    }
}
