import CLinux
import Station
import Testing
import Transport
import Vehicles
import World

@Suite struct SimulatedClockTests {
    private func clock(pace: Double = .infinity, simulators: Int = 1) -> SimulatedClock {
        SimulatedClock(startNanoseconds: 1000, pace: pace, windowSeconds: 1, simulatorsExpected: simulators)
    }

    @Test func nothingMovesBeforeAllSimulatorsHaveReported() {
        var clock = clock(simulators: 2)
        let first = clock.report(simulator: "a", reached: 1000, sentMessages: 0, monotonic: 0)
        #expect(first)
        let granted1 = clock.advance(monotonic: 5, processed: 1000)
        #expect(granted1 == 1000)
        let second = clock.report(simulator: "b", reached: 1000, sentMessages: 0, monotonic: 7)
        #expect(second)
        let granted2 = clock.advance(monotonic: 8, processed: 1000)
        #expect(granted2 == 1_000_001_000)
    }

    @Test func theSlowestSimulatorTheStationAndThePaceEachHoldItBack() {
        var clock = clock(pace: 100, simulators: 2)
        _ = clock.report(simulator: "a", reached: 1000, sentMessages: 0, monotonic: 0)
        _ = clock.report(simulator: "b", reached: 1000, sentMessages: 0, monotonic: 0)
        let granted3 = clock.advance(monotonic: 1_000_000, processed: 1000)
        #expect(granted3 == 100_001_000)
        let granted4 = clock.advance(monotonic: 1_000_000_000, processed: 1000)
        #expect(granted4 == 1_000_001_000)
        _ = clock.report(simulator: "a", reached: 1_000_001_000, sentMessages: 3, monotonic: 1_000_000_000)
        let granted5 = clock.advance(monotonic: 2_000_000_000, processed: 1_000_001_000)
        #expect(granted5 == 1_000_001_000)
        _ = clock.report(simulator: "b", reached: 500_001_000, sentMessages: 4, monotonic: 1_000_000_000)
        let granted6 = clock.advance(monotonic: 2_000_000_000, processed: 1_000_001_000)
        #expect(granted6 == 1_500_001_000)
        let granted7 = clock.advance(monotonic: 2_000_000_000, processed: 1000)
        #expect(granted7 == 1_500_001_000)
        #expect(clock.sentMessages == 7)
    }

    @Test func whoeverHoldsTimeUpIsNamed() {
        var clock = clock(simulators: 2)
        let second: Int64 = 1_000_000_000
        _ = clock.report(simulator: "a", reached: 1000, sentMessages: 0, monotonic: 0)
        #expect(clock.standstill(monotonic: 0, afterSeconds: 5) == nil)
        #expect(
            clock.standstill(monotonic: 5 * second, afterSeconds: 5) == "1 of 2 simulators have reported")
        _ = clock.report(simulator: "b", reached: 1000, sentMessages: 0, monotonic: 6 * second)
        _ = clock.advance(monotonic: 7 * second, processed: 1000)
        _ = clock.report(simulator: "a", reached: 1000 + second, sentMessages: 0, monotonic: 9 * second)
        #expect(clock.standstill(monotonic: 11 * second, afterSeconds: 5) == nil)
        let told = "simulator 'b' is behind and was last heard 6 s ago"
        #expect(clock.standstill(monotonic: 12 * second, afterSeconds: 5) == told)
        #expect(clock.standstill(monotonic: 13 * second, afterSeconds: 5) == nil)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func timeNeverFallsNorRunsPastTheRule(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = clock(pace: 50, simulators: 3)
        // The three come up having simulated a little or a lot already; time goes on from there.
        for name in 0..<3 {
            let claim = Int64(random.next() % 3_000_000_000)
            _ = clock.report(simulator: String(name), reached: claim, sentMessages: 0, monotonic: 0)
        }
        let start = clock.startNanoseconds
        var last = clock.granted
        #expect(start >= 1000 && last >= start && clock.reached == start)
        var monotonic: Int64 = 0
        for _ in 0..<2000 {
            monotonic += Int64(random.next() % 30_000_000)
            let name = String(random.next() % 4)
            let claim = Int64(bitPattern: random.next()) >> Int64(random.next() % 60)
            _ = clock.report(
                simulator: name, reached: claim, sentMessages: random.next() % 100, monotonic: monotonic)
            let before = clock.reached
            let granted = clock.advance(monotonic: monotonic, processed: .max / 2)
            #expect(granted >= last && granted <= max(last, before + 1_000_000_000))
            #expect(granted == last || Double(granted - start) <= Double(monotonic) * 50)
            last = granted
        }
    }

    @Test(arguments: [
        "", "REACHED", "REACHED a 1", "REACHED  1 1", "REACHED a -1 1", "GRANT x", "GRANT 1 2", "HELLO 1",
    ])
    func otherSentencesAreRefused(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { PaceFrame($0) } == nil)
    }
}

