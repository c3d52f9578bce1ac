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

    private struct Running {
        var context: Context
        var loop: LinkLoop
        var thread: DedicatedThread
    }

    /// - Parameter clock: station time, nanoseconds since 1970; simulated when paced.
    public init(
        configuration: LinkConfiguration, keyring: Keyring, stationKeys: CurveKeyPair,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.configuration = configuration
        self.stationKeys = stationKeys
        self.clock = clock
        table = Mutex(LinkTable(configuration: configuration, keyring: keyring, at: clock()))
        authenticator = Authenticator(keyring: keyring)
    }

    /// Binds both endpoints and begins to serve, until `stop`. Call it once.
    public func start() throws(TransportError) {
        let context = try Context(ioThreads: configuration.ioThreads, socketsMax: configuration.socketsMax)
        try authenticator.start(in: context)
        do throws(TransportError) {
            let loop = try LinkLoop(self, context, stationKeys)
            let thread = try DedicatedThread(name: "link") { loop.run() }
            running.withLock { $0 = Running(context: context, loop: loop, thread: thread) }
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

    /// Cuts a vehicle off: when this returns, no message of it is accepted any more, its connections are being
    /// closed and new ones are refused.
    public func revoke(_ vehicle: UInt32) {
        authenticator.revoke(vehicle)
        table.withLock { $0.revoke(vehicle) }
    }

    public var counters: LinkCounters {
        var counters = table.withLock { $0.totals }
        (counters.admitted, counters.denied, counters.putOff) = authenticator.counts
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
