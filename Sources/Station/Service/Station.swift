import CLinux
import Controller
import FoundationEssentials
import Glibc
import Logging
import ServiceLifecycle
import Synchronization
import Transport
import Wire
import World

/// A running station: vehicles' link, controller, journal and the operators' socket, wired together.
///
/// One thread moves the controller's time; operators' requests come in between its rounds. Nothing that rests on an
/// event is said to anybody before the event is on disk.
public final class Station: Service {
    let configuration: StationConfiguration
    let rhythm: StationRhythm
    let core: Mutex<StationCore>
    let journal: Journal<Event>
    let link: Link
    let log: Logger
    let time: StationTime
    private let context: Context
    private let ending = Ending()
    private let pace: Mutex<PaceServer?>
    private let paceAddress: String?

    /// Opens the journal, takes up the state it holds, and binds every endpoint; vehicles can connect when this
    /// returns, and are served by `run`.
    public init(
        _ given: StationConfiguration, geography: Geography, geoid: Geoid? = nil, log: Logger
    ) throws {
        var configuration = given
        let rhythm = given.pace.map { StationRhythm(pace: $0.rate) } ?? StationRhythm()
        rhythm.apply(to: &configuration)
        keruen_raise_file_limit()

        let bell = try Bell()
        let journal = try Journal<Event>(
            directory: configuration.directory, fenceAbove: configuration.fenceAbove
        ) { _ in bell.ring() }
        var controller = try Self.restore(journal.recovery, configuration.controller, geography)
        for event in journal.recovery.events { controller.apply(event) }
        if journal.recovery.tornBytes > 0 {
            log.warning("dropped \(journal.recovery.tornBytes) bytes of a record that was never acknowledged")
        }

        // From before it is read, so that no change after that goes unnoticed.
        keysWatch = FileWatch(configuration.keysDirectory + "/fleet.keys")
        let keyring = try Keyring(contentsOf: configuration.keysDirectory + "/fleet.keys")
        let keys = try stationKeys(at: configuration.keysDirectory + "/station.secret")
        configuration.link.fence = journal.fence
        let newest = Self.newestInstant(controller)
        let time = StationTime(pacedFrom: configuration.pace.map { max($0.startsAt, newest) })
        let link = Link(
            configuration: configuration.link, keyring: keyring, stationKeys: keys,
            onFailure: { _ in bell.ring() }, clock: { time.now })
        try link.start()

        context = try Context()
        do {
            var server: PaceServer?
            if let pace = configuration.pace {
                server = try Self.openPace(pace, context, configuration, rhythm, time)
            }
            paceAddress = server?.endpoint
            self.pace = Mutex(server)
        } catch {
            link.stop()
            throw error
        }
        var core = StationCore(
            controller: controller, link: link, journal: journal, enrolments: Self.enrolled(keyring),
            datums: AltitudeDatums(ground: geography.ground, geoid: geoid), rhythm: rhythm,
            pace: configuration.pace?.rate, log: log, at: Instant(nanoseconds: time.now),
            monotonic: keruen_monotonic_ns())
        core.step(.stationStarted(fence: journal.fence, at: core.now))
        self.core = Mutex(core)
        self.configuration = configuration
        self.rhythm = rhythm
        self.journal = journal
        self.link = link
        self.log = log
        self.time = time
        self.bell = bell
    }

    private let bell: Bell
    private let keysWatch: FileWatch

    private var allowList: String { configuration.keysDirectory + "/fleet.keys" }

    public var uplinkEndpoint: String { link.uplinkEndpoint }
    public var downlinkEndpoint: String { link.downlinkEndpoint }
    public var paceEndpoint: String? { paceAddress }
    public var fence: UInt64 { journal.fence }

