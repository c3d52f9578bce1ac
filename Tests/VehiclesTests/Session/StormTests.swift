import Testing
import Wire
import World

@testable import Vehicles

/// Seeded storms of whatever may come: repeated, reordered, from old stations, with garbage, while clocks jump.
@Suite struct StormTests {
    /// Items that tell which mission they belong to by their altitude.
    static let missions: [(MissionReference, [MissionItem])] = [1, 2, 3].map(mission)

    private static func mission(_ number: Int) -> (MissionReference, [MissionItem]) {
        var items: [MissionItem] = []
        for index in 0..<(40 + number * 7) {
            let north = Double(index % 9) * 20 - 80
            let east = Double(index % 5) * 10
            let action: MissionAction = index < 36 ? .fly : .contingency
            items.append(item(action, north: north, east: east, altitude: 210_000 + Int32(number)))
        }
        return (MissionReference(number: UInt64(number), revision: UInt16(number)), items)
    }

    func message(_ rig: Rig, _ random: inout SplitMix64) -> Downlink {
        let garbage = { (random: inout SplitMix64) -> UInt64 in
            [0, 1, .max, UInt64(Int64.max), UInt64(Int64.max) + 1, random.next()].randomElement(
                using: &random)
                ?? 0
        }
        let fence = UInt64([4, 5, 5, 5, 5, 5, 5, 5].randomElement(using: &random) ?? 5)
        switch random.next() % 12 {
        case 0:
            var welcome = Welcome()
            welcome.accepted = random.next() % 8 != 0
            welcome.boot = random.next() % 4 == 0 ? UInt32(truncatingIfNeeded: garbage(&random)) : 77
            welcome.fence = fence
            welcome.refusal = Open(number: UInt32(truncatingIfNeeded: garbage(&random)))
            welcome.telemetryIntervalMilliseconds = UInt32(truncatingIfNeeded: garbage(&random))
            welcome.linkLostAfterMilliseconds = UInt32(truncatingIfNeeded: garbage(&random))
            welcome.heartbeatIntervalMilliseconds = UInt32(truncatingIfNeeded: garbage(&random))
            welcome.stationTimeNanoseconds = garbage(&random)
            return .welcome(welcome)
        case 1, 2:
            var heartbeat = StationHeartbeat()
            heartbeat.fence = fence
            heartbeat.nonce = garbage(&random)
            heartbeat.stationTimeNanoseconds = garbage(&random)
            return .heartbeat(heartbeat)
        case 3:
            var clock = ClockCorrection()
            clock.offsetNanoseconds = Int64(bitPattern: garbage(&random))
            clock.uncertaintyNanoseconds = random.next() % 2 == 0 ? 0 : garbage(&random)
            return .clock(clock)
        case 4, 5, 6:
            var command = rig.command(1 + random.next() % 400, .hold, fence: fence)
            command.kind = Open(number: UInt32(random.next() % 12))
            if random.next() % 8 == 0 { command.commandID = garbage(&random) }
            if random.next() % 4 == 0 { command.notAfterNanoseconds = garbage(&random) }
            command.mission = Self.missions[Int(random.next() % 3)].0
            command.altitudeMillimeters = Int32(truncatingIfNeeded: garbage(&random))
            if random.next() % 2 == 0 {
                command.altitudeMillimeters = 260_000
                command.velocityEastMillimetersPerSecond = Int32(random.next() % 20_000) - 10_000
                command.climbMillimetersPerSecond = UInt32(random.next() % 4_000)
                command.durationMilliseconds = UInt32(random.next() % 8_000)
            } else {
                command.velocityNorthMillimetersPerSecond = Int32(truncatingIfNeeded: garbage(&random))
                command.durationMilliseconds = UInt32(truncatingIfNeeded: garbage(&random))
            }
            command.latitudeE7 = Int32(truncatingIfNeeded: garbage(&random))
            command.longitudeE7 = Int32(truncatingIfNeeded: garbage(&random))
            command.speedMillimetersPerSecond = UInt32(truncatingIfNeeded: garbage(&random))
            return .command(command)
        case 7, 8, 9:
            let (reference, items) = Self.missions[Int(random.next() % 3)]
            let parts = MissionPart.split(mission: reference, fence: fence, items: items)
            var part = parts[Int(random.next() % UInt64(parts.count))]
            switch random.next() % 30 {
            case 0: part.digest = UInt32(truncatingIfNeeded: garbage(&random))
            case 1: part.part = UInt32(truncatingIfNeeded: garbage(&random))
            case 2: part.parts = UInt32(truncatingIfNeeded: garbage(&random))
            case 3: part.firstItem = UInt32(truncatingIfNeeded: garbage(&random))
            case 4: part.items = Self.missions[Int(random.next() % 3)].1
            case 5: part.items = Array(Self.missions[Int(random.next() % 3)].1.prefix(part.items.count))
            default: break
            }
            return .missionPart(part)
        case 10:
            var ack = ProgressAck()
            ack.mission = MissionReference(packed: garbage(&random))
            ack.kind = Open(number: UInt32(random.next() % 8))
            return .progressAck(ack)
        default:
            return .goodbye(Open(number: UInt32(random.next() % 4)))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func nothingTrapsMixesOrRunsTwice(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var rig = Rig()
        rig.welcome()
        var considered: [UInt64: Int] = [:]
        var sequence: UInt32 = 0
        var delayed: [Downlink] = []
        var missionsHeld = Set<UInt64>()
        for _ in 0..<6000 {
            let fresh = message(rig, &random)
            delayed.append(fresh)
            // Now, later, twice, or never.
            if random.next() % 3 == 0 { rig.receive(fresh) }
            if delayed.count > 30 { rig.receive(delayed.remove(at: Int(random.next() % 30))) }
            switch random.next() % 60 {
            case 0:
                rig.time.monotonicNanoseconds = Int64(truncatingIfNeeded: random.next() % 1_000_000_000_000)
            case 1: rig.time.wallNanoseconds = Int64(truncatingIfNeeded: random.next() >> 2)
            case 2: rig.session.reconnected()
            case 3: rig.welcome()
            case 4: rig.body.sensed.fix = UInt8(random.next() % 5)
            case 5: rig.body.sensed.health = random.next() % 3 == 0 ? UInt16(random.next() & 0xFF) : 0
            default: break
            }
            if abs(rig.time.wallNanoseconds) > 4_000_000_000_000_000_000 { rig.time.wallNanoseconds = 1 }
            rig.run(seconds: 0.1)
            if let held = rig.session.autopilot.mission {
                let original = Self.missions.first { $0.0 == held.reference }
                #expect(original?.1 == held.items, "seed \(seed): a mission was mixed")
                missionsHeld.insert(held.reference.number)
            }
            for uplink in rig.out.uplinks {
                let stamp = stamp(uplink)
                #expect(stamp.boot == 77 && stamp.sequence == sequence &+ 1, "seed \(seed)")
                sequence = stamp.sequence
                // Said once for each command that goes further than a stored answer.
                if case .commandAck(_, let ack) = uplink, ack.stage.known == .received {
                    considered[ack.commandID, default: 0] += 1
                }
            }
            rig.out.removeAll()
        }
        #expect(missionsHeld.count > 1, "seed \(seed): the storm let no mission through")
        #expect(considered.values.allSatisfy { $0 == 1 }, "seed \(seed): a command was taken up twice")
        #expect(considered.count > 20, "seed \(seed): the storm let no command through")
        #expect(rig.session.memory.entries.count <= CommandMemory.capacity)
    }

    private func stamp(_ uplink: Uplink) -> UplinkStamp {
        switch uplink {
        case .hello(let stamp, _), .heartbeat(let stamp, _), .commandAck(let stamp, _),
            .missionAck(let stamp, _), .progress(let stamp, _), .event(let stamp, _), .goodbye(let stamp, _):
            stamp
        }
    }

    /// Each command is delivered up to three times in random order; how often the autopilot took it up is read
    /// from the answers: `received` is said once for each command that was considered at all.
    @Test(arguments: [11, 12, 13] as [UInt64])
    func aCommandIsConsideredOnceHoweverOftenItComes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var rig = Rig()
        rig.welcome()
        var considered: [UInt64: Int] = [:]
        var deliveries = (1...900).map { index in UInt64(1 + index % 300) }
        deliveries.shuffle(using: &random)
        let kinds: [CommandKind] = [.hold, .land, .speedLimit, .start, .abort, .returnHome]
        for id in deliveries {
            rig.receive(.command(rig.command(id, kinds[Int(id % 6)])))
            if random.next() % 4 == 0 { rig.run(seconds: 0.1) }
            for uplink in rig.out.uplinks {
                if case .commandAck(_, let ack) = uplink, ack.stage.known == .received {
                    considered[ack.commandID, default: 0] += 1
                }
            }
            rig.out.removeAll()
        }
        #expect(considered.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        #expect(considered.count >= CommandMemory.capacity, "seed \(seed)")
    }

    /// Progress over a link that loses half of everything arrives once for each step, and then rests.
    @Test(arguments: [21, 22, 23] as [UInt64])
    func progressIsAcknowledgedInTheEnd(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var rig = Rig()
        rig.welcome()
        rig.upload()
        rig.receive(.command(rig.command(1, .start)))
        var heard: [MissionProgress] = []
        for _ in 0..<1500 {
            rig.run(seconds: 1)
            rig.beat()
            for progress in rig.progress where random.next() % 2 == 0 {
                if !heard.contains(progress) { heard.append(progress) }
                guard random.next() % 2 == 0 else { continue }
                var ack = ProgressAck()
                ack.mission = progress.mission
                ack.kind = progress.kind
                rig.receive(.progressAck(ack))
            }
            rig.out.removeAll()
        }
        #expect(heard.count == 10, "seed \(seed)")
        #expect(rig.session.unacknowledgedProgress == 0, "seed \(seed)")
    }
}