@Suite struct PaceTests {
    @Test func twoSimulatorsAndAStationWalkThroughAMinuteTogether() throws {
        let context = try Context()
        let server = try PaceServer(
            context: context, endpoint: "tcp://127.0.0.1:*",
            clock: SimulatedClock(
                startNanoseconds: 0, pace: .infinity, windowSeconds: 1, simulatorsExpected: 2))
        let followers = try ["a", "b"].map {
            try PaceFollower(context: context, endpoint: server.endpoint, name: $0)
        }
        var reached: [Int64] = [0, 0]
        let minute: Int64 = 60_000_000_000
        var rounds = 0
        while server.clock.reached < minute, rounds < 100_000 {
            rounds += 1
            for (index, follower) in followers.enumerated() {
                _ = try follower.exchange(
                    reached: reached[index], sentMessages: UInt64(rounds), monotonic: keruen_monotonic_ns())
                // Each goes only as far as it may; "b" takes smaller steps.
                if let granted = follower.granted {
                    reached[index] = min(granted, reached[index] + (index == 0 ? 1_000_000_000 : 300_000_000))
                }
            }
            try server.serve(processed: server.clock.reached, monotonic: keruen_monotonic_ns, milliseconds: 1)
            #expect(abs(reached[0] - reached[1]) <= 1_000_000_000)
        }
        #expect(server.clock.reached >= minute && server.malformed == 0)
    }

    @Test func aFollowerFindsARestartedStationAgain() throws {
        let context = try Context()
        let clock = SimulatedClock(
            startNanoseconds: 5, pace: .infinity, windowSeconds: 1, simulatorsExpected: 1)
        var server: PaceServer? = try PaceServer(
            context: context, endpoint: "tcp://127.0.0.1:*", clock: clock)
        let endpoint = try #require(server?.endpoint)
        let follower = try PaceFollower(
            context: context, endpoint: endpoint, name: "a", patienceSeconds: 0.05)
        func answers(_ server: PaceServer?) throws -> Bool {
            for _ in 0..<1000 {
                if try follower.exchange(reached: 5, sentMessages: 0, monotonic: keruen_monotonic_ns()) {
                    return true
                }
                try server?.serve(processed: 5, monotonic: keruen_monotonic_ns, milliseconds: 2)
            }
            return false
        }
        #expect(try answers(server))
        // The question of the last exchange goes down with the station.
        server = nil
        var restarted: PaceServer?
        for _ in 0..<1000 where restarted == nil {
            restarted = try? PaceServer(context: context, endpoint: endpoint, clock: clock)
        }
        #expect(try answers(restarted))
    }

    @Test func thePaceEndpointStaysOnLoopback() throws {
        let context = try Context()
        let clock = SimulatedClock(startNanoseconds: 0, pace: 1, windowSeconds: 1, simulatorsExpected: 1)
        #expect(throws: TransportError.self) {
            try PaceServer(context: context, endpoint: "tcp://0.0.0.0:*", clock: clock)
        }
    }
}
