import CLinux
import Glibc
import Transport
import Wire

/// Runs a fleet simulation against a station: a pair of sockets for each vehicle, and the time of a real clock or
/// of the station's pace. One thread owns it all.
public final class SimulationHost {
    /// Vehicles that may wait for their welcome at once: a station answers some 2,000 handshakes a second.
    static let connectingMax = 200
    /// More than this is not simulated between two looks at the sockets, times two.
    static let windowNanosecondsMax: Int64 = 20_000_000_000
    /// Real time between two looks at every connection, whether it says something or not.
    static let lookNanoseconds: Int64 = 100_000_000
    /// Descriptors each vehicle takes: two sockets, each with a connection and a wake-up.
    static let descriptorsPerVehicle = 4

    public private(set) var report = HostReport()
    private let context: Context
    private var simulation: FleetSimulation
    private var vehicles: [HostedVehicle]
    private let uplinkEndpoint: String
    private let downlinkEndpoint: String
    private let message = Message()
    private var arena = DecodeArena()
    private var connected = 0
    private var failure: TransportError?
    private var store: VehicleStore?
    private var touched: [Int] = []
    /// The descriptor by which each downlink socket says that it has news.
    private var wakeups: [pollfd]
    private var lookedAt = Int64.min / 2
    private var isPaced = false
    /// Of every message, one way, nanoseconds of simulated time.
    private var latency: Int64
    /// The simulation's time, readable while it is being stepped.
    private var simulatedNow: Int64
    private let began = keruen_monotonic_ns()
    private let startedAt: Int64

    /// - Parameters:
    ///   - secrets: of the simulation's vehicles, in its order.
    ///   - context: with room for two sockets a vehicle.
    public init(
        _ simulation: FleetSimulation, secrets: [VehicleSecret], context: Context, uplinkEndpoint: String,
        downlinkEndpoint: String, store: VehicleStore? = nil
    ) {
        precondition(secrets.count == simulation.count)
        self.simulation = simulation
        self.context = context
        self.store = store
        self.uplinkEndpoint = uplinkEndpoint
        self.downlinkEndpoint = downlinkEndpoint
        vehicles = secrets.map { HostedVehicle($0) }
        wakeups = secrets.map { _ in pollfd(fd: -1, events: Int16(POLLIN), revents: 0) }
        startedAt = simulation.now
        simulatedNow = simulation.now
        latency = Int64(simulation.latencySeconds * 1e9)
        report.vehicles = vehicles.count
    }

    /// Raises the limit of open files and makes a context that holds `vehicles` vehicles.
    public static func makeContext(vehicles: Int, ioThreads: Int = 1) throws(TransportError) -> Context {
        let limit = keruen_raise_file_limit()
        let needed = Int64(vehicles * descriptorsPerVehicle + 64)
        guard limit < 0 || needed <= limit else {
            throw TransportError(
                call: "\(vehicles) vehicles need \(needed) open files and the limit is \(limit); raise it "
                    + "(ulimit -Hn) or run several simulators with --shard", code: EMFILE)
        }
        return try Context(ioThreads: ioThreads, socketsMax: vehicles * 2 + 16)
    }

    public var simulated: FleetSimulation { simulation }

    // MARK: Time

    /// Follows the real clock until `stop` says so. `tick` is called about once a second.
    public func runInRealTime(
        stop: () -> Bool, tick: (HostReport) -> Void = { _ in }
    ) throws(TransportError) {
        var offset = simulation.now - keruen_monotonic_ns()
        var nextTick: Int64 = 0
        while !stop() {
            try pump()
            let now = keruen_monotonic_ns()
            let behind = now + offset - simulation.now
            if behind > 1_000_000_000 {
                // Too slow for this machine: rather skip than run ever later.
                report.skippedSeconds += Double(behind) * 1e-9
                offset -= behind
            }
            while simulation.now + simulation.controlNanoseconds <= now + offset {
                try step()
            }
            try flushWaiting()
            if now >= nextTick {
                nextTick = now + 1_000_000_000
                tick(counted())
            }
            let wait = simulation.now + simulation.controlNanoseconds - keruen_monotonic_ns() - offset
            if wait > 0 { usleep(UInt32(clamping: wait / 1000)) }
        }
    }

