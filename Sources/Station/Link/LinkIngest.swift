import CLinux
import Wire

extension LinkTable {
    /// Takes one uplink frame: identity, limits, decoding, validation, then the vehicle's row. Nothing is touched
    /// until all of it is believed. Telemetry allocates nothing.
    mutating func ingest(
        _ frame: UnsafeRawBufferPointer, from identity: LinkIdentity?, descriptor: Int32, isMultipart: Bool,
        at now: Int64, arena: inout DecodeArena
    ) {
        guard let identity else { return refuse(.identityMissing) }
        guard let index = index(of: identity.id) else { return refuse(.revoked) }
        guard rows[index].isAllowed, rows[index].generation == identity.generation else {
            var connection = LinkConnection(
                descriptor: descriptor, cookie: keruen_socket_cookie(descriptor))
            connection.shut()
            return refuse(.revoked, at: index)
        }
        guard register(descriptor, at: index) else { return refuse(.replaced, at: index) }
        rows[index].uplink.delivered &+= UInt64(truncatingIfNeeded: frame.count) &+ LinkConnection.overhead
        guard
            rows[index].bucket.take(
                at: now, burst: configuration.messageBurst, perSecond: configuration.messagesPerSecond)
        else { return refuseFlood(at: index) }
        guard !isMultipart else { return refuse(.multipart, at: index) }
        do throws(WireError) {
            let (type, body) = try Envelope.parse(frame)
            if type == .telemetry {
                let telemetry = try Telemetry.decode(body)
                try telemetry.validate()
                accept(telemetry, at: index, now)
            } else {
                accept(try Uplink.decode(type: type, body, arena: &arena), at: index, now)
            }
        } catch { refuse(LinkRefusal(error), at: index) }
    }

    /// Newest connection of a key wins, the older is shut. False for frames the older left behind.
    @inline(__always)
    private mutating func register(_ descriptor: Int32, at index: Int) -> Bool {
        rows[index].uplink.descriptor == descriptor || registerNew(descriptor, at: index)
    }

    private mutating func registerNew(_ descriptor: Int32, at index: Int) -> Bool {
        let cookie = keruen_socket_cookie(descriptor)
        // A message may outlive its connection; it is the vehicle's all the same.
        if cookie == 0 { return rows[index].uplink.cookie == 0 }
        guard cookie != rows[index].formerCookie else { return false }
        if rows[index].uplink.cookie != 0 { rows[index].formerCookie = rows[index].uplink.cookie }
        rows[index].uplink.shut()
        rows[index].uplink = LinkConnection(descriptor: descriptor, cookie: cookie)
        rows[index].uplink.forgiveHandshake()
        return true
    }

    /// A connection that talks a hundred times too much is shut: reading it costs the others.
    private mutating func refuseFlood(at index: Int) {
        refuse(.flood, at: index)
        rows[index].floods &+= 1
        guard rows[index].floods > Self.floodMax else { return }
        rows[index].floods = 0
        rows[index].formerCookie = rows[index].uplink.cookie
        rows[index].uplink.shut()
    }

    /// Messages beyond the rate between two inspections.
    private static let floodMax: UInt32 = 10_000

    private mutating func accept(_ new: Telemetry, at index: Int, _ now: Int64) {
        let isNewBoot = new.boot != rows[index].boot
        let last = isNewBoot ? -1 : rows[index].telemetrySequence
        guard !isNewBoot || !rows[index].hasEnded(new.boot), Int64(new.sequence) >= last else {
            return refuse(.replayed, at: index)
        }
        guard Int64(new.sequence) > last else { return refuse(.duplicate, at: index) }
        // Times of measurement are by the corrected clock, which may be wrong by what the correction was unsure of.
        let ahead = Int64(clamping: new.measuredAtNanoseconds).subtractingSaturated(now)
        guard
            ahead <= configuration.futureNanoseconds
                || ahead <= configuration.futureNanoseconds + rows[index].clock.uncertaintyNanoseconds
        else { return refuse(.future, at: index) }
        // As much again is forgiven in the other direction.
        guard
            ahead >= -configuration.lateNanoseconds
                || ahead + rows[index].clock.uncertaintyNanoseconds >= -configuration.lateNanoseconds
        else { return refuse(.late, at: index) }
        guard last < 0 || Self.canMove(from: rows[index].telemetry, to: new) else {
            return refuse(.jump, at: index)
        }
        if isNewBoot { begin(boot: new.boot, at: index) }
        if last >= 0 {
            let gap = Int64(new.sequence) - last - 1
            rows[index].lost &+= UInt32(truncatingIfNeeded: gap)
            totals.lost &+= UInt64(truncatingIfNeeded: gap)
        }
        rows[index].telemetrySequence = Int64(new.sequence)
        rows[index].telemetry = new
        rows[index].telemetryAt = now
        rows[index].heardAt = now
        totals.accepted &+= 1
        if !rows[index].isChanged {
            rows[index].isChanged = true
            changed.append(index)
        }
    }

    private mutating func accept(_ message: Uplink, at index: Int, _ now: Int64) {
        let stamp = message.stamp
        let isNewBoot = stamp.boot != rows[index].boot
        let last = isNewBoot ? -1 : rows[index].messageSequence
        guard !isNewBoot || !rows[index].hasEnded(stamp.boot), Int64(stamp.sequence) >= last else {
            return refuse(.replayed, at: index)
        }
        guard Int64(stamp.sequence) > last else { return refuse(.duplicate, at: index) }
        if case .hello(_, let hello) = message, hello.vehicleID != ids[index] {
            return refuse(.outOfRange, at: index)
        }
        if case .heartbeat(_, let beat) = message {
            if isNewBoot { begin(boot: stamp.boot, at: index) }
            if let sent = heartbeats.time(of: beat.nonce) {
                rows[index].clock.add(
                    sent: sent, received: Int64(clamping: beat.receivedAtNanoseconds),
                    sentOn: Int64(clamping: beat.sentAtNanoseconds), returned: now)
            }
        } else {
            guard inbox.count < configuration.inboxMax,
                Int(rows[index].waiting) < configuration.inboxMaxPerVehicle
            else { return refuse(.inboxFull, at: index) }
            if isNewBoot { begin(boot: stamp.boot, at: index) }
            rows[index].waiting += 1
            inbox.append(LinkBatch.Saying(vehicle: ids[index], receivedAt: now, message: message))
        }
        rows[index].messageSequence = Int64(stamp.sequence)
        rows[index].heardAt = now
        totals.accepted &+= 1
    }

    private mutating func begin(boot: UInt32, at index: Int) {
        let former = rows[index].formerBoots
        rows[index].formerBoots = SIMD4(rows[index].boot, former.x, former.y, former.z)
        rows[index].boot = boot
        rows[index].telemetrySequence = -1
        rows[index].messageSequence = -1
        rows[index].clock = ClockEstimate()
    }
}

extension LinkTable.Row {
    /// Whether this was the boot of an earlier run.
    func hasEnded(_ boot: UInt32) -> Bool { any(formerBoots .== boot) }
}

extension Uplink {
    var stamp: UplinkStamp {
        switch self {
        case .hello(let stamp, _), .heartbeat(let stamp, _), .commandAck(let stamp, _),
            .missionAck(let stamp, _), .progress(let stamp, _), .event(let stamp, _), .goodbye(let stamp, _):
            stamp
        }
    }
}

extension Int64 {
    /// The difference, or the nearest number there is.
    func subtractingSaturated(_ other: Int64) -> Int64 {
        let (value, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : value
    }
}
