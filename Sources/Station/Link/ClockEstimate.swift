import Wire

/// How far a vehicle's clock stands from the station's, from heartbeats that went round.
///
/// The sample with the shortest round trip of the last 60 s counts: its error is at most half that trip.
public struct ClockEstimate: Sendable, Equatable {
    /// Vehicle's uncorrected clock minus the station's: ClockCorrection carries its negative.
    public private(set) var offsetNanoseconds: Int64 = 0
    /// Without the time the vehicle held the heartbeat.
    public private(set) var roundTripNanoseconds: Int64 = .max
    private var sampledAt: Int64 = 0

    public var isKnown: Bool { roundTripNanoseconds != .max }

    /// What the offset may be wrong by: half the round trip, and at most 2 s, so that a vehicle that answers
    /// late on purpose cannot reach far into the future. 0 before the first sample.
    public var uncertaintyNanoseconds: Int64 {
        isKnown ? min(roundTripNanoseconds / 2, WireLimits.futureUncertaintyMaxMilliseconds * 1_000_000) : 0
    }

    /// Four timestamps of one heartbeat (as NTP, RFC 5905): sent and returned by the station's clock, received
    /// and sent on by the vehicle's. Ignored when they contradict each other.
    mutating func add(sent: Int64, received: Int64, sentOn: Int64, returned: Int64) {
        let (there, a) = received.subtractingReportingOverflow(sent)
        let (back, b) = sentOn.subtractingReportingOverflow(returned)
        let trip = (returned &- sent) &- (sentOn &- received)
        guard !a, !b, sentOn >= received, trip >= 0 else { return }
        guard trip <= roundTripNanoseconds || returned &- sampledAt > 60_000_000_000 else { return }
        roundTripNanoseconds = trip
        offsetNanoseconds = there / 2 + back / 2
        sampledAt = returned
    }
}
