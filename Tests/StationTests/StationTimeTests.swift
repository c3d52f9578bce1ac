import Synchronization
import Testing
import World

@testable import Station

@Suite struct StationTimeTests {
    private final class Clocks: Sendable {
        let real = Atomic<Int64>(1_780_000_000_000_000_000)
        let monotonic = Atomic<Int64>(50_000_000_000)
    }

    /// Set back by an hour, the clock goes on with the monotonic one; set ahead, it follows.
    @Test func itNeverGoesBackAndNeverStands() {
        let clocks = Clocks()
        let time = StationTime(
            pacedFrom: nil, real: { clocks.real.load(ordering: .relaxed) },
            monotonic: { clocks.monotonic.load(ordering: .relaxed) })
        let begin = time.now
        #expect(begin == 1_780_000_000_000_000_000)
        clocks.real.subtract(3_600_000_000_000, ordering: .relaxed)
        clocks.monotonic.add(100_000_000, ordering: .relaxed)
        #expect(time.now == begin + 100_000_000)
        clocks.real.add(3_610_000_000_000, ordering: .relaxed)
        #expect(time.now == begin + 10_000_000_000)
    }
}
