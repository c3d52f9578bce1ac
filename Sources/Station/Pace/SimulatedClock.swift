/// The rule by which simulated time moves on: never past what every simulator has reached by more than
/// `windowNanoseconds`, and never faster than `pace` seconds for each second of real time.
///
/// Pure: the caller brings the simulators' reports and the monotonic clock.
public struct SimulatedClock: Sendable {
    private struct Simulator {
        var name: String
        var reached: Int64
        var sentMessages: UInt64
        var heardAt: Int64
    }

    /// Simulators that may take part; more are refused.
    public static let simulatorsMax = 64

    /// The year 2100: no honest simulator is later.
    private static let latest: Int64 = 4_102_444_800_000_000_000

    /// Where time begins; after all simulators have reported, what the slowest had reached already.
    public private(set) var startNanoseconds: Int64
    /// Simulated seconds for each real one, at most.
    public let pace: Double
    public let windowNanoseconds: Int64
    /// Nothing moves before so many simulators have reported.
    public let simulatorsExpected: Int
    private var simulators: [Simulator] = []
    /// Real time when the last expected simulator reported; the pace counts from here.
    private var startedAtMonotonic: Int64?
    /// Where the simulators may go. Never falls.
    public private(set) var granted: Int64
    /// Real time when the grant last grew, or when it was last said that it does not.
    private var movedAt: Int64?

    /// - Parameters:
    ///   - pace: above 0; infinite means as fast as the simulators can.
    ///   - windowSeconds: above 0; how far one simulator may run ahead of the slowest.
    public init(startNanoseconds: Int64, pace: Double, windowSeconds: Double, simulatorsExpected: Int) {
        precondition(pace > 0 && windowSeconds > 0 && simulatorsExpected > 0)
        self.startNanoseconds = startNanoseconds
        self.pace = pace
        self.windowNanoseconds = Int64((windowSeconds * 1e9).rounded())
        self.simulatorsExpected = simulatorsExpected
        granted = startNanoseconds
    }

    /// What all simulators have reached; the start until all have reported.
    public var reached: Int64 {
        guard simulators.count >= simulatorsExpected else { return startNanoseconds }
        return simulators.reduce(granted) { min($0, $1.reached) }
    }

    /// Uplink messages that all simulators together have sent up to `reached` or later.
    public var sentMessages: UInt64 { simulators.reduce(0) { $0 &+ $1.sentMessages } }

    /// Takes in a simulator's report. Time that runs backwards or past the grant is cut to what is possible.
    /// False when there are too many simulators.
    public mutating func report(simulator: String, reached: Int64, sentMessages: UInt64, monotonic: Int64)
        -> Bool
    {
        // A station that was restarted takes up the time its simulators have come to without it.
        let limit = startedAtMonotonic == nil ? Self.latest : granted
        let bounded = min(max(reached, startNanoseconds), limit)
        if let index = simulators.firstIndex(where: { $0.name == simulator }) {
            simulators[index].reached = max(simulators[index].reached, bounded)
            simulators[index].sentMessages = max(simulators[index].sentMessages, sentMessages)
            simulators[index].heardAt = monotonic
        } else {
            guard simulators.count < Self.simulatorsMax else { return false }
            simulators.append(
                Simulator(
                    name: simulator, reached: bounded, sentMessages: sentMessages, heardAt: monotonic))
            if simulators.count == simulatorsExpected { start(at: monotonic) }
        }
        return true
    }

    private mutating func start(at monotonic: Int64) {
        startedAtMonotonic = monotonic
        startNanoseconds = simulators.reduce(Int64.max) { min($0, $1.reached) }
        granted = simulators.reduce(startNanoseconds) { max($0, $1.reached) }
    }

    /// Moves the grant on as far as the rule allows at this real time, and returns it. `processed` is how far the
    /// station itself has come: it too must not be outrun by more than the window.
    public mutating func advance(monotonic: Int64, processed: Int64) -> Int64 {
        guard let startedAtMonotonic else { return granted }
        let byFleet = min(reached, processed) &+ windowNanoseconds
        // Saturates far below the end of Int64, for an infinite pace and long runs alike.
        let elapsed = min(Double(monotonic &- startedAtMonotonic) * pace, 4e18)
        let byPace = startNanoseconds.addingReportingOverflow(Int64(max(0, elapsed)))
        let limit = byPace.overflow ? Int64.max : byPace.partialValue
        let next = min(byFleet, limit)
        if next > granted {
            granted = next
            movedAt = monotonic
        }
        return granted
    }

    /// Who holds time up, when it has stood still for `seconds` of real time; says so again after as long.
    public mutating func standstill(monotonic: Int64, afterSeconds seconds: Double) -> String? {
        guard let since = movedAt else {
            movedAt = monotonic
            return nil
        }
        guard Double(monotonic &- since) / 1e9 >= seconds else { return nil }
        movedAt = monotonic
        guard startedAtMonotonic != nil else {
            return "\(simulators.count) of \(simulatorsExpected) simulators have reported"
        }
        guard let slowest = simulators.min(by: { $0.reached < $1.reached }), slowest.reached < granted else {
            return nil
        }
        let silence = (monotonic &- slowest.heardAt) / 1_000_000_000
        return "simulator '\(slowest.name)' is behind and was last heard \(silence) s ago"
    }
}
