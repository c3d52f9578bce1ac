import Glibc
import Wire
import World

/// A fleet at work without a station: every vehicle is welcomed and sent from one delivery to the next, in process.
/// For measuring how fast a scenario runs and for comparing two runs; it plans nothing and separates nobody.
public struct Rehearsal: Sendable {
    public private(set) var simulation: FleetSimulation
    /// Deliveries completed so far, and missions that ended otherwise.
    public private(set) var completed = 0
    public private(set) var aborted = 0
    public private(set) var messages = 0
    /// Of every byte that vehicles sent, in order.
    public private(set) var fingerprint = StableHash()

    private let world: WorldData
    private let bases: [Coordinate]
    private let flies: [Bool]
    private let reach: [Double]
    private let telemetryMilliseconds: UInt32
    private var random: SplitMix64
    private var number: UInt64 = 0
    private var held: [MissionReference]
    private var lastBeat = Int64.min
    private var said: [(vehicle: Int, message: Uplink)] = []
    private var frame = [UInt8](repeating: 0, count: 512)

    public init(
        _ scenario: Scenario, file: String = "scenario", world: WorldData, seed: UInt64,
        telemetryMilliseconds: UInt32 = 1000, controlMilliseconds: Int = 200, threads: Int = 1
    ) throws(ScenarioError) {
        var crew: [CrewMember] = []
        var bases: [Coordinate] = []
        var flies: [Bool] = []
        var reach: [Double] = []
        for (index, fleet) in scenario.fleets.enumerated() {
            for _ in 0..<fleet.count {
                crew.append(CrewMember(id: UInt32(crew.count + 1), fleet: index, boot: 1))
                bases.append(world.place(fleet.base)?.coordinate ?? Coordinate(latitudeE7: 0, longitudeE7: 0))
                flies.append(fleet.kind.flies)
                reach.append(fleet.kind == .multirotor ? 8_000 : fleet.kind == .vtol ? 40_000 : 60_000)
            }
        }
        simulation = try FleetSimulation(
            scenario, file: file, crew: crew, world: world, seed: seed, start: 1_780_000_000_000_000_000,
            controlMilliseconds: controlMilliseconds, threads: threads)
        self.world = world
        self.bases = bases
        self.flies = flies
        self.reach = reach
        self.telemetryMilliseconds = telemetryMilliseconds
        random = SplitMix64(seed: seed &+ 77)
        held = Array(repeating: MissionReference(packed: 0), count: crew.count)
    }

    /// One control period, and the station's answers to what was said in it.
    public mutating func step() {
        if simulation.now >= lastBeat.addingReportingOverflow(1_000_000_000).partialValue || lastBeat == .min
        {
            lastBeat = simulation.now
            var beat = StationHeartbeat()
            beat.nonce = UInt64(bitPattern: simulation.now)
            beat.stationTimeNanoseconds = beat.nonce
            beat.fence = 1
            for vehicle in held.indices { send(.heartbeat(beat), vehicle) }
        }
        simulation.step { vehicle, out in
            for uplink in out.uplinks {
                fingerprint.combine(bytes: uplink.encode())
                said.append((vehicle, uplink))
            }
            for telemetry in out.telemetry {
                frame.withUnsafeMutableBytes { bytes in
                    let size = telemetry.encodeFrame(into: bytes)
                    fingerprint.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<size]))
                }
            }
            messages += out.uplinks.count + out.telemetry.count
        }
        let heard = said
        said.removeAll(keepingCapacity: true)
        for (vehicle, message) in heard { answer(vehicle, message) }
    }

    public mutating func run(seconds: Double) {
        let end = simulation.now + Int64(seconds * 1e9)
        while simulation.now < end { step() }
    }

    private mutating func send(_ message: Downlink, _ vehicle: Int) {
        simulation.receive(message, vehicle: vehicle) { vehicle, out in
            for uplink in out.uplinks {
                fingerprint.combine(bytes: uplink.encode())
                said.append((vehicle, uplink))
            }
            messages += out.uplinks.count
        }
    }

    private mutating func answer(_ vehicle: Int, _ message: Uplink) {
        switch message {
        case .hello(let stamp, _):
            var welcome = Welcome()
            welcome.accepted = true
            welcome.boot = stamp.boot
            welcome.fence = 1
            welcome.telemetryIntervalMilliseconds = telemetryMilliseconds
            welcome.heartbeatIntervalMilliseconds = 1000
            welcome.linkLostAfterMilliseconds = 10_000
            send(.welcome(welcome), vehicle)
            upload(vehicle)
        case .missionAck(_, let ack) where ack.result.known == .complete:
            var command = Command()
            command.commandID = ack.mission.number
            command.fence = 1
            command.kind = Open(.start)
            command.mission = held[vehicle]
            command.notAfterNanoseconds = UInt64(bitPattern: simulation.now + 3600_000_000_000)
            send(.command(command), vehicle)
        case .commandAck(_, let ack) where ack.stage.known == .rejected: held[vehicle].packed = 0
        case .progress(_, let report):
            var ack = ProgressAck()
            ack.mission = report.mission
            ack.kind = report.kind
            send(.progressAck(ack), vehicle)
            if report.kind.known == .completed { completed += 1 }
            if report.kind.known == .aborted { aborted += 1 }
            if report.kind.known == .completed || report.kind.known == .aborted { upload(vehicle) }
        case .heartbeat where held[vehicle].isNone: upload(vehicle)
        default: break
        }
    }

    /// To a point somewhere around, take freight, back to the base, set it down, stand there for a while.
    private mutating func upload(_ vehicle: Int) {
        guard random.unit() < 0.05 || !held[vehicle].isNone else { return }
        number += 1
        held[vehicle] = MissionReference(number: number, revision: 1)
        let here = simulation.coordinate(vehicle)
        let angle = random.unit() * 2 * .pi
        let far = reach[vehicle] * (0.3 + 0.7 * random.unit())
        let target = Whereabouts(bases[vehicle]).moved(
            east: far * cos(angle), north: far * sin(angle), height: 0
        ).coordinate
        var items: [MissionItem] = []
        func ground(_ at: Coordinate) -> Int32 { world.terrain.ground(at: at).millimeters }
        func add(_ action: MissionAction, _ at: Coordinate, _ altitude: Int32, wait: UInt32 = 0) {
            var item = MissionItem()
            item.action = Open(action)
            (item.latitudeE7, item.longitudeE7) = (at.latitudeE7, at.longitudeE7)
            item.altitudeMillimeters = altitude
            item.durationMilliseconds = wait
            items.append(item)
        }
        func hop(_ from: Coordinate, _ to: Coordinate) {
            guard flies[vehicle] else { return add(.drive, to, ground(to)) }
            let level = max(ground(from), ground(to)) + 100_000
            add(.takeoff, from, level)
            add(.fly, to, level)
            add(.land, to, ground(to))
        }
        hop(here, target)
        add(.load, target, ground(target), wait: 60_000)
        hop(target, bases[vehicle])
        add(.unload, bases[vehicle], ground(bases[vehicle]), wait: 60_000)
        add(.wait, bases[vehicle], ground(bases[vehicle]), wait: flies[vehicle] ? 600_000 : 1_200_000)
        add(.contingency, bases[vehicle], ground(bases[vehicle]))
        for part in MissionPart.split(mission: held[vehicle], fence: 1, items: items) {
            send(.missionPart(part), vehicle)
        }
    }
}