    /// Follows the station's simulated time until `stop` says so.
    public func runPaced(
        by follower: PaceFollower, stop: () -> Bool, tick: (HostReport) -> Void = { _ in }
    ) throws(TransportError) {
        var nextTick: Int64 = 0
        var slowUntil: Int64 = 0
        var pause: UInt32 = 200
        var window: Int64 = 0
        isPaced = true
        while !stop() {
            try pump()
            let real = keruen_monotonic_ns()
            let granted = follower.granted ?? simulation.now
            var moved = false
            if simulation.now + simulation.controlNanoseconds <= granted {
                switch holding(at: real) {
                case .no:
                    // Half of what the station lets run ahead at once: while it works on one half, the other is
                    // simulated.
                    window = max(window, min(granted - simulation.now, Self.windowNanosecondsMax))
                    let end = min(granted, simulation.now + max(window / 2, simulation.controlNanoseconds))
                    // What is said on the way goes out at its end in one burst: waking libzmq's thread and the
                    // kernel for single messages costs more than all else.
                    while simulation.now + simulation.controlNanoseconds <= end { advance() }
                    sendTouched()
                    moved = true
                case .slow where real >= slowUntil:
                    slowUntil = real + simulation.controlNanoseconds
                    try step()
                    moved = true
                case .slow, .still: break
                }
            }
            try flushWaiting()
            let answered = try follower.exchange(
                reached: simulation.now, sentMessages: report.sentMessages, monotonic: keruen_monotonic_ns())
            if real >= nextTick {
                nextTick = real + 1_000_000_000
                tick(counted())
            }
            if !moved {
                report.heldSeconds +=
                    simulation.now < granted ? Double(keruen_monotonic_ns() - real) * 1e-9 : 0
                // Nothing to do until the station says more; with no question under way it said so just now.
                if answered {
                    usleep(pause)
                    pause = min(pause * 2, 1000)
                } else {
                    try follower.wait(milliseconds: 1)
                }
            } else {
                pause = 200
            }
        }
    }

    /// Says goodbye for every vehicle and gives the sockets a moment to carry it.
    public func finish() throws(TransportError) -> HostReport {
        let last = counted()
        latency = 0
        simulation.goodbye(.shutdown) { index, out in queue(out, of: index) }
        sendTouched()
        for index in vehicles.indices { store?.save(index, vehicles[index].secret.name, simulation) }
        for _ in 0..<10 {
            try flushWaiting()
            usleep(50_000)
            if !vehicles.contains(where: \.isWaiting) { break }
        }
        usleep(200_000)
        var report = counted()
        // How it was before the goodbyes.
        (report.welcomed, report.moving) = (last.welcomed, last.moving)
        for index in vehicles.indices { vehicles[index].connection = nil }
        return report
    }

    private enum Holding { case no, slow, still }

    /// Whether simulated time must wait for a quiet link. At many times real time, a delay of milliseconds that
    /// no vehicle would notice is many simulated seconds: before a vehicle takes its link for lost, the station
    /// gets real time to be heard: 3 seconds with time standing still, 10 more at the speed of the real clock.
    private func holding(at real: Int64) -> Holding {
        var holding = Holding.no
        for index in vehicles.indices {
            guard vehicles[index].connection != nil else {
                holding = .slow
                continue
            }
            let quiet = simulation.isCutOff(index) ? .no : simulation.quietness(index)
            guard quiet != .no else {
                vehicles[index].heldSince = nil
                continue
            }
            let since = vehicles[index].heldSince ?? real
            vehicles[index].heldSince = since
            if real - since < 3_000_000_000, quiet == .silent { return .still }
            if real - since < 13_000_000_000 { holding = .slow }
        }
        return holding
    }

    /// The report with what can be counted now.
    private func counted() -> HostReport {
        var report = report
        report.simulatedSeconds = Double(simulation.now - startedAt) * 1e-9
        report.realSeconds = Double(keruen_monotonic_ns() - began) * 1e-9
        for index in vehicles.indices {
            let condition = simulation.condition(index)
            report.welcomed += condition.isOpen ? 1 : 0
            report.moving += condition.moves ? 1 : 0
            report.wrecked += condition.isWrecked ? 1 : 0
            report.droppedMessages += UInt64(vehicles[index].connection?.droppedMessages ?? 0)
        }
        return report
    }

    // MARK: Messages

    private func step() throws(TransportError) {
        advance()
        sendTouched()
        if let failure { throw failure }
    }

    private func advance() {
        deliverDelayed()
        simulatedNow = simulation.now
        simulation.step { index, out in queue(out, of: index) }
    }

    /// Queues what a vehicle says, at once or for when the link's latency is over.
    private func queue(_ out: SessionOutput, of index: Int) {
        guard let connection = vehicles[index].connection else { return }
        guard latency == 0 else {
            vehicles[index].outward.add(out, dueAt: simulatedNow + latency)
            return
        }
        hand(out, to: connection, of: index)
    }

    private func hand(_ out: SessionOutput, to connection: VehicleConnection, of index: Int) {
        for uplink in out.uplinks {
            if case .hello = uplink {
                connection.replaceHello(uplink.encode())
            } else {
                connection.enqueue(uplink.encode())
            }
        }
        if let newest = out.telemetry.last {
            // Under pace nothing is stale that the station has not asked to be past; silent radios keep the newest.
            if isPaced, !vehicles[index].isSilent {
                connection.enqueueTelemetry(newest)
            } else {
                connection.replaceTelemetry { newest.encodeFrame(into: $0) }
            }
        }
        if !vehicles[index].isTouched {
            vehicles[index].isTouched = true
            touched.append(index)
        }
    }

