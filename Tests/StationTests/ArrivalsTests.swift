import Testing

@testable import Station

@Suite struct ArrivalsTests {
    private let second: Int64 = 1_000_000_000

    @Test func whatIsOnItsWayIsWaitedFor() {
        var arrivals = Arrivals()
        let seen1 = arrivals.isComplete(sent: 0, arrived: 0, isStill: true, monotonic: second)
        #expect(seen1)
        let seen2 = arrivals.isComplete(sent: 10, arrived: 8, isStill: true, monotonic: second + 1)
        #expect(!seen2)
        let seen3 = arrivals.isComplete(sent: 10, arrived: 10, isStill: true, monotonic: second + 2)
        #expect(seen3)
    }

    /// A loss costs its patience once, however many messages come after it.
    @Test func whatIsLostIsWaitedForOnce() {
        var arrivals = Arrivals()
        var now = second
        let seen4 = arrivals.isComplete(sent: 10, arrived: 7, isStill: true, monotonic: now)
        #expect(!seen4)
        now += Arrivals.patienceNanoseconds + 1
        let seen5 = arrivals.isComplete(sent: 10, arrived: 7, isStill: true, monotonic: now)
        #expect(seen5)
        // Ahead of their count while simulators run on: says nothing about the three.
        let seen6 = arrivals.isComplete(sent: 10, arrived: 12, isStill: false, monotonic: now + 1)
        #expect(seen6)
        let seen7 = arrivals.isComplete(sent: 20, arrived: 17, isStill: true, monotonic: now + 2)
        #expect(seen7)
        let seen8 = arrivals.isComplete(sent: 30, arrived: 26, isStill: true, monotonic: now + 3)
        #expect(!seen8)
    }

    @Test func whatCameAfterAllIsNotMissingAnyMore() {
        var arrivals = Arrivals()
        let late = second + Arrivals.patienceNanoseconds + 1
        let seen9 = arrivals.isComplete(sent: 10, arrived: 5, isStill: true, monotonic: second)
        #expect(!seen9)
        let seen10 = arrivals.isComplete(sent: 10, arrived: 5, isStill: true, monotonic: late)
        #expect(seen10)
        let seen11 = arrivals.isComplete(sent: 10, arrived: 9, isStill: true, monotonic: late + 1)
        #expect(seen11)
        let seen12 = arrivals.isComplete(sent: 20, arrived: 18, isStill: true, monotonic: late + 2)
        #expect(!seen12)
    }
}
