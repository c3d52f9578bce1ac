import Wire

/// One of every message with every field set, the same for ever: what the golden bytes were made from.
enum Samples {
    static let telemetry: Telemetry = {
        var t = Telemetry()
        t.boot = 0x1234_5678
        t.sequence = 42
        t.measuredAtNanoseconds = 1_790_000_000_123_456_789
        t.latitudeE7 = 432_567_890
        t.longitudeE7 = 769_284_650
        t.altitudeMillimeters = 812_345
        t.velocityEastMillimetersPerSecond = 12_345
        t.velocityNorthMillimetersPerSecond = -6_789
        t.velocityUpMillimetersPerSecond = -321
        t.horizontalAccuracyCentimeters = 150
        t.verticalAccuracyCentimeters = 230
        t.rollCentidegrees = -512
        t.pitchCentidegrees = 87
        t.headingCentidegrees = 35_999
        t.yawRateCentidegreesPerSecond = -45
        t.energyKilojoules = 5_400
        t.mode = Open(.moving)
        t.datum = Open(.meanSeaLevel)
        t.fix = Open(.fix3D)
        t.health = [.payload, .brakes]
        t.heartbeatLossPerTenThousand = 125
        t.signalStrengthDBm = -97
        t.payloadGrams = 3_000
        t.missionReference = MissionReference(number: 77, revision: 3, leg: 5)
        return t
    }()

    static let stamp = UplinkStamp(boot: 0x1234_5678, sequence: 7)
    static let mission = MissionReference(number: 77, revision: 3)

    static let uplink: [Uplink] = {
        var hello = Hello()
        hello.vehicleID = 4711
        hello.minorMin = 0
        hello.minorMax = 2
        hello.kind = Open(.vtol)
        hello.capabilities = 0xFF
        hello.model = "Sunqar 25 – Сұңқар"
        hello.software = "1.2.3"
        hello.payloadCapacityGrams = 25_000
        hello.cargoVolumeLiters = 180
        hello.cruiseSpeedMillimetersPerSecond = 30_000
        hello.energyCapacityKilojoules = 21_600
        hello.rangeMeters = 120_000
        hello.mission = mission
        hello.missionDigest = 0xDEAD_BEEF
        hello.lastCommandID = 0x0000_0003_0000_0011
        hello.fence = 3
        var heartbeat = VehicleHeartbeat()
        heartbeat.nonce = 99
        heartbeat.stationTimeNanoseconds = 1_790_000_000_000_000_000
        heartbeat.receivedAtNanoseconds = 1_790_000_000_010_000_000
        heartbeat.sentAtNanoseconds = 1_790_000_000_011_000_000
        var ack = CommandAck()
        ack.commandID = 0x0000_0003_0000_0011
        ack.stage = Open(.rejected)
        ack.rejection = Open(.energy)
        ack.atNanoseconds = 1_790_000_000_500_000_000
        var missionAck = MissionAck()
        missionAck.mission = mission
        missionAck.part = 2
        missionAck.result = Open(.complete)
        missionAck.digest = 0xCAFE_F00D
        var progress = MissionProgress()
        progress.mission = MissionReference(number: 77, revision: 3, leg: 9)
        progress.kind = Open(.unloaded)
        progress.atNanoseconds = 1_790_000_001_000_000_000
        progress.payloadGrams = 1_500
        var event = VehicleEvent()
        event.kind = Open(.energyLow)
        event.atNanoseconds = 1_790_000_002_000_000_000
        event.value = -40
        event.text = "cell 7 is cold"
        return [
            .hello(stamp, hello), .heartbeat(stamp, heartbeat), .commandAck(stamp, ack),
            .missionAck(stamp, missionAck), .progress(stamp, progress), .event(stamp, event),
            .goodbye(stamp, Open(.maintenance)),
        ]
    }()

    static let items: [MissionItem] = (0..<3).map { index in
        var item = MissionItem()
        item.action = Open(number: UInt32(index + 1))
        item.latitudeE7 = 432_567_890 + Int32(index) * 1000
        item.longitudeE7 = -769_284_650
        item.altitudeMillimeters = 900_000
        item.speedMillimetersPerSecond = 15_000
        item.durationMilliseconds = UInt32(index) * 1000
        item.radiusMillimeters = 5_000
        return item
    }

    static let downlink: [Downlink] = {
        var welcome = Welcome()
        welcome.accepted = true
        welcome.refusal = Open(.busy)
        welcome.minor = 1
        welcome.capabilities = 0x7F
        welcome.station = "Almaty 1"
        welcome.fence = 3
        welcome.stationTimeNanoseconds = 1_790_000_000_000_000_000
        welcome.boot = 0x1234_5678
        var heartbeat = StationHeartbeat()
        heartbeat.nonce = 99
        heartbeat.stationTimeNanoseconds = 1_790_000_000_000_000_000
        heartbeat.fence = 3
        var clock = ClockCorrection()
        clock.offsetNanoseconds = -1_500_000
        clock.uncertaintyNanoseconds = 250_000
        var command = Command()
        command.commandID = 0x0000_0003_0000_0011
        command.fence = 3
        command.issuedAtNanoseconds = 1_790_000_000_000_000_000
        command.notAfterNanoseconds = 1_790_000_005_000_000_000
        command.timeToLiveMilliseconds = 5_000
        command.kind = Open(.goTo)
        command.mission = mission
        command.latitudeE7 = 432_567_890
        command.longitudeE7 = 769_284_650
        command.altitudeMillimeters = 950_000
        command.speedMillimetersPerSecond = 12_000
        command.reason = "crossing traffic"
        var manoeuvre = command
        manoeuvre.commandID += 1
        manoeuvre.kind = Open(.manoeuvre)
        (manoeuvre.latitudeE7, manoeuvre.longitudeE7) = (0, 0)
        manoeuvre.speedMillimetersPerSecond = 0
        manoeuvre.velocityEastMillimetersPerSecond = -14_142
        manoeuvre.velocityNorthMillimetersPerSecond = 7_071
        manoeuvre.climbMillimetersPerSecond = 3_000
        manoeuvre.durationMilliseconds = 20_000
        var progressAck = ProgressAck()
        progressAck.mission = MissionReference(number: 77, revision: 3, leg: 9)
        progressAck.kind = Open(.unloaded)
        return [
            .welcome(welcome), .heartbeat(heartbeat), .clock(clock), .command(command), .command(manoeuvre),
            .missionPart(MissionPart.split(mission: mission, fence: 3, items: items)[0]),
            .progressAck(progressAck), .goodbye(Open(.shutdown)),
        ]
    }()
}

/// SplitMix64, so that a failing seed is the same anywhere.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The envelope and message of `telemetry`.
func frame(of telemetry: Telemetry) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Telemetry.frameSize)
    bytes.withUnsafeMutableBytes { _ = telemetry.encodeFrame(into: $0) }
    return bytes
}

/// What envelope and codec make of an uplink frame.
func decodeUplink(_ frame: [UInt8], arena: inout DecodeArena) throws -> Uplink {
    try frame.withUnsafeBytes { bytes in
        let (type, body) = try Envelope.parse(bytes)
        return try Uplink.decode(type: type, body, arena: &arena)
    }
}

/// What envelope and codec make of a downlink frame.
func decodeDownlink(_ frame: [UInt8], arena: inout DecodeArena) throws -> (topic: UInt32, message: Downlink) {
    try frame.withUnsafeBytes { bytes in
        let (topic, type, body) = try Envelope.parseDownlink(bytes)
        return (topic, try Downlink.decode(type: type, body, arena: &arena))
    }
}
