import Controller
import Logging
import Wire
import World

extension StationCore {
    /// The protocol's minor version this station speaks.
    static let minor: UInt32 = 0
    /// What of a vehicle's abilities the controller uses: hold, return, land anywhere, speed limit, altitude, resume,
    /// manoeuvre.
    static let capabilities: UInt64 = 0b1_0111_0111

    /// Answers a Hello: welcome, or why not. The identity is the key's; Hello only has to agree with it.
    mutating func greet(_ hello: Hello, boot: UInt32) {
        let vehicle = hello.vehicleID
        var welcome = Welcome()
        welcome.boot = boot
        welcome.station = "keruen"
        welcome.fence = fence
        welcome.stationTimeNanoseconds = UInt64(clamping: now.nanoseconds)
        guard let enrolled = enrolments[vehicle] else {
            return refuse(&welcome, .identity, vehicle, "is not in the allow list")
        }
        guard hello.kind.known == enrolled.kind.wire else {
            return refuse(&welcome, .identity, vehicle, "says it is another kind than its key is for")
        }
        guard (hello.minorMin...max(hello.minorMin, hello.minorMax)).contains(Self.minor) else {
            return refuse(
                &welcome, .version, vehicle,
                "speaks protocol 1.\(hello.minorMin) to 1.\(hello.minorMax), the station 1.\(Self.minor)")
        }
        guard hello.isPlausible else {
            return refuse(&welcome, .invalid, vehicle, "gives impossible speed, energy, range or capacity")
        }
        welcome.accepted = true
        welcome.minor = Self.minor
        welcome.capabilities = hello.capabilities & Self.capabilities
        welcome.telemetryIntervalMilliseconds = rhythm.telemetryMilliseconds
        welcome.heartbeatIntervalMilliseconds = rhythm.heartbeatMilliseconds
        welcome.linkLostAfterMilliseconds = rhythm.linkLostMilliseconds
        link.send(.welcome(welcome), to: vehicle)

        let held = hello.mission.withoutLeg
        if let known = sessions[vehicle], known.boot == boot, known.held == held,
            now.seconds(since: known.greetedAt) < rhythm.helloRepeatSeconds
        {
            return
        }
        refusals[vehicle] = nil
        if hello.fence > fence, fencesTold[vehicle] != hello.fence {
            fencesTold[vehicle] = hello.fence
            log.error(
                """
                vehicle \(vehicle) obeys no fence below \(hello.fence), ours is \(fence): another station commands \
                it, or this one's directory was lost; in that case start with --fence-above \(hello.fence)
                """)
        }
        sessions[vehicle] = Session(boot: boot, held: held, greetedAt: now, correctedAt: now)
        let profile = VehicleProfile(
            hello, name: enrolled.name, kind: enrolled.kind, company: enrolled.company)
        step(
            .vehicleConnected(
                profile, heldMission: held.isNone ? nil : MissionID(held.number), heldRevision: held.revision,
                at: now))
    }

    private mutating func refuse(_ welcome: inout Welcome, _ why: Refusal, _ vehicle: UInt32, _ text: String)
    {
        welcome.accepted = false
        welcome.refusal = Open(why)
        link.send(.welcome(welcome), to: vehicle)
        // It says Hello again and again; the log need not.
        if let last = refusals[vehicle], last.reason == why, now.seconds(since: last.loggedAt) < 600 {
            return
        }
        refusals[vehicle] = Refused(reason: why, loggedAt: now)
        log.warning("vehicle \(vehicle) is refused: it \(text)")
    }

    /// Tells each vehicle what its clock is wrong by, now and then.
    mutating func correctClocks(everySeconds interval: Double) {
        for (vehicle, session) in sessions where now.seconds(since: session.correctedAt) >= interval {
            guard let clock = link.status(of: vehicle)?.clock, clock.isKnown else { continue }
            sessions[vehicle]?.correctedAt = now
            var correction = ClockCorrection()
            correction.offsetNanoseconds = 0 &- clock.offsetNanoseconds
            correction.uncertaintyNanoseconds = UInt64(clamping: clock.roundTripNanoseconds / 2)
            link.send(.clock(correction), to: vehicle)
        }
    }
}
