import CLinux
import Glibc
import Synchronization
import Transport
import World

/// The station's clock: the machine's, or one that simulators move on.
final class StationTime: Sendable {
    private let nanoseconds: Atomic<Int64>
    private let isPaced: Bool

    /// - Parameter start: nil for real time.
    init(pacedFrom start: Instant?) {
        isPaced = start != nil
        nanoseconds = Atomic(start?.nanoseconds ?? 0)
    }

    /// Nanoseconds since 1970.
    var now: Int64 { isPaced ? nanoseconds.load(ordering: .acquiring) : keruen_realtime_ns() }

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
