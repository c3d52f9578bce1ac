import CKeruenProto
import CProtobufC

extension Downlink {
    /// Decodes one message from the station. Uplink types are `unknownType` here.
    ///
    /// Throws `malformed` for what is not protobuf, `outOfRange` for a string, a coordinate or a mission part
    /// beyond the documented limits, `missingField` for a command without id or a part without mission.
    public static func decode(
        type: Envelope.MessageType, _ body: UnsafeRawBufferPointer, arena: inout DecodeArena
    ) throws(WireError) -> Downlink {
        switch type {
        case .welcome: try arena.unpack(body, keruen__v1__welcome__unpack, welcome)
        case .stationHeartbeat: try arena.unpack(body, keruen__v1__station_heartbeat__unpack, heartbeat)
        case .clock: try arena.unpack(body, keruen__v1__clock_correction__unpack, clock)
        case .command: try arena.unpack(body, keruen__v1__command__unpack, command)
        case .missionPart: try arena.unpack(body, keruen__v1__mission_part__unpack, missionPart)
        case .progressAck: try arena.unpack(body, keruen__v1__progress_ack__unpack, progressAck)
        case .stationGoodbye: try arena.unpack(body, keruen__v1__station_goodbye__unpack, goodbye)
        default: throw .unknownType
        }
    }

    private static func welcome(_ m: Keruen__V1__Welcome) throws(WireError) -> Downlink {
        var v = Welcome()
        v.accepted = m.accepted != 0
        v.refusal = Open(number: m.refusal.rawValue)
        v.minor = m.minor
        v.capabilities = m.capabilities
        v.station = try text(m.station, max: Welcome.textSizeMax)
        v.fence = m.fence
        v.telemetryIntervalMilliseconds = m.telemetry_interval_ms
        v.heartbeatIntervalMilliseconds = m.heartbeat_interval_ms
        v.linkLostAfterMilliseconds = m.link_lost_after_ms
        v.stationTimeNanoseconds = m.station_time_ns
        v.boot = m.boot
        return .welcome(v)
    }

    private static func heartbeat(_ m: Keruen__V1__StationHeartbeat) -> Downlink {
        var v = StationHeartbeat()
        v.nonce = m.nonce
        v.stationTimeNanoseconds = m.station_time_ns
        v.fence = m.fence
        return .heartbeat(v)
    }

    private static func clock(_ m: Keruen__V1__ClockCorrection) -> Downlink {
        var v = ClockCorrection()
        v.offsetNanoseconds = m.offset_ns
        v.uncertaintyNanoseconds = m.uncertainty_ns
        return .clock(v)
    }

    private static func command(_ m: Keruen__V1__Command) throws(WireError) -> Downlink {
        guard m.command_id != 0 else { throw .missingField }
        guard onEarth(m.latitude_e7, m.longitude_e7) else { throw .outOfRange }
        var v = Command()
        v.commandID = m.command_id
        v.fence = m.fence
        v.issuedAtNanoseconds = m.issued_at_ns
        v.notAfterNanoseconds = m.not_after_ns
        v.timeToLiveMilliseconds = m.time_to_live_ms
        v.kind = Open(number: m.kind.rawValue)
        v.mission = MissionReference(packed: m.mission)
        v.latitudeE7 = m.latitude_e7
        v.longitudeE7 = m.longitude_e7
        v.altitudeMillimeters = m.altitude_mm
        v.speedMillimetersPerSecond = m.speed_mm_s
        v.reason = try text(m.reason, max: Command.textSizeMax)
        v.velocityEastMillimetersPerSecond = m.velocity_east_mm_s
        v.velocityNorthMillimetersPerSecond = m.velocity_north_mm_s
        v.climbMillimetersPerSecond = m.climb_mm_s
        v.durationMilliseconds = m.duration_ms
        return .command(v)
    }

    private static func missionPart(_ m: Keruen__V1__MissionPart) throws(WireError) -> Downlink {
        var v = MissionPart()
        v.mission = MissionReference(packed: m.mission)
        guard !v.mission.isNone else { throw .missingField }
        guard m.n_items <= MissionPart.itemsMax, m.parts >= 1, m.parts <= MissionPart.partsMax,
            m.part < m.parts, m.item_count <= MissionPart.missionItemsMax,
            UInt64(m.first_item) + UInt64(m.n_items) <= UInt64(m.item_count)
        else { throw .outOfRange }
        v.fence = m.fence
        v.part = m.part
        v.parts = m.parts
        v.firstItem = m.first_item
        v.itemCount = m.item_count
        v.digest = m.digest
        v.items.reserveCapacity(m.n_items)
        for i in 0..<m.n_items {
            guard let item = m.items[i]?.pointee else { throw .malformed }
            guard onEarth(item.latitude_e7, item.longitude_e7) else { throw .outOfRange }
            v.items.append(missionItem(item))
        }
        return .missionPart(v)
    }

    private static func missionItem(_ m: Keruen__V1__MissionItem) -> MissionItem {
        var v = MissionItem()
        v.action = Open(number: m.action.rawValue)
        v.latitudeE7 = m.latitude_e7
        v.longitudeE7 = m.longitude_e7
        v.altitudeMillimeters = m.altitude_mm
        v.speedMillimetersPerSecond = m.speed_mm_s
        v.durationMilliseconds = m.duration_ms
        v.radiusMillimeters = m.radius_mm
        return v
    }

    private static func progressAck(_ m: Keruen__V1__ProgressAck) -> Downlink {
        var v = ProgressAck()
        v.mission = MissionReference(packed: m.mission)
        v.kind = Open(number: m.kind.rawValue)
        return .progressAck(v)
    }

    private static func goodbye(_ m: Keruen__V1__StationGoodbye) -> Downlink {
        .goodbye(Open(number: m.reason.rawValue))
    }

    private static func onEarth(_ latitudeE7: Int32, _ longitudeE7: Int32) -> Bool {
        Telemetry.within(latitudeE7, Telemetry.latitudeE7Max)
            && Telemetry.within(longitudeE7, Telemetry.longitudeE7Max)
    }
}
