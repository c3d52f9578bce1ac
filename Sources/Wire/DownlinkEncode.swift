import CKeruenProto
import CProtobufC

extension Downlink {
    /// Topic (the vehicle's number, 0 for all), envelope and message, ready to send. Texts beyond their limit are
    /// cut at a character.
    public func encode(topic: UInt32) -> [UInt8] {
        switch self {
        case .welcome(let v): return Self.welcome(v, topic: topic)
        case .heartbeat(let v):
            var m = Keruen__V1__StationHeartbeat()
            keruen__v1__station_heartbeat__init(&m)
            m.nonce = v.nonce
            m.station_time_ns = v.stationTimeNanoseconds
            m.fence = v.fence
            return frame(
                .stationHeartbeat, topic: topic, &m, size: keruen__v1__station_heartbeat__get_packed_size,
                pack: keruen__v1__station_heartbeat__pack)
        case .clock(let v):
            var m = Keruen__V1__ClockCorrection()
            keruen__v1__clock_correction__init(&m)
            m.offset_ns = v.offsetNanoseconds
            m.uncertainty_ns = v.uncertaintyNanoseconds
            return frame(
                .clock, topic: topic, &m, size: keruen__v1__clock_correction__get_packed_size,
                pack: keruen__v1__clock_correction__pack)
        case .command(let v): return Self.command(v, topic: topic)
        case .missionPart(let v): return Self.missionPart(v, topic: topic)
        case .progressAck(let v):
            var m = Keruen__V1__ProgressAck()
            keruen__v1__progress_ack__init(&m)
            m.mission = v.mission.packed
            m.kind = .init(v.kind.number)
            return frame(
                .progressAck, topic: topic, &m, size: keruen__v1__progress_ack__get_packed_size,
                pack: keruen__v1__progress_ack__pack)
        case .goodbye(let reason):
            var m = Keruen__V1__StationGoodbye()
            keruen__v1__station_goodbye__init(&m)
            m.reason = .init(reason.number)
            return frame(
                .stationGoodbye, topic: topic, &m, size: keruen__v1__station_goodbye__get_packed_size,
                pack: keruen__v1__station_goodbye__pack)
        }
    }

    private static func welcome(_ v: Welcome, topic: UInt32) -> [UInt8] {
        var m = Keruen__V1__Welcome()
        keruen__v1__welcome__init(&m)
        m.accepted = v.accepted ? 1 : 0
        m.refusal = .init(v.refusal.number)
        m.minor = v.minor
        m.capabilities = v.capabilities
        m.fence = v.fence
        m.telemetry_interval_ms = v.telemetryIntervalMilliseconds
        m.heartbeat_interval_ms = v.heartbeatIntervalMilliseconds
        m.link_lost_after_ms = v.linkLostAfterMilliseconds
        m.station_time_ns = v.stationTimeNanoseconds
        m.boot = v.boot
        return withText(v.station, max: Welcome.textSizeMax) { station in
            m.station = station
            return frame(
                .welcome, topic: topic, &m, size: keruen__v1__welcome__get_packed_size,
                pack: keruen__v1__welcome__pack)
        }
    }

    private static func command(_ v: Command, topic: UInt32) -> [UInt8] {
        var m = Keruen__V1__Command()
        keruen__v1__command__init(&m)
        m.command_id = v.commandID
        m.fence = v.fence
        m.issued_at_ns = v.issuedAtNanoseconds
        m.not_after_ns = v.notAfterNanoseconds
        m.time_to_live_ms = v.timeToLiveMilliseconds
        m.kind = .init(v.kind.number)
        m.mission = v.mission.packed
        m.latitude_e7 = v.latitudeE7
        m.longitude_e7 = v.longitudeE7
        m.altitude_mm = v.altitudeMillimeters
        m.speed_mm_s = v.speedMillimetersPerSecond
        m.velocity_east_mm_s = v.velocityEastMillimetersPerSecond
        m.velocity_north_mm_s = v.velocityNorthMillimetersPerSecond
        m.climb_mm_s = v.climbMillimetersPerSecond
        m.duration_ms = v.durationMilliseconds
        return withText(v.reason, max: Command.textSizeMax) { reason in
            m.reason = reason
            return frame(
                .command, topic: topic, &m, size: keruen__v1__command__get_packed_size,
                pack: keruen__v1__command__pack)
        }
    }

    private static func missionPart(_ v: MissionPart, topic: UInt32) -> [UInt8] {
        precondition(v.items.count <= MissionPart.itemsMax, "a mission part holds at most 32 items")
        var m = Keruen__V1__MissionPart()
        keruen__v1__mission_part__init(&m)
        m.mission = v.mission.packed
        m.fence = v.fence
        m.part = v.part
        m.parts = v.parts
        m.first_item = v.firstItem
        m.item_count = v.itemCount
        m.digest = v.digest
        var items = v.items.map { item in
            var c = Keruen__V1__MissionItem()
            keruen__v1__mission_item__init(&c)
            c.action = .init(item.action.number)
            c.latitude_e7 = item.latitudeE7
            c.longitude_e7 = item.longitudeE7
            c.altitude_mm = item.altitudeMillimeters
            c.speed_mm_s = item.speedMillimetersPerSecond
            c.duration_ms = item.durationMilliseconds
            c.radius_mm = item.radiusMillimeters
            return c
        }
        return items.withUnsafeMutableBufferPointer { items in
            var pointers = items.indices.map { index in items.baseAddress.map { $0 + index } }
            return pointers.withUnsafeMutableBufferPointer { pointers in
                m.n_items = pointers.count
                m.items = pointers.baseAddress
                return frame(
                    .missionPart, topic: topic, &m, size: keruen__v1__mission_part__get_packed_size,
                    pack: keruen__v1__mission_part__pack)
            }
        }
    }
}
