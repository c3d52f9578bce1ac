import CKeruenProto
import CProtobufC

extension Uplink {
    /// Decodes one cold message. Telemetry has its own path and is `unknownType` here, as downlink types are.
    ///
    /// Throws `malformed` for what is not protobuf, `missingField` without boot (or Hello without vehicle id),
    /// `outOfRange` for a string beyond its documented length or minor versions the wrong way round.
    public static func decode(
        type: Envelope.MessageType, _ body: UnsafeRawBufferPointer, arena: inout DecodeArena
    ) throws(WireError) -> Uplink {
        switch type {
        case .hello: try arena.unpack(body, keruen__v1__hello__unpack, hello)
        case .heartbeat: try arena.unpack(body, keruen__v1__vehicle_heartbeat__unpack, heartbeat)
        case .commandAck: try arena.unpack(body, keruen__v1__command_ack__unpack, commandAck)
        case .missionAck: try arena.unpack(body, keruen__v1__mission_ack__unpack, missionAck)
        case .progress: try arena.unpack(body, keruen__v1__mission_progress__unpack, progress)
        case .event: try arena.unpack(body, keruen__v1__vehicle_event__unpack, event)
        case .goodbye: try arena.unpack(body, keruen__v1__vehicle_goodbye__unpack, goodbye)
        default: throw .unknownType
        }
    }

    private static func stamp(_ boot: UInt32, _ sequence: UInt32) throws(WireError) -> UplinkStamp {
        guard boot != 0 else { throw .missingField }
        return UplinkStamp(boot: boot, sequence: sequence)
    }

    private static func hello(_ m: Keruen__V1__Hello) throws(WireError) -> Uplink {
        var v = Hello()
        guard m.vehicle_id != 0 else { throw .missingField }
        guard m.minor_min <= m.minor_max else { throw .outOfRange }
        v.vehicleID = m.vehicle_id
        v.minorMin = m.minor_min
        v.minorMax = m.minor_max
        v.kind = Open(number: m.kind.rawValue)
        v.capabilities = m.capabilities
        v.model = try text(m.model, max: Hello.textSizeMax)
        v.software = try text(m.software, max: Hello.textSizeMax)
        v.payloadCapacityGrams = m.payload_capacity_g
        v.cargoVolumeLiters = m.cargo_volume_l
        v.cruiseSpeedMillimetersPerSecond = m.cruise_speed_mm_s
        v.energyCapacityKilojoules = m.energy_capacity_kj
        v.rangeMeters = m.range_m
        v.mission = MissionReference(packed: m.mission)
        v.missionDigest = m.mission_digest
        v.lastCommandID = m.last_command_id
        v.fence = m.fence
        return .hello(try stamp(m.boot, m.sequence), v)
    }

    private static func heartbeat(_ m: Keruen__V1__VehicleHeartbeat) throws(WireError) -> Uplink {
        var v = VehicleHeartbeat()
        v.nonce = m.nonce
        v.stationTimeNanoseconds = m.station_time_ns
        v.receivedAtNanoseconds = m.received_at_ns
        v.sentAtNanoseconds = m.sent_at_ns
        return .heartbeat(try stamp(m.boot, m.sequence), v)
    }

    private static func commandAck(_ m: Keruen__V1__CommandAck) throws(WireError) -> Uplink {
        var v = CommandAck()
        v.commandID = m.command_id
        v.stage = Open(number: m.stage.rawValue)
        v.rejection = Open(number: m.rejection.rawValue)
        v.atNanoseconds = m.at_ns
        return .commandAck(try stamp(m.boot, m.sequence), v)
    }

    private static func missionAck(_ m: Keruen__V1__MissionAck) throws(WireError) -> Uplink {
        var v = MissionAck()
        v.mission = MissionReference(packed: m.mission)
        v.part = m.part
        v.result = Open(number: m.result.rawValue)
        v.digest = m.digest
        return .missionAck(try stamp(m.boot, m.sequence), v)
    }

    private static func progress(_ m: Keruen__V1__MissionProgress) throws(WireError) -> Uplink {
        var v = MissionProgress()
        v.mission = MissionReference(packed: m.mission)
        v.kind = Open(number: m.kind.rawValue)
        v.atNanoseconds = m.at_ns
        v.payloadGrams = m.payload_g
        return .progress(try stamp(m.boot, m.sequence), v)
    }

    private static func event(_ m: Keruen__V1__VehicleEvent) throws(WireError) -> Uplink {
        var v = VehicleEvent()
        v.kind = Open(number: m.kind.rawValue)
        v.atNanoseconds = m.at_ns
        v.value = m.value
        v.text = try text(m.text, max: VehicleEvent.textSizeMax)
        return .event(try stamp(m.boot, m.sequence), v)
    }

    private static func goodbye(_ m: Keruen__V1__VehicleGoodbye) throws(WireError) -> Uplink {
        .goodbye(try stamp(m.boot, m.sequence), Open(number: m.reason.rawValue))
    }
}
