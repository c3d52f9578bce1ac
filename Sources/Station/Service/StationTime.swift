import CLinux
import Glibc
import Synchronization
import Transport
import World

/// The station's clock: the machine's, or one that simulators move on. It never goes back: when the machine's clock
/// is set back, ticks, links and repetitions go on at the pace of the monotonic one.
final class StationTime: Sendable {
    private let nanoseconds: Atomic<Int64>
    /// The most by which real time has been ahead of the monotonic clock.
    private let ahead = Atomic<Int64>(.min)
    private let real: @Sendable () -> Int64
    private let monotonic: @Sendable () -> Int64
    private let isPaced: Bool

    /// - Parameters:
    ///   - start: nil for real time.
    ///   - real: nanoseconds since 1970, which somebody may set.
    init(
        pacedFrom start: Instant?, real: @escaping @Sendable () -> Int64 = keruen_realtime_ns,
        monotonic: @escaping @Sendable () -> Int64 = keruen_monotonic_ns
    ) {
        self.real = real
        self.monotonic = monotonic
        isPaced = start != nil
        nanoseconds = Atomic(start?.nanoseconds ?? 0)
    }

    /// Nanoseconds since 1970.
    var now: Int64 {
        if isPaced { return nanoseconds.load(ordering: .acquiring) }
        // Real time first: a pause between the two makes the difference too small, never too large.
        let utc = real()
        let elapsed = monotonic()
        return elapsed &+ ahead.max(utc &- elapsed, ordering: .relaxed).newValue
    }

    /// Only for a paced clock.
    var simulated: Int64 {
        get { nanoseconds.load(ordering: .acquiring) }
        set { nanoseconds.store(newValue, ordering: .releasing) }
    }
}

/// Wakes the station's thread: an operator asked something, or the disk has caught up.
final class Bell: Sendable {
    private let descriptor: Int32

    init() throws(TransportError) {
        descriptor = keruen_eventfd()
        guard descriptor >= 0 else { throw TransportError(call: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    func ring() { keruen_eventfd_signal(descriptor) }

    func wait(milliseconds: Int32) {
        var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&item, 1, milliseconds)
        keruen_eventfd_drain(descriptor)
    }
}

/// Whether everything that simulators say they sent has come in.
///
/// A message can be lost with its connection, and a restarted station never sees what its forerunner took. So when
/// nothing has come for a while the difference is taken for good and does not hold time up again.
struct Arrivals {
    static let patienceNanoseconds: Int64 = 20_000_000
    private var missing: Int64 = 0
    private var lastArrived: UInt64 = 0
    private var changedAt: Int64 = 0

    /// - Parameter isStill: every simulator waits, so that nothing has come that is not counted in `sent`.
    mutating func isComplete(sent: UInt64, arrived: UInt64, isStill: Bool, monotonic: Int64) -> Bool {
        let difference = Int64(truncatingIfNeeded: sent) &- Int64(truncatingIfNeeded: arrived)
        if arrived != lastArrived {
            lastArrived = arrived
            changedAt = monotonic
        }
        if difference <= missing {
            if isStill { missing = difference }
            return true
        }
        guard monotonic &- changedAt > Self.patienceNanoseconds else { return false }
        missing = difference
        return true
    }
}
