import Wire

extension VehicleSession {
    /// Takes one message of the station.
    public mutating func receive(_ message: Downlink, at time: VehicleTime, out: inout SessionOutput) {
        observe(time)
        switch (state, message) {
        case (.closed, _): return ignore(.noSession)
        case (.refused, .welcome): break
        case (.refused, _): return ignore(.noSession)
        default: break
        }
        switch message {
        case .welcome(let welcome): take(welcome)
        case .heartbeat(let heartbeat): answer(heartbeat, &out)
        case .clock(let correction): take(correction)
        case .command(let command):
            guard isWelcomed else { return ignore(.noSession) }
            take(command, &out)
        case .missionPart(let part):
            guard isWelcomed else { return ignore(.noSession) }
            take(part, &out)
        case .progressAck(let ack):
            if !outbox.acknowledge(ack) { ignore(.unknownProgress) }
        case .goodbye(let reason):
            // Silence follows; the link watch decides what that means for the flight.
            state = reason.known == .revoked ? .refused(Open(.revoked)) : .greeting
            nextHelloAt = now.monotonicNanoseconds.saturatingAdd(WireLimits.helloMilliseconds * 1_000_000)
        }
    }

    private mutating func take(_ welcome: Welcome) {
        guard welcome.boot == boot else { return ignore(.bootMismatch) }
        guard welcome.accepted else {
            state = .refused(welcome.refusal)
            nextHelloAt = now.monotonicNanoseconds.saturatingAdd(
                WireLimits.refusedHelloMilliseconds * 1_000_000)
            return
        }
        guard admit(fence: welcome.fence) else { return }
        let wasOpen = state == .open
        state = .open
        isWelcomed = true
        telemetryInterval = Self.nanoseconds(
            welcome.telemetryIntervalMilliseconds, WireLimits.telemetryIntervalMilliseconds)
        beatInterval = Self.nanoseconds(
            welcome.heartbeatIntervalMilliseconds, WireLimits.heartbeatIntervalMilliseconds)
        lostAfter = Self.nanoseconds(welcome.linkLostAfterMilliseconds, WireLimits.linkLostMilliseconds)
        if !clockIsCorrected, welcome.stationTimeNanoseconds != 0 {
            clockOffsetNanoseconds = Int64(clamping: welcome.stationTimeNanoseconds)
                .saturatingSubtract(now.wallNanoseconds)
        }
        link.heard(at: now.monotonicNanoseconds)
        if !wasOpen {
            outbox.restart()
            nextTelemetryAt = now.monotonicNanoseconds
        }
    }

    private static func nanoseconds(_ milliseconds: UInt32, _ range: ClosedRange<UInt32>) -> Int64 {
        Int64(min(max(milliseconds, range.lowerBound), range.upperBound)) * 1_000_000
    }

    private mutating func admit(fence: UInt64) -> Bool {
        let old = memory.fence
        guard memory.admit(fence: fence) else {
            ignore(.oldFence)
            return false
        }
        if fence != old { memoryRevision &+= 1 }
        return true
    }

    private mutating func answer(_ heartbeat: StationHeartbeat, _ out: inout SessionOutput) {
        let known = memory.fence
        guard admit(fence: heartbeat.fence) else { return }
        link.heard(at: now.monotonicNanoseconds)
        link.beat(at: now.monotonicNanoseconds)
        // Another station, or the same one restarted, controls now and has not met this vehicle.
        if state == .open, heartbeat.fence > known { reconnected() }
        guard state == .open else { return }
        var answer = VehicleHeartbeat()
        answer.nonce = heartbeat.nonce
        answer.stationTimeNanoseconds = heartbeat.stationTimeNanoseconds
        answer.receivedAtNanoseconds = UInt64(clamping: now.wallNanoseconds)
        answer.sentAtNanoseconds = answer.receivedAtNanoseconds
        out.uplinks.append(.heartbeat(nextStamp(), answer))
    }

    /// The offset is of the uncorrected clock, which heartbeats report, so that hearing it twice changes nothing.
    private mutating func take(_ correction: ClockCorrection) {
        guard state == .open,
            correction.uncertaintyNanoseconds / 1_000_000
                <= UInt64(WireLimits.clockUncertaintyMaxMilliseconds)
        else {
            return ignore(.implausibleClock)
        }
        clockOffsetNanoseconds = correction.offsetNanoseconds
        clockIsCorrected = true
    }

    private mutating func take(_ part: MissionPart, _ out: inout SessionOutput) {
        guard admit(fence: part.fence) else { return answer(part, .fence, &out) }
        link.heard(at: now.monotonicNanoseconds)
        let reference = part.mission.withoutLeg
        // All of it is held already: an acknowledgement was lost.
        if let held = autopilot.mission, held.reference == reference, held.digest == part.digest {
            return answer(part, .complete, &out)
        }
        guard !reference.isNone else { return answer(part, .invalid, &out) }
        guard autopilot.canTakeMission else { return answer(part, .busy, &out) }
        switch assembly.add(part) {
        case .part: answer(part, .part, &out)
        case .digest: answer(part, .digest, &out)
        case .invalid: answer(part, .invalid, &out)
        case .complete(let items):
            let mission = HeldMission(
                reference: reference, digest: part.digest, items: items, flies: autopilot.limits.flies)
            guard let mission else { return answer(part, .invalid, &out) }
            answer(part, autopilot.load(mission) ? .complete : .busy, &out)
        }
    }

    private mutating func answer(
        _ part: MissionPart, _ result: MissionAckResult, _ out: inout SessionOutput
    ) {
        var ack = MissionAck()
        ack.mission = part.mission.withoutLeg
        ack.part = part.part
        ack.result = Open(result)
        if result == .complete { ack.digest = autopilot.mission?.digest ?? 0 }
        out.uplinks.append(.missionAck(nextStamp(), ack))
    }
}
