import CLinux
import Glibc
import Station
import Synchronization
import Testing
import Transport
import Vehicles
import Wire
import World

/// A station reduced to manners: welcomes, acknowledges progress, beats, paces. Plans nothing.
private final class MannerlyStation {
    private(set) var link: Link
    private let configuration: LinkConfiguration
    private let ring: Keyring
    let keys: CurveKeyPair
    let secrets: [VehicleSecret]
    let time: SharedTime
    var pace: PaceServer?
    var fence: UInt64 = 1
    var batch = LinkBatch()
    var telemetry: [UInt32: Int] = [:]
    var newest: [UInt32: Telemetry] = [:]
    var hellos: [UInt32: Hello] = [:]
    var goodbyes = 0
    var progress: [UInt32: [ProgressKind]] = [:]
    var uploaded: Set<UInt32> = []
    var missions: [UInt32: [MissionItem]] = [:]
    var intervalMilliseconds: UInt32 = 1000
    private var lastBeat: Int64 = 0

    init(kinds: [String], context: Context, pace: Double? = nil, port: UInt16 = 0) throws {
        keys = try CurveKeyPair.generate()
        var enrolments: [Enrolment] = []
        var secrets: [VehicleSecret] = []
        for (index, kind) in kinds.enumerated() {
            let pair = try CurveKeyPair.generate()
            let id = UInt32(index + 1)
            enrolments.append(
                Enrolment(id: id, name: "v\(id)", kind: kind, company: "own", publicKey: pair.publicKey))
            secrets.append(
                VehicleSecret(
                    id: id, name: "v\(id)", kind: kind, company: "own", keys: pair, station: keys.publicKey))
        }
        self.secrets = secrets
        time = SharedTime(1_780_000_000_000_000_000)
        var configuration = LinkConfiguration()
        configuration.port = port
        configuration.messagesPerSecond = 1000
        configuration.messageBurst = 1000
        if let pace {
            configuration.futureNanoseconds = 5_000_000_000
            self.pace = try PaceServer(
                context: context, endpoint: "tcp://127.0.0.1:*",
                clock: SimulatedClock(
                    startNanoseconds: time.now, pace: pace, windowSeconds: 1, simulatorsExpected: 1))
        }
        let time = time
        ring = Keyring(enrolments: enrolments)
        self.configuration = configuration
        link = Link(configuration: configuration, keyring: ring, stationKeys: keys) { time.now }
        try link.start()
    }

    /// As after a kill: nothing said, a new link at the same endpoints with the next fence, all forgotten.
    func restart() {
        var configuration = configuration
        configuration.port =
            link.uplinkEndpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        link.stop()
        fence += 1
        hellos = [:]
        telemetry = [:]
        let time = time
        let next = Link(configuration: configuration, keyring: ring, stationKeys: keys) { time.now }
        var isServing = false
        for _ in 0..<100 where !isServing {
            isServing = (try? next.start()) != nil
            if !isServing { usleep(50_000) }
        }
        link = next
    }

    /// One round: hears, answers, beats, lets time pass.
    func work() throws {
        if let pace {
            try pace.serve(processed: time.now, monotonic: keruen_monotonic_ns, milliseconds: 1)
            time.set(pace.clock.reached)
        } else {
            usleep(2000)
            time.set(keruen_realtime_ns())
        }
        link.collect(into: &batch)
        for report in batch.telemetry {
            telemetry[report.vehicle, default: 0] += 1
            newest[report.vehicle] = report.telemetry
        }
        for saying in batch.messages { try answer(saying.vehicle, saying.message) }
        if time.now - lastBeat >= 1_000_000_000 {
            lastBeat = time.now
            var beat = StationHeartbeat()
            beat.nonce = UInt64(bitPattern: time.now)
            beat.stationTimeNanoseconds = UInt64(time.now)
            beat.fence = fence
            link.send(.heartbeat(beat), to: 0)
        }
    }