    /// Delivers what the link's latency has held back until now, in both directions.
    private func deliverDelayed() {
        guard latency > 0 else { return }
        let now = simulation.now
        for index in vehicles.indices {
            while let message = vehicles[index].inward.next(at: now) {
                simulation.receive(message, vehicle: index) { index, out in queue(out, of: index) }
            }
            guard let connection = vehicles[index].connection else { continue }
            while let out = vehicles[index].outward.next(at: now) { hand(out, to: connection, of: index) }
        }
    }

    /// Sends what `queue` took in, after whatever must be remembered of it is written.
    private func sendTouched() {
        for index in touched {
            vehicles[index].isTouched = false
            store?.saveIfNeeded(index, vehicles[index].secret.name, simulation)
            vehicles[index].isWaiting = true
            vehicles[index].isSilent = simulation.isCutOff(index)
            guard !vehicles[index].isSilent, let connection = vehicles[index].connection else { continue }
            flush(index, connection)
        }
        touched.removeAll(keepingCapacity: true)
    }

    private func flush(_ index: Int, _ connection: VehicleConnection) {
        let before = connection.sentMessages
        do throws(TransportError) {
            try connection.flush()
            vehicles[index].isWaiting = connection.hasWaiting
        } catch {
            failure = error
        }
        report.sentMessages += connection.sentMessages - before
    }

    private func flushWaiting() throws(TransportError) {
        for index in vehicles.indices where vehicles[index].isWaiting && !simulation.isCutOff(index) {
            if let connection = vehicles[index].connection { flush(index, connection) }
        }
        if let failure { throw failure }
    }

    /// Hears the station where something has come, opens connections whose turn it is, renews those long silent.
    private func pump() throws(TransportError) {
        let real = keruen_monotonic_ns()
        if real - lookedAt >= Self.lookNanoseconds {
            lookedAt = real
            try connectNext(real)
            for index in vehicles.indices { try look(at: index, real) }
        } else {
            // A system call for the whole fleet; asking each socket would be one for each.
            guard poll(&wakeups, UInt(wakeups.count), 0) > 0 else { return }
            for index in wakeups.indices where wakeups[index].revents != 0 {
                if let connection = vehicles[index].connection, !simulation.isCutOff(index) {
                    _ = try listen(index, connection, real)
                }
            }
        }
        sendTouched()
        store?.freshen({ vehicles[$0].secret.name }, simulation, at: real)
        if let failure { throw failure }
    }

    private func listen(_ index: Int, _ connection: VehicleConnection, _ real: Int64) throws(TransportError)
        -> Bool
    {
        // Until it is empty: only then does the socket wake us again.
        var count = 0
        while true {
            let more = try connection.receive(into: message) { bytes in hear(bytes, index) }
            count += more
            if more == 0 { break }
        }
        guard count > 0 else { return false }
        report.receivedMessages += UInt64(count)
        vehicles[index].heardAt = real
        vehicles[index].patience = HostedVehicle.firstPatience
        vehicles[index].heldSince = nil
        return true
    }

    private func look(at index: Int, _ real: Int64) throws(TransportError) {
        guard let connection = vehicles[index].connection else { return }
        if simulation.isCutOff(index) {
            // What is said meanwhile lies in the sockets, as it would in a real network.
            vehicles[index].heardAt = real
        } else if try !listen(index, connection, real),
            real - vehicles[index].heardAt > vehicles[index].patience
        {
            try connection.reconnect()
            wakeups[index].fd = connection.downlinkDescriptor
            report.reconnections += 1
            vehicles[index].heardAt = real
            // Spread by number, so that a fleet does not come back in one moment.
            let jitter = Int64(vehicles[index].secret.id % 16) * 100_000_000
            vehicles[index].patience = min(
                vehicles[index].patience * 2 + jitter, HostedVehicle.longestPatience)
        }
    }

    private func hear(_ bytes: UnsafeRawBufferPointer, _ index: Int) {
        guard let frame = try? Envelope.parseDownlink(bytes),
            let message = try? Downlink.decode(type: frame.type, frame.body, arena: &arena)
        else {
            report.unreadableMessages += 1
            return
        }
        if latency > 0 {
            vehicles[index].inward.add(message, dueAt: simulatedNow + latency)
        } else {
            simulation.receive(message, vehicle: index) { index, out in queue(out, of: index) }
        }
    }

    /// Opens connections as long as not too many wait for their welcome.
    private func connectNext(_ real: Int64) throws(TransportError) {
        guard connected < vehicles.count else { return }
        var waiting = 0
        for index in 0..<connected where !simulation.condition(index).isOpen {
            // One that has not got through in 10 s holds nobody up.
            if real - vehicles[index].openedAt < 10_000_000_000 { waiting += 1 }
        }
        while connected < vehicles.count, waiting < Self.connectingMax {
            vehicles[connected].connection = try VehicleConnection(
                context: context, secret: vehicles[connected].secret, uplinkEndpoint: uplinkEndpoint,
                downlinkEndpoint: downlinkEndpoint)
            wakeups[connected].fd = vehicles[connected].connection?.downlinkDescriptor ?? -1
            vehicles[connected].heardAt = real
            vehicles[connected].openedAt = real
            connected += 1
            waiting += 1
        }
    }
}
