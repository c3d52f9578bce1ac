import CLinux
import CZeroMQ
import Synchronization
import Transport
import Wire

/// The station's side of the link to its vehicles.
///
/// One thread owns the sockets, checks what arrives and keeps each vehicle's newest telemetry; the station takes it
/// with `collect`, once a tick. All methods may be called from any thread.
public final class Link: Sendable {
    /// Frames that wait to be sent; beyond it they are refused, as at a full socket.
    static let outboxMax = 16384

    let configuration: LinkConfiguration
    let clock: @Sendable () -> Int64
    let table: Mutex<LinkTable>
    let outbox = Mutex<[[UInt8]]>([])
    let authenticator: Authenticator
    private let stationKeys: CurveKeyPair
    private let running = Mutex<Running?>(nil)
    private let failed = Mutex<LinkFailure?>(nil)
    private let onFailure: @Sendable (LinkFailure) -> Void

    private struct Running {
        var context: Context
        var loop: LinkLoop
        var thread: DedicatedThread
        var watch: DedicatedThread
    }

    /// - Parameters:
    ///   - clock: station time, nanoseconds since 1970; simulated when paced.
    ///   - onFailure: called once, on a thread of the link's, when it has ended by itself. It takes nothing in any
    ///     more and cannot start again: end the process, and let its supervisor start a new one.
    public init(
        configuration: LinkConfiguration, keyring: Keyring, stationKeys: CurveKeyPair,
        onFailure: @escaping @Sendable (LinkFailure) -> Void = { _ in },
        clock: @escaping @Sendable () -> Int64
    ) {
        self.onFailure = onFailure
        self.configuration = configuration
        self.stationKeys = stationKeys
        self.clock = clock
        let table = LinkTable(configuration: configuration, keyring: keyring, at: clock())
        authenticator = Authenticator(admitting: table.admitted)
        self.table = Mutex(table)
    }

    /// Binds both endpoints and begins to serve, until `stop`. Call it once.
    public func start() throws(TransportError) {
        // libzmq's thread allocates each message, ours frees it.
        keruen_free_messages_without_lock()
        let context = try Context(
            ioThreads: configuration.ioThreads, socketsMax: configuration.socketsMax, zeroCopy: false)
        try authenticator.start(in: context)
        do throws(TransportError) {
            let loop = try LinkLoop(self, context, stationKeys)
            let watch = try DedicatedThread(name: "watch") { loop.watch.run(self) }
            let thread: DedicatedThread
            do throws(TransportError) { thread = try DedicatedThread(name: "link") { loop.run() } } catch {
                loop.endReports()
                loop.watch.stop()
                watch.join()
                throw error
            }
            running.withLock { $0 = Running(context: context, loop: loop, thread: thread, watch: watch) }
        } catch {
            authenticator.stop()
            throw error
        }
    }

    /// Closes every connection. Calling it again does nothing.
    public func stop() {
        let ending = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let ending else { return }
        ending.loop.stop()
        ending.thread.join()
        ending.loop.endReports()
        ending.loop.watch.stop()
        ending.watch.join()
        authenticator.stop()
    }

    /// Where vehicles push to, with the real port; empty before `start`.
    public var uplinkEndpoint: String { running.withLock { $0?.loop.uplinkEndpoint ?? "" } }
    /// Where vehicles subscribe, with the real port; empty before `start`.
    public var downlinkEndpoint: String { running.withLock { $0?.loop.downlinkEndpoint ?? "" } }

    /// Replaces the contents of `batch` by the newest telemetry of each vehicle that sent some since the last call,
    /// and all other messages in the order of arrival.
    public func collect(into batch: inout LinkBatch) {
        table.withLock { $0.collect(into: &batch) }
    }

    /// Sends once, without waiting; 0 addresses all vehicles. That it arrives only an answer can prove. False
    /// when too much waits already.
    @discardableResult
    public func send(_ message: Downlink, to vehicle: UInt32) -> Bool {
        let frame = message.encode(topic: vehicle)
        let fits = outbox.withLock { outbox in
            guard outbox.count < Self.outboxMax else { return false }
            outbox.append(frame)
            return true
        }
        if fits { running.withLock { $0?.loop.wake() } }
        return fits
    }

    /// Whether all that was sent is in the socket's hands.
    public var isDrained: Bool { outbox.withLock { $0.isEmpty } }

    /// Cuts a vehicle off: when this returns, no message of it is accepted any more, its connections are being
    /// closed and new ones are refused.
    public func revoke(_ vehicle: UInt32) {
        table.withLock { table in
            authenticator.revoke(vehicle)
            table.revoke(vehicle)
        }
    }

    /// Puts a new allow list in force: when this returns, every message and connection is judged by it. Vehicles
    /// whose line has not changed notice nothing; those with a new key or status, or no line, are cut off at once.
    public func update(keyring: Keyring) {
        let now = clock()
        table.withLock { table in
            table.update(keyring, at: now)
            authenticator.replace(table.admitted)
        }
    }

    /// Why the link ended by itself; nil while it serves.
    public var failure: LinkFailure? { failed.withLock { $0 } }

    func fail(_ failure: LinkFailure) {
        let isFirst = failed.withLock { failed in
            defer { failed = failed ?? failure }
            return failed == nil
        }
        if isFirst { onFailure(failure) }
    }

    public var counters: LinkCounters {
        var counters = table.withLock { $0.totals }
        (counters.admitted, counters.denied, counters.putOff) = authenticator.counts
        counters.connections = running.withLock { $0?.loop.watch.connections ?? 0 }
        return counters
    }

    /// Refusals of one vehicle's messages by cause.
    public func refused(_ cause: LinkRefusal, of vehicle: UInt32) -> UInt32 {
        table.withLock { $0.refused(cause, of: vehicle) }
    }

    /// The state of one vehicle's link; nil for a number not in the allow list.
    public func status(of vehicle: UInt32) -> LinkStatus? {
        table.withLock { table in table.index(of: vehicle).map { table.status(at: $0) } }
    }

    /// The state of every vehicle's link, by number.
    public var statuses: [LinkStatus] {
        table.withLock { table in table.rows.indices.map { table.status(at: $0) } }
    }
}

/// What ended a link that nobody stopped.
public enum LinkFailure: Error, Sendable, CustomStringConvertible {
    /// The thread that decides who may connect is gone; libzmq would let in everybody.
    case authenticatorEnded
    /// A socket failed in a way that using it again cannot mend.
    case sockets(TransportError)

    public var description: String {
        switch self {
        case .authenticatorEnded: "the authenticator ended; no vehicle can be told from another. Restart"
        case .sockets(let error): "the sockets to the vehicles failed (\(error)). Restart"
        }
    }
}