    private func answer(_ vehicle: UInt32, _ message: Uplink) throws {
        switch message {
        case .hello(let stamp, let hello):
            hellos[vehicle] = hello
            var welcome = Welcome()
            welcome.accepted = true
            welcome.boot = stamp.boot
            welcome.fence = fence
            welcome.telemetryIntervalMilliseconds = intervalMilliseconds
            welcome.heartbeatIntervalMilliseconds = 1000
            welcome.linkLostAfterMilliseconds = 5000
            welcome.stationTimeNanoseconds = UInt64(time.now)
            link.send(.welcome(welcome), to: vehicle)
            if let items = missions[vehicle], !uploaded.contains(vehicle) {
                for part in MissionPart.split(mission: reference(vehicle), fence: fence, items: items) {
                    link.send(.missionPart(part), to: vehicle)
                }
            }
        case .missionAck(_, let ack) where ack.result.known == .complete:
            guard uploaded.insert(vehicle).inserted else { return }
            var command = Command()
            command.commandID = UInt64(vehicle)
            command.fence = fence
            command.kind = Open(.start)
            command.mission = reference(vehicle)
            command.issuedAtNanoseconds = UInt64(time.now)
            command.notAfterNanoseconds = UInt64(time.now + 60_000_000_000)
            link.send(.command(command), to: vehicle)
        case .progress(_, let report):
            if let kind = report.kind.known, progress[vehicle]?.last != kind {
                progress[vehicle, default: []].append(kind)
            }
            var ack = ProgressAck()
            ack.mission = report.mission
            ack.kind = report.kind
            link.send(.progressAck(ack), to: vehicle)
        case .goodbye: goodbyes += 1
        default: break
        }
    }

    func reference(_ vehicle: UInt32) -> MissionReference {
        MissionReference(number: UInt64(vehicle) + 100, revision: 1)
    }
}

@Suite struct SimulatedFleetTests {
    private static let yaml = """
        fleets:
          - {kind: multirotor, base: ALA, count: 2, swap_minutes: 5}
          - {kind: vtol, base: ALA, count: 1, swap_minutes: 5}
          - {kind: truck, base: ALA, count: 1}
        """
    private static let kinds = ["multirotor", "multirotor", "vtol", "truck"]

    /// Runs the host in a thread of its own, as the program does; returns its report when `until` says so.
    private func run(
        _ station: MannerlyStation, paced: Bool, seconds: Double, until done: () -> Bool
    ) throws -> HostReport {
        let scenario = try Scenario(yaml: Self.yaml, file: "test.yaml")
        let world = try WorldData.load(directory: WorldData.find(explicit: nil))
        let crew = try Crew.assign(scenario, station.secrets, directory: "keys")
        let simulation = try FleetSimulation(
            scenario, crew: crew.map { CrewMember(id: $0.secret.id, fleet: $0.fleet, boot: 5) }, world: world,
            seed: 3, start: station.time.now, controlMilliseconds: paced ? 200 : 40)
        let stop = SharedFlag()
        let outcome = SharedOutcome()
        let endpoints = (station.link.uplinkEndpoint, station.link.downlinkEndpoint, station.pace?.endpoint)
        let thread = try DedicatedThread(name: "host") {
            do {
                let context = try SimulationHost.makeContext(vehicles: crew.count)
                let host = SimulationHost(
                    simulation, secrets: crew.map(\.secret), context: context, uplinkEndpoint: endpoints.0,
                    downlinkEndpoint: endpoints.1)
                if let pace = endpoints.2 {
                    let follower = try PaceFollower(context: context, endpoint: pace, name: "test")
                    try host.runPaced(by: follower, stop: { stop.isSet })
                } else {
                    try host.runInRealTime(stop: { stop.isSet })
                }
                outcome.report = try host.finish()
            } catch {
                outcome.problem = "\(error)"
            }
        }
        let end = keruen_monotonic_ns() + Int64(seconds * 1e9)
        while keruen_monotonic_ns() < end, !done() { try station.work() }
        stop.set()
        for _ in 0..<200 where station.goodbyes < crew.count { try station.work() }
        thread.join()
        #expect(outcome.problem == "")
        return outcome.report
    }

    @Test(.timeLimit(.minutes(4))) func everyVehicleSaysWhoItIsAndReportsInRealTime() throws {
        let station = try MannerlyStation(kinds: Self.kinds, context: Context())
        defer { station.link.stop() }
        station.intervalMilliseconds = 100
        let report = try run(station, paced: false, seconds: 30) {
            station.telemetry.count == 4 && station.telemetry.values.allSatisfy { $0 > 15 }
        }
        #expect(station.telemetry.values.allSatisfy { $0 > 15 } && report.welcomed == 4)
        let truck = try #require(station.hellos[4])
        #expect(truck.kind.known == .truck && truck.payloadCapacityGrams == 24_000_000)
        #expect(truck.rangeMeters > 200_000 && truck.cruiseSpeedMillimetersPerSecond == 22_000)
        #expect(station.goodbyes == 4)
    }