    /// Serves until the service group shuts down, an operator asks for it, or the disk fails.
    public func run() async throws {
        let failure = Mutex<(any Error)?>(nil)
        let (ended, end) = AsyncStream<Void>.makeStream()
        let control: ControlServer
        do {
            control = try ControlServer(context: context, directory: configuration.directory) { [self] in
                answer($0)
            }
        } catch {
            link.stop()
            throw error
        }
        let thread: DedicatedThread
        do {
            thread = try DedicatedThread(name: "station") { [self] in
                do { try loop() } catch { failure.withLock { $0 = error } }
                end.finish()
            }
        } catch {
            control.stop()
            link.stop()
            throw error
        }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                for await _ in ended {}
            } onCancel: {
                self.stop()
            }
        } onGracefulShutdown: {
            self.stop()
        }
        thread.join()
        control.stop()
        close()
        if let failure = failure.withLock({ $0 }) { throw failure }
        try remember()
    }

    /// Asks `run` to end.
    public func stop() {
        ending.raised.store(true, ordering: .relaxed)
        bell.ring()
    }

    private final class Ending: Sendable { let raised = Atomic<Bool>(false) }

    // MARK: The station's thread

    private func loop() throws {
        var snapshots = SnapshotSaver(every: configuration.eventsPerSnapshot, from: journal.recovery)
        defer { snapshots.finish() }
        if let server = pace.withLock({ $0.take() }) {
            try runPaced(server, &snapshots)
        } else {
            try runRealTime(&snapshots)
        }
    }

    private func runRealTime(_ snapshots: inout SnapshotSaver) throws {
        var tickAt = time.now
        var watch = keysWatch
        while !ending.raised.load(ordering: .relaxed) {
            bell.wait(milliseconds: 10)
            let now = time.now
            try round { core in
                core.pump(at: Instant(nanoseconds: now))
                if now >= tickAt {
                    core.tick(at: Instant(nanoseconds: now))
                    core.correctClocks(everySeconds: 10)
                }
            }
            if now >= tickAt {
                // After a pause ticks are not made up for.
                tickAt = max(tickAt &+ rhythm.tickNanoseconds, now &+ rhythm.tickNanoseconds / 2)
            }
            snapshots.saveIfDue(core, journal, log)
            watchKeys(&watch)
        }
    }

    private func runPaced(_ server: PaceServer, _ snapshots: inout SnapshotSaver) throws {
        var processed = server.clock.granted
        // Up to here vehicles have been told all that was decided. Time does not run away from commands that wait for
        // the disk or the network: at a thousand times real time each would come minutes late.
        var told = processed
        var arrivals = Arrivals()
        var watch = keysWatch
        var awaitsArrivals = false
        while !ending.raised.load(ordering: .relaxed) {
            // What is on its way comes within microseconds; a millisecond more would be a second of simulated time.
            if awaitsArrivals { usleep(50) }
            try server.serve(
                processed: told, monotonic: keruen_monotonic_ns, milliseconds: awaitsArrivals ? 0 : 1)
            time.simulated = server.clock.granted
            processed = max(processed, server.clock.startNanoseconds)
            // What simulators sent up to the time they have reached is taken in before that time is worked on.
            let isComplete = arrivals.isComplete(
                sent: server.clock.sentMessages, arrived: link.counters.taken,
                isStill: server.clock.reached >= server.clock.granted, monotonic: keruen_monotonic_ns())
            awaitsArrivals = !isComplete
            let due = isComplete ? server.clock.reached : processed
            try round { core in
                core.pump(at: Instant(nanoseconds: processed))
                while processed &+ rhythm.tickNanoseconds <= due {
                    processed &+= rhythm.tickNanoseconds
                    core.tick(at: Instant(nanoseconds: processed))
                }
            }
            if link.isDrained { told = core.withLock { min(processed, $0.gate.heldSince ?? processed) } }
            try server.answer(processed: told, monotonic: keruen_monotonic_ns())
            time.simulated = server.clock.granted
            if let late = server.standstill(monotonic: keruen_monotonic_ns(), afterSeconds: 5) {
                log.warning("simulated time stands still: \(late)")
            }
            snapshots.saveIfDue(core, journal, log)
            watchKeys(&watch)
        }
    }

    private func round(_ body: (inout StationCore) -> Void) throws {
        let failure = core.withLock { core in
            body(&core)
            core.meter.note(core.telemetryMessages, at: keruen_monotonic_ns())
            return core.failure
        }
        if let failure = failure ?? journal.failure { throw failure }
        if let failure = link.failure { throw failure }
    }

    private func close() {
        link.send(.goodbye(Open(.shutdown)), to: 0)
        // The goodbye is on its way once the link's thread has had its turn.
        usleep(50_000)
        link.stop()
    }

    /// Saves a last snapshot. Not after a failure: the state may hold what the journal does not.
    private func remember() throws {
        if let failure = core.withLock({ $0.failure }) { throw failure }
        let (recorded, snapshot) = core.withLock { ($0.recorded, $0.controller.snapshot) }
        try journal.waitUntilDurable(recorded)
        try journal.saveSnapshot(snapshot, after: recorded)
    }

    // MARK: Operators

    private func answer(_ request: ControlRequest) -> ControlResponse {
        switch request {
        case .revokeKey(let vehicle): return revoke(vehicle)
        case .reloadKeys: return reloadKeys()
        case .shutdown:
            stop()
            return .done("the station stops")
        case .submitOrders(let requests):
            // One by one, so that a thousand orders and their roads do not hold up the ticks.
            var orders: [SubmittedOrder] = []
            for request in requests {
                let part = core.withLock { $0.answer(.submitOrders([request])) }
                if case .submitted(let submitted) = part { orders += submitted }
            }
            return told(.submitted(orders), after: core.withLock { $0.promised })
        default:
            let (response, promised) = core.withLock { ($0.answer(request), $0.promised) }
            return told(response, after: promised)
        }
    }

    /// What an answer shows, too, may only be told once it is on disk: nobody shall see it undone by a crash.
    private func told(_ response: ControlResponse, after sequence: UInt64) -> ControlResponse {
        bell.ring()
        do throws(JournalError) { try journal.waitUntilDurable(sequence) } catch {
            return .problem(
                ControlProblem(
                    what: "\(error)", where: "journal", todo: "Nothing is promised until it is repaired"))
        }
        return response
    }

    /// The key is revoked in the allow list too, so that it stays revoked when the station is started anew.
    private func revoke(_ vehicle: VehicleID) -> ControlResponse {
        do {
            // The lock of 'keruen key': what it writes meanwhile must not be lost, nor undo this.
            let path = configuration.keysDirectory + "/lock"
            let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard lock >= 0 else { throw JournalError.system(call: "open", path: path, code: errno) }
            defer { Glibc.close(lock) }
            guard flock(lock, LOCK_EX) == 0 else {
                throw JournalError.system(call: "flock", path: path, code: errno)
            }
            var keyring = try Keyring(contentsOf: allowList)
            guard let index = keyring.enrolments.firstIndex(where: { $0.id == vehicle.number }) else {
                return .problem(core.withLock { $0.noVehicle("\(vehicle.number)") })
            }
            link.revoke(vehicle.number)
            keyring.enrolments[index].status = .revoked
            do { try keyring.save(to: allowList) } catch {
                return .problem(
                    ControlProblem(
                        what:
                            "\(keyring.enrolments[index].name) is cut off, but its key stands in the list: \(error)",
                        where: allowList,
                        todo: "Repair the file system and revoke it again: a restart would let it back in"))
            }
            use(keyring)
            return .done("\(keyring.enrolments[index].name) is cut off and its key revoked")
        } catch { return keysProblem(error) }
    }

    private func reloadKeys() -> ControlResponse {
        do {
            let keyring = try Keyring(contentsOf: allowList)
            use(keyring)
            return .done("\(keyring.enrolments.count) keys read")
        } catch { return keysProblem(error) }
    }

    private func keysProblem(_ error: any Error) -> ControlResponse {
        .problem(ControlProblem(what: "\(error)", where: "keys", todo: "The keys known before stay in force"))
    }

    /// Puts an allow list in force and forgets what was meant for those it cuts off.
    private func use(_ keyring: Keyring) {
        link.update(keyring: keyring)
        core.withLock { core in
            core.enrolments = Self.enrolled(keyring)
            for vehicle in core.sessions.keys.sorted() where link.status(of: vehicle)?.isRevoked != false {
                core.cutOff(VehicleID(vehicle))
            }
        }
    }

    /// Reads the allow list again when `keruen key` has changed it.
    private func watchKeys(_ watch: inout FileWatch) {
        guard watch.hasChanged(at: allowList) else { return }
        switch reloadKeys() {
        case .problem(let problem): log.error("\(problem)")
        default: log.notice("the allow list has changed and is in force")
        }
    }

    // MARK: Opening

    private static func restore(
        _ recovery: Journal<Event>.Recovery, _ configuration: ControllerConfiguration, _ geography: Geography
    ) throws -> Controller {
        guard let data = recovery.snapshot else {
            return Controller(configuration: configuration, geography: geography)
        }
        let snapshot = try JSONDecoder().decode(ControllerSnapshot.self, from: data)
        return Controller(restoring: snapshot, configuration: configuration, geography: geography)
    }

    private static func openPace(
        _ pace: StationConfiguration.Pace, _ context: Context, _ configuration: StationConfiguration,
        _ rhythm: StationRhythm, _ time: StationTime
    ) throws -> PaceServer {
        let port = configuration.link.port
        let host = configuration.link.host
        let clock = SimulatedClock(
            startNanoseconds: time.now, pace: pace.rate, windowSeconds: rhythm.windowSeconds,
            simulatorsExpected: pace.simulators)
        return try PaceServer(
            context: context, endpoint: port == 0 ? "tcp://\(host):*" : "tcp://\(host):\(Int(port) + 2)",
            clock: clock)
    }

    private static func enrolled(_ keyring: Keyring) -> [UInt32: StationCore.Enrolled] {
        var enrolled: [UInt32: StationCore.Enrolled] = [:]
        for enrolment in keyring.enrolments {
            guard let kind = VehicleKind(rawValue: enrolment.kind) else { continue }
            enrolled[enrolment.id] = StationCore.Enrolled(
                name: enrolment.name, kind: kind, company: enrolment.company)
        }
        return enrolled
    }

    /// The newest moment the restored state speaks of: time goes on from there.
    private static func newestInstant(_ controller: Controller) -> Instant {
        var newest = Instant(nanoseconds: 0)
        for order in controller.orders { newest = max(newest, order.submittedAt, order.closedAt ?? newest) }
        for mission in controller.missions { newest = max(newest, mission.createdAt) }
        return newest
    }
}
