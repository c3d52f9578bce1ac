import CKeruenProto
import CProtobufC

extension Uplink {
    /// Envelope and message, ready to send. Texts beyond their limit are cut at a character.
    public func encode() -> [UInt8] {
        switch self {
        case .hello(let stamp, let v): return Self.hello(stamp, v)
        case .heartbeat(let stamp, let v):
            var m = Keruen__V1__VehicleHeartbeat()
            keruen__v1__vehicle_heartbeat__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.nonce = v.nonce
            m.station_time_ns = v.stationTimeNanoseconds
            m.received_at_ns = v.receivedAtNanoseconds
            m.sent_at_ns = v.sentAtNanoseconds
            return frame(
                .heartbeat, &m, size: keruen__v1__vehicle_heartbeat__get_packed_size,
                pack: keruen__v1__vehicle_heartbeat__pack)
        case .commandAck(let stamp, let v):
            var m = Keruen__V1__CommandAck()
            keruen__v1__command_ack__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.command_id = v.commandID
            m.stage = .init(v.stage.number)
            m.rejection = .init(v.rejection.number)
            m.at_ns = v.atNanoseconds
            return frame(
                .commandAck, &m, size: keruen__v1__command_ack__get_packed_size,
                pack: keruen__v1__command_ack__pack)
        case .missionAck(let stamp, let v):
            var m = Keruen__V1__MissionAck()
            keruen__v1__mission_ack__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.mission = v.mission.packed
            m.part = v.part
            m.result = .init(v.result.number)
            m.digest = v.digest
            return frame(
                .missionAck, &m, size: keruen__v1__mission_ack__get_packed_size,
                pack: keruen__v1__mission_ack__pack)
        case .progress(let stamp, let v):
            var m = Keruen__V1__MissionProgress()
            keruen__v1__mission_progress__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.mission = v.mission.packed
            m.kind = .init(v.kind.number)
            m.at_ns = v.atNanoseconds
            m.payload_g = v.payloadGrams
            return frame(
                .progress, &m, size: keruen__v1__mission_progress__get_packed_size,
                pack: keruen__v1__mission_progress__pack)
        case .event(let stamp, let v):
            var m = Keruen__V1__VehicleEvent()
            keruen__v1__vehicle_event__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.kind = .init(v.kind.number)
            m.at_ns = v.atNanoseconds
            m.value = v.value
            return withText(v.text, max: VehicleEvent.textSizeMax) { text in
                m.text = text
                return frame(
                    .event, &m, size: keruen__v1__vehicle_event__get_packed_size,
                    pack: keruen__v1__vehicle_event__pack)
            }
        case .goodbye(let stamp, let reason):
            var m = Keruen__V1__VehicleGoodbye()
            keruen__v1__vehicle_goodbye__init(&m)
            m.boot = stamp.boot
            m.sequence = stamp.sequence
            m.reason = .init(reason.number)
            return frame(
                .goodbye, &m, size: keruen__v1__vehicle_goodbye__get_packed_size,
                pack: keruen__v1__vehicle_goodbye__pack)
        }
    }

    private static func hello(_ stamp: UplinkStamp, _ v: Hello) -> [UInt8] {
        var m = Keruen__V1__Hello()
        keruen__v1__hello__init(&m)
        m.boot = stamp.boot
        m.sequence = stamp.sequence
        m.vehicle_id = v.vehicleID
        m.minor_min = v.minorMin
        m.minor_max = v.minorMax
        m.kind = .init(v.kind.number)
        m.capabilities = v.capabilities
        m.payload_capacity_g = v.payloadCapacityGrams
        m.cargo_volume_l = v.cargoVolumeLiters
        m.cruise_speed_mm_s = v.cruiseSpeedMillimetersPerSecond
        m.energy_capacity_kj = v.energyCapacityKilojoules
        m.range_m = v.rangeMeters
        m.mission = v.mission.packed
        m.mission_digest = v.missionDigest
        m.last_command_id = v.lastCommandID
        m.fence = v.fence
        return withText(v.model, max: Hello.textSizeMax) { model in
            withText(v.software, max: Hello.textSizeMax) { software in
                m.model = model
                m.software = software
                return frame(
                    .hello, &m, size: keruen__v1__hello__get_packed_size, pack: keruen__v1__hello__pack)
            }
        }
    }
}