    @Test(.timeLimit(.minutes(2))) func theFleetComesBackToAStationThatWasKilled() throws {
        // Both ports must be known beforehand, or the second link would get another downlink.
        let station = try MannerlyStation(kinds: Self.kinds, context: Context(), port: 19_417)
        defer { station.link.stop() }
        station.intervalMilliseconds = 200
        var restarts = 0
        let report = try run(station, paced: false, seconds: 90) {
            let works = station.telemetry.count == 4 && station.telemetry.values.allSatisfy { $0 > 4 }
            guard works else { return false }
            if restarts == 2 { return station.hellos.count == 4 }
            restarts += 1
            station.restart()
            return false
        }
        #expect(restarts == 2 && report.welcomed == 4)
        #expect(station.hellos.count == 4 && station.telemetry.values.allSatisfy { $0 > 4 })
    }

    /// Deliveries by drone, VTOL and truck at many times real time.
    @Test(.timeLimit(.minutes(2))) func missionsAreFlownAndDrivenUnderPace() throws {
        let context = try Context()
        let station = try MannerlyStation(kinds: Self.kinds, context: context, pace: .infinity)
        defer { station.link.stop() }
        let base = try #require(
            WorldData.load(directory: WorldData.find(explicit: nil)).place("ALA"))
        func item(_ action: MissionAction, north: Double, up: Double, wait: UInt32 = 0) -> MissionItem {
            var item = MissionItem()
            item.action = Open(action)
            item.latitudeE7 = base.coordinate.latitudeE7 + Int32(north * 90)
            item.longitudeE7 = base.coordinate.longitudeE7
            item.altitudeMillimeters = base.ground.millimeters + Int32(up * 1000)
            item.durationMilliseconds = wait
            return item
        }
        let flight = [
            item(.takeoff, north: 0, up: 100), item(.fly, north: 1200, up: 100),
            item(.land, north: 1200, up: 0), item(.load, north: 1200, up: 0, wait: 10_000),
            item(.takeoff, north: 1200, up: 120), item(.fly, north: 400, up: 120),
            item(.land, north: 400, up: 0), item(.unload, north: 400, up: 0, wait: 10_000),
            item(.contingency, north: 0, up: 0),
        ]
        for vehicle in 1...3 as ClosedRange<UInt32> { station.missions[vehicle] = flight }
        station.missions[4] = [
            item(.drive, north: 800, up: 0), item(.load, north: 800, up: 0, wait: 10_000),
            item(.drive, north: 0, up: 0), item(.unload, north: 0, up: 0, wait: 10_000),
            item(.contingency, north: 0, up: 0),
        ]
        let report = try run(station, paced: true, seconds: 90) {
            (1...4).allSatisfy { station.progress[$0]?.last == .completed }
        }
        for vehicle in 1...4 as ClosedRange<UInt32> {
            let kinds = station.progress[vehicle] ?? []
            #expect(kinds.contains(.loaded) && kinds.last == .completed, "vehicle \(vehicle): \(kinds)")
            let north = Double((station.newest[vehicle]?.latitudeE7 ?? 0) - base.coordinate.latitudeE7) / 90
            #expect(abs(north - (vehicle == 4 ? 0 : 400)) < 40, "vehicle \(vehicle) at \(north) m")
        }
        #expect(report.wrecked == 0 && report.simulatedSeconds > 200 && report.droppedMessages == 0)
        #expect(report.simulatedSeconds > 2 * report.realSeconds, "\(report)")
    }
}

private final class SharedTime: Sendable {
    private let value: Atomic<Int64>
    init(_ start: Int64) { value = Atomic(start) }
    var now: Int64 { value.load(ordering: .acquiring) }
    func set(_ time: Int64) { value.store(time, ordering: .releasing) }
}

private final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// Written by one thread and read after it was joined.
private final class SharedOutcome: @unchecked Sendable {
    var report = HostReport()
    var problem = ""
}
